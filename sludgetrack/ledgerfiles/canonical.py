"""One spelling for every value, so that two versions of a row can be stored and compared as text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sludgetrack.domain.quantities import percent_from_bp, tonnes_from_kg
from sludgetrack.ledgerfiles.shapes import Column, Kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from sludgetrack.ledgerfiles.rows import Output, Share
    from sludgetrack.ledgerfiles.shapes import LedgerFile, Row

_tonnes = lru_cache(maxsize=1 << 16)(tonnes_from_kg)
_percent = lru_cache(maxsize=1 << 14)(percent_from_bp)


def values(file: LedgerFile[Row], row: Row) -> tuple[str, ...]:
    """Every cell of the row in one spelling, in the order of the file's columns; blank is empty.

    Tonnes have 3 decimals, percent 2, times with an offset are UTC (``2025-02-01T06:34:00Z``), local ones stay local
    (``2025-02-01T14:34:00``), lists are sorted.
    """
    return tuple(text_of(column, value) for column, value in zip(file.columns, row[1:], strict=True))


def key(file: LedgerFile[Row], row: Row) -> tuple[str, ...]:
    """The key cells of the row in one spelling."""
    cells = zip(file.columns, row[1:], strict=True)
    return tuple(text_of(column, value) for column, value in cells if column.key)


def text_of(column: Column, value: Any) -> str:
    """One value of the column in its one spelling."""
    if value is None:
        return ""
    if type(value) is str:
        return value
    return _TEXT[column.kind](value)


def _moment(value: datetime) -> str:
    return value.isoformat() if value.tzinfo is None else f"{value.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


def _shares(listed: tuple[Share, ...]) -> str:
    return ";".join(f"{lot}:{_tonnes(kg)}" if kg is not None else lot for lot, kg in sorted(listed, key=_id))


def _outputs(listed: tuple[Output, ...]) -> str:
    return ";".join(f"{lot}:{_tonnes(kg)}:{_percent(bp)}" for lot, kg, bp in sorted(listed))


def _id(share: Share) -> str:
    return share.id


_TEXT: dict[Kind, Callable[[Any], str]] = {
    Kind.TONNES: _tonnes,
    Kind.PERCENT: _percent,
    Kind.INTEGER: str,
    Kind.NUMBER: lambda value: format(value.normalize(), "f"),
    Kind.DATE: date.isoformat,
    Kind.TIME: _moment,
    Kind.FLAG: lambda value: "yes" if value else "",
    Kind.CHOICES: lambda listed: ";".join(sorted(listed)),
    Kind.SHARES: _shares,
    Kind.OUTPUTS: _outputs,
}


def in_zones(file: LedgerFile[Row], row: Row, zone_of: Callable[[str], tzinfo]) -> Row:
    """The row with every local time put into the zone of its facility; ``zone_of`` knows a facility's zone by code."""
    cells = dict(zip((column.name for column in file.columns), row[1:], strict=True))
    zoned = [row[0]]
    for column in file.columns:
        value = cells[column.name]
        if column.zone_of is not None and value is not None and value.tzinfo is None:
            value = value.replace(tzinfo=zone_of(cells[column.zone_of]))
        zoned.append(value)
    return file.make(zoned)
