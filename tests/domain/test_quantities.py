"""Masses and moisture: decimal text in, integers inside, decimal text out, rounded once."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sludgetrack.domain.quantities import (
    NotAQuantity,
    bp_from_percent,
    divide_half_even,
    dry_units,
    kg_from_tonnes,
    percent_from_bp,
    percent_of,
    t80_from_units,
    tonnes_from_kg,
    tonnes_from_units,
)


@given(st.integers(0, 10**9 - 1))
def test_kilograms_are_written_and_read_as_tonnes(kg: int) -> None:
    assert kg_from_tonnes(tonnes_from_kg(kg)) == kg


@given(st.integers(0, 10_000))
def test_basis_points_are_written_and_read_as_percent(bp: int) -> None:
    assert bp_from_percent(percent_from_bp(bp)) == bp


@pytest.mark.parametrize(("text", "kg"), [("16.46", 16_460), ("16.460", 16_460), ("0", 0), ("7", 7_000), ("0.001", 1)])
def test_tonnes_have_up_to_three_decimals(text: str, kg: int) -> None:
    assert kg_from_tonnes(text) == kg


@pytest.mark.parametrize("text", ["", "1.2345", "-1", "+1", "1e3", "1,5", "１６", ".5", "5.", "NaN", "1 ", "1\n"])
def test_any_other_text_is_no_mass(text: str) -> None:
    with pytest.raises(NotAQuantity) as refusal:
        kg_from_tonnes(text)

    assert refusal.value.text == text


@pytest.mark.parametrize("text", ["", "100.01", "80.123", "-1", "80%", "101", "1e1"])
def test_moisture_lies_between_0_and_100_percent(text: str) -> None:
    with pytest.raises(NotAQuantity):
        bp_from_percent(text)


def test_dry_solids_are_exact() -> None:
    assert dry_units(16_460, 8_013) == 32_706_020
    assert tonnes_from_units(32_706_020, 7) == "3.2706020"


@given(st.integers(0, 10**8), st.integers(0, 10_000), st.integers(0, 10**8))
def test_dry_solids_of_parts_add_up_to_those_of_the_whole(one_kg: int, moisture_bp: int, other_kg: int) -> None:
    assert dry_units(one_kg, moisture_bp) + dry_units(other_kg, moisture_bp) == dry_units(
        one_kg + other_kg, moisture_bp
    )


@pytest.mark.parametrize(
    ("units", "shown"),
    [(0, "0.000"), (5_000, "0.000"), (15_000, "0.002"), (-15_000, "-0.002"), (-4_000, "0.000"), (9_999_999, "1.000")],
)
def test_tonnes_are_rounded_half_to_even_and_never_minus_zero(units: int, shown: str) -> None:
    assert tonnes_from_units(units) == shown


def test_five_tonnes_at_80_percent_hold_one_of_dry_solids() -> None:
    assert t80_from_units(10_000_000) == "5.000"


def test_no_percentage_is_given_of_nothing() -> None:
    assert percent_of(5, 0) is None


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**15))
def test_a_percentage_is_rounded_once(part: int, whole: int) -> None:
    exact = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_EVEN)

    assert Decimal(percent_of(part, whole) or "") == exact


@given(st.integers(-(10**20), 10**20), st.integers(-(10**10), 10**10).filter(bool))
def test_division_rounds_to_the_nearest_and_ties_to_even(numerator: int, denominator: int) -> None:
    quotient = divide_half_even(numerator, denominator)
    off = abs(numerator - quotient * denominator) * 2

    assert off < abs(denominator) or (off == abs(denominator) and quotient % 2 == 0)
