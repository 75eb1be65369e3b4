"""Keys under a picture: a sample of each ink with its words, in as many rows as they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from sludgetrack.charts.marks import Box, Dot, Ink, Mark, Rule, Text
from sludgetrack.charts.texts import width_of

Sample = Literal["box", "line", "dashes", "hollow"]


class Key(NamedTuple):
    """What a sample of an ink stands for."""

    ink: Ink
    words: str
    sample: Sample = "box"


def height(keys: Sequence[Key], width: float, size: float) -> float:
    """What the keys take below a picture."""
    return len(list(_rows(keys, width, size))) * size * 1.6 if keys else 0.0


def drawn(keys: Sequence[Key], width: float, size: float, *, top: float) -> Iterator[Mark]:
    """The keys from the left, row by row, below ``top``."""
    for n, row in enumerate(_rows(keys, width, size)):
        x, y = 0.0, top + (n + 1) * size * 1.6 - size * 0.3
        for key in row:
            yield from _sample(key, x, y, size)
            yield Text(x + size * 1.7, y, key.words, size, ink=Ink.SOFT)
            x += _room(key, size)


def _rows(keys: Sequence[Key], width: float, size: float) -> Iterator[list[Key]]:
    row: list[Key] = []
    taken = 0.0
    for key in keys:
        room = _room(key, size)
        if row and taken + room - size * 1.3 > width:
            yield row
            row, taken = [], 0.0
        row.append(key)
        taken += room
    if row:
        yield row


def _room(key: Key, size: float) -> float:
    return size * 3.0 + width_of(key.words, size)


def _sample(key: Key, x: float, y: float, size: float) -> Iterator[Mark]:
    middle = y - size * 0.34
    if key.sample == "box":
        yield Box(x + size * 0.3, y - size * 0.82, size * 0.95, size * 0.95, key.ink)
    elif key.sample == "hollow":
        yield Dot(x + size * 0.75, middle, size * 0.32, key.ink, hollow=True)
    else:
        yield Rule(((x, middle), (x + size * 1.3, middle)), key.ink, 1.6, dashed=key.sample == "dashes")
