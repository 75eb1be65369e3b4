from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sludgetrack.documents import show
from sludgetrack.documents.content import Moisture, Words
from sludgetrack.documents.look import look
from sludgetrack.documents.show import Clock, Spans

LOOK = look()
INSTANT = datetime(2025, 2, 1, 6, 34, 5, tzinfo=UTC)


def said(spans: Spans) -> str:
    return "".join(span.text for span in spans).replace("\u00a0", " ")


def test_masses_are_printed_in_tonnes_with_their_unit() -> None:
    assert show.tonnes(16_460) == "16.460\u00a0t"
    assert show.dry_tonnes(16_460 * 1987) == "3.271\u00a0t"
    assert show.t80_tonnes(16_460 * 1987) == "16.353\u00a0t"


@pytest.mark.parametrize(
    ("text", "wanted"), [("0.120", "+0.120"), ("-0.060", "−0.060"), ("0.000", "0.000"), ("10.000", "+10.000")]
)
def test_a_difference_carries_its_sign(text: str, wanted: str) -> None:
    assert show.signed(text) == wanted


def test_what_is_not_known_is_a_dash() -> None:
    assert said(show.spans(None, LOOK)) == "—"
    assert said(show.spans("", LOOK)) == "—"
    assert said(show.joined(LOOK, None, None)) == "—"
    assert said(show.moisture(None, LOOK)) == "—"
    assert said(show.dry(None, LOOK)) == "—"
    assert said(show.named(None, LOOK)) == "—"
    assert {show.tonnes(None), show.percent(None), show.day(None), show.yes_no(None), show.signed(None)} == {None}


def test_english_stands_smaller_beside_chinese() -> None:
    chinese, english = show.spans(Words("扫码", "Scanned"), LOOK)

    assert (chinese.text, english.text) == ("扫码", " Scanned")
    assert english.style.size < chinese.style.size


def test_a_moisture_names_its_method_and_that_it_was_estimated() -> None:
    assert said(show.moisture(Moisture(8013, "快速水分仪"), LOOK)) == "80.13 %·快速水分仪"
    assert said(show.moisture(Moisture(8000, estimated=True), LOOK)) == "80.00 %·估计 estimated"


def test_times_are_legal_times() -> None:
    clock = Clock("Asia/Shanghai", INSTANT)

    assert clock.time(INSTANT) == "2025-02-01\u00a014:34"
    assert clock.stamp(INSTANT) == "2025-02-01\u00a014:34:05\u00a0UTC+08:00"
    assert clock.time(None) is None
    assert show.day(date(2025, 2, 1)) == "2025-02-01"


def test_a_time_with_another_offset_says_so() -> None:
    clock = Clock("America/New_York", INSTANT)

    assert clock.time(INSTANT) == "2025-02-01\u00a001:34"
    assert clock.time(datetime(2025, 7, 1, tzinfo=UTC)) == "2025-06-30\u00a020:00\u00a0UTC−04:00"
