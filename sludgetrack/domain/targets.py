"""Targets and baselines of planning documents, and which of them a place is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sludgetrack.domain.limits import COMPARE, SEPARATOR
from sludgetrack.domain.tables import is_yes, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


RATES = (
    "harmless_rate",
    "harmless_rate_stock_adjusted",
    "harmless_rate_cohort",
    "landfill_rate",
    "landfill_rate_of_disposed",
    "resource_rate",
    "resource_rate_broad",
)
"""What there can be targets for."""


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


def matching(
    targets: Iterable[Target], division: str, city_class: str, rate: str, year: int | None = None
) -> list[Target]:
    """Every target of a rate for a place, the one that is judged first: longest division, then class, then year.

    ``city_class`` is empty for a division seen as a whole, which no class target concerns. Of several years the last
    that is due by ``year`` comes first, then those still to come, the nearest first; without ``year`` the latest.
    """
    found = [
        target
        for target in targets
        if target.rate == rate and division.startswith(target.division) and target.city_class in {"", city_class}
    ]
    return sorted(found, key=lambda target: (-len(target.division), not target.city_class, _due(target, year)))


def _due(target: Target, year: int | None) -> tuple[bool, int]:
    is_to_come = year is not None and target.year > year
    return is_to_come, target.year if is_to_come else -target.year


def stated(baselines: Iterable[Baseline], division: str, city_class: str, rate: str) -> list[Baseline]:
    """What planning documents state of a rate for a place, of the longest division that says anything, newest first."""
    found = [
        one
        for one in baselines
        if one.rate == rate and division.startswith(one.division) and one.city_class in {"", city_class}
    ]
    longest = max((len(one.division) for one in found), default=0)
    return sorted((one for one in found if len(one.division) == longest), key=lambda one: -one.year)


def target_key(target: Target) -> str:
    """What names a target for good: its division, class, rate and year. What is to be reached may change."""
    return SEPARATOR.join((target.division, target.city_class, target.rate, str(target.year)))


def new_target(key: str, values: Mapping[str, str], source: str) -> Target:
    """A target by its key and the values set for it. Raises LookupError or ValueError where they do not make one."""
    division, city_class, rate, year = key.split(SEPARATOR)
    return Target(
        division=division,
        city_class=city_class,
        rate=rate,
        op=values["op"],
        value_pct=Decimal(values["value_pct"]),
        year=int(year),
        binding=is_yes(values["binding"]),
        source=source,
    )


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
