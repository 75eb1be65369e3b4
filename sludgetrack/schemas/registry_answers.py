"""Facilities, haulers, stock, disposals and the registers as they stand on the wire."""

from __future__ import annotations

from marshmallow import Schema, fields

from sludgetrack.domain.gates import Breach
from sludgetrack.domain.holdings import Kind
from sludgetrack.domain.identity import CityClass, FacilityKind, OrganisationKind, Role
from sludgetrack.schemas.answers import (
    count,
    dry,
    instant,
    list_of,
    maybe,
    nested,
    one_of,
    page_of,
    percent,
    text,
    tonnes,
    yes_no,
)
from sludgetrack.schemas.fields import LegalDay, Tonnes

SIGNED = {"pattern": r"^-?[0-9]{1,9}\.[0-9]{3}$", "description": "Negative where more left than ever lay there"}


def day(**kwargs: object) -> LegalDay:
    """A legal day that is always there."""
    return LegalDay(required=True, **kwargs)


class FacilitySchema(Schema):
    """A facility as registered now; capacity in tonnes a day at 80 % moisture."""

    code = text()
    name = text()
    kind = one_of(*map(str, FacilityKind))
    organisation = text()
    organisation_name = text()
    division = text()
    city_class = one_of(*map(str, CityClass), allow_none=True)
    address = maybe()
    capacity_t80_t_d = tonnes("capacity_t80_kg_d", metadata={"pattern": r"^[0-9]{1,9}\.[0-9]{3}$"})
    storage_days = count()
    routes = list_of(fields.String())
    permit_no = maybe()
    permit_valid_to = day(allow_none=True)


FacilityPageSchema = page_of(FacilitySchema)


class HaulerSchema(Schema):
    """An organisation that hauls, by the code it hauls under."""

    code = text()
    name = text()
    division = text()
    licence = maybe()


HaulerPageSchema = page_of(HaulerSchema)


class OriginSchema(Schema):
    """How much of a lot stands for one plant."""

    plant = text("The plant's name")
    dry_t = dry("units")
    share_pct = maybe(attribute="percent")


class LotSchema(Schema):
    """What lies under one name: wet at the moisture it was made with, dry as it lies there and as it stands for."""

    name = text()
    kind = one_of(*map(str, Kind))
    what = maybe("Which by-product: one of ash, slag, compost_product, other")
    day = day()
    wet_t = Tonnes(attribute="wet_kg", required=True, metadata=SIGNED)
    moisture_pct = percent("moisture_bp")
    dry_t = dry("dry_units")
    origin_t = dry("origin_units")
    estimated = yes_no()
    stabilised = yes_no()
    age_days = count()
    overdue = yes_no()
    origins = list_of(fields.Nested(OriginSchema))


class StockSchema(Schema):
    """What lies at a facility, oldest first."""

    facility = text()
    items = list_of(fields.Nested(LotSchema))


class ReasonSchema(Schema):
    """A gate a disposal breaks: what was measured, what it is held to, and who says so."""

    breach = one_of(*map(str, Breach))
    source = text()
    subject = text()
    measured = text()
    limit = text()


class BannedOriginSchema(Schema):
    """A producing division whose ban makes its share non-compliant."""

    division = text()
    reason = nested(ReasonSchema)


class JudgementSchema(Schema):
    """What a disposal would break, shown before it is booked."""

    compliant = yes_no()
    reasons = list_of(fields.Nested(ReasonSchema))
    banned_origins = list_of(fields.Nested(BannedOriginSchema))
    lab_report = maybe("The name of the lab report that decides, where the route needs one and there is one")


class PersonSchema(Schema):
    """A person as registered now."""

    id = text()
    login = text()
    name = text()
    phone = maybe()
    licence = maybe()
    roles = list_of(one_of(*map(str, Role)))
    active = yes_no()
    seen_at = instant(allow_none=True)


class PersonListSchema(Schema):
    """People of an organisation."""

    items = list_of(fields.Nested(PersonSchema))


class VehicleSchema(Schema):
    """A vehicle as registered now."""

    plate = text()
    organisation = text()
    rated_t = tonnes("rated_kg")
    tare_t = tonnes("tare_kg")
    permit_no = maybe()
    valid_to = day(allow_none=True)
    active = yes_no()


class VehicleListSchema(Schema):
    """Vehicles of an organisation."""

    items = list_of(fields.Nested(VehicleSchema))


class PermitSchema(Schema):
    """A permit as registered now."""

    id = text()
    organisation = text()
    kind = text()
    number = text()
    facility = maybe()
    vehicle = maybe()
    valid_to = day(allow_none=True)
    withdrawn = yes_no()


class PermitListSchema(Schema):
    """Permits of an organisation."""

    items = list_of(fields.Nested(PermitSchema))


class OrganisationSchema(Schema):
    """An organisation as registered now, with how many facilities it runs and people it has."""

    code = text()
    name = text()
    kind = one_of(*map(str, OrganisationKind))
    division = text()
    credit_code = maybe()
    hauler_code = maybe()
    address = maybe()
    licence = maybe()
    facilities = count()
    people = count()


class OrganisationListSchema(Schema):
    """Organisations."""

    items = list_of(fields.Nested(OrganisationSchema))


class OutcomeSchema(Schema):
    """What came of a request to the registers."""

    event_id = text()
    outcome = one_of("recorded", "again", "unchanged")
