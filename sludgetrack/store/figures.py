"""The postings behind a figure of a balance, by event or by batch, in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Select,
    Table,
    and_,
    case,
    cast,
    column,
    func,
    or_,
    select,
    tuple_,
    union_all,
    values,
)

from sludgetrack.domain.holdings import Kind
from sludgetrack.domain.mass import Account
from sludgetrack.store.cohorts import account, other_batches, whole_batches
from sludgetrack.store.rates import ESTIMATED, Grouping, Period, group_of_plant, in_divisions
from sludgetrack.store.rows import plan_by_values
from sludgetrack.store.tables.mass import batch_sum, day_sum, holding, month_sum, posting
from sludgetrack.store.tables.registry import facility

_ORIGIN = holding.alias("origin")
_UNITS = posting.c.origin_units.type
_DAY = timedelta(days=1)
_FLOWS = [account(each) for each in (Account.PRODUCED, Account.DISPOSED, Account.UNACCOUNTED)]
"""Through which stock changes, written out for the index on their postings."""


@dataclass(frozen=True, slots=True)
class Plants:
    """The producing plants a figure is about: those under a division, and of them those of one group."""

    division_prefix: str = ""
    by: Grouping = Grouping.TOTAL
    group: str | None = None


class EventPlace(NamedTuple):
    """Where a page of events ends, the next one beginning after it."""

    booked_on: date
    event_id: str


class EventUnits(NamedTuple):
    """What one event adds to a figure."""

    event_id: str
    booked_on: date
    units: int


class BatchUnits(NamedTuple):
    """What one production batch adds to a figure."""

    batch: str
    units: int


@dataclass(frozen=True, slots=True)
class Flowing:
    """Which postings make up a figure of what flowed. ``routes``: only these routes; ``sign`` -1 for production."""

    account: Account
    sign: int = 1
    compliant: bool | None = None
    routes: frozenset[str] | None = None
    cause: str | None = None
    estimated: bool = False

    def condition(self) -> list[ColumnElement[bool]]:
        """As conditions on postings and their origins."""
        p = posting.c
        wanted: list[ColumnElement[bool]] = [p.account == account(self.account)]
        if self.compliant is not None:
            wanted.append(p.compliant.is_(self.compliant))
        if self.routes is not None:
            wanted.append(p.route.in_(sorted(self.routes)))
        if self.cause is not None:
            wanted.append(p.cause == self.cause)
        if self.estimated:
            wanted.append(p.estimated)
        return wanted

    def of_sums(self, sums: Table) -> list[ColumnElement[bool]]:
        """As conditions on running sums by day or month."""
        c = sums.c
        wanted: list[ColumnElement[bool]] = [c.account == str(self.account), c.kind == str(Kind.PLANT_SLUDGE)]
        if self.compliant is not None:
            wanted.append(c.compliant.is_(self.compliant))
        if self.routes is not None:
            wanted.append(c.detail.in_(sorted(self.routes)))
        if self.cause is not None:
            wanted.append(c.detail == self.cause)
        if self.estimated:
            wanted.append(c.detail == ESTIMATED)
        return wanted


def events(
    connection: Connection, flowing: Flowing, period: Period, plants: Plants, *, after: EventPlace | None, limit: int
) -> list[EventUnits]:
    """The events of a period that move units of a figure, by the day they count on.

    The running sums tell on which days of which plants there are any: only those are looked up in the postings.
    """
    plan_by_values(connection)
    found: list[EventUnits] = []
    first = max(after.booked_on, period.first) if after is not None else period.first
    if first > period.last:
        return found
    months = _months_with(connection, flowing, Period(first, period.last), plants)
    at_once = 1
    while months and len(found) < limit:
        some, months = months[:at_once], months[at_once:]
        within = Period(some[0].first, some[-1].last)
        found += _events_within(connection, flowing, within, plants, after=after, limit=limit - len(found))
        at_once *= 2
    return found


def stock(connection: Connection, until: date, plants: Plants, *, after: str, limit: int) -> Sequence[BatchUnits]:
    """What was in stock of each batch at the end of a day, the oldest first, batches with nothing left out.

    Only of a batch that something was booked of later, the stock of that day is looked up in the postings.
    """
    plan_by_values(connection)
    b, p = batch_sum.c, posting.c
    left = select(func.coalesce(-func.sum(p.origin_units), 0)).where(
        p.origin_id == b.origin_id, p.account.in_(_FLOWS), p.booked_on <= until
    )
    units = case((b.last_on <= until, b.stock), else_=left.correlate(batch_sum).scalar_subquery())
    query = (
        _of_group(select(_ORIGIN.c.name, cast(units, _UNITS)).select_from(batch_sum), plants)
        .join(_ORIGIN, _ORIGIN.c.id == b.origin_id)
        .where(b.first_on <= until, or_(b.stock != 0, b.last_on > until), units != 0)
        .order_by(b.first_on, b.origin_id)
        .limit(limit)
    )
    if after:
        query = query.where(tuple_(b.first_on, b.origin_id) > _place_of(connection, b.first_on, after))
    return [BatchUnits(*row) for row in connection.execute(query)]


def cohort(connection: Connection, period: Period, plants: Plants, *, after: str, limit: int) -> Sequence[BatchUnits]:
    """What counts of each batch produced in the period as harmlessly disposed of in time, the oldest first."""
    plan_by_values(connection)
    place = None
    if after:
        produced_on = func.coalesce(batch_sum.c.produced_on, batch_sum.c.first_on)
        place = _place_of(connection, produced_on, after)
    parts = []
    for batches in (whole_batches, other_batches):
        rows = batches(period, plants.by, plants.division_prefix).subquery()
        part = select(rows.c.origin_id, rows.c.produced_on, rows.c.counted).where(rows.c.counted != 0)
        if plants.group is not None:
            part = part.where(rows.c.group == plants.group)
        if place is not None:
            part = part.where(tuple_(rows.c.produced_on, rows.c.origin_id) > place)
        parts.append(part.order_by(rows.c.produced_on, rows.c.origin_id).limit(limit).subquery())
    found = union_all(*(select(part) for part in parts)).subquery()
    query = (
        select(_ORIGIN.c.name, cast(found.c.counted, _UNITS))
        .join(_ORIGIN, _ORIGIN.c.id == found.c.origin_id)
        .order_by(found.c.produced_on, found.c.origin_id)
        .limit(limit)
    )
    return [BatchUnits(*row) for row in connection.execute(query)]


def _place_of(connection: Connection, day: ColumnElement[Any], batch: str) -> tuple[date, int]:
    """Where a batch stands in a list by a day of it. Raises ValueError for one nobody has listed."""
    query = select(day, batch_sum.c.origin_id).join(_ORIGIN, _ORIGIN.c.id == batch_sum.c.origin_id)
    row = connection.execute(query.where(_ORIGIN.c.name == batch)).one_or_none()
    if row is None:
        raise ValueError(f"{batch!r} is no place in a list of batches")
    return row[0], row[1]


def _months_with(connection: Connection, flowing: Flowing, period: Period, plants: Plants) -> list[Period]:
    """The parts of a period by month in which any unit of the figure was booked."""
    months = {part.first.replace(day=1): part for part in period.months()}
    listed = values(column("month", Date), name="listed").data([(month,) for month in months])
    any_sum = _of_group(select(month_sum.c.plant_id).select_from(month_sum), plants).where(
        month_sum.c.month == listed.c.month, *flowing.of_sums(month_sum)
    )
    with_any = set(connection.scalars(select(listed.c.month).where(any_sum.correlate(listed).exists())))
    return [part for month, part in months.items() if month in with_any]


def _events_within(
    connection: Connection, flowing: Flowing, period: Period, plants: Plants, *, after: EventPlace | None, limit: int
) -> list[EventUnits]:
    found: list[EventUnits] = []
    days: Period | None = period
    while days is not None and len(found) < limit:
        part = _enough_days(connection, flowing, days, plants, limit - len(found))
        if part is None:
            break
        found += _events_of(connection, flowing, part, plants, after=after, limit=limit - len(found))
        days = Period(part.last + _DAY, period.last) if part.last < period.last else None
    return found


def _enough_days(connection: Connection, flowing: Flowing, days: Period, plants: Plants, limit: int) -> Period | None:
    """The first of these days that have a sum each of so many plants, of at least one event; None where none has."""
    d = day_sum.c
    sums = _of_group(select(d.day).select_from(day_sum), plants).where(
        d.day.between(days.first, days.last), *flowing.of_sums(day_sum)
    )
    some = sums.order_by(d.day).limit(limit).subquery()
    last = connection.scalar(select(func.max(some.c.day)))
    return None if last is None else Period(days.first, last)


def _events_of(
    connection: Connection, flowing: Flowing, days: Period, plants: Plants, *, after: EventPlace | None, limit: int
) -> list[EventUnits]:
    """The events of some days, out of the postings of the plants and days that the sums name."""
    p, d = posting.c, day_sum.c
    sums = _of_group(select(d.plant_id, d.day).select_from(day_sum), plants).where(
        d.day.between(days.first, days.last), *flowing.of_sums(day_sum)
    )
    named = sums.distinct().subquery()
    query = (
        select(p.event_id, p.booked_on, cast(flowing.sign * func.sum(p.origin_units), _UNITS))
        .select_from(named)
        .join(posting, and_(p.plant_id == named.c.plant_id, p.booked_on == named.c.day))
        .join(_ORIGIN, _ORIGIN.c.id == p.origin_id)
        .where(_ORIGIN.c.kind == str(Kind.PLANT_SLUDGE), p.origin_units != 0, *flowing.condition())
        .group_by(p.booked_on, p.event_id)
        .order_by(p.booked_on, p.event_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(p.booked_on, p.event_id) > (after.booked_on, after.event_id))
    return [EventUnits(*row) for row in connection.execute(query)]


def _of_group(query: Select[Any], plants: Plants) -> Select[Any]:
    """Running sums of the plants a figure is about."""
    sums = query.get_final_froms()[0]
    query = query.join(facility, facility.c.id == sums.c.plant_id).where(in_divisions(plants.division_prefix))
    return query if plants.group is None else query.where(group_of_plant(plants.by) == plants.group)
