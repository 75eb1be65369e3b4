"""Rules with their dates: policy, clocks, routes, treatments, limits and targets, and who set them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from marshmallow import Schema

from sludgetrack.access.tokens import Scope
from sludgetrack.api.access import Access, caller
from sludgetrack.api.parts import run_for
from sludgetrack.api.routing import Gives, Takes, V, operation
from sludgetrack.api.v1.reports import ReportQuery, division_asked, period_asked
from sludgetrack.domain import rule_setting as r
from sludgetrack.domain.limits import SEPARATOR, Limit, limit_key, reading_of
from sludgetrack.domain.permissions import Action
from sludgetrack.domain.registrations import Request
from sludgetrack.domain.routes import Route, Treatment
from sludgetrack.domain.targets import Baseline, Target
from sludgetrack.domain.times import legal_day
from sludgetrack.schemas import rule_answers as told
from sludgetrack.schemas import rules as s
from sludgetrack.schemas.base import WireSchema
from sludgetrack.schemas.registry_answers import OutcomeSchema
from sludgetrack.services import reporting, rule_setting, targeting
from sludgetrack.services.administering import Outcome
from sludgetrack.services.context import Context
from sludgetrack.services.reading import rule_changes
from sludgetrack.services.reading import rules as reading
from sludgetrack.services.rule_setting import route_values, treatment_values
from sludgetrack.services.targeting import Place, Standing, Targeting
from sludgetrack.store import registry_reading, rules
from sludgetrack.store.rates import UNCLASSED, Grouping, Period

TAG = "Rules"
Answer = tuple[dict[str, str], int]


def _read(path: str, schema: type[Schema], query: type[WireSchema] = told.OnQuery) -> Callable[[V], V]:
    return operation(
        "GET",
        path,
        tag=TAG,
        access=Access(Scope.READ),
        takes=Takes(query=query(strict=True)),
        gives=Gives(schema=schema()),
    )


def _set(path: str, schema: type[WireSchema], *refusals: int) -> Callable[[V], V]:
    return operation(
        "POST",
        path,
        tag=TAG,
        access=Access(Scope.ADMINISTER, Action.SET_POLICY),
        takes=Takes(body=schema(strict=True)),
        gives=Gives(status=201, schema=OutcomeSchema(), again=True, refusals=(*refusals, 409)),
    )


def _done(said: Request, work: Callable[[Context], Outcome]) -> Answer:
    outcome = run_for(caller().actor, work)
    return {"event_id": said.event_id, "outcome": str(outcome)}, 201 if outcome is Outcome.RECORDED else 200


def _on(ctx: Context, query: dict[str, Any]) -> date:
    day: date = query.get("on") or legal_day(ctx.now)
    return day


def _rules(query: dict[str, Any]) -> reading.Rules:
    division = query.get("division", caller().actor.division)
    return run_for(caller().actor, lambda ctx: reading.rules(ctx, _on(ctx, query), division))


@_read("/policies", told.PoliciesSchema, told.RulesQuery)
def read_policies(query: dict[str, Any]) -> dict[str, Any]:
    """Policy rows and clocks of a division, and what counts there on a day"""
    seen = _rules(query)
    cells = [*(cell for line in seen.lines for cell in line.cells), *seen.clocks]
    return {
        "on": seen.on,
        "division": seen.division,
        "items": [{**asdict(one.row), "route": one.row.route or None, "standing": one.standing} for one in seen.rows],
        "in_force": [_cell(cell) for cell in cells],
    }


@_read("/routes", told.RoutesSchema)
def read_routes(query: dict[str, Any]) -> dict[str, Any]:
    """The routes of disposal as they stand on a day"""
    seen = _rules(query)
    return {"on": seen.on, "items": [_route(line.route) for line in seen.lines]}


@_read("/treatments", told.TreatmentsSchema)
def read_treatments(query: dict[str, Any]) -> dict[str, Any]:
    """The treatment processes as they stand on a day"""
    seen = _rules(query)
    return {"on": seen.on, "items": [_treatment(one) for one in seen.treatments]}


@_read("/limits", told.LimitsSchema)
def read_limits(query: dict[str, Any]) -> dict[str, Any]:
    """The limits of the standards as they stand on a day, each with who confirmed it"""
    seen = _rules(query)
    return {"on": seen.on, "items": [_limit(one) for one in seen.limits]}


@_read("/targets", told.TargetsSchema, told.RulesQuery)
def read_targets(query: dict[str, Any]) -> dict[str, Any]:
    """Targets and baselines that concern a division on a day"""
    seen = _rules(query)
    baselines = [_baseline(one) for one in seen.baselines]
    return {"on": seen.on, "items": [_target(one) for one in seen.targets], "baselines": baselines}


@operation(
    "GET",
    "/targets/standing",
    tag=TAG,
    access=Access(Scope.READ, Action.READ_RATES),
    takes=Takes(query=ReportQuery(strict=True, exclude=("by",))),
    gives=Gives(schema=told.RateStandingsSchema()),
)
def read_standing(query: dict[str, Any]) -> dict[str, Any]:
    """The rates of a period beside every target of a division and of each city class in it"""
    me, period = caller().actor, period_asked(query)
    division = division_asked(me, query)
    items = run_for(me, lambda ctx: _standings(ctx, period, division))
    return {"from": period.first.isoformat(), "to": period.last.isoformat(), "items": items}


@_read("/rule-changes", told.RuleChangesSchema, told.RulesQuery)
def read_rule_changes(query: dict[str, Any]) -> dict[str, Any]:
    """Who changed which rule, newest first"""
    me = caller().actor
    division = query.get("division", me.division)
    return {"items": run_for(me, lambda ctx: rule_changes.changes(ctx, division))}


@_set("/policies", s.SetPolicySchema)
def set_policy(said: r.SetPolicy) -> Answer:
    """Set a division's rule about a route, or one of its clocks"""
    return _done(said, lambda ctx: rule_setting.set_policy(ctx, said))


