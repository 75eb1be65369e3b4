from datetime import date, timedelta
from decimal import Decimal

import pytest

from sludgetrack.domain.labs import Reading, Report
from sludgetrack.domain.mass import Weighed
from sludgetrack.domain.moisture import weighed

DAY = date(2025, 6, 10)


def test_a_measured_moisture_is_taken_as_it_is() -> None:
    assert weighed(1_000, 7913, [_report(0, "50")], DAY) == Weighed(1_000, 7913, estimated=False)


def test_a_missing_one_is_the_plants_newest_lab_moisture_and_marked() -> None:
    reports = [_report(5, "78"), _report(2, "79.5")]

    assert weighed(1_000, None, reports, DAY) == Weighed(1_000, 7950, estimated=True)


@pytest.mark.parametrize(("days_ago", "expected"), [(0, 7800), (7, 7800), (8, 8000), (-1, 8000)])
def test_lab_moisture_stands_in_on_its_day_and_for_a_week_after(days_ago: int, expected: int) -> None:
    assert weighed(1_000, None, [_report(days_ago, "78")], DAY).moisture_bp == expected


def test_a_report_without_moisture_does_not_hide_an_older_one_with_it() -> None:
    metals = Report("B", "P1", DAY, 9, {"Cd": Reading(Decimal(1))})

    assert weighed(1_000, None, [_report(3, "77"), metals], DAY).moisture_bp == 7700


def test_without_any_reading_eighty_percent_is_assumed() -> None:
    assert weighed(1_000, None, [], DAY) == Weighed(1_000, 8000, estimated=True)


def _report(days_ago: int, moisture: str) -> Report:
    return Report("A", "P1", DAY - timedelta(days=days_ago), 0, {"moisture": Reading(Decimal(moisture), "%")})
