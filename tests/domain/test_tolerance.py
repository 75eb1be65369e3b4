"""Weighed in against weighed out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sludgetrack.domain.tolerance import Difference, Measure, Measured, differences, exceeds

KG = st.integers(1, 999_999)


def test_sixty_kilograms_less_of_sixteen_tonnes_is_usual() -> None:
    (weight,) = differences(Measured(16_460), Measured(16_400))

    assert weight == Difference(Measure.WEIGHT, 16_460, 16_400, exceeds=False)
    assert (weight.amount, weight.permille) == (-60, 4)


def test_three_points_more_moisture_are_too_many_and_so_is_the_dry_mass_they_cost() -> None:
    weight, moisture, dry = differences(Measured(16_460, 8012), Measured(16_460, 8320))

    assert not weight.exceeds
    assert (moisture.amount, moisture.exceeds) == (308, True)
    assert (dry.permille, dry.exceeds) == (155, True)


@pytest.mark.parametrize(
    ("measure", "left", "came", "beyond"),
    [
        (Measure.WEIGHT, 10_000, 10_300, False),
        (Measure.WEIGHT, 10_000, 10_301, True),
        (Measure.WEIGHT, 10_000, 9_699, True),
        (Measure.WEIGHT, 30_000, 30_450, False),
        (Measure.WEIGHT, 30_000, 29_549, True),
        (Measure.MOISTURE, 8_000, 8_250, False),
        (Measure.MOISTURE, 8_000, 8_251, True),
        (Measure.MOISTURE, 8_000, 7_749, True),
        (Measure.DRY, 100, 112, False),
        (Measure.DRY, 100, 113, True),
        (Measure.DRY, 100, 87, True),
    ],
)
def test_the_limit_itself_is_still_within(measure: Measure, left: int, came: int, beyond: bool) -> None:
    assert exceeds(measure, left, came) is beyond


def test_what_was_not_measured_is_not_compared() -> None:
    assert differences(Measured(12_000), Measured()) == ()
    assert [d.measure for d in differences(Measured(12_000, 8000), Measured(12_000))] == [Measure.WEIGHT]


def test_of_nothing_there_is_no_share() -> None:
    assert Difference(Measure.DRY, 0, 5, exceeds=True).permille is None


@given(KG, KG)
def test_what_exceeds_by_weight_also_exceeds_by_more(left: int, came: int) -> None:
    further = came + 1 if came >= left else max(0, came - 1)

    assert not exceeds(Measure.WEIGHT, left, came) or exceeds(Measure.WEIGHT, left, further)
