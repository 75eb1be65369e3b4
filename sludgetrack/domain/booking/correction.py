"""Corrections: the reverse of what was booked, the new entries, and what later events leave over.

A correction changes its own draw and its own lot. Later draws, runs and disposals stay as they were booked; where they
leave a lot that is finished, or that no longer covers them, the rest is unaccounted (``correction``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sludgetrack.domain.booking.booking import Booking, stock_postings, unaccounted_postings
from sludgetrack.domain.holdings import Holding, everything_left, without
from sludgetrack.domain.mass import Account, Cause, Posting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

Key = tuple[str, Account]


def booked_on(day: date, locked_through: date | None) -> date:
    """The day an entry counts on: the legal day it happened, or the first open day where that one is locked."""
    if locked_through is None or day > locked_through:
        return day
    return locked_through + timedelta(days=1)


def reverse(postings: Iterable[Posting]) -> list[Posting]:
    """The entries that take these back."""
    return [
        Posting(
            posting.account,
            posting.facility,
            posting.lot,
            posting.origin,
            -posting.origin_units,
            -posting.physical_units,
            posting.route,
            posting.cause,
            posting.compliant,
            posting.estimated,
        )
        for posting in postings
    ]


def undo(postings: Iterable[Posting], holdings: Iterable[Holding]) -> list[Holding]:
    """Holdings as they would stand had these postings never been made: what the corrected event is booked on again."""
    current = {_key(holding): holding for holding in holdings}
    for posting in postings:
        key = (posting.lot or "", posting.account)
        holding = current.get(key)
        if holding is not None:
            left = dict(holding.left)
            left[posting.origin] = left.get(posting.origin, 0) - posting.origin_units
            current[key] = holding.after(left, holding.physical_left - posting.physical_units)
    return list(current.values())


def restate(
    booked: Iterable[Posting],
    again: Sequence[Booking],
    lots: Iterable[Holding] = (),
    *,
    finished: frozenset[str] = frozenset(),
) -> Booking:
    """Book a correction as one event: take back ``booked``, book ``again``, and let ``rest`` settle what is left over.

    ``booked`` are the postings to take back, ``again`` the same events with the corrected figures, booked in order on
    what ``undo`` gave. A correction of a manifest takes back and books again all its handoffs from the corrected one
    on.
    """
    left_over = rest(again, lots, finished=finished)
    postings = [*reverse(booked), *(posting for booking in again for posting in booking.postings), *left_over.postings]
    return Booking(postings, left_over.holdings, left_over.overdraft)


def rest(again: Sequence[Booking], lots: Iterable[Holding] = (), *, finished: frozenset[str] = frozenset()) -> Booking:
    """What a correction leaves over, and every holding as it stands after it.

    ``lots`` are the holdings the corrected events had made, as they stand now: what was drawn from them since stays
    drawn. ``finished`` names further holdings that later events have closed. Of those, of lots emptied since, and of
    lots that no longer cover what was drawn, the rest is unaccounted (``correction``).
    """
    postings: list[Posting] = []
    made: dict[Key, Holding] = {}
    for booking in again:
        made.update((_key(holding), holding) for holding in booking.holdings)
    closed = {key for key in made if key[0] in finished and key[1] is not Account.TRANSIT}
    for lot in lots:
        key = _key(lot)
        made[key] = _less_later_draws(lot, made.get(key))
        if lot.is_empty or made[key].physical_left < min(0, lot.physical_left):
            closed.add(key)
    for key in sorted(closed):
        left = everything_left(made[key])
        facility = made[key].facility
        postings += [*stock_postings(made[key], left, -1), *unaccounted_postings(left, Cause.CORRECTION, facility)]
        made[key] = without(made[key], left)
    return Booking(postings, list(made.values()), sum(booking.overdraft for booking in again))


def _key(holding: Holding) -> Key:
    return holding.id, holding.account


def _less_later_draws(lot: Holding, anew: Holding | None) -> Holding:
    """The lot as the correction makes it (nothing at all, if it no longer does), less what was drawn from the old."""
    anew = anew or replace(lot, made={}, left={}, physical_made=0, physical_left=0)
    origins = {**anew.made, **lot.made}
    made = {origin: anew.made.get(origin, 0) for origin in origins}
    drawn = {origin: lot.made.get(origin, 0) - lot.left.get(origin, 0) for origin in origins}
    left = {origin: anew.left.get(origin, 0) - drawn[origin] for origin in origins}
    physical_left = anew.physical_left - (lot.physical_made - lot.physical_left)
    return replace(anew, order=lot.order, made=made, left=left, physical_left=physical_left)
