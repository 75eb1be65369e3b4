"""What stands out among plants: held against each other, as the real returns of a country show."""

from __future__ import annotations

import csv

import pytest

from sludgetrack.domain.oddities import Odd, PlantFigures, median, stand_out
from tests.domain.shared import SHARED

T = 10_000_000
"""A dry tonne."""
YEAR = 365


def plant(code: str = "P", **figures: int) -> PlantFigures:
    """A plant with figures in dry tonnes; capacity in t80 a day."""
    units = {name: tonnes * T for name, tonnes in figures.items() if name != "capacity"}
    capacity = figures["capacity"] * 1000 if "capacity" in figures else None
    flows = {"produced": 0, "opening": 0, "disposed": 0, "unaccounted": 0, **units}
    return PlantFigures(code=code, name=code, capacity=capacity, **flows)


def odd(*plants: PlantFigures) -> list[tuple[Odd, str]]:
    return [(one.odd, one.plant.code) for one in stand_out(plants, YEAR)]


def test_nothing_stands_out_where_everything_adds_up() -> None:
    assert odd(plant(produced=100, disposed=100), plant("Q", produced=50, opening=10, disposed=55)) == []


def test_one_return_far_beyond_all_others_stands_out() -> None:
    usual = [plant(f"P{n}", produced=100, disposed=100) for n in range(20)]

    assert odd(*usual, plant("SLIP", produced=100_000, disposed=100_000)) == [(Odd.RETURN, "SLIP")]


def test_the_large_plant_of_a_small_city_is_no_slip() -> None:
    assert odd(plant("BIG", produced=9_000, disposed=9_000), plant("SMALL", produced=10, disposed=10)) == []


def test_pressing_more_than_twice_the_capacity_stands_out_even_alone() -> None:
    # 10 t80 a day are 2 t dry a day
    assert odd(plant(produced=1_400, disposed=1_400, capacity=10)) == []
    assert odd(plant(produced=1_500, disposed=1_500, capacity=10)) == [(Odd.RETURN, "P")]


@pytest.mark.parametrize(("disposed", "found"), [(105, []), (106, [(Odd.MANAGED_MORE, "P")])])
def test_managing_more_than_there_was_stands_out_beyond_five_percent(
    disposed: int, found: list[tuple[Odd, str]]
) -> None:
    assert odd(plant(produced=90, opening=10, disposed=disposed)) == found


@pytest.mark.parametrize(("missing", "found"), [(2, []), (3, [Odd.UNACCOUNTED]), (-3, [Odd.UNACCOUNTED])])
def test_unaccounted_mass_either_way_stands_out_beyond_two_percent(missing: int, found: list[Odd]) -> None:
    assert [kind for kind, _code in odd(plant(produced=100, disposed=90, unaccounted=missing))] == found


def test_the_most_at_stake_comes_first() -> None:
    found = stand_out([plant("A", disposed=5), plant("B", disposed=50)], YEAR)

    assert [(one.plant.code, one.units) for one in found] == [("B", 50 * T), ("A", 5 * T)]


def test_the_median_is_of_those_that_produced() -> None:
    assert median([plant(produced=0), plant(produced=1), plant(produced=3), plant(produced=9)]) == 3 * T
    assert median([]) == 0


RETURNS = SHARED / "data" / "epa_biosolids_2022.csv"


@pytest.mark.skipif(not RETURNS.exists(), reason=f"no real returns at {RETURNS}")
def test_the_slip_and_those_who_managed_too_much_stand_out_of_a_country_s_real_returns() -> None:
    with RETURNS.open(encoding="utf-8") as file:
        plants = [_returned(row) for row in csv.DictReader(file)]

    found = stand_out(plants, YEAR)

    assert (found[0].odd, found[0].plant.name, found[0].share) == (Odd.RETURN, "CITY OF EASTLAND WWTF", 19)
    assert [one.plant.name for one in found if one.odd is Odd.RETURN] == ["CITY OF EASTLAND WWTF"]
    more = [one.plant for one in found if one.odd is Odd.MANAGED_MORE]
    assert (sum(1 for one in more if one.produced), sum(1 for one in more if not one.produced)) == (194, 7)


def _returned(row: dict[str, str]) -> PlantFigures:
    def units(name: str) -> int:
        return round(float(row[name] or 0) * 1000) * (T // 1000)

    ways = ("land_applied", "surface_disposal", "incinerated", "other")
    return PlantFigures(
        code=row["npdes_id"],
        name=row["name"],
        produced=units("generated"),
        opening=0,
        disposed=sum(units(way) for way in ways),
        unaccounted=0,
    )
