"""What a new manifest may say: trucks and destinations to choose from, and what the last ones suggest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import asin, ceil, cos, radians, sin, sqrt
from typing import Any

from sqlalchemy import Row, case, select
from sqlalchemy.dialects.postgresql import distinct_on

from sludgetrack.domain.identity import FacilityKind
from sludgetrack.domain.manifest import Status
from sludgetrack.domain.policy import Policy, PolicyRow
from sludgetrack.domain.times import legal_day
from sludgetrack.services.context import Context
from sludgetrack.store import rules, streams
from sludgetrack.store.directory import Facility
from sludgetrack.store.tables.manifests import manifest
from sludgetrack.store.tables.registry import facility, organisation, vehicle

ROAD_FACTOR = 1.3
"""How much longer a road is than the straight line."""
TRUCK_KM_H = 40
ROUNDED_TO_MINUTES = 5
EARTH_KM = 6371
READING_DAYS = 7
"""How old a moisture reading may be to be proposed again."""
_ON_THE_ROAD = tuple(str(s) for s in (Status.IN_TRANSIT, Status.ARRIVED, Status.HOLDING))


@dataclass(frozen=True, slots=True, kw_only=True)
class Truck:
    """A truck that could come, with what the clerk should know of it. Kilograms; days are legal days."""

    plate: str
    hauler: str
    hauler_name: str
    rated_kg: int | None
    tare_kg: int | None
    valid_to: date | None
    expired: bool
    last_kg: int | None
    on_road: bool


@dataclass(frozen=True, slots=True)
class HaulerChoice:
    """A hauler by code and name; ``used`` where it has hauled for this giver before."""

    code: str
    name: str
    used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The newest manifest from a giver to a destination, as far as the next one may repeat it."""

    number: str
    hauler: str
    plate: str | None
    route: str
    planned_kg: int
    planned_minutes: int | None
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationChoice:
    """Where a load could go. ``route`` is the way of disposal taken unless another is named, None where it must be.

    ``bans`` are the policies in force today against a permitted route, by route.
    """

    code: str
    name: str
    routes: tuple[str, ...]
    route: str | None
    bans: Mapping[str, PolicyRow]
    minutes: int | None
    before: Before | None


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything the form of a new manifest offers, the likeliest first."""

    trucks: tuple[Truck, ...]
    haulers: tuple[HaulerChoice, ...]
    destinations: tuple[DestinationChoice, ...]

    def destination(self, code: str) -> DestinationChoice | None:
        """The destination with this code, if it is offered."""
        return next((choice for choice in self.destinations if choice.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighingBefore:
    """What earlier weighings suggest for the next truck, and since when. Kilograms and basis points."""

    tare_kg: int | None
    tare_at: datetime | None
    moisture_bp: int | None
    moisture_method: str | None
    moisture_at: datetime | None


def choices(ctx: Context, giver: Facility) -> Choices:
    """What may be chosen for a manifest of this facility."""
    haulers = _haulers(ctx, giver)
    return Choices(_trucks(ctx, giver, haulers), haulers, _destinations(ctx, giver))


def contract_of(ctx: Context, number: str) -> str | None:
    """The contract an earlier manifest names."""
    row = ctx.connection.execute(select(manifest.c.id).where(manifest.c.number == number)).one_or_none()
    entries = streams.entries(ctx.connection, [row.id]).get(row.id, []) if row else []
    found: str | None = entries[0].claim.figures.get("contract") if entries else None
    return found


def weighing_before(ctx: Context, giver: Facility, plate: str | None) -> WeighingBefore:
    """The truck's last tare and the facility's last moisture reading of the past days."""
    tare, tare_at = _last_tare(ctx, giver, plate) if plate else (None, None)
    reading = _last_reading(ctx, giver)
    return WeighingBefore(
        tare_kg=tare,
        tare_at=tare_at,
        moisture_bp=reading.get("moisture_out_bp"),
        moisture_method=reading.get("moisture_method"),
        moisture_at=reading.get("at"),
    )


def plates_of(ctx: Context, hauler: str) -> tuple[str, ...]:
    """The plates a hauler has in use."""
    query = (
        select(vehicle.c.plate)
        .join(organisation, organisation.c.id == vehicle.c.organisation_id)
        .where(organisation.c.hauler_code == hauler, vehicle.c.active)
        .order_by(vehicle.c.plate)
    )
    return tuple(ctx.connection.scalars(query))


def minutes_between(start: Facility, end: Facility) -> int | None:
    """How long a truck needs by the distance between two points, in steps of five minutes; None without points."""
    points = (start.lat, start.lon, end.lat, end.lon)
    if any(value is None for value in points):
        return None
    lat1, lon1, lat2, lon2 = (radians(float(value)) for value in points if value is not None)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    road_km = 2 * EARTH_KM * asin(sqrt(half)) * ROAD_FACTOR
    return max(1, ceil(road_km / TRUCK_KM_H * 60 / ROUNDED_TO_MINUTES)) * ROUNDED_TO_MINUTES


def _haulers(ctx: Context, giver: Facility) -> tuple[HaulerChoice, ...]:
    """Every hauler of the installation; those this facility has worked with come first, the newest before all."""
    used = _last_by(ctx, giver, manifest.c.hauler_id)
    query = select(organisation).where(organisation.c.hauler_code.is_not(None)).order_by(organisation.c.code)
    rows = sorted(ctx.connection.execute(query), key=lambda row: -used.get(row.id, 0))
    return tuple(HaulerChoice(row.hauler_code, row.hauler_name or row.name, row.id in used) for row in rows)


def _trucks(ctx: Context, giver: Facility, haulers: Iterable[HaulerChoice]) -> tuple[Truck, ...]:
    """The trucks of the haulers this facility works with, or of all as long as it has worked with none."""
    known = [hauler.code for hauler in haulers if hauler.used] or [hauler.code for hauler in haulers]
    query = (
        select(vehicle, organisation.c.hauler_code, organisation.c.hauler_name, organisation.c.name)
        .join(organisation, organisation.c.id == vehicle.c.organisation_id)
        .where(organisation.c.hauler_code.in_(known), vehicle.c.active)
        .order_by(vehicle.c.plate)
    )
    rows = ctx.connection.execute(query).all()
    last, busy = _last_nets(ctx, giver), _busy(ctx, [row.plate for row in rows])
    today = legal_day(ctx.now, giver.zone)
    trucks = [_truck(row, last.get(row.plate, (0, None))[1], today, on_road=row.plate in busy) for row in rows]
    return tuple(sorted(trucks, key=lambda truck: (truck.on_road, -last.get(truck.plate, (0, None))[0])))


def _truck(row: Row[Any], last_kg: int | None, today: date, *, on_road: bool) -> Truck:
    return Truck(
        plate=row.plate,
        hauler=row.hauler_code,
        hauler_name=row.hauler_name or row.name,
        rated_kg=row.rated_kg,
        tare_kg=row.tare_kg,
        valid_to=row.valid_to,
        expired=row.valid_to is not None and row.valid_to < today,
        last_kg=last_kg,
        on_road=on_road,
    )


def _last_nets(ctx: Context, giver: Facility) -> dict[str, tuple[int, int]]:
    """Each plate's newest load from this facility: the manifest's row id and net kilograms."""
    m = manifest.c
    query = (
        select(m.plate, m.id, m.net_out_kg)
        .ext(distinct_on(m.plate))
        .where(m.giver_id == giver.id, m.net_out_kg.is_not(None), m.plate.is_not(None))
        .order_by(m.plate, m.id.desc())
    )
    return {row.plate: (row.id, row.net_out_kg) for row in ctx.connection.execute(query)}


def _busy(ctx: Context, plates: Iterable[str]) -> set[str]:
    m = manifest.c
    query = select(m.plate).where(m.plate.in_(list(plates)), m.status.in_(_ON_THE_ROAD))
    return {str(plate) for plate in ctx.connection.scalars(query)}


def _last_by(ctx: Context, giver: Facility, column: Any) -> dict[int, int]:
    """The newest manifest's row id from this facility for each value of a column."""
    m = manifest.c
    query = select(column, m.id).ext(distinct_on(column)).where(m.giver_id == giver.id).order_by(column, m.id.desc())
    return {row[0]: row[1] for row in ctx.connection.execute(query)}


