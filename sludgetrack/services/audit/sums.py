"""Running sums held against the sums of the postings."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, Subquery, Table, and_, case, cast, func, select

from sludgetrack.services.audit.areas import Area, Notes
from sludgetrack.services.audit.batch_sums import check_batch_sums
from sludgetrack.store import scan
from sludgetrack.store.rates import ESTIMATED
from sludgetrack.store.tables.mass import day_sum, holding, month_sum, posting, year_sum
from sludgetrack.store.tables.registry import facility

_KEYS = ("account", "detail", "compliant", "kind")


def check_sums(connection: Connection, notes: Notes) -> None:
    """Every sum by day, month, year and batch must be what its postings add up to; a sum of nothing may be missing."""
    for table, period, day in (
        (day_sum, "day", posting.c.booked_on),
        (month_sum, "month", cast(func.date_trunc("month", posting.c.booked_on), Date)),
        (year_sum, "year", cast(func.date_trunc("year", posting.c.booked_on), Date)),
    ):
        _check(connection, table, (period, day), notes)
    check_batch_sums(connection, notes)


def _check(connection: Connection, table: Table, period: tuple[str, ColumnElement[Any]], notes: Notes) -> None:
    booked = booked_by(*period)
    name = period[0]
    keys = ("plant_id", name, *_KEYS)
    stored_units, booked_units = table.c.origin_units, booked.c.units
    query = (
        select(
            *(func.coalesce(table.c[key], booked.c[key]).label("since" if key == name else key) for key in keys),
            func.coalesce(stored_units, 0).label("stored"),
            func.coalesce(booked_units, 0).label("booked"),
        )
        .select_from(table)
        .outerjoin(booked, and_(*(table.c[key] == booked.c[key] for key in keys)), full=True)
        .where(func.coalesce(stored_units, 0) != func.coalesce(booked_units, 0))
        .order_by("plant_id", "since", *_KEYS)
    )
    codes = {row.id: row.code for row in connection.execute(select(facility.c.id, facility.c.code))}
    for row in scan.streamed(connection, query):
        plant = codes.get(row.plant_id, f"facility {row.plant_id}")
        harmless = " compliant" if row.compliant else ""
        where = f"{table.name} {plant} {row.since} {row.account} {row.detail}".rstrip() + f"{harmless} of {row.kind}"
        notes.disagree(Area.SUMS, f"{name}_sum_differs", where, f"{row.stored} units, the postings give {row.booked}")
    notes.checked(Area.SUMS, connection.execute(select(func.count()).select_from(table)).scalar_one())


def booked_by(period: str, day: ColumnElement[Any]) -> Subquery:
    """What the postings add up to, by the keys of a table of sums."""
    p, origin = posting.c, holding.alias("origin")
    detail = func.coalesce(p.route, p.cause, case((p.estimated, ESTIMATED), else_=""))
    keys = (
        p.plant_id,
        day.label(period),
        p.account,
        detail.label("detail"),
        func.coalesce(p.compliant, False).label("compliant"),
        func.coalesce(origin.c.kind, "").label("kind"),
    )
    return (
        select(*keys, func.sum(p.origin_units).label("units"))
        .outerjoin(origin, origin.c.id == p.origin_id)
        .group_by(*keys)
        .subquery("booked")
    )
