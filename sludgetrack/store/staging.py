"""Rows on their way in: temporary tables of one session, which hold an import until it is checked and booked.

They live as long as the session and nobody else sees them. A row is known by the line it begins on; ``said`` is what
it says in one spelling, its cells parted by ``SEPARATOR``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, LiteralString

from psycopg import sql
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

from sludgetrack.store.rows import copy_rows, driver, execute

SEPARATOR: Final = "\x1f"
"""Between the cells of a row. No cell can hold it: readers refuse control characters."""

IMPORT_LOCK: Final = 7382
"""The advisory lock of the one import that may run."""

_FETCHED_AT_ONCE = 2000
_TRIES = 20
_staging = MetaData()


def _temporary(name: str, *columns: Column[Any]) -> Table:
    return Table(name, _staging, *columns, prefixes=["TEMPORARY"])


def _said() -> tuple[Column[Any], ...]:
    return (
        Column("line", Integer, nullable=False),
        Column("key", Text, nullable=False),
        Column("said", Text, nullable=False),
    )


def _of(kind: Any, *names: str) -> tuple[Column[Any], ...]:
    return tuple(Column(name, kind) for name in names)


_INSTANT = DateTime(timezone=True)

production = _temporary(
    "staged_production",
    *_said(),
    *_of(Text, "plant"),
    *_of(Date, "day"),
    *_of(BigInteger, "wet_kg"),
    *_of(SmallInteger, "moisture_bp"),
    *_of(Text, "kind"),
    *_of(BigInteger, "treated_m3"),
    *_of(Text, "stabilised_by"),
)
movement = _temporary(
    "staged_movement",
    *_said(),
    *_of(Text, "giver", "batches", "hauler", "plate", "driver", "destination", "route"),
    *_of(_INSTANT, "issued_at", "loaded_at"),
    *_of(BigInteger, "gross_out_kg", "tare_out_kg", "net_out_kg"),
    *_of(SmallInteger, "moisture_out_bp"),
    *_of(_INSTANT, "received_at"),
    *_of(BigInteger, "gross_in_kg", "tare_in_kg", "net_in_kg"),
    *_of(SmallInteger, "moisture_in_bp"),
    *_of(Text, "decision"),
    *_of(BigInteger, "accepted_kg"),
    *_of(Text, "reason"),
    *_of(_INSTANT, "returned_at"),
    *_of(BigInteger, "returned_kg"),
    *_of(_INSTANT, "void_at"),
    *_of(Text, "void_reason"),
    *_of(Date, "issue_day", "load_day", "receipt_day", "return_day"),
)
treatment = _temporary(
    "staged_treatment",
    *_said(),
    *_of(Text, "site", "process"),
    *_of(Date, "day"),
    *_of(Text, "inputs", "outputs"),
    *_of(BigInteger, "additive_dry_kg"),
)
disposal = _temporary(
    "staged_disposal",
    *_said(),
    *_of(Text, "site", "lot", "route"),
    *_of(Date, "day"),
    *_of(BigInteger, "wet_kg"),
    *_of(SmallInteger, "moisture_bp"),
    *_of(Boolean, "final"),
    *_of(Text, "evidence", "decided_by"),
)
stocktake = _temporary(
    "staged_stocktake",
    *_said(),
    *_of(Text, "facility"),
    *_of(Date, "day"),
    *_of(BigInteger, "wet_kg"),
    *_of(SmallInteger, "moisture_bp"),
)
lab = _temporary(
    "staged_lab",
    *_said(),
    *_of(Text, "report", "subject"),
    *_of(Date, "sampled_on"),
    *_of(Text, "parameter", "value", "unit"),
)
draw = _temporary("staged_draw", Column("line", Integer), Column("name", Text))
"""The batches and lots that movements name, by the movement's line."""
run_input = _temporary("staged_run_input", Column("line", Integer), Column("name", Text))
run_output = _temporary("staged_run_output", Column("line", Integer), Column("name", Text))
"""The lots that treatment runs take and make, by the run's line."""
faulty = _temporary("staged_faulty", Column("file", Text), Column("key", Text))
"""Keys of rows that are there but wrong, so that references to them are not called unknown as well."""
todo = _temporary("staged_todo", Column("file", Text), Column("line", Integer), Column("stages", Integer))
"""What is to be recorded of a row: the bits of ``staging_order``."""
finding = _temporary(
    "staged_finding",
    Column("rank", SmallInteger),
    Column("line", Integer),
    Column("n", BigInteger),
    *_of(Text, "file", "column", "code", "facts"),
)

