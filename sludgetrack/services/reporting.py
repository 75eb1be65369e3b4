"""Balance and rates of a period, by group, as they are published; and the events behind every figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any, TypedDict

from sqlalchemy import Connection

from sludgetrack.domain.mass import STOCK_ACCOUNTS, Account
from sludgetrack.domain.quantities import tonnes_from_units
from sludgetrack.domain.rates import ByRoute, RateRow, Sums, add, difference, rate_row, route_row
from sludgetrack.domain.times import legal_day
from sludgetrack.store import cohorts, periods, rules
from sludgetrack.store import rates as store
from sludgetrack.store.rates import TOTAL, Flow, Grouping, Period

__all__ = ["BalanceReport", "BalanceRow", "Grouping", "Period", "RateReport", "balance", "grouped_sums", "rates"]

COHORT_RATE = "harmless_rate_cohort"
BASIS = "tDS"


class BalanceRow(TypedDict):
    """One group's balance in tonnes of origin dry solids; None where a route knows no production.

    ``left`` is P + K0, ``right`` H + N + U + K1, ``difference`` left less right, computed before rounding.
    """

    group: str
    produced: str | None
    opening_stock: str | None
    harmless: str
    noncompliant: str
    unaccounted: str | None
    unaccounted_by_cause: dict[str, str] | None
    closing_stock: str | None
    left: str | None
    right: str | None
    difference: str | None


@dataclass(frozen=True, slots=True)
class RateReport:
    """Rates of a period: a row for each group, sorted, and one for all of them.

    ``provisional`` names the rates that may still change because their time is not over; ``locked_through`` is the
    last month (``2025-11``) that can no longer change, None where none is locked.
    """

    period: Period
    by: Grouping
    rows: list[RateRow]
    total: RateRow
    provisional: list[str]
    locked_through: str | None = None

    def document(self) -> dict[str, Any]:
        """As published in JSON."""
        return {**_head(self.period, self.by, self.provisional, self.locked_through), **_rows(self.rows, self.total)}


@dataclass(frozen=True, slots=True)
class BalanceReport:
    """Balances of a period, laid out as ``RateReport``."""

    period: Period
    by: Grouping
    rows: list[BalanceRow]
    total: BalanceRow
    differences: dict[str, int]
    """By how many units the two sides of a group differ, groups where they agree left out."""
    locked_through: str | None = None

    def document(self) -> dict[str, Any]:
        """As published in JSON."""
        return {**_head(self.period, self.by, [], self.locked_through), **_rows(self.rows, self.total)}


def rates(
    connection: Connection, period: Period, by: Grouping, *, division_prefix: str = "", now: datetime
) -> RateReport:
    """The rates of what the plants under a division produced. ``now`` (aware) tells what is provisional.

    What a route counts as, landfill or resource, is what it counts as on the last day of the period.
    """
    groups, total = grouped_sums(connection, period, by, division_prefix)
    routes = rules.tables(connection).routes(period.last)
    if by is Grouping.ROUTE:
        rows = [route_row(code, amount, routes) for code, amount in sorted(total.disposed.items())]
    else:
        rows = [rate_row(group, sums, routes) for group, sums in sorted(groups.items())]
    locked = locked_month(connection, division_prefix)
    return RateReport(period, by, rows, rate_row(TOTAL, total, routes), _provisional(period, now), locked)


def balance(connection: Connection, period: Period, by: Grouping, *, division_prefix: str = "") -> BalanceReport:
    """P + K0 = H + N + U + K1 for each group, with both sides and their difference."""
    groups, total = grouped_sums(connection, period, by, division_prefix)
    if by is Grouping.ROUTE:
        rows = [_route_balance(code, amount) for code, amount in sorted(total.disposed.items())]
    else:
        rows = [_balance(group, sums) for group, sums in sorted(groups.items())]
    shown = {TOTAL: total} if by is Grouping.ROUTE else {**groups, TOTAL: total}
    differences = {group: difference(sums) for group, sums in shown.items() if difference(sums)}
    return BalanceReport(
        period, by, rows, _balance(TOTAL, total), differences, locked_month(connection, division_prefix)
    )


def locked_month(connection: Connection, division_prefix: str) -> str | None:
    """The last month (``2025-11``) that is closed for every plant under a division, whose figures never move again."""
    day = periods.common_lock(connection, division_prefix)
    return None if day is None else f"{day:%Y-%m}"


def grouped_sums(
    connection: Connection, period: Period, by: Grouping, division_prefix: str = ""
) -> tuple[dict[str, Sums], Sums]:
    """Exact sums by group, those with nothing in them left out, and of all groups together.

    By route, which no production belongs to, there is one group only; its disposals tell the routes.
    """
    if by is Grouping.MONTH:
        return _monthly(connection, period, division_prefix)
    groups = _summed(
        store.flows(connection, period, by, division_prefix), cohorts.cohort(connection, period, by, division_prefix)
    )
    return groups, reduce(add, groups.values(), Sums())


def _monthly(connection: Connection, period: Period, division_prefix: str) -> tuple[dict[str, Sums], Sums]:
    """Each month opens with what the one before it closed with."""
    tallies = _tallied(store.flows(connection, period, Grouping.MONTH, division_prefix))
    harmless = cohorts.cohort(connection, period, Grouping.MONTH, division_prefix)
    stock = opening = tallies[""].opening
    months: dict[str, Sums] = {}
    for part in period.months():
        name = f"{part.first:%Y-%m}"
        tally = tallies[name]
        tally.opening = stock
        months[name] = tally.sums(harmless.get(name, 0))
        stock = months[name].closing
    total = _Tally(opening)
    for name in months:
        total.take_in(tallies[name])
    whole = cohorts.cohort(connection, period, Grouping.TOTAL, division_prefix)
    return _without_empty(months), total.sums(whole.get(TOTAL, 0))


def _summed(flows: Iterable[Flow], harmless: Mapping[str, int]) -> dict[str, Sums]:
    tallies = _tallied(flows)
    return _without_empty({group: tally.sums(harmless.get(group, 0)) for group, tally in tallies.items()})


def _tallied(flows: Iterable[Flow]) -> defaultdict[str, _Tally]:
    tallies: defaultdict[str, _Tally] = defaultdict(_Tally)
    for flow in flows:
        tallies[flow.group].book(flow)
    return tallies


def _without_empty(groups: Mapping[str, Sums]) -> dict[str, Sums]:
    return {group: sums for group, sums in groups.items() if sums != Sums()}


@dataclass(slots=True)
class _Tally:
    """Sums of one group while its flows come in; ``change`` is what its stock grew by in the period."""

    opening: int = 0
    change: int = 0
    produced: int = 0
    estimated: int = 0
    disposed: dict[str, ByRoute] = field(default_factory=dict)
    unaccounted: dict[str, int] = field(default_factory=dict)

    def book(self, flow: Flow) -> None:
        """Take in one flow. Mass enters the book from ``produced``, which is why it is negative there."""
        if flow.before:
            self.opening += flow.units
        elif flow.account in STOCK_ACCOUNTS:
            self.change += flow.units
        elif flow.account == Account.PRODUCED:
            self.produced -= flow.units
            self.estimated -= flow.units if flow.detail == store.ESTIMATED else 0
        elif flow.account == Account.DISPOSED:
            self._dispose(flow.detail, ByRoute(flow.units, 0) if flow.compliant else ByRoute(0, flow.units))
        elif flow.account == Account.UNACCOUNTED:
            self._miss(flow.detail, flow.units)

    def take_in(self, other: _Tally) -> None:
        """Add the flows of another tally, not its opening stock."""
        self.change += other.change
        self.produced += other.produced
        self.estimated += other.estimated
        for route, amount in other.disposed.items():
            self._dispose(route, amount)
        for cause, units in other.unaccounted.items():
            self._miss(cause, units)

    def sums(self, cohort: int) -> Sums:
        """The sums, routes and causes with nothing left out."""
        return Sums(
            self.produced,
            self.opening,
            self.opening + self.change,
            {route: amount for route, amount in self.disposed.items() if any(amount)},
            {cause: units for cause, units in self.unaccounted.items() if units},
            self.estimated,
            cohort,
        )

    def _dispose(self, route: str, amount: ByRoute) -> None:
        before = self.disposed.get(route, ByRoute(0, 0))
        self.disposed[route] = ByRoute(before.compliant + amount.compliant, before.noncompliant + amount.noncompliant)

    def _miss(self, cause: str, units: int) -> None:
        self.unaccounted[cause] = self.unaccounted.get(cause, 0) + units


def _provisional(period: Period, now: datetime) -> list[str]:
    return [] if legal_day(now) > period.cohort_until else [COHORT_RATE]


def _balance(group: str, sums: Sums) -> BalanceRow:
    left = sums.produced + sums.opening
    return {
        "group": group,
        "produced": tonnes_from_units(sums.produced),
        "opening_stock": tonnes_from_units(sums.opening),
        "harmless": tonnes_from_units(sums.harmless),
        "noncompliant": tonnes_from_units(sums.noncompliant),
        "unaccounted": tonnes_from_units(sums.missing),
        "unaccounted_by_cause": {cause: tonnes_from_units(units) for cause, units in sorted(sums.unaccounted.items())},
        "closing_stock": tonnes_from_units(sums.closing),
        "left": tonnes_from_units(left),
        "right": tonnes_from_units(left - difference(sums)),
        "difference": tonnes_from_units(difference(sums)),
    }


def _route_balance(code: str, amount: ByRoute) -> BalanceRow:
    return {
        "group": code,
        "produced": None,
        "opening_stock": None,
        "harmless": tonnes_from_units(amount.compliant),
        "noncompliant": tonnes_from_units(amount.noncompliant),
        "unaccounted": None,
        "unaccounted_by_cause": None,
        "closing_stock": None,
        "left": None,
        "right": None,
        "difference": None,
    }


def _head(period: Period, by: Grouping, provisional: list[str], locked_through: str | None) -> dict[str, Any]:
    return {
        "basis": BASIS,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "by": str(by),
        "provisional": provisional,
        "locked_through": locked_through,
    }


def _rows(rows: Any, total: Any) -> dict[str, Any]:
    return {"rows": rows, "total": total}
