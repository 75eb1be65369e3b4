"""What a facility's ledger is made of: the mass book's postings at one facility, event by event and summed up.

All dry solids are physical ones, what lies and moves there, in units of 0.1 g; origin is what rates are made of.
Everything stands on its legal day, whatever day it was booked on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, LiteralString

from psycopg.rows import class_row
from sqlalchemy import Connection

from sludgetrack.store.rows import driver, execute


class By(StrEnum):
    """What a row of a ledger stands for."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Asked:
    """A facility by row, and inclusive legal days."""

    facility_id: int
    first: date
    last: date

    def parameters(self) -> dict[str, Any]:
        """For the statements of this module."""
        return {"facility": self.facility_id, "first": self.first, "last": self.last}


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRow:
    """Events of one type in one part of a period, summed up.

    ``start`` is the first day of the part. ``kind`` is what was produced, ``other`` the facility at the other end of a
    manifest, ``route`` that of a manifest or a disposal, ``is_bad`` tells disposals that do not, or not for the greater
    part, count as harmless. ``wet_kg`` is what the type weighs: produced, loaded, taken in, given back, disposed of;
    of a run what came out, ``taken_kg`` what went in. ``into`` and ``taken`` are what entered and left the
    stock; ``missing`` what a disposal's end, a count or a correction left unaccounted here, ``gap`` what a weighing-in
    did. ``estimated_*``: the part from moistures nobody measured. ``later``: events booked on another day than theirs.
    """

    start: date
    type: str
    kind: str | None
    other_id: int | None
    route: str | None
    is_bad: bool
    events: int
    wet_kg: int
    taken_kg: int
    into_units: int
    taken_units: int
    harmless_units: int
    bad_units: int
    missing_units: int
    gap_units: int
    loss_units: int
    additive_units: int
    estimated_kg: int
    estimated_units: int
    later: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One event at the facility. ``named``: batch, run or disposal; ``lot`` what a disposal took from.

    Masses as in ``FlowRow``, of a count what was counted; ``booked_on`` only where it is not ``day``; ``at`` is UTC.
    """

    day: date
    event_id: str
    type: str
    at: datetime
    named: str | None
    lot: str | None
    number: str | None
    other_id: int | None
    hauler: str | None
    plate: str | None
    route: str | None
    process: str | None
    kind: str | None
    compliant: bool | None
    wet_kg: int | None
    moisture_bp: int | None
    estimated: bool
    into_units: int
    taken_units: int
    missing_units: int
    gap_units: int
    booked_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLotRow:
    """A lot that went into (``out`` false) or came out of a run: wet kilograms, basis points, dry units."""

    day: date
    event_id: str
    run: str
    process: str
    lot: str
    out: bool
    wet_kg: int
    moisture_bp: int
    dry_units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRow:
    """A truck at the gate of which a part, or all, was refused. Kilograms; ``at`` UTC."""

    day: date
    at: datetime
    number: str
    giver_id: int
    hauler: str
    plate: str | None
    net_kg: int | None
    refused_kg: int
    reason: str | None


def stock_before(connection: Connection, facility_id: int, day: date) -> int:
    """What lay at a facility when a legal day began: what lies there now, less what came and went since."""
    row = execute(connection, _STOCK, {"facility": facility_id, "first": day}).fetchone()
    return int(row[0]) if row else 0


def oldest_days(connection: Connection, facility_id: int, today: date) -> int | None:
    """How many legal days the oldest of what lies at a facility has been lying there; None where nothing does."""
    row = execute(connection, _OLDEST, {"facility": facility_id}).fetchone()
    return (today - row[0]).days if row and row[0] else None


def flows(connection: Connection, asked: Asked, part: By) -> list[FlowRow]:
    """What happened, summed up by ``part`` of the period and by what sets events apart."""
    execute(connection, f"SET LOCAL work_mem = '{_ENOUGH}'", {})
    return _rows(connection, _FLOWS, {**asked.parameters(), "part": str(part)}, FlowRow)


def lines(connection: Connection, asked: Asked) -> list[LineRow]:
    """What happened, event by event, in the order it is booked in: within a day production first, then by time."""
    return _rows(connection, _LINES, asked.parameters(), LineRow)


def run_lots(connection: Connection, asked: Asked) -> list[RunLotRow]:
    """What went into and came out of the treatment runs."""
    return _rows(connection, _RUN_LOTS, asked.parameters(), RunLotRow)


def refusals(connection: Connection, asked: Asked, code: str, zone: str) -> list[RefusalRow]:
    """The trucks refused in whole or in part; ``code`` and ``zone`` are the facility's."""
    return _rows(connection, _REFUSALS, {**asked.parameters(), "code": code, "zone": zone}, RefusalRow)


def _rows(connection: Connection, statement: LiteralString, values: Mapping[str, Any], kind: type[Any]) -> list[Any]:
    with driver(connection).cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(statement, values).fetchall()


