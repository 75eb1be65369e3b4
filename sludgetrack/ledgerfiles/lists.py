"""Cells that list batches or lots: ``B1:12.5;B2:5.1``."""

from __future__ import annotations

import re
from functools import lru_cache

from sludgetrack.ledgerfiles import numbers, text
from sludgetrack.ledgerfiles.findings import shown
from sludgetrack.ledgerfiles.rows import Output, Share
from sludgetrack.ledgerfiles.text import BadCell, narrow

_LIST_SEPARATOR = re.compile(r"[;、]")
_SHARES_WANTED = "B1, B1:12.5;B2:5.1"
_OUTPUTS_WANTED = "L1:12.5:38.00;L2:5.1:38.00"


@lru_cache(maxsize=1 << 12)
def shares(cell: str) -> tuple[Share, ...]:
    """Batches or lots, each with wet tonnes or without. The rows that need masses say so themselves."""
    listed = [_share(item) for item in _items(cell)]
    refuse_repeats([share.id for share in listed])
    return tuple(listed)


def outputs(cell: str) -> tuple[Output, ...]:
    """New lots, each with its wet tonnes and moisture."""
    listed = [_output(item) for item in _items(cell)]
    refuse_repeats([output.id for output in listed])
    return tuple(listed)


def output_names(cell: str) -> list[str]:
    """The lots a cell of outputs names, as far as that can be read, whatever is wrong with the rest of it."""
    try:
        names = [text.code(item.partition(":")[0]) for item in _items(cell)]
    except BadCell:
        return []
    return [name for name in names if name]


def _items(cell: str) -> list[str]:
    return [item for item in map(str.strip, _LIST_SEPARATOR.split(narrow(cell))) if item]


def _share(item: str) -> Share:
    name, colon, mass = item.partition(":")
    lot, wet_kg = text.known_code(name), numbers.tonnes(mass)
    if lot is None or (colon and wet_kg is None) or ":" in mass:
        raise BadCell("not_a_list", shown=shown(item), wanted=_SHARES_WANTED)
    return Share(lot, wet_kg)


def _output(item: str) -> Output:
    parts = item.split(":")
    if len(parts) != 3:
        raise BadCell("not_a_list", shown=shown(item), wanted=_OUTPUTS_WANTED)
    lot, wet_kg, moisture_bp = text.code(parts[0]), numbers.tonnes(parts[1]), numbers.percent(parts[2])
    if lot is None or wet_kg is None or moisture_bp is None:
        raise BadCell("not_a_list", shown=shown(item), wanted=_OUTPUTS_WANTED)
    return Output(lot, wet_kg, moisture_bp)


def refuse_repeats(names: list[str]) -> None:
    """Raise BadCell for a name that stands twice in a list."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise BadCell("listed_twice", shown=shown(name))
        seen.add(name)
