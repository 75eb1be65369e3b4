"""What pictures of a period are drawn from beside its rates: stock by age, what sites took in, what treatment did.

Stock, capacity and wet masses belong to where the sludge lies or was treated: a facility under the division. The
stabilised share belongs, like every rate, to where the sludge was produced.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, cast, func, select

from sludgetrack.domain.holdings import NAMED_ONLY, Kind
from sludgetrack.domain.mass import STOCK_ACCOUNTS, Account
from sludgetrack.store.rates import Period, in_divisions
from sludgetrack.store.tables.manifests import manifest
from sludgetrack.store.tables.mass import day_sum, disposal, holding, posting
from sludgetrack.store.tables.registry import facility
from sludgetrack.store.treated import run_masses

_UNITS = posting.c.origin_units.type


class Lying(NamedTuple):
    """What lies at a facility since one day: physical and origin dry units, and what is below zero of the former."""

    code: str
    name: str
    storage_days: int
    day: date
    physical_units: int
    origin_units: int
    negative_units: int


class Received(NamedTuple):
    """What a site took in by manifest over a period (physical dry units), beside its capacity in kg t80 a day."""

    code: str
    name: str
    capacity_t80_kg_d: int | None
    units: int


@dataclass(frozen=True, slots=True)
class WetMasses:
    """Wet kilograms of a period: into and out of treatment runs, produced, disposed of."""

    treated_in: int
    treated_out: int
    produced: int
    disposed: int


class Stabilised(NamedTuple):
    """Origin units disposed of in a period: all, and those of lots that were stable."""

    disposed: int
    stable: int


class Apart(NamedTuple):
    """Origin units of one kind of sludge kept out of the rates that entered an account in a period."""

    kind: str
    account: str
    units: int


def lying(
    connection: Connection,
    day: date,
    division_prefix: str,
    facilities: Collection[str] | None = None,
    *,
    is_past: bool,
) -> list[Lying]:
    """Sludge in stock at the end of a day, by facility and the day it has lain there since; sludge kept apart not.

    Unless the day is past, what is in stock now is all that needs to be read.
    """
    s = (_stock_then(day) if is_past else _stock_now()).subquery().c
    positive = s.physical > 0
    query = (
        select(
            facility.c.code,
            facility.c.name,
            facility.c.storage_days,
            s.day,
            _whole(func.sum(s.physical).filter(positive)),
            _whole(func.sum(s.origin).filter(positive)),
            _whole(func.sum(s.physical).filter(s.physical < 0)),
        )
        .join(facility, facility.c.id == s.facility_id)
        .where((s.physical != 0) | (s.origin != 0), *_places(division_prefix, facilities))
        .group_by(facility.c.code, facility.c.name, facility.c.storage_days, s.day)
        .order_by(facility.c.code, s.day)
    )
    return [Lying(*row) for row in connection.execute(query)]


def received(
    connection: Connection, period: Period, division_prefix: str, facilities: Collection[str] | None = None
) -> list[Received]:
    """Every facility with a capacity, and every site, with what arrived there in the period."""
    h = holding.c
    arrived = (
        select(h.facility_id, func.sum(h.physical_made).label("units"))
        .join(manifest, manifest.c.name == func.split_part(h.name, "/", 1))
        .where(h.account == str(Account.SITE_STOCK), h.day.between(period.first, period.last))
        .group_by(h.facility_id)
        .subquery()
    )
    query = (
        select(facility.c.code, facility.c.name, facility.c.capacity_t80_kg_d, _whole(arrived.c.units))
        .outerjoin(arrived, arrived.c.facility_id == facility.c.id)
        .where((facility.c.kind != "plant") | arrived.c.units.is_not(None), *_places(division_prefix, facilities))
        .order_by(facility.c.code)
    )
    return [Received(*row) for row in connection.execute(query)]


def wet_masses(connection: Connection, period: Period, division_prefix: str) -> WetMasses:
    """Wet masses at the facilities under a division; of what went into runs, at the moisture of its lots."""
    runs = run_masses(connection, period, division_prefix)
    h = holding.c
    produced = (
        select(_whole(func.sum(h.wet_kg)))
        .join(facility, facility.c.id == h.facility_id)
        .where(h.kind == str(Kind.PLANT_SLUDGE), h.day.between(period.first, period.last))
        .where(_was_produced(), in_divisions(division_prefix))
    )
    d = disposal.c
    disposed = (
        select(_whole(func.sum(d.wet_kg)))
        .join(facility, facility.c.id == d.facility_id)
        .join(holding, holding.c.id == d.holding_id)
        .where(d.day.between(period.first, period.last), in_divisions(division_prefix))
        .where(holding.c.kind.not_in([str(kind) for kind in NAMED_ONLY]))
    )
    return WetMasses(*runs, connection.scalar(produced) or 0, connection.scalar(disposed) or 0)


def stabilised(connection: Connection, period: Period, division_prefix: str) -> Stabilised:
    """How much of what was disposed of came out of stable lots, by producing plant."""
    p, origin = posting.c, holding.alias("origin")
    stable = func.sum(p.origin_units).filter(holding.c.stabilised)
    query = (
        select(_whole(func.sum(p.origin_units)), _whole(stable))
        .select_from(posting)
        .join(origin, origin.c.id == p.origin_id)
        .join(facility, facility.c.id == p.plant_id)
        .outerjoin(disposal, disposal.c.event_id == p.event_id)
        .outerjoin(holding, holding.c.id == disposal.c.holding_id)
        .where(p.account == str(Account.DISPOSED), p.booked_on.between(period.first, period.last))
        .where(origin.c.kind == str(Kind.PLANT_SLUDGE), in_divisions(division_prefix))
    )
    return Stabilised(*connection.execute(query).one())


def apart(connection: Connection, period: Period, division_prefix: str) -> list[Apart]:
    """Sewer-cleaning sludge and by-products, which stand outside every rate: what each account gained or lost.

    Stock accounts tell what lies there at the end of the period, the others what they took in during it.
    """
    s = day_sum.c
    is_stock = s.account.in_([str(account) for account in STOCK_ACCOUNTS])
    query = (
        select(s.kind, s.account, _whole(func.sum(s.origin_units)))
        .join(facility, facility.c.id == s.plant_id)
        .where(s.kind != str(Kind.PLANT_SLUDGE), s.day <= period.last, is_stock | (s.day >= period.first))
        .where(in_divisions(division_prefix))
        .group_by(s.kind, s.account)
        .order_by(s.kind, s.account)
    )
    return [Apart(*row) for row in connection.execute(query)]


def _stock_now() -> Select[Any]:
    h = holding.c
    return select(h.facility_id, h.day, h.physical_left.label("physical"), h.origin_left.label("origin")).where(
        (h.physical_left != 0) | (h.origin_left != 0), *_is_lying()
    )


def _stock_then(day: date) -> Select[Any]:
    """What was left of each holding at the end of a day: what is left now, less what it gained since."""
    h, p = holding.c, posting.c
    since = (
        select(p.holding_id, func.sum(p.physical_units).label("physical"), func.sum(p.origin_units).label("origin"))
        .where(p.booked_on > day, p.facility_id.is_not(None), p.holding_id.is_not(None))
        .group_by(p.holding_id)
        .subquery()
    )
    physical = h.physical_left - func.coalesce(since.c.physical, 0)
    origin = h.origin_left - func.coalesce(since.c.origin, 0)
    return (
        select(h.facility_id, h.day, physical.label("physical"), origin.label("origin"))
        .select_from(holding)
        .outerjoin(since, since.c.holding_id == h.id)
        .where(h.day <= day, (h.physical_left != 0) | (h.origin_left != 0) | since.c.holding_id.is_not(None))
        .where(*_is_lying())
    )


def _is_lying() -> tuple[ColumnElement[bool], ...]:
    h = holding.c
    places = (str(Account.PLANT_STOCK), str(Account.SITE_STOCK))
    return (
        h.facility_id.is_not(None),
        h.account.in_(places),
        h.kind.not_in([str(kind) for kind in NAMED_ONLY]),
    )


def _places(division_prefix: str, facilities: Collection[str] | None) -> tuple[ColumnElement[bool], ...]:
    if facilities is None:
        return (in_divisions(division_prefix),)
    return (in_divisions(division_prefix), facility.c.code.in_(list(facilities)))


def _was_produced() -> ColumnElement[bool]:
    p = posting.c
    made = and_(p.origin_id == holding.c.id, p.account == str(Account.PRODUCED))
    return select(p.event_id).where(made).exists()


def _whole(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(func.coalesce(value, 0), _UNITS)
