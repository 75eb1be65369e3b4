"""New parties, vehicles and policies into the registers, as events of the operator of the installation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select

from sludgetrack.domain.events import EventType, Mark, Stream, StreamKind
from sludgetrack.domain.identity import OrganisationKind
from sludgetrack.services.importing.ids import event_id
from sludgetrack.services.importing.places import kind_of
from sludgetrack.services.registering import (
    OPERATOR,
    Registration,
    in_organisation,
    organisation_registration,
    policy_registration,
    register,
)
from sludgetrack.store import staging
from sludgetrack.store.registers import Register
from sludgetrack.store.tables.registry import facility, organisation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sludgetrack.ledgerfiles.rows import Party, PolicyRow, Vehicle
    from sludgetrack.services.importing.masters import Said

MARKS = (Mark.IMPORTED,)
STORAGE_DAYS = 30
"""How long a facility may keep sludge unless it says otherwise."""


def record_parties(connection: Connection, *, rows: Sequence[Said], now: datetime, zone: str) -> int:
    """Register parties in the order of their file; how many events that took."""
    registry = _Registry(connection, zone, now)
    for said in rows:
        registry.add(said)
    _register(connection, registry.registrations, now)
    _remember(connection, "parties", rows)
    return len(registry.registrations)


def record_vehicles(connection: Connection, *, rows: Sequence[Said], now: datetime) -> int:
    """Register vehicles with their haulers; how many events that took."""
    query = select(organisation.c.hauler_code, organisation.c.code).where(organisation.c.hauler_code.is_not(None))
    owners = {row.hauler_code: row.code for row in connection.execute(query)}
    registrations = [_vehicle(said, owners[said.row.hauler], now) for said in rows]
    _register(connection, registrations, now)
    _remember(connection, "vehicles", rows)
    return len(registrations)


def record_policies(connection: Connection, *, rows: Sequence[Said], now: datetime) -> int:
    """Set policies, in the order of their file; how many events that took."""
    registrations = [_policy(said, now) for said in rows]
    _register(connection, registrations, now)
    _remember(connection, "policies", rows)
    return len(registrations)


def _register(connection: Connection, registrations: Sequence[Registration], now: datetime) -> None:
    if registrations:
        register(connection, registrations, now, marks=MARKS)


def _remember(connection: Connection, file: str, rows: Sequence[Said]) -> None:
    staging.remember(connection, file, [(said.key, said.values) for said in rows])


def _vehicle(said: Said, owner: str, now: datetime) -> Registration:
    row: Vehicle = said.row
    fields = {
        "plate": row.plate,
        "rated_kg": row.rated_kg,
        "tare_kg": row.tare_kg,
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
    }
    return in_organisation(event_id("vehicles", said.key, "registered", now), owner, Register.VEHICLE, fields)


def _policy(said: Said, now: datetime) -> Registration:
    row: PolicyRow = said.row
    fields = {
        "division": row.division,
        "route": row.route or "",
        "rule": row.rule,
        "value": row.value,
        "valid_from": row.valid_from.isoformat(),
        "source": row.source or "",
    }
    return policy_registration(event_id("policies", said.key, "policy_set", now), OPERATOR, fields)


@dataclass(slots=True)
class _Owner:
    """An organisation by its code, what it does, and the code it hauls under."""

    code: str
    kind: OrganisationKind
    hauler: str | None


@dataclass(slots=True)
class _Registry:
    """Registrations as the rows of parties ask for them, with the organisations and numbers there are."""

    connection: Connection
    zone: str
    now: datetime
    registrations: list[Registration] = field(default_factory=list)
    _owners: dict[str, _Owner] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __post_init__(self) -> None:
        """Read what is registered."""
        o = organisation.c
        for code, credit_code, kind, hauler in self.connection.execute(
            select(o.code, o.credit_code, o.kind, o.hauler_code)
        ):
            self._owners[credit_code or code] = _Owner(code, OrganisationKind(kind), hauler)
        query = select(facility.c.division, func.max(facility.c.number)).group_by(facility.c.division)
        for division, number in self.connection.execute(query):
            self._numbers[division] = number

    def add(self, said: Said) -> None:
        """One more party: its organisation where that is new, then itself."""
        row: Party = said.row
        owner = self._owners.get(row.credit_code or row.code)
        if owner is None:
            self._add_organisation(said)
        elif row.kind == "hauler" and owner.hauler is None:
            self._change(said, owner, {"hauler_code": row.code, "hauler_name": row.name or row.code})
            owner.hauler = row.code
        elif row.kind != "hauler" and owner.kind is OrganisationKind.HAULER:
            self._change(said, owner, {"kind": str(OrganisationKind.OPERATOR)})
            owner.kind = OrganisationKind.OPERATOR
        if row.kind in {"plant", "site"}:
            self._add_facility(said)

    def _add_organisation(self, said: Said) -> None:
        row: Party = said.row
        code = row.credit_code or row.code
        hauler = row.code if row.kind == "hauler" else None
        fields = {
            "name": row.name or row.code,
            "kind": str(_KINDS[row.kind]),
            "division": row.division or "",
            "credit_code": row.credit_code,
            "hauler_code": hauler,
            "hauler_name": row.name if hauler else None,
        }
        self.registrations.append(organisation_registration(self._id(said, "organisation"), code, fields))
        self._owners[code] = _Owner(code, _KINDS[row.kind], hauler)

    def _change(self, said: Said, owner: _Owner, changes: Mapping[str, Any]) -> None:
        """One organisation may run facilities and haul."""
        fields = {"code": owner.code, **changes}
        change = in_organisation(
            self._id(said, "organisation"), owner.code, Register.ORGANISATION, fields, changed=True
        )
        self.registrations.append(change)

    def _add_facility(self, said: Said) -> None:
        row: Party = said.row
        division = row.division or ""
        self._numbers[division] += 1
        fields = {
            "what": str(Register.FACILITY),
            "organisation_code": self._owners[row.credit_code or row.code].code,
            "code": row.code,
            "name": row.name or row.code,
            "kind": str(kind_of(row)),
            "division": division,
            "number": self._numbers[division],
            "city_class": row.city_class,
            "lon": None if row.lon is None else f"{row.lon:f}",
            "lat": None if row.lat is None else f"{row.lat:f}",
            "capacity_t80_kg_d": row.capacity_kg_d,
            "storage_days": STORAGE_DAYS if row.storage_days is None else row.storage_days,
            "routes": list(row.routes),
            "permit_no": row.permit_no,
            "permit_valid_to": row.permit_valid_to.isoformat() if row.permit_valid_to else None,
            "zone": self.zone,
        }
        stream = Stream(StreamKind.FACILITY, row.code)
        registration = Registration(stream, self._id(said, "facility"), EventType.REGISTERED, fields)
        self.registrations.append(registration)

    def _id(self, said: Said, what: str) -> str:
        return event_id("parties", said.key, what, self.now)


_KINDS: Mapping[str, OrganisationKind] = {
    "plant": OrganisationKind.OPERATOR,
    "site": OrganisationKind.OPERATOR,
    "hauler": OrganisationKind.HAULER,
    "regulator": OrganisationKind.AUTHORITY,
}
