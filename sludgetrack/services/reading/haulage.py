"""台账 of a hauler: its trips by day, month and year, by truck and by driver, for itself and for the authorities.

A trip belongs to the legal day it was loaded on. Drivers' names are told to the hauler itself only.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import asin, cos, radians, sin, sqrt

from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.identity import Role
from sludgetrack.domain.times import LEGAL_ZONE, legal_instant
from sludgetrack.services.context import Context
from sludgetrack.services.reading.ledger_rows import Span
from sludgetrack.store import haulage_reading, log
from sludgetrack.store.directory import Facility, Organisation
from sludgetrack.store.haulage_reading import Haulage, TripRow, TripSumRow

EARTH_KM = 6371


@dataclass(frozen=True, slots=True, kw_only=True)
class Trips:
    """Trips added up. Kilograms; ``minutes`` of the ``timed`` ones; ``km`` straight ahead, of those with known ends.

    ``under_way`` have not been weighed in, ``lost`` never were. ``refused`` was given back or waits for it.
    ``difference``: weighed in less loaded, of the trips that are over.
    """

    trips: int = 0
    under_way: int = 0
    lost: int = 0
    loaded_kg: int = 0
    delivered_kg: int = 0
    refused_kg: int = 0
    difference_kg: int = 0
    minutes: int = 0
    timed: int = 0
    km: int | None = None

    @property
    def mean_minutes(self) -> int | None:
        """How long a trip took; None where none is over."""
        return round(self.minutes / self.timed) if self.timed else None

    def __add__(self, other: Trips) -> Trips:
        return Trips(
            trips=self.trips + other.trips,
            under_way=self.under_way + other.under_way,
            lost=self.lost + other.lost,
            loaded_kg=self.loaded_kg + other.loaded_kg,
            delivered_kg=self.delivered_kg + other.delivered_kg,
            refused_kg=self.refused_kg + other.refused_kg,
            difference_kg=self.difference_kg + other.difference_kg,
            minutes=self.minutes + other.minutes,
            timed=self.timed + other.timed,
            km=other.km if self.km is None else self.km + (other.km or 0),
        )


@dataclass(frozen=True, slots=True)
class TripsOf:
    """The trips of a truck (its plate) or a driver (their name)."""

    name: str | None
    trips: Trips


@dataclass(frozen=True, slots=True)
class TripsOn:
    """The trips of a day, month or year."""

    first: date
    last: date
    trips: Trips


@dataclass(frozen=True, slots=True, kw_only=True)
class HaulerLedger:
    """A hauler's ledger; ``drivers`` is None for everybody but the hauler itself."""

    code: str
    name: str
    licence: str | None
    span: Span
    rows: tuple[TripsOn, ...]
    total: Trips
    vehicles: tuple[TripsOf, ...]
    drivers: tuple[TripsOf, ...] | None
    log_size: int


@dataclass(frozen=True, slots=True)
class Trip:
    """One trip with both ends; ``row.driver_name`` is None for everybody but the hauler itself."""

    row: TripRow
    origin: str
    destination: str
    km: int | None


def hauler_ledger(ctx: Context, code: str, span: Span) -> HaulerLedger:
    """The ledger of a hauler, for itself whole, for an authority what touches its division. Raises NotFound."""
    own = _readable(ctx, code)
    rows = haulage_reading.sums(ctx.connection, ctx.actor, _asked(own, span.first, span.last), span.by)
    ctx.directory.load_facilities(ids={end for row in rows for end in (row.giver_id, row.destination_id)})
    told = [(row, _trips(ctx, row)) for row in rows]
    by_day = _summed(told, lambda row: row.start)
    return HaulerLedger(
        code=code,
        name=own.hauler_name or own.name,
        licence=own.licence,
        span=span,
        rows=tuple(TripsOn(max(start, span.first), span.end_of(start), trips) for start, trips in by_day),
        total=_total(trips for _, trips in told),
        vehicles=_by_name(told, lambda row: row.plate),
        drivers=_by_driver(told) if _is_own(ctx, own) else None,
        log_size=log.current(ctx.connection).size,
    )


def trips(ctx: Context, code: str, first: date, last: date, *, limit: int | None = None, offset: int = 0) -> list[Trip]:
    """The trips of a period, in the order of their departures. Raises NotFound as ``hauler_ledger`` does."""
    own = _readable(ctx, code)
    rows = haulage_reading.trips(ctx.connection, ctx.actor, _asked(own, first, last), limit=limit, offset=offset)
    ctx.directory.load_facilities(ids={end for row in rows for end in (row.giver_id, row.destination_id)})
    return [_trip(ctx, row, named=_is_own(ctx, own)) for row in rows]


