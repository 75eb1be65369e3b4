"""What anyone may see of a manifest: its state by the number alone, the rest with the six characters beside it.

Names of people, phones, plates and remarks are in none of it. Whether the record is intact is found out anew each
time, from the entries, the log's leaves and the stored sheets themselves.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection, select

from sludgetrack.domain import chain, numbers
from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.events import Entry, EventType, Stream, StreamKind, leaves_sheet
from sludgetrack.domain.manifest import Receipt, Status, Weighing, fold
from sludgetrack.store import log, manifest_reading, streams
from sludgetrack.store.blobs import BlobDamaged, BlobMissing, BlobStore
from sludgetrack.store.log import Head, Leaf, LeafKind
from sludgetrack.store.streams import StreamHead
from sludgetrack.store.tables.registry import facility, reserved_number

NO_CODE = "-" * numbers.PUBLIC_LENGTH
"""What is compared where no characters were given: no code has hyphens."""


class Flaw(StrEnum):
    """What does not hold in a record."""

    CHAIN = "chain"
    LOG = "log"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class Check:
    """What was found when the record was checked just now, and the log's head at that moment.

    ``unread`` counts sheets whose file could not be read (the storage does not answer): nothing is said about those.
    """

    flaws: frozenset[Flaw]
    entries: int
    sheets: int
    unread: int
    head: Head

    @property
    def intact(self) -> bool:
        """Whether everything that could be checked holds."""
        return not self.flaws


@dataclass(frozen=True, slots=True)
class Sheet:
    """A handoff's sheet by the digest of its file; None where it is still being made.

    ``event``: of a correction the one it corrects. ``edition``: 1 for the first, ``newest`` false where a correction
    has left a later one.
    """

    event: EventType
    occurred_at: datetime
    digest: str | None
    edition: int
    newest: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """What the six characters open: places, masses, sheets, and whether the record is intact."""

    giver: str
    hauler: str
    destination: str
    route: str
    issued_at: datetime
    loaded: Weighing | None
    receipt: Receipt | None
    accepted_kg: int
    held_kg: int
    returned: Weighing | None
    sheets: tuple[Sheet, ...]
    check: Check


@dataclass(frozen=True, slots=True)
class PublicView:
    """A manifest as anyone sees it; ``contents`` only for whoever has the sheet in hand."""

    number: str
    status: Status
    disputed: bool
    closed: bool
    contents: Contents | None


def public_view(connection: Connection, blobs: BlobStore, number: str, code: str | None) -> PublicView:
    """The manifest with this number. A wrong code is answered like none, after the same work.

    Raises NotANumber and NotFound.
    """
    name = str(numbers.parse(number))
    stream = Stream(StreamKind.MANIFEST, name)
    head = streams.peek(connection, [stream]).get(stream)
    if head is None:
        raise NotFound(field="number", kind="manifest", name=numbers.grouped(name))
    row = manifest_reading.one_row(connection, head.id)
    opened = hmac.compare_digest(row.public_code.encode(), (code or NO_CODE).upper().encode())
    return PublicView(
        number=name,
        status=Status(row.status),
        disputed=row.disputed,
        closed=row.closed,
        contents=_contents(connection, blobs, head) if opened else None,
    )


def blank_of(connection: Connection, number: str, code: str) -> str | None:
    """The plant that handed out the form with this number and these six characters, until the form is entered."""
    r, f = reserved_number.c, facility.c
    query = select(f.name, r.public_code).join(facility, f.id == r.facility_id)
    row = connection.execute(query.where(r.number == str(numbers.parse(number)))).one_or_none()
    held = row is not None and hmac.compare_digest(row.public_code.encode(), code.upper().encode())
    return row.name if row is not None and held else None


def _contents(connection: Connection, blobs: BlobStore, head: StreamHead) -> Contents:
    row = manifest_reading.one_row(connection, head.id)
    entries = streams.entries(connection, [head.id])[head.id]
    kept = {sheet.event_id: sheet for sheet in manifest_reading.sheets_of(connection, head.id)}
    state = fold(entries)
    return Contents(
        giver=row.giver_name,
        hauler=row.hauler_name,
        destination=row.destination_name,
        route=row.route,
        issued_at=row.issued_at,
        loaded=state.loaded,
        receipt=state.receipts[-1] if state.receipts else None,
        accepted_kg=state.accepted_kg,
        held_kg=state.held_kg,
        returned=state.returned,
        sheets=public_sheets(entries, {event_id: sheet.file_digest for event_id, sheet in kept.items()}),
        check=check(connection, blobs, head, entries),
    )


def public_sheets(entries: Sequence[Entry], digests: Mapping[str, bytes]) -> tuple[Sheet, ...]:
    """The sheets these events leave, in order, each as the edition of its event that it is. ``digests`` by event id."""
    leaving = [entry for entry in entries if leaves_sheet(entry.claim)]
    about = [entry.claim.figures.get("corrects", entry.claim.event_id) for entry in leaving]
    return tuple(
        Sheet(
            EventType(entry.claim.figures["of"]) if entry.claim.type is EventType.CORRECTED else entry.claim.type,
            entry.claim.occurred_at,
            digests[entry.claim.event_id].hex() if entry.claim.event_id in digests else None,
            edition=1 + about[:n].count(about[n]),
            newest=about[n] not in about[n + 1 :],
        )
        for n, entry in enumerate(leaving)
    )


def check(connection: Connection, blobs: BlobStore, head: StreamHead, entries: Sequence[Entry]) -> Check:
    """Hold a manifest's entries against each other, the log, and the files of its sheets."""
    sheets = manifest_reading.sheets_of(connection, head.id)
    refs = [*(entry.claim.event_id for entry in entries), *(sheet.id for sheet in sheets)]
    leaves = log.leaves(connection, refs)
    damaged, unread = files(blobs, sheets)
    flaws = {
        Flaw.CHAIN: not _holds_together(head, entries),
        Flaw.LOG: not is_logged(entries, sheets, leaves),
        Flaw.SHEET: damaged > 0,
    }
    return Check(
        flaws=frozenset(flaw for flaw, found in flaws.items() if found),
        entries=len(entries),
        sheets=len(sheets),
        unread=unread,
        head=log.current(connection),
    )


