"""Figures in columns for a terminal, Chinese and Latin letters aligned."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

NOTHING = "–"
_GAP = "  "
_WIDE = frozenset("WF")
_FALLBACK = (120, 24)


class Label(NamedTuple):
    """A figure's Chinese name and unit; its English key stands beside them."""

    zh: str
    unit: str


def figures_table(
    rows: Sequence[Mapping[str, Any]], labels: Mapping[str, Label], *, marked: frozenset[str] = frozenset()
) -> str:
    """A line for each figure, a column for each row (by its ``group``), as many beside each other as fit.

    Figures no row has are left out; those ``marked`` get an asterisk.
    """
    names = [name for key in labels for name in _names(key, rows)]
    heads = [_head(name, labels, marked) for name in names]
    head_width = max(map(width, heads), default=0)
    columns = [[row["group"], *(_cell(row, name) for name in names)] for row in rows]
    blocks = [
        "\n".join(_lines(["", *heads], head_width, block))
        for block in _blocks(columns, shutil.get_terminal_size(_FALLBACK).columns - head_width)
    ]
    return "\n\n".join(blocks)


def width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in _WIDE else 1 for letter in text)


def _names(key: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A figure, or the parts of one that is told in parts."""
    values = [row[key] for row in rows if row[key] is not None]
    if any(isinstance(value, dict) for value in values):
        return [f"{key}.{part}" for part in sorted({part for value in values for part in value})]
    return [key] if values else []


def _head(name: str, labels: Mapping[str, Label], marked: frozenset[str]) -> str:
    key, _, part = name.partition(".")
    label = labels[key]
    shown = f"  {label.zh} {part}" if part else f"{label.zh} {key}"
    return f"{shown} {label.unit}{'*' if key in marked else ''}"


def _cell(row: Mapping[str, Any], name: str) -> str:
    key, _, part = name.partition(".")
    value = row[key]
    if part and value is not None:
        value = value.get(part)
    return NOTHING if value is None else str(value)


def _blocks(columns: Sequence[list[str]], room: int) -> Iterator[list[list[str]]]:
    """The columns in groups that fit beside each other, at least one at a time."""
    block: list[list[str]] = []
    used = 0
    for column in columns:
        wide = max(map(width, column)) + len(_GAP)
        if block and used + wide > room:
            yield block
            block, used = [], 0
        block.append(column)
        used += wide
    if block:
        yield block


def _lines(heads: Sequence[str], head_width: int, columns: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(width, column)) for column in columns]
    for i, head in enumerate(heads):
        cells = [" " * (wide - width(column[i])) + column[i] for column, wide in zip(columns, widths, strict=True)]
        yield (head + " " * (head_width - width(head)) + _GAP + _GAP.join(cells)).rstrip()
