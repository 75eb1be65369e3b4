"""Rows that an event gives by a key of its own: names in use, disposals, and lab reports."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping
from hashlib import blake2b
from secrets import token_bytes
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from sludgetrack.domain.correcting import Proposal, answered, proposal_of
from sludgetrack.domain.events import Entry, EventType
from sludgetrack.services.audit.areas import Area, Notes, differing
from sludgetrack.services.audit.books import ReplayedBooks
from sludgetrack.store import scan
from sludgetrack.store.corrections import ABOUT_CORRECTIONS, answer_values, any_corrected, correction_row, revision
from sludgetrack.store.disposals import corrected_values, disposal_row
from sludgetrack.store.labs import report_row
from sludgetrack.store.names import names_of
from sludgetrack.store.tables.manifests import correction
from sludgetrack.store.tables.mass import disposal, holding, name
from sludgetrack.store.tables.registry import lab_report


class Keys:
    """A great many texts, kept as keyed digests of 8 bytes: enough to tell which rows nobody gave."""

    def __init__(self) -> None:
        self._key = token_bytes(16)
        self._digests = array("Q")
        self._sorted = True

    def __len__(self) -> int:
        return len(self._digests)

    def add(self, text: str) -> None:
        """One more text."""
        self._digests.append(self._digest(text))
        self._sorted = False

    def __contains__(self, text: str) -> bool:
        if not self._sorted:
            self._digests = array("Q", sorted(self._digests))
            self._sorted = True
        digest = self._digest(text)
        at = bisect_left(self._digests, digest)
        return at < len(self._digests) and self._digests[at] == digest

    def _digest(self, text: str) -> int:
        return int.from_bytes(blake2b(text.encode(), key=self._key, digest_size=8).digest(), "big")


class Keyed:
    """Rows expected of the events of a chunk, compared by key with those stored."""

    area: Area
    table: Table
    key: str

    def __init__(self, connection: Connection, notes: Notes) -> None:
        self._connection = connection
        self._notes = notes
        self._expected: dict[str, dict[str, Any]] = {}
        self._keys = Keys()
        self._missing = 0

    def put(self, row: dict[str, Any]) -> None:
        """A row that should be there."""
        self._expected[row[self.key]] = row
        self._keys.add(row[self.key])

    def compare(self) -> None:
        """Compare what was expected since the last time."""
        if not self._expected:
            return
        query = self.query().where(scan.among(self.table.c[self.key], list(self._expected)))
        stored = {row[self.key]: dict(row) for row in self._connection.execute(query).mappings()}
        for key, row in self._expected.items():
            self._compare_row(key, stored.get(key), row)
        self._expected = {}

    def finish(self) -> None:
        """Rows that no event gives; they are looked for where there are more than there should be."""
        count = select(func.count()).select_from(self.table)
        if self._connection.execute(count).scalar_one() <= len(self._keys) - self._missing:
            return
        column = self.table.c[self.key]
        for row in scan.streamed(self._connection, select(column).order_by(column)):
            if row[0] not in self._keys:
                self._notes.disagree(self.area, "row_too_many", f"{self.table.name} {row[0]}", "no event gives it")

    def query(self) -> Select[Any]:
        """The stored rows with the columns that are expected."""
        return select(self.table)

    def _compare_row(self, key: str, stored: Mapping[str, Any] | None, expected: Mapping[str, Any]) -> None:
        self._notes.checked(self.area)
        where = f"{self.table.name} {key}"
        if stored is None:
            self._missing += 1
            self._notes.disagree(self.area, "row_missing", where, "its row is gone")
            return
        difference = differing(stored, expected)
        if difference:
            self._notes.disagree(self.area, "row_differs", where, difference)


class Names(Keyed):
    """The one namespace."""

    area, table, key = Area.NAMES, name, "name"

    def expect(self, entry: Entry) -> None:
        """The names an event gives."""
        for named, kind in names_of(entry):
            self.put({"name": named, "kind": kind})


class Disposals(Keyed):
    """The list of disposals."""

    area, table, key = Area.DISPOSALS, disposal, "event_id"

    def __init__(self, connection: Connection, notes: Notes) -> None:
        super().__init__(connection, notes)
        self._corrected: bool | None = None

    def expect(self, entry: Entry, books: ReplayedBooks) -> None:
        """The row of a disposal that has just been booked."""
        figures = entry.claim.figures
        site = books.facility(figures["facility"])
        lot = books.holding(figures["lot"], site.place.account)
        row = disposal_row(entry, site.id, lot) | {"lot": figures["lot"], "account": str(site.place.account)}
        corrected = revision(self._connection, entry.claim.event_id) if self._has_corrections() else None
        self.put(row if corrected is None else row | corrected_values(corrected.present))

    def _has_corrections(self) -> bool:
        """Whether anything was ever corrected, which is asked once."""
        if self._corrected is None:
            self._corrected = any_corrected(self._connection)
        return self._corrected

    def query(self) -> Select[Any]:
        """With the lot by its name."""
        lot = select(disposal, holding.c.name.label("lot"), holding.c.account)
        return lot.outerjoin(holding, holding.c.id == disposal.c.holding_id)


class LabReports(Keyed):
    """The lab reports, of which of one day the later counts: their order is that of the log."""

    area, table, key = Area.REGISTERS, lab_report, "event_id"

    def __init__(self, connection: Connection, notes: Notes) -> None:
        super().__init__(connection, notes)
        self._latest = 0

    def expect(self, entry: Entry, stream_id: int) -> None:
        """The report an event states. Raises LookupError, ValueError or TypeError for one that states none."""
        if entry.claim.type is EventType.SAMPLED:
            self.put(report_row(entry, stream_id))

    def _compare_row(self, key: str, stored: Mapping[str, Any] | None, expected: Mapping[str, Any]) -> None:
        super()._compare_row(key, stored, expected)
        if stored is None:
            return
        if stored["id"] <= self._latest:
            detail = "it stands before a report that was recorded earlier"
            self._notes.disagree(self.area, "lab_report_order_differs", f"{self.table.name} {key}", detail)
        self._latest = stored["id"]


class Corrections:
    """Proposed corrections and what became of them: few enough to be kept until the end."""

    def __init__(self, connection: Connection, notes: Notes) -> None:
        self._connection = connection
        self._notes = notes
        self._rows: dict[str, dict[str, Any]] = {}
        self._proposals: dict[str, Proposal] = {}

    def expect(self, entry: Entry, stream_id: int) -> None:
        """What an event proposes, or answers to a proposal. Raises LookupError for one nobody made."""
        claim = entry.claim
        if claim.type is EventType.CORRECTION_PROPOSED:
            self._rows[claim.event_id] = correction_row(entry, stream_id)
            self._proposals[claim.event_id] = proposal_of(claim)
        elif claim.type in ABOUT_CORRECTIONS:
            after = answered(self._proposals[claim.figures["proposal"]], claim)
            self._proposals[after.id] = after
            self._rows[after.id] |= answer_values(after, entry)

    def finish(self) -> None:
        """Compare the table with what the events give."""
        stored = {row["proposal_id"]: dict(row) for row in self._connection.execute(select(correction)).mappings()}
        for key, row in self._rows.items():
            self._notes.checked(Area.CORRECTIONS)
            found = stored.get(key)
            difference = "its row is gone" if found is None else differing(found, row)
            if difference:
                code = "row_missing" if found is None else "row_differs"
                self._notes.disagree(Area.CORRECTIONS, code, f"correction {key}", difference)
        for key in sorted(stored.keys() - self._rows.keys()):
            self._notes.disagree(Area.CORRECTIONS, "row_too_many", f"correction {key}", "no event gives it")