STAGED: Final[Mapping[str, Table]] = {
    "production": production,
    "movements": movement,
    "treatments": treatment,
    "disposals": disposal,
    "stocktakes": stocktake,
    "labs": lab,
}
"""The tables by the name of the ledger file."""


def prepare(connection: Connection) -> bool:
    """Make the tables and take the lock of the one import that may run; False where another one runs.

    The settings are the session's: room for sorting millions of rows, and no compiling of queries.
    """
    if not _locked(connection):
        return False
    for setting in _SETTINGS:
        execute(connection, setting, {})
    _staging.create_all(connection, checkfirst=False)
    for view in _VIEWS:
        execute(connection, view, {})
    return True


def _locked(connection: Connection) -> bool:
    """Take the lock. The server lets go of a session's lock a moment after the session is over: wait that long."""
    for _ in range(_TRIES):
        if execute(connection, "SELECT pg_try_advisory_lock(%(key)s)", {"key": IMPORT_LOCK}).fetchall()[0][0]:
            return True
        execute(connection, "SELECT pg_sleep(0.1)", {})
    return False


_SETTINGS: tuple[LiteralString, ...] = (
    "SET SESSION temp_buffers = '64MB'",
    "SET SESSION work_mem = '64MB'",
    "SET SESSION jit = off",
)


_VIEWS: tuple[LiteralString, ...] = (
    """
CREATE TEMPORARY VIEW staged_row AS
SELECT 'production' AS file, line, key, said, 1 AS stages FROM staged_production
UNION ALL
SELECT 'movements', line, key, said,
  2 + CASE WHEN plate IS NULL THEN 0 ELSE 4 END + CASE WHEN loaded_at IS NULL THEN 0 ELSE 8 END
  + CASE WHEN received_at IS NULL THEN 0 ELSE 16 END + CASE WHEN returned_at IS NULL THEN 0 ELSE 32 END
  + CASE WHEN void_at IS NULL THEN 0 ELSE 64 END
FROM staged_movement
UNION ALL
SELECT 'treatments', line, key, said, 1 FROM staged_treatment
UNION ALL
SELECT 'disposals', line, key, said, 1 FROM staged_disposal
UNION ALL
SELECT 'stocktakes', line, key, said, 1 FROM staged_stocktake
UNION ALL
SELECT 'labs', line, key, said, 1 FROM staged_lab
""",
    """
CREATE TEMPORARY VIEW staged_name AS
SELECT 'production' AS file, line, key, key AS name, 0 AS part FROM staged_production
UNION ALL
SELECT 'movements', line, key, key, 0 FROM staged_movement
UNION ALL
SELECT 'treatments', line, key, key, 0 FROM staged_treatment
UNION ALL
SELECT 'treatments', line, key, name, 1 FROM staged_run_output JOIN staged_treatment USING (line)
UNION ALL
SELECT 'disposals', line, key, key, 0 FROM staged_disposal
""",
    """
CREATE TEMPORARY VIEW staged_wanted AS
SELECT 'disposals' AS file, line, lot AS name, site AS facility, day, 3 AS part, '-infinity'::timestamptz AS at, 0 AS n
FROM staged_disposal
UNION ALL
SELECT 'movements', line, name, giver, load_day, 1, loaded_at, 0 FROM staged_draw JOIN staged_movement USING (line)
UNION ALL
SELECT 'treatments', line, name, site, day, 2, '-infinity', line
FROM staged_run_input JOIN staged_treatment USING (line)
""",
)
"""``staged_name``: part 0 is what a row is called, part 1 what it makes. ``staged_wanted``: when in the order of the
book a batch or lot must lie at a facility; no day where it is never taken."""


