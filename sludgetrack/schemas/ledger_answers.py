"""Ledgers as they stand on the wire: tonnes in text, one row for each day, month or year with anything in it."""

from __future__ import annotations

from marshmallow import Schema, fields

from sludgetrack.domain.identity import FacilityKind
from sludgetrack.schemas.answers import count, dry, list_of, maybe, nested, one_of, text
from sludgetrack.schemas.fields import LegalDay, Percent, Tonnes
from sludgetrack.schemas.registry_answers import day
from sludgetrack.store.ledger_reading import By

BY = tuple(str(by) for by in By)
_MASS = {"pattern": r"^-?[0-9]+\.[0-9]{3}$"}


def mass(attribute: str) -> Tonnes:
    """Added up wet tonnes; a difference may be negative."""
    return Tonnes(attribute=attribute, required=True, metadata=_MASS)


class AmountSchema(Schema):
    """How often, how much wet and dry, and the mean moisture, null of nothing."""

    count = count()
    wet_t = mass("wet_kg")
    dry_t = dry("dry_units")
    moisture_pct = Percent(
        attribute="moisture_bp", required=True, allow_none=True, metadata={"pattern": r"^-?[0-9]+\.[0-9]{2}$"}
    )


class LedgerRowSchema(Schema):
    """A day, month or year of a facility; one that is not over ends today.

    Opening + what entered = what left + `missing_dry_t` + closing, exactly: `difference_dry_t` is 0 in a book that is
    right. `gap_dry_t` is what weighings found less than was loaded, which never was in this stock. `later` counts
    events booked on another day than theirs.
    """

    first = day(data_key="from")
    last = day(data_key="to")
    opening_dry_t = dry("opening")
    produced = nested(AmountSchema)
    estimated = nested(AmountSchema, metadata={"description": "Of what was produced, from moistures nobody measured"})
    sewer = nested(AmountSchema)
    byproducts = nested(AmountSchema)
    received = nested(AmountSchema)
    refused = nested(AmountSchema)
    returned = nested(AmountSchema)
    sent = nested(AmountSchema)
    put_in = nested(AmountSchema, metadata={"description": "Into treatment runs"})
    came_out = nested(AmountSchema, metadata={"description": "Out of treatment runs"})
    additives_dry_t = dry("additives")
    process_loss_dry_t = dry("process_loss")
    harmless = nested(AmountSchema)
    noncompliant = nested(AmountSchema)
    missing_dry_t = dry("missing")
    gap_dry_t = dry("gap")
    counts = count()
    count_missing_dry_t = dry("count_missing")
    later = count()
    closing_dry_t = dry("closing")
    difference_dry_t = dry("difference")


class WaySchema(Schema):
    """What went to, or came from, a facility; by which route, null for what came in."""

    facility = text(attribute="code")
    name = text()
    route = maybe()
    amount = nested(AmountSchema)


class RouteSumSchema(Schema):
    """What was disposed of by one route."""

    route = text()
    harmless = nested(AmountSchema)
    noncompliant = nested(AmountSchema)


class _LedgerSchema(Schema):
    by = one_of(*BY, attribute="span.by")
    first = LegalDay(data_key="from", attribute="span.first", required=True)
    last = LegalDay(data_key="to", attribute="span.last", required=True)
    log_size = count(metadata={"description": "The log position the ledger was read at"})


class FacilityLedgerSchema(_LedgerSchema):
    """A facility's ledger; rows without any event are left out."""

    facility = text(attribute="facility.code")
    name = text(attribute="facility.name")
    kind = one_of(*map(str, FacilityKind), attribute="facility.kind")
    organisation_name = text(attribute="organisation")
    capacity_t80_t_d = Tonnes(attribute="facility.capacity_t80_kg_d", required=True, allow_none=True, metadata=_MASS)
    storage_days = count(attribute="facility.storage_days")
    oldest_days = count(allow_none=True, metadata={"description": "How long the oldest stock has been lying now"})
    rows = list_of(fields.Nested(LedgerRowSchema))
    total = nested(LedgerRowSchema)
    sent_to = list_of(fields.Nested(WaySchema))
    received_from = list_of(fields.Nested(WaySchema))
    disposed_by = list_of(fields.Nested(RouteSumSchema))


class TripsSchema(Schema):
    """Trips added up; minutes are of trips that are over, km straight ahead, null where an end is not on the map."""

    trips = count()
    under_way = count()
    lost = count()
    loaded_t = mass("loaded_kg")
    delivered_t = mass("delivered_kg")
    refused_t = mass("refused_kg")
    difference_t = mass("difference_kg")
    mean_minutes = count(allow_none=True)
    km = count(allow_none=True)


class TripsOnSchema(Schema):
    """The trips of a day, month or year."""

    first = day(data_key="from")
    last = day(data_key="to")
    trips = nested(TripsSchema)


class TripsOfSchema(Schema):
    """The trips of a truck or a driver."""

    name = maybe()
    trips = nested(TripsSchema)


class HaulerLedgerSchema(_LedgerSchema):
    """A hauler's ledger; a trip stands on the day it was loaded. `drivers` are null but for the hauler itself."""

    hauler = text(attribute="code")
    name = text()
    licence = maybe()
    rows = list_of(fields.Nested(TripsOnSchema))
    total = nested(TripsSchema)
    vehicles = list_of(fields.Nested(TripsOfSchema))
    drivers = list_of(fields.Nested(TripsOfSchema), allow_none=True)