def _destinations(ctx: Context, giver: Facility) -> tuple[DestinationChoice, ...]:
    newest = _last_by(ctx, giver, manifest.c.destination_id)
    before = _before(ctx, list(newest.values()))
    nearby_first = case((facility.c.division.startswith(giver.division[:4]), 0), else_=1)
    kinds = (str(FacilityKind.SITE), str(FacilityKind.TRANSFER))
    query = (
        select(facility.c.id)
        .where(facility.c.kind.in_(kinds), facility.c.id != giver.id)
        .order_by(nearby_first, facility.c.division, facility.c.number)
    )
    ids = list(ctx.connection.scalars(query))
    ctx.directory.load_facilities(ids=ids)
    policy, day = rules.policy(ctx.connection), legal_day(ctx.now, giver.zone)
    found = [
        _destination(giver, ctx.directory.facility_by_id(i), before.get(newest.get(i, 0)), (policy, day)) for i in ids
    ]
    return tuple(sorted(found, key=lambda choice: -_issued(choice)))


def _issued(choice: DestinationChoice) -> float:
    return choice.before.issued_at.timestamp() if choice.before else 0


def _before(ctx: Context, ids: list[int]) -> dict[int, Before]:
    m = manifest.c
    query = select(manifest, organisation.c.hauler_code).join(organisation, organisation.c.id == m.hauler_id)
    return {
        row.id: Before(
            number=row.number,
            hauler=row.hauler_code,
            plate=row.plate,
            route=row.route,
            planned_kg=row.net_out_kg or row.planned_kg,
            planned_minutes=row.planned_minutes,
            issued_at=row.issued_at,
        )
        for row in ctx.connection.execute(query.where(m.id.in_(ids)))
    }


