"""A rate by month as a line, with the band that meets its target and the line it started from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sludgetrack.charts import legend
from sludgetrack.charts.legend import Key
from sludgetrack.charts.marks import Box, Dot, Ink, Mark, Picture, Point, Rule, Text
from sludgetrack.charts.scales import Axis, axis, tick_text
from sludgetrack.charts.texts import width_of

HIGHEST = Decimal(200)
"""A rate beyond this does not stretch the axis; its point stands at the top with its figure."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month's rate in percent, None where there is none; ``open``: it may still change."""

    label: str
    year: str
    value: Decimal | None
    text: str
    open: bool = False


@dataclass(frozen=True, slots=True)
class Goal:
    """A target in percent: ``>=``, ``<=`` or ``=``, and how it is written."""

    op: str
    value: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class Start:
    """A baseline in percent, and how it is written."""

    value: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """Months from the oldest to the newest, and what they are held against. ``words`` name the line and its keys."""

    months: tuple[Month, ...]
    goal: Goal | None = None
    start: Start | None = None
    open_words: str = ""


@dataclass(frozen=True, slots=True)
class _Plane:
    """The plane inside the axes."""

    left: float
    right: float
    axis: Axis
    size: float
    months: int

    def x(self, n: int) -> float:
        """The middle of a month."""
        return self.left + (n + 0.5) * self.step

    @property
    def step(self) -> float:
        """The width of a month."""
        return (self.right - self.left) / max(1, self.months)

    def y(self, value: Decimal) -> float:
        """A rate's height, within the plane."""
        return self.axis.at(min(max(value, Decimal(0)), self.axis.top))


def picture(line: Line, *, width: float, height: float, size: float) -> Picture:
    """The line on a plane of ``width``, ``height`` tall between its axes; keys and labels come on top of that."""
    top = size * 1.6
    reach = axis(_most(line), top + height, top)
    left = max(width_of(tick_text(tick), size) for tick in reach.ticks) + size * 0.8
    plane = _Plane(left, width, reach, size, len(line.months))
    keys = _keys(line)
    foot = top + height + size * (3.2 if any(month.year for month in line.months) else 1.9)
    marks: list[Mark] = [
        *_goal_band(line, plane),
        *_grid(plane),
        *_goal_line(line, plane),
        *_run(line, plane),
        *_figures(line, plane),
        *_months(line, plane, top + height),
        *legend.drawn(keys, width, size, top=foot),
    ]
    return Picture(width, foot + legend.height(keys, width, size) + size * 0.3, tuple(marks))


def _most(line: Line) -> Decimal:
    """What the axis has to reach: every figure, and 100 unless all of them are small."""
    known = [month.value for month in line.months if month.value is not None]
    known += [line.goal.value] if line.goal else []
    known += [line.start.value] if line.start else []
    most = max(known, default=Decimal(0))
    return Decimal(100) if Decimal(25) < most <= Decimal(100) else min(max(most, Decimal(10)), HIGHEST)


def _grid(plane: _Plane) -> Iterator[Mark]:
    for tick in plane.axis.ticks:
        y = plane.axis.at(tick)
        yield Rule(((plane.left, y), (plane.right, y)), Ink.AXIS if tick == 0 else Ink.GRID)
        yield Text(plane.left - plane.size * 0.5, y + plane.size * 0.35, tick_text(tick), plane.size, "end", Ink.SOFT)
    yield Text(plane.left - plane.size * 0.5, plane.axis.at_top - plane.size * 0.8, "%", plane.size, "end", Ink.SOFT)


def _goal_band(line: Line, plane: _Plane) -> Iterator[Mark]:
    """The region that meets the target, where it is one."""
    if line.goal is None or line.goal.op == "=":
        return
    edge = plane.y(line.goal.value)
    top, bottom = (plane.axis.at_top, edge) if line.goal.op.startswith(">") else (edge, plane.axis.at_zero)
    if bottom > top:
        yield Box(plane.left, top, plane.right - plane.left, bottom - top, Ink.BAND, line.goal.words)


