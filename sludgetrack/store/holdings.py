"""Queries for holdings: by name, oldest first, newest, and where a load was drawn from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, LiteralString

from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, Select, func, select

from sludgetrack.domain.booking import Draw
from sludgetrack.domain.holdings import Holding
from sludgetrack.store.rows import copy_rows, driver, execute
from sludgetrack.store.tables import mass


def with_shares(condition: Any) -> Select[Any]:
    """Holdings that meet a condition, each with its shares as arrays side by side."""
    origin = mass.holding.alias("origin")
    return (
        select(
            mass.holding,
            func.array_agg(origin.c.name).label("origins"),
            func.array_agg(origin.c.id).label("origin_ids"),
            func.array_agg(origin.c.facility_id).label("plants"),
            func.array_agg(origin.c.kind).label("kinds"),
            func.array_agg(origin.c.estimated).label("estimates"),
            func.array_agg(mass.share.c.made).label("made"),
            func.array_agg(mass.share.c.left).label("left"),
        )
        .join(mass.share, mass.share.c.holding_id == mass.holding.c.id)
        .join(origin, origin.c.id == mass.share.c.origin_id)
        .where(condition)
        .group_by(mass.holding.c.id)
    )


_WITH_SHARES: LiteralString = """
SELECT h.id, h.name, h.account, h.facility_id, h.kind, h.day, h.ord, h.wet_kg, h.moisture_bp, h.estimated,
    h.stabilised, h.physical_made, h.physical_left,
    array_agg(o.name) AS origins, array_agg(o.id) AS origin_ids, array_agg(o.facility_id) AS plants,
    array_agg(o.kind) AS kinds, array_agg(o.estimated) AS estimates,
    array_agg(s.made) AS made, array_agg(s."left") AS "left"
FROM holding h JOIN share s ON s.holding_id = h.id JOIN holding o ON o.id = s.origin_id
"""
_BY_NAME: LiteralString = _WITH_SHARES + "WHERE h.name = ANY(%(names)s::text[]) GROUP BY h.id"
_STOCK: LiteralString = (
    """
WITH wanted AS (
    SELECT * FROM unnest(%(facilities)s::bigint[], %(units)s::bigint[]) AS w (facility_id, units)
), stock AS (
    SELECT h.id, h.facility_id,
        sum(h.physical_left) OVER (PARTITION BY h.facility_id ORDER BY h.day, h.ord) - h.physical_left AS before
    FROM holding h
    WHERE h.facility_id = ANY(%(facilities)s::bigint[]) AND h.physical_left > 0
        AND (h.physical_left <> 0 OR h.origin_left <> 0) AND h.kind NOT IN ('sewer_sludge', 'byproduct')
), oldest AS (
    SELECT stock.id FROM stock JOIN wanted USING (facility_id) WHERE stock.before < wanted.units
), newest AS (
    SELECT (
        SELECT h.id FROM holding h
        WHERE h.facility_id = wanted.facility_id AND h.kind NOT IN ('sewer_sludge', 'byproduct')
            AND NOT h.name LIKE '%%-undeclared'
        ORDER BY h.day DESC, h.ord DESC LIMIT 1
    ) AS id FROM wanted
)
"""
    + _WITH_SHARES
    + """
WHERE h.id IN (
    SELECT id FROM oldest UNION SELECT id FROM newest
    UNION SELECT id FROM holding WHERE name = ANY(%(undeclared)s::text[])
) GROUP BY h.id
"""
)
"""The second condition on what is left repeats the partial index's, so that the index is used."""


def named(connection: Connection, names: Collection[str]) -> list[Any]:
    """Holdings by name with their shares, whatever account they lie in."""
    return _rows(connection, _BY_NAME, {"names": list(names)})


def stock(connection: Connection, needed: Mapping[int, int], undeclared: Collection[str]) -> list[Any]:
    """By facility id: the oldest stock that covers so many units, the newest declared holding, the undeclared ones."""
    values = {"facilities": list(needed), "units": list(needed.values()), "undeclared": list(undeclared)}
    return _rows(connection, _STOCK, values)


def in_stock(connection: Connection, facilities: Collection[int], undeclared: Collection[str]) -> list[Any]:
    """By facility id: everything that is left there in either measure, the newest holding, the undeclared ones."""
    return _rows(connection, _IN_STOCK, {"facilities": list(facilities), "undeclared": list(undeclared)})


_IN_STOCK: LiteralString = (
    _WITH_SHARES
    + """
WHERE h.facility_id = ANY(%(facilities)s::bigint[]) AND (h.physical_left <> 0 OR h.origin_left <> 0)
    OR h.name = ANY(%(undeclared)s::text[])
    OR h.id IN (
        SELECT (
            SELECT h.id FROM holding h
            WHERE h.facility_id = wanted.id AND h.kind NOT IN ('sewer_sludge', 'byproduct')
                AND NOT h.name LIKE '%%-undeclared'
            ORDER BY h.day DESC, h.ord DESC LIMIT 1
        ) FROM unnest(%(facilities)s::bigint[]) AS wanted (id)
    )
GROUP BY h.id ORDER BY h.day, h.ord
"""
)


