"""Claimed figures under their wire names: tonnes for kilograms, percent for basis points, all as decimal text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sludgetrack.domain.quantities import percent_from_bp, tonnes_from_kg
from sludgetrack.schemas.changes import wire_change
from sludgetrack.schemas.naming import wire_name


def wire_figures(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Figures as they are read on the wire; a batch line's ``kg`` is its ``wet_t``. What is not stated is left out."""
    return {_name(name): _value(name, value) for name, value in figures.items() if value is not None}


def _name(name: str) -> str:
    return "wet_t" if name == "kg" else wire_name(name)


def _value(name: str, value: Any) -> Any:
    if name == "changes":
        return [wire_change(item) for item in value]
    if isinstance(value, (list, tuple)):
        return [wire_figures(item) if isinstance(item, Mapping) else item for item in value]
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if name == "kg" or name.endswith("_kg"):
        return tonnes_from_kg(value)
    return percent_from_bp(value) if name.endswith("_bp") else value
