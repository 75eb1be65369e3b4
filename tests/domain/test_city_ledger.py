"""A generated city of 120 days, replayed with the pure functions, against the figures computed for it elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import reduce
from typing import Any

import pytest

from sludgetrack import reference
from sludgetrack.domain.rates import Sums, add, difference, rate_row
from tests.domain.expected import (
    GROUPINGS,
    PERIODS,
    Expected,
    fate_faults,
    faults,
    period_of,
    read_expected,
    rows_of,
)
from tests.domain.ledger import Replay, replay
from tests.domain.shared import CITY, needs_city

pytestmark = needs_city


@pytest.fixture(scope="module")
def expected() -> Expected:
    return read_expected()


@pytest.fixture(scope="module")
def city() -> Replay:
    return replay(CITY)


@pytest.mark.parametrize("first", PERIODS)
@pytest.mark.parametrize("grouping", GROUPINGS)
def test_every_figure_of_a_period_is_the_expected_one(
    city: Replay, expected: Expected, first: str, grouping: str
) -> None:
    period = period_of(expected, first)
    groups = _grouped(city, period, grouping)
    found = {group: rate_row(group, sums, reference.routes()) for group, sums in groups.items()}

    rows = rows_of(period, grouping)
    assert {row["group"] for row in rows} == set(found)
    assert [fault for row in rows for fault in faults(row, found[row["group"]])] == []


@pytest.mark.parametrize("first", PERIODS)
def test_the_balance_closes_for_every_plant(city: Replay, expected: Expected, first: str) -> None:
    groups = _grouped(city, period_of(expected, first), "by_plant")

    assert {plant: difference(sums) for plant, sums in groups.items()} == dict.fromkeys(groups, 0)


def test_the_fates_of_the_listed_batches_are_the_expected_ones(city: Replay, expected: Expected) -> None:
    fates = expected["fates_of_some_batches"]

    assert len(fates) > 20
    assert [fault for batch, told in fates.items() for fault in fate_faults(batch, told, city.book.fates(batch))] == []


def test_the_fates_of_every_batch_add_up_to_what_it_was_produced_with(city: Replay) -> None:
    left: dict[str, int] = defaultdict(int)
    for entry in city.book.entries:
        left[entry.posting.origin] += entry.posting.origin_units

    assert set(left.values()) == {0}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_within_files_does_not_matter(city: Replay, expected: Expected, seed: int) -> None:
    shuffled = replay(CITY, shuffled_by=seed)

    for first in PERIODS:
        period = period_of(expected, first)
        assert _grouped(shuffled, period, "by_plant") == _grouped(city, period, "by_plant")


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
