"""How quantities, times, numbers and plates are written on pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from jinja2 import Environment
from markupsafe import Markup

from sludgetrack.i18n import CHINESE, ENGLISH
from sludgetrack.web.format import (
    DASH,
    PLAIN_FILTERS,
    READING_FILTERS,
    Reading,
    change,
    dry_mass,
    grouped,
    install,
    iso,
    kilograms,
    label,
    mass,
    moisture,
    number_groups,
    number_text,
    percent,
    plate,
    points,
    t80_mass,
    tonnes,
)

NOW = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
NUMBER = "20254107210010000129"


def plain(text: str) -> str:
    """The text with ordinary spaces for the non-breaking ones."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def chinese() -> Reading:
    return Reading(locale=CHINESE, now=NOW)


@pytest.fixture
def english() -> Reading:
    return Reading(locale=ENGLISH, now=NOW)


@pytest.mark.parametrize(
    ("kg", "shown"),
    [(16460, "16.46"), (16465, "16.465"), (16000, "16.00"), (0, "0.00"), (12345678, "12,345.678"), (-60, "\u22120.06")],
)
def test_tonnes_keep_every_kilogram_and_lose_only_a_last_zero(kg: int, shown: str) -> None:
    assert tonnes(kg) == shown


def test_a_mass_stays_on_one_line_with_its_unit() -> None:
    assert mass(16460) == "16.46\u00a0t"


def test_dry_and_eighty_percent_tonnes_are_rounded_half_even_once() -> None:
    units = 16465 * (10000 - 8013)

    assert plain(dry_mass(units)) == "3.272 t"
    assert plain(t80_mass(units)) == "16.358 t"
    assert plain(dry_mass(5_000)) == "0.00 t"
    assert plain(dry_mass(15_000)) == "0.002 t"


def test_a_difference_carries_its_sign() -> None:
    assert [plain(change(kg)) for kg in (60, -60, 0)] == ["+0.06 t", "\u22120.06 t", "0.00 t"]
    assert plain(kilograms(-1060)) == "\u22121,060 kg"


@pytest.mark.parametrize(
    ("bp", "shown"), [(8013, "80.13 %"), (8010, "80.1 %"), (7800, "78 %"), (0, "0 %"), (10000, "100 %")]
)
def test_moisture_is_written_as_short_as_it_is_exact(bp: int, shown: str) -> None:
    assert plain(moisture(bp)) == shown


def test_percentage_points_are_bare_numbers() -> None:
    assert (points(310), points(-18)) == ("3.1", "\u22120.18")


def test_counts_and_rates_are_grouped_and_signed() -> None:
    assert grouped(-12345) == "\u221212,345"
    assert plain(percent("-0.41")) == "\u22120.41 %"


def test_what_is_not_known_is_a_dash(chinese: Reading) -> None:
    for name in set(PLAIN_FILTERS) - {"iso", "number_groups", "tonnes_typed", "percent_typed"}:
        assert PLAIN_FILTERS[name](None) == DASH, name
    for name in READING_FILTERS:
        assert getattr(chinese, name)(None) == DASH, name


def test_a_manifest_number_stands_in_fours_with_its_check_digit_apart() -> None:
    assert number_groups(NUMBER) == ("2025", "4107", "2100", "1000", "012", "9")
    assert number_text(NUMBER) == "2025 4107 2100 1000 012-9"


def test_another_number_stays_in_one_piece() -> None:
    assert number_text("WB-77") == "WB-77"
    assert number_text(NUMBER[:-1] + "X") == NUMBER[:-1] + "X"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("豫G12345", "豫G·12345"), ("豫GD56789", "豫G·D56789"), ("豫G·12345", "豫G·12345"), ("厂内3号车", "厂内3号车")],
)
def test_a_plate_has_a_dot_behind_its_place(text: str, shown: str) -> None:
    assert plate(text) == shown


def test_a_moment_of_this_year_goes_without_it(chinese: Reading, english: Reading) -> None:
    assert chinese.moment(NOW) == "11月22日 14:05"
    assert english.moment(NOW) == "22 Nov 14:05"


def test_a_moment_of_another_year_carries_it(chinese: Reading, english: Reading) -> None:
    then = datetime(2025, 2, 1, 6, 34, tzinfo=UTC)

    assert chinese.moment(then) == "2025年2月1日 14:34"
    assert english.moment(then) == "1 Feb 2025 14:34"


def test_the_year_turns_in_legal_time(chinese: Reading) -> None:
    assert chinese.day(datetime(2025, 12, 31, 16, 0, tzinfo=UTC)) == "1月1日"


def test_a_bare_date_is_a_legal_day_already(chinese: Reading, english: Reading) -> None:
    assert chinese.day(date(2026, 12, 22)) == "12月22日"
    assert (chinese.month(date(2026, 11, 1)), english.month(date(2026, 11, 1))) == ("2026年11月", "November 2026")


@pytest.mark.parametrize(
    ("length", "zh", "en"),
    [
        (45, "45分钟", "45 min"),
        (80, "1小时20分钟", "1 hr 20 min"),
        (120, "2小时", "2 hr"),
        (0, "0分钟", "0 min"),
        (-22, "\u221222分钟", "\u221222 min"),
        (timedelta(days=3, hours=4, minutes=5), "3天4小时", "3 days 4 hr"),
    ],
)
def test_durations_are_told_in_two_units_at_most(length: timedelta | int, zh: str, en: str) -> None:
    assert plain(Reading(CHINESE, NOW).duration(length)) == zh
    assert plain(Reading(ENGLISH, NOW).duration(length)) == en


def test_how_long_ago_is_told_roughly(chinese: Reading, english: Reading) -> None:
    assert chinese.since(NOW - timedelta(minutes=12)) == "12分钟前"
    assert english.since(NOW - timedelta(minutes=12)) == "12 minutes ago"


def test_machine_readable_times_are_in_utc(chinese: Reading) -> None:
    assert iso(NOW.astimezone(chinese.zone)) == "2026-11-22T06:05:00Z"
    assert (iso(date(2026, 11, 22)), iso(None)) == ("2026-11-22", "")


def test_filters_ask_who_reads_at_each_use() -> None:
    readers = iter([Reading(CHINESE, NOW), Reading(ENGLISH, NOW)])
    env = Environment(autoescape=True)
    install(env, lambda: next(readers))
    template = env.from_string("{{ 45|duration }}")

    assert [plain(template.render()), plain(template.render())] == ["45分钟", "45 min"]


@pytest.mark.parametrize(
    ("text", "alone"),
    [("net out", "Net out"), ("kg", "kg"), ("t (dry)", "t (dry)"), ("pH", "pH"), ("净重 t", "净重 t"), ("", "")],
)
def test_a_text_that_stands_alone_begins_with_a_capital_but_a_unit_does_not(text: str, alone: str) -> None:
    assert label(text) == alone


def test_a_text_with_markup_that_stands_alone_stays_markup() -> None:
    assert isinstance(label(Markup("net <b>out</b>")), Markup)
