"""A mass book in memory for the replay: what the events give, with the least held that tells later events apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, select, tuple_

from sludgetrack.domain.booking import Booking, Draw, draws_of
from sludgetrack.domain.holdings import NAMED_ONLY, Holding, Kind, Stamp, undeclared_id
from sludgetrack.domain.mass import Account
from sludgetrack.services.audit.registers import Registers
from sludgetrack.store import holdings as store
from sludgetrack.store import scan
from sludgetrack.store.booked import Booked, booked_about, finished
from sludgetrack.store.directory import Facility
from sludgetrack.store.tables.mass import holding as holding_table

Key = tuple[str, Account]
"""A holding's name and account."""
_WITHIN = 4096
"""Room for the places in age of what one event makes."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A production batch that others stand for: its plant, and what its postings are summed under."""

    plant: str
    kind: Kind
    estimated: bool


@dataclass(frozen=True, slots=True)
class Put:
    """What an event booked, on which legal day, and about which other event."""

    booking: Booking
    day: date
    about: str | None


class ReplayedBooks:
    """The books of ``services.booking`` without a database of their own.

    ``forget`` lets a holding go once it stands as the record's row says it ends; should an event touch it again, it is
    read from that row, which is then known to be right. So memory grows with what is in stock, not with the history.
    """

    def __init__(self, connection: Connection, registers: Registers) -> None:
        self._connection = connection
        self._registers = registers
        self._holdings: dict[Key, Holding] = {}
        self._lying: defaultdict[str, dict[Key, None]] = defaultdict(dict)
        self._newest: dict[str, Key] = {}
        self._draws: dict[str, list[Draw]] = {}
        self._forgotten = 0
        self._places: dict[Key, int] = {}
        self.origins: dict[str, Origin] = {}
        self.position = 0
        """The leaf of the event that is being booked: what comes later in the log is younger."""
        self.puts: list[Put] = []
        self.created: list[Key] = []
        self.touched: dict[Key, None] = {}

    # As services.booking wants it

    def stamp(self, day: date) -> Stamp:
        """The place in age of something made by the event at hand."""
        return Stamp(day, self.position * _WITHIN)

    def holding(self, name: str, account: Account) -> Holding | None:
        """A holding as it stands now."""
        key = (name, account)
        if key not in self._holdings and self._forgotten:
            self._remember(key)
        return self._holdings.get(key)

    def lying(self, at: Facility, needed_units: int) -> Sequence[Holding]:  # noqa: ARG002 - all of it, which is enough
        """Everything in stock at a facility, and its newest holding."""
        account = at.place.account
        return [self._holdings[key] for key in self._lying[at.code] if key[1] is account]

    def in_stock(self, at: Facility) -> Sequence[Holding]:
        """Everything in stock at a facility, and its newest holding."""
        return self.lying(at, 0)

    def draws(self, load: str) -> Sequence[Draw]:
        """Where a load was drawn from."""
        return self._draws[load] if load in self._draws else self._recorded_draws(load)

    def put(
        self,
        event_id: str,  # noqa: ARG002 - the replay knows which event it is at
        booked: Booking,
        *,
        day: date,
        about: str | None = None,
    ) -> None:
        """Take a booking in. What restates another event may change where a load was drawn from."""
        for holding in self._in_age(booked.holdings):
            self._put(holding)
        self.puts.append(Put(booked, day, about))
        if about is not None:
            for posting in booked.postings:
                self._draws.pop(posting.lot or "", None)
        loads = {h.id for h in booked.holdings if h.account is Account.TRANSIT and h.order == self.position * _WITHIN}
        for load in loads:
            self._draws[load] = draws_of(booked.postings)

    def booked(self, events: Collection[str]) -> Sequence[Booked]:
        """Out of the record, before the event at hand: it was compared when it was booked."""
        return booked_about(self._connection, events, before=self.position)

    def finished(self, lots: Collection[str], *, but: Collection[str]) -> frozenset[str]:
        """Out of the record, before the event at hand."""
        return finished(self._connection, lots, but=but, before=self.position)

    def facility(self, code: str) -> Facility:
        """A facility as it was registered at this point of the log. Raises NotFound."""
        return self._registers.facility(code)

    # For the audit

    def kept(self) -> Iterable[Key]:
        """Every holding that has not been let go."""
        return self._holdings.keys()

    def present(self, key: Key) -> Holding:
        """A holding that has not been let go, as it stands now."""
        return self._holdings[key]

    def may_go(self, key: Key) -> bool:
        """Whether nothing of a holding is left and no rule looks at it by anything but its name.

        What was made of nothing stays, since no posting tells when it was made.
        """
        holding = self._holdings.get(key)
        if holding is None or not holding.is_empty or not holding.physical_made:
            return False
        facility = holding.facility
        return facility is None or (self._newest.get(facility) != key and holding.id != undeclared_id(facility))

    def forget(self, key: Key) -> None:
        """Let a holding go: its row is known to say how it stands."""
        holding = self._holdings.pop(key)
        self._forgotten += 1
        if holding.facility is not None:
            self._lying[holding.facility].pop(key, None)
        else:
            self._draws.pop(holding.id, None)

    def forget_origins(self) -> None:
        """Let production batches go that nothing in memory stands for."""
        alive = {origin for holding in self._holdings.values() for origin in holding.made}
        self.origins = {name: origin for name, origin in self.origins.items() if name in alive}

    def _in_age(self, holdings: Iterable[Holding]) -> Iterator[Holding]:
        """Of several that are made at once a later one is younger, which is kept for as long as they may be read."""
        made = 0
        for holding in holdings:
            key = (holding.id, holding.account)
            is_new = key not in self._holdings and holding.order == self.position * _WITHIN
            if is_new and made:
                self._places[key] = holding.order + made
            made += is_new
            yield replace(holding, order=self._places.get(key, holding.order))

    def _put(self, holding: Holding) -> None:
        key = (holding.id, holding.account)
        if key not in self._holdings:
            self.created.append(key)
            self._know_origin(holding)
        self._holdings[key] = holding
        self.touched[key] = None
        if holding.facility is not None:
            self._lying[holding.facility][key] = None
            self._note_newest(holding.facility, key)

    def _know_origin(self, holding: Holding) -> None:
        if holding.id in holding.made and holding.facility is not None:
            self.origins.setdefault(holding.id, Origin(holding.facility, holding.kind, holding.estimated))

    def _note_newest(self, facility: str, key: Key) -> None:
        """What was the newest until now may be let go like any other."""
        holding, newest = self._holdings[key], self._newest.get(facility)
        if holding.kind in NAMED_ONLY or holding.id == undeclared_id(facility):
            return
        if newest is None or self._holdings[newest].age < holding.age:
            self._newest[facility] = key
            if newest is not None:
                self.touched[newest] = None

    def _remember(self, key: Key) -> None:
        """Read a holding that was let go. A row of something not made yet has no events behind it up to here."""
        name, account = key
        query = store.with_shares(tuple_(holding_table.c.name, holding_table.c.account) == (name, str(account)))
        row = self._connection.execute(query).one_or_none()
        made_at = None if row is None else scan.made_at(self._connection, row.id)
        if row is None or made_at is None or made_at >= self.position:
            return
        self._know_origins(row)
        found = replace(self.stored(row), order=self._places.get(key, made_at * _WITHIN))
        self._holdings[key] = found
        if found.facility is not None:
            self._lying[found.facility][key] = None

    def _know_origins(self, row: Row[Any]) -> None:
        codes = self._registers.codes
        for name, plant, kind, estimated in zip(row.origins, row.plants, row.kinds, row.estimates, strict=True):
            self.origins.setdefault(name, Origin(codes.get(plant, ""), Kind(kind), estimated))

    def stored(self, row: Row[Any]) -> Holding:
        """A holding as its row says. Raises ValueError for an account or kind there is none of."""
        codes = self._registers.codes
        return Holding(
            row.name,
            None if row.facility_id is None else codes.get(row.facility_id, ""),
            Account(row.account),
            Kind(row.kind),
            row.day,
            row.ord,
            row.wet_kg,
            row.moisture_bp,
            row.estimated,
            row.stabilised,
            dict(zip(row.origins, row.made, strict=True)),
            dict(zip(row.origins, row.left, strict=True)),
            row.physical_made,
            row.physical_left,
        )

    def _recorded_draws(self, load: str) -> list[Draw]:
        """Out of the postings of its loading, which were compared when it was booked."""
        query = select(func.max(holding_table.c.id)).where(
            holding_table.c.name == load, holding_table.c.account == str(Account.TRANSIT)
        )
        load_id = self._connection.execute(query).scalar_one()
        return [] if load_id is None else store.draws(self._connection, load_id, before=self.position)
