"""Cells as numbers: tonnes into kilograms, percent into basis points, whole and decimal numbers.

Read is what can mean one thing only; a lone comma group (``16,460``) could be a thousand or a decimal comma and is
refused.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from sludgetrack.domain.quantities import NotAQuantity, bp_from_percent, kg_from_tonnes
from sludgetrack.ledgerfiles.findings import shown
from sludgetrack.ledgerfiles.text import DATE_CELL, BadCell, narrow

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,})", re.ASCII)
_GROUPED_WHOLE = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+", re.ASCII)
_DIGITS_AND_SEPARATORS = re.compile(r"[+-]?\d[\d., ]*", re.ASCII)
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d+", re.ASCII)
_TONNES_WRITTEN = re.compile(r"(?<=[\d.])\s*(?:[tT]|吨|公吨)$")
_OTHER_UNIT = re.compile(r"[\d.]\s*(?:kg|KG|Kg|g|公斤|千克|克|斤|万吨|kt)$")

_TONNES_WANTED = "16.460"
_PERCENT_WANTED = "80.13"
_WHOLE_WANTED = "75327"


@lru_cache(maxsize=1 << 16)
def tonnes(cell: str) -> int | None:
    """Whole kilograms of tonnes with up to 3 decimals; ``t`` or ``吨`` may be written behind."""
    text = narrow(cell)
    if not text:
        return None
    if _OTHER_UNIT.search(text):
        raise BadCell("wrong_unit", shown=shown(text), wanted=_TONNES_WANTED)
    number = _unsigned(_decimal_text(_TONNES_WRITTEN.sub("", text), _TONNES_WANTED), cell)
    _at_most_decimals(number, 3, cell)
    try:
        return kg_from_tonnes(number)
    except NotAQuantity:
        raise BadCell("out_of_range", shown=shown(text), least="0", most="999999999.999") from None


@lru_cache(maxsize=1 << 14)
def percent(cell: str) -> int | None:
    """Basis points of percent from 0 to 100 with up to 2 decimals; a percent sign may be written behind."""
    text = narrow(cell)
    if not text:
        return None
    bare = text[:-1].rstrip() if text.endswith("%") else text
    number = _unsigned(_decimal_text(bare, _PERCENT_WANTED), cell)
    _at_most_decimals(number, 2, cell)
    try:
        return bp_from_percent(number)
    except NotAQuantity:
        raise BadCell("out_of_range", shown=shown(text), least="0", most="100") from None


def integer(cell: str) -> int | None:
    """A whole number from 0 on. No decimals can follow, so here a comma group is a thousand."""
    text = narrow(cell)
    if not text:
        return None
    bare = text.replace(",", "") if _GROUPED_WHOLE.fullmatch(text) else text
    number = _unsigned(_decimal_text(bare, _WHOLE_WANTED), cell)
    whole, _, decimals = number.partition(".")
    if decimals.strip("0"):
        raise BadCell("too_many_decimals", shown=shown(text), most="0")
    if len(whole) > 15:
        raise BadCell("out_of_range", shown=shown(text), least="0", most="999999999999999")
    return int(whole)


def number(cell: str) -> Decimal | None:
    """A decimal number of any sign."""
    text = narrow(cell)
    return Decimal(_decimal_text(text, "7.1")) if text else None


def _unsigned(number: str, cell: str) -> str:
    """The number without its sign. Raises BadCell below 0."""
    digits = number.lstrip("+-")
    if number.startswith("-") and digits.strip("0."):
        raise BadCell("negative", shown=shown(cell))
    return digits


def _at_most_decimals(number: str, most: int, cell: str) -> None:
    if len(number.partition(".")[2]) > most:
        raise BadCell("too_many_decimals", shown=shown(cell), most=str(most))


def _decimal_text(text: str, wanted: str) -> str:
    """Digits with at most one point, a digit on both its sides, and perhaps a sign. Raises BadCell."""
    plain = text.replace("。", ".")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _NUMBER.fullmatch(plain):
        raise BadCell(_why_no_number(plain), shown=shown(text.removeprefix(DATE_CELL)), wanted=wanted)
    whole, _, decimals = plain.partition(".")
    sign = whole[:1] if whole[:1] in {"+", "-"} else ""
    whole = whole.removeprefix(sign) or "0"
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


def _why_no_number(text: str) -> str:
    if _SCIENTIFIC.fullmatch(text):
        return "rounded_number"
    if _DIGITS_AND_SEPARATORS.fullmatch(text) and ("," in text or " " in text):
        return "ambiguous_number"
    return "not_a_number"
