"""Treatment runs, counts and what moved in and out of a lot, as they stand on the wire."""

from __future__ import annotations

from marshmallow import Schema, fields

from sludgetrack.domain.commands import ADDITIVES
from sludgetrack.domain.events import EventType
from sludgetrack.domain.holdings import Kind
from sludgetrack.schemas.answers import (
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
from sludgetrack.schemas.fields import LegalDay, Percent
from sludgetrack.schemas.registry_answers import LotSchema, day

KEPT = {"pattern": r"^-?[0-9]{1,6}\.[0-9]{2}$", "description": "Of what went in; null where nothing did"}


def _kept() -> Percent:
    return Percent(attribute="kept_bp", required=True, allow_none=True, metadata=KEPT)


class ProcessSchema(Schema):
    """A treatment process, and the range of dry solids it usually keeps."""

    code = text()
    zh = text()
    en = text()
    stabilises = yes_no()
    kept_min_pct = percent("kept_min_bp", metadata={"pattern": KEPT["pattern"]})
    kept_max_pct = percent("kept_max_bp", metadata={"pattern": KEPT["pattern"]})


class RunRowSchema(Schema):
    """A treatment run in a list. ``plausible``: what it kept lies in its process's range."""

    name = text()
    event_id = text()
    facility = text()
    facility_name = text()
    process = fields.String(attribute="process_code", required=True)
    day = day()
    inputs = list_of(fields.String(), metadata={"description": "Names of lots"})
    outputs = list_of(fields.String(), metadata={"description": "Names of lots"})
    kept_pct = _kept()
    plausible = yes_no()
    recorded_at = instant()


RunPageSchema = page_of(RunRowSchema)


class MovedSchema(Schema):
    """What one event moved into (positive) or out of a lot, in dry tonnes as they lie there and as they stand for."""

    event_id = text()
    event = one_of(*map(str, EventType))
    at = instant()
    day = day()
    dry_t = dry("physical_units")
    origin_t = dry("origin_units")
    manifest = maybe("Its number, where the reader may see it", attribute="number")
    disposal = maybe()
    run = maybe()


class RunInputSchema(Schema):
    """A lot a run took from; ``wet_t`` where a part was named."""

    lot = text()
    wet_t = tonnes("kg")
    dry_t = dry("physical_units")
    origin_t = dry("origin_units")
    manifest = maybe("The number of what brought it, where the reader may see it", attribute="number")


class RunOutputSchema(Schema):
    """A lot a run made: as weighed, what it stands for, what is left, and what became of it."""

    lot = text()
    wet_t = tonnes("wet_kg")
    moisture_pct = percent("moisture_bp")
    dry_t = dry("physical_units")
    origin_t = dry("origin_units")
    left_t = dry("left_units")
    went = list_of(fields.Nested(MovedSchema))


class AddedSchema(Schema):
    """What was added to a run, dry; it is nobody's sludge."""

    what = one_of(*ADDITIVES)
    dry_t = dry("dry_units")


class RunDetailSchema(Schema):
    """A treatment run whole."""

    run = nested(RunRowSchema, attribute="row")
    inputs = list_of(fields.Nested(RunInputSchema))
    outputs = list_of(fields.Nested(RunOutputSchema))
    additives = list_of(fields.Nested(AddedSchema))
    put_in_t = dry("put_in")
    came_out_t = dry("came_out")
    lost_t = dry("lost")
    origin_t = dry("origin")


class RunPreviewSchema(Schema):
    """What a run would keep and make; nothing is recorded."""

    process = nested(ProcessSchema)
    put_in_t = dry("put_in")
    additives_t = dry("additives")
    came_out_t = dry("came_out")
    origin_t = dry("origin")
    kept_pct = _kept()
    plausible = yes_no()
    makes = one_of(*map(str, Kind))
    stabilised = yes_no()


class CountRowSchema(Schema):
    """A count on record. ``missing_t``: origin dry solids unaccounted for, below zero where more lay there."""

    event_id = text()
    facility = text()
    day = LegalDay(required=True)
    wet_t = tonnes("wet_kg")
    moisture_pct = percent("moisture_bp")
    booked_t = dry("booked")
    counted_t = dry("counted")
    missing_t = dry("missing")
    recorded_at = instant()


CountPageSchema = page_of(CountRowSchema)


class CountPreviewSchema(Schema):
    """What a count would book. ``opens``: nothing was ever booked there, the count is the opening stock."""

    booked_t = dry("booked")
    counted_t = dry("counted")
    missing_t = dry("missing")
    opens = yes_no()


class LotMovesSchema(Schema):
    """A lot and everything that moved in and out of it; ``lying`` is null where nothing is left."""

    name = text()
    facility = text()
    kind = one_of(*map(str, Kind))
    day = day()
    made_t = dry("made")
    left_t = dry("left")
    origin_left_t = dry("origin_left")
    manifest = maybe("The number of what brought it, where the reader may see it")
    lying = nested(LotSchema, allow_none=True)
    movements = list_of(fields.Nested(MovedSchema))


__all__ = [
    "CountPageSchema",
    "CountPreviewSchema",
    "LotMovesSchema",
    "RunDetailSchema",
    "RunPageSchema",
    "RunPreviewSchema",
]
