"""Count: what lies at a facility is measured, and the difference to the book is unaccounted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sludgetrack.domain.booking.booking import Booking, stock_postings, unaccounted_postings
from sludgetrack.domain.holdings import (
    NAMED_ONLY,
    Amounts,
    Holding,
    Kind,
    Nature,
    Stamp,
    draw,
    fresh,
    opening_id,
    without,
)
from sludgetrack.domain.mass import Account, Cause, Place, Weighed
from sludgetrack.domain.split import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def count(lying: Iterable[Holding], counted: Weighed, *, at: Place, stamp: Stamp) -> Booking:
    """Book a stocktake of all that lies at a facility, in its stock account.

    Booked - counted, in physical dry solids, is unaccounted (``count``): spread over the holdings with positive stock
    in proportion to it, each standing for the origin it was made with; with none, all on the newest. Only positive
    stock is held against the scales: what is overdrawn stays visible below zero. At a plant only batches of plant
    sludge are counted, and by-products nowhere. Where nothing was ever booked the count opens the stock as a batch of
    its own.
    """
    booked = counted_against(lying, at)
    positive = {holding.id: holding.physical_left for holding in booked if holding.physical_left > 0}
    newest = _newest(booked)
    if not positive and newest is None:
        return _opened(counted, at, stamp)
    missing = sum(positive.values()) - counted.dry
    shares = split(missing, positive or {newest.id if newest else "": 1})
    postings = []
    changed = []
    for holding in booked:
        units = shares.get(holding.id)
        if units:
            amounts = draw(holding, units)
            postings += stock_postings(holding, amounts, -1)
            postings += unaccounted_postings(amounts, Cause.COUNT, at.facility)
            changed.append(without(holding, amounts))
    return Booking(postings, changed)


def counted_against(lying: Iterable[Holding], at: Place) -> list[Holding]:
    """What of all that lies at a facility a count is held against."""
    apart = NAMED_ONLY if at.account is Account.PLANT_STOCK else {Kind.BYPRODUCT}
    return [holding for holding in lying if holding.kind not in apart]


def _newest(booked: Sequence[Holding]) -> Holding | None:
    """What is sewer-cleaning sludge takes no difference that is not its own."""
    ordinary = [holding for holding in booked if holding.kind not in NAMED_ONLY]
    return max(ordinary, key=lambda holding: holding.age, default=None)


def _opened(counted: Weighed, at: Place, stamp: Stamp) -> Booking:
    name = opening_id(at.facility)
    dry = counted.dry
    batch = fresh(name, counted, at, stamp=stamp, nature=Nature(Kind.PLANT_SLUDGE), made={name: dry})
    found = Amounts({name: -dry}, {name: -dry})
    postings = [*stock_postings(batch, found, -1), *unaccounted_postings(found, Cause.COUNT, at.facility)]
    return Booking(postings, [batch])
