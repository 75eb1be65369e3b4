"""Running sums of batches, and those of the cohort rate that go by them, held against the postings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, LiteralString

from sqlalchemy import Connection, func, select, text

from sludgetrack.services.audit.areas import Area, Notes
from sludgetrack.store.tables.mass import batch_sum, cohort_sum

BOOKED: LiteralString = """
SELECT p.origin_id, o.facility_id AS plant_id,
    min(p.booked_on) AS first_on, max(p.booked_on) AS last_on,
    -coalesce(sum(p.origin_units) FILTER (WHERE p.account = 'produced'), 0)::bigint AS produced,
    coalesce(sum(p.origin_units) FILTER (WHERE p.account = 'disposed' AND p.compliant), 0)::bigint AS harmless,
    coalesce(sum(greatest(0, p.origin_units)) FILTER (WHERE p.account = 'disposed' AND p.compliant), 0)::bigint
        AS gross,
    -sum(p.origin_units)::bigint AS stock,
    array_agg(DISTINCT p.booked_on ORDER BY p.booked_on) FILTER (WHERE p.account = 'produced') AS days,
    coalesce(count(DISTINCT date_trunc('month', p.booked_on)) FILTER (WHERE p.account = 'produced') > 1, false)
        AS spread
FROM posting p JOIN holding o ON o.id = p.origin_id
WHERE p.account IN ('produced', 'disposed', 'unaccounted') AND o.kind = 'plant_sludge'
GROUP BY p.origin_id, o.facility_id
"""
"""What the postings say of each batch of plant sludge; ``days`` are those its production counts on."""

COHORTS: LiteralString = """
SELECT b.plant_id, date_trunc('month', b.produced_on)::date AS produced_month,
    date_trunc('month', p.booked_on - 30)::date AS counted_from, sum(p.origin_units)::bigint AS origin_units
FROM batch_sum b JOIN posting p ON p.origin_id = b.origin_id
WHERE b.produced_on IS NOT NULL AND p.account = 'disposed' AND p.compliant
GROUP BY 1, 2, 3
"""
"""What the sums of the cohort are to be, by the batches as they are stored."""

_NUMBERS = ("first_on", "last_on", "produced", "harmless", "gross", "stock", "spread", "beyond")


def check_batch_sums(connection: Connection, notes: Notes) -> None:
    """Every batch must have the sums its postings add up to, and the cohort what those of its batches add up to."""
    for row in _rows(connection, _BATCHES):
        where = f"batch_sum {row.name or f'holding {row.origin_id}'}"
        notes.disagree(Area.SUMS, "batch_sum_differs", where, _difference(row))
    for row in _rows(connection, _COHORT_SUMS):
        where = f"cohort_sum {row.plant} {row.produced_month} {row.counted_from}"
        detail = f"{row.stored} units, the postings give {row.booked}"
        notes.disagree(Area.SUMS, "cohort_sum_differs", where, detail)
    for table in (batch_sum, cohort_sum):
        notes.checked(Area.SUMS, connection.execute(select(func.count()).select_from(table)).scalar_one())


def _rows(connection: Connection, query: LiteralString) -> Iterator[Any]:
    result = connection.execute(text(query).execution_options(yield_per=500))
    yield from result
    result.close()


def _difference(row: Any) -> str:
    if row.stored_first_on is None:
        return "there is no row"
    if row.first_on is None:
        return "nothing was booked that it could sum up"
    differing = [
        f"{name} is {getattr(row, f'stored_{name}')}, the postings give {getattr(row, name)}"
        for name in ("plant_id", *_NUMBERS)
        if getattr(row, f"stored_{name}") != getattr(row, name)
    ]
    return "; ".join(differing) or f"produced_on is {row.produced_on}, a day no production counts on"


_JUDGED: LiteralString = """
, judged AS (
    SELECT coalesce(b.origin_id, s.origin_id) AS origin_id, s.produced_on, b.days,
        b.plant_id, b.first_on, b.last_on, b.produced, b.harmless, b.gross, b.stock,
        b.spread OR (s.produced_on IS NULL AND b.days IS NOT NULL) AS spread,
        b.spread OR (s.produced_on IS NULL AND b.days IS NOT NULL) OR b.gross > b.produced AS beyond,
        s.plant_id AS stored_plant_id, s.first_on AS stored_first_on, s.last_on AS stored_last_on,
        s.produced AS stored_produced, s.harmless AS stored_harmless, s.gross AS stored_gross,
        s.stock AS stored_stock, s.spread AS stored_spread, s.beyond AS stored_beyond
    FROM booked b FULL JOIN batch_sum s ON s.origin_id = b.origin_id
)
SELECT judged.*, holding.name FROM judged LEFT JOIN holding ON holding.id = judged.origin_id
WHERE (plant_id, first_on, last_on, produced, harmless, gross, stock, judged.spread, judged.beyond)
    IS DISTINCT FROM (stored_plant_id, stored_first_on, stored_last_on, stored_produced, stored_harmless,
        stored_gross, stored_stock, stored_spread, stored_beyond)
    OR (produced_on IS NOT NULL AND produced_on <> ALL(coalesce(days, '{}')))
ORDER BY judged.origin_id
"""
"""Where no production counts on any day, ``produced_on`` must be none; where it is none, the batch counts as spread."""
_BATCHES: LiteralString = "WITH booked AS (" + BOOKED + ")" + _JUDGED

_COHORT_SUMS: LiteralString = (
    "WITH booked AS ("
    + COHORTS
    + """)
SELECT f.code AS plant, produced_month, counted_from,
    coalesce(s.origin_units, 0) AS stored, coalesce(b.origin_units, 0) AS booked
FROM booked b FULL JOIN cohort_sum s USING (plant_id, produced_month, counted_from)
JOIN facility f ON f.id = plant_id
WHERE coalesce(s.origin_units, 0) <> coalesce(b.origin_units, 0)
ORDER BY f.code, produced_month, counted_from
"""
)
