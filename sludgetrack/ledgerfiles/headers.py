"""The header row: which column stands where, by its name or one of its Chinese headings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sludgetrack.ledgerfiles.cells import Parse, parser_of
from sludgetrack.ledgerfiles.findings import Finding, Report, shown
from sludgetrack.ledgerfiles.shapes import Column, Kind, LedgerFile
from sludgetrack.ledgerfiles.text import fold

if TYPE_CHECKING:
    from sludgetrack.ledgerfiles.sources import Record

_WITH_UNIT = re.compile(r"(.+)[(\[]([^()\[\]]+)[)\]]")
_UNITS: Mapping[Kind, frozenset[str]] = {
    Kind.TONNES: frozenset(("t", "吨", "t/d", "吨/日", "吨/天")),
    Kind.PERCENT: frozenset("%"),
    Kind.INTEGER: frozenset(("m3", "m³", "立方米", "天", "日")),
}


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns stand. ``plan``: for each the cell's position, the value's place in a row, and its reader."""

    plan: tuple[tuple[int, int, Parse], ...]
    width: int
    unnamed: tuple[int, ...]
    """Positions without a heading: cells there belong to no column."""
    is_complete: bool
    """Whether every required column is there."""


def read_header(file: LedgerFile[Any], label: str, record: Record, report: Report) -> Header:
    """The header of a file; unknown, doubled and missing columns are reported."""
    line, cells = record
    headings = [shown(cell) for cell in cells]
    if _is_one_cell_of_many(cells):
        report(Finding(label, line, "", "delimiter"))
    places = _places(file, cells)
    for position, name in places.items():
        if name is None:
            facts = {"shown": headings[position], "columns": ", ".join(column.name for column in file.columns)}
            report(Finding(label, line, headings[position], "unknown_column", facts))
    first = _first_places(places)
    for position, name in places.items():
        if name is not None and first[name] != position:
            facts = {"shown": headings[position], "other": headings[first[name]]}
            report(Finding(label, line, name, "duplicate_column", facts))
    missing = [column for column in file.columns if column.required and column.name not in first]
    for column in missing:
        report(Finding(label, line, column.name, "missing_column", {"name": column.name}))
    plan = [(first[c.name], slot, parser_of(c)) for slot, c in enumerate(file.columns, 1) if c.name in first]
    unnamed = tuple(position for position, cell in enumerate(cells) if not fold(cell))
    return Header(tuple(plan), len(cells), unnamed, not missing)


def _is_one_cell_of_many(cells: list[str]) -> bool:
    filled = [cell for cell in cells if fold(cell)]
    return len(filled) == 1 and any(separator in filled[0] for separator in ";\t|")


def _places(file: LedgerFile[Any], cells: list[str]) -> dict[int, str | None]:
    """The column's name at every position that has a heading; None for an unknown heading."""
    spellings = {fold(word): column for column in file.columns for word in (column.name, *column.zh.split())}
    return {position: _name(spellings, fold(cell)) for position, cell in enumerate(cells) if fold(cell)}


def _name(spellings: Mapping[str, Column], folded: str) -> str | None:
    heading = folded.strip("*")
    column = spellings.get(heading)
    if column is None and (split := _WITH_UNIT.fullmatch(heading)):
        column = spellings.get(split[1])
        if column is not None and split[2] not in _UNITS.get(column.kind, ()):
            return None
    return column.name if column else None


def _first_places(places: Mapping[int, str | None]) -> dict[str, int]:
    first: dict[str, int] = {}
    for position, name in places.items():
        if name is not None:
            first.setdefault(name, position)
    return first
