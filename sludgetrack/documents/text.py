"""Text set into lines: mixed styles, Chinese and Latin breaking, and a bounded shrink for single lines.

Nothing is ever cut off: what does not fit on a line goes on to the next, a word wider than the line is broken, and a
character outside the fonts is set as its code point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

from sludgetrack.documents import fonts

Colour = tuple[float, float, float]

_NOT_FIRST = frozenset("，。、；：？！）》」』】〉〕”’…·％%,.;:!?)]}°℃")
_NOT_LAST = frozenset("（《「『【〈〔“‘([{")
_BREAK_AFTER = frozenset("/→|·")
_SHORT = 4
"""Letters of a word between spaces that is kept whole."""


@dataclass(frozen=True, slots=True)
class Style:
    """A font at a size in points and a colour."""

    font: str
    size: float
    colour: Colour

    def scaled(self, factor: float) -> Style:
        """The same style at another size."""
        return replace(self, size=self.size * factor)


class Span(NamedTuple):
    """A stretch of text in one style."""

    text: str
    style: Style


class Piece(NamedTuple):
    """A span set on a line, ``x`` points from the line's start."""

    x: float
    text: str
    style: Style


class Line(NamedTuple):
    """Pieces from left to right and the width they take."""

    pieces: tuple[Piece, ...]
    width: float


class _Letter(NamedTuple):
    character: str
    style: Style
    width: float


_Word = list[_Letter]


def width(text: str, style: Style) -> float:
    """Points that printable text takes on a line."""
    return sum(map(fonts.widths()[style.font].__getitem__, text)) * style.size / 1000


def line(*spans: Span) -> Line:
    """The spans on one line, however wide."""
    pieces = []
    x = 0.0
    for span in spans:
        if span.text:
            text = fonts.printable(span.text)
            pieces.append(Piece(x, text, span.style))
            x += width(text, span.style)
    return Line(tuple(pieces), x)


def fitted(spans: Iterable[Span], room: float, floor: float = 0.6) -> tuple[Line, ...]:
    """One line, set smaller down to ``floor`` of its size if it must be; below that it is wrapped."""
    spans = tuple(spans)
    whole = line(*spans)
    if whole.width <= room:
        return (whole,)
    factor = max(floor, room / whole.width * 0.999)
    return wrap((Span(span.text, span.style.scaled(factor)) for span in spans), room)


def wrap(spans: Iterable[Span], room: float) -> tuple[Line, ...]:
    """The spans in lines no wider than ``room`` points; a line feed in the text ends a line."""
    spans = tuple(spans)
    if not any("\n" in span.text for span in spans):
        whole = line(*spans)
        if whole.width <= room:
            return (whole,)
    lines = [
        _line(letters)
        for paragraph in _paragraphs(letter for span in spans for letter in _letters(span))
        for letters in _fill(_words(paragraph), room)
    ]
    return tuple(lines)


def _letters(span: Span) -> Iterator[_Letter]:
    advances = fonts.widths()[span.style.font]
    scale = span.style.size / 1000
    for paragraph, text in enumerate(span.text.replace("\r\n", "\n").split("\n")):
        if paragraph:
            yield _Letter("\n", span.style, 0)
        for character in fonts.printable(text):
            yield _Letter(character, span.style, advances[character] * scale)


def _paragraphs(letters: Iterable[_Letter]) -> Iterator[_Word]:
    paragraph: _Word = []
    for letter in letters:
        if letter.character == "\n":
            yield paragraph
            paragraph = []
        else:
            paragraph.append(letter)
    yield paragraph


def _words(letters: _Word) -> Iterator[_Word]:
    """Stretches that stay on one line.

    A Latin word or figure, a Chinese character with the punctuation it carries, and a short Chinese word between
    spaces, which is mostly a person's name.
    """
    for token in _tokens(letters):
        if len(_trimmed(token)) <= _SHORT:
            yield token
        else:
            yield from _stretches(token)


def _tokens(letters: _Word) -> Iterator[_Word]:
    token: _Word = []
    for letter in letters:
        if token and token[-1].character == " " != letter.character:
            yield token
            token = []
        token.append(letter)
    if token:
        yield token


def _stretches(letters: _Word) -> Iterator[_Word]:
    word: _Word = []
    for letter in letters:
        if word and _may_break(word[-1].character, letter.character):
            yield word
            word = []
        word.append(letter)
    if word:
        yield word


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _NOT_FIRST or before in _NOT_LAST:
        return False
    return before in _BREAK_AFTER or _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    """Whether lines may break beside it: everything from the CJK blocks on, where words are not set apart."""
    return character >= "\u2e80"


def _fill(words: Iterable[_Word], room: float) -> Iterator[_Word]:
    current: _Word = []
    taken = 0.0
    for word in words:
        ink = sum(letter.width for letter in _trimmed(word))
        if current and taken + ink > room:
            yield current
            current, taken = [], 0.0
        *full, rest = _broken(word, room) if ink > room else [word]
        yield from full
        current = current + rest
        taken += sum(letter.width for letter in rest)
    yield current


def _broken(word: _Word, room: float) -> list[_Word]:
    """A word wider than a line, cut wherever a line is full."""
    lines: list[_Word] = [[]]
    taken = 0.0
    for letter in word:
        if lines[-1] and taken + letter.width > room:
            lines.append([])
            taken = 0.0
        lines[-1].append(letter)
        taken += letter.width
    return lines


def _trimmed(word: _Word) -> _Word:
    end = len(word)
    while end and word[end - 1].character == " ":
        end -= 1
    return word[:end]


def _line(letters: _Word) -> Line:
    pieces = []
    x = 0.0
    for style, group in groupby(_trimmed(letters), key=lambda letter: letter.style):
        run = list(group)
        pieces.append(Piece(x, "".join(letter.character for letter in run), style))
        x += sum(letter.width for letter in run)
    return Line(tuple(pieces), x)
