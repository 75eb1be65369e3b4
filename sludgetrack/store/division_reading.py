"""What touches a division, as its authority watches over it: loads, disposals, stock that cannot be, gate refusals.

Whatever is counted here is limited by ``scope``: manifests by their parties, facilities by their division, mass by the
division of the producing plant or of the place it lies at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Row,
    Select,
    Subquery,
    and_,
    cast,
    func,
    literal_column,
    or_,
    select,
    union,
)

from sludgetrack.domain.events import Method
from sludgetrack.domain.gates import Breach, Reason
from sludgetrack.domain.holdings import OPENING, Kind
from sludgetrack.domain.identity import Actor
from sludgetrack.domain.manifest import Status
from sludgetrack.domain.mass import Account, Cause
from sludgetrack.store import scope
from sludgetrack.store.tables.manifests import manifest, manifest_party
from sludgetrack.store.tables.mass import disposal, holding, posting
from sludgetrack.store.tables.registry import facility, organisation

DUMPED = "X9"
_ON_THE_ROAD = (str(Status.IN_TRANSIT), str(Status.ARRIVED), str(Status.HOLDING))
_UNITS = posting.c.origin_units.type
_giver, _destination, _at = facility.alias("giver"), facility.alias("destination"), facility.alias("at")


@dataclass(frozen=True, slots=True)
class Instants:
    """From the first instant up to, not including, the second; aware."""

    first: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Days:
    """Inclusive legal days."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Road:
    """Loads held by drivers now: how many, and their wet kilograms as loaded or still held."""

    trucks: int
    kg: int


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A hauler's handoffs of a period: all, and those nobody confirmed."""

    hauler: str
    handoffs: int
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class BadDisposal:
    """A disposal that counts as not harmless, wholly or in part. ``units``: origin dry solids that do not count.

    ``reasons`` are the breaches as claimed; wet kilograms, basis points, legal day.
    """

    event_id: str
    name: str
    lot: str
    facility: str
    facility_name: str
    route: str
    day: date
    wet_kg: int
    moisture_bp: int
    compliant: bool
    reasons: tuple[Reason, ...]
    units: int


@dataclass(frozen=True, slots=True)
class Negative:
    """A holding below zero: more left it than was ever declared or received. Units of 0.1 g dry."""

    name: str
    facility: str
    facility_name: str
    day: date
    physical_units: int
    origin_units: int


@dataclass(frozen=True, slots=True)
class Gone:
    """A load an authority declared lost: its event, whether it was found dumped, and what it stood for."""

    event_id: str
    dumped: bool
    units: int


@dataclass(frozen=True, slots=True)
class SiteLoad:
    """What a site took in over a period (physical dry units) and holds now, beside its capacity in kg t80 a day."""

    code: str
    name: str
    capacity_t80_kg_d: int | None
    received_units: int
    stock_units: int
    oldest: date | None


def on_the_road(connection: Connection, actor: Actor) -> Road:
    """How much is on the road now."""
    m = manifest.c
    kg = func.sum(func.coalesce(func.nullif(m.held_kg, 0), m.net_out_kg, 0))
    query = select(func.count(), func.coalesce(kg, 0)).where(m.id.in_(_with_status(_ON_THE_ROAD)), _touches(actor))
    row = connection.execute(query).one()
    return Road(row[0], int(row[1]))


def open_rows(connection: Connection, actor: Actor) -> Sequence[Row[Any]]:
    """Every manifest on which something is awaited, or that is disputed, with what its clocks need."""
    m = manifest.c
    disputed = select(m.id).where(m.disputed)
    awaited = union(_with_status((str(Status.ISSUED), *_ON_THE_ROAD)), disputed, _in_stock())
    query = _manifest_rows().where(m.id.in_(awaited), _touches(actor)).order_by(m.id)
    return connection.execute(query).all()


def unconfirmed(connection: Connection, actor: Actor, period: Instants) -> list[Unconfirmed]:
    """The haulers with handoffs nobody confirmed among the loads of a period, the most first."""
    m = manifest.c
    haulers = select(organisation.c.id).where(organisation.c.hauler_code.is_not(None))
    grades = (
        select(m.hauler_id, func.unnest(m.grades).label("grade"))
        .join(_giver, _giver.c.id == m.giver_id)
        .join(_destination, _destination.c.id == m.destination_id)
        .where(m.hauler_id.in_(haulers), m.loaded_at >= period.first, m.loaded_at < period.after)
        .where(or_(*(scope.under(end.c.division, actor.division) for end in (_giver, _destination))))
        .subquery()
    )
    none = func.count().filter(grades.c.grade == str(Method.NONE))
    name = func.coalesce(organisation.c.hauler_name, organisation.c.name)
    query = (
        select(name, func.count(), none)
        .join(organisation, organisation.c.id == grades.c.hauler_id)
        .group_by(name)
        .having(none > 0)
        .order_by(none.desc(), name)
    )
    return [Unconfirmed(*row) for row in connection.execute(query)]