_ENOUGH: LiteralString = "64MB"
"""Memory in which the events of a year of a large site are added up without going to disk."""
_STOCK: LiteralString = """
SELECT coalesce((SELECT sum(physical_left) FROM holding
        WHERE facility_id = %(facility)s AND account IN ('plant_stock', 'site_stock')
        AND (physical_left <> 0 OR origin_left <> 0)), 0)
    - coalesce((SELECT sum(physical_units) FROM posting
        WHERE facility_id = %(facility)s AND day >= %(first)s AND account IN ('plant_stock', 'site_stock')), 0)
"""

_OLDEST: LiteralString = """
SELECT min(day) FROM holding
WHERE facility_id = %(facility)s AND account IN ('plant_stock', 'site_stock') AND physical_left > 0
"""

_MOVED: LiteralString = """
WITH part AS (
    SELECT day, coalesce(about_id, event_id) AS about, account, cause, compliant, holding_id,
        sum(physical_units)::bigint AS units, max(booked_on) FILTER (WHERE booked_on <> day) AS booked_on
    FROM posting
    WHERE facility_id = %(facility)s AND day BETWEEN %(first)s AND %(last)s
    GROUP BY day, about, account, cause, compliant, holding_id
), moved AS (
    SELECT part.day, about,
        coalesce(sum(units) FILTER (WHERE h.id IS NOT NULL AND units > 0), 0)::bigint AS into_units,
        coalesce(-sum(units) FILTER (WHERE h.id IS NOT NULL AND units < 0), 0)::bigint AS taken_units,
        coalesce(sum(h.wet_kg) FILTER (WHERE units > 0), 0)::bigint AS into_kg,
        coalesce(-sum(round(units::numeric / nullif(10000 - h.moisture_bp, 0))) FILTER (WHERE units < 0), 0)::bigint
            AS taken_kg,
        max(h.moisture_bp) FILTER (WHERE units > 0) AS into_bp,
        coalesce(bool_or(h.estimated) FILTER (WHERE units > 0), false) AS estimated,
        min(h.kind) FILTER (WHERE units > 0) AS kind,
        coalesce(sum(units) FILTER (WHERE part.account = 'disposed' AND compliant), 0)::bigint AS harmless_units,
        coalesce(sum(units) FILTER (WHERE part.account = 'disposed' AND NOT compliant), 0)::bigint AS bad_units,
        coalesce(sum(units) FILTER (WHERE part.account = 'unaccounted' AND cause NOT IN ('receipt', 'return')), 0)
            ::bigint AS missing_units,
        coalesce(sum(units) FILTER (WHERE part.account = 'unaccounted' AND cause IN ('receipt', 'return')), 0)::bigint
            AS gap_units,
        coalesce(sum(units) FILTER (WHERE part.account = 'process_loss'), 0)::bigint AS loss_units,
        coalesce(-sum(units) FILTER (WHERE part.account = 'additives'), 0)::bigint AS additive_units,
        max(booked_on) AS booked_on
    FROM part LEFT JOIN holding h ON h.id = part.holding_id
    GROUP BY part.day, about
    HAVING bool_or(units <> 0)
), happened AS (
    SELECT moved.*, e.type, e.occurred_at, m.number, m.plate, m.hauler_id, m.moisture_out_bp, d.name AS disposal,
        d.holding_id, d.moisture_bp AS disposal_bp,
        CASE e.type WHEN 'received' THEN m.giver_id WHEN 'loaded' THEN m.destination_id
            WHEN 'returned' THEN m.destination_id END AS other_id,
        CASE e.type WHEN 'loaded' THEN m.route WHEN 'disposed' THEN d.route END AS route,
        CASE e.type WHEN 'loaded' THEN m.net_out_kg WHEN 'returned' THEN m.returned_kg WHEN 'disposed' THEN d.wet_kg
            WHEN 'produced' THEN into_kg WHEN 'received' THEN into_kg WHEN 'treated' THEN into_kg END AS wet_kg,
        CASE e.type WHEN 'produced' THEN estimated WHEN 'loaded' THEN m.moisture_out_bp IS NULL ELSE false END
            AS is_estimated,
        CASE WHEN e.type = 'produced' THEN kind END AS produced_kind, bad_units > harmless_units AS is_bad
    FROM moved
    JOIN entry e ON e.event_id = about
    LEFT JOIN manifest m ON m.id = e.stream_id
    LEFT JOIN disposal d ON d.event_id = about
)
"""
"""``part``: what one event moved in one account and holding, corrections netted in. ``happened``: event by event."""

_FLOWS: LiteralString = (
    _MOVED
    + """
SELECT date_trunc(%(part)s, day::timestamp)::date AS start, type, produced_kind AS kind, other_id, route, is_bad,
    count(*) AS events, coalesce(sum(wet_kg), 0)::bigint AS wet_kg,
    coalesce(sum(taken_kg) FILTER (WHERE type = 'treated'), 0)::bigint AS taken_kg,
    sum(into_units)::bigint AS into_units, sum(taken_units)::bigint AS taken_units,
    sum(harmless_units)::bigint AS harmless_units, sum(bad_units)::bigint AS bad_units,
    sum(missing_units)::bigint AS missing_units, sum(gap_units)::bigint AS gap_units,
    sum(loss_units)::bigint AS loss_units, sum(additive_units)::bigint AS additive_units,
    coalesce(sum(wet_kg) FILTER (WHERE is_estimated), 0)::bigint AS estimated_kg,
    coalesce(sum(into_units + taken_units) FILTER (WHERE is_estimated), 0)::bigint AS estimated_units,
    count(booked_on) AS later
FROM happened
GROUP BY 1, 2, 3, 4, 5, 6
ORDER BY 1, 2, 3, 4, 5, 6
"""
)

