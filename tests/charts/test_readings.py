"""Readings over time: points by their days, limits as lines where they lie near, the newest figure readable."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sludgetrack.charts.marks import Dot, Ink, Picture, Rule, Text
from sludgetrack.charts.readings import Bound, Point, Readings, picture

DAYS = (date(2026, 1, 1), date(2026, 1, 11), date(2026, 3, 2))


def readings(*values: str, bounds: tuple[Bound, ...] = ()) -> Readings:
    points = [
        Point(day, f"{day:%m-%d}", Decimal(value), value, beyond=Decimal(value) > 3)
        for day, value in zip(DAYS, values, strict=False)
    ]
    return Readings(tuple(points), bounds, "mg/kg")


def drawn(made: Readings, width: float = 560) -> Picture:
    return picture(made, width=width, height=150, size=13)


def dots(made: Picture) -> list[Dot]:
    return [mark for mark in made.marks if isinstance(mark, Dot)]


def test_points_lie_by_their_days_and_values() -> None:
    first, second, third = dots(drawn(readings("1", "2", "4")))

    assert (second.x - first.x) / (third.x - first.x) == pytest.approx(10 / 60)
    assert first.y > second.y > third.y
    assert [dot.ink for dot in (first, second, third)] == [Ink.GOOD, Ink.GOOD, Ink.DANGER]


def test_a_single_reading_stands_in_the_middle() -> None:
    made = drawn(readings("1"))

    assert 200 < dots(made)[0].x < 400


def test_a_limit_near_the_readings_is_a_line_with_its_words() -> None:
    made = drawn(readings("1", "2", bounds=(Bound(Decimal(3), "≤ 3 A"),)))

    (line,) = [mark for mark in made.marks if isinstance(mark, Rule) and mark.ink is Ink.TARGET]
    assert line.dashed
    assert "≤ 3 A" in [mark.text for mark in made.marks if isinstance(mark, Text)]


def test_a_limit_far_above_presses_nothing_to_the_ground() -> None:
    far = readings("1", "2", bounds=(Bound(Decimal(9), "< 9"), Bound(Decimal(8), "< 8")))

    assert [bound.words for bound in far.drawn] == ["< 8"]
    assert not [mark for mark in drawn(far).marks if isinstance(mark, Text) and mark.text == "< 9"]


def test_words_of_limits_do_not_lie_on_each_other() -> None:
    close = readings("1", "2", bounds=(Bound(Decimal(3), "three"), Bound(Decimal("3.1"), "a little more")))

    words = [mark.text for mark in drawn(close).marks if isinstance(mark, Text)]
    assert ("three" in words, "a little more" in words) == (True, False)


@pytest.mark.parametrize("width", [340, 560, 980])
def test_everything_lies_within_the_picture(width: float) -> None:
    made = drawn(readings("1", "2", "4", bounds=(Bound(Decimal(3), "≤ 3 A"),)), width)

    for mark in made.marks:
        xs = [x for x, _ in mark.points] if isinstance(mark, Rule) else [mark.x]  # type: ignore[union-attr]
        assert all(0 <= x <= made.width for x in xs), mark


def test_nothing_to_draw_is_an_empty_plane() -> None:
    assert not dots(drawn(readings()))
