"""Lab reports as they stand on the wire: values as decimal text, limits with who has checked them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields

from sludgetrack.domain.labs import Lapse
from sludgetrack.domain.limits import COMPARE
from sludgetrack.domain.suitability import Outcome
from sludgetrack.schemas.answers import digest, instant, list_of, maybe, one_of, page_of, text, yes_no
from sludgetrack.schemas.fields import DECIMAL_PATTERN
from sludgetrack.schemas.registry_answers import day


class Number(fields.Field[Decimal]):
    """A number as decimal text without an exponent; null where it is not known."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"description": "Decimal text", "pattern": r"^[0-9]+(\.[0-9]+)?$"}
        super().__init__(required=True, metadata=metadata, **kwargs)

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value:f}"


class ReadingSchema(Schema):
    """A parameter of a report; without a unit, the limit's."""

    parameter = text()
    value = fields.String(required=True, metadata={"pattern": DECIMAL_PATTERN})
    unit = maybe()


class LabReportRowSchema(Schema):
    """A lab report: who recorded it, of what, and what it states. ``id`` is its event's."""

    id = text(attribute="event_id")
    report = text("Its name", attribute="name")
    facility = text()
    sample_of = text("The facility's code, or the batch or lot that lies or lay there", attribute="subject")
    sampled_on = day()
    lab = maybe()
    file = digest(allow_none=True)
    recorded_at = instant()
    readings = list_of(fields.Nested(ReadingSchema))


LabReportPageSchema = page_of(LabReportRowSchema)


class HeldLimitSchema(Schema):
    """One limit and what the report says to it; ``measured`` is in the limit's unit, ``lapse`` null: it is met."""

    standard = text(attribute="limit.standard")
    parameter = text(attribute="limit.parameter")
    op = one_of(*COMPARE, attribute="limit.op")
    limit = Number(attribute="limit.value")
    unit = text(attribute="limit.unit")
    condition = text("For which soil or grade", attribute="limit.condition")
    measured = Number(allow_none=True)
    lapse = one_of(*map(str, Lapse), allow_none=True)
    verified = yes_no(attribute="limit.is_checked")


class RouteVerdictSchema(Schema):
    """A report against the limits of one route; an unverified limit was not compared with the printed standard yet."""

    route = text(attribute="route.code")
    standard = text(attribute="route.standard")
    needs_lab = yes_no(attribute="route.needs_lab")
    outcome = one_of(*map(str, Outcome))
    unverified = yes_no(attribute="is_unverified")
    rows = list_of(fields.Nested(HeldLimitSchema), attribute="held")


class LabReportSchema(Schema):
    """A report, judged by the limits as they stand on a day."""

    report = fields.Nested(LabReportRowSchema, required=True, attribute="row")
    judged_on = day(attribute="day")
    verdicts = list_of(fields.Nested(RouteVerdictSchema))


class FileSchema(Schema):
    """A file that was kept."""

    file = digest()
