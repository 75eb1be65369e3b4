"""Receipt: the destination weighs a load, takes in all of it, a part or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sludgetrack.domain.booking.booking import Booking, stock_postings, unaccounted_postings
from sludgetrack.domain.holdings import Amounts, Holding, Nature, Stamp, everything_left, fresh
from sludgetrack.domain.mass import Cause, Place, Weighed
from sludgetrack.domain.split import rescale, split


@dataclass(frozen=True, slots=True)
class Received:
    """What the destination states.

    ``net_kg`` may be None when all is refused unweighed: then the net is the loading's. ``moisture_bp`` None means
    the loading's. ``accepted_kg`` is 0 for a refusal.
    """

    net_kg: int | None
    moisture_bp: int | None
    accepted_kg: int


@dataclass(frozen=True, slots=True)
class _Measured:
    total: Weighed
    accepted: Weighed


def receive(load: Holding, received: Received, *, at: Place, stamp: Stamp, lot: str | None = None) -> Booking:
    """Rescale a load to what was measured in, and book its accepted part as a lot at the destination.

    The gap between what was measured out and in is unaccounted (``receipt``). The accepted part becomes a lot named as
    the manifest (or ``lot``, where a load that was partly refused reaches a second destination); the refused part
    stays on the road as the difference of the two, origin by origin.
    """
    measured = _measured(load, received)
    arrived = _rescaled(load, measured.total.dry)
    accepted = arrived if measured.accepted.dry == measured.total.dry else _rescaled(load, measured.accepted.dry)
    gap = everything_left(load).minus(arrived)
    postings = stock_postings(load, accepted.plus(gap), -1)
    postings += unaccounted_postings(gap, Cause.RECEIPT, at.facility)
    holdings = [_refused(load, measured, arrived.minus(accepted))]
    if received.accepted_kg:
        nature = Nature(load.kind, load.stabilised)
        accepted_lot = fresh(lot or load.id, measured.accepted, at, stamp=stamp, nature=nature, made=accepted.origin)
        postings += stock_postings(accepted_lot, accepted, 1)
        holdings.append(accepted_lot)
    return Booking(postings, holdings)


def _measured(load: Holding, received: Received) -> _Measured:
    """The figures at the gate, with the loading's where there are none."""
    wet_kg = load.wet_kg if received.net_kg is None else received.net_kg
    moisture_bp, estimated = received.moisture_bp, False
    if moisture_bp is None:
        moisture_bp, estimated = load.moisture_bp, load.estimated
    return _Measured(Weighed(wet_kg, moisture_bp, estimated), Weighed(received.accepted_kg, moisture_bp, estimated))


def _rescaled(load: Holding, dry: int) -> Amounts:
    """The origin on the road scaled to a measured dry mass, in its shares as loaded (later: as refused).

    A load without dry solids stands for no origin, whatever is measured later.
    """
    shares = load.left
    total = rescale(load.origin_left, dry, load.physical_left) if load.physical_left else 0
    origin = split(total, shares)
    return Amounts(origin, origin if total == dry else split(dry, shares))


def _refused(load: Holding, measured: _Measured, rest: Amounts) -> Holding:
    """The load with what the destination did not take, at the receipt's figures."""
    return Holding(
        load.id,
        None,
        load.account,
        load.kind,
        load.day,
        load.order,
        measured.total.wet_kg - measured.accepted.wet_kg,
        measured.total.moisture_bp,
        measured.total.estimated,
        load.stabilised,
        load.made,
        rest.origin,
        load.physical_made,
        measured.total.dry - measured.accepted.dry,
    )
