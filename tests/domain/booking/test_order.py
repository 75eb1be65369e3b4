from datetime import UTC, date, datetime

import pytest

from sludgetrack.domain.booking import Phase, turn

DAY = date(2025, 1, 2)
NOON = datetime(2025, 1, 2, 4, 0, tzinfo=UTC)
LATER = datetime(2025, 1, 2, 5, 0, tzinfo=UTC)


def test_a_day_is_booked_production_movements_runs_disposals_counts() -> None:
    turns = [
        turn(DAY, Phase.PRODUCTION, 9),
        turn(DAY, Phase.RECEIPT, 8, NOON),
        turn(DAY, Phase.LOADING, 7, LATER),
        turn(DAY, Phase.TREATMENT, 6),
        turn(DAY, Phase.DISPOSAL, 5),
        turn(DAY, Phase.COUNT, 4),
        turn(date(2025, 1, 3), Phase.PRODUCTION, 1),
    ]

    backwards = turns[::-1]
    assert sorted(backwards) == turns


def test_at_equal_times_loads_come_before_receipts_before_returns_each_in_record_order() -> None:
    turns = [
        turn(DAY, Phase.LOADING, 3, NOON),
        turn(DAY, Phase.LOADING, 4, NOON),
        turn(DAY, Phase.RECEIPT, 1, NOON),
        turn(DAY, Phase.RETURN, 0, NOON),
    ]

    backwards = turns[::-1]
    assert sorted(backwards) == turns


def test_a_movement_without_a_time_is_an_error() -> None:
    with pytest.raises(ValueError, match="has a time"):
        turn(DAY, Phase.LOADING, 1)
