"""What an administrator asks the record to take in: people, vehicles, facilities, permits and organisations.

Each carries the id its writer made, so that sending twice is harmless. Masses are whole kilograms, dates legal days.
An absent text is None; a changed row states every field anew, and the record keeps only what differs.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sludgetrack.domain.identity import CityClass, FacilityKind, OrganisationKind, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What every registering request has."""

    event_id: str

    def document(self) -> dict[str, Any]:
        """As a flat JSON object, for the digest that tells one request from another."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    def stated(self, *without: str) -> dict[str, Any]:
        """The fields stated, but for the event's id and those named."""
        return {k: v for k, v in self.document().items() if k != "event_id" and k not in without}


def _plain(value: Any) -> Any:
    if isinstance(value, (tuple, frozenset)):
        return sorted(str(item) for item in value)
    if isinstance(value, date):
        return value.isoformat()
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPerson(Request):
    """A new person of an organisation."""

    organisation: str
    login: str
    name: str
    roles: frozenset[Role]
    phone: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePerson(Request):
    """A person's name, phone, licence and roles, as they are to be."""

    person: str
    name: str
    roles: frozenset[Role]
    phone: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchPerson(Request):
    """A person who leaves (``active`` false) or comes back."""

    person: str
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPassword(Request):
    """A person is given a new password by their administrator; the password itself is nobody's history."""

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddVehicle(Request):
    """A new vehicle of an organisation; rated load and tare in kilograms."""

    plate: str
    rated_kg: int
    tare_kg: int | None = None
    permit_no: str | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeVehicle(Request):
    """A vehicle's figures, as they are to be; ``active`` false where it is retired."""

    plate: str
    rated_kg: int
    tare_kg: int | None = None
    permit_no: str | None = None
    valid_to: date | None = None
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterOrganisation(Request):
    """A new organisation. The division is 2, 4 or 6 digits; ``licence`` is a hauler's road transport licence."""

    code: str
    name: str
    kind: OrganisationKind
    division: str
    credit_code: str | None = None
    address: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOrganisation(Request):
    """An organisation's facts, as they are to be."""

    organisation: str
    name: str
    credit_code: str | None = None
    address: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityFacts(Request):
    """What is registered of a facility beside its code, kind and owner. Capacity in kg a day at 80 % moisture."""

    name: str
    address: str | None = None
    city_class: CityClass | None = None
    capacity_t80_kg_d: int | None = None
    storage_days: int = 30
    permit_no: str | None = None
    permit_valid_to: date | None = None
    routes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFacility(FacilityFacts):
    """A new facility of an organisation, in a division of 6 digits."""

    code: str
    organisation: str
    kind: FacilityKind
    division: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFacility(FacilityFacts):
    """A facility's facts, as they are to be."""

    facility: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPermit(Request):
    """A permit of an organisation, of one of its facilities or vehicles."""

    kind: str
    number: str
    facility: str | None = None
    vehicle: str | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawPermit(Request):
    """A permit that no longer holds."""

    permit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPeriod(Request):
    """A month (2025-01) that is closed for a division, and with it all months before."""

    division: str
    month: str
