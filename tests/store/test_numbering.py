"""Numbers without gaps: each issued once, given back by a rollback, and none beyond 999,999."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select, text

from sludgetrack import tx
from sludgetrack.domain.errors import NameTaken, NotANumber, NotFound, NumbersExhausted
from sludgetrack.domain.numbers import grouped, parse
from sludgetrack.store import numbering
from sludgetrack.store.directory import Directory, Facility
from sludgetrack.store.tables.registry import reserved_number
from tests.support.city import City

MARCH = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def plant(city: City) -> Facility:
    """The plant whose numbers are taken."""
    with city.engine.connect() as connection:
        return Directory(connection).facility("P01")


def take(engine: Engine, plant: Facility, at: datetime = MARCH) -> str:
    """One number in a unit of work of its own."""
    return tx.run(engine, lambda connection: numbering.take(connection, plant, at).number)


def serial(number: str) -> int:
    return parse(number).serial


def test_a_number_says_year_division_facility_and_serial(engine: Engine, plant: Facility) -> None:
    number = parse(take(engine, plant))

    assert (number.year, number.division, number.facility_number, number.serial) == (2026, "410702", plant.number, 1)


def test_the_year_is_that_of_issue_in_legal_time(engine: Engine, plant: Facility) -> None:
    new_year_in_shanghai = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)

    assert parse(take(engine, plant, new_year_in_shanghai)).year == 2026
    assert parse(take(engine, plant, datetime(2025, 12, 31, 15, 59, tzinfo=UTC))).year == 2025


def test_every_facility_and_every_year_has_a_series_of_its_own(city: City, engine: Engine, plant: Facility) -> None:
    with engine.connect() as connection:
        other = Directory(connection).facility("P02")

    taken = [
        take(engine, plant),
        take(engine, plant),
        take(engine, other),
        take(engine, plant, MARCH.replace(year=2027)),
    ]

    assert [serial(number) for number in taken] == [1, 2, 1, 1]


def test_many_at_once_get_different_numbers_without_gaps(engine: Engine, plant: Facility) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: take(engine, plant), range(40)))

    assert sorted(map(serial, taken)) == list(range(1, 41))


def test_a_rollback_gives_the_number_back(engine: Engine, plant: Facility) -> None:
    with engine.connect() as connection, connection.begin() as unit:
        numbering.take(connection, plant, MARCH)
        unit.rollback()

    assert serial(take(engine, plant)) == 1


def test_several_series_are_taken_at_once(engine: Engine, plant: Facility) -> None:
    take(engine, plant)
    with tx.unit_of_work(engine) as connection:
        blocks = numbering.next_blocks(connection, {(plant.id, 2026): 3, (plant.id, 2025): 2}, {plant.id: plant})

    assert {series: list(map(serial, taken)) for series, taken in blocks.items()} == {
        (plant.id, 2026): [2, 3, 4],
        (plant.id, 2025): [1, 2],
    }


def test_the_last_number_of_a_year_is_999_999(engine: Engine, plant: Facility) -> None:
    use_up(engine, plant, but=1)

    assert serial(take(engine, plant)) == 999_999
    with pytest.raises(NumbersExhausted) as refusal:
        take(engine, plant)
    assert refusal.value.facts == {"facility": "P01", "year": 2026}


def test_a_block_that_does_not_fit_any_more_takes_nothing(engine: Engine, plant: Facility) -> None:
    use_up(engine, plant, but=2)

    with pytest.raises(NumbersExhausted), tx.unit_of_work(engine) as connection:
        numbering.next_numbers(connection, plant, 2026, 3)

    assert serial(take(engine, plant)) == 999_998


def test_a_paper_number_is_used_once(city: City, engine: Engine, plant: Facility) -> None:
    number, code = a_paper_number(city)

    with tx.unit_of_work(engine) as connection:
        assert numbering.take(connection, plant, MARCH, grouped(number)) == numbering.Taken(number, code)
    with pytest.raises(NotFound) as refusal, tx.unit_of_work(engine) as connection:
        numbering.take(connection, plant, MARCH, number)
    assert refusal.value.facts == {"kind": "reserved_number", "name": grouped(number)}


def test_a_paper_number_is_the_facilitys_it_was_handed_out_at(city: City, engine: Engine) -> None:
    number, _ = a_paper_number(city)

    with engine.connect() as connection, pytest.raises(NotFound):
        numbering.take(connection, Directory(connection).facility("P02"), MARCH, number)


def test_a_mistyped_paper_number_is_told_from_an_unknown_one(engine: Engine, plant: Facility) -> None:
    with engine.connect() as connection, pytest.raises(NotANumber):
        numbering.take(connection, plant, MARCH, "2026 4107 0200 1000 001-0")


def test_an_external_number_is_given_once_by_a_facility(city: City, engine: Engine, plant: Facility) -> None:
    city.issue(external_number="XX-7")

    with engine.connect() as connection:
        numbering.require_external_free(connection, plant, "XX-8")
        numbering.require_external_free(connection, plant, None)
        numbering.require_external_free(connection, Directory(connection).facility("P02"), "XX-7")
        with pytest.raises(NameTaken):
            numbering.require_external_free(connection, plant, "XX-7")


def use_up(engine: Engine, plant: Facility, *, but: int) -> None:
    with tx.unit_of_work(engine) as connection:
        values = {"facility": plant.id, "last": 999_999 - but}
        connection.execute(text("INSERT INTO number_counter VALUES (:facility, 2026, :last)"), values)


def a_paper_number(city: City) -> tuple[str, str]:
    city.hand_out_numbers(1)
    with city.engine.connect() as connection:
        row = connection.execute(select(reserved_number)).one()
    return row.number, row.public_code