def bad_disposals(connection: Connection, actor: Actor, period: Days) -> list[BadDisposal]:
    """Disposals of a period that do not, or not wholly, count as harmless, the newest first."""
    d, p, plant = disposal.c, posting.c, facility.alias("plant")
    bad = (
        select(
            p.event_id,
            func.sum(p.origin_units).label("units"),
            func.bool_or(scope.under(plant.c.division, actor.division)).label("ours"),
        )
        .join(plant, plant.c.id == p.plant_id)
        .where(literal_column("posting.account = 'disposed' and posting.compliant = false", Boolean))
        .where(p.day.between(period.first, period.last))
        .group_by(p.event_id)
        .subquery()
    )
    query: Select[Any] = (
        select(
            d.event_id,
            d.name,
            holding.c.name.label("lot"),
            _at.c.code.label("facility"),
            _at.c.name.label("facility_name"),
            d.route,
            d.day,
            d.wet_kg,
            d.moisture_bp,
            d.compliant,
            d.reasons,
            cast(bad.c.units, _UNITS).label("units"),
        )
        .join(bad, bad.c.event_id == d.event_id)
        .join(_at, _at.c.id == d.facility_id)
        .join(holding, holding.c.id == d.holding_id)
        .where(or_(bad.c.ours, scope.under(_at.c.division, actor.division)))
        .order_by(d.day.desc(), d.event_id.desc())
    )
    return [_bad_disposal(row) for row in connection.execute(query)]


def _bad_disposal(row: Row[Any]) -> BadDisposal:
    reasons = tuple(Reason(**{**said, "breach": Breach(said["breach"])}) for said in row.reasons)
    return BadDisposal(**{**row._mapping, "reasons": reasons})  # noqa: SLF001 - SQLAlchemy's documented accessor


def negative_stock(connection: Connection, actor: Actor) -> list[Negative]:
    """Batches and lots below zero, the deepest first."""
    h = holding.c
    query = (
        select(h.name, _at.c.code, _at.c.name, h.day, h.physical_left, h.origin_left)
        .join(_at, _at.c.id == h.facility_id)
        .where(literal_column("(holding.physical_left < 0 or holding.origin_left < 0)", Boolean))
        .where(h.account != str(Account.TRANSIT), scope.under(_at.c.division, actor.division))
        .order_by(func.least(h.physical_left, h.origin_left), h.name)
    )
    return [Negative(*row) for row in connection.execute(query)]


def gone(connection: Connection, actor: Actor, period: Days) -> list[Gone]:
    """Loads declared lost or found dumped in a period, by the plants of the division."""
    p = posting.c
    dumped = and_(p.account == str(Account.DISPOSED), p.route == DUMPED)
    lost = and_(p.account == str(Account.UNACCOUNTED), p.cause == str(Cause.LOST))
    indexed = literal_column("(posting.route = 'X9' or posting.cause = 'lost')", Boolean)
    query = (
        select(p.event_id, func.bool_or(dumped), cast(func.sum(p.origin_units), _UNITS))
        .join(facility, facility.c.id == p.plant_id)
        .outerjoin(disposal, disposal.c.event_id == p.event_id)
        .where(indexed, or_(dumped, lost), disposal.c.event_id.is_(None), p.day.between(period.first, period.last))
        .where(scope.under(facility.c.division, actor.division))
        .group_by(p.event_id)
        .order_by(p.event_id.desc())
    )
    return [Gone(*row) for row in connection.execute(query)]


def site_loads(connection: Connection, actor: Actor, period: Days) -> list[SiteLoad]:
    """Every site of the division: received in a period against its capacity, and what lies there."""
    received, lying = _received(period), _lying()
    query = (
        select(
            facility.c.code,
            facility.c.name,
            facility.c.capacity_t80_kg_d,
            cast(func.coalesce(received.c.units, 0), _UNITS),
            cast(func.coalesce(lying.c.units, 0), _UNITS),
            lying.c.oldest,
        )
        .outerjoin(received, received.c.facility_id == facility.c.id)
        .outerjoin(lying, lying.c.facility_id == facility.c.id)
        .where(facility.c.kind != "plant", scope.under(facility.c.division, actor.division))
        .order_by(facility.c.code)
    )
    return [SiteLoad(*row) for row in connection.execute(query)]


