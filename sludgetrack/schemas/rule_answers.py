"""Rules as they stand on the wire."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from sludgetrack.domain.policy import Standing
from sludgetrack.schemas.answers import instant, list_of, maybe, one_of, text, yes_no
from sludgetrack.schemas.base import WireSchema
from sludgetrack.schemas.fields import LegalDay
from sludgetrack.schemas.registry_answers import day
from sludgetrack.schemas.rules import SetRouteSchema, SetTreatmentSchema


class OnQuery(WireSchema):
    """The legal day that is asked about; today where it is left out."""

    on = LegalDay()


class RulesQuery(OnQuery):
    """A day and a division."""

    division = fields.String(
        validate=validate.Regexp(r"[0-9]{1,6}\Z"),
        metadata={"pattern": "^[0-9]{1,6}$", "description": "Default: the authority's own, for others all there are"},
    )


class PolicyRowSchema(Schema):
    """A policy row; `route` is null for clocks. `standing` is how it stands in the very division it names."""

    division = text()
    route = maybe()
    rule = text()
    value = text()
    valid_from = day()
    source = text()
    standing = one_of(*map(str, Standing))


class CellSchema(Schema):
    """What counts where the division lies. `division` and `source` are null where the shared table or default does."""

    route = maybe()
    rule = text()
    value = text()
    division = maybe()
    source = maybe()


class PoliciesSchema(Schema):
    """Every policy row that concerns a division, and what counts there on the day."""

    on = day()
    division = text()
    items = list_of(fields.Nested(PolicyRowSchema))
    in_force = list_of(fields.Nested(CellSchema))


class RouteSchema(Schema):
    """A route of disposal as the shared table has it."""

    code = text()
    zh = text()
    en = text()
    gbt23484_class = text()
    stat_class = text()
    standard = text()
    harmless = text()
    resource_narrow = yes_no()
    resource_broad = yes_no()
    landfill = yes_no()
    needs_lab = yes_no()
    needs_stabilisation = yes_no()
    moisture_max_pct = maybe()
    moisture_op = text()


class TreatmentSchema(Schema):
    """A treatment process; what it keeps of dry solids in whole percent."""

    code = text()
    zh = text()
    en = text()
    stabilises = yes_no()
    kept_min_pct = fields.Integer(required=True)
    kept_max_pct = fields.Integer(required=True)


class LimitSchema(Schema):
    """A limit. `checked_by` is null until somebody confirmed that it reads as printed; `line` is what they confirm."""

    standard = text()
    applies_to = text()
    parameter = text()
    op = text()
    value = text()
    unit = text()
    condition = text()
    checked_by = maybe()
    checked_on = day(allow_none=True)
    check_source = maybe()
    line = text()


class TargetSchema(Schema):
    """A target; an empty division or class means any."""

    division = text()
    city_class = text()
    rate = text()
    op = text()
    value_pct = text()
    year = fields.Integer(required=True)
    binding = yes_no()
    source = text()


class BaselineSchema(Schema):
    """A rate that a planning document states for a past year."""

    division = text()
    city_class = text()
    rate = text()
    year = fields.Integer(required=True)
    value_pct = text()
    source = text()


class _ListSchema(Schema):
    on = day()


class RoutesSchema(_ListSchema):
    """The routes on a day."""

    items = list_of(fields.Nested(RouteSchema))


class TreatmentsSchema(_ListSchema):
    """The treatment processes on a day."""

    items = list_of(fields.Nested(TreatmentSchema))


class LimitsSchema(_ListSchema):
    """The limits on a day."""

    items = list_of(fields.Nested(LimitSchema))


class TargetsSchema(_ListSchema):
    """The targets and baselines on a day."""

    items = list_of(fields.Nested(TargetSchema))
    baselines = list_of(fields.Nested(BaselineSchema))


class HeldTargetSchema(TargetSchema):
    """A target with the rate held against it; `met` is null where the rate is."""

    met = fields.Boolean(required=True, allow_none=True)
    judged = yes_no()


class RateStandingSchema(Schema):
    """A rate of a place beside its targets, the judged one first."""

    division = text()
    city_class = text()
    rate = text()
    value = maybe()
    targets = list_of(fields.Nested(HeldTargetSchema))
    baselines = list_of(fields.Nested(BaselineSchema))


class RateStandingsSchema(Schema):
    """The rates of a division as a whole and of each city class in it."""

    from_ = fields.String(data_key="from", attribute="from", required=True)
    to = text()
    items = list_of(fields.Nested(RateStandingSchema))


class RuleDifferenceSchema(Schema):
    """One value of a change, what would have held beside what was set."""

    field = text()
    old = maybe()
    new = text()


class RuleChangeSchema(Schema):
    """Who set what. `key` names the row of its table; of policies it is division, route and rule, parted by `|`."""

    event_id = text()
    at = instant()
    by = maybe()
    organisation = text()
    table = text()
    key = text()
    valid_from = day()
    source = text()
    differences = list_of(fields.Nested(RuleDifferenceSchema))


class RuleChangesSchema(Schema):
    """Every rule that was set, newest first."""

    items = list_of(fields.Nested(RuleChangeSchema))


class RouteChangesSchema(SetRouteSchema):
    """A route's flags and gates; the route stands in the address."""

    class Meta:
        """The route stands in the address."""

        exclude = ("route",)
        unknown = RAISE


class TreatmentChangesSchema(SetTreatmentSchema):
    """A process's band; the process stands in the address."""

    class Meta:
        """The process stands in the address."""

        exclude = ("treatment",)
        unknown = RAISE
