"""The registers for administrators and authorities: people, vehicles, permits, facilities and organisations as rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from sludgetrack.domain.identity import FacilityKind, OrganisationKind, Role
from sludgetrack.store import scope
from sludgetrack.store.tables import registry

_ORGANISATION, _FACILITY, _VEHICLE = registry.organisation, registry.facility, registry.vehicle
_PERSON, _PERMIT = registry.person, registry.permit


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as registered now. ``seen_at``: when a live session of theirs was last used, UTC."""

    id: str
    organisation: str
    login: str
    name: str
    phone: str | None
    licence: str | None
    roles: frozenset[Role]
    active: bool
    seen_at: datetime | None

    @property
    def administers(self) -> bool:
        """Whether this person can administer the organisation now."""
        return self.active and Role.ADMINISTRATOR in self.roles


@dataclass(frozen=True, slots=True)
class VehicleRow:
    """A vehicle as registered now; rated load and tare in kilograms."""

    organisation: str
    plate: str
    rated_kg: int | None
    tare_kg: int | None
    permit_no: str | None
    valid_to: date | None
    active: bool


@dataclass(frozen=True, slots=True)
class PermitRow:
    """A permit as registered now, of the organisation where neither facility nor vehicle is named."""

    id: str
    organisation: str
    kind: str
    number: str
    facility: str | None
    vehicle: str | None
    valid_to: date | None
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """A facility as registered now, with who runs it. Capacity in kilograms a day at 80 % moisture."""

    code: str
    name: str
    kind: FacilityKind
    organisation: str
    organisation_name: str
    division: str
    number: int
    city_class: str | None
    address: str | None
    capacity_t80_kg_d: int | None
    storage_days: int
    routes: tuple[str, ...]
    permit_no: str | None
    permit_valid_to: date | None


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation as registered now, with how many facilities it runs and people it has who are active."""

    code: str
    name: str
    kind: OrganisationKind
    division: str
    credit_code: str | None
    hauler_code: str | None
    address: str | None
    licence: str | None
    facilities: int
    people: int


def people_of(connection: Connection, organisation: str) -> list[PersonRow]:
    """Everybody of an organisation, active people first, by name."""
    query = _people().where(_ORGANISATION.c.code == organisation)
    rows = connection.execute(query.order_by(_PERSON.c.active.desc(), _PERSON.c.name))
    return [_person(row) for row in rows]


def person(connection: Connection, person_id: str) -> PersonRow | None:
    """One person, or None."""
    row = connection.execute(_people().where(_PERSON.c.id == person_id)).one_or_none()
    return _person(row) if row else None


def person_names(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """The names of people by id."""
    query = select(_PERSON.c.id, _PERSON.c.name).where(_PERSON.c.id.in_(list(ids)))
    return {row.id: row.name for row in connection.execute(query)}


def login_taken(connection: Connection, login: str) -> bool:
    """Whether somebody has this login."""
    return bool(connection.scalar(select(func.count()).where(_PERSON.c.login == login)))


def vehicles_of(connection: Connection, organisation: str) -> list[VehicleRow]:
    """Every vehicle of an organisation, those in service first, by plate."""
    query = _vehicles().where(_ORGANISATION.c.code == organisation)
    rows = connection.execute(query.order_by(_VEHICLE.c.active.desc(), _VEHICLE.c.plate))
    return [VehicleRow(*row) for row in rows]


def vehicle(connection: Connection, plate: str) -> VehicleRow | None:
    """One vehicle, or None."""
    row = connection.execute(_vehicles().where(_VEHICLE.c.plate == plate)).one_or_none()
    return VehicleRow(*row) if row else None


def permits_of(connection: Connection, organisation: str) -> list[PermitRow]:
    """Every permit of an organisation, those in force first, the one that ends next on top."""
    query = _permits().where(_ORGANISATION.c.code == organisation)
    rows = connection.execute(query.order_by(_PERMIT.c.withdrawn, _PERMIT.c.valid_to, _PERMIT.c.id))
    return [PermitRow(*row) for row in rows]


def permit(connection: Connection, permit_id: str) -> PermitRow | None:
    """One permit, or None."""
    row = connection.execute(_permits().where(_PERMIT.c.id == permit_id)).one_or_none()
    return PermitRow(*row) if row else None


def facilities_of(connection: Connection, organisation: str) -> list[FacilityRow]:
    """The facilities an organisation runs, by code."""
    return _facility_rows(connection, _ORGANISATION.c.code == organisation)


def facilities_under(connection: Connection, division: str) -> list[FacilityRow]:
    """The facilities of a division and everything under it, by code."""
    return _facility_rows(connection, scope.under(_FACILITY.c.division, division))


def facility_names(connection: Connection, division: str, codes: Collection[str]) -> dict[str, str]:
    """The names of these facilities by code, as far as they lie in a division or under it."""
    query = select(_FACILITY.c.code, _FACILITY.c.name).where(
        _FACILITY.c.code.in_(list(codes)), scope.under(_FACILITY.c.division, division)
    )
    return {row.code: row.name for row in connection.execute(query)}


def facility(connection: Connection, code: str) -> FacilityRow | None:
    """One facility, or None."""
    return next(iter(_facility_rows(connection, _FACILITY.c.code == code)), None)


def organisations_under(connection: Connection, division: str) -> list[OrganisationRow]:
    """The organisations registered in a division and everything under it, by kind and code."""
    query = _organisations().where(scope.under(_ORGANISATION.c.division, division))
    rows = connection.execute(query.order_by(_ORGANISATION.c.kind.desc(), _ORGANISATION.c.code))
    return [_organisation(row) for row in rows]


def organisation(connection: Connection, code: str) -> OrganisationRow | None:
    """One organisation, or None."""
    row = connection.execute(_organisations().where(_ORGANISATION.c.code == code)).one_or_none()
    return _organisation(row) if row else None


def credit_code_taken(connection: Connection, credit_code: str) -> bool:
    """Whether an organisation is registered under this credit code."""
    return bool(connection.scalar(select(func.count()).where(_ORGANISATION.c.credit_code == credit_code)))


def _people() -> Select[Any]:
    session = registry.web_session
    seen = select(func.max(session.c.seen_at)).where(session.c.person_id == _PERSON.c.id).scalar_subquery()
    p = _PERSON.c
    query = select(
        p.id,
        _ORGANISATION.c.code.label("organisation"),
        p.login,
        p.name,
        p.phone,
        p.licence,
        p.roles,
        p.active,
        seen.label("seen_at"),
    )
    return query.join(_ORGANISATION, _ORGANISATION.c.id == p.organisation_id)


def _person(row: Row[Any]) -> PersonRow:
    return PersonRow(**{**row._mapping, "roles": frozenset(Role(role) for role in row.roles)})  # noqa: SLF001 - documented


def _vehicles() -> Select[Any]:
    v = _VEHICLE.c
    query = select(_ORGANISATION.c.code, v.plate, v.rated_kg, v.tare_kg, v.permit_no, v.valid_to, v.active)
    return query.join(_ORGANISATION, _ORGANISATION.c.id == v.organisation_id)


def _permits() -> Select[Any]:
    p = _PERMIT.c
    return (
        select(
            p.id,
            _ORGANISATION.c.code,
            p.kind,
            p.number,
            _FACILITY.c.code.label("facility"),
            _VEHICLE.c.plate,
            p.valid_to,
            p.withdrawn,
        )
        .join(_ORGANISATION, _ORGANISATION.c.id == p.organisation_id)
        .outerjoin(_FACILITY, _FACILITY.c.id == p.facility_id)
        .outerjoin(_VEHICLE, _VEHICLE.c.id == p.vehicle_id)
    )


def _facility_rows(connection: Connection, condition: ColumnElement[bool]) -> list[FacilityRow]:
    f, o = _FACILITY.c, _ORGANISATION.c
    query = (
        select(
            f.code,
            f.name,
            f.kind,
            o.code.label("organisation"),
            o.name.label("organisation_name"),
            f.division,
            f.number,
            f.city_class,
            f.address,
            f.capacity_t80_kg_d,
            f.storage_days,
            f.routes,
            f.permit_no,
            f.permit_valid_to,
        )
        .join(_ORGANISATION, o.id == f.organisation_id)
        .where(condition)
        .order_by(f.kind, f.code)
    )
    return [
        FacilityRow(**{**row._mapping, "kind": FacilityKind(row.kind), "routes": tuple(row.routes)})  # noqa: SLF001 - documented
        for row in connection.execute(query)
    ]


def _organisations() -> Select[Any]:
    o = _ORGANISATION.c
    runs = select(func.count()).where(_FACILITY.c.organisation_id == o.id).scalar_subquery()
    people = select(func.count()).where(_PERSON.c.organisation_id == o.id, _PERSON.c.active).scalar_subquery()
    return select(
        o.code,
        o.name,
        o.kind,
        o.division,
        o.credit_code,
        o.hauler_code,
        o.address,
        o.licence,
        runs.label("facilities"),
        people.label("people"),
    )


def _organisation(row: Row[Any]) -> OrganisationRow:
    return OrganisationRow(**{**row._mapping, "kind": OrganisationKind(row.kind)})  # noqa: SLF001 - documented accessor
