"""Opening a figure of a balance: the events, or the batches, whose units add up to it exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from sqlalchemy import Connection

from sludgetrack.domain.events import EventType, Stream
from sludgetrack.domain.mass import Account, Cause
from sludgetrack.domain.routes import Route
from sludgetrack.store import figures as store
from sludgetrack.store import rules, scan
from sludgetrack.store.figures import BatchUnits, EventPlace, Flowing, Plants
from sludgetrack.store.rates import Grouping, Period

Line = TypeVar("Line")

MOST_AT_ONCE = 200


class Figure(StrEnum):
    """The figures of a row that can be opened; those of stock and the cohort open into batches, others into events."""

    PRODUCED = "produced"
    ESTIMATED = "estimated"
    HARMLESS = "harmless"
    NONCOMPLIANT = "noncompliant"
    LANDFILLED = "landfilled"
    RESOURCE = "resource"
    RESOURCE_BROAD = "resource_broad"
    BY_ROUTE = "by_route"
    UNACCOUNTED = "unaccounted"
    OPENING_STOCK = "opening_stock"
    CLOSING_STOCK = "closing_stock"
    COHORT = "cohort"


BATCH_FIGURES = frozenset((Figure.OPENING_STOCK, Figure.CLOSING_STOCK, Figure.COHORT))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figure: of what period, of the row ``group`` of a grouping (None: of the total).

    ``detail`` is the route of ``by_route``; of ``unaccounted``, the cause, or "" for all causes.
    """

    figure: Figure
    period: Period
    detail: str = ""
    by: Grouping = Grouping.TOTAL
    group: str | None = None
    division_prefix: str = ""


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event behind a figure: in whose stream it stands, when it happened and counts, and its origin units."""

    event_id: str
    type: EventType
    stream: Stream
    occurred_at: datetime
    booked_on: date
    units: int


@dataclass(frozen=True, slots=True)
class Page(Generic[Line]):
    """A part of the lines, and where the next part begins; None at the end."""

    lines: list[Line]
    next: str | None


def open_events(connection: Connection, asked: Asked, *, cursor: str = "", limit: int = 50) -> Page[EventLine]:
    """The events behind a figure of what flowed, oldest first. Raises ValueError for a cursor nobody gave out.

    A figure of stock or the cohort has batches behind it instead: ``open_batches``.
    """
    routes = rules.tables(connection).routes(asked.period.last)
    asked = _narrowed(asked)
    flowing = _flowing(asked, routes)
    wanted = min(limit, MOST_AT_ONCE)
    found = store.events(connection, flowing, asked.period, _plants(asked), after=_place(cursor), limit=wanted + 1)
    page = found[:wanted]
    headers = scan.headers(connection, [line.event_id for line in page])
    lines = [
        EventLine(line.event_id, header.type, header.stream, header.occurred_at, line.booked_on, line.units)
        for line in page
        for header in (headers[line.event_id],)
    ]
    end = f"{page[-1].booked_on}/{page[-1].event_id}" if len(found) > wanted else None
    return Page(lines, end)


def open_batches(connection: Connection, asked: Asked, *, cursor: str = "", limit: int = 50) -> Page[BatchUnits]:
    """The batches behind a figure of stock or the cohort, the oldest first. Raises ValueError as ``open_events``."""
    asked = _narrowed(asked)
    wanted = min(limit, MOST_AT_ONCE)
    plants = _plants(asked)
    if asked.figure is Figure.COHORT:
        found = store.cohort(connection, asked.period, plants, after=cursor, limit=wanted + 1)
    else:
        opening = asked.figure is Figure.OPENING_STOCK
        until = asked.period.first - timedelta(days=1) if opening else asked.period.last
        found = store.stock(connection, until, plants, after=cursor, limit=wanted + 1)
    page = list(found[:wanted])
    return Page(page, page[-1].batch if len(found) > wanted else None)


def _narrowed(asked: Asked) -> Asked:
    """The same figure without grouping by month or route: a month is a shorter period, a route a detail."""
    if asked.group is None or asked.by not in {Grouping.MONTH, Grouping.ROUTE, Grouping.TOTAL}:
        return asked
    period, detail = asked.period, asked.detail
    if asked.by is Grouping.MONTH:
        period = _month(asked.period, asked.group)
    elif asked.by is Grouping.ROUTE:
        detail = asked.group
    return replace(asked, period=period, detail=detail, by=Grouping.TOTAL, group=None)


def _month(period: Period, name: str) -> Period:
    for part in period.months():
        if f"{part.first:%Y-%m}" == name:
            return part
    raise ValueError(f"{name} lies outside the period")


def _plants(asked: Asked) -> Plants:
    return Plants(asked.division_prefix, asked.by, asked.group)


def _flowing(asked: Asked, routes: Mapping[str, Route]) -> Flowing:
    """The postings a figure sums; flags of routes are those of the last day of the period of its table."""
    if asked.figure is Figure.UNACCOUNTED:
        return Flowing(Account.UNACCOUNTED, cause=str(Cause(asked.detail)) if asked.detail else None)
    if asked.figure is Figure.BY_ROUTE:
        return Flowing(Account.DISPOSED, routes=frozenset((asked.detail,)))
    flowing = _FLOWS[asked.figure]
    if asked.figure in _FLAGS:
        flagged = frozenset(code for code, route in routes.items() if getattr(route, _FLAGS[asked.figure]))
        flowing = replace(flowing, routes=flagged)
    if asked.detail and flowing.account is Account.DISPOSED:
        kept = flowing.routes or {asked.detail}
        return replace(flowing, routes=frozenset((asked.detail,)) & kept)
    return flowing


_FLOWS: Mapping[Figure, Flowing] = {
    Figure.PRODUCED: Flowing(Account.PRODUCED, sign=-1),
    Figure.ESTIMATED: Flowing(Account.PRODUCED, sign=-1, estimated=True),
    Figure.HARMLESS: Flowing(Account.DISPOSED, compliant=True),
    Figure.NONCOMPLIANT: Flowing(Account.DISPOSED, compliant=False),
    Figure.LANDFILLED: Flowing(Account.DISPOSED),
    Figure.RESOURCE: Flowing(Account.DISPOSED, compliant=True),
    Figure.RESOURCE_BROAD: Flowing(Account.DISPOSED, compliant=True),
}
_FLAGS: Mapping[Figure, str] = {
    Figure.LANDFILLED: "landfill",
    Figure.RESOURCE: "resource_narrow",
    Figure.RESOURCE_BROAD: "resource_broad",
}
"""Figures of the routes with a flag."""


def _place(cursor: str) -> EventPlace | None:
    if not cursor:
        return None
    day, _, event_id = cursor.partition("/")
    if not event_id:
        raise ValueError(f"{cursor!r} is no place in a list of events")
    return EventPlace(date.fromisoformat(day), event_id)