def own(ctx: Context) -> list[tuple[str, str]]:
    """Code and name the reader's organisation hauls under; none where it does not haul, or the reader only drives."""
    found = ctx.directory.organisation_by_code(ctx.actor.organisation)
    if found.hauler_code is None or not _is_own(ctx, found):
        return []
    return [(found.hauler_code, found.hauler_name or found.name)]


def _readable(ctx: Context, code: str) -> Organisation:
    """The hauler, as far as the reader may know of its trips. Raises NotFound."""
    own = ctx.directory.hauler(code)
    if not (_is_own(ctx, own) or (ctx.actor.is_authority and _touches(ctx, own))):
        raise NotFound(kind="hauler", name=code)
    return own


def _is_own(ctx: Context, own: Organisation) -> bool:
    return ctx.actor.organisation == own.code and ctx.actor.roles != frozenset((Role.DRIVER,))


def _touches(ctx: Context, own: Organisation) -> bool:
    """A hauler of the authority's division, or one that carries something from or to it."""
    within = own.division.startswith(ctx.actor.division)
    return within or haulage_reading.has_any(ctx.connection, ctx.actor, own.id)


def _asked(own: Organisation, first: date, last: date) -> Haulage:
    begin, after = (legal_instant(datetime.combine(day, time())) for day in (first, last + timedelta(days=1)))
    return Haulage(own.id, begin, after, LEGAL_ZONE)


def _trips(ctx: Context, row: TripSumRow) -> Trips:
    each = _distance(ctx, row.giver_id, row.destination_id)
    return Trips(
        trips=row.trips,
        under_way=row.under_way,
        lost=row.lost,
        loaded_kg=row.loaded_kg,
        delivered_kg=row.delivered_kg,
        refused_kg=row.refused_kg,
        difference_kg=row.difference_kg,
        minutes=row.minutes,
        timed=row.timed,
        km=None if each is None else each * row.trips,
    )


def _trip(ctx: Context, row: TripRow, *, named: bool) -> Trip:
    giver, destination = (ctx.directory.facility_by_id(end) for end in (row.giver_id, row.destination_id))
    return Trip(row if named else row.nameless(), giver.name, destination.name, straight_km(giver, destination))


def _summed(told: Sequence[tuple[TripSumRow, Trips]], key: Callable[[TripSumRow], date]) -> list[tuple[date, Trips]]:
    sums: dict[date, Trips] = {}
    for row, trips_ in told:
        sums[key(row)] = sums.get(key(row), Trips()) + trips_
    return sorted(sums.items(), key=lambda item: item[0])


def _by_name(told: Sequence[tuple[TripSumRow, Trips]], name: Callable[[TripSumRow], str | None]) -> tuple[TripsOf, ...]:
    return _by(told, lambda row: (name(row), name(row)))


def _by_driver(told: Sequence[tuple[TripSumRow, Trips]]) -> tuple[TripsOf, ...]:
    """By person, since two may have the same name."""
    return _by(told, lambda row: (row.driver_id, row.driver_name))


def _by(
    told: Sequence[tuple[TripSumRow, Trips]], key: Callable[[TripSumRow], tuple[Hashable, str | None]]
) -> tuple[TripsOf, ...]:
    sums: dict[tuple[Hashable, str | None], Trips] = {}
    for row, trips_ in told:
        sums[key(row)] = sums.get(key(row), Trips()) + trips_
    found = (TripsOf(name, trips_) for (_, name), trips_ in sums.items())
    return tuple(sorted(found, key=lambda one: (-one.trips.trips, one.name or "")))


def _total(found: Iterable[Trips]) -> Trips:
    return sum(found, Trips())


def _distance(ctx: Context, giver_id: int, destination_id: int) -> int | None:
    return straight_km(ctx.directory.facility_by_id(giver_id), ctx.directory.facility_by_id(destination_id))


def straight_km(one: Facility, other: Facility) -> int | None:
    """Whole kilometres between two facilities over the ground, straight ahead; None where one's point is unknown.

    The road is longer. Great circle by the haversine formula on the mean radius of the earth.
    """
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    lat, lon, to_lat, to_lon = (radians(float(part)) for part in (one.lat, one.lon, other.lat, other.lon))
    half = sin((to_lat - lat) / 2) ** 2 + cos(lat) * cos(to_lat) * sin((to_lon - lon) / 2) ** 2
    return round(2 * EARTH_KM * asin(sqrt(half)))
