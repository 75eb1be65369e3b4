"""A piece of a spreadsheet as a laboratory sends it: parameters under each other or side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_CELLS = re.compile(r"\t|[,，;；|]| {2,}")
_VALUE = re.compile(r"[<＜≤]?\s*([0-9][0-9,]*(?:\.[0-9]+)?)")
_WIDE = {0xFF10 + i: str(i) for i in range(10)} | {ord("．"): ".", ord("："): ":", ord("\u3000"): " "}


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was understood, value and unit by parameter, and the lines that were not."""

    found: Mapping[str, tuple[str, str]]
    strange: tuple[str, ...]


def understood(text: str, names: Mapping[str, str], units: Mapping[str, Sequence[str]]) -> Pasted:
    """Read what was pasted. ``names`` are the parameters by what people call them, in small letters."""
    rows = [_cells(line) for line in text.splitlines() if line.strip()]
    if len(rows) > 1 and sum(_known(cell, names) is not None for cell in rows[0]) > 1:
        rows = _turned(rows)
    found: dict[str, tuple[str, str]] = {}
    strange = []
    for row in rows:
        parameter = next((name for cell in row if (name := _known(cell, names)) is not None), None)
        value = next((match[1].replace(",", "") for cell in row[1:] if (match := _VALUE.fullmatch(cell))), None)
        if parameter is None or value is None:
            strange.append(" ".join(row))
        else:
            found[parameter] = value, _unit(row[1:], units.get(parameter, ()))
    return Pasted(found, tuple(strange))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _CELLS.split(line.translate(_WIDE).strip())]


def _turned(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Columns as rows; short rows end early."""
    width = max(map(len, rows))
    return [[row[n] for row in rows if n < len(row)] for n in range(width)]


def _known(cell: str, names: Mapping[str, str]) -> str | None:
    """The parameter a cell names; what stands in brackets behind it does not count."""
    plain = re.sub(r"[(（].*", "", cell).strip().lower()
    return names.get(cell.lower()) or names.get(plain)


def _unit(cells: Iterable[str], known: Sequence[str]) -> str:
    for cell in cells:
        for unit in known:
            if unit and cell.lower() == unit.lower():
                return unit
    return ""
