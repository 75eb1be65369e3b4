"""Masses and moisture as integers with one unit each, and their decimal text.

Wet mass is whole kilograms, moisture whole basis points of the wet mass (80.13 % = 8013), and dry solids are units of
0.1 g, so that ``wet_kg * (10000 - moisture_bp)`` is exact. Nothing here or above it ever uses a float for a mass.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

UNITS_PER_TONNE = 10_000_000
"""Dry-solids units (0.1 g) in one tonne."""

FULL_BP = 10_000
"""Basis points in the whole."""

EIGHTY_PERCENT_FACTOR = 5
"""t80 = 5 x tDS: one tonne at 80 % moisture holds 0.2 t of dry solids."""

_TONNES = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")
_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")


class NotAQuantity(ValueError):
    """The text is no mass or moisture; ``wanted`` says what would be."""

    def __init__(self, text: str, wanted: str) -> None:
        super().__init__(f"{text!r}: {wanted}")
        self.text = text
        self.wanted = wanted


def kg_from_tonnes(text: str) -> int:
    """Whole kilograms from decimal tonnes with at most 3 decimals (``"16.46"`` is 16460). Raises NotAQuantity."""
    if not _TONNES.fullmatch(text):
        raise NotAQuantity(text, "tonnes with up to 3 decimals, such as 16.460")
    return int(Decimal(text) * 1000)


def bp_from_percent(text: str) -> int:
    """Basis points from percent 0-100 with at most 2 decimals (``"80.13"`` is 8013). Raises NotAQuantity."""
    if not _PERCENT.fullmatch(text) or Decimal(text) > 100:
        raise NotAQuantity(text, "percent from 0 to 100 with up to 2 decimals, such as 80.13")
    return int(Decimal(text) * 100)


def dry_units(wet_kg: int, moisture_bp: int) -> int:
    """Dry solids of a wet mass in units of 0.1 g, exactly."""
    return wet_kg * (FULL_BP - moisture_bp)


def tonnes_from_kg(kg: int, decimals: int = 3) -> str:
    """Decimal tonnes of whole kilograms, half-even at ``decimals``."""
    return _fixed(Decimal(kg) / 1000, decimals)


def percent_from_bp(bp: int) -> str:
    """Percent with two decimals."""
    return _fixed(Decimal(bp) / 100, 2)


def tonnes_from_units(units: int, decimals: int = 3) -> str:
    """Decimal tonnes of dry solids, rounded once, half-even; 7 decimals are exact."""
    return _fixed(Decimal(units) / UNITS_PER_TONNE, decimals)


def t80_from_units(units: int, decimals: int = 3) -> str:
    """Tonnes at 80 % moisture that hold these dry solids."""
    return tonnes_from_units(units * EIGHTY_PERCENT_FACTOR, decimals)


def percent_of(part: int, whole: int) -> str | None:
    """``part / whole`` in percent with two decimals, half-even; None where the whole is 0."""
    if whole == 0:
        return None
    return _fixed(Decimal(part) * 100 / Decimal(whole), 2)


def divide_half_even(numerator: int, denominator: int) -> int:
    """The integer nearest to numerator / denominator, ties to the even one. ``denominator`` must not be 0."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient % 2):
        return quotient + 1
    return quotient


def _fixed(value: Decimal, decimals: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
    return f"{rounded:f}" if rounded else f"{abs(rounded):f}"
