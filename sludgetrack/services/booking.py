"""From an event to its postings: the one place that tells which booking an event calls for.

Live commands, imports and the audit's replay all come through here, with books of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from sludgetrack.domain import booking
from sludgetrack.domain.booking import Booking, Disposal, Draw, Input, Named, Output, Received, Run
from sludgetrack.domain.events import Claim, EventType
from sludgetrack.domain.holdings import Holding, Kind, Nature, Stamp
from sludgetrack.domain.manifest import ManifestState
from sludgetrack.domain.mass import Account, Weighed
from sludgetrack.domain.quantities import dry_units
from sludgetrack.domain.times import legal_day
from sludgetrack.store.directory import Facility


class BooksLike(Protocol):
    """What booking needs of the books: the holdings of the moment, and a place for what is booked."""

    def stamp(self, day: date) -> Stamp:
        """The place in age of something made now on this day."""

    def holding(self, name: str, account: Account) -> Holding | None:
        """A holding by name and account."""

    def lying(self, at: Facility, needed_units: int) -> Sequence[Holding]:
        """Enough of the oldest stock to cover so many units, and the newest holding."""

    def in_stock(self, at: Facility) -> Sequence[Holding]:
        """All stock at a facility, and its newest holding."""

    def draws(self, load: str) -> Sequence[Draw]:
        """Where a manifest's load was drawn from."""

    def put(self, event_id: str, booked: Booking, *, day: date, about: str | None = None) -> None:
        """Take a booking in. ``about``: the event it restates, where that is another one."""

    def facility(self, code: str) -> Facility:
        """A facility by code."""


def book(books: BooksLike, claim: Claim, state: ManifestState) -> Booking | None:
    """Book an event that moves mass; None for the others. ``state`` is the manifest's before the event."""
    make = _BOOKINGS.get(claim.type)
    if make is None:
        return None
    booked, day = make(books, claim, state)
    books.put(claim.event_id, booked, day=day)
    return booked


def moves_mass(event: EventType) -> bool:
    """Whether an event books anything."""
    return event in _BOOKINGS


def weighed(wet_kg: int, measured_bp: int | None, assumed_bp: int | None) -> Weighed:
    """A quantity by its own moisture or, marked so, the one the record assumed for it."""
    if measured_bp is not None:
        return Weighed(wet_kg, measured_bp)
    if assumed_bp is None:
        raise ValueError("neither a measured nor an assumed moisture")
    return Weighed(wet_kg, assumed_bp, estimated=True)


def _produced(books: BooksLike, claim: Claim, state: ManifestState) -> tuple[Booking, date]:
    figures = claim.figures
    day = date.fromisoformat(figures["day"])
    mass = weighed(figures["wet_kg"], figures.get("moisture_bp"), figures.get("assumed_bp"))
    nature = Nature(Kind(figures.get("kind", Kind.PLANT_SLUDGE)), stabilised=figures.get("stabilised", False))
    place = books.facility(figures["facility"]).place
    return booking.produce(figures["batch"], mass, place, stamp=books.stamp(day), nature=nature), day


def _loaded(books: BooksLike, claim: Claim, state: ManifestState) -> tuple[Booking, date]:
    figures = claim.figures
    giver = books.facility(state.figures["giver"])
    day = legal_day(claim.occurred_at, giver.zone)
    mass = weighed(figures["net_out_kg"], figures.get("moisture_out_bp"), figures.get("assumed_bp"))
    load, stamp = state.figures["name"], books.stamp(day)
    lines = state.figures.get("batches")
    if lines:
        named = [Named(_existing(books, line["batch"], giver), line["kg"]) for line in lines]
        return booking.load_named(load, mass, named, stamp=stamp), day
    lying = books.lying(giver, mass.dry)
    return booking.load_oldest(load, mass, lying, at=giver.place, stamp=stamp), day


def _received(books: BooksLike, claim: Claim, state: ManifestState) -> tuple[Booking, date]:
    figures = claim.figures
    destination = books.facility(state.figures["destination"])
    day = legal_day(claim.occurred_at, destination.zone)
    received = Received(figures.get("net_in_kg"), figures.get("moisture_in_bp"), figures.get("accepted_kg") or 0)
    stamp = books.stamp(day)
    lot = _lot_name(books, state, destination)
    return booking.receive(_on_the_road(books, state), received, at=destination.place, stamp=stamp, lot=lot), day


