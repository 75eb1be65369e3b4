"""The reader of a column's cells: from the text of a cell to its typed value, None where it is blank."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sludgetrack.ledgerfiles import numbers, text, times
from sludgetrack.ledgerfiles.findings import shown
from sludgetrack.ledgerfiles.lists import outputs, refuse_repeats, shares
from sludgetrack.ledgerfiles.shapes import Code, Column, Kind
from sludgetrack.ledgerfiles.text import BadCell, fold, narrow

Parse = Callable[[str], Any]

_CODES_SEPARATOR = re.compile(r"[;、,\s]+")

_BY_KIND: Mapping[Kind, Parse] = {
    Kind.PLATE: text.plate,
    Kind.TEXT: text.text,
    Kind.DIVISION: text.division,
    Kind.TONNES: numbers.tonnes,
    Kind.PERCENT: numbers.percent,
    Kind.INTEGER: numbers.integer,
    Kind.NUMBER: numbers.number,
    Kind.DATE: times.day,
    Kind.TIME: times.moment,
    Kind.SHARES: shares,
    Kind.OUTPUTS: outputs,
}
_BLANK: Mapping[Kind, Any] = {Kind.FLAG: False, Kind.CHOICES: (), Kind.SHARES: (), Kind.OUTPUTS: ()}


def blank_of(column: Column) -> Any:
    """The value of a blank cell."""
    return _BLANK.get(column.kind, column.default)


def parser_of(column: Column) -> Parse:
    """What reads a filled cell of the column. It raises BadCell."""
    parse = _parser_of_kind(column)
    if column.max_length is not None:
        return _at_most(column.max_length, parse)
    return parse if column.within is None else _within(column.within, parse)


def _parser_of_kind(column: Column) -> Parse:
    if column.kind is Kind.CODE:
        # Keys are all different: a cache of them would only cost.
        return text.code if column.key else text.known_code
    if column.kind in {Kind.CHOICE, Kind.CHOICES, Kind.FLAG}:
        return _parser_of_codes(column)
    return _BY_KIND[column.kind]


def _at_most(most: int, parse: Parse) -> Parse:
    def limited(cell: str) -> Any:
        value = parse(cell)
        if value is not None and len(value) > most:
            raise BadCell("too_long", length=str(len(value)), most=str(most))
        return value

    return limited


def _within(most: int, parse: Parse) -> Parse:
    def limited(cell: str) -> Any:
        value = parse(cell)
        if value is not None and abs(value) > most:
            raise BadCell("out_of_range", shown=shown(cell), least=str(-most), most=str(most))
        return value

    return limited


def _parser_of_codes(column: Column) -> Parse:
    words = _words(column.codes)
    known = ", ".join(code.value for code in column.codes)

    def value_of(word: str) -> str:
        value = words.get(fold(word))
        if value is None:
            raise BadCell("unknown_code", shown=shown(word), known=known)
        return value

    @lru_cache(maxsize=1 << 10)
    def one(cell: str) -> Any:
        word = narrow(cell)
        if column.kind is Kind.FLAG:
            return value_of(word) == "yes" if word else False
        return value_of(word) if word else column.default

    @lru_cache(maxsize=1 << 10)
    def several(cell: str) -> tuple[str, ...]:
        listed = [value_of(word) for word in _CODES_SEPARATOR.split(narrow(cell)) if word]
        refuse_repeats(listed)
        return tuple(listed)

    return several if column.kind is Kind.CHOICES else one


def _words(codes: tuple[Code, ...]) -> dict[str, str]:
    """Every spelling of every code, folded."""
    return {fold(word): code.value for code in codes for word in (code.value, *code.zh.split())}
