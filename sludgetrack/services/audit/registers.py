"""The registers, built anew in memory from the registering events, and compared at the end.

While the record is read in the order of the log they are what the registers were at that moment, which is what the
mass book of the replay goes by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.events import Entry, EventType
from sludgetrack.domain.identity import FacilityKind
from sludgetrack.services.audit.areas import Area, Notes, differing
from sludgetrack.store import log, scan
from sludgetrack.store.directory import Facility
from sludgetrack.store.periods import last_day, lock_row
from sludgetrack.store.registers import Register, set_row, stated
from sludgetrack.store.tables import registry

Values = dict[str, Any]

_TABLES: Mapping[Register, Table] = {
    Register.ORGANISATION: registry.organisation,
    Register.FACILITY: registry.facility,
    Register.VEHICLE: registry.vehicle,
    Register.PERSON: registry.person,
    Register.PERMIT: registry.permit,
}
_KEYS: Mapping[Register, str] = {
    Register.ORGANISATION: "code",
    Register.FACILITY: "code",
    Register.VEHICLE: "plate",
    Register.PERSON: "id",
    Register.PERMIT: "id",
}
_UNSTATED: Mapping[Register, Values] = {
    Register.FACILITY: {"storage_days": 30},
    Register.VEHICLE: {"active": True},
    Register.PERSON: {"active": True},
    Register.PERMIT: {"withdrawn": False},
}
"""What holds where no event states it; every other column is then empty."""

_POLICY = ("division", "route", "rule", "value", "source")


class Registers:
    """Every register as the events read so far say."""

    def __init__(self) -> None:
        self._rows: dict[Register, dict[str, Values]] = {register: {} for register in Register}
        self._policy: dict[str, Values] = {}
        self._set_rows: dict[str, Values] = {}
        self._locks: dict[str, Values] = {}
        self._facilities: dict[str, Facility] = {}
        self.prefixes: dict[tuple[str, int], int] = {}
        """The facility behind each division and number there ever was."""
        self.codes: dict[int, str] = {}
        """The facilities' codes by id."""

    def apply(self, entry: Entry, personal: Mapping[str, Any] | None, stream_id: int) -> None:
        """Take in one event, whatever it is. Raises LookupError, ValueError or TypeError for one that cannot be."""
        match entry.claim.type:
            case EventType.REGISTERED:
                self._registered(entry, personal or {}, stream_id)
            case EventType.CHANGED:
                self._changed(entry, personal or {})
            case EventType.POLICY_SET:
                figures = entry.claim.figures
                row = {name: figures[name] for name in _POLICY}
                self._policy[entry.claim.event_id] = row | {"valid_from": date.fromisoformat(figures["valid_from"])}
            case EventType.LOCKED:
                self._locked(entry)
            case EventType.TABLE_SET:
                self._set_rows[entry.claim.event_id] = set_row(entry)

    def facility(self, code: str) -> Facility:
        """A facility as it is registered at this point of the log. Raises NotFound."""
        if code not in self._facilities:
            row = self._rows[Register.FACILITY].get(code)
            if row is None:
                raise NotFound(kind="facility", name=code)
            values = {field.name: row[field.name] for field in fields(Facility)}
            values |= {"kind": FacilityKind(row["kind"]), "routes": tuple(row["routes"])}
            self._facilities[code] = Facility(**values)
        return self._facilities[code]

    def compare(self, connection: Connection, notes: Notes) -> None:
        """Hold the stored registers against these."""
        for register, rows in self._rows.items():
            stored = {row[_KEYS[register]]: row for row in _stored(connection, register)}
            _compare(str(register), stored, rows, notes)
        locks = {row["event_id"]: dict(row) for row in connection.execute(select(registry.period_lock)).mappings()}
        _compare("period_lock", locks, self._locks, notes)
        if log.locks(connection) != len(self._locks):
            counted = f"{log.locks(connection)} locks counted, {len(self._locks)} recorded"
            notes.disagree(Area.REGISTERS, "locks_miscounted", "log_head", counted)
        _compare_in_order(connection, registry.policy, self._policy, notes)
        _compare_in_order(connection, registry.reference_row, self._set_rows, notes)

    def _registered(self, entry: Entry, personal: Mapping[str, Any], stream_id: int) -> None:
        register, values = self._values(entry, personal)
        row = dict.fromkeys(_columns(register)) | _UNSTATED.get(register, {}) | values
        if register in {Register.ORGANISATION, Register.FACILITY}:
            row["id"] = stream_id
        elif row["organisation_id"] is None:
            row["organisation_id"] = stream_id
        if register is Register.FACILITY:
            row["locked_through"] = self._locked_through(str(row["division"]))
        self._put(register, row)

    def _locked(self, entry: Entry) -> None:
        lock = lock_row(entry)
        self._locks[entry.claim.event_id] = lock
        for code, row in self._rows[Register.FACILITY].items():
            if row["division"].startswith(lock["division"]):
                row["locked_through"] = self._locked_through(row["division"])
                self._facilities.pop(code, None)

    def _locked_through(self, division: str) -> date | None:
        closed = [last_day(row["month"]) for row in self._locks.values() if division.startswith(row["division"])]
        return max(closed, default=None)

    def _changed(self, entry: Entry, personal: Mapping[str, Any]) -> None:
        register, values = self._values(entry, personal)
        self._put(register, self._rows[register][values[_KEYS[register]]] | values)

    def _put(self, register: Register, row: Values) -> None:
        self._rows[register][row[_KEYS[register]]] = row
        if register is Register.FACILITY:
            self._facilities.pop(row["code"], None)
            self.prefixes[row["division"], row["number"]] = row["id"]
            self.codes[row["id"]] = row["code"]

    def _values(self, entry: Entry, personal: Mapping[str, Any]) -> tuple[Register, Values]:
        """The columns an event states, references as the ids of what they name; a vehicle stays its plate."""
        figures = stated(entry, personal)
        register = Register(entry.claim.figures["what"])
        if "facility" in figures:
            figures["facility_id"] = self._rows[Register.FACILITY][figures["facility"]]["id"]
        if "organisation_code" in figures:
            figures["organisation_id"] = self._rows[Register.ORGANISATION][figures["organisation_code"]]["id"]
        table = _TABLES[register]
        return register, {name: _typed(table, name, figures[name]) for name in _columns(register) if name in figures}


