"""Every figure opens into the events or batches whose units add up to it, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection

from sludgetrack import reference
from sludgetrack.domain.events import EventType
from sludgetrack.domain.rates import Sums, landfilled
from sludgetrack.services.figures import BATCH_FIGURES, Asked, Figure, open_batches, open_events
from sludgetrack.services.reporting import Grouping, Period, grouped_sums
from sludgetrack.store.embedded import Cluster
from tests.support.city import found_city
from tests.support.clock import Clock
from tests.support.place import Place, place_in
from tests.support.random_city import live

PERIOD = Period(date(2026, 1, 25), date(2026, 2, 20))


@pytest.fixture(scope="module")
def place(cluster: Cluster) -> Iterator[Place]:
    with place_in(cluster) as place:
        live(found_city(place.engine, Clock(datetime(2026, 1, 20, 1, 0, tzinfo=UTC))), 3)
        yield place


@pytest.fixture
def connection(place: Place) -> Iterator[Connection]:
    with place.engine.connect() as connection:
        yield connection


@pytest.mark.parametrize("by", [g for g in Grouping if g is not Grouping.ROUTE])
@pytest.mark.parametrize("figure", Figure)
def test_what_a_figure_opens_into_adds_up_to_it(connection: Connection, by: Grouping, figure: Figure) -> None:
    groups, total = grouped_sums(connection, PERIOD, by)

    for group, sums in [*groups.items(), (None, total)]:
        for detail, units in figures(sums, figure):
            asked = Asked(figure, PERIOD, detail, by, group)
            assert opened(connection, asked) == units, (group, detail)


def test_a_route_opens_by_what_was_compliant_and_what_was_not(connection: Connection) -> None:
    _, total = grouped_sums(connection, PERIOD, Grouping.ROUTE)

    for route, amount in total.disposed.items():
        told = [
            opened(connection, Asked(figure, PERIOD, by=Grouping.ROUTE, group=route))
            for figure in (Figure.HARMLESS, Figure.NONCOMPLIANT, Figure.BY_ROUTE)
        ]
        assert told == [amount.compliant, amount.noncompliant, sum(amount)]


def test_landfill_of_a_route_that_is_none_is_nothing(connection: Connection) -> None:
    assert opened(connection, Asked(Figure.LANDFILLED, PERIOD, by=Grouping.ROUTE, group="I1")) == 0


def test_a_line_says_what_happened_where_and_when(connection: Connection) -> None:
    page = open_events(connection, Asked(Figure.PRODUCED, PERIOD), limit=1)

    line = page.lines[0]
    assert (line.type, str(line.stream)) == (EventType.PRODUCED, "facility:P01")
    assert line.booked_on >= PERIOD.first
    assert line.occurred_at.tzinfo is UTC


def test_a_division_without_plants_has_nothing_behind_it(connection: Connection) -> None:
    assert open_events(connection, Asked(Figure.PRODUCED, PERIOD, division_prefix="22")).lines == []


@pytest.mark.parametrize("cursor", ["x", "2026-01-25", "2026-13-01/x"])
def test_a_cursor_nobody_gave_out_is_refused(connection: Connection, cursor: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        open_events(connection, Asked(Figure.PRODUCED, PERIOD), cursor=cursor)


def test_a_month_outside_the_period_is_refused(connection: Connection) -> None:
    with pytest.raises(ValueError, match="2027-01 lies outside the period"):
        open_events(connection, Asked(Figure.PRODUCED, PERIOD, by=Grouping.MONTH, group="2027-01"))


def figures(sums: Sums, figure: Figure) -> Iterator[tuple[str, int]]:
    """A figure of a row by the details it may be asked with, and its units."""
    routes = reference.routes()
    if figure is Figure.BY_ROUTE:
        yield from ((route, sum(amount)) for route, amount in sums.disposed.items())
        return
    if figure is Figure.UNACCOUNTED:
        yield from sums.unaccounted.items()
    narrow = sum(a.compliant for route, a in sums.disposed.items() if routes[route].resource_narrow)
    broad = sum(a.compliant for route, a in sums.disposed.items() if routes[route].resource_broad)
    whole = {
        Figure.PRODUCED: sums.produced,
        Figure.ESTIMATED: sums.estimated,
        Figure.HARMLESS: sums.harmless,
        Figure.NONCOMPLIANT: sums.noncompliant,
        Figure.LANDFILLED: landfilled(sums, routes),
        Figure.RESOURCE: narrow,
        Figure.RESOURCE_BROAD: broad,
        Figure.UNACCOUNTED: sums.missing,
        Figure.OPENING_STOCK: sums.opening,
        Figure.CLOSING_STOCK: sums.closing,
        Figure.COHORT: sums.cohort,
    }
    yield "", whole[figure]


def opened(connection: Connection, asked: Asked) -> int:
    """The units of all pages together; no line comes twice."""
    ids: list[str] = []
    units, cursor = 0, ""
    while True:
        if asked.figure in BATCH_FIGURES:
            batches = open_batches(connection, asked, cursor=cursor, limit=3)
            ids += [line.batch for line in batches.lines]
            units += sum(line.units for line in batches.lines)
            following = batches.next
        else:
            events = open_events(connection, asked, cursor=cursor, limit=3)
            ids += [line.event_id for line in events.lines]
            units += sum(line.units for line in events.lines)
            following = events.next
        if following is None:
            assert len(set(ids)) == len(ids)
            return units
        cursor = following
