from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from sludgetrack.ledgerfiles import times
from sludgetrack.ledgerfiles.text import DATE_CELL, BadCell


def refusal(read: Callable[[str], object], cell: str) -> str:
    with pytest.raises(BadCell) as refused:
        read(cell)
    return refused.value.code


@pytest.mark.parametrize(
    "written",
    [
        "2025-01-05",
        "2025/1/5",
        "2025.01.05",
        "2025年1月5日",
        "２０２５－０１－０５",
        "20250105",
        " 2025-01-05 ",
        "2025-01-05 00:00",
        "2025-01-05 00:00:00",
        f"{DATE_CELL}2025-01-05",
    ],
)
def test_a_day_is_one_day_however_it_is_written(written: str) -> None:
    assert times.day(written) == date(2025, 1, 5)


@pytest.mark.parametrize(
    ("written", "refused_as"),
    [
        ("01/02/2025", "ambiguous_date"),
        ("1/2/25", "ambiguous_date"),
        ("25-01-05", "ambiguous_date"),
        ("45662", "bare_serial"),
        ("45662.0", "bare_serial"),
        ("2025-02-30", "not_a_date"),
        ("2025-13-01", "not_a_date"),
        ("2025-1/5", "not_a_date"),
        ("2025-W01-1", "not_a_date"),
        ("0205-01-05", "not_a_date"),
        ("昨天", "not_a_date"),
        ("1月5日", "not_a_date"),
        ("2025-01-05 14:05", "time_unwanted"),
        ("2025-01-05T00:00:00Z", "time_unwanted"),
    ],
)
def test_days_that_are_none_or_could_be_two_are_refused(written: str, refused_as: str) -> None:
    assert refusal(times.day, written) == refused_as


@pytest.mark.parametrize(
    "written",
    [
        "2025-02-01 06:34:00",
        "2025-02-01 06:34",
        "2025-02-01T06:34:00",
        "2025/2/1 6:34",
        "2025年2月1日 6:34",
        "2025年2月1日06时34分",
        "２０２５－０２－０１　０６：３４",
        "2025-02-01 06:34:00.000",
        f"{DATE_CELL}2025-02-01 06:34:00",
    ],
)
def test_a_local_time_is_naive_however_it_is_written(written: str) -> None:
    assert times.moment(written) == datetime(2025, 2, 1, 6, 34)  # noqa: DTZ001  local legal time has no zone here


@pytest.mark.parametrize(
    "written",
    ["2025-02-01T06:34:00Z", "2025-02-01T14:34:00+08:00", "2025-02-01 14:34:00+08:00", "2025-02-01t06:34:00.000z"],
)
def test_a_time_with_an_offset_is_an_instant(written: str) -> None:
    assert times.moment(written) == datetime(2025, 2, 1, 6, 34, tzinfo=UTC)


def test_the_offset_of_a_time_is_kept() -> None:
    read = times.moment("2025-02-01T14:34:00-03:30")

    assert read is not None
    assert read.tzinfo == timezone(-timedelta(hours=3, minutes=30))


@pytest.mark.parametrize(
    ("written", "refused_as"),
    [
        ("2025-02-01", "time_missing"),
        ("45662.27", "bare_serial"),
        ("01/02/2025 06:34", "ambiguous_date"),
        ("2025-02-01 24:00", "not_a_time"),
        ("2025-02-30 06:34:00", "not_a_time"),
        ("2025-02-01 06:60", "not_a_time"),
        ("2025-02-01 06:34:60", "not_a_time"),
        ("2025-02-01T06:34:00+25:00", "not_a_time"),
        ("2025-02-01T06:34:00+08", "not_a_time"),
        ("2025-02-01 6:34 PM", "not_a_time"),
        ("06:34", "not_a_time"),
    ],
)
def test_times_that_are_none_or_could_be_two_are_refused(written: str, refused_as: str) -> None:
    assert refusal(times.moment, written) == refused_as


def test_blank_days_and_times_are_none() -> None:
    assert times.day(" ") is None
    assert times.moment("\u3000") is None
