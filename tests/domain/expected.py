"""Figures computed elsewhere for the generated city, and how near to them ours must come."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sludgetrack.domain.quantities import UNITS_PER_TONNE
from tests.domain.shared import CITY

PERIODS = ("2025-01-01", "2025-02-01")
GROUPINGS = ("by_division", "by_plant", "total")
TONNE_TOLERANCE = Decimal("0.002")
POINT_TOLERANCE = Decimal("0.01")
FATE_TOLERANCE = Decimal("0.0000002")

Expected = dict[str, Any]


def read_expected() -> Expected:
    """What a right system shows for the city."""
    found: Expected = json.loads((CITY / "expected.json").read_text(encoding="utf-8"))
    return found


def period_of(expected: Expected, first: str) -> Expected:
    """The figures of the period that begins on this day."""
    found: Expected = next(period for period in expected["periods"] if period["from"] == first)
    return found


def rows_of(period: Mapping[str, Any], grouping: str) -> list[Mapping[str, Any]]:
    """The rows of one grouping; the total is one row."""
    return [period[grouping]] if grouping == "total" else period[grouping]


def faults(told: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """Every figure of a row that is not within its tolerance."""
    for name, value in told.items():
        if name == "group":
            continue
        values, mine = (value, found[name]) if isinstance(value, dict) else ({"": value}, {"": found[name]})
        tolerance = POINT_TOLERANCE if "rate" in name or "share" in name else TONNE_TOLERANCE
        for key in {**values, **mine}:
            if not _close(values.get(key), mine.get(key), tolerance):
                yield f"{told['group']} {name} {key}: {mine.get(key)} instead of {values.get(key)}"


def _close(told: str | None, found: str | None, tolerance: Decimal) -> bool:
    if told is None or found is None:
        return told == found
    return abs(Decimal(told) - Decimal(found)) <= tolerance


def fate_faults(batch: str, told: Mapping[str, str], found: Mapping[str, int]) -> Iterator[str]:
    """Every fate of a batch that is not told to the unit or two; ``found`` in units."""
    for fate in {**told, **found}:
        tonnes = Decimal(found.get(fate, 0)) / UNITS_PER_TONNE
        if abs(Decimal(told.get(fate, "0")) - tonnes) > FATE_TOLERANCE:
            yield f"{batch} {fate}: {tonnes} instead of {told.get(fate)}"
