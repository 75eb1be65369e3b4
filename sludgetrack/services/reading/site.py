"""Trucks as their destination sees them: at the gate, on the road, still to be loaded, and at the weighbridge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sludgetrack.domain import numbers
from sludgetrack.domain.events import EventType
from sludgetrack.domain.manifest import Status
from sludgetrack.domain.permissions import Action, require
from sludgetrack.domain.times import legal_day, legal_instant
from sludgetrack.services.cases import open_case
from sludgetrack.services.context import Context
from sludgetrack.services.reading import stock
from sludgetrack.services.reading.manifests import (
    ManifestFilters,
    ManifestRow,
    ManifestView,
    list_manifests,
    manifest_view,
)
from sludgetrack.store import offers
from sludgetrack.store.directory import Facility
from sludgetrack.store.offers import Offer

MOST_ROWS = 200
COMING = (str(Status.ISSUED), str(Status.IN_TRANSIT), str(Status.ARRIVED))
DECIDED = (str(Status.DELIVERED), str(Status.HOLDING))


@dataclass(frozen=True, slots=True)
class Truck:
    """A manifest on its way here. ``offer`` waits for the driver's word, expired or not."""

    row: ManifestRow
    offer: Offer | None = None

    @property
    def expected_at(self) -> datetime | None:
        """When it should be here, by the planned minutes; None before it has left."""
        row = self.row
        if row.loaded_at is None or row.planned_minutes is None:
            return None
        return row.loaded_at + timedelta(minutes=row.planned_minutes)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Trucks for the reader's facilities: those at the gate, on the road, still to be loaded, and decided on today."""

    waiting: tuple[Truck, ...]
    coming: tuple[Truck, ...]
    expected: tuple[Truck, ...]
    decided: tuple[Truck, ...]

    @property
    def open(self) -> tuple[Truck, ...]:
        """Every truck that is still to be decided on."""
        return (*self.waiting, *self.coming, *self.expected)


@dataclass(frozen=True, slots=True)
class Receiving:
    """A manifest at the weighbridge. ``offer`` is the newest one about its receipt, whatever became of it."""

    view: ManifestView
    facility: Facility
    offer: Offer | None


def arrivals(ctx: Context, codes: Iterable[str]) -> Arrivals:
    """The trucks for these facilities, each list in the order they should be dealt with."""
    here = [stock.own_facility(ctx, code) for code in codes]
    rows = [row for place in here for row in _rows(ctx, place.code, COMING)]
    waiting = offers.open_by_number(ctx.connection, [row.number for row in rows])
    trucks = [Truck(row, _receipt_offer(waiting.get(row.number))) for row in rows]
    decided = [Truck(row) for place in here for row in _rows(ctx, place.code, DECIDED) if _today(ctx, place, row)]
    return Arrivals(
        waiting=_in_order(trucks, Status.ARRIVED),
        coming=_in_order(trucks, Status.IN_TRANSIT),
        expected=_in_order(trucks, Status.ISSUED),
        decided=tuple(sorted(decided, key=lambda truck: truck.row.received_at or truck.row.issued_at, reverse=True)),
    )


def find(ctx: Context, text: str) -> tuple[Truck, ...]:
    """The expected trucks a text means: part of a plate, a number, an external number, or a scanned address."""
    wanted = numbers.compact(text).upper()
    if not wanted:
        return ()
    trucks = arrivals(ctx, ctx.actor.facilities).open
    return tuple(truck for truck in trucks if any(_means(wanted, known) for known in _names(truck.row)))


def receiving(ctx: Context, number: str) -> Receiving:
    """A manifest for the weighbridge. Raises NotANumber, NotFound and NotPermitted."""
    case = open_case(ctx, number, lock=False)
    require(ctx.actor, Action.RECEIVE, case.parties)
    newest = offers.newest_of(ctx.connection, case.head.id)
    return Receiving(
        view=manifest_view(ctx, number),
        facility=ctx.directory.facility(case.state.figures["destination"]),
        offer=newest if newest is not None and newest.event is EventType.RECEIVED else None,
    )


def _rows(ctx: Context, code: str, states: Sequence[str]) -> Sequence[ManifestRow]:
    return list_manifests(ctx, ManifestFilters(states=states, destination=code), limit=MOST_ROWS).items


def _receipt_offer(offer: Offer | None) -> Offer | None:
    return offer if offer is not None and offer.event is EventType.RECEIVED else None


def _today(ctx: Context, at: Facility, row: ManifestRow) -> bool:
    day = legal_day(ctx.now, at.zone)
    midnight = legal_instant(datetime(day.year, day.month, day.day), at.zone)  # noqa: DTZ001 - local time is wanted
    return row.received_at is not None and row.received_at >= midnight


def _in_order(trucks: Iterable[Truck], status: Status) -> tuple[Truck, ...]:
    return tuple(sorted((truck for truck in trucks if truck.row.status is status), key=_due))


def _due(truck: Truck) -> datetime:
    return truck.row.arrived_at or truck.expected_at or truck.row.loaded_at or truck.row.issued_at


def _names(row: ManifestRow) -> tuple[str, ...]:
    return tuple(numbers.compact(name).upper() for name in (row.number, row.plate, row.external_number) if name)


def _means(wanted: str, known: str) -> bool:
    """A scanner's address holds the number, somebody's typing is a part of plate or number."""
    return wanted in known or (len(known) == 20 and known in wanted)
