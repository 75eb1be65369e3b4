"""Cells as text: full-width letters narrowed, invisible characters dropped, what is no text refused."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from sludgetrack.ledgerfiles.findings import shown

DATE_CELL: Final = "\x02"
"""What a workbook's date cell begins with, so that a column of codes can tell it from typed text."""

_FULL_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_SPACES = dict.fromkeys((0xA0, 0x2002, 0x2003, 0x2009, 0x202F, 0x3000), " ")
_HYPHENS = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2212), "-")
_INVISIBLE = dict.fromkeys((0xAD, 0xFEFF, 0x2060, *range(0x200B, 0x2010), *range(0x202A, 0x202F)))
_NARROW = {**_FULL_WIDTH, **_SPACES, **_HYPHENS, **_INVISIBLE}
_EDGES = "".join(map(chr, (*_SPACES, *_INVISIBLE))) + " \t\r\n"

_PLAIN_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_./-]*(?<![./-])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LOST_DIGITS = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_DAY_OF_YEAR = re.compile(r"\d{1,2}月\d{1,2}日")
_PLATE_NOISE = re.compile(r"[\s·•・‧∙.-]")
_ERRORS = frozenset(("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"))


class BadCell(ValueError):
    """A cell that cannot be read; the code and facts of the finding."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(f"{code}: {facts}")
        self.code = code
        self.facts = facts


def narrow(cell: str) -> str:
    """The cell on narrow letters, without invisible characters and outer spaces."""
    text = cell.translate(_NARROW).strip()
    refuse_formula_or_error(text)
    return text


def refuse_formula_or_error(text: str) -> None:
    """Raise BadCell for a formula without its result and for a spreadsheet's error value."""
    if text.startswith("="):
        raise BadCell("formula", shown=shown(text))
    if text in _ERRORS:
        raise BadCell("excel_error", shown=text)


def fold(text: str) -> str:
    """What two spellings of one heading or code word have in common: narrow, without spaces, small letters."""
    return "".join(text.translate(_NARROW).split()).casefold()


def code(cell: str) -> str | None:
    """An id. Refused: dates and rounded numbers a spreadsheet made of it, and control characters."""
    if _PLAIN_CODE.fullmatch(cell):
        return cell
    text = narrow(cell)
    if not text:
        return None
    if text.startswith(DATE_CELL) or _DAY_OF_YEAR.fullmatch(text):
        raise BadCell("date_cell", shown=text.removeprefix(DATE_CELL))
    if _CONTROL.search(text):
        raise BadCell("control_character", shown=shown(text))
    if _LOST_DIGITS.fullmatch(text):
        raise BadCell("rounded_number", shown=text)
    return " ".join(text.split())


@lru_cache(maxsize=1 << 14)
def known_code(cell: str) -> str | None:
    """An id that comes again and again, such as a facility's."""
    return code(cell)


@lru_cache(maxsize=1 << 14)
def plate(cell: str) -> str | None:
    """A plate in capitals, without the dot and spaces people write into it: ``豫G·12345`` is ``豫G12345``."""
    text = code(cell)
    return None if text is None else _PLATE_NOISE.sub("", text).upper() or None


@lru_cache(maxsize=1 << 12)
def text(cell: str) -> str | None:
    """Free text as written, without outer spaces and invisible characters; line breaks inside stay."""
    kept = cell.strip(_EDGES).removeprefix(DATE_CELL)
    refuse_formula_or_error(kept)
    if _CONTROL_IN_TEXT.search(kept):
        raise BadCell("control_character", shown=shown(kept))
    return kept.replace("\r\n", "\n").replace("\r", "\n") or None


@lru_cache(maxsize=1 << 10)
def division(cell: str) -> str | None:
    """A division or a prefix of one: 2, 4 or 6 digits."""
    digits = narrow(cell)
    if not digits:
        return None
    if not (digits.isascii() and digits.isdecimal() and len(digits) in {2, 4, 6}):
        raise BadCell("not_a_division", shown=shown(digits))
    return digits
