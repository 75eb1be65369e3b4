"""Who changed what in the registers: organisations, facilities, vehicles, people and permits, old value beside new."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sludgetrack.domain.events import Entry, EventType, Stream, StreamKind
from sludgetrack.services.context import Context
from sludgetrack.services.registering import OPERATOR
from sludgetrack.store import organisation_reading, personal, registry_reading, streams
from sludgetrack.store.registers import Register

MOST = 500
"""How many registering events of each type a history reads back; older ones stay in the record."""

_KEYS: Mapping[str, str] = {
    Register.ORGANISATION: "code",
    Register.FACILITY: "code",
    Register.VEHICLE: "plate",
    Register.PERSON: "id",
    Register.PERMIT: "id",
}
_UNSAID = frozenset(("what", "person"))


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a change: what it was (None where nothing was said) and what it is."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Change:
    """A registering event. ``key`` names what it is about; ``subject`` is its name for people.

    ``by`` and ``by_organisation`` are who said it, by name; ``by`` is None for the operator of the installation.
    """

    event_id: str
    at: datetime
    what: Register
    key: str
    subject: str
    by: str | None
    by_organisation: str
    organisation_code: str
    is_new: bool
    differences: tuple[Difference, ...]


def organisation_history(ctx: Context, organisation: str) -> list[Change]:
    """What was registered and changed in an organisation's own stream, newest first."""
    return _history(ctx, [Stream(StreamKind.ORGANISATION, organisation)])


def facility_history(ctx: Context, codes: Collection[str]) -> list[Change]:
    """What was registered and changed of facilities, newest first."""
    return _history(ctx, [Stream(StreamKind.FACILITY, code) for code in codes])


def _history(ctx: Context, wanted: Sequence[Stream]) -> list[Change]:
    heads = streams.peek(ctx.connection, wanted)
    ids = [head.id for head in heads.values()]
    found = [
        entry
        for event in (EventType.REGISTERED, EventType.CHANGED)
        for entry in streams.newest(ctx.connection, ids, event, MOST)
    ]
    in_order = sorted(found, key=lambda entry: (entry.recorded_at, entry.stream, entry.seq))
    beside = personal.beside(ctx.connection, [entry.claim.event_id for entry in in_order])
    names = _names(ctx, in_order)
    said: dict[tuple[str, str], dict[str, Any]] = {}
    changes = [_change(entry, beside.get(entry.claim.event_id, {}), names, said) for entry in in_order]
    return changes[::-1]


@dataclass(frozen=True, slots=True)
class _Names:
    people: Mapping[str, str]
    organisations: Mapping[str, str]


def _names(ctx: Context, entries: Iterable[Entry]) -> _Names:
    actors = {entry.claim.actor for entry in entries if entry.claim.actor}
    organisations = {entry.claim.organisation for entry in entries}
    return _Names(
        registry_reading.person_names(ctx.connection, actors),
        organisation_reading.names_of(ctx.connection, organisations),
    )


def _change(
    entry: Entry, beside: Mapping[str, Any], names: _Names, said: dict[tuple[str, str], dict[str, Any]]
) -> Change:
    """One event against what was said before it, which is brought up to date."""
    claim = entry.claim
    figures = {**claim.figures, **{key: value for key, value in beside.items() if key not in _UNSAID}}
    what = Register(figures["what"])
    key = str(figures[_KEYS[what]])
    before = said.setdefault((what, key), {})
    stated = {name: value for name, value in figures.items() if name not in ("what", _KEYS[what])}
    differences = tuple(Difference(name, before.get(name), value) for name, value in sorted(stated.items()))
    before.update(stated)
    return Change(
        event_id=claim.event_id,
        at=entry.recorded_at,
        what=what,
        key=key,
        subject=_subject(what, key, before),
        by=names.people.get(claim.actor) if claim.actor else None,
        by_organisation=names.organisations.get(claim.organisation, ""),
        organisation_code="" if claim.organisation == OPERATOR else claim.organisation,
        is_new=claim.type is EventType.REGISTERED,
        differences=differences,
    )


def _subject(what: Register, key: str, said: Mapping[str, Any]) -> str:
    if what is Register.PERMIT:
        return str(said.get("number", key))
    return str(said.get("name") or key)
