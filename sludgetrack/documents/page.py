"""Rows of cells that flow over pages: the small layout engine under every document.

A document is a list of sections, a section a list of rows, a row a list of cells with their lines already set. Rows
go from page to page whole; one that is taller than half a page is divided between its lines. The head rows of a
section are repeated where it goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from sludgetrack.charts.marks import Picture
from sludgetrack.documents.look import WIDTH, Look
from sludgetrack.documents.text import Colour, Line

Align = Literal["left", "right", "centre"]


class Cell(NamedTuple):
    """Lines in a column that starts ``x`` points from the left edge and is ``room`` wide."""

    x: float
    room: float
    lines: tuple[Line, ...]
    align: Align = "left"

    def offset(self, line: Line) -> float:
        """Where a line starts, from the left edge."""
        spare = self.room - line.width
        return self.x + {"left": 0.0, "centre": spare / 2, "right": spare}[self.align]


class Pasted(NamedTuple):
    """A picture in a row: its left edge from that of the page's body, and its upper edge below the row's."""

    x: float
    below: float
    picture: Picture


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side. ``baseline`` is the first baseline below the row's air, ``dividers`` are vertical rules.

    ``least`` is a height kept free for handwriting or for the row's pictures.
    """

    cells: tuple[Cell, ...]
    leading: float
    baseline: float
    pad: float
    dividers: tuple[float, ...] = ()
    fill: Colour | None = None
    marked: bool = False
    heading: bool = False
    least: float = 0.0
    pictures: tuple[Pasted, ...] = ()

    @property
    def lines(self) -> int:
        """Lines of the tallest cell, at least one."""
        return max([1, *(len(cell.lines) for cell in self.cells)])

    @property
    def height(self) -> float:
        """Points from the rule above to the rule below."""
        return max(self.least, 2 * self.pad + self.lines * self.leading)

    def divided(self, lines: int) -> tuple[Row, Row]:
        """The row's first ``lines`` lines and the rest."""
        first = tuple(cell._replace(lines=cell.lines[:lines]) for cell in self.cells)
        rest = tuple(cell._replace(lines=cell.lines[lines:]) for cell in self.cells)
        return replace(self, cells=first), replace(self, cells=rest)


def row(look: Look, cells: Iterable[Cell], **how: object) -> Row:
    """A row at the density's pitch; ``how`` are Row's further fields."""
    size = look.value.size
    baseline = (look.leading - size) / 2 + 0.88 * size
    return Row(tuple(cells), look.leading, baseline, look.pad, **how)  # type: ignore[arg-type]  # Row checks them


@dataclass(frozen=True, slots=True)
class Banner:
    """A filled box with words left of a section's rows, ``width`` points wide."""

    lines: tuple[Line, ...]
    width: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under head rows. ``together``: starts on a new page rather than be divided."""

    rows: tuple[Row, ...]
    heads: tuple[Row, ...] = ()
    together: bool = False
    banner: Banner | None = None

    @property
    def height(self) -> float:
        """Points of all rows and heads."""
        return sum(each.height for each in (*self.heads, *self.rows))


class Placed(NamedTuple):
    """A row with the y of its upper edge, and the banner of its section."""

    top: float
    row: Row
    banner: Banner | None

    @property
    def bottom(self) -> float:
        """The y of the row's lower edge."""
        return self.top - self.row.height


@dataclass
class _Flow:
    """Fills pages from ``first`` or ``top`` down to ``bottom``."""

    first: float
    top: float
    bottom: float
    pages: list[list[Placed]] = field(default_factory=lambda: [[]])
    y: float = 0.0

    def add(self, section: Section) -> None:
        needed = section.height if section.together else self._start(section)
        if self.y - needed < self.bottom and self.y < self.top:
            self._turn()
        self._put(section.heads, section)
        rest = list(section.rows)
        while rest:
            following = rest.pop(0)
            spare = self.y - self.bottom
            if following.height <= spare:
                self._put((following,), section)
                continue
            lines = int((spare - 2 * following.pad) // following.leading)
            if lines >= 1 and self._divisible(following):
                head, tail = following.divided(lines)
                self._put((head,), section)
                following = tail
            self._turn()
            self._put(section.heads, section)
            rest.insert(0, following)

    def _start(self, section: Section) -> float:
        """What must fit for a section to start here: its heads and its first row, or three lines of a divisible one."""
        heads = sum(each.height for each in section.heads)
        first = section.rows[0]
        return heads + (3 * first.leading + 2 * first.pad if self._divisible(first) else first.height)

    def _divisible(self, row: Row) -> bool:
        return not row.pictures and row.height > (self.top - self.bottom) / 2

    def _turn(self) -> None:
        self.pages.append([])
        self.y = self.top

    def _put(self, rows: Sequence[Row], section: Section) -> None:
        for each in rows:
            self.pages[-1].append(Placed(self.y, each, section.banner))
            self.y -= each.height


def flowed(sections: Iterable[Section], *, first: float, top: float, bottom: float) -> list[list[Placed]]:
    """The rows of each page, from ``first`` on the first page and ``top`` on those after it, down to ``bottom``."""
    flow = _Flow(first, top, bottom, y=first)
    for section in sections:
        flow.add(section)
    return flow.pages


def columns(*widths: float) -> tuple[tuple[float, float], ...]:
    """(x, width) of columns side by side; a width of 0 takes what is left of the page's width."""
    left = WIDTH - sum(widths)
    edges = []
    x = 0.0
    for width in widths:
        edges.append((x, width or left))
        x += width or left
    return tuple(edges)


def dividers(edges: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """The rules between columns."""
    return tuple(x for x, _ in edges[1:])


def banners(placed: Sequence[Placed]) -> Iterator[tuple[Banner, float, float]]:
    """Each banner of a page with the y of its upper and lower edge."""
    spans: dict[int, tuple[Banner, float, float]] = {}
    for each in placed:
        if each.banner is not None:
            top = spans[id(each.banner)][1] if id(each.banner) in spans else each.top
            spans[id(each.banner)] = (each.banner, top, each.bottom)
    yield from spans.values()
