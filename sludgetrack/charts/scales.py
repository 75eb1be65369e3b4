"""Axes that begin at zero and end at a round figure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

_STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))


@dataclass(frozen=True, slots=True)
class Axis:
    """Round figures from 0 to ``top``, evenly spaced, and where they lie between two coordinates."""

    ticks: tuple[Decimal, ...]
    at_zero: float
    at_top: float

    @property
    def top(self) -> Decimal:
        """The figure at the far end."""
        return self.ticks[-1]

    def at(self, value: Decimal) -> float:
        """The coordinate of a figure; beyond either end for one that lies beyond it."""
        return self.at_zero + float(value / self.top) * (self.at_top - self.at_zero)


def axis(most: Decimal, at_zero: float, at_top: float, *, parts: int = 4) -> Axis:
    """An axis that reaches the largest figure in about so many steps; where that is 0 or less it reaches 1."""
    reach = most if most > 0 else Decimal(1)
    step = _step(reach / parts)
    count = int((reach / step).to_integral_value(ROUND_CEILING))
    return Axis(tuple(step * n for n in range(count + 1)), at_zero, at_top)


def tick_text(value: Decimal) -> str:
    """A round figure as it stands on an axis: ``0``, ``0.5``, ``2,000``."""
    return f"{value.normalize():,f}"


def _step(least: Decimal) -> Decimal:
    """The smallest round figure (1, 2 or 5 times a power of ten) that is not below this one."""
    power = Decimal(1).scaleb(least.adjusted())
    return next(power * step for step in _STEPS if power * step >= least)
