"""Facilities and haulers for choosing from, page by page: what everybody who deals with sludge may know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from sludgetrack.store.scope import under
from sludgetrack.store.tables.registry import facility, organisation


@dataclass(frozen=True, slots=True)
class FacilityFilters:
    """What a list of facilities is narrowed to; all given conditions hold. ``division`` names all under it."""

    kind: str | None = None
    division: str | None = None
    organisation: str | None = None
    route: str | None = None


def facility_rows(
    connection: Connection, filters: FacilityFilters, *, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Up to ``limit`` facilities with ids above ``after``, oldest registration first."""
    f, o = facility.c, organisation.c
    query = (
        select(facility, o.code.label("organisation"), o.name.label("organisation_name"))
        .join(organisation, o.id == f.organisation_id)
        .where(*_conditions(filters))
        .order_by(f.id)
        .limit(limit)
    )
    return connection.execute(query if after is None else query.where(f.id > after)).all()


def _conditions(filters: FacilityFilters) -> list[ColumnElement[bool]]:
    given = [(filters.kind, facility.c.kind), (filters.organisation, organisation.c.code)]
    conditions: list[ColumnElement[bool]] = [column == value for value, column in given if value is not None]
    if filters.division is not None:
        conditions.append(under(facility.c.division, filters.division))
    if filters.route is not None:
        conditions.append(facility.c.routes.contains([filters.route]))
    return conditions


def hauler_rows(connection: Connection, *, after: int | None, limit: int) -> Sequence[Row[Any]]:
    """Up to ``limit`` haulers with ids above ``after``, oldest registration first."""
    o = organisation.c
    name = func.coalesce(o.hauler_name, o.name).label("name")
    columns: list[Any] = [o.id, o.hauler_code.label("code"), name, o.division, o.licence]
    query = select(*columns).where(o.hauler_code.is_not(None)).order_by(o.id).limit(limit)
    return connection.execute(query if after is None else query.where(o.id > after)).all()
