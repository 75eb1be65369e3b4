"""One schema for each request of an administrator, for its form and for JSON alike. Names on the wire as elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields, post_load, validate

from sludgetrack.domain import registrations as r
from sludgetrack.domain.identity import CityClass, FacilityKind, OrganisationKind, Role
from sludgetrack.domain.numbers import compact
from sludgetrack.schemas.base import WireSchema
from sludgetrack.schemas.commands import tonnes
from sludgetrack.schemas.fields import N_, EventId, LegalDay, PersonId, Plain, Whole, YesNo, is_strict, short_text


class RequestSchema(WireSchema):
    """What every request has. Fields named in ``Meta.exclude`` stand in the address and are filled in later."""

    request: ClassVar[type[r.Request]]
    event_id = EventId(required=True)

    @post_load
    def _make(self, data: dict[str, Any], **kwargs: Any) -> r.Request:  # noqa: ARG002 - marshmallow's signature
        return self.request(**self.in_address(), **{key: _frozen(value) for key, value in data.items()})


class Plate(Plain):
    """A number plate as people type it, in capitals and without the dot behind its place."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        return text if is_strict(self) else compact(text).upper()


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _roles() -> fields.List[Any]:
    return fields.List(fields.Enum(Role, by_value=True), required=True)


class _PersonSchema(RequestSchema):
    name = short_text(40, required=True)
    phone = short_text(30)
    licence = short_text(40)
    roles = _roles()

    @post_load
    def _make(self, data: dict[str, Any], **kwargs: Any) -> r.Request:  # noqa: ARG002 - marshmallow's signature
        return self.request(**self.in_address(), **{**data, "roles": frozenset(data["roles"])})


class AddPersonSchema(_PersonSchema):
    """A new person."""

    request = r.AddPerson
    organisation = short_text(60, required=True)
    login = short_text(40, required=True)


class ChangePersonSchema(_PersonSchema):
    """A person's facts."""

    request = r.ChangePerson
    person = PersonId(required=True)


class _VehicleSchema(RequestSchema):
    plate = Plate(required=True, validate=validate.Length(1, 12))
    rated_kg = tonnes("rated_kg", required=True)
    tare_kg = tonnes("tare_kg")
    permit_no = short_text(60)
    valid_to = LegalDay()


class AddVehicleSchema(_VehicleSchema):
    """A new vehicle."""

    request = r.AddVehicle


class ChangeVehicleSchema(_VehicleSchema):
    """A vehicle's figures, and whether it is in service."""

    request = r.ChangeVehicle
    active = YesNo(load_default=True)


class RegisterOrganisationSchema(RequestSchema):
    """A new organisation."""

    request = r.RegisterOrganisation
    code = short_text(20, required=True)
    name = short_text(80, required=True)
    kind = fields.Enum(OrganisationKind, by_value=True, required=True)
    division = short_text(6, required=True)
    credit_code = fields.String(validate=validate.Regexp(r"^[0-9A-Z]{18}$", error=N_("18 位数字和大写字母")))
    address = short_text(120)
    licence = short_text(60)


class ChangeOrganisationSchema(RequestSchema):
    """An organisation's facts."""

    request = r.ChangeOrganisation
    organisation = short_text(20, required=True)
    name = short_text(80, required=True)
    credit_code = fields.String(validate=validate.Regexp(r"^[0-9A-Z]{18}$", error=N_("18 位数字和大写字母")))
    address = short_text(120)
    licence = short_text(60)


class _FacilitySchema(RequestSchema):
    name = short_text(80, required=True)
    address = short_text(120)
    city_class = fields.Enum(CityClass, by_value=True)
    capacity_t80_kg_d = tonnes("capacity_t80_kg_d")
    storage_days = Whole(required=True, validate=validate.Range(0, 100_000))
    permit_no = short_text(60)
    permit_valid_to = LegalDay()
    routes = fields.List(short_text(8), load_default=list)


class RegisterFacilitySchema(_FacilitySchema):
    """A new facility."""

    request = r.RegisterFacility
    code = short_text(20, required=True)
    organisation = short_text(20, required=True)
    kind = fields.Enum(FacilityKind, by_value=True, required=True)
    division = short_text(6, required=True)


class ChangeFacilitySchema(_FacilitySchema):
    """A facility's facts."""

    request = r.ChangeFacility
    facility = short_text(20, required=True)


class AddPermitSchema(RequestSchema):
    """A permit."""

    request = r.AddPermit
    kind = short_text(20, required=True)
    number = short_text(60, required=True)
    facility = short_text(20)
    vehicle = Plate(validate=validate.Length(1, 12))
    valid_to = LegalDay()


class LockPeriodSchema(RequestSchema):
    """A month to close for a division and everything under it."""

    request = r.LockPeriod
    division = fields.String(
        required=True,
        validate=validate.Regexp(r"[0-9]{2}([0-9]{2}){0,2}\Z"),
        metadata={"pattern": "^[0-9]{2}([0-9]{2}){0,2}$"},
    )
    month = fields.String(
        required=True,
        validate=validate.Regexp(r"[0-9]{4}-(0[1-9]|1[0-2])\Z"),
        metadata={"pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
    )
