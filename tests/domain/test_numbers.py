"""Manifest numbers: the printed example, the check digit, and what may be typed for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sludgetrack.domain.errors import NotANumber
from sludgetrack.domain.numbers import (
    PUBLIC_ALPHABET,
    ManifestNumber,
    check_digit,
    compact,
    grouped,
    parse,
)

EXAMPLE = "20254107210010000129"
numbers = st.builds(
    ManifestNumber,
    year=st.integers(2020, 2099),
    division=st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
    facility_number=st.integers(1, 999),
    serial=st.integers(1, 999_999),
)


def test_the_printed_example_is_the_twelfth_number_of_2025_of_facility_1_in_410721() -> None:
    assert parse("2025 4107 2100 1000 012-9") == ManifestNumber(2025, "410721", 1, 12)


def test_a_number_is_printed_in_groups() -> None:
    assert grouped(str(ManifestNumber(2025, "410721", 1, 12))) == "2025 4107 2100 1000 012-9"


@pytest.mark.parametrize(("digits", "check"), [("0794", "5"), ("79462", "3"), ("", "1")])
def test_the_check_digit_is_that_of_iso_7064_mod_11_10(digits: str, check: str) -> None:
    assert check_digit(digits) == check


@given(numbers)
def test_what_is_written_is_read_again(number: ManifestNumber) -> None:
    assert len(str(number)) == 20
    assert parse(grouped(str(number))) == number


@given(numbers, st.integers(0, 19), st.integers(1, 9))
def test_every_wrong_digit_is_noticed(number: ManifestNumber, place: int, off: int) -> None:
    digits = str(number)
    wrong = digits[:place] + str((int(digits[place]) + off) % 10) + digits[place + 1 :]

    with pytest.raises(NotANumber):
        parse(wrong)


def test_a_wrong_check_digit_is_refused_with_the_right_one() -> None:
    with pytest.raises(NotANumber) as refusal:
        parse(EXAMPLE[:19] + "0")

    assert refusal.value.facts["expected"] == "9"


@pytest.mark.parametrize(
    "typed",
    [
        EXAMPLE,
        "2025-4107-2100-1000-012-9",
        " 2025 4107 2100 1000 012-9 ",
        "２０２５　４１０７　２１００　１０００　０１２－９",
        "2025·4107·2100·1000·012–9",
        "2025\u00a04107\t2100\n1000012—9",
    ],
)
def test_a_number_may_be_typed_with_any_separators(typed: str) -> None:
    assert str(parse(typed)) == EXAMPLE


@pytest.mark.parametrize("typed", ["", "2025", EXAMPLE + "0", "x" * 20, "٢" * 20, EXAMPLE[:19] + "九"])
def test_anything_else_is_no_number(typed: str) -> None:
    with pytest.raises(NotANumber) as refusal:
        parse(typed)

    assert refusal.value.facts == {"text": typed, "expected": None}


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        number = parse(text)
    except NotANumber:
        return
    assert str(number) == compact(text)


def test_the_public_code_has_no_characters_that_look_or_sound_alike() -> None:
    assert not set("01OILU") & set(PUBLIC_ALPHABET)
    assert len(set(PUBLIC_ALPHABET)) == len(PUBLIC_ALPHABET) == 30
