"""The rows of the ledgers into the staging tables, one by one, in the legal time of their facilities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from sludgetrack.domain.decide import CLOCK_TOLERANCE
from sludgetrack.domain.identity import FacilityKind
from sludgetrack.domain.quantities import tonnes_from_kg
from sludgetrack.domain.times import legal_day
from sludgetrack.ledgerfiles import canonical
from sludgetrack.ledgerfiles.columns import DISPOSALS, LABS, MOVEMENTS, PRODUCTION, STOCKTAKES, TREATMENTS
from sludgetrack.ledgerfiles.findings import Finding, shown
from sludgetrack.ledgerfiles.movement_rules import check_times
from sludgetrack.ledgerfiles.row_rules import MOST_KG
from sludgetrack.services.importing.masters import KEY_SEPARATOR, check_hauler
from sludgetrack.services.importing.outcome import Progress, Stage
from sludgetrack.services.importing.spool import label_of
from sludgetrack.store import staging
from sludgetrack.store.names import is_reserved

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection, Table

    from sludgetrack.ledgerfiles.findings import Report
    from sludgetrack.ledgerfiles.folder import Ledger
    from sludgetrack.ledgerfiles.rows import Disposal, LabValue, Movement, Production, Stocktake, Treatment
    from sludgetrack.ledgerfiles.shapes import LedgerFile
    from sludgetrack.services.importing.outcome import Watch
    from sludgetrack.services.importing.places import Places
    from sludgetrack.services.importing.spool import Spool

BLOCK: Final = 5000
STAGED_FILES: Final[tuple[LedgerFile[Any], ...]] = (PRODUCTION, MOVEMENTS, TREATMENTS, DISPOSALS, STOCKTAKES, LABS)


@dataclass(slots=True)
class Reading:
    """One pass over the files: what rows may refer to, what the time is, and where findings go."""

    ledger: Ledger
    places: Places
    spool: Spool
    now: datetime
    watch: Watch

    def stage(self, connection: Connection, file: LedgerFile[Any]) -> None:
        """Put the rows of a file into its staging table. Memory stays flat."""
        reader = _READERS[file.name](self, label_of(self.ledger, file), self.spool.report_of(file))
        rows = self.ledger.rows(file, reader.report, lambda key: self.spool.add_faulty(file.name, key[0]))
        done = 0
        while block := list(islice(rows, BLOCK)):
            staging.add_rows(connection, staging.STAGED[file.name], map(reader.staged, block))
            for table, named in reader.named.items():
                if named:
                    staging.add_rows(connection, table, named)
                    named.clear()
            self.spool.flush(connection)
            done += len(block)
            self.watch(Progress(Stage.READING, done, None, file.name))
        self.spool.flush(connection)


class _Reader:
    """Turns the rows of one file into staged ones and reports what is wrong with them."""

    def __init__(self, reading: Reading, label: str, report: Report) -> None:
        self.report = report
        self.named: Mapping[Table, list[tuple[int, str]]] = {}
        self._places = reading.places
        self._label = label
        self._latest = reading.now + CLOCK_TOLERANCE
        self._now = reading.now
        self._today: dict[ZoneInfo, date] = {}

    def _tell(self, line: int, column: str, code: str, **facts: str) -> None:
        self.report(Finding(self._label, line, column, code, facts))

    def _check_name(self, line: int, column: str, name: str) -> None:
        if is_reserved(name):
            self._tell(line, column, "reserved_name", shown=shown(name))

    def _check_facility(self, line: int, column: str, code: str) -> None:
        if code not in self._places.facilities and code not in self._places.faulty:
            known = code in self._places.others
            self._tell(line, column, "not_a_facility" if known else "unknown_reference", shown=shown(code))

    def _check_day(self, line: int, day: date, zone: ZoneInfo, column: str = "date") -> None:
        today = self._today.get(zone)
        if today is None:
            today = self._today[zone] = legal_day(self._now, zone.key)
        if day > today:
            self._tell(line, column, "in_the_future", shown=day.isoformat())

    def _check_mass(self, line: int, column: str, kg: int | None) -> None:
        if kg is not None and kg > MOST_KG:
            facts = {"shown": tonnes_from_kg(kg), "least": "0", "most": tonnes_from_kg(MOST_KG)}
            self._tell(line, column, "out_of_range", **facts)


class _ProductionReader(_Reader):
    def staged(self, row: Production) -> tuple[Any, ...]:
        self._check_facility(row.line, "plant", row.plant)
        self._check_name(row.line, "batch", row.batch)
        place = self._places.facilities.get(row.plant)
        if place is not None and place.kind is not FacilityKind.PLANT:
            self._tell(row.line, "plant", "not_a_plant", shown=row.plant)
        self._check_day(row.line, row.day, self._places.zone_of(row.plant))
        said = staging.SEPARATOR.join(canonical.values(PRODUCTION, row))
        return (row.line, row.batch, said, *row[2:])


class _TreatmentReader(_Reader):
    def __init__(self, reading: Reading, label: str, report: Report) -> None:
        super().__init__(reading, label, report)
        self._inputs: list[tuple[int, str]] = []
        self._outputs: list[tuple[int, str]] = []
        self.named = {staging.run_input: self._inputs, staging.run_output: self._outputs}

    def staged(self, row: Treatment) -> tuple[Any, ...]:
        self._check_facility(row.line, "site", row.site)
        self._check_name(row.line, "run", row.run)
        self._check_day(row.line, row.day, self._places.zone_of(row.site))
        self._check_mass(row.line, "additive_dry_t", row.additive_dry_kg)
        for share in row.inputs:
            self._check_mass(row.line, "inputs", share.wet_kg)
            self._inputs.append((row.line, share.id))
        for output in row.outputs:
            self._check_mass(row.line, "outputs", output.wet_kg)
            self._check_name(row.line, "outputs", output.id)
            self._outputs.append((row.line, output.id))
        values = canonical.values(TREATMENTS, row)
        listed = values[4:6]
        said = staging.SEPARATOR.join(values)
        return (row.line, row.run, said, row.site, row.process, row.day, *listed, row.additive_dry_kg)


class _StocktakeReader(_Reader):
    def staged(self, row: Stocktake) -> tuple[Any, ...]:
        self._check_facility(row.line, "facility", row.facility)
        self._check_day(row.line, row.day, self._places.zone_of(row.facility))
        self._check_mass(row.line, "wet_t", row.wet_kg)
        return (row.line, *_keyed(STOCKTAKES, row), *row[1:])


class _LabReader(_Reader):
    def staged(self, row: LabValue) -> tuple[Any, ...]:
        self._check_day(row.line, row.sampled_on, self._places.zone_of(row.subject), "sampled_on")
        value = canonical.text_of(_VALUE, row.value)
        return (row.line, *_keyed(LABS, row), row.report, row.subject, row.sampled_on, row.parameter, value, row.unit)


_VALUE = LABS.column("value")


def _keyed(file: LedgerFile[Any], row: tuple[Any, ...]) -> tuple[str, str]:
    """A row's key of several columns and what it says, each as one text."""
    said = staging.SEPARATOR.join(canonical.values(file, row))
    return KEY_SEPARATOR.join(canonical.key(file, row)), said


