"""Period locks: which months of a division are closed, for ever. What is locked closes all months before it as well."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from sludgetrack.domain.events import Entry
from sludgetrack.store import log, streams
from sludgetrack.store.tables.registry import facility, period_lock


@dataclass(frozen=True, slots=True)
class Lock:
    """A month (its first day) closed for a division and everything under it, when (UTC), and by which authority."""

    event_id: str
    division: str
    month: date
    recorded_at: datetime
    organisation: str


def last_day(month: date) -> date:
    """The last day of a month given by its first."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def project_lock(connection: Connection, entry: Entry) -> None:
    """Close the month for the facilities under the division. Takes the log's lock, so that nothing is booked meanwhile.

    Facilities are locked in the order of their ids, as all writers do.
    """
    row = lock_row(entry)
    under = facility.c.division.startswith(row["division"], autoescape=True)
    connection.execute(select(facility.c.id).where(under).order_by(facility.c.id).with_for_update(key_share=True))
    through = last_day(row["month"])
    later = or_(facility.c.locked_through.is_(None), facility.c.locked_through < through)
    connection.execute(update(facility).where(under, later).values(locked_through=through))
    connection.execute(insert(period_lock).values(**row))
    log.count_lock(connection)


def lock_row(entry: Entry) -> dict[str, Any]:
    """The row a ``locked`` event gives."""
    figures = entry.claim.figures
    return {
        "event_id": entry.claim.event_id,
        "division": figures["division"],
        "month": date.fromisoformat(f"{figures['month']}-01"),
        "organisation_code": entry.claim.organisation,
    }


def locked_through(connection: Connection, division: str) -> date | None:
    """The last closed day of a division: by a lock of it or of one above it. None where no month is closed."""
    above = period_lock.c.division.in_(itself_and_above(division))
    month = connection.execute(select(func.max(period_lock.c.month)).where(above)).scalar_one()
    return None if month is None else last_day(month)


def common_lock(connection: Connection, prefix: str) -> date | None:
    """The last day that is closed for every plant under a division; None where one is open throughout."""
    query = select(func.min(facility.c.locked_through), func.count() - func.count(facility.c.locked_through)).where(
        facility.c.kind == "plant", facility.c.division.startswith(prefix, autoescape=True)
    )
    first, unlocked = connection.execute(query).one()
    return None if unlocked else first


def locks(connection: Connection, prefix: str = "") -> list[Lock]:
    """The locks under a division and above it, the newest month first."""
    p = period_lock.c
    concerned = or_(p.division.startswith(prefix, autoescape=True), p.division.in_(itself_and_above(prefix)))
    rows = connection.execute(select(period_lock).where(concerned).order_by(p.month.desc(), p.division)).all()
    entries = streams.several(connection, [row.event_id for row in rows])
    times = {event_id: entry.recorded_at for event_id, entry in entries.items()}
    return [Lock(r.event_id, r.division, r.month, times[r.event_id], r.organisation_code) for r in rows]


def itself_and_above(division: str) -> list[str]:
    """A division's code and the prefixes that name what it lies in."""
    return [division[:length] for length in range(len(division) + 1)]
