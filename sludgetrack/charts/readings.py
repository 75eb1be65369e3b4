"""A measured parameter over time: a point for every reading on the day it was sampled, and its limits as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sludgetrack.charts import legend
from sludgetrack.charts.legend import Key
from sludgetrack.charts.marks import Dot, Ink, Mark, Picture, Rule, Text
from sludgetrack.charts.scales import Axis, axis, tick_text
from sludgetrack.charts.texts import width_of

FARTHEST = Decimal(4)
"""A limit so many times the largest reading would press them all to the ground; it is named, but not drawn."""


@dataclass(frozen=True, slots=True)
class Point:
    """A reading in the limits' unit. ``label`` is its day in words; ``beyond``: a limit is not met."""

    day: date
    label: str
    value: Decimal
    text: str
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit, and how it is written."""

    value: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class Readings:
    """Readings from the earliest to the latest, and what they are held against."""

    points: tuple[Point, ...]
    bounds: tuple[Bound, ...]
    unit: str
    keys: tuple[Key, ...] = ()

    @property
    def drawn(self) -> tuple[Bound, ...]:
        """The limits that lie where the readings do."""
        most = max((point.value for point in self.points), default=Decimal(0))
        return tuple(bound for bound in self.bounds if not most or bound.value <= most * FARTHEST)


@dataclass(frozen=True, slots=True)
class _Plane:
    """The plane inside the axes."""

    left: float
    right: float
    axis: Axis
    size: float
    first: date
    days: int

    def x(self, day: date) -> float:
        """Where a day lies; a single one in the middle."""
        share = (day - self.first).days / self.days if self.days else 0.5
        inset = self.size
        return self.left + inset + share * (self.right - self.left - 2 * inset)


def picture(readings: Readings, *, width: float, height: float, size: float) -> Picture:
    """The readings on a plane of ``width``, ``height`` tall between its axes."""
    top = size * 2.4
    reach = axis(_most(readings), top + height, top)
    left = max(width_of(tick_text(tick), size) for tick in reach.ticks) + size * 0.8
    days = [point.day for point in readings.points]
    first = min(days, default=date.min)
    plane = _Plane(left, width, reach, size, first, (max(days, default=first) - first).days)
    foot = top + height + size * 2.0
    marks: list[Mark] = [
        *_grid(plane, readings.unit),
        *_bounds(readings.drawn, plane),
        *_run(readings.points, plane),
        *_newest(readings, plane),
        *_days(readings.points, plane, top + height),
        *legend.drawn(readings.keys, width, size, top=foot),
    ]
    return Picture(width, foot + legend.height(readings.keys, width, size) + size * 0.3, tuple(marks))


def _most(readings: Readings) -> Decimal:
    known = [point.value for point in readings.points] + [bound.value for bound in readings.drawn]
    return max(known, default=Decimal(0)) * Decimal("1.05")


def _grid(plane: _Plane, unit: str) -> Iterator[Mark]:
    for tick in plane.axis.ticks:
        y = plane.axis.at(tick)
        yield Rule(((plane.left, y), (plane.right, y)), Ink.AXIS if tick == 0 else Ink.GRID)
        yield Text(plane.left - plane.size * 0.5, y + plane.size * 0.35, tick_text(tick), plane.size, "end", Ink.SOFT)
    yield Text(0.0, plane.size, unit, plane.size, ink=Ink.SOFT)


def _bounds(bounds: Sequence[Bound], plane: _Plane) -> Iterator[Mark]:
    """Each limit as a line with its words above its end; words that would lie on each other are left to the table."""
    written: list[float] = []
    for bound in sorted(bounds, key=lambda bound: bound.value):
        y = plane.axis.at(bound.value)
        yield Rule(((plane.left, y), (plane.right, y)), Ink.TARGET, 1.4, dashed=True)
        if all(abs(y - other) > plane.size * 1.2 for other in written):
            written.append(y)
            yield Text(plane.right, y - plane.size * 0.4, bound.words, plane.size * 0.92, "end", Ink.SOFT)


def _run(points: Sequence[Point], plane: _Plane) -> Iterator[Mark]:
    places = tuple((plane.x(point.day), plane.axis.at(point.value)) for point in points)
    if len(places) > 1:
        yield Rule(places, Ink.GOOD, 2.2)
    for point, (x, y) in zip(points, places, strict=True):
        ink = Ink.DANGER if point.beyond else Ink.GOOD
        yield Dot(x, y, plane.size * 0.34, ink, hint=f"{point.label} {point.text}")


def _newest(readings: Readings, plane: _Plane) -> Iterator[Mark]:
    """The newest reading's figure beside its point: above it, or below where a limit or its words stand there."""
    lines = [plane.axis.at(bound.value) for bound in readings.drawn]
    for point in readings.points[-1:]:
        x, y = plane.x(point.day), plane.axis.at(point.value)
        above = y - plane.size * 0.6
        crossed = any(above - plane.size * 1.1 < line < above + plane.size * 1.8 for line in lines)
        room = y + plane.size * 1.5 < plane.axis.at_zero
        yield Text(x, y + plane.size * 1.45 if crossed and room else above, point.text, plane.size, "end", bold=True)


def _days(points: Sequence[Point], plane: _Plane, floor: float) -> Iterator[Mark]:
    """The days there is room for, the latest first of all."""
    taken = plane.right + plane.size
    for point in reversed(points):
        room = width_of(point.label, plane.size)
        x = min(max(plane.x(point.day), plane.left + room / 2), plane.right - room / 2)
        if x + room / 2 + plane.size * 0.6 > taken:
            continue
        taken = x - room / 2
        yield Text(x, floor + plane.size * 1.5, point.label, plane.size, "middle", Ink.SOFT)
