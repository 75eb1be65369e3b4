"""The balance and the rates of a group over a period, out of sums of origin dry solids.

Sewer-cleaning sludge stays out of all of them: the sums hold origins of plant sludge only. Everything is computed from
unrounded units and rounded once, half-even.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from sludgetrack.domain.quantities import percent_of, tonnes_from_units

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sludgetrack.domain.routes import Route

COHORT_DAYS = 30
"""Harmless disposal counts for a cohort until this many days after the period; until then its rate is provisional."""


class ByRoute(NamedTuple):
    """What was disposed of by one route."""

    compliant: int
    noncompliant: int


@dataclass(frozen=True, slots=True)
class Sums:
    """Origin units of one group over a period.

    ``estimated`` is the part of ``produced`` with an estimated moisture; ``cohort`` the harmless part of what was
    produced in the period by its end + 30 days, counted per batch up to what it was produced with.
    """

    produced: int = 0
    opening: int = 0
    closing: int = 0
    disposed: Mapping[str, ByRoute] = field(default_factory=dict)
    unaccounted: Mapping[str, int] = field(default_factory=dict)
    estimated: int = 0
    cohort: int = 0

    @property
    def harmless(self) -> int:
        """H: compliant disposal. A route that is never harmless, or lacks its decision, is never compliant."""
        return sum(amount.compliant for amount in self.disposed.values())

    @property
    def noncompliant(self) -> int:
        """N: every other disposal."""
        return sum(amount.noncompliant for amount in self.disposed.values())

    @property
    def missing(self) -> int:
        """U: unaccounted, positive when mass is missing."""
        return sum(self.unaccounted.values())


class RateRow(TypedDict):
    """A row as it is published: tonnes with 3 decimals, percent with 2, None where a denominator is 0."""

    group: str
    produced: str | None
    opening_stock: str | None
    closing_stock: str | None
    harmless: str
    noncompliant: str
    landfilled: str
    unaccounted: str | None
    unaccounted_by_cause: dict[str, str] | None
    by_route: dict[str, str] | None
    estimated_share: str | None
    harmless_rate: str | None
    harmless_rate_stock_adjusted: str | None
    harmless_rate_cohort: str | None
    landfill_rate: str | None
    landfill_rate_of_disposed: str | None
    resource_rate: str | None
    resource_rate_broad: str | None


def difference(sums: Sums) -> int:
    """P + K0 - (H + N + U + K1): 0 in a book that is right."""
    gone = sums.harmless + sums.noncompliant + sums.missing
    return sums.produced + sums.opening - gone - sums.closing


def landfilled(sums: Sums, routes: Mapping[str, Route]) -> int:
    """Lf: landfilled, compliant or not, cover soil included."""
    return sum(sum(amount) for code, amount in sums.disposed.items() if routes[code].landfill)


def rate_row(group: str, sums: Sums, routes: Mapping[str, Route]) -> RateRow:
    """Every figure and every rate variant of one group."""
    harmless, disposed = sums.harmless, sums.harmless + sums.noncompliant
    landfill = landfilled(sums, routes)
    produced = sums.produced
    return {
        "group": group,
        "produced": tonnes_from_units(produced),
        "opening_stock": tonnes_from_units(sums.opening),
        "closing_stock": tonnes_from_units(sums.closing),
        "harmless": tonnes_from_units(harmless),
        "noncompliant": tonnes_from_units(sums.noncompliant),
        "landfilled": tonnes_from_units(landfill),
        "unaccounted": tonnes_from_units(sums.missing),
        "unaccounted_by_cause": {cause: tonnes_from_units(units) for cause, units in sorted(sums.unaccounted.items())},
        "by_route": {code: tonnes_from_units(sum(amount)) for code, amount in sorted(sums.disposed.items())},
        "estimated_share": percent_of(sums.estimated, produced),
        "harmless_rate": percent_of(harmless, produced),
        "harmless_rate_stock_adjusted": percent_of(harmless, produced + sums.opening - sums.closing),
        "harmless_rate_cohort": percent_of(sums.cohort, produced),
        "landfill_rate": percent_of(landfill, produced),
        "landfill_rate_of_disposed": percent_of(landfill, disposed),
        "resource_rate": percent_of(_compliant(sums, lambda code: routes[code].resource_narrow), produced),
        "resource_rate_broad": percent_of(_compliant(sums, lambda code: routes[code].resource_broad), produced),
    }


def route_row(code: str, amount: ByRoute, routes: Mapping[str, Route]) -> RateRow:
    """A row of the grouping by route, which knows no production: the other figures are None."""
    return {
        "group": code,
        "produced": None,
        "opening_stock": None,
        "closing_stock": None,
        "harmless": tonnes_from_units(amount.compliant),
        "noncompliant": tonnes_from_units(amount.noncompliant),
        "landfilled": tonnes_from_units(sum(amount) if routes[code].landfill else 0),
        "unaccounted": None,
        "unaccounted_by_cause": None,
        "by_route": None,
        "estimated_share": None,
        "harmless_rate": None,
        "harmless_rate_stock_adjusted": None,
        "harmless_rate_cohort": None,
        "landfill_rate": None,
        "landfill_rate_of_disposed": None,
        "resource_rate": None,
        "resource_rate_broad": None,
    }


def add(one: Sums, other: Sums) -> Sums:
    """Two groups as one."""
    disposed = {
        code: ByRoute(*map(sum, zip(one.disposed.get(code, _NOTHING), other.disposed.get(code, _NOTHING), strict=True)))
        for code in {**one.disposed, **other.disposed}
    }
    unaccounted = {
        cause: one.unaccounted.get(cause, 0) + other.unaccounted.get(cause, 0)
        for cause in {**one.unaccounted, **other.unaccounted}
    }
    return Sums(
        one.produced + other.produced,
        one.opening + other.opening,
        one.closing + other.closing,
        disposed,
        unaccounted,
        one.estimated + other.estimated,
        one.cohort + other.cohort,
    )


_NOTHING = ByRoute(0, 0)


def _compliant(sums: Sums, counts: Callable[[str], bool]) -> int:
    return sum(amount.compliant for code, amount in sums.disposed.items() if counts(code))
