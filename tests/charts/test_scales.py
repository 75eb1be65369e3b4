"""Axes begin at zero, end at a round figure and miss nothing."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sludgetrack.charts.scales import axis, tick_text


@given(st.decimals("0.001", "99999999", places=3))
def test_an_axis_reaches_every_figure_evenly(most: Decimal) -> None:
    made = axis(most, 0.0, 100.0)
    steps = {upper - lower for lower, upper in pairwise(made.ticks)}

    assert made.ticks[0] == 0
    assert most <= made.top < most * Decimal("2.01")
    assert len(steps) == 1
    assert len(made.ticks) <= 6
    assert made.at(Decimal(0)) == 0.0
    assert made.at(made.top) == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("most", "ticks"),
    [("100", "0 50 100"), ("3.1", "0 1 2 3 4"), ("0", "0 0.5 1"), ("61.811", "0 20 40 60 80"), ("-5", "0 0.5 1")],
)
def test_steps_are_round(most: str, ticks: str) -> None:
    assert " ".join(map(tick_text, axis(Decimal(most), 0, 1).ticks)) == ticks


def test_thousands_are_set_apart() -> None:
    assert tick_text(Decimal(2000)) == "2,000"