def _columns(register: Register) -> list[str]:
    """The columns that events decide, and a permit's vehicle by its plate instead of its row."""
    names = [column.name for column in _TABLES[register].c if column.name != "vehicle_id"]
    if register is Register.VEHICLE:
        names.remove("id")
    return [*names, "vehicle"] if register is Register.PERMIT else names


def _typed(table: Table, name: str, value: Any) -> Any:
    if not isinstance(value, str) or name not in table.c:
        return value
    python = table.c[name].type.python_type
    if python is date:
        return date.fromisoformat(value)
    return Decimal(value) if python is Decimal else value


def _stored(connection: Connection, register: Register) -> list[Values]:
    table = _TABLES[register]
    query: Select[Any] = select(table)
    if register is Register.PERMIT:
        plate = registry.vehicle.c.plate.label("vehicle")
        query = select(table, plate).outerjoin(registry.vehicle, registry.vehicle.c.id == table.c.vehicle_id)
    return [dict(row._mapping) for row in scan.streamed(connection, query)]  # noqa: SLF001 - documented accessor


def _compare_in_order(connection: Connection, table: Table, expected: Mapping[str, Values], notes: Notes) -> None:
    """Rows of which a later one counts, so that their order matters too; their keys are their events."""
    query = select(table).order_by(table.c.id)
    told = {row["event_id"]: row for row in (dict(row._mapping) for row in connection.execute(query))}  # noqa: SLF001 - documented accessor
    _compare(table.name, told, expected, notes)
    if list(told) != list(expected):
        code = f"{table.name}_order_differs"
        notes.disagree(Area.REGISTERS, code, table.name, "its rows are not in the order of the log")


def _compare(what: str, stored: Mapping[str, Values], expected: Mapping[str, Values], notes: Notes) -> None:
    for key, row in expected.items():
        notes.checked(Area.REGISTERS)
        found = stored.get(key)
        difference = "its row is gone" if found is None else differing(found, row)
        if difference:
            code = "row_missing" if found is None else "row_differs"
            notes.disagree(Area.REGISTERS, code, f"{what} {key}", difference)
    for key in sorted(stored.keys() - expected.keys()):
        notes.disagree(Area.REGISTERS, "row_too_many", f"{what} {key}", "no event registered it")
