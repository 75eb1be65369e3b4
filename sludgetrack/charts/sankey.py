"""A flow picture: columns of nodes whose heights are masses, and ribbons between them that add up to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sludgetrack.charts.marks import Anchor, Band, Box, Curve, Ink, Mark, Picture, Point, Text
from sludgetrack.charts.texts import LEADING, width_of, wrapped

THINNEST = 0.8
"""A ribbon is never drawn thinner than this, so that nothing that is there is invisible."""


@dataclass(frozen=True, slots=True)
class Node:
    """A place mass goes through. ``value`` is a whole number of units, ``figure`` how it is written."""

    key: str
    name: str
    figure: str
    value: int
    ink: Ink


@dataclass(frozen=True, slots=True)
class Link:
    """Mass that goes from one node to another further right."""

    source: str
    target: str
    value: int
    ink: Ink
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """Columns of nodes from left to right with a title each, and the links between them.

    ``passing`` says what the links are that go by the nodes of a column.
    """

    titles: tuple[str, ...]
    columns: tuple[tuple[Node, ...], ...]
    links: tuple[Link, ...]
    passing: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A node where it is drawn: its left upper corner and its height."""

    node: Node
    column: int
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A link where it is drawn: the upper left corners it passes through, from node to node, and its thickness."""

    link: Link
    thickness: float
    through: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies. ``scale`` is height for a unit of value, ``bar`` the width of a node."""

    nodes: tuple[Placed, ...]
    ribbons: tuple[Ribbon, ...]
    scale: float
    bar: float
    height: float


@dataclass(frozen=True, slots=True)
class Frame:
    """The plane: its width, the size of its text, and the height that the fullest column's masses take together."""

    width: float
    size: float
    body: float
    beside: bool

    @property
    def bar(self) -> float:
        """The width of a node."""
        return max(6.0, self.size * 0.8)

    @property
    def head(self) -> float:
        """What the columns' titles take."""
        return self.size * 2.2

    def room(self, columns: int) -> float:
        """Width for a label."""
        return self.width * (0.21 if self.beside else 0.88 / columns)


@dataclass(frozen=True, slots=True)
class _Slot:
    """What a node or a passing link takes in its column: ``above`` for a label, ``height`` centred in the rest."""

    key: str
    height: float
    whole: float
    above: float
    gap: float


def picture(flow: Flow, *, width: float, size: float, body: float) -> Picture:
    """The flow on a plane of a width; wide planes have the outer labels beside their nodes, narrow ones above."""
    frame = Frame(width, size, body, beside=width >= 43 * size)
    made = layout(flow, frame)
    said = list(_passing_words(flow, made, frame))
    marks = [*_bands(made), *_boxes(made), *_titles(flow, frame), *_labels(flow, made, frame), *said]
    return Picture(width, max([made.height, *(text.y + size * 0.5 for text in said)]), tuple(marks))


def layout(flow: Flow, frame: Frame) -> Layout:
    """Heights of nodes are their values, ribbons lie in order at both ends, and no two nodes of a column overlap."""
    order = {node.key: n for n, node in enumerate(node for column in flow.columns for node in column)}
    where = {node.key: n for n, column in enumerate(flow.columns) for node in column}
    links = sorted(flow.links, key=lambda link: (order[link.source], order[link.target]))
    sums = [sum(node.value for node in column) for column in flow.columns]
    sums = [total + sum(link.value for link in _passing(links, where, n)) for n, total in enumerate(sums)]
    scale = frame.body / max([*sums, 1])
    slots = [_slots(flow, links, where, n, frame, scale) for n in range(len(flow.columns))]
    heights = [sum(slot.whole + slot.gap for slot in column) for column in slots]
    deepest = max(heights, default=0.0)
    tops: dict[tuple[int, str], float] = {}
    for n, column in enumerate(slots):
        y = frame.head + (deepest - heights[n]) / 2
        for slot in column:
            tops[n, slot.key] = y + slot.above + (slot.whole - slot.above - slot.height) / 2
            y += slot.whole + slot.gap
    nodes = _placed(flow, tops, frame, scale)
    return Layout(nodes, tuple(_ribbons(links, nodes, tops, where, scale)), scale, frame.bar, frame.head + deepest)


def _passing(links: Iterable[Link], where: Mapping[str, int], column: int) -> Iterator[Link]:
    """The links that go through a column without ending in it."""
    return (link for link in links if where[link.source] < column < where[link.target])


def _slots(
    flow: Flow, links: Sequence[Link], where: Mapping[str, int], column: int, frame: Frame, scale: float
) -> list[_Slot]:
    """The column's nodes from above, then what passes it by, side by side."""
    outer = column in (0, len(flow.columns) - 1)
    gap = frame.size * 0.7
    slots = []
    for node in flow.columns[column]:
        label = _label_height(node, frame, len(flow.columns))
        height = node.value * scale
        if frame.beside and outer:
            slots.append(_Slot(node.key, height, max(height, label), 0.0, gap))
        else:
            slots.append(_Slot(node.key, height, height + label, label, gap))
    passing = _passing(links, where, column)
    return [*slots, *(_Slot(_via(link), link.value * scale, link.value * scale, 0.0, 0.0) for link in passing)]


def _via(link: Link) -> str:
    return f"{link.source}\n{link.target}"


def _label_height(node: Node, frame: Frame, columns: int) -> float:
    lines = len(wrapped(node.name, frame.room(columns), frame.size)) + 1
    return (lines * LEADING + 0.35) * frame.size


