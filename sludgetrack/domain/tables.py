"""Reading the shipped reference tables: comma-separated text with a header row."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from sludgetrack.domain.quantities import bp_from_percent

if TYPE_CHECKING:
    from collections.abc import Iterator


def rows(text: str) -> Iterator[dict[str, str]]:
    """Each row as a mapping from column to text."""
    return csv.DictReader(io.StringIO(text, newline=""))


def is_yes(text: str) -> bool:
    """True for ``Y``, false for ``N``. Raises ValueError for anything else, so that a slip in a table is not a no."""
    if text not in {"Y", "N"}:
        raise ValueError(f"{text!r} is neither Y nor N")
    return text == "Y"


def percent_or_none(text: str) -> int | None:
    """Basis points, or None for a blank. Raises NotAQuantity."""
    return bp_from_percent(text) if text else None
