"""What is booked about an event and still counts: its own postings and those of decisions and corrections since."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, cast, func, literal, or_, select

from sludgetrack.domain.mass import Account, Cause, Posting
from sludgetrack.store.corrections import revisions
from sludgetrack.store.tables.mass import about, disposal, holding, posting
from sludgetrack.store.tables.record import log_leaf
from sludgetrack.store.tables.registry import facility

_UNITS = posting.c.origin_units.type


@dataclass(frozen=True, slots=True)
class Booked:
    """A posting that still counts: the event it is about, the day of it, and the day it is booked on."""

    about: str
    posting: Posting
    day: date
    booked_on: date


def booked_about(connection: Connection, events: Collection[str], *, before: int | None = None) -> list[Booked]:
    """What is booked about these events and was not taken back, in an order that never changes.

    ``before``: only what was booked by events before this position in the log.
    """
    p, lot, origin = posting.c, holding.alias("lot"), holding.alias("origin")
    units = [cast(func.sum(column), _UNITS).label(column.name) for column in (p.origin_units, p.physical_units)]
    names = (facility.c.code, lot.c.name.label("lot"), origin.c.name.label("origin"))
    same = (p.day, p.booked_on, p.account, *names, p.route, p.cause, p.compliant, p.estimated)
    query: Select[Any] = (
        select(about.label("about"), *same, *units)
        .outerjoin(facility, facility.c.id == p.facility_id)
        .outerjoin(lot, lot.c.id == p.holding_id)
        .join(origin, origin.c.id == p.origin_id)
        .where(or_(p.event_id.in_(list(events)), p.about_id.in_(list(events))), about.in_(list(events)))
        .group_by(about, p.day, p.booked_on, p.account, facility.c.code, lot.c.name, origin.c.name)
        .group_by(p.route, p.cause, p.compliant, p.estimated)
        .having(or_(func.sum(p.origin_units) != 0, func.sum(p.physical_units) != 0))
        .order_by(about, p.day, p.booked_on, p.account, lot.c.name, origin.c.name, p.route, p.cause, p.compliant)
        .order_by(p.estimated)
    )
    if before is not None:
        query = query.join(log_leaf, log_leaf.c.ref == p.event_id).where(log_leaf.c.position < before)
    return [_booked(row) for row in connection.execute(query)]


def is_locked(connection: Connection, event_id: str) -> bool:
    """Whether the plant of any batch that an event moved has closed the month it happened in."""
    p = posting.c
    query = (
        select(literal(1))
        .select_from(posting)
        .join(facility, facility.c.id == p.plant_id)
        .where(or_(p.event_id == event_id, p.about_id == event_id), about == event_id)
        .where(facility.c.locked_through >= p.day)
        .limit(1)
    )
    return connection.execute(query).one_or_none() is not None


def finished(
    connection: Connection, lots: Collection[str], *, but: Collection[str], before: int | None = None
) -> frozenset[str]:
    """Those of the lots that a disposal has finished, as it counts after corrections, other than these events.

    ``before``: as far as that was on record before this position in the log.
    """
    query = (
        select(disposal.c.event_id, holding.c.name)
        .join(holding, holding.c.id == disposal.c.holding_id)
        .where(holding.c.name.in_(list(lots)), disposal.c.event_id.not_in(list(but)))
    )
    if before is not None:
        query = query.join(log_leaf, log_leaf.c.ref == disposal.c.event_id).where(log_leaf.c.position < before)
    lot_of = {row.event_id: row.name for row in connection.execute(query)}
    if not lot_of:
        return frozenset()
    found = revisions(connection, list(lot_of), before=before)
    return frozenset(lot_of[i] for i, one in found.items() if one.present.claim.figures.get("final"))


def _booked(row: Row[Any]) -> Booked:
    moved = Posting(
        Account(row.account),
        row.code,
        row.lot,
        row.origin,
        row.origin_units,
        row.physical_units,
        row.route,
        Cause(row.cause) if row.cause else None,
        row.compliant,
        row.estimated,
    )
    return Booked(row.about, moved, row.day, row.booked_on)
