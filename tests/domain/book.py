"""A mass book in memory: what the tests replay ledgers into, and what they ask for sums and fates.

It keeps holdings and postings the way a database would: every command loads the few holdings it touches, calls one
pure function, and stores what comes back.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from sludgetrack.domain.booking import Booking, Draw, draws_of
from sludgetrack.domain.holdings import Holding, Kind
from sludgetrack.domain.mass import STOCK_ACCOUNTS, Account, Cause, Place, Posting, imbalance
from sludgetrack.domain.rates import COHORT_DAYS, ByRoute, Sums


class Origin(NamedTuple):
    """A production batch as the rates see it."""

    facility: str
    kind: Kind = Kind.PLANT_SLUDGE
    estimated: bool = False


class Entry(NamedTuple):
    """A posting and the legal day it is booked on."""

    day: date
    event: str
    posting: Posting


@dataclass
class Book:
    """Holdings by facility, loads on the road, and every posting in order."""

    entries: list[Entry] = field(default_factory=list)
    lots: dict[str, Holding] = field(default_factory=dict)
    road: dict[str, Holding] = field(default_factory=dict)
    at: dict[str, dict[str, Holding]] = field(default_factory=lambda: defaultdict(dict))
    origins: dict[str, Origin] = field(default_factory=dict)
    draws: dict[str, list[Draw]] = field(default_factory=dict)

    def write(self, day: date, event: str, booking: Booking) -> None:
        """Store an event's postings, which must cancel out, and its holdings."""
        assert imbalance(booking.postings) == {}, event
        self.entries += [Entry(day, event, posting) for posting in booking.postings]
        for holding in booking.holdings:
            self._store(holding)

    def write_loading(self, day: date, load: str, booking: Booking) -> None:
        """Store a loading and remember where the load came from."""
        self.write(day, load, booking)
        self.draws[load] = draws_of(booking.postings)

    def lying(self, place: Place) -> list[Holding]:
        """Everything in stock at a facility."""
        return list(self.at[place.facility].values())

    def sources(self, load: str) -> list[Holding]:
        """The batches or lots a load was drawn from, as they are now."""
        return [self.lots[name] for name in dict.fromkeys(draw.holding for draw in self.draws[load])]

    def _store(self, holding: Holding) -> None:
        if holding.account is Account.TRANSIT:
            self.road[holding.id] = holding
            return
        assert holding.facility is not None
        self.lots[holding.id] = holding
        self.at[holding.facility][holding.id] = holding
        if len(holding.made) == 1 and holding.id in holding.made:
            self.origins.setdefault(holding.id, Origin(holding.facility, holding.kind, holding.estimated))

    def sums(self, first: date, last: date) -> dict[str, Sums]:
        """Origin sums of a period for each facility whose batches of plant sludge are in the book."""
        tally: dict[str, _Tally] = defaultdict(_Tally)
        cohort = _Cohort(first, last)
        for entry in self.entries:
            origin = self.origins[entry.posting.origin]
            if origin.kind is not Kind.SEWER_SLUDGE:
                tally[origin.facility].add(entry, first, last, estimated=origin.estimated)
                cohort.add(entry)
        for batch, units in cohort.harmless_of_batches().items():
            tally[self.origins[batch].facility].cohort += units
        return {facility: one.sums() for facility, one in tally.items()}

    def fates(self, batch: str) -> dict[str, int]:
        """What became of a batch: units by fate, those with nothing left out."""
        fates: dict[str, int] = defaultdict(int)
        for entry in self.entries:
            if entry.posting.origin == batch and entry.posting.account is not Account.PRODUCED:
                fates[_fate(entry.posting)] += entry.posting.origin_units
        return {fate: units for fate, units in fates.items() if units}


def _fate(posting: Posting) -> str:
    if posting.account is Account.DISPOSED:
        return f"disposed:{posting.route}" + ("" if posting.compliant else " (N)")
    if posting.account is Account.TRANSIT:
        return "in_transit"
    if posting.account in STOCK_ACCOUNTS:
        return "in_stock"
    return str(posting.account)


@dataclass
class _Tally:
    produced: int = 0
    opening: int = 0
    closing: int = 0
    estimated: int = 0
    cohort: int = 0
    compliant: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    noncompliant: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    unaccounted: dict[Cause, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, entry: Entry, first: date, last: date, *, estimated: bool) -> None:
        posting, units = entry.posting, entry.posting.origin_units
        if posting.account in STOCK_ACCOUNTS:
            self.opening += units if entry.day < first else 0
            self.closing += units if entry.day <= last else 0
        elif first <= entry.day <= last:
            self._add_flow(posting, units, estimated=estimated)

    def _add_flow(self, posting: Posting, units: int, *, estimated: bool) -> None:
        if posting.account is Account.PRODUCED:
            self.produced -= units
            self.estimated -= units if estimated else 0
        elif posting.account is Account.DISPOSED and posting.route:
            (self.compliant if posting.compliant else self.noncompliant)[posting.route] += units
        elif posting.cause:
            self.unaccounted[posting.cause] += units

    def sums(self) -> Sums:
        routes = {**self.compliant, **self.noncompliant}
        return Sums(
            self.produced,
            self.opening,
            self.closing,
            {route: ByRoute(self.compliant[route], self.noncompliant[route]) for route in routes},
            {str(cause): units for cause, units in self.unaccounted.items()},
            self.estimated,
            self.cohort,
        )


class _Cohort:
    """The batches produced in a period, and what was harmlessly disposed of each by the cut-off."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self.until = last + timedelta(days=COHORT_DAYS)
        self.produced: dict[str, int] = defaultdict(int)
        self.harmless: dict[str, int] = defaultdict(int)

    def add(self, entry: Entry) -> None:
        posting = entry.posting
        if posting.account is Account.PRODUCED and self.first <= entry.day <= self.last:
            self.produced[posting.origin] -= posting.origin_units
        if posting.account is Account.DISPOSED and posting.compliant and entry.day <= self.until:
            self.harmless[posting.origin] += posting.origin_units

    def harmless_of_batches(self) -> dict[str, int]:
        return {batch: min(made, self.harmless[batch]) for batch, made in self.produced.items()}
