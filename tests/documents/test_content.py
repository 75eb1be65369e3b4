from __future__ import annotations

from dataclasses import replace

import pytest

from sludgetrack.documents.content import Difference, Moisture, Weighing, difference
from tests.documents.contents import IN, OUT, sheet


def test_a_difference_is_the_later_weighing_less_the_one_before() -> None:
    assert difference(OUT, IN) == Difference(-60, 16_460, 32, 16_400 * 1955 - 16_460 * 1987)


def test_a_difference_to_what_is_not_known_is_not_known() -> None:
    assert difference(Weighing(), IN) == Difference(None, None, None, None)
    assert difference(OUT, replace(IN, moisture=None, dry_units=None)) == Difference(-60, 16_460, None, None)


def test_a_difference_of_nothing_is_zero() -> None:
    same = Weighing(net_kg=1, moisture=Moisture(8000), dry_units=2000)

    assert difference(same, same) == Difference(0, 1, 0, 0)


def test_a_sheet_finds_the_row_of_its_own_event() -> None:
    assert sheet("received").handoff.event == "received"


def test_a_sheet_without_its_event_is_refused() -> None:
    with pytest.raises(StopIteration):
        _ = sheet("received", custody=()).handoff
