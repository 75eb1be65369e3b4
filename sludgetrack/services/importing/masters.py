"""Parties, vehicles and policies: few enough to be held in memory while they are read and checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Generic, NamedTuple

from sqlalchemy import Connection, func, select

from sludgetrack.domain.clocks import Clocks
from sludgetrack.domain.quantities import tonnes_from_kg
from sludgetrack.ledgerfiles import canonical
from sludgetrack.ledgerfiles.columns import PARTIES, POLICIES, VEHICLES
from sludgetrack.ledgerfiles.findings import Finding
from sludgetrack.ledgerfiles.shapes import LedgerFile, Row
from sludgetrack.services.importing.comparing import conflicts, doubled_finding
from sludgetrack.services.importing.outcome import FileCounts
from sludgetrack.services.importing.spool import Spool, label_of
from sludgetrack.store import staging
from sludgetrack.store.tables.registry import facility, organisation, vehicle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sludgetrack.ledgerfiles.folder import Ledger
    from sludgetrack.ledgerfiles.rows import Party, PolicyRow, Vehicle
    from sludgetrack.services.importing.places import Places

KEY_SEPARATOR = "|"
MOST_KG = 999_999
"""What a truck may be rated at or weigh."""
MOST_STORAGE_DAYS = 9999
MOST_FACILITIES = 999
_CLOCKS = tuple(clock.name for clock in fields(Clocks))


class Said(NamedTuple):
    """A row with its key and values in their one spelling."""

    row: Any
    key: str
    values: tuple[str, ...]


@dataclass(slots=True)
class Master(Generic[Row]):
    """The rows of one file: all of them, and those never imported before."""

    file: LedgerFile[Row]
    label: str
    rows: list[Row]
    new: list[Said]

    @property
    def counts(self) -> FileCounts:
        """How many rows are new, and how many say nothing new."""
        return FileCounts(new=len(self.new), unchanged=len(self.rows) - len(self.new))

    def finding(self, row: Row, column: str, code: str, **facts: str) -> Finding:
        """A finding about one of the rows."""
        return Finding(self.label, row[0], column, code, facts)


@dataclass(slots=True)
class Masters:
    """The three files of masters."""

    parties: Master[Party]
    vehicles: Master[Vehicle]
    policies: Master[PolicyRow]


def read_masters(connection: Connection, ledger: Ledger, places: Places, spool: Spool) -> Masters:
    """Read and check the three files; what is wrong goes into the spool, what is right into ``places``."""
    places.read(connection)
    parties = _read(connection, ledger, PARTIES, spool, places.faulty)
    places.add(parties.rows)
    vehicles = _read(connection, ledger, VEHICLES, spool, set())
    policies = _read(connection, ledger, POLICIES, spool, set())
    spool.take(connection, ((PARTIES, finding) for finding in _check_parties(connection, parties)))
    spool.take(connection, ((VEHICLES, finding) for finding in _check_vehicles(connection, vehicles, places)))
    spool.take(connection, ((POLICIES, finding) for finding in _check_policies(policies)))
    return Masters(parties, vehicles, policies)


def _read(connection: Connection, ledger: Ledger, file: LedgerFile[Row], spool: Spool, faulty: set[str]) -> Master[Row]:
    label = label_of(ledger, file)
    first: dict[str, Said] = {}
    report = spool.report_of(file)
    for row in ledger.rows(file, report, lambda key: faulty.add(KEY_SEPARATOR.join(key))):
        said = Said(row, KEY_SEPARATOR.join(canonical.key(file, row)), canonical.values(file, row))
        before = first.setdefault(said.key, said)
        if before.values != said.values:
            report(doubled_finding(file, label, (row[0], said.values), (before.row[0], before.values), said.key))
    recorded = staging.recorded(connection, file.name, list(first))
    for key, said in first.items():
        if key in recorded:
            for finding in conflicts(file, label, said.row[0], recorded[key], said.values):
                report(finding)
    new = [said for key, said in first.items() if key not in recorded]
    return Master(file, label, [said.row for said in first.values()], new)


def _check_parties(connection: Connection, parties: Master[Party]) -> Iterator[Finding]:
    taken = _Taken(connection)
    for said in parties.new:
        row: Party = said.row
        if taken.has(row):
            yield parties.finding(row, "code", "not_imported", shown=row.code)
        if row.kind == "regulator" and not row.division:
            yield parties.finding(row, "division", "missing_value")
        if row.storage_days is not None and row.storage_days > MOST_STORAGE_DAYS:
            facts = {"shown": str(row.storage_days), "least": "0", "most": str(MOST_STORAGE_DAYS)}
            yield parties.finding(row, "storage_days", "out_of_range", **facts)
    yield from _check_organisations(connection, parties)
    yield from _check_room(connection, parties)


def _check_room(connection: Connection, parties: Master[Party]) -> Iterator[Finding]:
    """A manifest number has three digits for the facility within its division."""
    query = select(facility.c.division, func.max(facility.c.number)).group_by(facility.c.division)
    numbers = Counter({row[0]: row[1] for row in connection.execute(query)})
    for said in parties.new:
        row: Party = said.row
        if row.kind in {"plant", "site"} and row.division:
            numbers[row.division] += 1
            if numbers[row.division] > MOST_FACILITIES:
                yield parties.finding(row, "division", "too_many_facilities", shown=row.division)


class _Taken:
    """The codes the registers have."""

    def __init__(self, connection: Connection) -> None:
        self._facilities = set(connection.scalars(select(facility.c.code)))
        self._organisations = set(connection.scalars(select(organisation.c.code)))
        haulers = select(organisation.c.hauler_code).where(organisation.c.hauler_code.is_not(None))
        self._haulers = set(connection.scalars(haulers))

    def has(self, row: Party) -> bool:
        if row.kind in {"plant", "site"} and row.code in self._facilities:
            return True
        if row.kind == "hauler" and row.code in self._haulers:
            return True
        return row.credit_code is None and row.code in self._organisations


@dataclass(slots=True)
class _Organisation:
    """What the rows of one credit code say together."""

    is_authority: bool | None = None
    hauler: str | None = None


def _check_organisations(connection: Connection, parties: Master[Party]) -> Iterator[Finding]:
    """One organisation is an authority or something else, and hauls under one code at most."""
    known: dict[str, _Organisation] = {}
    o = organisation.c
    for credit_code, kind, hauler in connection.execute(
        select(o.credit_code, o.kind, o.hauler_code).where(o.credit_code.is_not(None))
    ):
        known[credit_code] = _Organisation(kind == "authority", hauler)
    for said in parties.new:
        row: Party = said.row
        if row.credit_code is None:
            continue
        owner = known.setdefault(row.credit_code, _Organisation())
        is_authority = row.kind == "regulator"
        if owner.is_authority not in {None, is_authority}:
            yield parties.finding(row, "credit_code", "kinds_of_one_organisation", shown=row.credit_code)
        owner.is_authority = is_authority
        if row.kind == "hauler":
            if owner.hauler is not None:
                yield parties.finding(row, "credit_code", "second_hauler", shown=row.credit_code, other=owner.hauler)
            owner.hauler = row.code


def _check_vehicles(connection: Connection, vehicles: Master[Vehicle], places: Places) -> Iterator[Finding]:
    taken = set(connection.scalars(select(vehicle.c.plate)))
    for said in vehicles.new:
        row: Vehicle = said.row
        if row.plate in taken:
            yield vehicles.finding(row, "plate", "not_imported", shown=row.plate)
        yield from check_hauler(vehicles.label, row.line, row.hauler, places)
        for column, kg in (("rated_t", row.rated_kg), ("tare_t", row.tare_kg)):
            if kg is not None and kg > MOST_KG:
                facts = {"shown": tonnes_from_kg(kg), "least": "0", "most": tonnes_from_kg(MOST_KG)}
                yield vehicles.finding(row, column, "out_of_range", **facts)


def check_hauler(label: str, line: int, code: str, places: Places) -> Iterator[Finding]:
    """Whether a code is a hauler's."""
    if code in places.haulers or code in places.faulty:
        return
    known = code in places.facilities or code in places.others
    yield Finding(label, line, "hauler", "not_a_hauler" if known else "unknown_reference", {"shown": code})


def _check_policies(policies: Master[PolicyRow]) -> Iterator[Finding]:
    """A rule without a route is a clock with a number."""
    for said in policies.new:
        row: PolicyRow = said.row
        if row.route is not None:
            continue
        if row.rule not in _CLOCKS:
            yield policies.finding(row, "rule", "unknown_clock", shown=row.rule, known=", ".join(_CLOCKS))
        elif not _is_a_length(row.value):
            yield policies.finding(row, "value", "not_a_number", shown=row.value, wanted="24")


def _is_a_length(text: str) -> bool:
    try:
        length = Decimal(text)
    except InvalidOperation:
        return False
    return length.is_finite() and length >= 0
