"""A truck at the roadside: what its plate is on the road with now, and whether everything about it fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from sludgetrack.domain.clocks import Deadline, Stage, clocks_of, deadline
from sludgetrack.domain.events import Mark, Method
from sludgetrack.domain.identity import FacilityKind
from sludgetrack.domain.manifest import Status
from sludgetrack.domain.numbers import compact
from sludgetrack.domain.times import legal_day
from sludgetrack.services.cases import open_case
from sludgetrack.services.context import Context
from sludgetrack.services.reading.regulator import progress_of, require_inspector
from sludgetrack.store import division_reading, registry_reading, rules
from sludgetrack.store.registry_reading import FacilityRow, VehicleRow

_MOVING = (Status.IN_TRANSIT, Status.ARRIVED, Status.HOLDING)


class Verdict(StrEnum):
    """The one answer."""

    FITS = "fits"
    DOUBTFUL = "doubtful"
    UNFIT = "unfit"
    NOT_LOADED = "not_loaded"
    """A manifest was issued for the truck, but nobody recorded a load: it must be empty."""
    ELSEWHERE = "elsewhere"
    """It is on the road with a manifest that does not concern the division."""
    NOTHING = "nothing"


class Check(StrEnum):
    """What is looked at."""

    ONE_TRIP = "one_trip"
    REGISTERED = "registered"
    IN_SERVICE = "in_service"
    HAULER = "hauler"
    VEHICLE_PERMIT = "vehicle_permit"
    ON_TIME = "on_time"
    LOAD = "load"
    CONFIRMED = "confirmed"
    UNDISPUTED = "undisputed"
    SITE_PERMIT = "site_permit"
    ROUTE = "route"
    BAN = "ban"


@dataclass(frozen=True, slots=True)
class Checked:
    """One check. ``fits`` None: doubtful. ``fact`` is what it turns on: a name, a day, a source."""

    check: Check
    fits: bool | None
    fact: str | date | datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The load on the truck now, as its manifest says. Kilograms; basis points."""

    number: str
    status: Status
    giver: str
    hauler: str
    destination: str
    route: str
    kg: int | None
    moisture_bp: int | None
    loaded_at: datetime | None
    due: Deadline | None
    seal: str | None
    driver: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roadside:
    """A plate and the answer. ``last`` is the number of its newest manifest the reader may see."""

    plate: str
    verdict: Verdict
    vehicle: VehicleRow | None
    owner: str | None
    load: Load | None
    checks: tuple[Checked, ...]
    others: tuple[str, ...]
    last: str | None


def look(ctx: Context, text: str) -> Roadside:
    """What a plate is on the road with now. Raises NotPermitted."""
    require_inspector(ctx)
    plate = compact(text).upper()
    rows = division_reading.with_plate(ctx.connection, plate)
    ours = division_reading.readable(ctx.connection, ctx.actor, [row.number for row in rows])
    moving = [row for row in rows if Status(row.status) in _MOVING]
    seen = [row for row in moving if row.number in ours] or [row for row in rows if row.number in ours]
    vehicle = registry_reading.vehicle(ctx.connection, plate)
    last = division_reading.last_with_plate(ctx.connection, ctx.actor, plate)
    shown = seen[0] if seen else None
    checks = tuple(_checks(ctx, shown, vehicle, len(moving))) if shown is not None else ()
    return Roadside(
        plate=plate,
        verdict=_verdict(shown, moving, checks),
        vehicle=vehicle,
        owner=_owner(ctx, vehicle),
        load=_load(ctx, shown) if shown is not None else None,
        checks=checks,
        others=tuple(row.number for row in seen[1:]),
        last=last.number if last is not None else None,
    )


def _verdict(shown: Row[Any] | None, moving: list[Row[Any]], checks: tuple[Checked, ...]) -> Verdict:
    if shown is None:
        return Verdict.ELSEWHERE if moving else Verdict.NOTHING
    if Status(shown.status) not in _MOVING:
        return Verdict.ELSEWHERE if moving else Verdict.NOT_LOADED
    if any(one.fits is False for one in checks):
        return Verdict.UNFIT
    return Verdict.DOUBTFUL if any(one.fits is None for one in checks) else Verdict.FITS


def _checks(ctx: Context, row: Row[Any], vehicle: VehicleRow | None, moving: int) -> Iterator[Checked]:
    yield Checked(Check.ONE_TRIP, moving <= 1)
    yield from _vehicle_checks(ctx, row, vehicle)
    due = _deadline(ctx, row)
    if due is not None and due.stage is Stage.ARRIVAL:
        yield Checked(Check.ON_TIME, not due.is_over(ctx.now), due.due_at)
    yield Checked(Check.LOAD, Mark.OVERLOAD not in row.marks)
    yield Checked(Check.CONFIRMED, None if str(Method.NONE) in row.grades else True)
    yield Checked(Check.UNDISPUTED, not row.disputed)
    site = registry_reading.facility(ctx.connection, _destination_code(ctx, row))
    if site is not None:
        yield from _site_checks(ctx, row, site)


def _vehicle_checks(ctx: Context, row: Row[Any], vehicle: VehicleRow | None) -> Iterator[Checked]:
    yield Checked(Check.REGISTERED, True if vehicle else None)
    if vehicle is None:
        return
    yield Checked(Check.IN_SERVICE, vehicle.active)
    yield Checked(Check.HAULER, vehicle.organisation == row.hauler, _owner(ctx, vehicle))
    if vehicle.valid_to is not None:
        yield Checked(Check.VEHICLE_PERMIT, vehicle.valid_to >= legal_day(ctx.now), vehicle.valid_to)


def _site_checks(ctx: Context, row: Row[Any], site: FacilityRow) -> Iterator[Checked]:
    if site.permit_valid_to is not None:
        yield Checked(Check.SITE_PERMIT, site.permit_valid_to >= legal_day(ctx.now), site.permit_valid_to)
    permitted = site.kind is FacilityKind.TRANSFER or not site.routes or row.route in site.routes
    yield Checked(Check.ROUTE, permitted, row.route)
    bans = rules.policy(ctx.connection).bans_at_issue(
        row.giver_division, row.destination_division, row.route, legal_day(row.issued_at, row.zone)
    )
    yield Checked(Check.BAN, not bans, bans[0].source if bans else None)


def _load(ctx: Context, row: Row[Any]) -> Load:
    names = registry_reading.person_names(ctx.connection, [row.driver_id] if row.driver_id else [])
    return Load(
        number=row.number,
        status=Status(row.status),
        giver=row.giver_name,
        hauler=row.hauler_name,
        destination=row.destination_name,
        route=row.route,
        kg=row.held_kg or row.net_out_kg,
        moisture_bp=row.moisture_out_bp,
        loaded_at=row.loaded_at,
        due=_deadline(ctx, row),
        seal=open_case(ctx, row.number, lock=False).state.figures.get("seal"),
        driver=names.get(row.driver_id) if row.driver_id else None,
    )


def _deadline(ctx: Context, row: Row[Any]) -> Deadline | None:
    day = legal_day(row.issued_at, row.zone)
    return deadline(progress_of(row), clocks_of(rules.policy(ctx.connection), row.giver_division, day))


def _destination_code(ctx: Context, row: Row[Any]) -> str:
    return ctx.directory.facility_by_id(row.destination_id).code


def _owner(ctx: Context, vehicle: VehicleRow | None) -> str | None:
    found = registry_reading.organisation(ctx.connection, vehicle.organisation) if vehicle else None
    return found.name if found else None