def _holds_together(head: StreamHead, entries: Sequence[Entry]) -> bool:
    """Every entry follows from the one before, and none is missing at the end."""
    return not chain.verify(entries) and (head.seq, head.hash) == (entries[-1].seq, entries[-1].hash)


class Printed(Protocol):
    """A recorded sheet, as far as a check needs it."""

    @property
    def id(self) -> str:
        """The sheet's id, under which its leaf stands in the log."""

    @property
    def file_digest(self) -> bytes:
        """SHA-256 of its file."""


def is_logged(entries: Iterable[Entry], sheets: Iterable[Printed], leaves: Mapping[str, Leaf]) -> bool:
    """Whether every entry and every sheet stands in the log as what it is now."""
    wanted = [
        *((entry.claim.event_id, LeafKind.ENTRY, entry.hash) for entry in entries),
        *((sheet.id, LeafKind.SHEET, sheet.file_digest) for sheet in sheets),
    ]
    found = [(leaves.get(ref), kind, digest) for ref, kind, digest in wanted]
    return all(leaf is not None and leaf.kind == kind and leaf.holds(digest) for leaf, kind, digest in found)


def files(blobs: BlobStore, sheets: Iterable[Printed]) -> tuple[int, int]:
    """How many files are missing or changed, and how many could not be read."""
    damaged = unread = 0
    for sheet in sheets:
        try:
            blobs.get(sheet.file_digest)
        except (BlobMissing, BlobDamaged):
            damaged += 1
        except OSError:
            unread += 1
    return damaged, unread
