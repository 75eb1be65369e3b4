"""The postings behind a figure of a balance, by event or by batch, in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, cast, func, select, tuple_

from sludgetrack.domain.holdings import Kind
from sludgetrack.domain.mass import STOCK_ACCOUNTS, Account
from sludgetrack.store.rates import Grouping, Period, cohort_batches, group_of_plant, in_divisions
from sludgetrack.store.tables.mass import holding, posting
from sludgetrack.store.tables.registry import facility

_ORIGIN = holding.alias("origin")
_UNITS = posting.c.origin_units.type


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
        wanted: list[ColumnElement[bool]] = [p.account == str(self.account)]
        if self.compliant is not None:
            wanted.append(p.compliant.is_(self.compliant))
        if self.routes is not None:
            wanted.append(p.route.in_(sorted(self.routes)))
        if self.cause is not None:
            wanted.append(p.cause == self.cause)
        if self.estimated:
            wanted.append(_ORIGIN.c.estimated)
        return wanted


def events(
    connection: Connection, flowing: Flowing, period: Period, plants: Plants, *, after: EventPlace | None, limit: int
) -> list[EventUnits]:
    """The events of a period that move units of a figure, by the day they count on."""
    p = posting.c
    units = cast(flowing.sign * func.sum(p.origin_units), _UNITS)
    query = (
        _of_plants(select(p.event_id, p.booked_on, units), plants)
        .where(p.booked_on.between(period.first, period.last), p.origin_units != 0, *flowing.condition())
        .group_by(p.booked_on, p.event_id)
        .order_by(p.booked_on, p.event_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(p.booked_on, p.event_id) > (after.booked_on, after.event_id))
    return [EventUnits(*row) for row in connection.execute(query)]


def stock(connection: Connection, until: date, plants: Plants, *, after: str, limit: int) -> Sequence[BatchUnits]:
    """What was in stock of each batch at the end of a day, batches with nothing left out."""
    p = posting.c
    units = func.sum(p.origin_units)
    query = (
        _of_plants(select(_ORIGIN.c.name, cast(units, _UNITS)), plants)
        .where(p.booked_on <= until, p.account.in_([str(account) for account in STOCK_ACCOUNTS]))
        .where(_ORIGIN.c.name > after)
        .group_by(_ORIGIN.c.name)
        .having(units != 0)
        .order_by(_ORIGIN.c.name)
        .limit(limit)
    )
    return [BatchUnits(*row) for row in connection.execute(query)]


def cohort(connection: Connection, period: Period, plants: Plants, *, after: str, limit: int) -> Sequence[BatchUnits]:
    """What counts of each batch produced in the period as harmlessly disposed of in time."""
    batches = cohort_batches(period, plants.by, plants.division_prefix).subquery()
    query = (
        select(_ORIGIN.c.name, cast(batches.c.counted, _UNITS))
        .join(_ORIGIN, _ORIGIN.c.id == batches.c.origin_id)
        .where(_ORIGIN.c.name > after, batches.c.counted != 0)
        .order_by(_ORIGIN.c.name)
        .limit(limit)
    )
    if plants.group is not None:
        query = query.where(batches.c.group == plants.group)
    return [BatchUnits(*row) for row in connection.execute(query)]


def _of_plants(query: Select[Any], plants: Plants) -> Select[Any]:
    p = posting.c
    query = (
        query.select_from(posting)
        .join(_ORIGIN, _ORIGIN.c.id == p.origin_id)
        .join(facility, facility.c.id == p.plant_id)
        .where(_ORIGIN.c.kind == str(Kind.PLANT_SLUDGE), in_divisions(plants.division_prefix))
    )
    return query if plants.group is None else query.where(group_of_plant(plants.by) == plants.group)
