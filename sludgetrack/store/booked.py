"""What is booked about an event and still counts: its own postings and those of decisions and corrections since."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, cast, func, or_, select

from sludgetrack.domain.mass import Account, Cause, Posting
from sludgetrack.store.tables.mass import about, holding, posting
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
    same = (p.day, p.booked_on, p.account, *names, p.route, p.cause, p.compliant)
    query: Select[Any] = (
        select(about.label("about"), *same, *units)
        .outerjoin(facility, facility.c.id == p.facility_id)
        .outerjoin(lot, lot.c.id == p.holding_id)
        .join(origin, origin.c.id == p.origin_id)
        .where(or_(p.event_id.in_(list(events)), p.about_id.in_(list(events))), about.in_(list(events)))
        .group_by(about, p.day, p.booked_on, p.account, facility.c.code, lot.c.name, origin.c.name)
        .group_by(p.route, p.cause, p.compliant)
        .having(or_(func.sum(p.origin_units) != 0, func.sum(p.physical_units) != 0))
        .order_by(about, p.day, p.booked_on, p.account, lot.c.name, origin.c.name, p.route, p.cause, p.compliant)
    )
    if before is not None:
        query = query.join(log_leaf, log_leaf.c.ref == p.event_id).where(log_leaf.c.position < before)
    return [_booked(row) for row in connection.execute(query)]


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
    )
    return Booked(row.about, moved, row.day, row.booked_on)
