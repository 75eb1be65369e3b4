"""Organisations for lists: their names by code."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from sludgetrack.store.tables.registry import organisation


def names_of(connection: Connection, codes: Collection[str]) -> dict[str, str]:
    """The registered names of these organisations; codes that are none are left out."""
    query = select(organisation.c.code, organisation.c.name).where(organisation.c.code.in_(list(codes)))
    return {row.code: row.name for row in connection.execute(query)}
