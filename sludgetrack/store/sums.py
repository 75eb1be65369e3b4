"""Running sums of origin dry solids by producing plant, day and month, kept in the transaction of the postings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from sludgetrack.store.rows import execute


class SumKey(NamedTuple):
    """What a running sum is kept for; see ``tables.mass`` for detail and kind."""

    plant_id: int
    day: date
    account: str
    detail: str
    compliant: bool
    kind: str


def add_to_sums(connection: Connection, sums: Mapping[SumKey, int]) -> None:
    """Add to day and month sums. Rows are taken in one order by all writers, so that none waits in a circle.

    What adds up to nothing (a load that arrived within the same unit of work) changes no sum and makes no row.
    """
    days = {key: units for key, units in sums.items() if units}
    if not days:
        return
    months: dict[SumKey, int] = {}
    for key, units in days.items():
        month = SumKey(key.plant_id, key.day.replace(day=1), *key[2:])
        months[month] = months.get(month, 0) + units
    execute(connection, _ADD, {**_columns("d", days), **_columns("m", months)})


def _columns(prefix: str, sums: Mapping[SumKey, int]) -> dict[str, list[object]]:
    keys = sorted(sums)
    columns: dict[str, list[object]] = {
        f"{prefix}_{name}": [key[i] for key in keys] for i, name in enumerate(SumKey._fields)
    }
    columns[f"{prefix}_units"] = [sums[key] for key in keys]
    return columns


_ADD = """
WITH days AS (
    INSERT INTO day_sum (plant_id, day, account, detail, compliant, kind, origin_units)
    SELECT * FROM unnest(
        %(d_plant_id)s::bigint[], %(d_day)s::date[], %(d_account)s::text[], %(d_detail)s::text[],
        %(d_compliant)s::boolean[], %(d_kind)s::text[], %(d_units)s::bigint[])
    ON CONFLICT (plant_id, day, account, detail, compliant, kind)
    DO UPDATE SET origin_units = day_sum.origin_units + excluded.origin_units
)
INSERT INTO month_sum (plant_id, month, account, detail, compliant, kind, origin_units)
SELECT * FROM unnest(
    %(m_plant_id)s::bigint[], %(m_day)s::date[], %(m_account)s::text[], %(m_detail)s::text[],
    %(m_compliant)s::boolean[], %(m_kind)s::text[], %(m_units)s::bigint[])
ON CONFLICT (plant_id, month, account, detail, compliant, kind)
DO UPDATE SET origin_units = month_sum.origin_units + excluded.origin_units
"""
