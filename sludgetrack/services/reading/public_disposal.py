"""What anyone may see of a disposal whose sheet they have in hand: where, how, how much, from which manifests.

Without the six characters of its sheet there is nothing to see: a disposal has no state that a number alone could
tell. Names of people, proof, remarks and who decided are in none of it. Whether the record is intact is found out
anew each time, for the event with its neighbours in the site's history, its leaf in the log, and its sheet's file.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from sludgetrack.domain import chain
from sludgetrack.domain.chain import START
from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.events import Entry
from sludgetrack.domain.gates import Breach, Reason
from sludgetrack.services.disposal_content import disposal_moisture, draw, public_code
from sludgetrack.services.reading.public import Check, Flaw, files, is_logged, public_sheets
from sludgetrack.services.reading.public import Sheet as Printed
from sludgetrack.services.sheet_corrections import counted
from sludgetrack.services.sheets import brought
from sludgetrack.store import draws, log, sheets, streams
from sludgetrack.store.blobs import BlobStore
from sludgetrack.store.sheets import Sheet
from sludgetrack.store.tables.mass import disposal


@dataclass(frozen=True, slots=True)
class Source:
    """A manifest that a disposal draws on: its number, the producing plant's name, when its load was taken in, and
    the dry solids (units of 0.1 g, at the plant) that it stands for in this disposal."""

    number: str
    producer: str | None
    received_on: date | None
    origin_units: int


@dataclass(frozen=True, slots=True)
class PublicDisposal:
    """A disposal as anyone sees it who has its sheet.

    ``wet_kg`` in kilograms, ``moisture_bp`` in basis points (``measured``, or the lot's where it was not; None where
    nothing was disposed of), ``dry_units`` in units of 0.1 g. ``position`` is the event's place in the log, None where
    its leaf is gone. ``digest`` is None as long as the sheet is being made.
    """

    disposal: str
    site: str
    route: str
    day: date
    wet_kg: int
    moisture_bp: int | None
    measured: bool
    dry_units: int
    final: bool
    compliant: bool
    reasons: tuple[Reason, ...]
    sources: tuple[Source, ...]
    recorded_at: datetime
    position: int | None
    digest: str | None
    """Of the newest sheet."""
    sheets: tuple[Printed, ...]
    """The disposal's own sheet and one for each correction of it."""
    check: Check


def public_disposal(connection: Connection, blobs: BlobStore, name: str, code: str) -> PublicDisposal:
    """The disposal with this name. Wrong characters are answered like an unknown name: raises NotFound."""
    entry = _entry(connection, name)
    if entry is None or not hmac.compare_digest(public_code(entry).encode(), code.upper().encode()):
        raise NotFound(kind="disposal", name=name)
    event_id = entry.claim.event_id
    made_since = streams.corrections_of(connection, [event_id]).get(event_id, [])
    present = counted([entry, *made_since])[0]
    taken = draws.disposed(connection, event_id, [one.claim.event_id for one in made_since])
    editions = [entry, *made_since]
    made = sheets.of_events(connection, [one.claim.event_id for one in editions])
    leaf = log.leaves(connection, [event_id]).get(event_id)
    printed = public_sheets(editions, {one.event_id: one.file_digest for one in made.values()})
    said, moisture = present.claim.figures, disposal_moisture(present, taken)
    return PublicDisposal(
        disposal=name,
        site=said.get("facility_name") or said["facility"],
        route=said["route"],
        day=date.fromisoformat(said["day"]),
        wet_kg=said["wet_kg"],
        moisture_bp=moisture.bp if moisture else None,
        measured=said.get("moisture_bp") is not None,
        dry_units=taken.physical,
        final=said.get("final", False),
        compliant=said["compliant"],
        reasons=tuple(Reason(**{**each, "breach": Breach(each["breach"])}) for each in said.get("breaches", ())),
        sources=_sources(connection, taken),
        recorded_at=entry.recorded_at,
        position=leaf.position if leaf else None,
        digest=printed[-1].digest,
        sheets=printed,
        check=_together([check_event(connection, blobs, one, _made(made, one)) for one in editions]),
    )


def _made(made: Mapping[str, Sheet], entry: Entry) -> list[Sheet]:
    return [made[entry.claim.event_id]] if entry.claim.event_id in made else []


def _together(checks: Sequence[Check]) -> Check:
    """Several events held against the record at once."""
    return Check(
        frozenset(flaw for one in checks for flaw in one.flaws),
        entries=sum(one.entries for one in checks),
        sheets=sum(one.sheets for one in checks),
        unread=sum(one.unread for one in checks),
        head=checks[-1].head,
    )


def check_event(connection: Connection, blobs: BlobStore, entry: Entry, made: Sequence[Sheet]) -> Check:
    """Hold one event against its neighbours in its history, against the log, and against the file of its sheet.

    A site's whole history may be long; whether all of it holds together is the audit's to say.
    """
    refs = [entry.claim.event_id, *(each.id for each in made)]
    damaged, unread = files(blobs, made)
    flaws = {
        Flaw.CHAIN: not _fits_between(connection, entry),
        Flaw.LOG: not is_logged([entry], made, log.leaves(connection, refs)),
        Flaw.SHEET: damaged > 0,
    }
    found = frozenset(flaw for flaw, wrong in flaws.items() if wrong)
    return Check(found, entries=1, sheets=len(made), unread=unread, head=log.current(connection))


def _fits_between(connection: Connection, entry: Entry) -> bool:
    """Its content gives its hash, and the entries before and after it, or the history's head, agree with it."""
    head = streams.peek(connection, [entry.stream])[entry.stream]
    near = streams.around(connection, head.id, entry.seq)
    first = max(entry.seq - 1, 1)
    if chain.verify(near, START if first == 1 else near[0].previous_hash, first - 1):
        return False
    return near[-1].seq > entry.seq or (head.seq, head.hash) == (entry.seq, entry.hash)


def _entry(connection: Connection, name: str) -> Entry | None:
    if not name.isprintable():
        return None
    event_id = connection.execute(select(disposal.c.event_id).where(disposal.c.name == name)).scalar_one_or_none()
    return streams.one(connection, event_id) if event_id else None


def _sources(connection: Connection, taken: draws.Disposed) -> tuple[Source, ...]:
    drawn = [(draw(each), each.origin_units) for each in brought(connection, taken)]
    return tuple(Source(said.manifest, said.producer, said.received_on, units) for said, units in drawn)
