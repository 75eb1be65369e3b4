"""Sums of a period out of the running sums, against the postings themselves, over histories by chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from random import Random

import pytest
from sqlalchemy import Connection, select, text

from sludgetrack.domain.holdings import Kind
from sludgetrack.domain.mass import Account, Cause, Posting
from sludgetrack.domain.rates import Sums, add, difference
from sludgetrack.services.reporting import Grouping, Period, grouped_sums
from sludgetrack.store.embedded import Cluster
from sludgetrack.store.rates import next_month
from sludgetrack.store.tables.mass import holding, posting
from sludgetrack.store.tables.registry import facility
from tests.domain.book import Book, Entry, Origin
from tests.support.city import FACILITIES, found_city
from tests.support.clock import Clock
from tests.support.place import Place, place_in
from tests.support.random_city import live

SEEDS = (1, 2)
BEGIN = datetime(2026, 1, 20, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module", params=SEEDS)
def place(request: pytest.FixtureRequest, cluster: Cluster) -> Iterator[Place]:
    with place_in(cluster) as place:
        live(found_city(place.engine, Clock(BEGIN)), request.param)
        yield place


@pytest.fixture
def connection(place: Place) -> Iterator[Connection]:
    with place.engine.connect() as connection:
        yield connection


def test_sums_of_any_period_are_those_of_the_postings(connection: Connection) -> None:
    book = read_book(connection)

    for period in periods():
        by_plant, total = grouped_sums(connection, period, Grouping.PLANT)
        expected = shown(book.sums(period.first, period.last))
        assert by_plant == expected, period
        assert total == reduce(add, expected.values(), Sums())
        assert difference(total) == 0


def test_every_grouping_adds_up_to_the_same(connection: Connection) -> None:
    for period in periods():
        by_plant, total = grouped_sums(connection, period, Grouping.PLANT)
        for by, key in ((Grouping.DIVISION, "division"), (Grouping.CITY_CLASS, "city_class")):
            expected: dict[str, Sums] = defaultdict(Sums)
            for plant, sums in by_plant.items():
                group = FACILITIES[plant][key]
                expected[group] = add(expected[group], sums)
            assert grouped_sums(connection, period, by) == (expected, total)
        assert grouped_sums(connection, period, Grouping.TOTAL)[1] == total


def test_each_month_is_what_a_period_of_that_month_is(connection: Connection) -> None:
    for period in periods():
        by_month, total = grouped_sums(connection, period, Grouping.MONTH)
        for part in period.months():
            alone = grouped_sums(connection, part, Grouping.TOTAL)[1]
            assert by_month.get(f"{part.first:%Y-%m}", Sums()) == alone
        assert total == grouped_sums(connection, period, Grouping.TOTAL)[1]


def test_a_question_is_planned_for_its_own_period(connection: Connection) -> None:
    grouped_sums(connection, Period(date(2026, 2, 1), date(2026, 2, 28)), Grouping.TOTAL)

    assert connection.execute(text("SHOW plan_cache_mode")).scalar_one() == "force_custom_plan"


def test_a_history_by_chance_has_something_of_everything(connection: Connection) -> None:
    _, total = grouped_sums(connection, Period(date(2026, 1, 1), date(2026, 12, 31)), Grouping.TOTAL)

    assert total.harmless > 0
    assert total.noncompliant > 0
    assert {"receipt", "return", "final", "lost"} <= total.unaccounted.keys()
    assert 0 < total.estimated < total.produced
    assert 0 < total.cohort < total.produced


@pytest.mark.parametrize(
    ("first", "last", "parts"),
    [
        ("2026-01-31", "2026-01-31", ["2026-01-31 2026-01-31"]),
        ("2026-01-31", "2026-03-01", ["2026-01-31 2026-01-31", "2026-02-01 2026-02-28", "2026-03-01 2026-03-01"]),
        ("2025-12-01", "2026-01-31", ["2025-12-01 2025-12-31", "2026-01-01 2026-01-31"]),
    ],
)
def test_a_period_has_its_calendar_months(first: str, last: str, parts: list[str]) -> None:
    period = Period(date.fromisoformat(first), date.fromisoformat(last))

    assert [f"{part.first} {part.last}" for part in period.months()] == parts


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="2026-01-01 lies before 2026-01-02"):
        Period(date(2026, 1, 2), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("day", "following"), [("2026-01-31", "2026-02-01"), ("2025-12-01", "2026-01-01"), ("2026-02-28", "2026-03-01")]
)
def test_after_a_month_comes_the_next(day: str, following: str) -> None:
    assert next_month(date.fromisoformat(day)) == date.fromisoformat(following)


def periods() -> Iterator[Period]:
    """Some periods around and inside the history, whole months and single days among them."""
    yield Period(date(2025, 1, 1), date(2027, 1, 1))
    yield Period(date(2025, 11, 17), date(2027, 2, 3))
    yield Period(date(2027, 2, 10), date(2028, 3, 5))
    yield Period(date(2026, 2, 1), date(2026, 2, 28))
    chance = Random(7)  # noqa: S311 - periods, not a secret
    for _ in range(12):
        first = date(2026, 1, 10) + timedelta(days=chance.randrange(70))
        yield Period(first, first + timedelta(days=chance.choice((0, 1, 12, 30, 61))))


def shown(by_plant: dict[str, Sums]) -> dict[str, Sums]:
    """As grouped sums leave them: without what is nothing."""
    kept = {
        plant: replace(
            sums,
            disposed={route: amount for route, amount in sums.disposed.items() if any(amount)},
            unaccounted={cause: units for cause, units in sums.unaccounted.items() if units},
        )
        for plant, sums in by_plant.items()
    }
    return {plant: sums for plant, sums in kept.items() if sums != Sums()}


def read_book(connection: Connection) -> Book:
    """Every posting, in the book the domain's tests keep."""
    book = Book()
    codes = {row.id: row.code for row in connection.execute(select(facility.c.id, facility.c.code))}
    names = {row.id: row for row in connection.execute(select(holding))}
    for row in names.values():
        if row.facility_id is not None:
            book.origins[row.name] = Origin(codes[row.facility_id], Kind(row.kind), row.estimated)
    for row in connection.execute(select(posting)):
        made = Posting(
            Account(row.account),
            codes.get(row.facility_id),
            names[row.holding_id].name if row.holding_id is not None else None,
            names[row.origin_id].name,
            row.origin_units,
            row.physical_units,
            row.route,
            Cause(row.cause) if row.cause else None,
            row.compliant,
        )
        book.entries.append(Entry(row.booked_on, row.event_id, made))
    return book