def _rows(connection: Connection, statement: LiteralString, values: Mapping[str, Any]) -> list[Any]:
    with driver(connection).cursor(row_factory=namedtuple_row) as cursor:
        return cursor.execute(statement, values).fetchall()


def insert(
    connection: Connection, holdings: Sequence[tuple[int, int | None, Holding]], origins: Mapping[str, int]
) -> None:
    """Write new holdings (row id, facility id, holding) and their shares; ``origins`` are the rows of origins."""
    shares = [
        (row_id, origins[name], units, h.left[name]) for row_id, _, h in holdings for name, units in h.made.items()
    ]
    if len(holdings) < MANY:
        _insert_few(connection, holdings, shares)
        return
    copy_rows(connection, mass.holding, _COLUMNS, map(_row, holdings))
    copy_rows(connection, mass.share, ("holding_id", "origin_id", "made", "left"), shares)


MANY = 32
"""From how many holdings on two COPYs cost less than one statement."""
_COLUMNS = (
    "id",
    "facility_id",
    "name",
    "account",
    "kind",
    "day",
    "ord",
    "wet_kg",
    "moisture_bp",
    "estimated",
    "stabilised",
    "physical_made",
    "physical_left",
    "origin_left",
)


def _row(made: tuple[int, int | None, Holding]) -> tuple[Any, ...]:
    row_id, facility_id, h = made
    return (
        row_id,
        facility_id,
        h.id,
        str(h.account),
        str(h.kind),
        h.day,
        h.order,
        h.wet_kg,
        h.moisture_bp,
        h.estimated,
        h.stabilised,
        h.physical_made,
        h.physical_left,
        h.origin_left,
    )


def _insert_few(
    connection: Connection,
    holdings: Sequence[tuple[int, int | None, Holding]],
    shares: Sequence[tuple[int, int, int, int]],
) -> None:
    made = [h for _, _, h in holdings]
    values = {
        "ids": [row_id for row_id, _, _ in holdings],
        "facilities": [facility_id for _, facility_id, _ in holdings],
        "names": [h.id for h in made],
        "accounts": [str(h.account) for h in made],
        "kinds": [str(h.kind) for h in made],
        "days": [h.day for h in made],
        "ords": [h.order for h in made],
        "wet": [h.wet_kg for h in made],
        "moisture": [h.moisture_bp for h in made],
        "estimated": [h.estimated for h in made],
        "stabilised": [h.stabilised for h in made],
        "physical_made": [h.physical_made for h in made],
        "physical_left": [h.physical_left for h in made],
        "origin_left": [h.origin_left for h in made],
        "share_holding": [share[0] for share in shares],
        "share_origin": [share[1] for share in shares],
        "share_made": [share[2] for share in shares],
        "share_left": [share[3] for share in shares],
    }
    execute(connection, _INSERT, values)


_INSERT: LiteralString = """
WITH made AS (
    INSERT INTO holding (id, facility_id, name, account, kind, day, ord, wet_kg, moisture_bp, estimated, stabilised,
        physical_made, physical_left, origin_left)
    OVERRIDING SYSTEM VALUE
    SELECT * FROM unnest(%(ids)s::bigint[], %(facilities)s::bigint[], %(names)s::text[], %(accounts)s::text[],
        %(kinds)s::text[], %(days)s::date[], %(ords)s::bigint[], %(wet)s::bigint[], %(moisture)s::smallint[],
        %(estimated)s::boolean[], %(stabilised)s::boolean[], %(physical_made)s::bigint[], %(physical_left)s::bigint[],
        %(origin_left)s::bigint[])
)
INSERT INTO share (holding_id, origin_id, made, "left")
SELECT * FROM unnest(%(share_holding)s::bigint[], %(share_origin)s::bigint[], %(share_made)s::bigint[],
    %(share_left)s::bigint[])
"""


def update_left(connection: Connection, holdings: Sequence[tuple[int, Holding]], origins: Mapping[str, int]) -> None:
    """Write what is left of changed holdings (by row id) and of their shares; ``origins`` are the rows of origins."""
    shares = [(row_id, origins[name], left) for row_id, h in holdings for name, left in h.left.items()]
    values = {
        "ids": [row_id for row_id, _ in holdings],
        "wet": [h.wet_kg for _, h in holdings],
        "moisture": [h.moisture_bp for _, h in holdings],
        "estimated": [h.estimated for _, h in holdings],
        "physical": [h.physical_left for _, h in holdings],
        "origin": [h.origin_left for _, h in holdings],
        "share_holding": [share[0] for share in shares],
        "share_origin": [share[1] for share in shares],
        "share_left": [share[2] for share in shares],
    }
    execute(connection, _UPDATE_LEFT, values)


