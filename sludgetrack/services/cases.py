"""A manifest as a command finds it: locked, its entries read and folded, its parties known."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sludgetrack.domain import numbers
from sludgetrack.domain.chain import canonical_bytes
from sludgetrack.domain.commands import Command
from sludgetrack.domain.errors import NotFound, StaleState
from sludgetrack.domain.events import Entry, Stream, StreamKind
from sludgetrack.domain.identity import Actor
from sludgetrack.domain.manifest import ManifestState, fold
from sludgetrack.domain.permissions import Action, Parties, may, require
from sludgetrack.domain.times import rfc3339
from sludgetrack.services.context import Context
from sludgetrack.store import streams
from sludgetrack.store.parties import parties_of
from sludgetrack.store.streams import StreamHead


@dataclass(frozen=True, slots=True)
class Case:
    """One manifest: its stream, chain head, history, state and parties."""

    stream: Stream
    head: StreamHead
    entries: tuple[Entry, ...]
    state: ManifestState
    parties: Parties


def open_case(ctx: Context, number: str, *, lock: bool = True) -> Case:
    """The manifest with this number, as long as the actor may read it. Raises NotANumber and NotFound.

    What somebody may not see does not exist for them.
    """
    name = str(numbers.parse(number))
    stream = Stream(StreamKind.MANIFEST, name)
    heads = streams.lock(ctx.connection, [stream]) if lock else streams.peek(ctx.connection, [stream])
    if stream not in heads:
        raise NotFound(kind="manifest", name=numbers.grouped(name))
    head = heads[stream]
    history = tuple(streams.entries(ctx.connection, [head.id])[head.id])
    state = fold(history)
    parties = parties_of(ctx.connection, head.id, state.driver)
    if not may(ctx.actor, Action.READ, parties):
        raise NotFound(kind="manifest", name=numbers.grouped(name))
    return Case(stream, head, history, state, parties)


def require_current(case: Case, command: Command) -> None:
    """Raises StaleState where the writer had seen an older entry than the last one."""
    if command.based_on is not None and command.based_on != case.head.hash.hex():
        raise StaleState(field="based_on", based_on=command.based_on, head=case.head.hash.hex())


def require_permission(ctx: Context, action: Action, case: Case) -> None:
    """Raises NotPermitted where the table says no."""
    require(ctx.actor, action, case.parties)


def fingerprint(actor: Actor, subject: str, command: Command, *, unconfirmed: str | None = None) -> bytes:
    """The digest of a request: who asks for what about which subject. Equal requests give equal digests.

    ``unconfirmed`` is the reason why nobody confirmed a handoff.
    """
    occurred = rfc3339(command.occurred_at) if command.occurred_at else None
    document: dict[str, Any] = {
        **command.figures(),
        "request_type": str(command.event),
        "request_subject": subject,
        "request_person": actor.person,
        "request_occurred_at": occurred,
        "request_based_on": command.based_on,
        "request_unconfirmed": unconfirmed,
    }
    return hashlib.sha256(canonical_bytes(document)).digest()
