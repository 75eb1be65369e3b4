"""The mass book of one unit of work: the holdings its commands touch, read once, booked upon, written together.

A live command reads the few holdings it needs; an import reads those of a whole chunk in a handful of queries. Either
way the pure functions of ``domain.booking`` do the booking, and nothing is written before ``write``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from sludgetrack.domain.booking import Booking, Draw, booked_on, draws_of
from sludgetrack.domain.holdings import Holding, Kind, Stamp, undeclared_id
from sludgetrack.domain.mass import Account, Posting
from sludgetrack.store import holdings
from sludgetrack.store.booked import Booked, booked_about, finished
from sludgetrack.store.directory import Directory, Facility
from sludgetrack.store.rows import copy_rows, next_ids
from sludgetrack.store.sums import Summing
from sludgetrack.store.tables import mass

_Key = tuple[str, Account]
_POOL = 64
"""Ids taken from the sequence at once, so that a live event with several new holdings asks once."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A production batch that others stand for: its row, its plant, and what keeps it out of rates."""

    id: int
    plant_id: int
    kind: str
    estimated: bool


@dataclass(frozen=True, slots=True)
class BookedEvent:
    """Postings of an event, the event they are about if that is another one, and the legal day it happened."""

    event_id: str
    about: str | None
    postings: Sequence[Posting]
    day: date