def add_rows(connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Add rows with a value for every column."""
    copy_rows(connection, table, tuple(column.name for column in table.c), rows)


def index(connection: Connection) -> None:
    """Prepare the filled tables for being asked: single rows by line, and statistics."""
    for statement in _INDEXES:
        execute(connection, statement, {})


_INDEXES: tuple[LiteralString, ...] = (
    "CREATE UNIQUE INDEX ON staged_production (line)",
    "CREATE UNIQUE INDEX ON staged_movement (line)",
    "CREATE UNIQUE INDEX ON staged_treatment (line)",
    "CREATE UNIQUE INDEX ON staged_disposal (line)",
    "CREATE UNIQUE INDEX ON staged_stocktake (line)",
    "ANALYZE staged_production",
    "ANALYZE staged_movement",
    "ANALYZE staged_treatment",
    "ANALYZE staged_disposal",
    "ANALYZE staged_stocktake",
    "ANALYZE staged_lab",
    "ANALYZE staged_draw",
    "ANALYZE staged_run_input",
    "ANALYZE staged_run_output",
    "ANALYZE staged_faulty",
)


def stream(
    connection: Connection, statement: LiteralString, parameters: Mapping[str, Any] | None = None
) -> Iterator[tuple[Any, ...]]:
    """The rows of a query through a cursor of the server, so that memory stays flat; other statements may run between.

    The transaction must stay open until the last row.
    """
    with driver(connection).cursor(name="staged", withhold=False) as cursor:
        cursor.itersize = _FETCHED_AT_ONCE
        cursor.execute(statement, parameters or {})
        yield from cursor


def add_findings(connection: Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    """Keep findings: (rank of the file, line, ordinal, file, column, code, facts)."""
    texts = ((*row[:-1], json.dumps(row[-1], ensure_ascii=False)) for row in rows)
    add_rows(connection, finding, texts)


def findings(connection: Connection) -> Iterator[tuple[str, int, str, str, Mapping[str, str]]]:
    """Every finding (file, line, column, code, facts), file by file and line by line."""
    query: LiteralString = 'SELECT file, line, "column", code, facts FROM staged_finding ORDER BY rank, line, n'
    for file, line, column, code, facts in stream(connection, query):
        yield file, line, column, code, json.loads(facts)


def count_findings(connection: Connection) -> int:
    """How many findings there are."""
    found: int = execute(connection, "SELECT count(*) FROM staged_finding", {}).fetchall()[0][0]
    return found


def recorded(connection: Connection, file: str, keys: Sequence[str]) -> dict[str, list[str]]:
    """What imports have recorded of these rows, by key."""
    rows = execute(connection, _RECORDED, {"file": file, "keys": list(keys)})
    return dict(rows.fetchall())


_RECORDED: LiteralString = """
SELECT key, values FROM import_row WHERE file = %(file)s AND key = ANY(%(keys)s::text[])
"""


def remember(connection: Connection, file: str, rows: Iterable[tuple[str, Sequence[str]]]) -> None:
    """Note rows as recorded whole: (key, values)."""
    listed = list(rows)
    values = {
        "file": file,
        "keys": [key for key, _ in listed],
        "said": [SEPARATOR.join(values) for _, values in listed],
    }
    execute(connection, _REMEMBER, values)


_REMEMBER: LiteralString = """
INSERT INTO import_row (file, key, values)
SELECT %(file)s, row.key, string_to_array(row.said, chr(31))
FROM unnest(%(keys)s::text[], %(said)s::text[]) AS row (key, said)
ON CONFLICT (file, key) DO UPDATE SET values = excluded.values
"""


def remember_staged(connection: Connection, file: str, widths: Mapping[int, int]) -> None:
    """Note staged rows, by line, as recorded in their first so many columns; the others are blank until they are."""
    if widths:
        statement = _REMEMBER_STAGED.format(sql.Literal(file), sql.Identifier(STAGED[file].name))
        driver(connection).execute(statement, {"lines": list(widths), "widths": list(widths.values())})


_REMEMBER_STAGED: Final = sql.SQL("""
INSERT INTO import_row (file, key, values)
SELECT {}, staged.key, CASE WHEN row.width >= cardinality(cells) THEN cells
  ELSE cells[:row.width] || array_fill(''::text, ARRAY[cardinality(cells) - row.width]) END
FROM unnest(%(lines)s::int[], %(widths)s::int[]) AS row (line, width)
JOIN {} AS staged ON staged.line = row.line
CROSS JOIN LATERAL (SELECT string_to_array(staged.said, chr(31)) AS cells) AS whole
ON CONFLICT (file, key) DO UPDATE SET values = excluded.values
""")
