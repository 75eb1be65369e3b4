"""Bars: as long as what they stand for, one after another, beside their limits."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from sludgetrack.charts.bars import Bar, Bars, Segment, columns, rows, split_at
from sludgetrack.charts.legend import Key
from sludgetrack.charts.marks import Box, Ink, Picture, Rule, Text

INKS = (Ink.GOOD, Ink.WARNING, Ink.DANGER)


def bar(label: str, good: int, bad: int = 0, limit: int | None = None) -> Bar:
    segments = (Segment(Decimal(good), Ink.GOOD), Segment(Decimal(bad), Ink.WARNING))
    return Bar(label, f"{good + bad} t", segments, None if limit is None else Decimal(limit))


def boxes(made: Picture) -> list[Box]:
    return [mark for mark in made.marks if isinstance(mark, Box) and mark.ink in INKS]


def test_segments_stand_on_each_other_and_are_as_tall_as_their_share() -> None:
    made = columns(Bars((bar("0–7", 30, 10),), "t"), width=300, height=100, size=10)
    lower, upper = boxes(made)

    assert lower.y == pytest.approx(upper.y + upper.height)
    assert lower.height == pytest.approx(3 * upper.height)
    assert lower.height + upper.height == pytest.approx(100)  # 40 is the axis' end


def test_nothing_draws_nothing() -> None:
    assert boxes(columns(Bars((bar("0–7", 0),), "t"), width=300, height=100, size=10)) == []


def test_columns_do_not_touch_each_other() -> None:
    made = columns(Bars(tuple(bar(f"{n}", n + 1) for n in range(9)), "t"), width=300, height=100, size=10)
    drawn = sorted(boxes(made))

    assert all(one.x + one.width < two.x for one, two in pairwise(drawn))
    assert drawn[-1].x + drawn[-1].width <= 300


def test_a_limit_stands_at_its_place_on_the_axis() -> None:
    made = rows(Bars((bar("焚烧厂", 50, limit=100), bar("水泥厂", 100)), "t/d"), width=402, size=10)
    limit = next(mark for mark in made.marks if isinstance(mark, Rule) and mark.ink is Ink.TARGET)
    first, second = boxes(made)

    assert limit.points[0][0] == pytest.approx(second.width)
    assert first.width == pytest.approx(second.width / 2)


def test_what_goes_beyond_a_limit_is_another_ink() -> None:
    within, beyond = split_at(Decimal(12), Decimal(10), Ink.GOOD, Ink.DANGER, ("in", "over"))

    assert (within.value, beyond.value) == (Decimal(10), Decimal(2))
    assert (within.ink, beyond.ink) == (Ink.GOOD, Ink.DANGER)
    assert len(split_at(Decimal(9), Decimal(10), Ink.GOOD, Ink.DANGER, ("in", "over"))) == 1
    assert len(split_at(Decimal(9), None, Ink.GOOD, Ink.DANGER, ("in", "over"))) == 1


def test_units_and_keys_are_named() -> None:
    keys = (Key(Ink.GOOD, "期限内"), Key(Ink.TARGET, "许可能力", "line"))
    for made in (
        rows(Bars((bar("焚烧厂", 50),), "t/日", keys), width=300, size=10),
        columns(Bars((bar("0–7", 50),), "t/日", keys), width=300, height=80, size=10),
    ):
        said = " ".join(mark.text for mark in made.marks if isinstance(mark, Text))
        assert all(words in said for words in ("t/日", "期限内", "许可能力"))


def test_keys_that_do_not_fit_go_on_in_a_further_row() -> None:
    keys = tuple(Key(Ink.GOOD, "一个很长很长的说明") for _ in range(3))
    narrow, wide = (rows(Bars((bar("x", 1),), "t", keys), width=width, size=10).height for width in (150, 900))

    assert narrow > wide