@_set("/routes/<code:code>/changes", told.RouteChangesSchema, 404)
def set_route(body: r.SetRoute, code: str) -> Answer:
    """Set a route's flags and gates for everybody

    For the authorities of the shortest division only.
    """
    said = replace(body, route=code)
    return _done(said, lambda ctx: rule_setting.set_route(ctx, said))


@_set("/treatments/<code:code>/changes", told.TreatmentChangesSchema, 404)
def set_treatment(body: r.SetTreatment, code: str) -> Answer:
    """Set what a treatment process keeps, for everybody

    For the authorities of the shortest division only.
    """
    said = replace(body, treatment=code)
    return _done(said, lambda ctx: rule_setting.set_treatment(ctx, said))


@_set("/limits", s.SetLimitSchema)
def set_limit(said: r.SetLimit) -> Answer:
    """Set a limit for everybody, or give it up

    For the authorities of the shortest division only.
    """
    return _done(said, lambda ctx: rule_setting.set_limit(ctx, said))


@_set("/limits/checks", s.CheckLimitsSchema)
def check_limits(said: r.CheckLimits) -> Answer:
    """Confirm that limits read as the printed standard does

    The word of whoever asks; a limit that has changed meanwhile is refused.
    """
    return _done(said, lambda ctx: rule_setting.check_limits(ctx, said))


@_set("/targets", s.SetTargetSchema)
def set_target(said: r.SetTarget) -> Answer:
    """Set a target of a division, or give it up"""
    return _done(said, lambda ctx: rule_setting.set_target(ctx, said))


def _cell(cell: reading.Cell) -> dict[str, Any]:
    row = cell.row
    where = {"division": row.division, "source": row.source} if row else {"division": None, "source": None}
    return {"route": cell.route or None, "rule": cell.rule, "value": cell.value, **where}


def _route(route: Route) -> dict[str, Any]:
    values = route_values(route)
    flags = {name: getattr(route, name) for name in values if isinstance(getattr(route, name, None), bool)}
    names = ("code", "zh", "en", "gbt23484_class", "stat_class")
    return {
        **{name: getattr(route, name) for name in names},
        **values,
        **flags,
        "moisture_max_pct": values["moisture_max_pct"] or None,
    }


def _treatment(one: Treatment) -> dict[str, Any]:
    kept = treatment_values(one)
    named = {"code": one.code, "zh": one.zh, "en": one.en, "stabilises": one.stabilises}
    return {**named, "kept_min_pct": int(kept["kept_min_pct"]), "kept_max_pct": int(kept["kept_max_pct"])}


def _limit(one: Limit) -> dict[str, Any]:
    line = limit_key(one).split(SEPARATOR, 1)[1] + SEPARATOR + reading_of(one)
    names = ("standard", "applies_to", "parameter", "op", "unit", "condition", "checked_on")
    said = {name: getattr(one, name) for name in names}
    checked = {"checked_by": one.checked_by or None, "check_source": one.check_source or None}
    return {**said, **checked, "value": f"{one.value:f}", "line": line}


def _target(one: Target) -> dict[str, Any]:
    return {**asdict(one), "value_pct": f"{one.value_pct:f}"}


def _baseline(one: Baseline) -> dict[str, Any]:
    return {**asdict(one), "value_pct": f"{one.value_pct:f}"}


def _standings(ctx: Context, period: Period, division: str) -> list[dict[str, Any]]:
    report = reporting.rates(ctx.connection, period, Grouping.CITY_CLASS, division_prefix=division, now=ctx.now)
    held = Targeting(rules.tables(ctx.connection), period)
    plants = registry_reading.facilities_under(ctx.connection, division)
    by_class = targeting.places(Grouping.CITY_CLASS, division, plants)
    classes = [(by_class[row["group"]], row) for row in report.rows if row["group"] != UNCLASSED]
    found = [(place, held.standings(place, row)) for place, row in [(Place(division), report.total), *classes]]
    return [_standing(place, one) for place, standings in found for one in standings]


def _standing(place: Place, one: Standing) -> dict[str, Any]:
    return {
        **asdict(place),
        "rate": one.rate,
        "value": one.value,
        "targets": [{**_target(held.target), "met": held.met, "judged": held.judged} for held in one.held],
        "baselines": [_baseline(base) for base in one.baselines],
    }
