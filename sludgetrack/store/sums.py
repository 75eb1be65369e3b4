"""Running sums of origin dry solids by producing plant, day and month, kept in the transaction of the postings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects.postgresql import insert

from sludgetrack.store.rows import as_table
from sludgetrack.store.tables.mass import day_sum, month_sum


class SumKey(NamedTuple):
    """What a running sum is kept for; see ``tables.mass`` for detail and sewer."""

    plant_id: int
    day: date
    account: str
    detail: str
    compliant: bool
    sewer: bool


def add_to_sums(connection: Connection, sums: Mapping[SumKey, int]) -> None:
    """Add to day and month sums. Rows are taken in one order by all writers, so that none waits in a circle."""
    if not sums:
        return
    _add(connection, day_sum, sums)
    months: dict[SumKey, int] = {}
    for key, units in sums.items():
        month = key._replace(day=key.day.replace(day=1))
        months[month] = months.get(month, 0) + units
    _add(connection, month_sum, months)


def _add(connection: Connection, table: Table, sums: Mapping[SumKey, int]) -> None:
    keys = sorted(sums)
    columns = [column for column in table.c if column.name != "origin_units"]
    values = [(column, [key[i] for key in keys]) for i, column in enumerate(columns)]
    rows = as_table("added", [*values, (table.c.origin_units, [sums[key] for key in keys])])
    statement = insert(table).from_select([c.name for c in table.c], select(*rows.c))
    statement = statement.on_conflict_do_update(
        index_elements=columns,
        set_={"origin_units": table.c.origin_units + statement.excluded.origin_units},
    )
    connection.execute(statement)
