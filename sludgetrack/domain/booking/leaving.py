"""A load that never reaches a lot: given back to its giver, or lost on the road."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sludgetrack.domain.booking.booking import Booking, stock_postings, unaccounted_postings
from sludgetrack.domain.holdings import Amounts, Holding, everything_left
from sludgetrack.domain.mass import Account, Cause, Posting
from sludgetrack.domain.quantities import dry_units
from sludgetrack.domain.split import rescale, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sludgetrack.domain.booking.loading import Draw

DUMPED = "X9"
"""The route found sludge is booked to."""


def give_back(load: Holding, returned_kg: int | None, sources: Iterable[Holding], *, draws: Sequence[Draw]) -> Booking:
    """Book what a driver brings back to the batches or lots it came from.

    ``load`` is what the driver still holds, at the receipt's moisture where it was refused; ``returned_kg`` what was
    weighed (None: all of it). What did not come back is unaccounted (``return``). ``draws`` say what the loading took,
    ``sources`` are those holdings as they are now.
    """
    taken = _taken(draws)
    held = Amounts(load.left, split(load.physical_left, load.left))
    back = _coming_back(load, returned_kg, taken)
    returned = _by_source(back, taken)
    changed: list[Holding] = [_nothing_left(load)]
    postings = stock_postings(load, held, -1)
    giver: str | None = None
    for source in sources:
        amounts = returned[source.id]
        postings += stock_postings(source, amounts, 1)
        changed.append(_with(source, amounts))
        giver = source.facility
    postings += unaccounted_postings(held.minus(back), Cause.RETURN, giver)
    return Booking(postings, changed)


def lose(load: Holding, *, found_dumped: bool = False) -> Booking:
    """Book all a driver still holds as unaccounted (``lost``), or as disposed X9 where it was found dumped."""
    held = everything_left(load)
    postings = stock_postings(load, held, -1)
    if found_dumped:
        postings += [
            Posting(Account.DISPOSED, None, None, origin, units, held.physical[origin], DUMPED, None, compliant=False)
            for origin, units in held.origin.items()
            if units or held.physical[origin]
        ]
    else:
        postings += unaccounted_postings(held, Cause.LOST, None)
    return Booking(postings, [_nothing_left(load)])


def _taken(draws: Iterable[Draw]) -> dict[str, dict[str, int]]:
    """By origin, what the loading took of it from each holding."""
    taken: dict[str, dict[str, int]] = {}
    for draw in draws:
        taken.setdefault(draw.origin, {})[draw.holding] = draw.origin_units
    return taken


def _coming_back(load: Holding, returned_kg: int | None, taken: Mapping[str, Mapping[str, int]]) -> Amounts:
    """What was weighed in at the giver's, in the shares still on the road; nothing of origins never drawn."""
    nothing = dict.fromkeys(load.left, 0)
    shares = {origin: load.left[origin] for origin in taken}
    if not shares:
        return Amounts(nothing, nothing)
    wet_kg = load.wet_kg if returned_kg is None else returned_kg
    dry = dry_units(wet_kg, load.moisture_bp)
    origin = split(rescale(sum(shares.values()), dry, load.physical_left), shares)
    return Amounts(nothing | origin, nothing | split(dry, shares))


def _by_source(back: Amounts, taken: Mapping[str, Mapping[str, int]]) -> dict[str, Amounts]:
    """What each holding gets back: an origin's units in proportion to what the loading took of it from each."""
    origins: dict[str, dict[str, int]] = {}
    physicals: dict[str, dict[str, int]] = {}
    for origin, weights in taken.items():
        for holding, units in split(back.origin[origin], weights).items():
            origins.setdefault(holding, {})[origin] = units
        for holding, units in split(back.physical[origin], weights).items():
            physicals.setdefault(holding, {})[origin] = units
    return {holding: Amounts(units, physicals[holding]) for holding, units in origins.items()}


def _with(source: Holding, amounts: Amounts) -> Holding:
    left = {origin: units + amounts.origin.get(origin, 0) for origin, units in source.left.items()}
    return source.after(left, source.physical_left + sum(amounts.physical.values()))


def _nothing_left(load: Holding) -> Holding:
    return load.after(dict.fromkeys(load.left, 0), 0)
