from __future__ import annotations

import pytest

from sludgetrack.ledgerfiles import text
from sludgetrack.ledgerfiles.text import DATE_CELL, BadCell


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("P01-1-000001", "P01-1-000001"),
        ("Ｐ０１－１", "P01-1"),
        ("  P01\u00a0", "P01"),
        ("\u3000P01\u3000", "P01"),
        ("\ufeffP01\u200b", "P01"),
        ("P01–1", "P01-1"),
        ("P\u00a001", "P 01"),
        ("㵐水-1", "㵐水-1"),
        ("一厂（东）", "一厂(东)"),
        ("P01\n", "P01"),
    ],
)
def test_noise_around_a_code_is_dropped(written: str, meant: str) -> None:
    assert text.code(written) == meant


@pytest.mark.parametrize("blank", ["", " ", "\u00a0", "\u3000", "\ufeff", "\u200b \t"])
def test_cells_that_only_look_filled_are_blank(blank: str) -> None:
    assert text.code(blank) is None
    assert text.text(blank) is None
    assert text.division(blank) is None
    assert text.plate(blank) is None


@pytest.mark.parametrize(
    ("written", "refused_as"),
    [
        (f"{DATE_CELL}2025-03-01", "date_cell"),
        ("3月1日", "date_cell"),
        ("4.10702E+19", "rounded_number"),
        ("P01\n-1", "control_character"),
        ("P01\x00", "control_character"),
        ("#N/A", "excel_error"),
        ("#REF!", "excel_error"),
        ("=A1&B1", "formula"),
    ],
)
def test_what_a_spreadsheet_made_of_a_code_is_refused(written: str, refused_as: str) -> None:
    with pytest.raises(BadCell) as refusal:
        text.code(written)

    assert refusal.value.code == refused_as


@pytest.mark.parametrize("code", ["1E3", "2025-02-01", "#1", "A+B"])
def test_unusual_but_plain_codes_are_read(code: str) -> None:
    assert text.code(code) == code


@pytest.mark.parametrize("written", ["豫G·12345", "豫g12345", "豫 G 12345", "豫G•１２３４５", "豫G-12345"])
def test_a_plate_is_one_plate_however_it_is_written(written: str) -> None:
    assert text.plate(written) == "豫G12345"


def test_free_text_stays_as_written_inside() -> None:
    assert text.text("　含水率（８０％）\r\n不符 ") == "含水率（８０％）\n不符"


def test_free_text_with_a_control_character_is_refused() -> None:
    with pytest.raises(BadCell):
        text.text("a\x00b")


@pytest.mark.parametrize("digits", ["41", "4107", "410702", "４１０７０２"])
def test_divisions_have_two_four_or_six_digits(digits: str) -> None:
    assert text.division(digits) in {"41", "4107", "410702"}


@pytest.mark.parametrize("written", ["4", "410", "41070", "410702000000", "41O702", "河南"])
def test_other_divisions_are_refused(written: str) -> None:
    with pytest.raises(BadCell) as refusal:
        text.division(written)

    assert refusal.value.code == "not_a_division"
