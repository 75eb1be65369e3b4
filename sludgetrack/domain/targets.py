"""Targets and baselines of planning documents, and which of them a place is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sludgetrack.domain.limits import COMPARE
from sludgetrack.domain.tables import is_yes, rows

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Target:
    """A rate to be reached by the end of ``year``. Empty ``division`` or ``city_class`` mean any."""

    division: str
    city_class: str
    rate: str
    op: str
    value_pct: Decimal
    year: int
    binding: bool
    source: str

    def is_met_by(self, rate_pct: Decimal) -> bool:
        """Whether a published rate reaches it."""
        return COMPARE[self.op](rate_pct, self.value_pct)


@dataclass(frozen=True, slots=True)
class Baseline:
    """A rate a planning document states for a past year."""

    division: str
    city_class: str
    rate: str
    year: int
    value_pct: Decimal
    source: str


def matching(targets: Iterable[Target], division: str, city_class: str, rate: str) -> list[Target]:
    """Every target of a rate for a place, the one that is judged first: longest division, then class, then year.

    ``city_class`` is empty for a division seen as a whole, which no class target concerns.
    """
    found = [
        target
        for target in targets
        if target.rate == rate and division.startswith(target.division) and target.city_class in {"", city_class}
    ]
    return sorted(found, key=lambda target: (-len(target.division), not target.city_class, -target.year))


def parse_targets(text: str) -> list[Target]:
    """Every row of the table. Raises ValueError on a cell it cannot read."""
    return [
        Target(
            division=row["division"],
            city_class=row["city_class"],
            rate=row["rate"],
            op=row["op"],
            value_pct=Decimal(row["value_pct"]),
            year=int(row["year"]),
            binding=is_yes(row["binding"]),
            source=row["source"],
        )
        for row in rows(text)
    ]


def parse_baselines(text: str) -> list[Baseline]:
    """Every row of the table. Raises ValueError on a cell it cannot read."""
    return [
        Baseline(
            division=row["division"],
            city_class=row["city_class"],
            rate=row["rate"],
            year=int(row["year"]),
            value_pct=Decimal(row["value_pct"]),
            source=row["source"],
        )
        for row in rows(text)
    ]
