"""The staged rows as a whole: against each other, against other files, and against what is on record."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from sludgetrack.domain.events import EventType
from sludgetrack.domain.manifest import ALLOWED, Status
from sludgetrack.ledgerfiles.columns import BY_NAME, LABS, MOVEMENTS
from sludgetrack.ledgerfiles.findings import Finding, shown
from sludgetrack.ledgerfiles.stages import compare
from sludgetrack.services.importing.comparing import doubled_finding
from sludgetrack.services.importing.lab_checks import check_reports
from sludgetrack.services.importing.outcome import FileCounts
from sludgetrack.services.importing.spool import chunked, label_of, rank_of
from sludgetrack.store import staging, staging_checks
from sludgetrack.store.staging_order import Stages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

    from sludgetrack.ledgerfiles.folder import Ledger
    from sludgetrack.ledgerfiles.shapes import LedgerFile
    from sludgetrack.services.importing.places import Places
    from sludgetrack.services.importing.spool import Spool
    from sludgetrack.store.staging_checks import Differing, Missing, Namesake

Found = tuple["LedgerFile[Any]", Finding]

_BLOCK = 2000
_BITS = {
    "assigned": Stages.ASSIGNED,
    "loaded": Stages.LOADED,
    "received": Stages.RECEIVED,
    "returned": Stages.RETURNED,
    "voided": Stages.VOIDED,
    "final": Stages.FINAL,
}
_EVENTS = {
    Stages.ASSIGNED: EventType.ASSIGNED,
    Stages.LOADED: EventType.LOADED,
    Stages.VOIDED: EventType.VOIDED,
    Stages.RECEIVED: EventType.RECEIVED,
    Stages.RETURNED: EventType.RETURNED,
}
"""The stages of a movement in the order they are recorded, with the event each makes."""
_COLUMNS = {
    Stages.ASSIGNED: "plate",
    Stages.LOADED: "loaded_at",
    Stages.VOIDED: "void_at",
    Stages.RECEIVED: "received_at",
    Stages.RETURNED: "returned_at",
}
_NAME_COLUMNS = {
    "production": ("batch",),
    "movements": ("manifest",),
    "treatments": ("run", "outputs"),
    "disposals": ("disposal",),
}
"""By part: what a row is called, and what it makes."""
_LOT_COLUMNS = {"movements": "batch", "treatments": "inputs", "disposals": "lot"}
_OWN_EVENTS = {
    "production": EventType.PRODUCED,
    "movements": EventType.ISSUED,
    "treatments": EventType.TREATED,
    "disposals": EventType.DISPOSED,
}


class Checking:
    """The checks of one import. What is found goes into the spool."""

    def __init__(self, connection: Connection, ledger: Ledger, places: Places, spool: Spool) -> None:
        self._connection = connection
        self._places = places
        self._spool = spool
        self._labels = {name: label_of(ledger, file) for name, file in BY_NAME.items()}

    def check(self) -> dict[str, FileCounts]:
        """Check everything and note which stages of known rows are to be filled; how many rows of each kind."""
        counts = {name: self._against_record(BY_NAME[name]) for name in staging.STAGED}
        staging_checks.find_sources(self._connection)
        labs = check_reports(self._connection, self._labels[LABS.name], self._places)
        self._spool.take(self._connection, chain(self._names(), self._missing(), self._closed(), labs))
        return counts

    def _against_record(self, file: LedgerFile[Any]) -> FileCounts:
        """Rows of one key become one; rows on record are the same, fill blank stages, or contradict."""
        self._spool.take(self._connection, self._doubled(file))
        staging_checks.drop_doubled(self._connection, file.name)
        updated = 0
        for block in chunked(staging_checks.differing(self._connection, file.name), _BLOCK):
            filled = [row for row in self._compared(file, block) if row[2]]
            staging.add_rows(self._connection, staging.todo, filled)
            updated += len(filled)
        rows, known = staging_checks.count_rows(self._connection, file.name)
        return FileCounts(rows - known, updated, known - updated)

    def _doubled(self, file: LedgerFile[Any]) -> Iterator[Found]:
        for again in staging_checks.doubled(self._connection, file.name):
            if again.said != again.first_said:
                row, first = (again.line, _cells(again.said)), (again.first_line, _cells(again.first_said))
                yield file, doubled_finding(file, self._labels[file.name], row, first, again.key)

    def _compared(self, file: LedgerFile[Any], rows: Iterable[Differing]) -> Iterator[tuple[str, int, int]]:
        """Each row's stages to be filled, none where it contradicts what is on record."""
        for line, said, recorded in rows:
            comparison = compare(file, recorded, _cells(said))
            for column, old, new in comparison.conflicts:
                self._spool.report_of(file)(
                    Finding(self._labels[file.name], line, column, "changed", {"old": shown(old), "new": shown(new)})
                )
            stages = 0 if comparison.conflicts else sum(_BITS[stage] for stage in comparison.filled)
            yield file.name, line, stages
        self._spool.flush(self._connection)

    def _names(self) -> Iterator[Found]:
        for name in chain(
            staging_checks.names_in_use(self._connection), staging_checks.external_numbers_in_use(self._connection)
        ):
            is_own = not name.part and name.by == _OWN_EVENTS[name.file]
            yield self._named(name, "not_imported" if is_own else "name_taken", name.by)
        for name in staging_checks.names_given_twice(self._connection):
            place, other = (rank_of(name.file), name.line), (rank_of(name.by), name.other_line)
            if (*place, name.part) > (*other, name.other_part):
                yield self._named(name, "name_taken", f"{self._labels[name.by]}:{name.other_line}")
        for name in staging_checks.late_ends_in_use(self._connection):
            yield self._named(name, "name_taken", name.by)

    def _named(self, name: Namesake, code: str, by: str) -> Found:
        column = _NAME_COLUMNS[name.file][name.part]
        facts = {"shown": shown(name.name)} | ({} if code == "not_imported" else {"by": by})
        return BY_NAME[name.file], Finding(self._labels[name.file], name.line, column, code, facts)

    def _missing(self) -> Iterator[Found]:
        for missing in staging_checks.missing(self._connection):
            finding = self._missing_finding(missing)
            # Of an unknown facility it is said already that it is.
            if finding.code != "lies_elsewhere" or missing.facility in self._places.facilities:
                yield BY_NAME[missing.file], finding

    def _missing_finding(self, missing: Missing) -> Finding:
        label, column = self._labels[missing.file], _LOT_COLUMNS[missing.file]
        facts = {"shown": shown(missing.name)}
        if missing.day is not None:
            facts |= {"wanted": missing.facility, "since": f"{missing.day}"}
            return Finding(label, missing.line, column, "not_there_yet", facts)
        if missing.elsewhere is not None:
            facts |= {"wanted": missing.facility, "elsewhere": missing.elsewhere}
            return Finding(label, missing.line, column, "lies_elsewhere", facts)
        return Finding(label, missing.line, column, "unknown_reference", facts)

    def _closed(self) -> Iterator[Found]:
        """A stage can be filled only as long as nobody has gone on from there in the system."""
        for filling in staging_checks.to_be_filled(self._connection):
            first = next(stage for stage in _EVENTS if filling.stages & stage)
            if Status(filling.status) not in ALLOWED[_EVENTS[first]]:
                facts = {"status": filling.status}
                finding = Finding(self._labels[MOVEMENTS.name], filling.line, _COLUMNS[first], "stage_closed", facts)
                yield MOVEMENTS, finding


def _cells(said: str) -> list[str]:
    return said.split(staging.SEPARATOR)
