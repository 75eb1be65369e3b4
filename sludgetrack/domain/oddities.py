"""What stands out in the figures plants return: a return that cannot be, more managed than there was, mass unaccounted.

Judged on origin dry solids in units of 0.1 g, over the days of a period. Plants are held against each other, so that a
slip of a factor of a thousand shows without anybody knowing the plant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

LARGE_SHARE_PERCENT = 10
"""A return that makes up so much of all is looked at ..."""
LARGE_FACTOR = 20
"""... where it is so many times the median return, among at least ``FEWEST_PLANTS``."""
FEWEST_PLANTS = 10
CAPACITY_FACTOR = 2
"""A plant that presses so many times what it is permitted for."""
MANAGED_PERCENT = 105
"""Disposed and unaccounted for, of what was produced and in stock: more than this did not come from there."""
UNACCOUNTED_PERCENT = 2
"""Of what was produced, either way: the balance's alarm."""
_T80_UNITS_PER_KG = 2000
"""A kilogram at 80 % moisture holds 0.2 kg of dry solids."""


class Odd(StrEnum):
    """Why a plant stands out."""

    RETURN = "implausible_return"
    MANAGED_MORE = "managed_more"
    UNACCOUNTED = "unaccounted"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantFigures:
    """A plant's figures of a period. Units of 0.1 g dry; ``capacity`` in kilograms at 80 % moisture a day."""

    code: str
    name: str
    produced: int
    opening: int
    disposed: int
    unaccounted: int
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Oddity:
    """One plant that stands out, and the units at stake. ``share``: whole percent of all production;

    ``times``: how many times the median return, or the capacity.
    """

    odd: Odd
    plant: PlantFigures
    units: int
    share: int = 0
    times: int = 0


def stand_out(plants: Sequence[PlantFigures], days: int) -> list[Oddity]:
    """Every plant that stands out over so many days, those with the most at stake first."""
    found = [*_implausible(plants, days), *_managed_more(plants), *_unaccounted(plants)]
    return sorted(found, key=lambda one: (-one.units, one.plant.code, one.odd))


def median(plants: Iterable[PlantFigures]) -> int:
    """The median of what those with any production produced; 0 without any."""
    produced = sorted(one.produced for one in plants if one.produced > 0)
    return produced[len(produced) // 2] if produced else 0


def _implausible(plants: Sequence[PlantFigures], days: int) -> Iterable[Oddity]:
    whole = sum(one.produced for one in plants if one.produced > 0)
    usual = median(plants)
    comparable = sum(1 for one in plants if one.produced > 0) >= FEWEST_PLANTS
    for one in plants:
        if one.produced <= 0:
            continue
        large = comparable and one.produced * 100 > whole * LARGE_SHARE_PERCENT and one.produced > usual * LARGE_FACTOR
        permitted = (one.capacity or 0) * _T80_UNITS_PER_KG * days
        beyond = permitted > 0 and one.produced > permitted * CAPACITY_FACTOR
        if large or beyond:
            times = one.produced // (usual if large else permitted)
            yield Oddity(Odd.RETURN, one, one.produced, one.produced * 100 // whole, times)


def _managed_more(plants: Iterable[PlantFigures]) -> Iterable[Oddity]:
    for one in plants:
        had = max(0, one.produced + one.opening)
        gone = one.disposed + one.unaccounted
        if gone * 100 > had * MANAGED_PERCENT:
            yield Oddity(Odd.MANAGED_MORE, one, gone - had)


def _unaccounted(plants: Iterable[PlantFigures]) -> Iterable[Oddity]:
    for one in plants:
        if abs(one.unaccounted) * 100 > max(0, one.produced) * UNACCOUNTED_PERCENT:
            yield Oddity(Odd.UNACCOUNTED, one, abs(one.unaccounted))
