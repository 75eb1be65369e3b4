"""Two versions of a row of one key, in findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sludgetrack.ledgerfiles.findings import Finding, shown
from sludgetrack.ledgerfiles.stages import compare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sludgetrack.ledgerfiles.shapes import LedgerFile

Version = tuple[int, "Sequence[str]"]
"""The line a row begins on, and its values in their one spelling."""


def doubled_finding(file: LedgerFile[Any], label: str, row: Version, first: Version, key: str) -> Finding:
    """A key stands twice and the rows differ; the first column they differ in."""
    column = next(c.name for c, one, other in zip(file.columns, row[1], first[1], strict=True) if one != other)
    return Finding(label, row[0], column, "duplicate_key", {"key": shown(key), "line": str(first[0])})


def conflicts(
    file: LedgerFile[Any], label: str, line: int, old: Sequence[str], new: Sequence[str]
) -> Iterator[Finding]:
    """What a row would change of what is recorded."""
    for column, was, now in compare(file, old, new).conflicts:
        yield Finding(label, line, column, "changed", {"old": shown(was), "new": shown(now)})
