"""A generated city of 120 days, replayed with the pure functions, against the figures computed for it elsewhere."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

import pytest

from sludgetrack import reference
from sludgetrack.domain.quantities import UNITS_PER_TONNE
from sludgetrack.domain.rates import Sums, add, difference, rate_row
from tests.domain.ledger import Replay, replay
from tests.domain.shared import CITY, needs_city

pytestmark = needs_city

PERIODS = ("2025-01-01", "2025-02-01")
TONNE_TOLERANCE = Decimal("0.002")
POINT_TOLERANCE = Decimal("0.01")
FATE_TOLERANCE = Decimal("0.0000002")


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CITY / "expected.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def city() -> Replay:
    return replay(CITY)


@pytest.mark.parametrize("first", PERIODS)
@pytest.mark.parametrize("grouping", ["by_division", "by_plant", "total"])
def test_every_figure_of_a_period_is_the_expected_one(
    city: Replay, expected: dict[str, Any], first: str, grouping: str
) -> None:
    period = _period(expected, first)
    rows = [period[grouping]] if grouping == "total" else period[grouping]
    groups = _grouped(city, period, grouping)

    assert {row["group"] for row in rows} == set(groups)
    wrong = [fault for row in rows for fault in _faults(row, groups[row["group"]])]
    assert wrong == []


@pytest.mark.parametrize("first", PERIODS)
def test_the_balance_closes_for_every_plant(city: Replay, expected: dict[str, Any], first: str) -> None:
    groups = _grouped(city, _period(expected, first), "by_plant")

    assert {plant: difference(sums) for plant, sums in groups.items()} == dict.fromkeys(groups, 0)


def test_the_fates_of_the_listed_batches_are_the_expected_ones(city: Replay, expected: dict[str, Any]) -> None:
    fates = expected["fates_of_some_batches"]

    assert len(fates) > 20
    assert [fault for batch, told in fates.items() for fault in _fate_faults(batch, told, city.book.fates(batch))] == []


def test_the_fates_of_every_batch_add_up_to_what_it_was_produced_with(city: Replay) -> None:
    left: dict[str, int] = defaultdict(int)
    for entry in city.book.entries:
        left[entry.posting.origin] += entry.posting.origin_units

    assert set(left.values()) == {0}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_within_files_does_not_matter(city: Replay, expected: dict[str, Any], seed: int) -> None:
    shuffled = replay(CITY, shuffled_by=seed)

    for first in PERIODS:
        period = _period(expected, first)
        assert _grouped(shuffled, period, "by_plant") == _grouped(city, period, "by_plant")


def _period(expected: dict[str, Any], first: str) -> dict[str, Any]:
    found: dict[str, Any] = next(period for period in expected["periods"] if period["from"] == first)
    return found


def _grouped(city: Replay, period: Mapping[str, Any], grouping: str) -> dict[str, Sums]:
    by_plant = city.book.sums(date.fromisoformat(period["from"]), date.fromisoformat(period["to"]))
    if grouping == "by_plant":
        return by_plant
    if grouping == "total":
        return {"total": reduce(add, by_plant.values())}
    by_division: dict[str, Sums] = defaultdict(Sums)
    for plant, sums in by_plant.items():
        division = city.divisions[plant]
        by_division[division] = add(by_division[division], sums)
    return by_division


def _faults(told: Mapping[str, Any], sums: Sums) -> Iterator[str]:
    """Every figure of a row that is not within its tolerance."""
    found: Mapping[str, Any] = rate_row(told["group"], sums, reference.routes())
    for name, value in told.items():
        if name == "group":
            continue
        values, mine = (value, found[name]) if isinstance(value, dict) else ({"": value}, {"": found[name]})
        tolerance = POINT_TOLERANCE if "rate" in name or "share" in name else TONNE_TOLERANCE
        for key in {**values, **mine}:
            if not _close(values.get(key), mine.get(key), tolerance):
                yield f"{told['group']} {name} {key}: {mine.get(key)} instead of {values.get(key)}"


def _close(told: str | None, found: str | None, tolerance: Decimal) -> bool:
    if told is None or found is None:
        return told == found
    return abs(Decimal(told) - Decimal(found)) <= tolerance


def _fate_faults(batch: str, told: Mapping[str, str], found: Mapping[str, int]) -> Iterator[str]:
    for fate in {**told, **found}:
        tonnes = Decimal(found.get(fate, 0)) / UNITS_PER_TONNE
        if abs(Decimal(told.get(fate, "0")) - tonnes) > FATE_TOLERANCE:
            yield f"{batch} {fate}: {tonnes} instead of {told.get(fate)}"