def _destination(
    giver: Facility, site: Facility, before: Before | None, rule: tuple[Policy, date]
) -> DestinationChoice:
    policy, day = rule
    named = before.route if before else None
    bans = {route: policy.bans_at_issue(giver.division, site.division, route, day) for route in site.routes}
    free = [route for route in site.routes if not bans[route]]
    usual = named if named in site.routes or not site.routes else next(iter([*free, *site.routes]), None)
    return DestinationChoice(
        code=site.code,
        name=site.name,
        routes=site.routes,
        route=usual,
        bans={route: found[0] for route, found in bans.items() if found},
        minutes=(before.planned_minutes if before else None) or minutes_between(giver, site),
        before=before,
    )


def _last_tare(ctx: Context, giver: Facility, plate: str) -> tuple[int | None, datetime | None]:
    m = manifest.c
    query = select(m.id).where(m.giver_id == giver.id, m.plate == plate, m.net_out_kg.is_not(None))
    row = ctx.connection.execute(query.order_by(m.id.desc()).limit(1)).one_or_none()
    loading = _loading(ctx, row.id) if row else {}
    if loading.get("tare_out_kg"):
        return loading["tare_out_kg"], loading["at"]
    registered = ctx.directory.vehicle(plate)
    return (registered.tare_kg if registered else None), None


def _last_reading(ctx: Context, giver: Facility) -> dict[str, Any]:
    m = manifest.c
    query = select(m.id).where(
        m.giver_id == giver.id,
        m.moisture_out_bp.is_not(None),
        m.loaded_at > ctx.now - timedelta(days=READING_DAYS),
    )
    row = ctx.connection.execute(query.order_by(m.loaded_at.desc()).limit(1)).one_or_none()
    return _loading(ctx, row.id) if row else {}


def _loading(ctx: Context, manifest_id: int) -> dict[str, Any]:
    """The figures of a manifest's loading, and when it was."""
    for entry in streams.entries(ctx.connection, [manifest_id]).get(manifest_id, []):
        if "net_out_kg" in entry.claim.figures:
            return {**entry.claim.figures, "at": entry.claim.occurred_at}
    return {}
