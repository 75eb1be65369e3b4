"""Booking again what a decision or a correction changes, from the event on that it changes.

What the events concerned had booked is taken back and what counts instead is booked, each on its own legal day and
marked with the event it is about. What others drew since (disposals, further loads) stays; what that leaves over is
unaccounted (``correction``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Protocol

from sludgetrack.domain import booking
from sludgetrack.domain.booking import Booking, Draw
from sludgetrack.domain.correcting import corrected, with_correction
from sludgetrack.domain.events import Claim, Entry, EventType
from sludgetrack.domain.holdings import Holding, Stamp, opening_id
from sludgetrack.domain.manifest import REWRITES, ManifestState, apply, decided, history_of, replay
from sludgetrack.domain.mass import Account, Posting, Weighed
from sludgetrack.services.booking import BooksLike, book, moves_mass, weighed
from sludgetrack.store.booked import Booked
from sludgetrack.store.directory import Facility

Key = tuple[str, Account]
"""A holding's name and account."""


class RewritableBooks(BooksLike, Protocol):
    """Books that know what was booked about an event."""

    def booked(self, events: Collection[str]) -> Sequence[Booked]:
        """What is booked about these events and was not taken back, in the order of the booking."""

    def finished(self, lots: Collection[str], *, but: Collection[str]) -> frozenset[str]:
        """Those of the lots that a disposal has finished, other than these events."""


@dataclass(frozen=True, slots=True)
class _Rewriting:
    """What is to be booked again: the events ``gone``, those ``kept`` before them, how to book what counts now.

    ``rewrites``: the decisions and corrections so far, whose leftovers are settled anew.
    """

    event_id: str
    gone: Sequence[Entry]
    kept: Sequence[Entry]
    rewrites: Sequence[str]
    again: Callable[[_Undone], None]


def book_decision(books: RewritableBooks, event_id: str, entries: Sequence[Entry], stands: str) -> int:
    """Book what the decision ``event_id`` on a manifest changes: that the claim ``stands`` stands.

    ``entries``: the manifest's so far. Returns the units overdrawn. Raises LookupError where what counts now cannot
    be booked.
    """
    return _book_history(books, event_id, entries, decided(entries, stands))


def book_correction(books: RewritableBooks, correction: Claim, entries: Sequence[Entry]) -> int:
    """Book what a ``corrected`` claim about a manifest changes, as ``book_decision``."""
    return _book_history(books, correction.event_id, entries, with_correction(history_of(entries), correction))


def book_facility_correction(books: RewritableBooks, correction: Claim, present: Entry, before: Sequence[str]) -> int:
    """Book what a ``corrected`` claim about an act on a facility changes: ``present`` is the act as it counted so far.

    ``before``: the corrections of it in effect until now. Returns the units overdrawn.
    """
    if not moves_mass(present.claim.type):
        return 0
    claim = corrected(present, correction).claim

    def again(undone: _Undone) -> None:
        book(undone, claim, ManifestState())

    return _rewrite(books, _Rewriting(correction.event_id, [present], (), before, again))


def _book_history(books: RewritableBooks, event_id: str, entries: Sequence[Entry], after: Sequence[Entry]) -> int:
    before = history_of(entries)
    kept = _common(before, after)
    gone = [entry for entry in before[kept:] if moves_mass(entry.claim.type)]
    if not gone and not any(moves_mass(entry.claim.type) for entry in after[kept:]):
        return 0
    rewrites = [entry.claim.event_id for entry in entries if entry.claim.type in REWRITES]

    def again(undone: _Undone) -> None:
        _book_again(undone, after, kept)

    return _rewrite(books, _Rewriting(event_id, gone, before[:kept], rewrites, again))


