"""Production: a plant's batch enters its stock."""

from __future__ import annotations

from sludgetrack.domain.booking.booking import Booking
from sludgetrack.domain.holdings import Kind, Nature, Stamp, fresh
from sludgetrack.domain.mass import Account, Place, Posting, Weighed

PLANT_SLUDGE = Nature(Kind.PLANT_SLUDGE)


def produce(
    batch: str,
    mass: Weighed,
    at: Place,
    *,
    stamp: Stamp,
    nature: Nature = PLANT_SLUDGE,
) -> Booking:
    """Book a batch into the plant's stock: wet x (1 - moisture), its own origin."""
    holding = fresh(batch, mass, at, stamp=stamp, nature=nature, made={batch: mass.dry})
    units = mass.dry
    postings = [
        Posting(Account.PRODUCED, at.facility, None, batch, -units, -units, estimated=mass.estimated),
        Posting(at.account, at.facility, batch, batch, units, units),
    ]
    return Booking(postings, [holding])
