"""Questions to the staged rows as a whole: what stands twice, what is recorded already, what refers to nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, LiteralString, NamedTuple

from psycopg import sql
from sqlalchemy import Connection

from sludgetrack.store.rows import driver, execute
from sludgetrack.store.staging import STAGED, stream


class Again(NamedTuple):
    """A key that stands a second time: where first, and what both rows say."""

    line: int
    key: str
    said: str
    first_line: int
    first_said: str


class Differing(NamedTuple):
    """A staged row that says something else than is recorded of its key."""

    line: int
    said: str
    recorded: Sequence[str]


class Namesake(NamedTuple):
    """A row that gives a name in use: by something on record (``by``: the type of its event), or by a row of a file.

    ``part`` 0 is the name of the row itself, 1 that of a lot it makes; so of the other row.
    """

    file: str
    line: int
    name: str
    by: str
    part: int = 0
    other_line: int = 0
    other_part: int = 0


class Missing(NamedTuple):
    """A batch or lot that is not where a row needs it: where else it is, or since when it lies there, if at all."""

    file: str
    line: int
    name: str
    facility: str
    elsewhere: str | None
    day: date | None


class Filling(NamedTuple):
    """A manifest whose blank stages are to be filled: what it is now, and which stages."""

    line: int
    status: str
    stages: int


def doubled(connection: Connection, file: str) -> Iterator[Again]:
    """Rows whose key stands further up, in order."""
    return (Again(*row) for row in stream(connection, _DOUBLED, {"file": file}))


_DOUBLED: LiteralString = """
SELECT staged.line, staged.key, staged.said, first.line, first.said
FROM (
  SELECT key, min(line) AS line FROM staged_row WHERE file = %(file)s GROUP BY key HAVING count(*) > 1) AS again
JOIN staged_row AS first ON first.file = %(file)s AND first.line = again.line
JOIN staged_row AS staged ON staged.file = %(file)s AND staged.key = again.key AND staged.line > again.line
ORDER BY staged.line
"""


def drop_doubled(connection: Connection, file: str) -> int:
    """Leave only the first row of every key; how many went."""
    return driver(connection).execute(_DROP.format(table=sql.Identifier(STAGED[file].name))).rowcount


_DROP: Final = sql.SQL("""
DELETE FROM {table} AS staged
USING (SELECT key, min(line) AS line FROM {table} GROUP BY key HAVING count(*) > 1) AS again
WHERE staged.key = again.key AND staged.line > again.line
""")


def count_rows(connection: Connection, file: str) -> tuple[int, int]:
    """How many rows are staged, and how many of their keys were imported before."""
    rows, known = execute(connection, _COUNT, {"file": file}).fetchall()[0]
    return rows, known


_COUNT: LiteralString = """
SELECT count(*), count(known.key) FROM staged_row AS staged
LEFT JOIN import_row AS known ON known.file = %(file)s AND known.key = staged.key
WHERE staged.file = %(file)s
"""


def differing(connection: Connection, file: str) -> Iterator[Differing]:
    """Rows of keys that were imported before, where they say something else."""
    return (Differing(*row) for row in stream(connection, _DIFFERING, {"file": file}))


_DIFFERING: LiteralString = """
SELECT staged.line, staged.said, known.values FROM staged_row AS staged
JOIN import_row AS known ON known.file = %(file)s AND known.key = staged.key
WHERE staged.file = %(file)s AND known.values <> string_to_array(staged.said, chr(31))
ORDER BY staged.line
"""


def names_in_use(connection: Connection) -> Iterator[Namesake]:
    """New rows that give a name something on record has."""
    return (Namesake(*row) for row in stream(connection, _NAMES_IN_USE))


_NAMES_IN_USE: LiteralString = """
SELECT staged.file, staged.line, staged.name, name.kind, staged.part FROM staged_name AS staged
JOIN name ON name.name = staged.name
WHERE NOT EXISTS (SELECT FROM import_row AS known WHERE known.file = staged.file AND known.key = staged.key)
"""


def names_given_twice(connection: Connection) -> Iterator[Namesake]:
    """Rows that give a name another row gives too, of the file ``by``."""
    return (Namesake(*row) for row in stream(connection, _NAMES_GIVEN_TWICE))


_NAMES_GIVEN_TWICE: LiteralString = """
SELECT staged.file, staged.line, staged.name, other.file, staged.part, other.line, other.part
FROM (SELECT name FROM staged_name GROUP BY name HAVING count(*) > 1) AS again
JOIN staged_name AS other ON other.name = again.name
JOIN staged_name AS staged ON staged.name = again.name
  AND (staged.file, staged.line, staged.part) <> (other.file, other.line, other.part)