def _rewrite(books: RewritableBooks, work: _Rewriting) -> int:
    gone = [entry.claim.event_id for entry in work.gone]
    earlier = books.booked(work.rewrites)
    taken_back = [*books.booked(gone), *earlier]
    made_lots = _lots(books, work.gone, taken_back)
    undone = _Undone(books, _unbooked(books, work.kept, taken_back, made_lots), frozenset(made_lots))
    work.again(undone)
    lots = booking.undo([one.posting for one in earlier], made_lots.values())
    finished = frozenset(one.posting.lot for one in earlier if one.posting.lot is not None)
    sources = {name for name, account in undone.keys if account is not Account.TRANSIT}
    finished |= books.finished(sources, but=gone)
    settled = booking.rest([undone.start, *(made for _, made, _ in undone.made)], lots, finished=finished)
    _put(books, work.event_id, taken_back, undone, settled)
    return settled.overdraft


class _Undone:
    """The books as they would stand without what is taken back; what is booked here is kept for later."""

    def __init__(self, books: BooksLike, holdings: Sequence[Holding], unmade: frozenset[Key]) -> None:
        self._books = books
        self._unmade = unmade
        self._now: dict[Key, Holding] = {(holding.id, holding.account): holding for holding in holdings}
        self._loadings: dict[str, Sequence[Posting]] = {}
        self.start = Booking((), holdings)
        self.made: list[tuple[str, Booking, date]] = []

    def stamp(self, day: date) -> Stamp:
        return self._books.stamp(day)

    def holding(self, name: str, account: Account) -> Holding | None:
        return self._now.get((name, account)) or self._books.holding(name, account)

    def lying(self, at: Facility, needed_units: int) -> Sequence[Holding]:  # noqa: ARG002 - all of it, which is enough
        # What is undone may have gone from the oldest, so that more of it is needed than the books would read.
        return self._as_undone(at, self._books.in_stock(at))

    def in_stock(self, at: Facility) -> Sequence[Holding]:
        return self._as_undone(at, self._books.in_stock(at))

    def draws(self, load: str) -> Sequence[Draw]:
        return booking.draws_of(self._loadings[load]) if load in self._loadings else self._books.draws(load)

    def put(
        self,
        event_id: str,
        booked: Booking,
        *,
        day: date,
        about: str | None = None,  # noqa: ARG002 - what is booked here is put into the books later
    ) -> None:
        holdings = [self._continued(holding) for holding in booked.holdings]
        for holding in holdings:
            key = (holding.id, holding.account)
            if holding.account is Account.TRANSIT and not self._is_on_the_road(key):
                self._loadings[holding.id] = booked.postings
            self._now[key] = holding
        self.made.append((event_id, replace(booked, holdings=holdings), day))

    def facility(self, code: str) -> Facility:
        return self._books.facility(code)

    @property
    def keys(self) -> Collection[Key]:
        """What is drawn from or made here."""
        return self._now.keys()

    def _as_undone(self, at: Facility, lying: Sequence[Holding]) -> list[Holding]:
        """What lies at a facility, without the lots that what is taken back had made."""
        found = {key: one for one in lying if (key := (one.id, one.account)) not in self._unmade}
        changed = {key: one for key, one in self._now.items() if one.facility == at.code and key[1] is at.place.account}
        return list({**found, **changed}.values())

    def _is_on_the_road(self, key: Key) -> bool:
        return key in self._now and any(self._now[key].made.values())

    def _continued(self, holding: Holding) -> Holding:
        """A load that is loaded again keeps its place in age, and its former origins with nothing of them."""
        former = self._now.get((holding.id, holding.account))
        if former is None or holding.account is not Account.TRANSIT:
            return holding
        nothing = dict.fromkeys(former.made, 0)
        made, left = {**nothing, **holding.made}, {**nothing, **holding.left}
        return replace(holding, order=former.order, made=made, left=left)


def _common(before: Sequence[Entry], after: Sequence[Entry]) -> int:
    """How many events both histories begin with."""
    pairs = enumerate(zip(before, after, strict=False))
    first = next((n for n, (one, other) in pairs if one.claim != other.claim), None)
    return min(len(before), len(after)) if first is None else first


def _lots(books: BooksLike, gone: Sequence[Entry], taken_back: Sequence[Booked]) -> dict[Key, Holding]:
    """The batches and lots that the events concerned had made, as they stand now."""
    makers = {entry.claim.event_id: entry.claim for entry in gone if entry.claim.type in _MAKES}
    keys = {
        key
        for one in taken_back
        if one.about in makers
        for key in _key(one.posting)
        if key[1] is not Account.TRANSIT and _MAKES[makers[one.about].type](makers[one.about], key[0])
    }
    return {key: one for key, one in _present(books, keys) if not _is_counted(makers, one)}


