"""Names of fields on the wire: with the units people use instead of the whole numbers inside."""

from __future__ import annotations


def wire_name(field: str) -> str:
    """The name on the wire of a field: kilograms go as tonnes, basis points as percent, t80 a day as ``_t80_d``."""
    if field.endswith("_kg"):
        return field.removesuffix("_kg") + "_t"
    if field.endswith("_bp"):
        return field.removesuffix("_bp") + "_pct"
    return field.removesuffix("_kg_d") + "_d" if field.endswith("_t80_kg_d") else field
