"""What a hauler's ledger is made of: the trips of its trucks, one by one and summed up.

A trip belongs to the legal day it was loaded on, in the hauler's legal zone. Who may see a trip is ``scope``'s matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Date, Integer, Select, case, cast, func, or_, select, text

from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Actor
from sludgetrack.domain.manifest import Status
from sludgetrack.store import scope
from sludgetrack.store.ledger_reading import By
from sludgetrack.store.tables.manifests import manifest, manifest_party
from sludgetrack.store.tables.record import entry
from sludgetrack.store.tables.registry import organisation, person

_m = manifest.c
_OVER = (str(Status.DELIVERED), str(Status.HOLDING), str(Status.RETURNED))
_ON_THE_WAY = (str(Status.IN_TRANSIT), str(Status.ARRIVED))
_is_over = _m.status.in_(_OVER)
_refused = func.coalesce(_m.returned_kg, 0) + case((_m.status == str(Status.HOLDING), _m.held_kg), else_=0)
_difference = case((_is_over, _m.accepted_kg + _refused - _m.net_out_kg), else_=0)
_end = func.coalesce(_m.received_at, _m.returned_at)
_minutes = cast(func.floor(func.extract("epoch", _end - _m.loaded_at) / 60), Integer)
_took = entry.alias("took")
_actor = case(
    (func.jsonb_array_length(_took.c.confirmations) > 1, _took.c.confirmations[-1]["actor"].astext), else_=None
)
_driver = func.coalesce(
    select(cast(func.coalesce(_actor, _took.c.claim["driver"].astext), person.c.id.type))
    .where(_took.c.stream_id == _m.id, _took.c.type.in_((str(EventType.LOADED), str(EventType.TRANSFERRED))))
    .order_by(_took.c.seq.desc())
    .limit(1)
    .correlate(manifest)
    .scalar_subquery(),
    _m.driver_id,
)
"""Who confirmed that they took the load, the last one of several; else whom the manifest names."""


@dataclass(frozen=True, slots=True)
class Haulage:
    """A hauler by row, and inclusive legal days between two instants of a zone."""

    hauler_id: int
    first: datetime
    after: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TripSumRow:
    """Trips of one truck, driver and way in one part of a period. Kilograms; ``minutes`` of the ``timed`` trips.

    ``refused``: given back or still held after a refusal. ``difference``: what was weighed in less what was loaded,
    of the trips that are over.
    """

    start: date
    plate: str | None
    driver_id: str | None
    driver_name: str | None
    giver_id: int
    destination_id: int
    trips: int
    under_way: int
    lost: int
    loaded_kg: int
    delivered_kg: int
    refused_kg: int
    difference_kg: int
    minutes: int
    timed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TripRow:
    """One trip. Instants UTC, kilograms, None where not known yet; ``minutes`` from the departure to the scales."""

    day: date
    number: str
    status: str
    plate: str | None
    driver_name: str | None
    giver_id: int
    destination_id: int
    route: str
    loaded_at: datetime
    ended_at: datetime | None
    loaded_kg: int
    delivered_kg: int
    refused_kg: int
    difference_kg: int | None
    minutes: int | None

    def nameless(self) -> TripRow:
        """The same trip without its driver's name."""
        return replace(self, driver_name=None)


def sums(connection: Connection, actor: Actor, asked: Haulage, part: By) -> list[TripSumRow]:
    """The trips the actor may see, summed up by ``part`` of the period, truck, driver and way."""
    start = cast(func.date_trunc(str(part), func.timezone(asked.zone, _m.loaded_at)), Date)
    apart = (
        start.label("start"),
        _m.plate,
        person.c.id.label("driver_id"),
        person.c.name.label("driver_name"),
        _m.giver_id,
        _m.destination_id,
    )
    added = (
        func.count().label("trips"),
        func.count().filter(_m.status.in_(_ON_THE_WAY)).label("under_way"),
        func.count().filter(_m.status == str(Status.LOST)).label("lost"),
        *(
            cast(func.coalesce(func.sum(what), 0), BigInteger).label(name)
            for name, what in (
                ("loaded_kg", _m.net_out_kg),
                ("delivered_kg", _m.accepted_kg),
                ("refused_kg", _refused),
                ("difference_kg", _difference),
                ("minutes", _minutes),
            )
        ),
        func.count(_minutes).label("timed"),
    )
    grouped = (_m.plate, person.c.id, person.c.name, _m.giver_id, _m.destination_id)
    query = _trips(select(*apart, *added), actor, asked).group_by(text("1"), *grouped).order_by(text("1"), *grouped)
    return [TripSumRow(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's accessor


def trips(
    connection: Connection, actor: Actor, asked: Haulage, *, limit: int | None = None, offset: int = 0
) -> list[TripRow]:
    """The trips the actor may see, in the order of their departures."""
    day = cast(func.timezone(asked.zone, _m.loaded_at), Date)
    told = (
        day.label("day"),
        _m.number,
        _m.status,
        _m.plate,
        person.c.name.label("driver_name"),
        _m.giver_id,
        _m.destination_id,
        _m.route,
        _m.loaded_at,
        _end.label("ended_at"),
        _m.net_out_kg.label("loaded_kg"),
        _m.accepted_kg.label("delivered_kg"),
        _refused.label("refused_kg"),
        case((_is_over, _difference), else_=None).label("difference_kg"),
        _minutes.label("minutes"),
    )
    query = _trips(select(*told), actor, asked).order_by(_m.loaded_at, _m.id).limit(limit).offset(offset)
    return [TripRow(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's accessor


def has_any(connection: Connection, actor: Actor, hauler_id: int) -> bool:
    """Whether the actor may see any manifest this hauler was ever given."""
    query = select(_m.id).where(_m.hauler_id == hauler_id, scope.where(actor)).limit(1)
    return connection.scalar(query) is not None


def haulers_of(connection: Connection, actor: Actor) -> list[tuple[str, str]]:
    """Code and name of an authority's haulers, by name: those of its division, and those that carry from or to it."""
    name = func.coalesce(organisation.c.hauler_name, organisation.c.name)
    here = scope.under(organisation.c.division, actor.division)
    if actor.division:  # nobody lies outside the whole country
        touching = select(manifest_party.c.manifest_id).where(scope.under(manifest_party.c.division, actor.division))
        here = or_(here, organisation.c.id.in_(select(_m.hauler_id).where(_m.id.in_(touching))))
    query = select(organisation.c.hauler_code, name).where(organisation.c.hauler_code.is_not(None), here).order_by(name)
    return [(row[0], row[1]) for row in connection.execute(query)]


def _trips(query: Select[Any], actor: Actor, asked: Haulage) -> Select[Any]:
    return (
        query.select_from(manifest)
        .outerjoin(person, person.c.id == _driver)
        .where(_m.hauler_id == asked.hauler_id, _m.loaded_at >= asked.first, _m.loaded_at < asked.after)
        .where(scope.where(actor))
    )
