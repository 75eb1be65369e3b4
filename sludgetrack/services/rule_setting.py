"""Rules set by authorities: policy and clocks for their own division and below, the shared tables by the highest ones.

A division's authority says what holds there: policy, clocks, targets. Routes, treatments and limits hold for everybody
whose sludge meets in one record; they are set by the authorities of the shortest division in it. Nothing starts in a
locked period, whose figures must not move.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sludgetrack import reference
from sludgetrack.domain.dated import TableName
from sludgetrack.domain.errors import (
    DomainError,
    InTheFuture,
    InvalidFigures,
    NotFound,
    OutOfRange,
    PeriodLocked,
    SharedTable,
    StaleState,
)
from sludgetrack.domain.limits import COMPARE, SEPARATOR, Limit, limit_key, reading_of
from sludgetrack.domain.permissions import Action, Parties, require
from sludgetrack.domain.quantities import percent_from_bp
from sludgetrack.domain.routes import Route, Treatment
from sludgetrack.domain.rule_setting import (
    CheckLimits,
    SetLimit,
    SetPolicy,
    SetRoute,
    SetTarget,
    SetTreatment,
    percent_problems,
    policy_problems,
    words_problems,
)
from sludgetrack.domain.targets import RATES, Target, target_key
from sludgetrack.domain.times import legal_day
from sludgetrack.services.administering import Outcome, once
from sludgetrack.services.context import Context
from sludgetrack.services.facilities import AUTHORITY_DIVISION
from sludgetrack.services.registering import Registration, policy_registration, table_registration
from sludgetrack.store import rules

MOST_KEPT_PCT = 300


def set_policy(ctx: Context, said: SetPolicy) -> Outcome:
    """A division's rule about a route, or one of its clocks. Raises NotPermitted and InvalidFigures."""
    _require_division(ctx, said.division)

    def make() -> Registration | None:
        _check(_route_problems(said.route), policy_problems(said), _day_problems(ctx, said.valid_from, said.division))
        row = rules.policy_at(ctx.connection, said.division, said.route, said.rule, said.valid_from)
        if row and (row.value, row.source) == (said.value, said.source):
            return None
        return policy_registration(said.event_id, ctx.actor.organisation, said.stated())

    return once(ctx, said, make)


def set_route(ctx: Context, said: SetRoute) -> Outcome:
    """A route's flags and gates. Raises NotPermitted, SharedTable, NotFound and InvalidFigures."""
    _require_highest(ctx)

    def make() -> Registration | None:
        _check(_route_problems(said.route or "—"), _moisture_problems(said), _day_problems(ctx, said.valid_from))
        before = rules.tables(ctx.connection).routes(said.valid_from)[said.route]
        values = _differing(said.stated("route", "valid_from", "source"), route_values(before))
        return _row(ctx, said, TableName.ROUTES, said.route, values)

    return once(ctx, said, make)


def set_treatment(ctx: Context, said: SetTreatment) -> Outcome:
    """What a process does to dry solids. Raises NotPermitted, SharedTable, NotFound and InvalidFigures."""
    _require_highest(ctx)

    def make() -> Registration | None:
        if said.treatment not in reference.treatments():
            raise NotFound(field="treatment", kind="treatment", name=said.treatment)
        before = rules.tables(ctx.connection).treatments(said.valid_from)[said.treatment]
        _check(_kept_problems(said, before), _day_problems(ctx, said.valid_from))
        values = _differing(said.stated("treatment", "valid_from", "source"), treatment_values(before))
        return _row(ctx, said, TableName.TREATMENTS, said.treatment, values)

    return once(ctx, said, make)


def set_limit(ctx: Context, said: SetLimit) -> Outcome:
    """A limit, new or changed or given up. Raises NotPermitted, SharedTable and InvalidFigures."""
    _require_highest(ctx)

    def make() -> Registration | None:
        known = {limit_key(limit): limit for limit in rules.tables(ctx.connection).limits(said.valid_from)}
        _check(_limit_problems(said, known), _day_problems(ctx, said.valid_from))
        key = _key_of(said)
        values = {"op": said.op, "value": said.value, "unit": said.unit, "used": _text(said.used)}
        before = known.get(key)
        if values == (limit_values(before) if before else {**values, "used": "N"}):
            return None
        return _row(ctx, said, TableName.LIMITS, key, values)

    return once(ctx, said, make)


