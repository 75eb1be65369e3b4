"""Who changed which rule, when and to what: the value that would have held beside the one that was set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sludgetrack import reference
from sludgetrack.domain.dated import TableName, Tables
from sludgetrack.domain.limits import limit_key
from sludgetrack.domain.policy import Policy, PolicyRow, Rule
from sludgetrack.domain.rule_setting import CLOCKS
from sludgetrack.domain.targets import target_key
from sludgetrack.services.context import Context
from sludgetrack.services.reading.admin import Difference
from sludgetrack.services.reading.rules import concerns, default_clock, own_value
from sludgetrack.services.registering import OPERATOR
from sludgetrack.services.rule_setting import limit_values, route_values, target_values, treatment_values
from sludgetrack.store import organisation_reading, registry_reading, rule_reading
from sludgetrack.store import rules as store
from sludgetrack.store.rule_reading import Saying, SetPolicyRow, SetTableRow

POLICY = "policies"
"""The table of policy and clocks, beside those of ``TableName``."""


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One act. ``key`` names the row of its table; of policy it is division, route and rule, parted by ``|``.

    ``by`` is a person's name, None for the operator of the installation; ``organisation`` is named as registered now.
    """

    event_id: str
    at: datetime
    by: str | None
    organisation: str
    table: str
    key: str
    valid_from: date
    source: str
    differences: tuple[Difference, ...]


def changes(ctx: Context, division: str) -> list[RuleChange]:
    """Every rule set that concerns a division, newest first; the shared tables concern everybody."""
    policies, tables = rule_reading.policies_set(ctx.connection), store.tables(ctx.connection)
    rows = rule_reading.rows_set(ctx.connection)
    names = _names(ctx, [*(one.said for one in policies), *(one.said for one in rows)])
    found = [
        *(
            _policy_change(one, old, names)
            for one, old in _before(policies, tables)
            if concerns(one.row.division, division)
        ),
        *(_table_change(one, old, names) for one, old in _rows_before(rows) if _touches(one, division)),
    ]
    return sorted(found, key=lambda change: (change.at, change.event_id), reverse=True)


@dataclass(frozen=True, slots=True)
class _Names:
    people: Mapping[str, str]
    organisations: Mapping[str, str]


def _names(ctx: Context, sayings: Iterable[Saying]) -> _Names:
    said = list(sayings)
    return _Names(
        registry_reading.person_names(ctx.connection, {one.person for one in said if one.person}),
        organisation_reading.names_of(ctx.connection, {one.organisation for one in said}),
    )


def _before(rows: Iterable[SetPolicyRow], tables: Tables) -> Iterator[tuple[SetPolicyRow, str | None]]:
    """Each row with what held in its division on its day before it was set."""
    told: dict[tuple[str, str], list[PolicyRow]] = defaultdict(list)
    for row in reference.policies():
        told[row.route, row.rule].append(row)
    for one in rows:
        row = one.row
        before = Policy(told[row.route, row.rule]).rule(row.division, row.route, row.rule, row.valid_from)
        yield one, before.value if before else _own(row, tables)
        told[row.route, row.rule].append(row)


def _own(row: PolicyRow, tables: Tables) -> str | None:
    """What the shared table says on the row's day, or a clock's default; None where neither says anything."""
    if not row.route:
        return default_clock(row.rule) if row.rule in CLOCKS else None
    route = tables.routes(row.valid_from).get(row.route)
    return (own_value(route, Rule(row.rule)) or None) if route and row.rule in set(Rule) else None


def _rows_before(rows: Iterable[SetTableRow]) -> Iterator[tuple[SetTableRow, Mapping[str, str]]]:
    """Each row with the values that held of it on its day before it was set."""
    shipped, told = _shipped(), defaultdict[tuple[str, str], list[SetTableRow]](list)
    for one in rows:
        place = (one.table, one.key)
        values = dict(shipped.get(place, {}))
        for earlier in sorted(told[place], key=lambda row: row.valid_from):
            if earlier.valid_from <= one.valid_from:
                values |= earlier.values
        yield one, values
        told[place].append(one)


def _shipped() -> Mapping[tuple[str, str], Mapping[str, str]]:
    tables = reference.shipped()
    return {
        **{(TableName.ROUTES, code): route_values(one) for code, one in tables.routes.items()},
        **{(TableName.TREATMENTS, code): treatment_values(one) for code, one in tables.treatments.items()},
        **{(TableName.LIMITS, limit_key(one)): limit_values(one) for one in tables.limits},
        **{(TableName.TARGETS, target_key(one)): target_values(one) for one in tables.targets},
    }


def _touches(one: SetTableRow, division: str) -> bool:
    return one.table != TableName.TARGETS or concerns(one.key.split("|")[0], division)


def _policy_change(one: SetPolicyRow, old: str | None, names: _Names) -> RuleChange:
    row = one.row
    differences = (Difference("value", old, row.value),)
    key = f"{row.division}|{row.route}|{row.rule}"
    return _change(one.said, names, POLICY, key, (row.valid_from, row.source, differences))


def _table_change(one: SetTableRow, old: Mapping[str, str], names: _Names) -> RuleChange:
    differences = tuple(
        Difference(name, old.get(name), value) for name, value in one.values.items() if old.get(name) != value
    )
    return _change(one.said, names, one.table, one.key, (one.valid_from, one.source, differences))


def _change(
    said: Saying, names: _Names, table: str, key: str, told: tuple[date, str, tuple[Difference, ...]]
) -> RuleChange:
    return RuleChange(
        event_id=said.event_id,
        at=said.at,
        by=names.people.get(said.person) if said.person else None,
        organisation="" if said.organisation == OPERATOR else names.organisations.get(said.organisation, ""),
        table=table,
        key=key,
        valid_from=told[0],
        source=told[1],
        differences=told[2],
    )
