"""The sum behind the cohort rate: what of a period's production was harmlessly disposed of in time.

It goes by production batches. A batch belongs to a period with the production that counts on the period's days, which
after corrections may be more or less than what was first declared, or be spread over several months; it is counted up
to that, with its harmless disposal until 30 days after the period's end. By month, each month is a period of its own.

Whole months come out of ``cohort_sum``, less what was disposed of beyond a batch's production; that is looked up for
the batches marked ``beyond`` only, in the postings only where more was booked after those 30 days. Batches produced on
the days at the edges of a period, and those whose production is spread, are looked up one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Numeric,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)

from sludgetrack.domain.mass import Account
from sludgetrack.domain.rates import COHORT_DAYS
from sludgetrack.store.rates import Grouping, Period, group_of, in_divisions
from sludgetrack.store.rows import plan_by_values
from sludgetrack.store.tables.mass import batch_sum, cohort_sum, posting
from sludgetrack.store.tables.registry import facility

_COHORT = timedelta(days=COHORT_DAYS)
_DAY = timedelta(days=1)
_UNITS = posting.c.origin_units.type


def cohort(connection: Connection, period: Period, by: Grouping, division_prefix: str) -> dict[str, int]:
    """Units of what each group produced in the period that were harmlessly disposed of in time."""
    plan_by_values(connection)
    found = union_all(*_parts(period, by, division_prefix)).subquery()
    query = select(found.c.group, cast(func.sum(found.c.counted), _UNITS)).group_by(found.c.group)
    return {row[0]: row[1] for row in connection.execute(query)}


def whole_batches(period: Period, by: Grouping, division_prefix: str) -> Select[Any]:
    """A row for each batch produced in the whole months of a period, and there only: what of it counts."""
    b = batch_sum.c
    counted = func.least(b.produced, _harmless(_until(period, by, b.produced_on)))
    query: Select[Any] = select(
        group_of(by, b.produced_on).label("group"), b.origin_id, b.produced_on, counted.label("counted")
    )
    return _of_division(query, division_prefix).where(_produced_whole(period), ~b.spread)


def other_batches(period: Period, by: Grouping, division_prefix: str) -> Select[Any]:
    """A row for each batch produced on the days at the edges of a period, or in several months: what of it counts."""
    b = batch_sum.c
    parts = [_looked_up(period, by, division_prefix, and_(b.beyond, b.spread))]
    edges = list(_edges(period))
    if edges:
        days = or_(*(posting.c.booked_on.between(first, last) for first, last in edges))
        parts.append(_looked_up(period, by, division_prefix, and_(days, ~b.spread)))
    found = union_all(*parts).subquery()
    return select(found)


def account(account: Account) -> ColumnElement[str]:
    """An account written out, so that every plan may use the partial indexes on it."""
    return literal_column(f"'{account}'", posting.c.account.type)


def _parts(period: Period, by: Grouping, division_prefix: str) -> Iterator[Select[Any]]:
    first_whole, after_whole = period.whole_months
    if first_whole < after_whole:
        yield _summed(period, by, division_prefix)
        yield _beyond(period, by, division_prefix)
        if by is not Grouping.MONTH and after_whole <= period.last:
            yield _late(period, by, division_prefix)
    other = other_batches(period, by, division_prefix).subquery()
    yield select(other.c.group, cast(other.c.counted, Numeric).label("counted"))


def _summed(period: Period, by: Grouping, division_prefix: str) -> Select[Any]:
    """Harmless disposal of what whole months produced, until 30 days after the last of them."""
    c = cohort_sum.c
    first_whole, after_whole = period.whole_months
    in_time = c.counted_from <= c.produced_month if by is Grouping.MONTH else c.counted_from < after_whole
    group = group_of(by, c.produced_month)
    query = _sum(group, func.sum(c.origin_units))
    return (
        query.select_from(cohort_sum)
        .join(facility, facility.c.id == c.plant_id)
        .where(c.produced_month >= first_whole, c.produced_month < after_whole, in_time, in_divisions(division_prefix))
        .group_by("group")
    )


def _late(period: Period, by: Grouping, division_prefix: str) -> Select[Any]:
    """Harmless disposal of what whole months produced that is in time only because the period goes on after them."""
    p, b = posting.c, batch_sum.c
    _, after_whole = period.whole_months
    query = _sum(group_of(by, b.produced_on), func.sum(p.origin_units))
    return (
        _of_division(query, division_prefix)
        .join(posting, and_(p.plant_id == facility.c.id, p.origin_id == b.origin_id))
        .where(p.account == account(Account.DISPOSED), p.compliant)
        .where(p.booked_on >= after_whole + _COHORT, p.booked_on <= period.cohort_until, _produced_whole(period))
        .group_by("group")
    )


def _beyond(period: Period, by: Grouping, division_prefix: str) -> Select[Any]:
    """What the sums of whole months hold too much: beyond the production of a batch, or of one that is spread."""
    b = batch_sum.c
    harmless = _harmless(_until(period, by, b.produced_on))
    excess = case((b.spread, harmless), else_=func.greatest(0, harmless - b.produced))
    query = _sum(group_of(by, b.produced_on), -func.sum(excess))
    return _of_division(query, division_prefix).where(b.beyond, _produced_whole(period)).group_by("group")


def _sum(group: ColumnElement[str], units: ColumnElement[Any]) -> Select[Any]:
    columns: list[ColumnElement[Any]] = [group.label("group"), units.label("counted")]
    return select(*columns)


def _of_division(query: Select[Any], division_prefix: str) -> Select[Any]:
    return (
        query.select_from(batch_sum)
        .join(facility, facility.c.id == batch_sum.c.plant_id)
        .where(in_divisions(division_prefix))
    )


def _produced_whole(period: Period) -> ColumnElement[bool]:
    first_whole, after_whole = period.whole_months
    return and_(batch_sum.c.produced_on >= first_whole, batch_sum.c.produced_on < after_whole)


def _looked_up(period: Period, by: Grouping, division_prefix: str, which: ColumnElement[bool]) -> Select[Any]:
    """Batches by the production of theirs that counts in the period, which is looked up in the postings."""
    p, b = posting.c, batch_sum.c
    group, until = group_of(by, p.booked_on), _until(period, by, p.booked_on)
    made = (
        select(group.label("group"), p.origin_id, until.label("until"), (-func.sum(p.origin_units)).label("made"))
        .select_from(posting)
        .join(batch_sum, b.origin_id == p.origin_id)
        .join(facility, facility.c.id == b.plant_id)
        .where(p.account == account(Account.PRODUCED), p.booked_on.between(period.first, period.last))
        .where(which, in_divisions(division_prefix))
        .group_by("group", p.origin_id, "until")
        .subquery()
    )
    counted = func.least(made.c.made, _harmless(made.c.until))
    return (
        select(made.c.group, b.origin_id, func.coalesce(b.produced_on, b.first_on).label("produced_on"))
        .add_columns(counted.label("counted"))
        .select_from(made)
        .join(batch_sum, b.origin_id == made.c.origin_id)
    )


def _edges(period: Period) -> Iterator[tuple[date, date]]:
    """The days of a period that are in no whole month, first and last of a run."""
    first_whole, after_whole = period.whole_months
    if first_whole >= after_whole:
        yield period.first, period.last
        return
    if period.first < first_whole:
        yield period.first, first_whole - _DAY
    if after_whole <= period.last:
        yield after_whole, period.last


def _until(period: Period, by: Grouping, day: ColumnElement[Any]) -> ColumnElement[date]:
    """The last day on which harmless disposal counts for what was produced on a day."""
    if by is not Grouping.MONTH:
        return cast(period.cohort_until, Date)
    month_end = cast(func.date_trunc("month", day) + func.make_interval(0, 1), Date) - 1
    return func.least(month_end, literal(period.last, Date)) + COHORT_DAYS


def _harmless(until: ColumnElement[date]) -> ColumnElement[Any]:
    """Harmless units of a batch by the end of a day: its sum, unless something was booked later than that."""
    p, b = posting.c, batch_sum.c
    looked_up = (
        select(func.coalesce(func.sum(p.origin_units), 0))
        .where(p.origin_id == b.origin_id, p.account == account(Account.DISPOSED), p.compliant, p.booked_on <= until)
        .correlate_except(posting)
        .scalar_subquery()
    )
    return case((b.last_on <= until, b.harmless), else_=looked_up)