"""


def external_numbers_in_use(connection: Connection) -> Iterator[Namesake]:
    """Movements whose number their giver has given to a manifest that was not imported."""
    return (Namesake(*row) for row in stream(connection, _EXTERNAL_NUMBERS))


_EXTERNAL_NUMBERS: LiteralString = """
SELECT 'movements', staged.line, staged.key, 'issued' FROM staged_movement AS staged
JOIN facility ON facility.code = staged.giver
JOIN manifest ON manifest.giver_id = facility.id AND manifest.external_number = staged.key
WHERE manifest.name <> staged.key
"""


def late_ends_in_use(connection: Connection) -> Iterator[Namesake]:
    """Disposals to be marked final whose second name, ``<disposal>/final``, is in use."""
    return (Namesake(*row) for row in stream(connection, _LATE_ENDS))


_LATE_ENDS: LiteralString = """
SELECT todo.file, staged.line, name.name, name.kind FROM staged_todo AS todo
JOIN staged_disposal AS staged ON staged.line = todo.line
JOIN name ON name.name = staged.key || '/final'
WHERE todo.file = 'disposals'
"""


def find_sources(connection: Connection) -> None:
    """List the batches and lots the files make, with where and since when, for ``missing``."""
    execute(connection, _SOURCES, {})
    execute(connection, "ANALYZE staged_source", {})


_SOURCES: LiteralString = """
CREATE TEMPORARY TABLE staged_source AS
SELECT key AS name, plant AS facility, day, 0 AS part, '-infinity'::timestamptz AS at, 0 AS n FROM staged_production
UNION ALL
SELECT key, destination, receipt_day, 1, received_at, 0 FROM staged_movement WHERE accepted_kg > 0
UNION ALL
SELECT name, site, day, 2, '-infinity', line FROM staged_run_output JOIN staged_treatment USING (line)
"""


def missing(connection: Connection) -> Iterator[Missing]:
    """Batches and lots named by movements, runs and disposals that do not lie there when they are needed.

    Within a legal day it goes by the order of the book, and at equal times a load comes before a receipt. Of what was
    never loaded only the existence counts, and what is on record lies there already. What a faulty row would have made
    is not called missing.
    """
    return (Missing(*row) for row in stream(connection, _MISSING))


_MISSING: LiteralString = """
WITH wanted AS MATERIALIZED (
  SELECT file, line, name, facility FROM staged_wanted AS asked
  WHERE NOT EXISTS (
    SELECT FROM staged_source AS source
    WHERE source.name = asked.name AND source.facility = asked.facility
      AND (asked.day IS NULL
        OR (source.day, source.part, source.at, source.n) < (asked.day, asked.part, asked.at, asked.n)))
  AND NOT EXISTS (
    SELECT FROM holding JOIN facility ON facility.id = holding.facility_id
    WHERE holding.name = asked.name AND facility.code = asked.facility)
  AND NOT EXISTS (
    SELECT FROM staged_faulty AS wrong
    WHERE wrong.key = asked.name AND wrong.file IN ('production', 'movements', 'treatments'))
), lying AS (
  SELECT name, facility, day FROM staged_source
  UNION ALL
  SELECT holding.name, facility.code, NULL FROM holding
  JOIN facility ON facility.id = holding.facility_id WHERE holding.name IN (SELECT name FROM wanted)
)
SELECT wanted.file, wanted.line, wanted.name, wanted.facility,
  min(lying.facility) FILTER (WHERE lying.facility <> wanted.facility),
  min(lying.day) FILTER (WHERE lying.facility = wanted.facility)
FROM wanted LEFT JOIN lying ON lying.name = wanted.name
GROUP BY wanted.file, wanted.line, wanted.name, wanted.facility
"""


def to_be_filled(connection: Connection) -> Iterator[Filling]:
    """Movements on record whose blank stages are to be filled, with what their manifests are now."""
    return (Filling(*row) for row in stream(connection, _TO_BE_FILLED))


_TO_BE_FILLED: LiteralString = """
SELECT staged.line, manifest.status, todo.stages FROM staged_todo AS todo
JOIN staged_movement AS staged ON staged.line = todo.line
JOIN manifest ON manifest.name = staged.key
WHERE todo.file = 'movements'
"""
