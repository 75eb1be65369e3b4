"""The head and foot that every page of a document carries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from sludgetrack.documents import words
from sludgetrack.documents.content import Words
from sludgetrack.documents.fonts import BOLD, REGULAR
from sludgetrack.documents.look import ACCENT, BOTTOM, GREY, INK, LEFT, QR_SIZE, RIGHT, TOP, WHITE, WIDTH
from sludgetrack.documents.paper import Paper
from sludgetrack.documents.text import Line, Span, Style, fitted, line, wrap

TITLE = Style(BOLD, 21, INK)
TITLE_ENGLISH = Style(REGULAR, 10.5, GREY)
SUBTITLE = Style(REGULAR, 9.2, INK)
SUBTITLE_ENGLISH = Style(REGULAR, 8, GREY)
NUMBER = Style(BOLD, 16.5, INK)
SMALL = Style(REGULAR, 7.6, GREY)
SMALL_ENGLISH = Style(REGULAR, 6.6, GREY)
PLAIN = Style(REGULAR, 8.6, INK)
CHIP = Style(BOLD, 7.4, ACCENT)
CHIP_ENGLISH = Style(REGULAR, 6.6, ACCENT)
LOUD = frozenset(("disputed", "contradicts"))
"""Flags that nobody may overlook."""

ROOM = WIDTH - QR_SIZE - 22
"""Width left of the QR code and its quiet zone."""

HEIGHT = QR_SIZE + 12
"""Least height of the head: the code and its quiet zone."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the top of every page. ``lines`` are (label, value) below the number."""

    title: Words
    subtitle: Words
    number_label: Words
    number: str
    lines: tuple[tuple[Words, str], ...]
    flags: tuple[str, ...]
    url: str


class _Chip(NamedTuple):
    """A flag's words in a box, its baseline ``y`` below the top; a loud one is white on black."""

    x: float
    y: float
    line: Line
    loud: bool


@dataclass(frozen=True, slots=True)
class _Set:
    """The head's lines with the baseline of each below the top, and the height of it all."""

    lines: tuple[tuple[float, Line], ...]
    chips: tuple[_Chip, ...]
    height: float


def _pair(words_: Words, zh: Style, en: Style) -> tuple[Span, Span]:
    return Span(words_.zh, zh), Span(f"  {words_.en}", en)


def _set(head: Head) -> _Set:
    y = 18.0
    lines = [(y, line(*_pair(head.title, TITLE, TITLE_ENGLISH)))]
    y += 17
    for each in wrap(_pair(head.subtitle, SUBTITLE, SUBTITLE_ENGLISH), ROOM):
        lines.append((y, each))
        y += 12
    y += 12.5
    label = _pair(head.number_label, SMALL, SMALL_ENGLISH)
    number = fitted((*label, Span("   ", SMALL), Span(head.number, NUMBER)), ROOM)
    lines.extend((y + n * 18, each) for n, each in enumerate(number))
    y += 15.5 + (len(number) - 1) * 18
    for name, value in head.lines:
        text = (*_pair(name, SMALL, SMALL_ENGLISH), Span("   ", SMALL), Span(value, PLAIN))
        for each in fitted(text, ROOM, floor=0.8):
            lines.append((y, each))
            y += 11.5
    chips = _chips(head.flags, y + 1.5)
    depth = max([y - 8, *(chip.y + 9 for chip in chips)])
    return _Set(tuple(lines), chips, max(HEIGHT, depth))


def _chips(flags: tuple[str, ...], y: float) -> tuple[_Chip, ...]:
    """The flags in rows of boxes."""
    chips: list[_Chip] = []
    x = 0.0
    for flag in flags:
        pair = words.of(words.FLAGS, flag)
        loud = flag in LOUD
        zh, en = (replace(style, colour=WHITE if loud else ACCENT) for style in (CHIP, CHIP_ENGLISH))
        text = line(Span(pair.zh, zh), Span(f" {pair.en}", en))
        if x and x + text.width + 10 > ROOM:
            x, y = 0.0, y + 14
        chips.append(_Chip(x, y, text, loud))
        x += text.width + 15
    return tuple(chips)


def height(head: Head) -> float:
    """Points that the head takes."""
    return _set(head).height


def draw(paper: Paper, head: Head) -> None:
    """The head at the top of a page."""
    made = _set(head)
    paper.write([(LEFT, TOP - y, each) for y, each in made.lines])
    for chip in made.chips:
        if chip.loud:
            paper.box(LEFT + chip.x, TOP - chip.y - 3.2, chip.line.width + 10, 11.4, INK)
        else:
            paper.frame(LEFT + chip.x, TOP - chip.y - 3.2, chip.line.width + 10, 11.4, ACCENT, 0.7)
    paper.write([(LEFT + chip.x + 5, TOP - chip.y, chip.line) for chip in made.chips])
    paper.code(head.url, x=RIGHT - QR_SIZE, y=TOP - QR_SIZE)
    captions = line(Span("扫码核验", SMALL)), line(Span("Scan to verify", SMALL_ENGLISH))
    paper.write([(LEFT + ROOM - each.width, TOP - 7 - 9 * n, each) for n, each in enumerate(captions)])


def foot(paper: Paper, page: int, pages: int, *, name: str, made: tuple[Span, ...]) -> None:
    """Page x of y and the document's number at the left, what ``made`` says at the right."""
    y = BOTTOM - 14
    count = line(
        Span(f"第 {page} 页 共 {pages} 页", SMALL),
        Span(f"  Page {page} of {pages}", SMALL_ENGLISH),
        Span(f"    {name}", SMALL),
    )
    right = line(*made)
    paper.write([(LEFT, y, count), (RIGHT - right.width, y, right)])
