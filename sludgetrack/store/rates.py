"""Sums behind balance and rates, out of the running sums; those of the cohort are in ``cohorts``.

Whole years come from ``year_sum``, whole months beside them from ``month_sum``, the days at either edge from
``day_sum``; stock is everything booked on a stock account from the beginning on. Only plant sludge counts. Groups are
groups of producing plants.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Select,
    Table,
    Text,
    and_,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from sludgetrack.domain.holdings import Kind
from sludgetrack.domain.mass import STOCK_ACCOUNTS
from sludgetrack.domain.rates import COHORT_DAYS
from sludgetrack.store.rows import plan_by_values
from sludgetrack.store.tables.mass import day_sum, month_sum, posting, year_sum
from sludgetrack.store.tables.registry import facility

UNCLASSED = "unclassed"
"""The group of plants without a city class."""

TOTAL = "total"
ESTIMATED = "estimated"
"""The detail of production whose moisture is estimated."""
_DAY = timedelta(days=1)


class Grouping(StrEnum):
    """What a table of rates has a row for."""

    DIVISION = "division"
    CITY_CLASS = "city_class"
    PLANT = "plant"
    ROUTE = "route"
    MONTH = "month"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Period:
    """Inclusive legal days. Raises ValueError where the last lies before the first."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """A period has at least one day."""
        if self.last < self.first:
            raise ValueError(f"{self.last} lies before {self.first}")

    @property
    def cohort_until(self) -> date:
        """The last day on which harmless disposal counts for what the period produced."""
        return self.last + timedelta(days=COHORT_DAYS)

    @property
    def whole_months(self) -> tuple[date, date]:
        """The first whole month in it, and the one after the last; not earlier than that where there is none."""
        first = self.first if self.first.day == 1 else next_month(self.first)
        after = next_month(self.last)
        return first, after if after - _DAY == self.last else self.last.replace(day=1)

    def months(self) -> Iterator[Period]:
        """Its parts by calendar month, in order."""
        first = self.first
        while first <= self.last:
            following = next_month(first)
            yield Period(first, min(following - _DAY, self.last))
            first = following


class Flow(NamedTuple):
    """Units of one group that entered an account in the period, or (``before``) ahead of it, then stock only.

    By month, what lies ahead of the period has no group of its own: it is "".
    """

    group: str
    before: bool
    account: str
    detail: str
    compliant: bool
    units: int


def next_month(day: date) -> date:
    """The first day of the month after a day's."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def flows(connection: Connection, period: Period, by: Grouping, division_prefix: str) -> Iterable[Flow]:
    """What the running sums say of a period, by group. By route they are those of the total."""
    plan_by_values(connection)
    rows = union_all(*_parts(period, by)).subquery()
    group = group_of(by, rows.c.day)
    query = (
        select(
            group.label("group"),
            rows.c.day.is_(None).label("before"),
            rows.c.account,
            rows.c.detail,
            rows.c.compliant,
            cast(func.sum(rows.c.units), posting.c.origin_units.type),
        )
        .join(facility, facility.c.id == rows.c.plant_id)
        .where(in_divisions(division_prefix))
        .group_by("group", "before", rows.c.account, rows.c.detail, rows.c.compliant)
    )
    return (Flow(*row) for row in connection.execute(query))


def in_divisions(prefix: str) -> ColumnElement[bool]:
    """Whether a producing plant lies under a division; every plant does under the empty one."""
    return facility.c.division.startswith(prefix, autoescape=True)


def group_of_plant(by: Grouping) -> ColumnElement[str]:
    """The group a producing plant belongs to; without plants to tell apart, the total."""
    columns: dict[Grouping, ColumnElement[str]] = {
        Grouping.DIVISION: facility.c.division,
        Grouping.CITY_CLASS: func.coalesce(facility.c.city_class, UNCLASSED),
        Grouping.PLANT: facility.c.code,
    }
    return columns.get(by, literal(TOTAL, Text))


def group_of(by: Grouping, day: ColumnElement[Any]) -> ColumnElement[str]:
    """The group of what a plant produced or disposed of on a day (by month, "" for none)."""
    return func.coalesce(func.to_char(day, "YYYY-MM"), "") if by is Grouping.MONTH else group_of_plant(by)


def _parts(period: Period, by: Grouping) -> Iterator[Select[Any]]:
    """The period and the stock of the time before it, by as few sums as there are.

    ``day`` is the day or the first of the month or year; NULL for what lies before the period.
    """
    after = period.last + _DAY
    for span in _spans(period.first, after, years=by is not Grouping.MONTH):
        yield _part(span.sums, span.day, and_(span.day >= span.first, span.day < span.after))
    before = cast(null(), Date)
    january = period.first.replace(month=1, day=1)
    yield _part(year_sum, before, and_(year_sum.c.year < january, _is_stock(year_sum)))
    for span in _spans(january, period.first, years=False):
        inside = and_(span.day >= span.first, span.day < span.after)
        yield _part(span.sums, before, and_(inside, _is_stock(span.sums)))


@dataclass(frozen=True, slots=True)
class _Span:
    """Some days of which one table of sums knows all, ``after`` being the day that follows them."""

    sums: Table
    day: ColumnElement[date]
    first: date
    after: date


def _spans(first: date, after: date, *, years: bool) -> Iterator[_Span]:
    """Days without a gap, by whole years where wanted, else whole months, else single days."""
    if years:
        january = first if (first.month, first.day) == (1, 1) else first.replace(year=first.year + 1, month=1, day=1)
        last_january = after.replace(month=1, day=1)
        if january < last_january:
            yield _Span(year_sum, year_sum.c.year, january, last_january)
            yield from _spans(first, january, years=False)
            yield from _spans(last_january, after, years=False)
            return
    month, last_month = first if first.day == 1 else next_month(first), after.replace(day=1)
    if month < last_month:
        yield _Span(month_sum, month_sum.c.month, month, last_month)
        yield from _days(first, month)
        yield from _days(last_month, after)
    else:
        yield from _days(first, after)


def _days(first: date, after: date) -> Iterator[_Span]:
    if first < after:
        yield _Span(day_sum, day_sum.c.day, first, after)


def _part(sums: Table, day: ColumnElement[date], condition: ColumnElement[bool]) -> Select[Any]:
    c = sums.c
    return select(c.plant_id, day.label("day"), c.account, c.detail, c.compliant, c.origin_units.label("units")).where(
        condition, c.kind == str(Kind.PLANT_SLUDGE)
    )


def _is_stock(sums: Table) -> ColumnElement[bool]:
    return sums.c.account.in_([str(account) for account in STOCK_ACCOUNTS])