def _goal_line(line: Line, plane: _Plane) -> Iterator[Mark]:
    if line.start is not None:
        y = plane.y(line.start.value)
        yield Rule(((plane.left, y), (plane.right, y)), Ink.BASELINE, 1.4, dashed=True)
    if line.goal is not None:
        y = plane.y(line.goal.value)
        yield Rule(((plane.left, y), (plane.right, y)), Ink.TARGET, 1.4)


def _run(line: Line, plane: _Plane) -> Iterator[Mark]:
    """The line, broken where a month has no rate, and its points."""
    for stretch in _stretches(line.months, plane):
        if len(stretch) > 1:
            yield Rule(tuple(stretch), Ink.GOOD, 2.2)
    for n, month in enumerate(line.months):
        if month.value is not None:
            hint = f"{month.label} {month.text}"
            at = plane.x(n), plane.y(month.value)
            yield Dot(*at, plane.size * 0.3, Ink.GOOD, hollow=month.open, hint=hint)


def _stretches(months: Sequence[Month], plane: _Plane) -> Iterator[list[Point]]:
    stretch: list[Point] = []
    for n, month in enumerate(months):
        if month.value is None:
            yield stretch
            stretch = []
        else:
            stretch.append((plane.x(n), plane.y(month.value)))
    yield stretch


def _figures(line: Line, plane: _Plane) -> Iterator[Mark]:
    """The figure of every month where there is room for all of them, else of the newest."""
    known = [(n, month) for n, month in enumerate(line.months) if month.value is not None]
    widest = max((width_of(month.text, plane.size) for _, month in known), default=0.0)
    for n, month in known if widest + plane.size * 0.4 <= plane.step else known[-1:]:
        assert month.value is not None  # noqa: S101 - known ones only
        x = min(max(plane.x(n), plane.left + widest / 2), plane.right - widest / 2)
        yield Text(x, _beside_lines(line, plane, n, month.value), month.text, plane.size, "middle", bold=True)


def _beside_lines(line: Line, plane: _Plane, n: int, value: Decimal) -> float:
    """Where a point's figure lies on no line: above the point, or below it where something else is above."""
    y = plane.y(value)
    before, after = (line.months[at].value if 0 <= at < len(line.months) else None for at in (n - 1, n + 1))
    falls = any(one is not None and one > value for one in (before, after))
    rises = any(one is not None and one < value for one in (before, after))
    marks = [plane.y(mark.value) for mark in (line.goal, line.start) if mark is not None]
    above = y - plane.size * 0.65
    crossed = any(above - plane.size < mark < above + plane.size * 0.2 for mark in marks)
    below = y + plane.size * 1.35
    wanted = crossed or above - plane.size < 0 or (falls and not rises)
    return below if wanted and below < plane.axis.at_zero else above


def _months(line: Line, plane: _Plane, bottom: float) -> Iterator[Mark]:
    """The months' names, every so many where they are too many, and the year where it begins."""
    widest = max((width_of(month.label, plane.size) for month in line.months), default=0.0)
    every = next(n for n in (1, 2, 3, 4, 6, 12, 24, 120) if n * plane.step >= widest + plane.size * 0.3 or n == 120)
    last = len(line.months) - 1
    for n, month in enumerate(line.months):
        if (last - n) % every == 0:
            yield Text(plane.x(n), bottom + plane.size * 1.5, month.label, plane.size, "middle", Ink.SOFT)
    yield from _years(line, plane, bottom + plane.size * 2.8)


def _years(line: Line, plane: _Plane, y: float) -> Iterator[Mark]:
    """The years where they begin, each left out whose word would run into the next."""
    begins = [(plane.x(n), month.year) for n, month in enumerate(line.months) if month.year]
    for n, (x, year) in enumerate(begins):
        room = begins[n + 1][0] - x if n + 1 < len(begins) else plane.right
        if room > width_of(year, plane.size) + plane.size:
            yield Text(x, y, year, plane.size, "middle", Ink.SOFT)


def _keys(line: Line) -> list[Key]:
    keys = []
    if line.goal is not None:
        keys.append(Key(Ink.TARGET, line.goal.words, "line"))
    if line.start is not None:
        keys.append(Key(Ink.BASELINE, line.start.words, "dashes"))
    if line.open_words and any(month.open for month in line.months):
        keys.append(Key(Ink.GOOD, line.open_words, "hollow"))
    return keys
