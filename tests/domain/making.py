"""Short ways to the holdings the tests begin with: plant P1, sites S1 and S2, January 2025."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sludgetrack.domain.booking import Booking, Received, load_oldest, produce, receive
from sludgetrack.domain.holdings import Holding, Kind, Nature, Stamp
from sludgetrack.domain.mass import Account, Cause, Place, Posting, Weighed

PLANT = Place.plant("P1")
SITE = Place.site("S1")
SEWER = Nature(Kind.SEWER_SLUDGE)
EIGHTY = 8000


def on(day: int, order: int = 0) -> Stamp:
    """A day of January 2025 and a place in the record."""
    return Stamp(date(2025, 1, day), order)


def tonnes(wet_t: float, moisture_bp: int = EIGHTY) -> Weighed:
    """A weighing of whole kilograms; at 80 % one tonne holds 2,000,000 units."""
    return Weighed(round(wet_t * 1000), moisture_bp)


def dry(wet_t: float) -> int:
    """Units in tonnes at 80 %."""
    return tonnes(wet_t).dry


def batch(name: str, wet_t: float, *, day: int = 1, order: int = 0, nature: Nature | None = None) -> Holding:
    """A batch in the plant's stock."""
    nature = nature or Nature(Kind.PLANT_SLUDGE)
    return produce(name, tonnes(wet_t), PLANT, stamp=on(day, order), nature=nature).holdings[0]


def load(name: str, wet_t: float, *batches: Holding) -> Holding:
    """A load on the road, drawn from the oldest of these."""
    return named(load_oldest(name, tonnes(wet_t), batches, at=PLANT, stamp=on(2)), name)


def lot(name: str, *shares: tuple[str, float], at: Place = SITE) -> Holding:
    """A lot at a site made of so many tonnes of each batch, weighed in as it was weighed out."""
    batches = [batch(origin, wet_t, order=order) for order, (origin, wet_t) in enumerate(shares)]
    total = sum(wet_t for _, wet_t in shares)
    received = Received(None, None, round(total * 1000))
    return named(receive(load(name, total, *batches), received, at=at, stamp=on(3)), name, at.account)


def named(booking: Booking, name: str, account: Account | None = None) -> Holding:
    """The holding of this name that a booking made or changed."""
    found = [holding for holding in booking.holdings if holding.id == name and account in {None, holding.account}]
    assert len(found) == 1
    return found[0]


def origin_on(postings: Iterable[Posting], account: Account, cause: Cause | None = None) -> dict[str, int]:
    """Origin units an event books on an account, by origin."""
    units: dict[str, int] = {}
    for posting in postings:
        if posting.account is account and cause in {None, posting.cause}:
            units[posting.origin] = units.get(posting.origin, 0) + posting.origin_units
    return units


def physical_on(postings: Iterable[Posting], account: Account) -> int:
    """Physical units an event books on an account."""
    return sum(posting.physical_units for posting in postings if posting.account is account)
