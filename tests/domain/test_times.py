"""Instants in UTC, legal days in a facility's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sludgetrack.domain.times import legal_day, legal_instant, parse_rfc3339, rfc3339

instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(instants)
def test_an_instant_is_read_as_it_was_written(instant: datetime) -> None:
    assert parse_rfc3339(rfc3339(instant)) == instant


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2025, 2, 1, 6, 34, tzinfo=UTC), "2025-02-01T06:34:00Z"),
        (datetime(2025, 2, 1, 6, 34, 0, 250_000, tzinfo=UTC), "2025-02-01T06:34:00.250000Z"),
        (datetime(2025, 2, 1, 14, 34, tzinfo=timezone(timedelta(hours=8))), "2025-02-01T06:34:00Z"),
    ],
)
def test_one_instant_has_one_text_whatever_its_zone(instant: datetime, text: str) -> None:
    assert rfc3339(instant) == text


@given(instants, st.integers(-12 * 60, 14 * 60))
def test_the_zone_it_came_in_is_not_kept(instant: datetime, minutes: int) -> None:
    abroad = instant.astimezone(timezone(timedelta(minutes=minutes)))

    assert rfc3339(abroad) == rfc3339(instant)


def test_an_instant_without_a_zone_is_not_written() -> None:
    with pytest.raises(ValueError, match="naive"):
        rfc3339(datetime(2025, 2, 1, 6, 34))  # noqa: DTZ001 - the naive instant under test


@pytest.mark.parametrize("text", ["2025-02-01T06:34:00", "yesterday", ""])
def test_a_text_that_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"offset|isoformat"):
        parse_rfc3339(text)


def test_a_legal_day_begins_at_midnight_in_shanghai() -> None:
    assert legal_day(datetime(2025, 1, 31, 15, 59, 59, tzinfo=UTC)) == date(2025, 1, 31)
    assert legal_day(datetime(2025, 1, 31, 16, 0, tzinfo=UTC)) == date(2025, 2, 1)


def test_a_facility_elsewhere_has_its_own_days() -> None:
    assert legal_day(datetime(2025, 1, 31, 18, 30, tzinfo=UTC), "Asia/Urumqi") == date(2025, 2, 1)
    assert legal_day(datetime(2025, 1, 31, 17, 30, tzinfo=UTC), "Asia/Urumqi") == date(2025, 1, 31)


@given(instants)
def test_local_time_leads_back_to_its_instant(instant: datetime) -> None:
    local = instant.astimezone(timezone(timedelta(hours=8))).replace(tzinfo=None)

    assert legal_instant(local) == instant
