"""Postings as the database holds them, in the form in which the replay's are compared with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from sludgetrack.store import scan
from sludgetrack.store.tables.mass import holding, posting


class Line(NamedTuple):
    """A stored posting, holdings by name, facilities by id."""

    account: str
    facility_id: int | None
    lot: str | None
    origin: str | None
    plant_id: int
    route: str | None
    cause: str | None
    compliant: bool | None
    estimated: bool | None
    origin_units: int
    physical_units: int
    day: date
    booked_on: date
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What an event should have posted, in any order; ``failure``: why nothing can be booked for it."""

    where: str
    lines: Sequence[Line]
    failure: str = ""


_GONE = "a holding that is gone"


def stored_lines(connection: Connection, event_ids: Sequence[str]) -> dict[str, list[Line]]:
    """The postings of these events, by event id."""
    p, lot, origin = posting.c, holding.alias("lot"), holding.alias("origin")
    query: Select[Any] = (
        select(posting, lot.c.name.label("lot"), lot.c.account.label("lot_account"), origin.c.name.label("origin"))
        .outerjoin(lot, lot.c.id == p.holding_id)
        .outerjoin(origin, origin.c.id == p.origin_id)
        .where(scan.among(p.event_id, event_ids))
        .order_by(p.event_id, p.n)
    )
    found: dict[str, list[Line]] = {}
    for row in connection.execute(query).all():
        name = row.lot if row.holding_id is None or row.lot_account == row.account else _GONE
        line = Line(
            row.account,
            row.facility_id,
            name,
            row.origin,
            row.plant_id,
            row.route,
            row.cause,
            row.compliant,
            row.estimated,
            row.origin_units,
            row.physical_units,
            row.day,
            row.booked_on,
            row.about_id,
        )
        found.setdefault(row.event_id, []).append(line)
    return found


def as_posted(line: Line) -> str:
    """A posting in words, for a finding: account, lot, route or cause, origin and physical units, batch."""
    place = " ".join(filter(None, (line.account, line.lot, line.route, line.cause)))
    return f"{place} {line.origin_units} ({line.physical_units}) of {line.origin} on {line.booked_on}"