_MAKES: Mapping[EventType, Callable[[Claim, str], bool]] = {
    EventType.RECEIVED: lambda claim, lot: True,  # noqa: ARG005 - a receipt touches no other lot than its own
    EventType.PRODUCED: lambda claim, lot: True,  # noqa: ARG005 - nor production than its batch
    EventType.TREATED: lambda claim, lot: any(line["lot"] == lot for line in claim.figures["outputs"]),
    EventType.COUNTED: lambda claim, lot: lot == opening_id(claim.figures["facility"]),
}
"""Which of the lots an event touches it has made."""


def _is_counted(makers: Mapping[str, Claim], lot: Holding) -> bool:
    """Whether a count only changed the batch that an earlier one had opened."""
    days = [claim.figures["day"] for claim in makers.values() if claim.type is EventType.COUNTED]
    return bool(days) and lot.day.isoformat() not in days


def _unbooked(
    books: BooksLike, kept: Sequence[Entry], taken_back: Sequence[Booked], lots: Mapping[Key, Holding]
) -> list[Holding]:
    """What was drawn from, and the load itself, as they were before what is taken back."""
    keys = {key for one in taken_back for key in _key(one.posting)} - lots.keys()
    undone = booking.undo([one.posting for one in taken_back], [found for _, found in _present(books, keys)])
    measured = _measured(kept)
    return [_on_the_road(one, measured) if one.account is Account.TRANSIT else one for one in undone]


def _on_the_road(load: Holding, measured: Weighed | None) -> Holding:
    """A load at the figures last measured of it; one that was never loaded is made of nothing."""
    if measured is None:
        nothing = dict.fromkeys(load.made, 0)
        return replace(load, made=nothing, left=nothing, physical_made=0, physical_left=0)
    return replace(load, wet_kg=measured.wet_kg, moisture_bp=measured.moisture_bp, estimated=measured.estimated)


def _measured(history: Sequence[Entry]) -> Weighed | None:
    """A load's figures by its last weighing, less what was accepted of it then; None before it was loaded."""
    state = replay(history)
    if state.loaded is None:
        return None
    last = weighed(state.loaded.net_kg, state.loaded.moisture_bp, state.figures.get("assumed_bp"))
    for receipt in state.receipts:
        at_gate = receipt.weighing
        measured = last if at_gate.moisture_bp is None else Weighed(0, at_gate.moisture_bp)
        last = replace(measured, wet_kg=at_gate.net_kg - receipt.accepted_kg)
    return last


def _book_again(undone: _Undone, history: Sequence[Entry], kept: int) -> None:
    state = replace(replay(history[:kept]), decided=True)
    for entry in history[kept:]:
        book(undone, entry.claim, state)
        state = apply(state, entry)


def _put(
    books: RewritableBooks, event_id: str, taken_back: Sequence[Booked], undone: _Undone, settled: Booking
) -> None:
    """Hand everything over under the decision: what is taken back, what is booked instead, what is left over."""
    for (about, day), part in groupby(taken_back, lambda one: (one.about, one.day)):
        reversed_ = booking.reverse(one.posting for one in part)
        books.put(event_id, Booking(reversed_, ()), day=day, about=about)
    for about, made, day in undone.made:
        books.put(event_id, Booking(made.postings, ()), day=day, about=about)
    days = [*(one.day for one in taken_back), *(day for _, _, day in undone.made)]
    if days:  # without dry solids nothing was booked, and nothing is left over
        books.put(event_id, settled, day=max(days))


def _key(posting: Posting) -> Iterator[Key]:
    if posting.lot is not None:
        yield posting.lot, posting.account


def _present(books: BooksLike, keys: Collection[Key]) -> Iterator[tuple[Key, Holding]]:
    for key in sorted(keys):
        found = books.holding(*key)
        if found is None:
            raise LookupError(f"nothing named {key[0]} in {key[1]}")
        yield key, found