def _received(period: Days) -> Subquery:
    """Dry units received at sites in a period. Sludge as it came is told by its kind; other lots by their manifest."""
    h = holding.c
    brought = select(manifest.c.id).where(manifest.c.name == func.split_part(h.name, "/", 1)).exists()
    as_it_came = and_(h.kind == str(Kind.PLANT_SLUDGE), h.name.not_like(f"%{OPENING}"))
    return (
        select(h.facility_id, func.sum(h.physical_made).label("units"))
        .where(h.account == str(Account.SITE_STOCK), h.day.between(period.first, period.last))
        .where(h.facility_id.in_(_sites()), or_(as_it_came, brought))
        .group_by(h.facility_id)
        .subquery()
    )


def _lying() -> Subquery:
    """Dry units that lie at sites now, and since when the oldest does."""
    h = holding.c
    return (
        select(h.facility_id, func.sum(h.physical_left).label("units"), func.min(h.day).label("oldest"))
        .where(_IN_STOCK, h.account == str(Account.SITE_STOCK))
        .group_by(h.facility_id)
        .subquery()
    )


def _sites() -> Select[Any]:
    return select(facility.c.id).where(facility.c.kind != "plant")


def facility_ids(connection: Connection, actor: Actor) -> dict[int, str]:
    """The facilities of the division, code by row."""
    query = select(facility.c.id, facility.c.code).where(scope.under(facility.c.division, actor.division))
    return {row.id: row.code for row in connection.execute(query)}


def readable(connection: Connection, actor: Actor, numbers: Sequence[str]) -> set[str]:
    """Those of these manifest numbers that the actor may read."""
    query = select(manifest.c.number).where(manifest.c.number.in_(list(numbers)), scope.where(actor))
    return set(connection.scalars(query))


def rows_of(connection: Connection, actor: Actor, numbers: Sequence[str]) -> dict[str, Row[Any]]:
    """Manifests by number, those the actor may read."""
    query = _manifest_rows().where(manifest.c.number.in_(list(numbers)), scope.where(actor))
    return {row.number: row for row in connection.execute(query)}


def with_plate(connection: Connection, plate: str) -> Sequence[Row[Any]]:
    """Open manifests of a plate, whoever they concern, the newest first: a truck at the roadside is seen by anyone."""
    m = manifest.c
    query = _manifest_rows().where(m.plate == plate, m.status.in_((str(Status.ISSUED), *_ON_THE_ROAD)))
    return connection.execute(query.order_by(m.id.desc())).all()


def last_with_plate(connection: Connection, actor: Actor, plate: str) -> Row[Any] | None:
    """The newest manifest of a plate that the actor may read, of any state."""
    query = _manifest_rows().where(manifest.c.plate == plate, scope.where(actor)).order_by(manifest.c.id.desc())
    return connection.execute(query.limit(1)).one_or_none()


_IN_STOCK = literal_column("(holding.physical_left <> 0 or holding.origin_left <> 0)", Boolean)
"""Written out, so that every plan may use the partial index on it."""


def _with_status(states: Sequence[str]) -> Select[Any]:
    """The open manifests in some of their states; the list of all of them is that of the partial indexes."""
    is_open = literal_column("manifest.status in ('issued', 'in_transit', 'arrived', 'holding')", Boolean)
    return select(manifest.c.id).where(is_open, manifest.c.status.in_(states))


def _in_stock() -> Select[Any]:
    """Manifests that are delivered and of whose load something still lies where it was brought."""
    h, m = holding.c, manifest.c
    lying = select(h.name).where(_IN_STOCK, h.account != str(Account.TRANSIT))
    return select(m.id).where(m.status == str(Status.DELIVERED), m.name.in_(lying))


def _touches(actor: Actor) -> ColumnElement[bool]:
    """``scope.where`` for an authority, asked of each manifest by itself: of few it is answered at once."""
    party = manifest_party.c
    own = select(organisation.c.id).where(organisation.c.code == actor.organisation).scalar_subquery()
    seen = or_(party.organisation_id == own, scope.under(party.division, actor.division))
    return select(party.manifest_id).where(party.manifest_id == manifest.c.id, seen).exists()


def _manifest_rows() -> Select[Any]:
    m = manifest.c
    return (
        select(
            manifest,
            _giver.c.name.label("giver_name"),
            _giver.c.division.label("giver_division"),
            _giver.c.zone.label("zone"),
            organisation.c.code.label("hauler"),
            func.coalesce(organisation.c.hauler_name, organisation.c.name).label("hauler_name"),
            _destination.c.name.label("destination_name"),
            _destination.c.division.label("destination_division"),
            _destination.c.storage_days,
        )
        .join(_giver, _giver.c.id == m.giver_id)
        .join(organisation, organisation.c.id == m.hauler_id)
        .join(_destination, _destination.c.id == m.destination_id)
    )
