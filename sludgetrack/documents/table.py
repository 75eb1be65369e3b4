"""The kinds of rows that documents are made of: headings, pairs of fields, tables and long texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple

from sludgetrack.documents.content import Words
from sludgetrack.documents.look import TINT, WIDTH, Look
from sludgetrack.documents.page import Align, Cell, Row, columns, dividers, row
from sludgetrack.documents.show import Spans
from sludgetrack.documents.text import Line, Span, fitted, line, wrap

AIR = 4.5
"""Points between a rule and the text beside it."""

LABEL = 76.0
"""Width of a label column."""


class Field(NamedTuple):
    """A label and what stands beside it."""

    label: Words
    value: Spans


def heading(look: Look, *titles: tuple[str, Words]) -> Row:
    """A tinted row with one title, or several side by side; each is (numeral, words), the numeral may be empty."""
    edges = columns(*([WIDTH / len(titles)] * len(titles)))
    set_titles = [title(look, *each) for each in titles]
    cells = [Cell(x + AIR, room - 2 * AIR, (each,)) for (x, room), each in zip(edges, set_titles, strict=True)]
    return row(look, cells, fill=TINT, dividers=dividers(edges), heading=True)


def title(look: Look, numeral: str, words: Words) -> Line:
    """A section's title on one line."""
    start = f"{numeral}\u3000" if numeral else ""
    return line(Span(start + words.zh, look.head), Span(f"  {words.en}", look.head_english))


def label(look: Look, words: Words, room: float) -> tuple[Line, ...]:
    """A field's label, set smaller where it would not fit on one line."""
    return fitted((Span(words.zh, look.label), Span(f" {words.en}", look.label_english)), room, floor=0.8)


def field_cells(look: Look, field: Field, x: float, room: float, label_room: float = LABEL) -> tuple[Cell, Cell]:
    """A label cell and a value cell in a column."""
    inside = room - label_room - AIR
    return (
        Cell(x + AIR, label_room - AIR, label(look, field.label, label_room - AIR - 4)),
        Cell(x + label_room, inside, wrap(field.value, inside)),
    )


def pairs(look: Look, left: Sequence[Field], right: Sequence[Field], start: float = 0.0) -> tuple[Row, ...]:
    """Fields in two columns from ``start`` on, row by row."""
    half = (WIDTH - start) / 2
    rows = []
    for one, two in zip_longest(left, right):
        cells = [
            *(field_cells(look, one, start, half) if one else ()),
            *(field_cells(look, two, start + half, half) if two else ()),
        ]
        rows.append(row(look, cells, dividers=(start + half,)))
    return tuple(rows)


def wide(look: Look, fields: Iterable[Field], start: float = 0.0, label_room: float = LABEL) -> tuple[Row, ...]:
    """Fields over the whole width."""
    return tuple(row(look, field_cells(look, field, start, WIDTH - start, label_room)) for field in fields)


class Column(NamedTuple):
    """A table's column: its title, its width in points (0: what is left) and how it is set."""

    title: Words
    width: float
    align: Align = "left"


class Table:
    """Rows of cells in columns; columns of figures are set on one line, the others are wrapped."""

    def __init__(self, look: Look, table: Sequence[Column]) -> None:
        self._look = look
        self._columns = table
        self._edges = columns(*(column.width for column in table))

    def head(self) -> Row:
        """The columns' titles, Chinese above English."""
        look = self._look
        cells = []
        for (x, room), column in zip(self._edges, self._columns, strict=True):
            inside = room - 2 * AIR
            zh = fitted((Span(column.title.zh, look.label),), inside)
            en = fitted((Span(column.title.en, look.label_english),), inside)
            cells.append(Cell(x + AIR, inside, (*zh, *en), column.align))
        made = row(look, cells, dividers=dividers(self._edges))
        return replace(made, leading=look.label.size * 1.14, baseline=look.label.size * 0.96, pad=look.pad * 1.3)

    def row(self, values: Sequence[Spans], *, marked: bool = False) -> Row:
        """One row; a marked one is tinted and has a bar at its edge."""
        cells = []
        for (x, room), column, value in zip(self._edges, self._columns, values, strict=True):
            inside = room - 2 * AIR
            lines = wrap(value, inside) if column.align == "left" else fitted(value, inside)
            cells.append(Cell(x + AIR, inside, lines, column.align))
        fill = TINT if marked else None
        return row(self._look, cells, dividers=dividers(self._edges), marked=marked, fill=fill)