class _DisposalReader(_Reader):
    def staged(self, row: Disposal) -> tuple[Any, ...]:
        self._check_facility(row.line, "site", row.site)
        self._check_name(row.line, "disposal", row.disposal)
        self._check_day(row.line, row.day, self._places.zone_of(row.site))
        self._check_mass(row.line, "wet_t", row.wet_kg)
        said = staging.SEPARATOR.join(canonical.values(DISPOSALS, row))
        return (row.line, row.disposal, said, *row[2:])


class _MovementReader(_Reader):
    def __init__(self, reading: Reading, label: str, report: Report) -> None:
        super().__init__(reading, label, report)
        self._draws: list[tuple[int, str]] = []
        self.named = {staging.draw: self._draws}

    def staged(self, row: Movement) -> tuple[Any, ...]:
        giver, taker = self._places.zone_of(row.giver), self._places.zone_of(row.destination)
        row = row._replace(
            issued_at=_instant(row.issued_at, giver),
            loaded_at=_instant_or_none(row.loaded_at, giver),
            received_at=_instant_or_none(row.received_at, taker),
            returned_at=_instant_or_none(row.returned_at, giver),
            void_at=_instant_or_none(row.void_at, giver),
        )
        self._check(row)
        values = canonical.values(MOVEMENTS, row)
        self._draws += [(row.line, share.id) for share in row.batches]
        days = (
            _day(row.issued_at, giver),
            _day(row.loaded_at, giver),
            _day(row.received_at, taker),
            _day(row.returned_at, giver),
        )
        return (row.line, row.manifest, staging.SEPARATOR.join(values), row.giver, values[2], *row[4:], *days)

    def _check(self, row: Movement) -> None:
        line = row.line
        self._check_name(line, "manifest", row.manifest)
        self._check_facility(line, "from", row.giver)
        self._check_facility(line, "to", row.destination)
        if row.giver == row.destination:
            self._tell(line, "to", "same_facility", shown=shown(row.giver))
        for finding in check_hauler(self._label, line, row.hauler, self._places):
            self.report(finding)
        for problem in check_times(row):
            self._tell(line, problem.column, problem.code, **problem.facts)
        for column, at in _times(row):
            if at is not None and at > self._latest:
                self._tell(line, column, "in_the_future", shown=at.astimezone(self._places.zone).isoformat(" "))
        for column, kg in _masses(row):
            self._check_mass(line, column, kg)


def _times(row: Movement) -> tuple[tuple[str, datetime | None], ...]:
    return (
        ("issued_at", row.issued_at),
        ("loaded_at", row.loaded_at),
        ("received_at", row.received_at),
        ("returned_at", row.returned_at),
        ("void_at", row.void_at),
    )


def _masses(row: Movement) -> tuple[tuple[str, int | None], ...]:
    """Net masses are the difference of these or stand alone."""
    return (
        ("out_gross_t", row.gross_out_kg),
        ("out_net_t", row.net_out_kg),
        ("in_gross_t", row.gross_in_kg),
        ("in_net_t", row.net_in_kg),
    )


def _instant(at: datetime, zone: ZoneInfo) -> datetime:
    return (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)


def _instant_or_none(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if at is None else _instant(at, zone)


def _day(at: datetime | None, zone: ZoneInfo) -> date | None:
    return None if at is None else at.astimezone(zone).date()


_READERS: dict[str, Callable[[Reading, str, Report], Any]] = {
    "production": _ProductionReader,
    "movements": _MovementReader,
    "treatments": _TreatmentReader,
    "disposals": _DisposalReader,
    "stocktakes": _StocktakeReader,
    "labs": _LabReader,
}
