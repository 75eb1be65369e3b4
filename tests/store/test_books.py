"""The mass book of a unit of work: what is written is read again, sums follow, nothing is written before its time."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import Date, Engine, Table, cast, func, select

from sludgetrack import tx
from sludgetrack.domain.mass import Account
from sludgetrack.store.books import Books
from sludgetrack.store.directory import Directory
from sludgetrack.store.tables.mass import day_sum, holding, month_sum, posting, share, year_sum
from tests.support.city import City


@pytest.fixture
def lived(city: City) -> City:
    """A city that produced on two days, sent a load away, got a part of it back and burned some."""
    city.produce("B1", 20_000)
    city.clock.forward(days=40)
    city.produce("B2", 20_000, moisture_bp=None)
    number = city.issue()
    city.load(number)
    city.clock.forward(hours=1)
    city.receive(number, 11_900, accepted_kg=9_000)
    city.take_back(number, 2_850)
    city.dispose(number, 8_000, final=False)
    return city


def books_of(connection: object) -> Books:
    return Books(connection, Directory(connection))  # type: ignore[arg-type]


def test_the_postings_of_every_event_cancel_out_in_both_measures(lived: City, engine: Engine) -> None:
    p = posting.c
    with engine.connect() as connection:
        sums = connection.execute(
            select(p.event_id, func.sum(p.origin_units), func.sum(p.physical_units)).group_by(p.event_id)
        ).all()

    assert {(int(origin), int(physical)) for _, origin, physical in sums} == {(0, 0)}
    assert len(sums) == 6


def test_what_is_left_of_a_holding_is_what_its_postings_add_up_to(lived: City, engine: Engine) -> None:
    with engine.connect() as connection:
        rows = connection.execute(
            select(
                holding.c.physical_left,
                holding.c.origin_left,
                func.sum(posting.c.physical_units),
                func.sum(posting.c.origin_units),
            )
            .join(posting, posting.c.holding_id == holding.c.id)
            .group_by(holding.c.id)
        ).all()

    assert len(rows) == 4
    assert all((physical, origin) == (int(p), int(o)) for physical, origin, p, o in rows)


def test_the_shares_of_a_holding_add_up_to_its_origin(lived: City, engine: Engine) -> None:
    with engine.connect() as connection:
        query = select(holding.c.origin_left, func.sum(share.c.left)).group_by(holding.c.id)
        rows = connection.execute(query.join(share, share.c.holding_id == holding.c.id)).all()

    assert all(left == int(shares) for left, shares in rows)


def test_sums_by_day_are_those_of_the_postings(lived: City, engine: Engine) -> None:
    with engine.connect() as connection:
        rows = connection.execute(select(posting)).all()
        stored = connection.execute(select(day_sum)).all()

    booked: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        detail = row.route or row.cause or ("estimated" if row.estimated else "")
        booked[row.plant_id, row.booked_on, row.account, detail, bool(row.compliant)] += row.origin_units
    assert {(s.plant_id, s.day, s.account, s.detail, s.compliant): s.origin_units for s in stored} == dict(booked)


@pytest.mark.parametrize(("sums", "period"), [(month_sum, "month"), (year_sum, "year")])
def test_sums_by_month_and_year_are_those_of_the_days(lived: City, engine: Engine, sums: Table, period: str) -> None:
    d, longer = day_sum.c, sums.c
    since = cast(func.date_trunc(period, d.day), Date)
    with engine.connect() as connection:
        days = connection.execute(
            select(since, d.account, d.detail, func.sum(d.origin_units)).group_by(since, d.account, d.detail)
        ).all()
        stored = connection.execute(select(longer[period], longer.account, longer.detail, longer.origin_units)).all()

    assert sorted((a, b, c, int(u)) for a, b, c, u in days) == sorted(map(tuple, stored))
    assert {since for since, *_ in stored} == {
        "month": {date(2026, 3, 1), date(2026, 4, 1)},
        "year": {date(2026, 1, 1)},
    }[period]


def test_a_holding_is_read_as_it_was_written(lived: City, engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        b1 = books_of(connection).holding("B1", Account.PLANT_STOCK)

    assert b1 is not None
    assert (b1.facility, b1.wet_kg, b1.moisture_bp, b1.estimated) == ("P01", 20_000, 8_000, False)
    assert b1.made == {"B1": 40_000_000}
    assert b1.left == {"B1": b1.physical_left}
    assert b1.day == date(2026, 3, 2)


def test_what_nobody_made_is_not_found(lived: City, engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        books = books_of(connection)

        assert books.holding("B9", Account.PLANT_STOCK) is None
        assert books.holding("B1", Account.SITE_STOCK) is None


def test_the_oldest_stock_that_covers_a_load_is_read_and_the_newest_holding(city: City, engine: Engine) -> None:
    for n in range(5):
        city.produce(f"B{n}", 10_000)
        city.clock.forward(days=1)

    with tx.unit_of_work(engine) as connection:
        books = books_of(connection)
        lying = books.lying(books.facility("P01"), 30_000_000)

    assert {each.id for each in lying} == {"B0", "B1", "B4"}


def test_a_load_is_known_to_come_from_its_batches(lived: City, engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        name = connection.scalars(select(holding.c.name).where(holding.c.account == "transit")).one()
        books = books_of(connection)
        books.read_named([name])

        draws = books.draws(name)

    assert [(draw.holding, draw.origin, draw.origin_units) for draw in draws] == [("B1", "B1", 24_000_000)]


def test_what_is_made_later_is_younger(lived: City, engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        books = books_of(connection)
        stamps = [books.stamp(date(2026, 3, 2)) for _ in range(70)]
        before = connection.execute(select(func.max(holding.c.ord))).scalar_one()

    assert stamps == sorted(stamps)
    assert len(set(stamps)) == 70
    assert stamps[0].order > before


def test_the_divisions_of_all_producing_plants_of_a_lot_are_known(lived: City, engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        name = connection.scalars(select(holding.c.name).where(holding.c.account == "site_stock")).one()
        books = books_of(connection)
        lot = books.holding(name, Account.SITE_STOCK)

        assert lot is not None
        assert books.origins_of(lot) == {"B1": "410702"}
