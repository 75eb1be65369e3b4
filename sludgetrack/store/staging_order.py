"""What the staged rows amount to: steps in the order of the book, to be taken chunk by chunk.

Of a legal day production comes first, then movements by time (at equal times load, receipt, return), then treatment
runs, disposals and counts, each in the order of its file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum, IntFlag
from typing import Any, LiteralString, NamedTuple

from psycopg import sql
from sqlalchemy import Connection, Table

from sludgetrack.store.rows import driver, execute
from sludgetrack.store.staging import disposal, movement, production, stocktake, treatment


class Stages(IntFlag):
    """What is to be recorded of a row. OVERLAP: when it was loaded, another trip of its truck was not over."""

    WHOLE = 1
    ISSUED = 2
    ASSIGNED = 4
    LOADED = 8
    RECEIVED = 16
    RETURNED = 32
    VOIDED = 64
    FINAL = 128
    OVERLAP = 256


class Kind(IntEnum):
    """What a step records. START is all of a manifest up to its loading, or its end as void."""

    PRODUCE = 0
    START = 1
    RECEIVE = 2
    RETURN = 3
    DISPOSE = 4
    FINISH = 5
    TREAT = 6
    COUNT = 7


class Step(NamedTuple):
    """One step: its place in the order, what it records, and of which line of the file."""

    n: int
    kind: int
    line: int
    stages: int


def plan_new_rows(connection: Connection) -> None:
    """Note every stage of the rows whose keys were never imported."""
    execute(connection, _NEW_ROWS, {})


_NEW_ROWS: LiteralString = """
INSERT INTO staged_todo
SELECT file, line, stages FROM staged_row AS staged
WHERE NOT EXISTS (SELECT FROM import_row AS known WHERE known.file = staged.file AND known.key = staged.key)
"""


def order_steps(connection: Connection) -> int:
    """Put all that is to be done into the order of the book; how many steps there are."""
    for statement in (_TRIPS, _OVERLAPPING, _STEPS):
        execute(connection, statement, {})
    for statement in _AFTERWARDS:
        execute(connection, statement, {})
    found: int = execute(connection, "SELECT count(*) FROM staged_step", {}).fetchall()[0][0]
    return found


_TRIPS: LiteralString = """
CREATE TEMPORARY TABLE staged_trip AS
SELECT line, plate, loaded_at AS left_at,
  CASE WHEN returned_at IS NOT NULL THEN returned_at
    WHEN decision = 'accepted' THEN received_at ELSE 'infinity' END AS back_at
FROM staged_movement WHERE loaded_at IS NOT NULL
UNION ALL
SELECT NULL, plate, loaded_at,
  CASE WHEN status IN ('in_transit', 'arrived', 'holding') THEN 'infinity'
    ELSE coalesce(returned_at, received_at, loaded_at) END
FROM manifest
WHERE loaded_at IS NOT NULL AND plate IN (SELECT plate FROM staged_movement WHERE loaded_at IS NOT NULL)
  AND NOT EXISTS (SELECT FROM staged_movement AS staged WHERE staged.key = manifest.name)
"""
_OVERLAPPING: LiteralString = """
CREATE TEMPORARY TABLE staged_overlapping AS
SELECT line FROM (
  SELECT line, left_at, max(back_at) OVER (
    PARTITION BY plate ORDER BY left_at, line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS others_back_at
  FROM staged_trip) AS trip
WHERE line IS NOT NULL AND others_back_at > left_at
"""
_STEPS: LiteralString = """
CREATE TEMPORARY TABLE staged_step AS
SELECT row_number() OVER (ORDER BY day, part, at NULLS FIRST, kind, line) AS n,
  kind::smallint AS kind, line, stages::smallint AS stages
FROM (
  SELECT staged.day, 0 AS part, NULL::timestamptz AS at, 0 AS kind, line, stages
  FROM staged_production AS staged JOIN staged_todo AS todo USING (line) WHERE file = 'production'
  UNION ALL
  SELECT coalesce(load_day, issue_day), 1, coalesce(loaded_at, issued_at), 1, line,
    stages + CASE WHEN crossing.line IS NULL THEN 0 ELSE 256 END
  FROM staged_movement AS staged JOIN staged_todo AS todo USING (line)
  LEFT JOIN staged_overlapping AS crossing USING (line) WHERE file = 'movements' AND stages & 78 <> 0
  UNION ALL
  SELECT greatest(load_day, receipt_day), 1, received_at, 2, line, stages
  FROM staged_movement AS staged JOIN staged_todo AS todo USING (line) WHERE file = 'movements' AND stages & 16 <> 0
  UNION ALL
  SELECT greatest(load_day, receipt_day, return_day), 1, returned_at, 3, line, stages
  FROM staged_movement AS staged JOIN staged_todo AS todo USING (line) WHERE file = 'movements' AND stages & 32 <> 0
  UNION ALL
  SELECT staged.day, 2, NULL, 6, line, stages
  FROM staged_treatment AS staged JOIN staged_todo AS todo USING (line) WHERE file = 'treatments'
  UNION ALL
  SELECT staged.day, 3, NULL, CASE WHEN stages & 1 <> 0 THEN 4 ELSE 5 END, line, stages
  FROM staged_disposal AS staged JOIN staged_todo AS todo USING (line) WHERE file = 'disposals'
  UNION ALL
  SELECT staged.day, 4, NULL, 7, line, stages
  FROM staged_stocktake AS staged JOIN staged_todo AS todo USING (line) WHERE file = 'stocktakes'
) AS step
"""
_AFTERWARDS: tuple[LiteralString, ...] = (
    "CREATE UNIQUE INDEX ON staged_step (n)",
    "ANALYZE staged_step",
    "DROP TABLE staged_trip, staged_overlapping",
)


def next_steps(connection: Connection, after: int, count: int) -> list[Step]:
    """The steps that come after this one, in order."""
    rows = execute(connection, _NEXT_STEPS, {"after": after, "until": after + count})
    return [Step(*row) for row in rows]


_NEXT_STEPS: LiteralString = """
SELECT n, kind, line, stages FROM staged_step WHERE n > %(after)s::bigint AND n <= %(until)s::bigint ORDER BY n
"""


def productions(connection: Connection, lines: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Staged rows of production: every column but ``said``."""
    return _rows(connection, production, lines)


def movements(connection: Connection, lines: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Staged movements: every column but ``said``."""
    return _rows(connection, movement, lines)


def treatments(connection: Connection, lines: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Staged treatment runs: every column but ``said``."""
    return _rows(connection, treatment, lines)


def disposals(connection: Connection, lines: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Staged disposals: every column but ``said``."""
    return _rows(connection, disposal, lines)


def stocktakes(connection: Connection, lines: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Staged counts: every column but ``said``."""
    return _rows(connection, stocktake, lines)


def _rows(connection: Connection, table: Table, lines: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    if not lines:
        return iter(())
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.c if column.name != "said")
    statement = sql.SQL("SELECT {} FROM {} WHERE line = ANY(%s)").format(columns, sql.Identifier(table.name))
    with driver(connection).cursor(binary=True) as cursor:
        return iter(cursor.execute(statement, [list(lines)]).fetchall())
