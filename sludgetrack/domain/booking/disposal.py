"""Disposal: the final act on a lot."""

from __future__ import annotations

from dataclasses import dataclass

from sludgetrack.domain.booking.booking import Booking, stock_postings, unaccounted_postings
from sludgetrack.domain.holdings import Amounts, Holding, draw, everything_left, without
from sludgetrack.domain.mass import Account, Cause, Posting
from sludgetrack.domain.quantities import dry_units


@dataclass(frozen=True, slots=True)
class Disposal:
    """What the site states, and how it was judged.

    ``moisture_bp`` None means the lot's. ``final`` says that the lot is finished. ``compliant`` is the judgement on
    the whole; ``banned`` are the origins whose producing plant's division forbids the route, so that only their share
    is non-compliant.
    """

    route: str
    wet_kg: int
    moisture_bp: int | None
    final: bool = False
    compliant: bool = True
    banned: frozenset[str] = frozenset()


def dispose(lot: Holding, disposal: Disposal) -> Booking:
    """Book a disposal: its own measured dry mass leaves the lot, as made, also below zero.

    With ``final``, what origin is left of the lot, positive or negative, is unaccounted.
    """
    moisture_bp = lot.moisture_bp if disposal.moisture_bp is None else disposal.moisture_bp
    dry = dry_units(disposal.wet_kg, moisture_bp)
    used = draw(lot, dry)
    remaining = without(lot, used)
    disposed = _disposed_postings(lot, disposal, used)
    beyond = max(0, dry - max(0, lot.physical_left))
    if not disposal.final:
        return Booking([*stock_postings(lot, used, -1), *disposed], [remaining], beyond)
    rest = everything_left(remaining)
    leaving = stock_postings(lot, used.plus(rest), -1)
    unaccounted = unaccounted_postings(rest, Cause.FINAL, lot.facility)
    return Booking([*leaving, *disposed, *unaccounted], [without(remaining, rest)], beyond)


def _disposed_postings(lot: Holding, disposal: Disposal, used: Amounts) -> list[Posting]:
    return [
        Posting(
            Account.DISPOSED,
            lot.facility,
            None,
            origin,
            units,
            used.physical[origin],
            disposal.route,
            None,
            disposal.compliant and origin not in disposal.banned,
        )
        for origin, units in used.origin.items()
        if units or used.physical[origin]
    ]