_LINES: LiteralString = (
    _MOVED
    + """
SELECT happened.day, about::text AS event_id, happened.type, happened.occurred_at AS at,
    coalesce(disposal, said.claim ->> 'batch', said.claim ->> 'run') AS named, lot.name AS lot, number, other_id,
    coalesce(o.hauler_name, o.name) AS hauler, happened.plate, happened.route, said.claim ->> 'process' AS process,
    produced_kind AS kind,
    CASE WHEN happened.type = 'disposed' THEN bad_units = 0 END AS compliant,
    CASE happened.type WHEN 'counted' THEN (said.claim ->> 'wet_kg')::bigint ELSE happened.wet_kg END AS wet_kg,
    CASE happened.type WHEN 'loaded' THEN coalesce(moisture_out_bp, (said.claim ->> 'assumed_bp')::int)
        WHEN 'disposed' THEN disposal_bp WHEN 'counted' THEN (said.claim ->> 'moisture_bp')::int
        WHEN 'produced' THEN into_bp WHEN 'received' THEN into_bp END AS moisture_bp,
    is_estimated AS estimated, into_units, taken_units, missing_units, gap_units, booked_on
FROM happened
JOIN entry said ON said.event_id = about
LEFT JOIN organisation o ON o.id = happened.hauler_id
LEFT JOIN holding lot ON lot.id = happened.holding_id
ORDER BY happened.day,
    CASE happened.type WHEN 'produced' THEN 0 WHEN 'treated' THEN 2 WHEN 'disposed' THEN 3 WHEN 'counted' THEN 4
        ELSE 1 END,
    happened.occurred_at, about
"""
)

_RUN_LOTS: LiteralString = """
SELECT p.day, e.event_id::text AS event_id, e.claim ->> 'run' AS run, e.claim ->> 'process' AS process, h.name AS lot,
    sum(p.physical_units) > 0 AS out,
    CASE WHEN sum(p.physical_units) > 0 THEN h.wet_kg
        ELSE coalesce(-round(sum(p.physical_units) / nullif(10000 - h.moisture_bp, 0)), 0)::bigint END AS wet_kg,
    h.moisture_bp, abs(sum(p.physical_units))::bigint AS dry_units
FROM posting p
JOIN entry e ON e.event_id = coalesce(p.about_id, p.event_id)
JOIN holding h ON h.id = p.holding_id
WHERE p.facility_id = %(facility)s AND p.day BETWEEN %(first)s AND %(last)s AND e.type = 'treated'
GROUP BY p.day, e.event_id, h.id
HAVING sum(p.physical_units) <> 0
ORDER BY p.day, e.event_id, sum(p.physical_units) > 0, h.name
"""

_REFUSALS: LiteralString = """
WITH bounds AS (
    SELECT %(first)s::timestamp AT TIME ZONE %(zone)s AS after,
        (%(last)s::timestamp + interval '1 day') AT TIME ZONE %(zone)s AS before
), candidate AS (
    SELECT m.id FROM manifest m, bounds
    WHERE m.destination_id = %(facility)s AND m.received_at >= bounds.after AND m.received_at < bounds.before
        AND (m.held_kg > 0 OR m.returned_kg IS NOT NULL OR m.status IN ('holding', 'lost', 'returned'))
    UNION
    SELECT p.manifest_id FROM manifest_party p
    JOIN facility f ON f.id = %(facility)s AND f.organisation_id = p.organisation_id AND f.division = p.division
    WHERE p.role = 'former'
)
SELECT (e.occurred_at AT TIME ZONE %(zone)s)::date AS day, e.occurred_at AS at, m.number, m.giver_id,
    coalesce(o.hauler_name, o.name) AS hauler, m.plate, (e.claim ->> 'net_in_kg')::int AS net_kg,
    coalesce((e.claim ->> 'net_in_kg')::int, m.net_out_kg) - coalesce((e.claim ->> 'accepted_kg')::int, 0)
        AS refused_kg, e.claim ->> 'reason' AS reason
FROM candidate
JOIN manifest m ON m.id = candidate.id
JOIN organisation o ON o.id = m.hauler_id
JOIN entry e ON e.stream_id = m.id AND e.type = 'received' AND NOT 'contradicts' = ANY (e.marks)
CROSS JOIN bounds
WHERE e.occurred_at >= bounds.after AND e.occurred_at < bounds.before AND e.claim ->> 'decision' <> 'accepted'
    AND %(code)s = (
        SELECT told.claim ->> 'destination' FROM entry told
        WHERE told.stream_id = m.id AND told.seq < e.seq AND told.type IN ('issued', 'redirected')
        ORDER BY told.seq DESC LIMIT 1)
ORDER BY at, m.number
"""
