"""Short ways to write to the record below the services: plain claims of a facility, and a manifest's whole life."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sludgetrack.domain.events import Claim, EventType, Stream, StreamKind
from sludgetrack.domain.manifest import ManifestState, advance
from sludgetrack.services import booking
from sludgetrack.store import streams
from sludgetrack.store.append import Appending, Draft, Receipt, append
from sludgetrack.store.books import Books
from sludgetrack.store.directory import Directory
from tests.domain.life import MORNING, linked
from tests.support.city import new_id

NUMBER = "20264107020010000015"
MANIFEST = Stream(StreamKind.MANIFEST, NUMBER)
PLANT = Stream(StreamKind.FACILITY, "P01")
SITE = Stream(StreamKind.FACILITY, "S-INC")


def draft(subject: Stream, event: EventType, **figures: Any) -> Draft:
    """A claim about a subject, with nothing beside it."""
    return Draft(Claim(new_id(), event, subject, MORNING, None, "O-PLANT", figures))


def turned_away(n: int = 1, subject: Stream = SITE, **beside: Any) -> Draft:
    """The simplest fact there is: it changes nothing but the record."""
    plain = draft(subject, EventType.TURNED_AWAY, facility=subject.name, plate=f"豫G{n:05d}")
    return Draft(plain.claim, **beside)


def write(connection: Connection, drafts: Sequence[Draft], now: datetime = MORNING) -> list[Receipt]:
    """Append drafts in streams that are made if need be."""
    heads = streams.ensure(connection, [d.claim.subject for d in drafts])
    return append(connection, Directory(connection), Appending(drafts, heads, {}), now)


def a_whole_life() -> list[Draft]:
    """Production, a manifest issued, loaded, partly received and given back, and a disposal of what was taken."""
    day = MORNING.date().isoformat()
    issued = {"giver": "P01", "hauler": "H1", "destination": "S-INC", "route": "I1", "planned_kg": 12_000}
    named = {"name": NUMBER, "number": NUMBER, "public_code": "23456A"}
    received = {"decision": "partial", "net_in_kg": 11_900, "accepted_kg": 9_000, "reason": "满仓"}
    disposal = {"disposal": "D1", "lot": NUMBER, "route": "I1", "compliant": True, "breaches": [], "final": True}
    return [
        draft(PLANT, EventType.PRODUCED, facility="P01", batch="B1", day=day, wet_kg=20_000, moisture_bp=8_000),
        draft(MANIFEST, EventType.ISSUED, **issued, **named),
        draft(MANIFEST, EventType.ASSIGNED, plate="豫G12345"),
        draft(MANIFEST, EventType.LOADED, plate="豫G12345", net_out_kg=12_000, moisture_out_bp=8_013),
        draft(MANIFEST, EventType.RECEIVED, **received),
        draft(MANIFEST, EventType.RETURNED, returned_kg=2_850, reason="拒收"),
        draft(SITE, EventType.DISPOSED, **disposal, facility="S-INC", day=day, wet_kg=8_900),
    ]


def write_booked(connection: Connection, drafts: Sequence[Draft], *, at_once: int) -> None:
    """Book and append drafts in chunks of ``at_once``, as a live command (1) or an import (many) does."""
    directory = Directory(connection)
    states: dict[Stream, ManifestState] = {}
    for chunk in _chunks(drafts, at_once):
        heads = streams.ensure(connection, [d.claim.subject for d in chunk])
        books = Books(connection, directory)
        ahead = dict(states)
        for each in chunk:
            subject = each.claim.subject
            state = ahead.get(subject, ManifestState())
            booking.book(books, each.claim, state)
            if subject.kind is StreamKind.MANIFEST:
                ahead[subject] = advance(state, linked(each.claim, []))
        mine = {s: states.get(s, ManifestState()) for s in heads if s.kind is StreamKind.MANIFEST}
        work = Appending(chunk, heads, mine, books)
        append(connection, directory, work, MORNING)
        states |= work.states


def _chunks(drafts: Sequence[Draft], size: int) -> Iterator[Sequence[Draft]]:
    for start in range(0, len(drafts), size):
        yield drafts[start : start + size]
