"""Sharing a whole number of units without losing or inventing one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sludgetrack.domain.quantities import divide_half_even

if TYPE_CHECKING:
    from collections.abc import Mapping


def split(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """``total`` units shared in proportion to ``weights``, adding up to ``total`` exactly.

    Each share is floored; the units left over go one by one to the largest remainders, ties to the smaller key. A
    negative total is shared as its absolute value. Weights that cancel out to nothing share equally. Raises ValueError
    when there are units to share but no key to take them.
    """
    if len(weights) == 1:
        return dict.fromkeys(weights, total)
    if total < 0:
        return {key: -share for key, share in split(-total, weights).items()}
    whole = sum(weights.values())
    if whole <= 0:
        weights = dict.fromkeys(weights, 1) if whole == 0 else {key: -weight for key, weight in weights.items()}
        whole = len(weights) if whole == 0 else -whole
    return _largest_remainders(total, weights, whole)


def _largest_remainders(total: int, weights: Mapping[str, int], whole: int) -> dict[str, int]:
    if not weights:
        if total:
            raise ValueError(f"{total} units and nobody to share them")
        return {}
    shares: dict[str, int] = {}
    remainders: list[tuple[int, str]] = []
    over = total
    for key, weight in weights.items():
        share, remainder = divmod(total * weight, whole)
        shares[key] = share
        over -= share
        if remainder:
            remainders.append((-remainder, key))
    if over:
        remainders.sort()
        for _, key in remainders[:over]:
            shares[key] += 1
    return shares


def rescale(amount: int, wanted: int, given: int) -> int:
    """``amount x wanted / given``, rounded half-even once; ``amount`` itself where the two are equal or ``given`` is 0.

    A holding made of nothing (an undeclared batch) has no proportion of its own: what is drawn from it stands for
    itself.
    """
    if given in (0, wanted):
        return amount
    return divide_half_even(amount * wanted, given)
