from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sludgetrack.domain.clocks import (
    Clocks,
    Deadline,
    Progress,
    Stage,
    clocks_of,
    deadline,
    is_late_paper,
    is_late_sync,
    working_days_after,
)
from sludgetrack.domain.policy import Policy, PolicyRow

ISSUED = datetime(2025, 6, 2, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_an_issued_manifest_waits_a_day_for_its_loading() -> None:
    assert deadline(Progress(ISSUED), Clocks()) == Deadline(Stage.LOADING, ISSUED + 24 * HOUR)


def test_a_truck_has_half_again_its_planned_time_and_an_hour() -> None:
    on_the_road = Progress(ISSUED, loaded_at=ISSUED + HOUR, planned_minutes=90)

    assert deadline(on_the_road, Clocks()) == Deadline(Stage.ARRIVAL, ISSUED + HOUR + timedelta(minutes=195))


def test_an_arrived_load_waits_a_day_for_a_decision() -> None:
    arrived = Progress(ISSUED, loaded_at=ISSUED, arrived_at=ISSUED + 2 * HOUR)

    assert deadline(arrived, Clocks()) == Deadline(Stage.DECISION, ISSUED + 26 * HOUR)


def test_a_lot_waits_for_the_facilitys_storage_days() -> None:
    received = Progress(ISSUED, loaded_at=ISSUED, received_at=ISSUED, storage_days=10)

    assert deadline(received, Clocks()) == Deadline(Stage.DISPOSAL, ISSUED + timedelta(days=10))


def test_a_facility_that_states_no_storage_days_has_thirty() -> None:
    received = Progress(ISSUED, received_at=ISSUED)

    assert deadline(received, Clocks()) == Deadline(Stage.DISPOSAL, ISSUED + timedelta(days=30))


def test_nothing_is_awaited_of_a_manifest_that_has_ended() -> None:
    assert deadline(Progress(ISSUED, ended=True), Clocks()) is None


def test_overdue_begins_after_the_last_moment() -> None:
    due = Deadline(Stage.LOADING, ISSUED)

    assert not due.is_over(ISSUED)
    assert due.is_over(ISSUED + timedelta(microseconds=1))


def test_a_divisions_rows_change_its_clocks_and_no_others() -> None:
    row = PolicyRow("4107", "", "issue_to_load_h", "12", date(2025, 1, 1), "notice")

    assert clocks_of(Policy([row]), "410702", date(2025, 6, 2)) == Clocks(issue_to_load_h=Decimal(12))
    assert clocks_of(Policy([row]), "220100", date(2025, 6, 2)) == Clocks()


def test_a_claim_made_offline_has_three_days_to_arrive() -> None:
    assert not is_late_sync(ISSUED, ISSUED + 72 * HOUR, Clocks())
    assert is_late_sync(ISSUED, ISSUED + 72 * HOUR + timedelta(seconds=1), Clocks())


def test_a_paper_manifest_has_ten_working_days() -> None:
    friday = date(2025, 6, 6)

    assert not is_late_paper(friday, date(2025, 6, 20), Clocks())
    assert is_late_paper(friday, date(2025, 6, 21), Clocks())


def test_weekends_are_no_working_days() -> None:
    assert working_days_after(date(2025, 6, 6), 1) == date(2025, 6, 9)
    assert working_days_after(date(2025, 6, 7), 1) == date(2025, 6, 9)
