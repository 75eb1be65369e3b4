"""The rules that bind a division today: policy rows, the clocks they set, and the routes of disposal."""

from __future__ import annotations

from dataclasses import dataclass

from sludgetrack import reference
from sludgetrack.domain.clocks import Clocks, clocks_of
from sludgetrack.domain.policy import Policy, PolicyRow
from sludgetrack.domain.routes import Route
from sludgetrack.domain.targets import Target
from sludgetrack.domain.times import legal_day
from sludgetrack.services.context import Context
from sludgetrack.services.reading.regulator import require_inspector
from sludgetrack.store import rules as store


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy row that concerns the division. ``in_force``: it is what counts today where it says."""

    row: PolicyRow
    in_force: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything a division is judged by."""

    rows: tuple[Rule, ...]
    clocks: Clocks
    routes: tuple[Route, ...]
    targets: tuple[Target, ...]


def rules(ctx: Context) -> Rules:
    """The rules for the actor's division, what lies under it included. Raises NotPermitted."""
    require_inspector(ctx)
    division, today = ctx.actor.division, legal_day(ctx.now)
    rows = [row for row in store.policy_rows(ctx.connection) if _concerns(row.division, division)]
    policy = Policy(rows)
    shown = [Rule(row, policy.rule(row.division, row.route, row.rule, today) is row) for row in rows]
    return Rules(
        rows=tuple(sorted(shown, key=lambda one: (not one.in_force, one.row.division, one.row.route))),
        clocks=clocks_of(policy, division, today),
        routes=tuple(reference.routes().values()),
        targets=tuple(target for target in reference.targets() if _concerns(target.division, division)),
    )


def _concerns(said: str, division: str) -> bool:
    return division.startswith(said) or said.startswith(division)
