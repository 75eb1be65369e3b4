"""Rates beside what they have to reach: every target that concerns a place, the judged one first, and baselines.

The targets are those in force on the last day of a period, so that what a period was judged by stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sludgetrack import reference
from sludgetrack.domain.dated import Tables
from sludgetrack.domain.identity import FacilityKind
from sludgetrack.domain.targets import RATES, Baseline, Target, matching, stated
from sludgetrack.store.rates import UNCLASSED, Grouping, Period
from sludgetrack.store.registry_reading import FacilityRow


@dataclass(frozen=True, slots=True)
class Place:
    """Where plants lie: a division, and their city class where they share one."""

    division: str
    city_class: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A target with a rate held against it. ``met`` is None without a rate; ``judged``: this is the one that counts."""

    target: Target
    met: bool | None
    judged: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A rate of a place beside all its targets, the judged one first, and what plans state of the past."""

    rate: str
    value: str | None
    held: tuple[Held, ...]
    baselines: tuple[Baseline, ...]

    @property
    def judged(self) -> Held | None:
        """The target that counts."""
        return self.held[0] if self.held else None


class Targeting:
    """What places are held to in a period."""

    def __init__(self, tables: Tables, period: Period) -> None:
        self._targets = tables.targets(period.last)
        self._year = period.last.year

    def standing(self, place: Place, rate: str, value: str | None) -> Standing:
        """One rate (percent, None where it is not defined) of a place."""
        found = matching(self._targets, place.division, place.city_class, rate, self._year)
        held = tuple(
            Held(target, None if value is None else target.is_met_by(Decimal(value)), n == 0)
            for n, target in enumerate(found)
        )
        return Standing(rate, value, held, tuple(stated(reference.baselines(), place.division, place.city_class, rate)))

    def standings(self, place: Place, row: Mapping[str, Any]) -> list[Standing]:
        """Every rate of a row that there is a target or a baseline for."""
        every = (self.standing(place, rate, row[rate]) for rate in RATES)
        return [one for one in every if one.held or one.baselines]


def places(by: Grouping, division: str, facilities: Iterable[FacilityRow]) -> Mapping[str, Place]:
    """The place of each group of a report about a division: of plants, parts of the division, or classes.

    A part of the division has a class where all its plants share one. Months and the total are the division's own.
    """
    plants = [row for row in facilities if row.kind is FacilityKind.PLANT]
    if by is Grouping.PLANT:
        return {plant.code: Place(plant.division, plant.city_class or "") for plant in plants}
    if by is Grouping.DIVISION:
        codes = {plant.division for plant in plants}
        return {code: Place(code, _class_of(p for p in plants if p.division == code)) for code in codes}
    if by is Grouping.CITY_CLASS:
        return {name: Place(division, "" if name == UNCLASSED else name) for name in _classes(plants)}
    return {}


def _classes(plants: Iterable[FacilityRow]) -> set[str]:
    return {plant.city_class or UNCLASSED for plant in plants}


def _class_of(plants: Iterable[FacilityRow]) -> str:
    classes = _classes(plants)
    return "" if len(classes) > 1 else next(iter(classes - {UNCLASSED}), "")
