"""The registers as their events say: organisations, facilities, vehicles, people, permits, rules, numbers, lab reports.

A ``registered`` or ``changed`` claim names ``what`` it is about and carries the fields of that table; a ``changed``
one only those that changed. Names, phones and licences of people travel in the personal data beside the claim.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Table, update
from sqlalchemy.dialects.postgresql import insert

from sludgetrack.domain.events import Entry, EventType, Stream
from sludgetrack.store import labs, periods
from sludgetrack.store.directory import Directory
from sludgetrack.store.personal import beside
from sludgetrack.store.streams import StreamHead
from sludgetrack.store.tables import registry


class Register(StrEnum):
    """What a registering event is about."""

    ORGANISATION = "organisation"
    FACILITY = "facility"
    VEHICLE = "vehicle"
    PERSON = "person"
    PERMIT = "permit"


_TABLES: Mapping[Register, tuple[Table, str]] = {
    Register.ORGANISATION: (registry.organisation, "code"),
    Register.FACILITY: (registry.facility, "code"),
    Register.VEHICLE: (registry.vehicle, "plate"),
    Register.PERSON: (registry.person, "id"),
    Register.PERMIT: (registry.permit, "id"),
}


PERSONAL: Final = ("login", "name", "phone", "licence")
"""What the register of people takes from the personal data beside a claim, and nothing else does."""


def project_registers(
    connection: Connection, directory: Directory, entries: Sequence[Entry], heads: Mapping[Stream, StreamHead]
) -> None:
    """Bring the registers up to date with these new entries."""
    for entry in entries:
        project = _PROJECTIONS.get(entry.claim.type)
        if project is not None:
            project(connection, directory, entry, heads[entry.stream].id)
    labs.project(connection, entries, heads)


def _registered(connection: Connection, directory: Directory, entry: Entry, stream_id: int) -> None:
    table, _ = _TABLES[Register(entry.claim.figures["what"])]
    values = _values(connection, directory, entry, table)
    if table in (registry.organisation, registry.facility):
        values["id"] = stream_id
    if table is registry.facility:
        values["locked_through"] = periods.locked_through(connection, values["division"])
    if "organisation_id" in table.c and "organisation_id" not in values:
        values["organisation_id"] = stream_id
    connection.execute(insert(table).values(**values))
    directory.forget()


def _changed(connection: Connection, directory: Directory, entry: Entry, stream_id: int) -> None:
    table, key = _TABLES[Register(entry.claim.figures["what"])]
    values = _values(connection, directory, entry, table)
    named = values.pop(key)
    if values:
        connection.execute(update(table).where(table.c[key] == named).values(**values))
    directory.forget()


def _values(connection: Connection, directory: Directory, entry: Entry, table: Table) -> dict[str, Any]:
    """The table's columns among what the event states."""
    figures = stated(entry, beside(connection, [entry.claim.event_id]).get(entry.claim.event_id, {}))
    if "facility" in figures:
        figures["facility_id"] = directory.facility(figures["facility"]).id
    if "vehicle" in figures:
        found = directory.vehicle(figures["vehicle"])
        figures["vehicle_id"] = found.id if found else None
    if "organisation_code" in figures:
        owner = directory.organisation_by_code(figures["organisation_code"])
        figures["organisation_id"] = owner.id
    return {name: _typed(table, name, value) for name, value in figures.items() if name in table.c}


def stated(entry: Entry, aside: Mapping[str, Any]) -> dict[str, Any]:
    """What a registering event states: its figures and, of a person, who they are, from the personal data beside it.

    The personal data beside any other registration is about whoever made it: a clerk's name is no facility's.
    """
    figures = dict(entry.claim.figures)
    if figures["what"] != Register.PERSON:
        return figures
    return figures | {name: aside[name] for name in PERSONAL if name in aside}


def _typed(table: Table, name: str, value: Any) -> Any:
    python = table.c[name].type.python_type
    if python is date and isinstance(value, str):
        return date.fromisoformat(value)
    return Decimal(value) if python is Decimal and isinstance(value, str) else value


def _policy_set(connection: Connection, directory: Directory, entry: Entry, stream_id: int) -> None:
    figures = entry.claim.figures
    names = ("division", "route", "rule", "value", "source")
    row = {name: figures[name] for name in names}
    valid_from = date.fromisoformat(figures["valid_from"])
    connection.execute(insert(registry.policy).values(**row, valid_from=valid_from, event_id=entry.claim.event_id))


def set_row(entry: Entry) -> dict[str, Any]:
    """The row a ``table_set`` event states. Raises LookupError or ValueError where it states none."""
    claim, figures = entry.claim, entry.claim.figures
    return {
        "table_name": figures["table"],
        "key": figures["key"],
        "valid_from": date.fromisoformat(figures["valid_from"]),
        "source": figures["source"],
        "stated": {line["name"]: line["value"] for line in figures["values"]},
        "person_id": claim.actor,
        "organisation_code": claim.organisation,
        "event_id": claim.event_id,
    }


def _table_set(connection: Connection, directory: Directory, entry: Entry, stream_id: int) -> None:
    connection.execute(insert(registry.reference_row).values(**set_row(entry)))


def _locked(connection: Connection, directory: Directory, entry: Entry, stream_id: int) -> None:
    periods.project_lock(connection, entry)
    directory.forget()


def _numbers_handed(connection: Connection, directory: Directory, entry: Entry, stream_id: int) -> None:
    figures = entry.claim.figures
    rows: Sequence[Mapping[str, Any]] = [
        {
            "number": line["number"],
            "public_code": line["public_code"],
            "facility_id": stream_id,
            "block": entry.claim.event_id,
            "handed_to": figures["handed_to"],
        }
        for line in figures["numbers"]
    ]
    connection.execute(insert(registry.reserved_number), rows)


_PROJECTIONS: Mapping[EventType, Callable[[Connection, Directory, Entry, int], None]] = {
    EventType.REGISTERED: _registered,
    EventType.CHANGED: _changed,
    EventType.POLICY_SET: _policy_set,
    EventType.TABLE_SET: _table_set,
    EventType.LOCKED: _locked,
    EventType.NUMBERS_HANDED: _numbers_handed,
}