def check_limits(ctx: Context, said: CheckLimits) -> Outcome:
    """确认限值: the acting person's word that limits read as the printed standard does.

    What was compared is named with its reading; one that reads otherwise by now is refused. Raises NotPermitted,
    SharedTable, StaleState and InvalidFigures.
    """
    _require_highest(ctx)

    def make() -> Registration:
        _check(_checked_day_problems(ctx, said.checked_on), words_problems(standard=said.standard))
        found = rules.tables(ctx.connection).limits(said.checked_on)
        readings = {limit_key(limit): reading_of(limit) for limit in found}
        values = {}
        for line in said.limits:
            key, _, reading = line.rpartition(SEPARATOR)
            if readings.get(f"{said.standard}{SEPARATOR}{key}") != reading:
                raise StaleState(field="limits", based_on=line, head=said.standard)
            values[key] = reading
        dated = {"valid_from": said.checked_on.isoformat(), "source": said.source}
        return table_registration(
            said.event_id, ctx.actor.organisation, _figures(TableName.CHECKS, said.standard, dated, values)
        )

    return once(ctx, said, make)


def set_target(ctx: Context, said: SetTarget) -> Outcome:
    """A target of the authority's division or below. Raises NotPermitted and InvalidFigures."""
    _require_division(ctx, said.division)

    def make() -> Registration | None:
        _check(_target_problems(said), _day_problems(ctx, said.valid_from, said.division))
        key = SEPARATOR.join((said.division, said.city_class, said.rate, str(said.year)))
        values = {"op": said.op, "value_pct": said.value_pct, "binding": _text(said.binding), "used": _text(said.used)}
        known = {target_key(one): one for one in rules.tables(ctx.connection).targets(said.valid_from)}
        before = known.get(key)
        if before is None and not said.used:
            raise NotFound(field="rate", kind="target", name=key)
        if before and values == target_values(before) and before.source == said.source:
            return None
        return _row(ctx, said, TableName.TARGETS, key, values)

    return once(ctx, said, make)


def first_open_day(ctx: Context, division: str = "") -> date | None:
    """The first day after every lock of a division, of what it lies in and of what lies in it; None without a lock."""
    month = rules.locked_month(ctx.connection, division)
    return None if month is None else (month + timedelta(days=31)).replace(day=1)


def may_set_tables(ctx: Context) -> bool:
    """Whether the actor's organisation is one of the highest authorities, who set the shared tables."""
    return ctx.actor.is_authority and ctx.actor.organisation in rules.highest_authorities(ctx.connection)


# What a row says now, as texts of its table


def route_values(route: Route) -> dict[str, str]:
    """What can be set of a route."""
    return {
        "harmless": str(route.harmless),
        "resource_narrow": _text(route.resource_narrow),
        "resource_broad": _text(route.resource_broad),
        "landfill": _text(route.landfill),
        "needs_lab": _text(route.needs_lab),
        "needs_stabilisation": _text(route.needs_stabilisation),
        "moisture_max_pct": "" if route.moisture_max_bp is None else plain(percent_from_bp(route.moisture_max_bp)),
        "moisture_op": route.moisture_op,
        "standard": route.standard,
    }


