"""What was weighed in against what was weighed out: how far they may lie apart on one trip.

Wet weight is compared first, since 1 point of moisture at 80 % is 5 % of the dry solids. Limits of one trip: wet weight
0.3 t or 1.5 % of what left, whichever is more; moisture 2.5 percentage points; dry solids 12 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sludgetrack.domain.quantities import divide_half_even, dry_units

WEIGHT_FLOOR_KG = 300
WEIGHT_PERMILLE = 15
MOISTURE_BP = 250
DRY_PERCENT = 12


class Measure(StrEnum):
    """What is compared."""

    WEIGHT = "weight"
    """wet mass, whole kilograms"""
    MOISTURE = "moisture"
    """basis points"""
    DRY = "dry"
    """dry solids, units of 0.1 g"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One side of a trip: net wet mass in kilograms and moisture in basis points, None where nothing was measured."""

    net_kg: int | None = None
    moisture_bp: int | None = None

    @property
    def dry(self) -> int | None:
        """Dry solids in units of 0.1 g, where both are known."""
        if self.net_kg is None or self.moisture_bp is None:
            return None
        return dry_units(self.net_kg, self.moisture_bp)


@dataclass(frozen=True, slots=True)
class Difference:
    """What came in less what left, in the measure's unit, and whether that is beyond the tolerance."""

    measure: Measure
    left: int
    came: int
    exceeds: bool

    @property
    def amount(self) -> int:
        """Positive where more came in than left."""
        return self.came - self.left

    @property
    def permille(self) -> int | None:
        """The size of the difference in tenths of a percent of what left, half-even; None where nothing left."""
        return divide_half_even(abs(self.amount) * 1000, self.left) if self.left else None


def differences(out: Measured, into: Measured) -> tuple[Difference, ...]:
    """Every comparison whose two numbers exist: weight, moisture, dry solids, in this order."""
    pairs = (
        (Measure.WEIGHT, out.net_kg, into.net_kg),
        (Measure.MOISTURE, out.moisture_bp, into.moisture_bp),
        (Measure.DRY, out.dry, into.dry),
    )
    return tuple(
        Difference(measure, left, came, exceeds(measure, left, came))
        for measure, left, came in pairs
        if left is not None and came is not None
    )


def exceeds(measure: Measure, left: int, came: int) -> bool:
    """Whether two values lie further apart than tolerated; exactly at the limit is within it."""
    apart = abs(came - left)
    if measure is Measure.WEIGHT:
        return apart > WEIGHT_FLOOR_KG and apart * 1000 > WEIGHT_PERMILLE * left
    if measure is Measure.MOISTURE:
        return apart > MOISTURE_BP
    return apart * 100 > DRY_PERCENT * left