class Books:
    """Holdings by name and account, and the postings made on them."""

    def __init__(self, connection: Connection, directory: Directory, *, pool: int = _POOL) -> None:
        self._connection = connection
        self._directory = directory
        self._holdings: dict[_Key, Holding] = {}
        self._ids: dict[_Key, int] = {}
        self._by_facility: dict[str, dict[_Key, None]] = defaultdict(dict)
        self._origins: dict[str, Origin] = {}
        self._new: list[_Key] = []
        self._changed: dict[_Key, None] = {}
        self._remade: dict[_Key, None] = {}
        self._booked: list[BookedEvent] = []
        self._covered: set[str] = set()
        self._whole: set[str] = set()
        self._loadings: dict[str, Sequence[Posting]] = {}
        self._draws: dict[str, list[Draw]] = {}
        self._ordinals: Iterator[int] = iter(())
        self._pool = pool

    def stamp(self, day: date) -> Stamp:
        """The place in age of something made now on this day: later than all before it."""
        return Stamp(day, self._next())

    def holding(self, name: str, account: Account) -> Holding | None:
        """A holding by its name, read if need be."""
        if (name, account) not in self._holdings:
            self.read_named([name])
        return self._holdings.get((name, account))

    def known(self, name: str, account: Account) -> Holding | None:
        """A holding by its name, as far as it has been read."""
        return self._holdings.get((name, account))

    def lying(self, at: Facility, needed_units: int) -> list[Holding]:
        """What an oldest-first load of so many units may draw on: enough stock to cover it, and the newest holding."""
        if at.code not in self._covered:
            self.read_stock({at.id: needed_units})
        return self.known_at(at)

    def in_stock(self, at: Facility) -> list[Holding]:
        """All stock at a facility that a count is held against, and its newest holding, whatever is left of that."""
        if at.code not in self._whole:
            self.cover_whole([at.id])
        return self.known_at(at)

    def known_at(self, at: Facility) -> list[Holding]:
        """What is known to lie at a facility, as booked so far."""
        return [self._holdings[key] for key in self._by_facility[at.code] if key[1] is at.place.account]

    def facility(self, code: str) -> Facility:
        """A facility by its code. Raises NotFound."""
        return self._directory.facility(code)

    def draws(self, load: str) -> list[Draw]:
        """Where a manifest's load was drawn from: out of this unit's bookings, else out of the record."""
        if load in self._loadings:
            return draws_of(self._loadings[load])
        if load not in self._draws:
            self.read_draws([load])
        return self._draws[load]

    def put(self, event_id: str, booking: Booking, *, day: date, about: str | None = None) -> None:
        """Take in a booking: its holdings are the present ones from here on. ``about``: the event it restates.

        Of several that are made at once, a later one is younger.
        """
        orders: set[int] = set()
        for holding in booking.holdings:
            is_new = (holding.id, holding.account) not in self._ids
            if is_new and holding.account is Account.TRANSIT:
                self._loadings[holding.id] = booking.postings
            self._put(replace(holding, order=self._next()) if is_new and holding.order in orders else holding)
            orders |= {holding.order} if is_new else set()
        self._booked.append(BookedEvent(event_id, about, booking.postings, day))

    def booked(self, events: Collection[str]) -> list[Booked]:
        """What is on record about these events and was not taken back."""
        return booked_about(self._connection, events)

    def finished(self, lots: Collection[str], *, but: Collection[str]) -> frozenset[str]:
        """Those of the lots that a disposal has finished, other than these events."""
        return finished(self._connection, lots, but=but)

    def id_of(self, name: str, account: Account) -> int:
        """The row of a holding, also of one that is yet to be written."""
        return self._ids[name, account]

    def origin(self, name: str) -> Origin:
        """The production batch with this name, which must have been read with a holding that stands for it."""
        return self._origins[name]

    def origins_of(self, holding: Holding) -> Mapping[str, str]:
        """Each origin of a holding and the division of its plant."""
        return {o: self._directory.facility_by_id(self._origins[o].plant_id).division for o in holding.made}

    # Reading

    def read_named(self, names: Collection[str]) -> None:
        """Read holdings by name, whatever account they lie in."""
        if names:
            self._take_in(holdings.named(self._connection, names))

    def read_stock(self, needed: Mapping[int, int]) -> None:
        """Read, by facility id, enough of the oldest stock to cover so many units, and the newest holding."""
        codes = [self._directory.facility_by_id(facility_id).code for facility_id in needed]
        self._take_in(holdings.stock(self._connection, needed, [undeclared_id(code) for code in codes]))

    def cover(self, needed: Mapping[int, int]) -> None:
        """Read the stock for all that will be drawn in this unit, by facility id; ``lying`` then reads no more.

        ``needed`` is at least what all bookings of the unit take out of the facility's stock together.
        """
        if needed:
            self.read_stock(needed)
            self._covered |= {self._directory.facility_by_id(facility_id).code for facility_id in needed}

    def cover_whole(self, facilities: Collection[int]) -> None:
        """Read all stock of facilities, by id; ``in_stock`` then reads no more."""
        if facilities:
            codes = {self._directory.facility_by_id(facility_id).code for facility_id in facilities}
            self._take_in(holdings.in_stock(self._connection, facilities, [undeclared_id(code) for code in codes]))
            self._whole |= codes

    def read_draws(self, loads: Collection[str]) -> None:
        """Read where these loads, which must have been read, were drawn from."""
        rows = {self._ids[load, Account.TRANSIT]: load for load in loads}
        if not rows:
            return
        for row_id, drawn in holdings.draws_of_loads(self._connection, rows).items():
            self._draws[rows[row_id]] = drawn

    def read_sources(self, loads: Collection[str]) -> None:
        """Read what these loads were drawn from, as far as they were on the road before this unit."""
        before = [load for load in loads if (load, Account.TRANSIT) in self._ids]
        self.read_draws(before)
        self.read_named({draw.holding for load in before for draw in self._draws[load]})

    def _take_in(self, rows: Iterable[Any]) -> None:
        for row in rows:
            key = (row.name, Account(row.account))
            if key not in self._holdings:
                self._remember_origins(row)
                self._ids[key] = row.id
                self._place(key, self._holding(row))

    def _remember_origins(self, row: Row[Any]) -> None:
        for name, i, plant, kind, estimated in zip(
            row.origins, row.origin_ids, row.plants, row.kinds, row.estimates, strict=True
        ):
            self._origins[name] = Origin(i, plant, kind, estimated)

    def _holding(self, row: Row[Any]) -> Holding:
        code = self._directory.facility_by_id(row.facility_id).code if row.facility_id is not None else None
        return Holding(
            row.name,
            code,
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

    # Booking

    def _put(self, holding: Holding) -> None:
        key = (holding.id, holding.account)
        if key not in self._ids:
            self._ids[key] = self._next()
            self._new.append(key)
            self._remember_new_origin(holding, self._ids[key])
        else:
            self._changed[key] = None
            if _is_remade(self._holdings[key], holding):
                self._remade[key] = None
        self._place(key, holding)

    def _place(self, key: _Key, holding: Holding) -> None:
        self._holdings[key] = holding
        if holding.facility is not None:
            self._by_facility[holding.facility][key] = None

    def _remember_new_origin(self, holding: Holding, row_id: int) -> None:
        if holding.id in holding.made and holding.facility is not None and holding.id not in self._origins:
            plant = self._directory.facility(holding.facility)
            self._origins[holding.id] = Origin(row_id, plant.id, str(holding.kind), holding.estimated)

    def _next(self) -> int:
        value = next(self._ordinals, None)
        if value is None:
            self._ordinals = iter(next_ids(self._connection, "holding_id_seq", self._pool))
            value = next(self._ordinals)
        return value

    # Writing

    def write(self) -> None:
        """Write new and changed holdings with their shares, the postings, and the running sums."""
        self._write_new()
        new = set(self._new)
        self._write_changed([key for key in self._changed if key not in new])
        self._write_remade([key for key in self._remade if key not in new])
        sums = Summing()
        # All rows before the COPY begins: they may read a facility, and a connection that copies answers no query.
        rows = list(self._posting_rows(sums))
        copy_rows(self._connection, mass.posting, _POSTING_COLUMNS, rows)
        sums.write(self._connection)
        self._new, self._changed, self._remade, self._booked = [], {}, {}, []

    def _write_new(self) -> None:
        if self._new:
            present = [(self._ids[key], self._facility_id(key), self._holdings[key]) for key in self._new]
            origins = {name: self._origins[name].id for _, _, holding in present for name in holding.made}
            holdings.insert(self._connection, present, origins)

    def _facility_id(self, key: _Key) -> int | None:
        code = self._holdings[key].facility
        return self._directory.facility(code).id if code is not None else None

    def _write_changed(self, keys: Sequence[_Key]) -> None:
        if keys:
            present = [(self._ids[key], self._holdings[key]) for key in keys]
            origins = {name: self._origins[name].id for _, holding in present for name in holding.left}
            holdings.update_left(self._connection, present, origins)

    def _write_remade(self, keys: Sequence[_Key]) -> None:
        """What a decision states anew of a holding that stays: the day of it, and what it was made of."""
        if keys:
            present = [(self._ids[key], self._holdings[key]) for key in keys]
            origins = {name: self._origins[name].id for _, holding in present for name in holding.made}
            holdings.update_made(self._connection, present, origins)

    def _posting_rows(self, sums: Summing) -> Iterator[tuple[Any, ...]]:
        numbers: Counter[str] = Counter()
        for event in self._booked:
            for posting in event.postings:
                numbers[event.event_id] += 1
                origin = self._origins[posting.origin]
                counted_on = booked_on(event.day, self._directory.facility_by_id(origin.plant_id).locked_through)
                sums.take(posting, origin, counted_on)
                yield (
                    event.event_id,
                    numbers[event.event_id],
                    event.about,
                    str(posting.account),
                    self._directory.facility(posting.facility).id if posting.facility is not None else None,
                    self._ids[posting.lot, posting.account] if posting.lot is not None else None,
                    origin.id,
                    origin.plant_id,
                    posting.route,
                    str(posting.cause) if posting.cause else None,
                    posting.compliant,
                    posting.estimated,
                    posting.origin_units,
                    posting.physical_units,
                    event.day,
                    counted_on,
                )


def _is_remade(before: Holding, now: Holding) -> bool:
    """Whether a holding is made of something else than before, or on another day, as after a decision."""
    if before.made is not now.made and before.made != now.made:
        return True
    return _made_as(before) != _made_as(now)


def _made_as(holding: Holding) -> tuple[object, ...]:
    return holding.physical_made, holding.day, holding.kind, holding.stabilised


_POSTING_COLUMNS = (
    "event_id",
    "n",
    "about_id",
    "account",
    "facility_id",
    "holding_id",
    "origin_id",
    "plant_id",
    "route",
    "cause",
    "compliant",
    "estimated",
    "origin_units",
    "physical_units",
    "day",
    "booked_on",
)
