"""Two versions of the row of one key: the same, one with blank stages filled, or a contradiction.

A stage is filled as a whole, because filling it adds its event: its columns and those of all later stages were blank
before. Everything else that differs would change what is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sludgetrack.ledgerfiles.shapes import Column, LedgerFile


class Difference(NamedTuple):
    """A column with its recorded and its new value, in their one spelling."""

    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """``filled``: the stages the new version adds, in their order; ``conflicts``: what it would change."""

    filled: tuple[str, ...] = ()
    conflicts: tuple[Difference, ...] = ()

    @property
    def is_unchanged(self) -> bool:
        """Whether the new version says nothing new."""
        return not (self.filled or self.conflicts)

    @property
    def is_update(self) -> bool:
        """Whether the new version fills blank stages and changes nothing."""
        return bool(self.filled) and not self.conflicts


_UNCHANGED = Comparison()


def compare(file: LedgerFile[Any], old: Sequence[str], new: Sequence[str]) -> Comparison:
    """What the new version of a row does to the recorded one, both as ``canonical.values`` writes them.

    Columns the recorded version did not know yet (it is shorter) count as blank.
    """
    if tuple(old) == tuple(new):
        return _UNCHANGED
    known = [*old, *[""] * (len(file.columns) - len(old))]
    cells = list(zip(file.columns, known, new, strict=True))
    filled = _filled(cells)
    conflicts = [
        Difference(column.name, was, now)
        for column, was, now in cells
        if was != now and (was or filled.keys().isdisjoint((column.stage, column.or_stage)))
    ]
    return Comparison(tuple(filled), tuple(conflicts))


def _filled(cells: list[tuple[Column, str, str]]) -> dict[str, None]:
    """The stages blank before and not now, in their order, of those that come after everything recorded."""
    staged = [(column.stage, was, now) for column, was, now in cells if column.stage and not column.or_stage]
    written = [position for position, (_, was, _) in enumerate(staged) if was]
    recorded = {staged[position][0] for position in written}
    later = staged[written[-1] + 1 :] if written else staged
    return dict.fromkeys(stage for stage, _, now in later if now and stage not in recorded)
