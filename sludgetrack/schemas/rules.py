"""One schema for each request to set a rule, for its form and for JSON alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from sludgetrack.domain import rule_setting as s
from sludgetrack.domain.identity import CityClass
from sludgetrack.domain.limits import COMPARE
from sludgetrack.domain.policy import Rule
from sludgetrack.domain.routes import Harmless
from sludgetrack.domain.targets import RATES
from sludgetrack.schemas.fields import PLAIN_PATTERN, LegalDay, Plain, Whole, YesNo, is_strict, short_text, text_of
from sludgetrack.schemas.registrations import RequestSchema

LONGEST_SOURCE = 200


class Figure(Plain):
    """A number or a short word as text; full-width digits of a form are read as plain ones."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        return text if is_strict(self) else text_of(text, self)


def figure(**kwargs: Any) -> Figure:
    """A figure of at most 12 characters."""
    return Figure(validate=validate.Length(1, 12), metadata={"pattern": PLAIN_PATTERN}, **kwargs)


def _operator(**kwargs: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(tuple(COMPARE)), **kwargs)


class SettingSchema(RequestSchema):
    """From which legal day something holds, and what says so: a law, a notice, a printed standard."""

    valid_from = LegalDay(required=True)
    source = short_text(LONGEST_SOURCE, required=True)


class SetPolicySchema(SettingSchema):
    """A division's rule about a route, or without a route one of its clocks.

    `ban`, `needs_lab` and `needs_stabilisation` are `Y` or `N`, `moisture_max_pct` a percentage, clocks numbers.
    """

    request = s.SetPolicy
    division = short_text(6, required=True)
    route = short_text(8)
    rule = fields.String(required=True, validate=validate.OneOf((*map(str, Rule), *s.CLOCKS)))
    value = figure(required=True)


class SetRouteSchema(SettingSchema):
    """A route's flags and gates for everybody; what is left out stays."""

    request = s.SetRoute
    route = short_text(8, required=True)
    harmless = fields.String(validate=validate.OneOf(tuple(map(str, Harmless))))
    resource_narrow = YesNo()
    resource_broad = YesNo()
    landfill = YesNo()
    needs_lab = YesNo()
    needs_stabilisation = YesNo()
    moisture_max_pct = figure()
    moisture_op = fields.String(validate=validate.OneOf(("<", "<=")))
    standard = short_text(80)


class SetTreatmentSchema(SettingSchema):
    """Whether a process stabilises, and the dry solids it plausibly keeps, in whole percent; what is left out stays."""

    request = s.SetTreatment
    treatment = short_text(8, required=True)
    stabilises = YesNo()
    kept_min_pct = Whole(validate=validate.Range(0, 300))
    kept_max_pct = Whole(validate=validate.Range(0, 300))


class SetLimitSchema(SettingSchema):
    """A limit of a standard; with `used` false it is given up. Routes are parted by spaces."""

    request = s.SetLimit
    standard = short_text(40, required=True)
    applies_to = short_text(60, required=True)
    parameter = short_text(40, required=True)
    op = _operator(required=True)
    value = figure(required=True)
    unit = short_text(20)
    condition = short_text(60)
    used = YesNo(load_default=True)


class CheckLimitsSchema(RequestSchema):
    """The person compared limits with the printed standard. `limits` are lines as `GET /limits` gives them."""

    request = s.CheckLimits
    standard = short_text(40, required=True)
    limits = fields.List(short_text(200), required=True, validate=validate.Length(1, 200))
    checked_on = LegalDay(required=True)
    source = short_text(LONGEST_SOURCE, required=True)


class SetTargetSchema(SettingSchema):
    """A rate a division has to reach by the end of a year; with `used` false it is given up."""

    request = s.SetTarget
    division = short_text(6, required=True)
    city_class = fields.String(validate=validate.OneOf(tuple(map(str, CityClass))))
    rate = fields.String(required=True, validate=validate.OneOf(RATES))
    op = _operator(required=True)
    value_pct = figure(required=True)
    year = Whole(required=True, validate=validate.Range(2000, 2199))
    binding = YesNo(load_default=False)
    used = YesNo(load_default=True)