_UPDATE_LEFT: LiteralString = """
WITH changed AS (
    UPDATE holding SET wet_kg = now.wet, moisture_bp = now.moisture, estimated = now.estimated,
        physical_left = now.physical, origin_left = now.origin
    FROM unnest(%(ids)s::bigint[], %(wet)s::bigint[], %(moisture)s::smallint[], %(estimated)s::boolean[],
        %(physical)s::bigint[], %(origin)s::bigint[]) AS now (id, wet, moisture, estimated, physical, origin)
    WHERE holding.id = now.id
)
UPDATE share SET "left" = now.units
FROM unnest(%(share_holding)s::bigint[], %(share_origin)s::bigint[], %(share_left)s::bigint[])
    AS now (holding_id, origin_id, units)
WHERE share.holding_id = now.holding_id AND share.origin_id = now.origin_id
"""


def update_made(connection: Connection, holdings: Sequence[tuple[int, Holding]], origins: Mapping[str, int]) -> None:
    """Write anew what holdings (by row id) were made of, what they are, and when; ``origins``: the rows of origins."""
    values = {
        "ids": [row_id for row_id, _ in holdings],
        "days": [h.day for _, h in holdings],
        "kinds": [str(h.kind) for _, h in holdings],
        "stabilised": [h.stabilised for _, h in holdings],
        "physical": [h.physical_made for _, h in holdings],
        "share_holding": [row_id for row_id, h in holdings for _ in h.made],
        "share_origin": [origins[name] for _, h in holdings for name in h.made],
        "share_made": [units for _, h in holdings for units in h.made.values()],
        "share_left": [h.left[name] for _, h in holdings for name in h.made],
    }
    execute(connection, _UPDATE_MADE, values)


_UPDATE_MADE: LiteralString = """
WITH changed AS (
    UPDATE holding SET day = now.day, kind = now.kind, stabilised = now.stabilised, physical_made = now.physical
    FROM unnest(%(ids)s::bigint[], %(days)s::date[], %(kinds)s::text[], %(stabilised)s::boolean[],
        %(physical)s::bigint[]) AS now (id, day, kind, stabilised, physical)
    WHERE holding.id = now.id
)
INSERT INTO share (holding_id, origin_id, made, "left")
SELECT * FROM unnest(%(share_holding)s::bigint[], %(share_origin)s::bigint[], %(share_made)s::bigint[],
    %(share_left)s::bigint[])
ON CONFLICT (holding_id, origin_id) DO UPDATE SET made = excluded.made, "left" = excluded."left"
"""


def draws(connection: Connection, load_id: int, *, before: int) -> list[Draw]:
    """What a load on the road (the row of its holding) took from which holding, by this position in the log."""
    rows = execute(connection, _DRAWN + _BEFORE + _BY_LOAD, {"loads": [load_id], "before": before})
    return [Draw(*taken) for _, *taken in rows]


def draws_of_loads(connection: Connection, load_ids: Collection[int]) -> dict[int, list[Draw]]:
    """What loads on the road (the rows of their holdings) took from which holding, by what their loading booked."""
    found: dict[int, list[Draw]] = {load_id: [] for load_id in load_ids}
    for load_id, *taken in execute(connection, _DRAWN + _BY_LOAD, {"loads": list(load_ids)}):
        found[load_id].append(Draw(*taken))
    return found


_DRAWN: LiteralString = """
SELECT load.id, source.name, origin.name, -sum(p.origin_units)::bigint, -sum(p.physical_units)::bigint
FROM unnest(%(loads)s::bigint[]) AS load (id)
CROSS JOIN LATERAL (
    SELECT DISTINCT coalesce(entering.about_id, entering.event_id) AS event_id
    FROM posting entering
    JOIN entry ON entry.event_id = coalesce(entering.about_id, entering.event_id) AND entry.type = 'loaded'
    WHERE entering.holding_id = load.id AND entering.account = 'transit' AND entering.origin_units > 0
) AS loading
JOIN posting p ON p.account <> 'transit'
    AND (p.event_id = loading.event_id AND p.about_id IS NULL OR p.about_id = loading.event_id)
JOIN holding source ON source.id = p.holding_id
JOIN holding origin ON origin.id = p.origin_id
"""
_BEFORE: LiteralString = "JOIN log_leaf leaf ON leaf.ref = p.event_id AND leaf.position < %(before)s\n"
_BY_LOAD: LiteralString = """
GROUP BY load.id, source.name, origin.name
HAVING sum(p.origin_units) <> 0 OR sum(p.physical_units) <> 0
ORDER BY load.id, min(p.n)
"""
"""A loading that a decision set aside is booked back and adds up to nothing."""
