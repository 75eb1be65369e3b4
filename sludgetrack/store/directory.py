"""Facilities, organisations and vehicles by their codes, read once in a unit of work."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, or_, select

from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.identity import FacilityKind, OrganisationKind
from sludgetrack.domain.mass import Place
from sludgetrack.store import log
from sludgetrack.store.tables.registry import facility, organisation, vehicle


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation 单位 as registered now. ``hauler_code`` is set where it hauls."""

    id: int
    code: str
    name: str
    kind: OrganisationKind
    division: str
    credit_code: str | None
    hauler_code: str | None
    hauler_name: str | None
    address: str | None
    licence: str | None


@dataclass(frozen=True, slots=True)
class Facility:
    """A facility 设施 as registered now. Capacity in kilograms at 80 % moisture a day; ``zone`` is an IANA name."""

    id: int
    organisation_id: int
    code: str
    name: str
    kind: FacilityKind
    division: str
    number: int
    city_class: str | None
    address: str | None
    lon: Decimal | None
    lat: Decimal | None
    capacity_t80_kg_d: int | None
    storage_days: int
    routes: tuple[str, ...]
    permit_no: str | None
    permit_valid_to: date | None
    zone: str
    locked_through: date | None = None
    """The last day of the newest month that is closed for what is produced here."""

    @property
    def place(self) -> Place:
        """Where its stock is booked."""
        return Place.plant(self.code) if self.kind is FacilityKind.PLANT else Place.site(self.code)


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle 车辆; rated load and proposed tare in kilograms."""

    id: int
    organisation_id: int
    plate: str
    rated_kg: int | None
    tare_kg: int | None
    permit_no: str | None
    valid_to: date | None
    active: bool


class Directory:
    """Looks masters up by code or id and remembers them until the unit of work ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._facilities: dict[str, Facility] = {}
        self._facilities_by_id: dict[int, Facility] = {}
        self._organisations: dict[int, Organisation] = {}
        self._haulers: dict[str, Organisation] = {}
        self.locks: int | None = None
        """How many period locks there were when facilities were first read: postings are booked by what was closed."""

    def facility(self, code: str) -> Facility:
        """The facility with this code. Raises NotFound."""
        if code not in self._facilities:
            self.load_facilities(codes=[code])
        try:
            return self._facilities[code]
        except KeyError:
            raise NotFound(kind="facility", name=code) from None

    def facility_by_id(self, facility_id: int) -> Facility:
        """The facility with this id, which must exist."""
        if facility_id not in self._facilities_by_id:
            self.load_facilities(ids=[facility_id])
        return self._facilities_by_id[facility_id]

    def load_facilities(self, codes: Collection[str] = (), ids: Collection[int] = ()) -> None:
        """Read several facilities at once, and the organisations that run them."""
        wanted = or_(facility.c.code.in_(codes), facility.c.id.in_(ids))
        self._read(_WITH_ORGANISATION.where(wanted))

    def lock_facilities(self, codes: Collection[str]) -> None:
        """Read these facilities and hold their stock until the end of the transaction.

        All writers take them in the order of their ids, so that none waits in a circle.
        """
        query = _WITH_ORGANISATION.where(facility.c.code.in_(codes)).order_by(facility.c.id)
        self._read(query.with_for_update(of=facility, key_share=True))

    def _read(self, query: Select[Any]) -> None:
        for row in self._connection.execute(query):
            values = tuple(row)
            self._remember(_facility(values[:_FACILITY_WIDTH]))
            self._remember_organisation(_organisation(values[_FACILITY_WIDTH:-1]))
            self.locks = values[-1] if self.locks is None else self.locks

    def load_all(self) -> None:
        """Read every facility and organisation."""
        self.locks = log.locks(self._connection)
        for row in self._connection.execute(select(facility)):
            self._remember(_facility(tuple(row)))
        for row in self._connection.execute(select(organisation)):
            self._remember_organisation(_organisation(tuple(row)))

    def load_all_again(self) -> None:
        """Read all anew where a period was locked since the last time."""
        if log.locks(self._connection) != self.locks:
            self.forget()
            self.load_all()

    def facilities(self) -> Mapping[str, Facility]:
        """What has been read so far, by code."""
        return self._facilities

    def organisation(self, organisation_id: int) -> Organisation:
        """The organisation with this id, which must exist."""
        self.load_organisations([organisation_id])
        return self._organisations[organisation_id]

    def load_organisations(self, ids: Iterable[int]) -> None:
        """Read several organisations at once."""
        missing = set(ids) - self._organisations.keys()
        if missing:
            for row in self._connection.execute(select(organisation).where(organisation.c.id.in_(missing))):
                self._remember_organisation(_organisation(tuple(row)))

    def hauler(self, code: str) -> Organisation:
        """The organisation that hauls under this code. Raises NotFound."""
        if code not in self._haulers:
            query = select(organisation).where(organisation.c.hauler_code == code)
            for row in self._connection.execute(query):
                self._remember_organisation(_organisation(tuple(row)))
        try:
            return self._haulers[code]
        except KeyError:
            raise NotFound(kind="hauler", name=code) from None

    def vehicle(self, plate: str) -> Vehicle | None:
        """The registered vehicle with this plate, or None."""
        row = self._connection.execute(select(vehicle).where(vehicle.c.plate == plate)).one_or_none()
        return _vehicle(row) if row else None

    def organisation_by_code(self, code: str) -> Organisation:
        """The organisation with this code. Raises NotFound."""
        row = self._connection.execute(select(organisation).where(organisation.c.code == code)).one_or_none()
        if row is None:
            raise NotFound(kind="organisation", name=code)
        self._remember_organisation(_organisation(tuple(row)))
        return self._organisations[row.id]

    def forget(self) -> None:
        """Read everything anew from here on, because a register changed."""
        self._facilities.clear()
        self._facilities_by_id.clear()
        self._organisations.clear()
        self._haulers.clear()
        self.locks = None

    def _remember(self, found: Facility) -> None:
        self._facilities[found.code] = found
        self._facilities_by_id[found.id] = found

    def _remember_organisation(self, found: Organisation) -> None:
        self._organisations[found.id] = found
        if found.hauler_code:
            self._haulers[found.hauler_code] = found


_WITH_ORGANISATION = select(facility, organisation, log.LOCKS.label("locks")).join(
    organisation, organisation.c.id == facility.c.organisation_id
)
_FACILITY_WIDTH = len(facility.c)
_FACILITY_NAMES = tuple(facility.c.keys())
_ORGANISATION_NAMES = tuple(organisation.c.keys())


def _facility(values: tuple[Any, ...]) -> Facility:
    said = dict(zip(_FACILITY_NAMES, values, strict=True))
    return Facility(**{**said, "kind": FacilityKind(said["kind"]), "routes": tuple(said["routes"])})


def _organisation(values: tuple[Any, ...]) -> Organisation:
    said = dict(zip(_ORGANISATION_NAMES, values, strict=True))
    return Organisation(**{**said, "kind": OrganisationKind(said["kind"])})


def _vehicle(row: Row[Any]) -> Vehicle:
    return Vehicle(**row._mapping)  # noqa: SLF001 - SQLAlchemy's documented accessor
