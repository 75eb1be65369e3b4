"""Books in memory, for booking events as the record does but without a database."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sludgetrack.domain.booking import Booking, Draw
from sludgetrack.domain.holdings import Holding, Stamp
from sludgetrack.domain.identity import FacilityKind
from sludgetrack.domain.mass import Account
from sludgetrack.store.directory import Facility
from tests.domain.book import Book


def facility(code: str, kind: FacilityKind = FacilityKind.PLANT) -> Facility:
    """A facility of which only code and kind matter."""
    return Facility(
        id=hash(code),
        organisation_id=1,
        code=code,
        name=code,
        kind=kind,
        division="410702",
        number=1,
        city_class=None,
        address=None,
        lon=None,
        lat=None,
        capacity_t80_kg_d=None,
        storage_days=30,
        routes=(),
        permit_no=None,
        permit_valid_to=None,
        zone="Asia/Shanghai",
    )


@dataclass
class MemoryBooks:
    """What booking asks for, out of a book in memory."""

    facilities: dict[str, Facility]
    book: Book = field(default_factory=Book)
    orders: itertools.count[int] = field(default_factory=itertools.count)

    def stamp(self, day: date) -> Stamp:
        return Stamp(day, next(self.orders))

    def holding(self, name: str, account: Account) -> Holding | None:
        if account is Account.TRANSIT:
            return self.book.road.get(name)
        found = self.book.lots.get(name)
        return found if found and found.account is account else None

    def in_stock(self, at: Facility) -> Sequence[Holding]:
        return self.book.lying(at.place)

    def lying(self, at: Facility, needed_units: int) -> Sequence[Holding]:  # noqa: ARG002 - all of it lies in memory
        return self.book.lying(at.place)

    def draws(self, load: str) -> Sequence[Draw]:
        return self.book.draws[load]

    def put(
        self, event_id: str, booked: Booking, *, day: date, booked_on: date | None = None, about: str | None = None
    ) -> None:
        assert (booked_on, about) == (None, None), "no test locks a period or decides a dispute"
        fresh = [h.id for h in booked.holdings if h.account is Account.TRANSIT and h.id not in self.book.road]
        if fresh:
            self.book.write_loading(day, fresh[0], booked)
        else:
            self.book.write(day, event_id, booked)

    def facility(self, code: str) -> Facility:
        return self.facilities[code]
