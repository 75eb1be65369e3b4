"""How much room a text takes in whatever font it is drawn, taken rather too large than too small."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WIDE_FROM = "\u2e80"
_NARROW = frozenset(" .,:;'|!il·()[]\u00a0")
_SHORT = 4
"""Characters of a word between spaces that is kept whole."""
LEADING = 1.32
"""Height of a line in sizes of its text."""


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """What a line of text takes at a size."""
    return sum(map(_ems, text)) * size * (1.04 if bold else 1.0)


def wrapped(text: str, room: float, size: float, most: int = 2) -> tuple[str, ...]:
    """The text in at most so many lines of a room; what does not fit ends in an ellipsis."""
    lines = list(_filled(text, room, size))
    if len(lines) <= most:
        return tuple(lines)
    return (*lines[: most - 1], shortened("".join(lines[most - 1 :]), room, size))


def shortened(text: str, room: float, size: float) -> str:
    """The text, or as much of it as fits before an ellipsis."""
    if width_of(text, size) <= room:
        return text
    kept = text
    while kept and width_of(f"{kept}…", size) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def _filled(text: str, room: float, size: float) -> Iterator[str]:
    line = ""
    for word in _words(text):
        if line and width_of((line + word).rstrip(), size) > room:
            yield line.rstrip()
            line = ""
        line += word
    yield line.rstrip()


def _words(text: str) -> Iterator[str]:
    """What stays on one line: words with the space behind them, of longer Chinese ones each character."""
    for word in re.findall(r"[^ ]+ *|^ +", text):
        if len(word.rstrip()) <= _SHORT or word < _WIDE_FROM:
            yield word
        else:
            yield from re.findall(r"[\u2e80-\uffff] *|[^\u2e80-\uffff]+", word)


def _ems(character: str) -> float:
    if character >= _WIDE_FROM:
        return 1.0
    if character in _NARROW:
        return 0.32
    if character in "MW%—…m":
        return 0.96
    return 0.72 if character.isupper() or character in "≥≤w÷×" else 0.58
