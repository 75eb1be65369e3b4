"""Rows into tables by COPY: one way for one row and for a hundred thousand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Table, cast, func, select
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
    return driver(connection).execute(statement, parameters)


def copy_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows. Values are as psycopg takes them; JSON goes in as text."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def as_table(name: str, columns: Sequence[tuple[NamedColumn[Any], Sequence[Any]]]) -> FromClause:
    """The given values as rows to select from: one ``unnest`` of an array per column."""
    arrays = [cast(list(values), ARRAY(column.type)) for column, values in columns]
    unnested = func.unnest(*arrays).table_valued(*(column.name for column, _ in columns), name=name)
    return unnested.render_derived()


def next_ids(connection: Connection, sequence: str, count: int) -> list[int]:
    """``count`` fresh values of a sequence."""
    if not count:
        return []
    values = func.generate_series(1, count).table_valued("n")
    return list(connection.scalars(select(func.nextval(sequence)).select_from(values)))
