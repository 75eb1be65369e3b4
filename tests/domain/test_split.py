from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sludgetrack.domain.split import rescale, split

UNITS = st.integers(-(10**15), 10**15)
WEIGHTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 10**12), min_size=1, max_size=12)
ANY_WEIGHTS = st.dictionaries(st.text("abcdef", max_size=2), st.integers(-50, 50), min_size=1, max_size=8)


def test_units_left_over_go_to_the_largest_remainders() -> None:
    assert split(10, {"a": 1, "b": 1, "c": 5}) == {"a": 2, "b": 1, "c": 7}


def test_a_tie_goes_to_the_smaller_id() -> None:
    assert split(1, {"b": 1, "a": 1}) == {"b": 0, "a": 1}


def test_a_negative_total_is_split_as_its_absolute_value() -> None:
    assert split(-10, {"a": 1, "b": 1, "c": 5}) == {"a": -2, "b": -1, "c": -7}


def test_weights_that_cancel_out_share_equally() -> None:
    assert split(5, {"a": 0, "b": 0}) == {"a": 3, "b": 2}


def test_units_without_anybody_to_take_them_are_an_error() -> None:
    with pytest.raises(ValueError, match="nobody"):
        split(1, {})


def test_nothing_shared_among_nobody_is_nothing() -> None:
    assert split(0, {}) == {}


@given(UNITS, WEIGHTS)
def test_a_split_adds_up_and_is_never_a_unit_away_from_its_proportion(total: int, weights: Mapping[str, int]) -> None:
    shares = split(total, weights)
    whole = sum(weights.values())

    assert sum(shares.values()) == total
    assert shares.keys() == weights.keys()
    if whole:
        assert all(abs(shares[key] * whole - total * weight) < whole for key, weight in weights.items())


@given(UNITS, ANY_WEIGHTS)
def test_a_split_adds_up_whatever_the_weights(total: int, weights: Mapping[str, int]) -> None:
    assert sum(split(total, weights).values()) == total


@given(UNITS, WEIGHTS)
def test_the_order_of_the_weights_does_not_matter(total: int, weights: Mapping[str, int]) -> None:
    assert split(total, dict(reversed(list(weights.items())))) == split(total, weights)


@pytest.mark.parametrize(
    ("amount", "wanted", "given_", "expected"),
    [(5, 1, 2, 2), (7, 1, 2, 4), (-5, 1, 2, -2), (9, 3, 3, 9), (9, 5, 0, 9), (10, 2, 3, 7)],
)
def test_rescaling_rounds_half_even_once(amount: int, wanted: int, given_: int, expected: int) -> None:
    assert rescale(amount, wanted, given_) == expected