def treatment_values(treatment: Treatment) -> dict[str, str]:
    """What can be set of a treatment process."""
    kept = {"kept_min_pct": treatment.kept_min_bp, "kept_max_pct": treatment.kept_max_bp}
    return {"stabilises": _text(treatment.stabilises), **{name: str(bp // 100) for name, bp in kept.items()}}


def limit_values(limit: Limit) -> dict[str, str]:
    """What can be set of a limit."""
    return {"op": limit.op, "value": f"{limit.value:f}", "unit": limit.unit, "used": "Y"}


def target_values(target: Target) -> dict[str, str]:
    """What can be set of a target."""
    value = f"{target.value_pct:f}"
    return {"op": target.op, "value_pct": value, "binding": _text(target.binding), "used": "Y"}


def plain(number: str) -> str:
    """A decimal without zeros at its end."""
    return number.rstrip("0").rstrip(".") if "." in number else number


# What is wrong


def _require_division(ctx: Context, division: str) -> None:
    """An authority sets what holds in its division or in a part of it; a slip is said beside the field."""
    require(ctx.actor, Action.SET_POLICY, Parties("", divisions=(ctx.actor.division,)))
    if not AUTHORITY_DIVISION.fullmatch(division) or not division.startswith(ctx.actor.division):
        raise OutOfRange(field="division", value=division or "—", wanted=f"{ctx.actor.division}…")


def _require_highest(ctx: Context) -> None:
    require(ctx.actor, Action.SET_POLICY, Parties("", divisions=(ctx.actor.division,)))
    highest = rules.highest_authorities(ctx.connection)
    if ctx.actor.organisation not in highest:
        raise SharedTable(who=list(highest.values()))


def _route_problems(route: str) -> Iterator[DomainError]:
    if route and route not in reference.routes():
        yield NotFound(field="route", kind="route", name=route)


def _moisture_problems(said: SetRoute) -> Iterator[DomainError]:
    if said.moisture_max_pct is not None:
        yield from percent_problems("moisture_max_pct", said.moisture_max_pct)


def _kept_problems(said: SetTreatment, before: Treatment) -> Iterator[DomainError]:
    least = before.kept_min_bp // 100 if said.kept_min_pct is None else said.kept_min_pct
    most = before.kept_max_bp // 100 if said.kept_max_pct is None else said.kept_max_pct
    if not 0 <= least <= MOST_KEPT_PCT:
        yield OutOfRange(field="kept_min_pct", value=least, wanted=f"0–{MOST_KEPT_PCT}")
    elif not least <= most <= MOST_KEPT_PCT:
        yield OutOfRange(field="kept_max_pct", value=most, wanted=f"{least}–{MOST_KEPT_PCT}")


def _limit_problems(said: SetLimit, known: Mapping[str, Limit]) -> Iterator[DomainError]:
    yield from words_problems(standard=said.standard, condition=said.condition, unit=said.unit)
    if said.op not in COMPARE:
        yield OutOfRange(field="op", value=said.op, wanted=list(COMPARE))
        return
    if not _is_a_figure(said.value):
        yield OutOfRange(field="value", value=said.value, wanted="0, 0.01, 3000")
    if _key_of(said) in known:
        return
    parameters = dict.fromkeys(limit.parameter for limit in reference.limits())
    if said.parameter not in parameters:
        yield NotFound(field="parameter", kind="parameter", name=said.parameter)
    strange = [code for code in said.applies_to.split() if code not in reference.routes()]
    if strange or not said.applies_to.split():
        yield NotFound(field="applies_to", kind="route", name=strange[0] if strange else "—")
    if not said.used:
        yield NotFound(field="standard", kind="limit", name=_key_of(said))


def _target_problems(said: SetTarget) -> Iterator[DomainError]:
    if said.rate not in RATES:
        yield OutOfRange(field="rate", value=said.rate, wanted=list(RATES))
    if said.op not in COMPARE:
        yield OutOfRange(field="op", value=said.op, wanted=list(COMPARE))
    yield from percent_problems("value_pct", said.value_pct)


def _checked_day_problems(ctx: Context, day: date) -> Iterator[DomainError]:
    today = legal_day(ctx.now)
    if day > today:
        yield InTheFuture(field="checked_on", occurred_at=day, now=today)


def _day_problems(ctx: Context, day: date, division: str = "") -> Iterator[DomainError]:
    first_open = first_open_day(ctx, division)
    if first_open is not None and day < first_open:
        yield PeriodLocked(field="valid_from", day=day.isoformat(), first_open=first_open.isoformat())


def _is_a_figure(text: str) -> bool:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return False
    return value.is_finite() and value >= 0 and len(text) <= 12


def _check(*problems: Iterable[DomainError]) -> None:
    found = tuple(problem for some in problems for problem in some)
    if found:
        raise InvalidFigures(found)


# What is recorded


def _differing(stated: Mapping[str, Any], before: Mapping[str, str]) -> dict[str, str]:
    texts = {name: _text(value) for name, value in stated.items() if value is not None}
    return {name: text for name, text in texts.items() if text != before[name]}


def _row(
    ctx: Context,
    said: SetRoute | SetTreatment | SetLimit | SetTarget,
    table: TableName,
    key: str,
    values: Mapping[str, str],
) -> Registration | None:
    if not values:
        return None
    dated = {"valid_from": said.valid_from.isoformat(), "source": said.source}
    return table_registration(said.event_id, ctx.actor.organisation, _figures(table, key, dated, values))


def _figures(table: TableName, key: str, dated: Mapping[str, str], values: Mapping[str, str]) -> dict[str, Any]:
    lines = [{"name": name, "value": text} for name, text in values.items()]
    return {"table": str(table), "key": key, **dated, "values": lines}


def _key_of(said: SetLimit) -> str:
    empty = Limit(said.standard, frozenset(), said.parameter, said.op, Decimal(0), said.unit, said.condition, "", "")
    return limit_key(replace(empty, applies_to=said.applies_to))


def _text(value: object) -> str:
    return ("Y" if value else "N") if isinstance(value, bool) else str(value)
