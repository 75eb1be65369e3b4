"""A rate by month: at its height, broken where there is none, with what it is held against."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sludgetrack.charts.lines import Goal, Line, Month, Start, picture
from sludgetrack.charts.marks import Box, Dot, Ink, Picture, Rule, Text


def month(n: int, value: str | None, *, open: bool = False) -> Month:  # noqa: A002 - the field's name
    return Month(f"{n}月", "2026" if n == 1 else "", Decimal(value) if value else None, value or "", open)


def drawn(*values: str | None, goal: Goal | None = None, start: Start | None = None, width: float = 400) -> Picture:
    months = tuple(month(n, value) for n, value in enumerate(values, start=1))
    return picture(Line(months, goal, start, "当月未完"), width=width, height=100, size=10)


def dots(made: Picture) -> list[Dot]:
    return [mark for mark in made.marks if isinstance(mark, Dot)]


def rules(made: Picture, ink: Ink) -> list[Rule]:
    return [mark for mark in made.marks if isinstance(mark, Rule) and mark.ink is ink]


def texts(made: Picture) -> list[str]:
    return [mark.text for mark in made.marks if isinstance(mark, Text)]


def test_points_stand_at_their_share_of_an_axis_from_zero_to_a_hundred() -> None:
    made = drawn("0", "50", "100")
    low, middle, high = (dot.y for dot in dots(made))

    assert low - high == pytest.approx(100)
    assert middle == pytest.approx((low + high) / 2)


def test_a_month_without_a_rate_breaks_the_line() -> None:
    made = drawn("90", "91", None, "92", "93")

    assert [len(rule.points) for rule in rules(made, Ink.GOOD)] == [2, 2]


def test_a_lonely_month_is_a_point_without_a_line() -> None:
    made = drawn(None, "90", None)

    assert (len(dots(made)), rules(made, Ink.GOOD)) == (1, [])


@pytest.mark.parametrize(("op", "above"), [(">=", True), ("<=", False)])
def test_the_band_of_a_target_is_the_side_that_meets_it(op: str, above: bool) -> None:
    made = drawn("80", "96", goal=Goal(op, Decimal(95), "目标"))
    band = next(mark for mark in made.marks if isinstance(mark, Box) and mark.ink is Ink.BAND)
    missed, met = dots(made)
    inside = [dot for dot in (missed, met) if band.y <= dot.y <= band.y + band.height]

    assert inside == ([met] if above else [missed])


def test_target_and_baseline_are_lines_with_words_below() -> None:
    made = drawn("80", "96", goal=Goal(">=", Decimal(95), "目标 ≥ 95 %"), start=Start(Decimal("53.82"), "基线 2015"))

    assert len(rules(made, Ink.TARGET)) == 2  # on the plane and in the key
    assert all(rule.dashed for rule in rules(made, Ink.BASELINE))
    assert {"目标 ≥ 95 %", "基线 2015"} <= set(texts(made))


def test_a_target_of_nought_has_a_line_and_no_band() -> None:
    made = drawn("5", "4", goal=Goal("=", Decimal(0), "目标 0 %"))

    assert not [mark for mark in made.marks if isinstance(mark, Box)]


def test_an_open_month_is_hollow_and_said_to_be() -> None:
    made = picture(
        Line((month(1, "90"), month(2, "50", open=True)), open_words="当月未完"), width=300, height=100, size=10
    )

    assert [dot.hollow for dot in dots(made)] == [False, True, True]
    assert "当月未完" in texts(made)


def test_small_rates_have_an_axis_of_their_own() -> None:
    assert "10" in texts(drawn("1.2", "3"))
    assert "100" not in texts(drawn("1.2", "3"))


def test_a_rate_far_beyond_the_axis_stands_at_its_top_with_its_figure() -> None:
    made = drawn("90", "1250")

    assert "1250" in texts(made)
    assert min(dot.y for dot in dots(made)) == pytest.approx(16)


def test_months_are_left_out_where_there_is_no_room_and_the_newest_never() -> None:
    shown = [text for text in texts(drawn(*["50"] * 12, width=160)) if text.endswith("月")]

    assert len(shown) < 12
    assert shown[-1] == "12月"
