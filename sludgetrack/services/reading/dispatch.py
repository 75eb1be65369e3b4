"""The dispatcher's board: what waits for a truck, what trucks and drivers carry, permits, the day's trips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import any_, literal, or_, select

from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.identity import Role
from sludgetrack.domain.manifest import Status
from sludgetrack.domain.times import LEGAL_ZONE, legal_day, legal_instant
from sludgetrack.services.context import Context
from sludgetrack.services.reading import paging
from sludgetrack.services.reading.manifests import ManifestFilters, ManifestRow, list_manifests
from sludgetrack.store.directory import Organisation
from sludgetrack.store.tables.manifests import manifest
from sludgetrack.store.tables.registry import person, vehicle

EXPIRING_DAYS = 30
"""How long before its end a permit is shown as about to expire."""
_ON_THE_ROAD = (Status.IN_TRANSIT, Status.ARRIVED, Status.HOLDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class TruckLine:
    """A truck and what it carries or is meant for next. Kilograms; ``valid_to`` is a legal day."""

    plate: str
    rated_kg: int | None
    valid_to: date | None
    days_left: int | None
    now: ManifestRow | None
    next: ManifestRow | None

    @property
    def expired(self) -> bool:
        """Its permit is over."""
        return self.days_left is not None and self.days_left < 0

    @property
    def expiring(self) -> bool:
        """Its permit is over or soon will be."""
        return self.days_left is not None and self.days_left <= EXPIRING_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverLine:
    """A driver and the load held or meant for them."""

    id: str
    name: str
    phone: str | None
    now: ManifestRow | None
    next: ManifestRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A truck's trip on one day: loaded, and over where it was received or given back. Instants are UTC."""

    plate: str
    number: str
    status: Status
    start: datetime
    end: datetime | None
    expected: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A hauler's day. ``unassigned`` have no truck yet, ``assigned`` wait at the plant for theirs."""

    hauler: str
    today: date
    unassigned: tuple[ManifestRow, ...]
    assigned: tuple[ManifestRow, ...]
    on_road: tuple[ManifestRow, ...]
    trucks: tuple[TruckLine, ...]
    drivers: tuple[DriverLine, ...]
    trips: tuple[Trip, ...]


@dataclass(frozen=True, slots=True)
class Assigning:
    """Who and what may be sent: trucks and drivers, and who usually drives which plate."""

    row: ManifestRow
    trucks: tuple[TruckLine, ...]
    drivers: tuple[DriverLine, ...]
    usual: Mapping[str, str]


def own_hauler(ctx: Context) -> Organisation:
    """The dispatcher's organisation, which must haul. Raises NotFound."""
    own = ctx.directory.organisation_by_code(ctx.actor.organisation)
    if own.hauler_code is None:
        raise NotFound(kind="hauler", name=own.name)
    return own


def board(ctx: Context) -> Board:
    """The board of the actor's own organisation."""
    own = own_hauler(ctx)
    rows = _open(ctx, own)
    issued = [row for row in rows if row.status is Status.ISSUED]
    return Board(
        hauler=own.hauler_name or own.name,
        today=legal_day(ctx.now),
        unassigned=tuple(row for row in reversed(issued) if row.plate is None),
        assigned=tuple(row for row in reversed(issued) if row.plate is not None),
        on_road=tuple(row for row in rows if row.status in _ON_THE_ROAD),
        trucks=trucks(ctx, own, rows),
        drivers=drivers(ctx, own, rows),
        trips=trips_of(ctx, own, legal_day(ctx.now)),
    )


def assigning(ctx: Context, number: str) -> Assigning:
    """What to choose from for one manifest of the actor's own organisation. Raises NotFound."""
    own = own_hauler(ctx)
    rows = _open(ctx, own)
    row = next((row for row in rows if row.number == number), None)
    if row is None:
        raise NotFound(kind="manifest", name=number)
    return Assigning(row, trucks(ctx, own, rows), drivers(ctx, own, rows), _usual_drivers(ctx, own))


def trucks(ctx: Context, own: Organisation, rows: Sequence[ManifestRow]) -> tuple[TruckLine, ...]:
    """Every truck in use, those with nothing to carry first."""
    v = vehicle.c
    query = select(vehicle).where(v.organisation_id == own.id, v.active).order_by(v.plate)
    today = legal_day(ctx.now)
    lines = [
        TruckLine(
            plate=row.plate,
            rated_kg=row.rated_kg,
            valid_to=row.valid_to,
            days_left=(row.valid_to - today).days if row.valid_to else None,
            now=_first((m for m in rows if m.plate == row.plate), _ON_THE_ROAD),
            next=_first((m for m in rows if m.plate == row.plate), (Status.ISSUED,)),
        )
        for row in ctx.connection.execute(query)
    ]
    return tuple(sorted(lines, key=lambda line: (line.expired, line.now is not None, line.next is not None)))


def drivers(ctx: Context, own: Organisation, rows: Sequence[ManifestRow]) -> tuple[DriverLine, ...]:
    """Every active driver, those with nothing to carry first."""
    p = person.c
    query = (
        select(p.id, p.name, p.phone)
        .where(p.organisation_id == own.id, p.active, literal(str(Role.DRIVER)) == any_(p.roles))
        .order_by(p.name)
    )
    lines = [
        DriverLine(
            id=row.id,
            name=row.name,
            phone=row.phone,
            now=_first((m for m in rows if m.driver_id == row.id), _ON_THE_ROAD),
            next=_first((m for m in rows if m.driver_id == row.id), (Status.ISSUED,)),
        )
        for row in ctx.connection.execute(query)
    ]
    return tuple(sorted(lines, key=lambda line: (line.now is not None, line.next is not None)))


def trips_of(ctx: Context, own: Organisation, day: date) -> tuple[Trip, ...]:
    """The trips of a legal day: loaded on it, or still on the road."""
    m = manifest.c
    midnight = legal_instant(datetime.combine(day, time()), LEGAL_ZONE)
    query = (
        select(manifest)
        .where(m.hauler_id == own.id, m.loaded_at.is_not(None), m.plate.is_not(None))
        .where(or_(m.loaded_at >= midnight, m.status.in_([str(s) for s in _ON_THE_ROAD])))
        .order_by(m.plate, m.loaded_at)
    )
    return tuple(
        Trip(
            plate=row.plate,
            number=row.number,
            status=Status(row.status),
            start=max(row.loaded_at, midnight),
            end=row.returned_at or (None if row.status == str(Status.HOLDING) else row.received_at),
            expected=row.loaded_at + timedelta(minutes=row.planned_minutes or 60),
        )
        for row in ctx.connection.execute(query)
    )


def _open(ctx: Context, own: Organisation) -> tuple[ManifestRow, ...]:
    filters = ManifestFilters(states=("open",), hauler=own.hauler_code)
    return list_manifests(ctx, filters, limit=paging.MOST).items


def _first(rows: Iterable[ManifestRow], states: Sequence[Status]) -> ManifestRow | None:
    return next((row for row in rows if row.status in states), None)


def _usual_drivers(ctx: Context, own: Organisation) -> dict[str, str]:
    """Who drove each plate last."""
    m = manifest.c
    query = (
        select(m.plate, m.driver_id)
        .where(m.hauler_id == own.id, m.plate.is_not(None), m.driver_id.is_not(None))
        .order_by(m.id.desc())
        .limit(paging.MOST)
    )
    usual: dict[str, str] = {}
    for row in ctx.connection.execute(query):
        usual.setdefault(row.plate, row.driver_id)
    return usual
