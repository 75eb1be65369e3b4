"""What one lab report says for every route: row by row against the standards, and whether it would do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sludgetrack.domain.labs import Lapse, held_against

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sludgetrack.domain.gates import Rulebook
    from sludgetrack.domain.labs import Held, Report
    from sludgetrack.domain.limits import Limit
    from sludgetrack.domain.routes import Route


class Outcome(StrEnum):
    """What a report says for a route: it passes, fails, or states none of the route's parameters."""

    PASSES = "passes"
    FAILS = "fails"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class RouteVerdict:
    """A report against the limits of one route, row by row."""

    route: Route
    held: tuple[Held, ...]
    outcome: Outcome

    @property
    def is_unverified(self) -> bool:
        """Whether a limit has not been compared with the printed standard yet."""
        return any(not one.limit.is_checked for one in self.held)


def verdicts(rulebook: Rulebook, report: Report) -> tuple[RouteVerdict, ...]:
    """A report against every route that has limits, in the order of the routes."""
    judged = ((route, rulebook.limits.of(route.code)) for route in rulebook.routes.values())
    return tuple(_verdict(route, limits, report) for route, limits in judged if limits)


def without_limits(rulebook: Rulebook) -> tuple[Route, ...]:
    """The routes that ask nothing of a report."""
    return tuple(route for route in rulebook.routes.values() if not rulebook.limits.of(route.code))


def _verdict(route: Route, limits: Sequence[Limit], report: Report) -> RouteVerdict:
    held = tuple(held_against(limits, report))
    if all(one.lapse is Lapse.NOT_REPORTED for one in held):
        return RouteVerdict(route, held, Outcome.SILENT)
    return RouteVerdict(route, held, Outcome.FAILS if any(one.lapse for one in held) else Outcome.PASSES)