def _placed(flow: Flow, tops: Mapping[tuple[int, str], float], frame: Frame, scale: float) -> tuple[Placed, ...]:
    return tuple(
        Placed(node, n, _column_x(flow, n, frame), tops[n, node.key], node.value * scale)
        for n, column in enumerate(flow.columns)
        for node in column
    )


def _column_x(flow: Flow, column: int, frame: Frame) -> float:
    count = len(flow.columns)
    margin = _margin(flow, frame)
    first, last = margin[0], frame.width - margin[1] - frame.bar
    return first + (last - first) * column / max(1, count - 1)


def _margin(flow: Flow, frame: Frame) -> tuple[float, float]:
    """Room kept left and right for labels beside the outer columns."""
    if not frame.beside:
        return 0.0, 0.0
    sides = []
    for column in (flow.columns[0], flow.columns[-1]):
        lines = [line for node in column for line in _label_lines(node, frame, len(flow.columns))]
        sides.append(max((width_of(line, frame.size, bold=True) for line in lines), default=0.0) + frame.size * 0.7)
    return sides[0], sides[1]


def _label_lines(node: Node, frame: Frame, columns: int) -> tuple[str, ...]:
    return (*wrapped(node.name, frame.room(columns), frame.size), node.figure)


def _ribbons(
    links: Sequence[Link],
    nodes: Sequence[Placed],
    tops: Mapping[tuple[int, str], float],
    where: Mapping[str, int],
    scale: float,
) -> Iterator[Ribbon]:
    """Every link, stacked at its source in the order of the targets and at its target in that of the sources."""
    placed = {each.node.key: each for each in nodes}
    x_of = {each.column: each.x for each in nodes}
    leaving = {key: each.y for key, each in placed.items()}
    entering = dict(leaving)
    for link in links:
        thickness = link.value * scale
        middle = [
            (x_of[n], tops[n, _via(link)]) for n in range(where[link.source] + 1, where[link.target]) if n in x_of
        ]
        first = (placed[link.source].x, leaving[link.source])
        last = (placed[link.target].x, entering[link.target])
        leaving[link.source] += thickness
        entering[link.target] += thickness
        yield Ribbon(link, thickness, (first, *middle, last))


# Drawing


def _bands(made: Layout) -> Iterator[Band]:
    return (_band(ribbon, made.bar) for ribbon in made.ribbons)


def _band(ribbon: Ribbon, bar: float) -> Band:
    """Along the upper edge to the right, down, and back along the lower edge."""
    thick = max(ribbon.thickness, THINNEST)
    way = [((x + bar, y), (to_x, to_y)) for (x, y), (to_x, to_y) in pairwise(ribbon.through)]
    steps: list[Point | Curve] = []
    for n, (start, end) in enumerate(way):
        steps += [start] if n else []
        steps.append(_curve(start, end))
    steps.append((way[-1][1][0], way[-1][1][1] + thick))
    for n, (start, end) in enumerate(reversed(way)):
        steps += [(end[0], end[1] + thick)] if n else []
        steps.append(_curve((end[0], end[1] + thick), (start[0], start[1] + thick)))
    return Band(way[0][0], tuple(steps), ribbon.link.ink, ribbon.link.hint)


def _curve(start: Point, end: Point) -> Curve:
    middle = (start[0] + end[0]) / 2
    return Curve((middle, start[1]), (middle, end[1]), end)


def _boxes(made: Layout) -> Iterator[Box]:
    for each in made.nodes:
        hint = f"{each.node.name} {each.node.figure}"
        yield Box(each.x, each.y, made.bar, max(each.height, THINNEST), each.node.ink, hint)


def _titles(flow: Flow, frame: Frame) -> Iterator[Text]:
    for n, title in enumerate(flow.titles):
        x, anchor = _label_place(flow, n, frame)
        yield Text(x, frame.size * 1.1, title, frame.size, anchor, Ink.SOFT)


def _passing_words(flow: Flow, made: Layout, frame: Frame) -> Iterator[Text]:
    """What passes a column by is named below it."""
    through = [ribbon for ribbon in made.ribbons if len(ribbon.through) > 2]
    if flow.passing and through:
        x = through[0].through[1][0] + made.bar / 2
        bottom = max(ribbon.through[1][1] + max(ribbon.thickness, THINNEST) for ribbon in through)
        yield Text(x, bottom + frame.size * 1.25, flow.passing, frame.size, "middle", Ink.SOFT)


def _label_place(flow: Flow, column: int, frame: Frame) -> tuple[float, Anchor]:
    """Where the labels of a column stand and how they are anchored."""
    x, last = _column_x(flow, column, frame), len(flow.columns) - 1
    air = frame.size * 0.55
    if column == 0:
        return (x - air, "end") if frame.beside else (x, "start")
    if column == last:
        return (x + frame.bar + air, "start") if frame.beside else (x + frame.bar, "end")
    return x + frame.bar / 2, "middle"


def _labels(flow: Flow, made: Layout, frame: Frame) -> Iterator[Mark]:
    """Each node's name and figure, beside or above it."""
    last = len(flow.columns) - 1
    pitch = LEADING * frame.size
    for each in made.nodes:
        x, anchor = _label_place(flow, each.column, frame)
        lines = _label_lines(each.node, frame, len(flow.columns))
        if frame.beside and each.column in (0, last):
            y = each.y + each.height / 2 - len(lines) * pitch / 2 + 0.98 * frame.size
        else:
            y = each.y - len(lines) * pitch + 0.98 * frame.size - 0.2 * frame.size
        for n, line in enumerate(lines):
            is_figure = n == len(lines) - 1
            ink = Ink.SOFT if is_figure else Ink.TEXT
            yield Text(x, y + n * pitch, line, frame.size, anchor, ink, bold=not is_figure)
