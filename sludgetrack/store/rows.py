"""Rows into tables by COPY: one way for one row and for a hundred thousand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Table, cast, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import NamedColumn
from sqlalchemy.sql.selectable import FromClause


def driver(connection: Connection) -> psycopg.Connection[Any]:
    """The psycopg connection under a SQLAlchemy one, in the same transaction."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)  # noqa: S101 - narrows the type; the engine knows no other driver
    return raw


def execute(connection: Connection, statement: LiteralString, parameters: Mapping[str, Any]) -> psycopg.Cursor[Any]:
    """Run fixed SQL in the transaction, past SQLAlchemy's building of statements.

    For the few statements every handoff runs: many rows at once, each column an array in ``parameters``.
    """
    plain = {name: _array(value) if type(value) is list else value for name, value in parameters.items()}
    return driver(connection).execute(statement, plain)


def plan_by_values(connection: Connection) -> None:
    """Plan each statement for its own values for the rest of the transaction, however often it has been run.

    For questions whose period or place decide how they are best answered: the one plan that the server keeps for all
    values once a statement has been prepared may take a thousand times as long.
    """
    driver(connection).execute("SET LOCAL plan_cache_mode = force_custom_plan")


def _array(values: list[Any]) -> Any:
    """A list of one of the usual kinds as an array literal, which is much faster than the driver's own way.

    The statement casts it. Other kinds are left to the driver.
    """
    kinds = {type(value) for value in values} - {type(None)}
    if kinds <= _PLAIN_KINDS:
        return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"
    if all(issubclass(kind, str) for kind in kinds):
        return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"
    if kinds == {bytes}:
        return "{" + ",".join(["NULL" if value is None else f'"\\\\x{value.hex()}"' for value in values]) + "}"
    return values


_PLAIN_KINDS = {int, bool, date}


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def copy_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows. Values are as psycopg takes them; JSON goes in as text."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def words_array(words: Iterable[str]) -> str:
    """The array literal of plain words without spaces, quotes and commas, such as marks."""
    return "{" + ",".join(words) + "}"


def as_table(name: str, columns: Sequence[tuple[NamedColumn[Any], Sequence[Any]]]) -> FromClause:
    """The given values as rows to select from: one ``unnest`` of an array per column."""
    arrays = [cast(list(values), ARRAY(column.type)) for column, values in columns]
    unnested = func.unnest(*arrays).table_valued(*(column.name for column, _ in columns), name=name)
    return unnested.render_derived()


def next_ids(connection: Connection, sequence: str, count: int) -> list[int]:
    """``count`` fresh values of a sequence."""
    if not count:
        return []
    rows = execute(connection, _NEXT_IDS, {"sequence": sequence, "count": count})
    return [row[0] for row in rows.fetchall()]


_NEXT_IDS: LiteralString = "SELECT nextval(%(sequence)s::regclass) FROM generate_series(1, %(count)s)"
