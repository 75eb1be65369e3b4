"""Reading the record in the order of the log: every event booked again, and all that follows from it compared.

A chunk of events is replayed, then held against what the database has for exactly those events.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row

from sludgetrack.domain.booking import booked_on
from sludgetrack.domain.errors import DomainError
from sludgetrack.domain.events import Entry, EventType, Mark, StreamKind
from sludgetrack.domain.manifest import REWRITES, ManifestState, Status, advance, fold
from sludgetrack.services import booking
from sludgetrack.services.audit import compared
from sludgetrack.services.audit.areas import Area, Notes
from sludgetrack.services.audit.books import Put, ReplayedBooks
from sludgetrack.services.audit.compared import Expected, Line, as_posted
from sludgetrack.services.audit.holdings import HoldingCheck
from sludgetrack.services.audit.keyed import Corrections, Disposals, LabReports, Names
from sludgetrack.services.audit.registers import Registers
from sludgetrack.services.rebooking import book_correction, book_decision, book_facility_correction
from sludgetrack.store import scan
from sludgetrack.store.corrections import revision
from sludgetrack.store.streams import to_entry

MOST_DISAGREEMENTS = 10_000
"""After so many wrong postings the replay stops: holdings it cannot match stay in memory."""

_OVER = frozenset((Status.DELIVERED, Status.RETURNED, Status.LOST, Status.VOID))
_UNREADABLE = (LookupError, ValueError, TypeError, AttributeError, DomainError)


def check_replay(connection: Connection, notes: Notes) -> Registers:
    """Check registers, names, disposals, lab reports, postings and holdings; the registers as rebuilt come back."""
    replay = _Replay(connection, notes)
    rows = scan.in_log_order(connection)
    while chunk := list(islice(rows, scan.CHUNK)):
        if notes.outcomes[Area.POSTINGS].found > MOST_DISAGREEMENTS:
            notes.outcomes[Area.POSTINGS].stopped = True
            break
        replay.chunk(chunk)
    replay.finish()
    return replay.registers


class _Replay:
    def __init__(self, connection: Connection, notes: Notes) -> None:
        self._connection = connection
        self._notes = notes
        self.registers = Registers()
        self._books = ReplayedBooks(connection, self.registers)
        self._holdings = HoldingCheck(connection, self._books, notes)
        self._names, self._disposals = Names(connection, notes), Disposals(connection, notes)
        self._reports = LabReports(connection, notes)
        self._corrections = Corrections(connection, notes)
        self._states: dict[int, ManifestState] = {}

    def chunk(self, rows: Sequence[Row[Any]]) -> None:
        """Replay some events and compare what they left."""
        expected: dict[str, Expected] = {}
        for row in rows:
            try:
                entry = to_entry(row)
            except _UNREADABLE as error:
                self._notes.disagree(Area.POSTINGS, "entry_unreadable", _where(row), repr(error))
                continue
            self._register(entry, row)
            expected[row.event_id] = self._replayed(entry, row)
        self._compare(rows, expected)
        self._names.compare()
        self._disposals.compare()
        self._reports.compare()
        self._holdings.settle()

    def finish(self) -> None:
        """What can only be compared when every event has been read."""
        if not self._notes.outcomes[Area.POSTINGS].stopped:
            self._holdings.finish()
            self._names.finish()
            self._disposals.finish()
            self._reports.finish()
            self._corrections.finish()
            self.registers.compare(self._connection, self._notes)
        for event_id, count in scan.postings_adrift(self._connection):
            detail = f"{count} postings of an event that is not in the log"
            self._notes.disagree(Area.POSTINGS, "postings_adrift", f"event {event_id}", detail)

    def _register(self, entry: Entry, row: Row[Any]) -> None:
        try:
            self.registers.apply(entry, row.data, row.stream_id)
            self._names.expect(entry)
            self._reports.expect(entry, row.stream_id)
            self._corrections.expect(entry, row.stream_id)
        except _UNREADABLE as error:
            self._notes.disagree(Area.REGISTERS, "event_not_taken_in", _where(row), repr(error))

    def _replayed(self, entry: Entry, row: Row[Any]) -> Expected:
        """What an event books. Its manifest moves on."""
        before = self._state_before(entry, row.stream_id)
        self._books.position = row.position
        self._books.puts = []
        try:
            if Mark.CONTRADICTS not in entry.marks:
                self._book(entry, before, row.stream_id)
            lines = [line for put in self._books.puts for line in self._lines(put)]
            if entry.claim.type is EventType.DISPOSED:
                self._disposals.expect(entry, self._books)
            self._advance(before, entry, row.stream_id)
        except _UNREADABLE as error:
            return Expected(_where(row), (), failure=repr(error))
        return Expected(_where(row), lines)

    def _book(self, entry: Entry, before: ManifestState, stream_id: int) -> None:
        if entry.claim.type is EventType.RESOLVED:
            history = tuple(scan.history(self._connection, stream_id, entry.seq - 1))
            book_decision(self._books, entry.claim.event_id, history, entry.claim.figures["stands"])
        elif entry.claim.type is EventType.CORRECTED:
            self._book_correction(entry, stream_id)
        else:
            booking.book(self._books, entry.claim, before)

    def _book_correction(self, entry: Entry, stream_id: int) -> None:
        if entry.stream.kind is StreamKind.MANIFEST:
            history = tuple(scan.history(self._connection, stream_id, entry.seq - 1))
            book_correction(self._books, entry.claim, history)
            return
        about = entry.claim.figures["corrects"]
        found = revision(self._connection, about, before=self._books.position)
        if found is None:
            raise LookupError(f"nothing recorded is {about}")
        earlier = [claim.event_id for claim in found.corrections]
        book_facility_correction(self._books, entry.claim, found.present, earlier)

    def _lines(self, put: Put) -> list[Line]:
        """Postings as the database should hold them, in any order."""
        origins, facility = self._books.origins, self.registers.facility
        return [
            Line(
                str(p.account),
                None if p.facility is None else facility(p.facility).id,
                p.lot,
                p.origin,
                facility(origins[p.origin].plant).id,
                p.route,
                str(p.cause) if p.cause else None,
                p.compliant,
                p.estimated,
                p.origin_units,
                p.physical_units,
                put.day,
                booked_on(put.day, facility(origins[p.origin].plant).locked_through),
                put.about,
            )
            for p in put.booking.postings
        ]

    def _state_before(self, entry: Entry, stream_id: int) -> ManifestState:
        if entry.stream.kind is not StreamKind.MANIFEST or entry.seq == 1:
            return ManifestState()
        if stream_id not in self._states:
            self._states[stream_id] = fold(scan.history(self._connection, stream_id, entry.seq - 1))
        return self._states[stream_id]

    def _advance(self, before: ManifestState, entry: Entry, stream_id: int) -> None:
        """A manifest that is over is read again if another event should come."""
        if entry.stream.kind is not StreamKind.MANIFEST:
            return
        if entry.claim.type in REWRITES:
            state = fold(scan.history(self._connection, stream_id, entry.seq))
        else:
            state = advance(before, entry)
        if state.status in _OVER and not state.disputed:
            self._states.pop(stream_id, None)
        else:
            self._states[stream_id] = state

    def _compare(self, rows: Sequence[Row[Any]], expected: dict[str, Expected]) -> None:
        stored = compared.stored_lines(self._connection, [row.event_id for row in rows])
        for row in rows:
            if row.event_id in expected:
                self._compare_event(expected[row.event_id], stored.get(row.event_id, []))

    def _compare_event(self, expected: Expected, stored: Sequence[Line]) -> None:
        self._notes.checked(Area.POSTINGS, len(stored))
        for code, detail in _differences(expected, stored):
            self._notes.disagree(Area.POSTINGS, code, expected.where, detail)


def _differences(expected: Expected, stored: Sequence[Line]) -> Iterator[tuple[str, str]]:
    if expected.failure:
        yield "cannot_be_booked", expected.failure
        return
    if list(stored) != list(expected.lines):  # the database does not keep the order of an event's shares
        wanted, found = Counter(expected.lines), Counter(stored)
        if wanted != found:
            missing, too_many = _worded(wanted - found), _worded(found - wanted)
            yield "postings_differ", f"missing: {missing}; too many: {too_many}"
    if not _is_balanced(stored):
        yield "not_balanced", "what leaves one account does not enter another"


def _is_balanced(stored: Iterable[Line]) -> bool:
    """Whether the postings of an event add up to nothing, origin by origin, in both measures."""
    origin: Counter[str | None] = Counter()
    physical: Counter[str | None] = Counter()
    for line in stored:
        origin[line.origin] += line.origin_units
        physical[line.origin] += line.physical_units
    return not any(origin.values()) and not any(physical.values())


def _worded(lines: Iterable[Line]) -> str:
    return ", ".join(map(as_posted, lines)) or "none"


def _where(row: Row[Any]) -> str:
    return f"{row.kind}:{row.name} #{row.seq} {row.type} {row.event_id}"
