"""Bars: standing ones in columns (a histogram, months), lying ones in rows with a limit each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sludgetrack.charts import legend
from sludgetrack.charts.legend import Key
from sludgetrack.charts.marks import Anchor, Box, Ink, Mark, Picture, Rule, Text
from sludgetrack.charts.scales import Axis, axis, tick_text
from sludgetrack.charts.texts import LEADING, shortened, width_of


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar, not below 0."""

    value: Decimal
    ink: Ink
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """Segments end to end; ``text`` is the whole's figure. ``limit`` is what it should not, or should, go beyond."""

    label: str
    text: str
    segments: tuple[Segment, ...]
    limit: Decimal | None = None
    start: Decimal | None = None

    @property
    def total(self) -> Decimal:
        """The segments together."""
        return sum((segment.value for segment in self.segments), Decimal(0))


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars on one axis that begins at 0. ``most`` makes the axis reach at least that far."""

    bars: tuple[Bar, ...]
    unit: str
    keys: tuple[Key, ...] = ()
    most: Decimal = Decimal(0)


def columns(bars: Bars, *, width: float, height: float, size: float) -> Picture:
    """Standing bars; ``height`` is that of the axis."""
    top = size * 2.9
    reach = axis(_most(bars), top + height, top)
    left = max(width_of(tick_text(tick), size) for tick in reach.ticks) + size * 0.8
    step = (width - left) / max(1, len(bars.bars))
    foot = top + height + size * 2.0
    marks: list[Mark] = [*_level_grid(reach, left, width, size, bars.unit)]
    for n, bar in enumerate(bars.bars):
        marks += _column(bar, reach, left + n * step, step, size)
    marks += legend.drawn(bars.keys, width, size, top=foot)
    return Picture(width, foot + legend.height(bars.keys, width, size) + size * 0.3, tuple(marks))


def rows(bars: Bars, *, width: float, size: float) -> Picture:
    """Lying bars, each under its label and figure."""
    reach = axis(_most(bars), 0.0, width - size * 0.2)
    pitch = size * (LEADING + 2.3)
    bottom = len(bars.bars) * pitch
    foot = bottom + size * 1.6
    marks: list[Mark] = [*_tick_texts(reach, bottom + size * 1.1, width, size, bars.unit)]
    for n, bar in enumerate(bars.bars):
        marks += _row(bar, reach, n * pitch, width, size)
    marks += legend.drawn(bars.keys, width, size, top=foot)
    return Picture(width, foot + legend.height(bars.keys, width, size) + size * 0.3, tuple(marks))


def _most(bars: Bars) -> Decimal:
    ends = [end for bar in bars.bars for end in (bar.total, bar.limit or Decimal(0), bar.start or Decimal(0))]
    return max([*ends, bars.most])


def _level_grid(reach: Axis, left: float, right: float, size: float, unit: str) -> Iterator[Mark]:
    for tick in reach.ticks:
        y = reach.at(tick)
        yield Rule(((left, y), (right, y)), Ink.AXIS if tick == 0 else Ink.GRID)
        yield Text(left - size * 0.5, y + size * 0.35, tick_text(tick), size, "end", Ink.SOFT)
    yield Text(0.0, size, unit, size, ink=Ink.SOFT)


def _column(bar: Bar, reach: Axis, x: float, step: float, size: float) -> Iterator[Mark]:
    broad = min(step * 0.68, size * 4.5)
    left = x + (step - broad) / 2
    done = Decimal(0)
    for segment in bar.segments:
        lower, done = reach.at(done), done + segment.value
        if segment.value > 0:
            yield Box(left, reach.at(done), broad, lower - reach.at(done), segment.ink, segment.hint)
    figure = min(size, size * step / max(width_of(bar.text, size) + size * 0.3, 1))
    yield Text(x + step / 2, reach.at(done) - size * 0.45, bar.text, figure, "middle", bold=True)
    label = min(size, size * step / max(width_of(bar.label, size) + size * 0.3, 1))
    yield Text(x + step / 2, reach.at_zero + size * 1.5, bar.label, label, "middle", Ink.SOFT)


def _tick_texts(reach: Axis, y: float, width: float, size: float, unit: str) -> Iterator[Mark]:
    """The round figures under the bars, the last with the unit; those that would run into it are left out."""
    small = size * 0.92
    last = f"{tick_text(reach.top)} {unit}"
    taken = min(reach.at_top, width) - width_of(last, small) - small * 0.5
    for tick in reach.ticks[:-1]:
        text = tick_text(tick)
        anchor: Anchor = "middle" if tick else "start"
        if reach.at(tick) + width_of(text, small) / 2 < taken or not tick:
            yield Text(reach.at(tick), y, text, small, anchor, Ink.SOFT)
    yield Text(min(reach.at_top, width), y, last, small, "end", Ink.SOFT)


def _row(bar: Bar, reach: Axis, top: float, width: float, size: float) -> Iterator[Mark]:
    """The label and the figure above, the bar on its track below, its limit as a stroke across it."""
    room = width - width_of(bar.text, size, bold=True) - size
    bar_top, tall = top + size * (LEADING + 0.35), size * 1.15
    yield Text(0.0, top + size * 1.1, shortened(bar.label, room, size), size)
    yield Text(width, top + size * 1.1, bar.text, size, "end", bold=True)
    yield Box(0.0, bar_top, reach.at_top, tall, Ink.TRACK)
    for tick in reach.ticks[1:]:
        yield Rule(((reach.at(tick), bar_top), (reach.at(tick), bar_top + tall)), Ink.GRID)
    done = Decimal(0)
    for segment in bar.segments:
        start, done = reach.at(done), done + segment.value
        if segment.value > 0:
            yield Box(start, bar_top, reach.at(done) - start, tall, segment.ink, segment.hint)
    for value, ink in ((bar.start, Ink.BASELINE), (bar.limit, Ink.TARGET)):
        if value is not None:
            x = reach.at(value)
            points = ((x, bar_top - size * 0.3), (x, bar_top + tall + size * 0.3))
            yield Rule(points, ink, 2.4, dashed=ink is Ink.BASELINE)


def split_at(
    value: Decimal, limit: Decimal | None, within: Ink, beyond: Ink, hints: Sequence[str]
) -> tuple[Segment, ...]:
    """A bar's segments up to its limit and beyond it; ``hints`` for either part."""
    if limit is None or value <= limit:
        return (Segment(value, within, hints[0]),)
    return (Segment(limit, within, hints[0]), Segment(value - limit, beyond, hints[1]))
