from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from sludgetrack.ledgerfiles import numbers
from sludgetrack.ledgerfiles.text import DATE_CELL, BadCell


def refusal(read: Callable[[str], object], cell: str) -> str:
    with pytest.raises(BadCell) as refused:
        read(cell)
    return refused.value.code


@pytest.mark.parametrize(
    ("written", "kilograms"),
    [
        ("16.46", 16460),
        ("16.460", 16460),
        ("16", 16000),
        ("16.0", 16000),
        ("16.", 16000),
        (".5", 500),
        ("0", 0),
        ("-0.000", 0),
        ("+16.46", 16460),
        ("１６．４６", 16460),
        ("１６。４６", 16460),
        (" 16.46\u00a0", 16460),
        ("\u300016.46\u3000", 16460),
        ("16.46t", 16460),
        ("16.46 吨", 16460),
        ("1,234.5", 1234500),
        ("１，２３４．５", 1234500),
        ("1,234,567", 1234567000),
        ("999999999.999", 999999999999),
    ],
)
def test_tonnes_become_kilograms(written: str, kilograms: int) -> None:
    assert numbers.tonnes(written) == kilograms


@pytest.mark.parametrize(
    ("written", "refused_as"),
    [
        ("16,460", "ambiguous_number"),
        ("16,46", "ambiguous_number"),
        ("１６，４６０", "ambiguous_number"),
        ("16 460", "ambiguous_number"),
        ("1.234,5", "ambiguous_number"),
        ("12,34,567.1", "ambiguous_number"),
        ("0,123.4", "ambiguous_number"),
        ("16.4601", "too_many_decimals"),
        ("16.4600", "too_many_decimals"),
        ("-16.46", "negative"),
        ("－16.46", "negative"),
        ("−16.46", "negative"),
        ("(16.46)", "not_a_number"),
        ("约16", "not_a_number"),
        ("/", "not_a_number"),
        ("12.345.678", "not_a_number"),
        ("80%", "not_a_number"),
        ("nan", "not_a_number"),
        ("inf", "not_a_number"),
        ("1_000", "not_a_number"),
        ("1.646E+01", "rounded_number"),
        ("16460kg", "wrong_unit"),
        ("16460 公斤", "wrong_unit"),
        ("1.2万吨", "wrong_unit"),
        ("1234567890", "out_of_range"),
        ("#VALUE!", "excel_error"),
        ("=B2-C2", "formula"),
        (f"{DATE_CELL}2025-12-05", "not_a_number"),
    ],
)
def test_tonnes_that_are_none_or_could_be_two_things_are_refused(written: str, refused_as: str) -> None:
    assert refusal(numbers.tonnes, written) == refused_as


@pytest.mark.parametrize(
    ("written", "basis_points"),
    [
        ("80", 8000),
        ("80.13", 8013),
        ("80%", 8000),
        ("80.13 %", 8013),
        ("８０％", 8000),
        ("0", 0),
        ("100", 10000),
        ("0.8", 80),
    ],
)
def test_percent_becomes_basis_points(written: str, basis_points: int) -> None:
    assert numbers.percent(written) == basis_points


@pytest.mark.parametrize(
    ("written", "refused_as"),
    [
        ("100.01", "out_of_range"),
        ("8013", "out_of_range"),
        ("-1", "negative"),
        ("80.131", "too_many_decimals"),
        ("80,13", "ambiguous_number"),
        ("80%%", "not_a_number"),
        ("%", "not_a_number"),
        ("80‰", "not_a_number"),
    ],
)
def test_percent_that_is_none_is_refused(written: str, refused_as: str) -> None:
    assert refusal(numbers.percent, written) == refused_as


@pytest.mark.parametrize("written", ["75327", "75327.0", "75,327", "７５，３２７", "75327.00"])
def test_whole_numbers_may_be_grouped(written: str) -> None:
    assert numbers.integer(written) == 75327


@pytest.mark.parametrize(
    ("written", "refused_as"),
    [("75.5", "too_many_decimals"), ("-1", "negative"), ("7,53,27", "ambiguous_number"), ("9" * 16, "out_of_range")],
)
def test_whole_numbers_that_are_none_are_refused(written: str, refused_as: str) -> None:
    assert refusal(numbers.integer, written) == refused_as


def test_other_numbers_keep_their_sign_and_digits() -> None:
    assert numbers.number("-99.290056") == Decimal("-99.290056")
    assert refusal(numbers.number, "<0.05") == "not_a_number"


@pytest.mark.parametrize("read", [numbers.tonnes, numbers.percent, numbers.integer, numbers.number])
def test_a_blank_number_is_none(read: Callable[[str], object]) -> None:
    assert read("\u00a0 ") is None
