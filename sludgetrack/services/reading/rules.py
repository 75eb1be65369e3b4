"""The rules that bind a division on a day: what is in force, who says so, what is to come, and what was before.

Rules are public: everybody who is signed in may read them; only who may set them differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sludgetrack import reference
from sludgetrack.domain.clocks import Clocks, clocks_of
from sludgetrack.domain.dated import TableName, TableRow, Tables
from sludgetrack.domain.limits import Limit
from sludgetrack.domain.policy import Policy, PolicyRow, Rule, Standing
from sludgetrack.domain.routes import Route, Treatment
from sludgetrack.domain.rule_setting import CLOCKS
from sludgetrack.domain.targets import Baseline, Target
from sludgetrack.services import rule_setting
from sludgetrack.services.context import Context
from sludgetrack.services.rule_setting import route_values
from sludgetrack.store import rules as store


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A policy row, and how it stands."""

    row: PolicyRow
    standing: Standing


@dataclass(frozen=True, slots=True)
class Cell:
    """A rule of a route (or a clock) where the division lies, as its table writes it.

    ``row`` is the policy row that decides; None where the shared table or the default of a clock does.
    ``upcoming`` are later rows of the division and of what it lies in, in the order of their days.
    """

    route: str
    rule: str
    value: str
    row: PolicyRow | None
    upcoming: tuple[PolicyRow, ...]


@dataclass(frozen=True, slots=True)
class RouteLine:
    """A route as the shared table has it, and each rule about it."""

    route: Route
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything a division is judged by on a day."""

    on: date
    division: str
    rows: tuple[RuleRow, ...]
    lines: tuple[RouteLine, ...]
    clocks: tuple[Cell, ...]
    treatments: tuple[Treatment, ...]
    limits: tuple[Limit, ...]
    targets: tuple[Target, ...]
    baselines: tuple[Baseline, ...]
    upcoming: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class RulePage:
    """One rule of a route, or one clock: what counts now, every row about it that concerns the division, all levels."""

    cell: Cell
    rows: tuple[RuleRow, ...]
    first_open: date | None


def rules(ctx: Context, on: date, division: str) -> Rules:
    """The rules of a division on a day, what lies under it included; an empty division has all there are."""
    tables, policies = store.tables(ctx.connection), store.policy_rows(ctx.connection)
    concerning = [row for row in policies if concerns(row.division, division)]
    policy, routes = Policy(policies), tables.routes(on)
    return Rules(
        on=on,
        division=division,
        rows=tuple(_standing(policy, row, on) for row in concerning),
        lines=tuple(_line(policy, route, division, on, concerning) for route in routes.values()),
        clocks=tuple(_clock(policy, name, division, on, concerning) for name in CLOCKS),
        treatments=tuple(tables.treatments(on).values()),
        limits=tuple(tables.limits(on)),
        targets=tuple(one for one in tables.targets(on) if concerns(one.division, division)),
        baselines=tuple(one for one in reference.baselines() if concerns(one.division, division)),
        upcoming=tuple(_upcoming_rows(tables, on, division)),
    )


def one_rule(ctx: Context, on: date, division: str, route: str, rule: str) -> RulePage:
    """A rule of a route (empty: a clock) where a division lies. Raises LookupError for what is no rule."""
    policies = [row for row in store.policy_rows(ctx.connection) if (row.route, row.rule) == (route, rule)]
    concerning = [row for row in policies if concerns(row.division, division)]
    policy = Policy(policies)
    if route:
        found = store.tables(ctx.connection).routes(on)[route]
        cell = _cell(policy, found, Rule(rule), division, on, concerning)
    else:
        cell = _clock(policy, CLOCKS[CLOCKS.index(rule)], division, on, concerning)
    return RulePage(
        cell=cell,
        rows=tuple(_standing(policy, row, on) for row in concerning),
        first_open=rule_setting.first_open_day(ctx, division),
    )


def concerns(said: str, division: str) -> bool:
    """Whether what is said of one division touches another: it lies in it, or the other way round."""
    return division.startswith(said) or said.startswith(division)


def own_value(route: Route, rule: Rule) -> str:
    """What the shared table says of a rule, as a policy row would write it; empty where it says nothing."""
    values: Mapping[str, str] = {**route_values(route), Rule.BAN: "N"}
    return values[rule]


def _line(policy: Policy, route: Route, division: str, on: date, rows: Sequence[PolicyRow]) -> RouteLine:
    return RouteLine(route, tuple(_cell(policy, route, rule, division, on, rows) for rule in Rule))


def _cell(policy: Policy, route: Route, rule: Rule, division: str, on: date, rows: Sequence[PolicyRow]) -> Cell:
    row = policy.rule(division, route.code, rule, on)
    value = row.value if row else own_value(route, rule)
    return Cell(route.code, rule, value, row, _upcoming(rows, route.code, rule, on, division))


def _clock(policy: Policy, name: str, division: str, on: date, rows: Sequence[PolicyRow]) -> Cell:
    value = f"{getattr(clocks_of(policy, division, on), name):f}"
    row = policy.rule(division, "", name, on)
    return Cell("", name, value, row, _upcoming(rows, "", name, on, division))


def _upcoming(rows: Iterable[PolicyRow], route: str, rule: str, on: date, division: str) -> tuple[PolicyRow, ...]:
    found = [
        row
        for row in rows
        if (row.route, row.rule) == (route, rule) and row.valid_from > on and division.startswith(row.division)
    ]
    return tuple(sorted(found, key=lambda row: row.valid_from))


def _standing(policy: Policy, row: PolicyRow, on: date) -> RuleRow:
    if row.valid_from > on:
        return RuleRow(row, Standing.UPCOMING)
    in_force = policy.rule(row.division, row.route, row.rule, on) is row
    return RuleRow(row, Standing.IN_FORCE if in_force else Standing.REPLACED)


def _upcoming_rows(tables: Tables, on: date, division: str) -> Iterable[TableRow]:
    """Rows of the shared tables and targets that come into force later."""
    for name in (TableName.ROUTES, TableName.TREATMENTS, TableName.LIMITS):
        yield from (row for row in tables.rows(name) if row.valid_from > on)
    for row in tables.rows(TableName.TARGETS):
        if row.valid_from > on and concerns(row.key.split("|")[0], division):
            yield row


def default_clock(name: str) -> str:
    """How long a stage takes where no row says so."""
    return f"{getattr(Clocks(), name):f}"