def _lot_name(books: BooksLike, state: ManifestState, at: Facility) -> str:
    """The lot a receipt makes: named as the manifest; a further one, at another destination, gets a number behind it.

    A receipt that no longer counts leaves its lot, and the name of it, where it was.
    """
    name: str = state.figures["name"]
    count = sum(1 for receipt in state.receipts if receipt.accepted_kg)
    lot = f"{name}/{count + 1}" if count else name
    while state.decided and _lies_elsewhere(books, lot, at):
        count += 1
        lot = f"{name}/{count + 1}"
    return lot


def _lies_elsewhere(books: BooksLike, lot: str, at: Facility) -> bool:
    found = (books.holding(lot, account) for account in (Account.PLANT_STOCK, Account.SITE_STOCK))
    return any(holding is not None and holding.facility != at.code for holding in found)


def _returned(books: BooksLike, claim: Claim, state: ManifestState) -> tuple[Booking, date]:
    giver = books.facility(state.figures["giver"])
    load = _on_the_road(books, state)
    draws = books.draws(load.id)
    sources = [_existing(books, name, giver) for name in dict.fromkeys(draw.holding for draw in draws)]
    booked = booking.give_back(load, claim.figures["returned_kg"], sources, draws=draws)
    return booked, legal_day(claim.occurred_at, giver.zone)


def _lost(books: BooksLike, claim: Claim, state: ManifestState) -> tuple[Booking, date]:
    giver = books.facility(state.figures["giver"])
    booked = booking.lose(_on_the_road(books, state), found_dumped=bool(claim.figures.get("dumped")))
    return booked, legal_day(claim.occurred_at, giver.zone)


def _treated(books: BooksLike, claim: Claim, state: ManifestState) -> tuple[Booking, date]:
    figures = claim.figures
    day = date.fromisoformat(figures["day"])
    at = books.facility(figures["facility"])
    return booking.treat(run_of(books, figures, at), at=at.place, stamp=books.stamp(day)), day


def run_of(books: BooksLike, figures: Mapping[str, Any], at: Facility) -> Run:
    """A treatment run as it is claimed, on the lots as they are now. Raises LookupError for one that is not there."""
    return Run(
        [Input(_existing(books, line["lot"], at), line["kg"]) for line in figures["inputs"]],
        [Output(line["lot"], Weighed(line["wet_kg"], line["moisture_bp"])) for line in figures["outputs"]],
        sum(dry_units(line["dry_kg"], 0) for line in figures.get("additives", ())),
        figures.get("stabilises", False),
    )


def _counted(books: BooksLike, claim: Claim, state: ManifestState) -> tuple[Booking, date]:
    figures = claim.figures
    day = date.fromisoformat(figures["day"])
    at = books.facility(figures["facility"])
    counted = Weighed(figures["wet_kg"], figures["moisture_bp"])
    return booking.count(books.in_stock(at), counted, at=at.place, stamp=books.stamp(day)), day


def _disposed(books: BooksLike, claim: Claim, state: ManifestState) -> tuple[Booking, date]:
    figures = claim.figures
    lot = _existing(books, figures["lot"], books.facility(figures["facility"]))
    disposal = Disposal(
        figures["route"],
        figures["wet_kg"],
        figures.get("moisture_bp"),
        final=figures.get("final", False),
        compliant=figures["compliant"],
        banned=frozenset(figures.get("banned", ())),
    )
    return booking.dispose(lot, disposal), date.fromisoformat(figures["day"])


def _existing(books: BooksLike, name: str, at: Facility) -> Holding:
    found = books.holding(name, at.place.account)
    if found is None or found.facility != at.code:
        raise LookupError(f"nothing named {name} lies at {at.code}")
    return found


def _on_the_road(books: BooksLike, state: ManifestState) -> Holding:
    found = books.holding(state.figures["name"], Account.TRANSIT)
    if found is None:
        raise LookupError(f"{state.figures['name']} was never loaded")
    return found


_BOOKINGS: Mapping[EventType, Callable[[BooksLike, Claim, ManifestState], tuple[Booking, date]]] = {
    EventType.PRODUCED: _produced,
    EventType.LOADED: _loaded,
    EventType.RECEIVED: _received,
    EventType.RETURNED: _returned,
    EventType.LOST: _lost,
    EventType.TREATED: _treated,
    EventType.DISPOSED: _disposed,
    EventType.COUNTED: _counted,
}
