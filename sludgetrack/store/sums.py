"""Running sums of origin dry solids, kept in the transaction of the postings.

By producing plant, day, month and year for balance and rates; for the cohort rate by month of production and the month
from whose end on a disposal counts; and by production batch, which tells where a batch was disposed of beyond what it
was produced with. Of batches only plant sludge is kept: nothing else enters a rate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import LiteralString, NamedTuple, Protocol

from sqlalchemy import Connection

from sludgetrack.domain.holdings import Kind
from sludgetrack.domain.mass import Account, Posting
from sludgetrack.domain.rates import COHORT_DAYS
from sludgetrack.store.rows import execute

_COHORT = timedelta(days=COHORT_DAYS)
_FLOWS = frozenset({Account.PRODUCED, Account.DISPOSED, Account.UNACCOUNTED})
"""The accounts through which origin enters and leaves stock."""


class SumKey(NamedTuple):
    """What a running sum is kept for; see ``tables.mass`` for detail and kind."""

    plant_id: int
    day: date
    account: str
    detail: str
    compliant: bool
    kind: str


class Summed(Protocol):
    """A production batch as the sums know it: its row, its producing plant, its kind."""

    @property
    def id(self) -> int: ...

    @property
    def plant_id(self) -> int: ...

    @property
    def kind(self) -> str: ...


@dataclass(slots=True)
class BatchChange:
    """What one unit of work changes in the sums of a batch; see ``tables.mass.batch_sum``.

    ``harmless`` is by the month from whose end on it counts.
    """

    plant_id: int
    first_on: date
    last_on: date
    produced_on: date | None = None
    produced: int = 0
    harmless: dict[date, int] = field(default_factory=dict)
    gross: int = 0
    stock: int = 0
    spread: bool = False

    def take(self, posting: Posting, day: date) -> None:
        """Add a posting on one of the accounts that change stock."""
        units = posting.origin_units
        self.first_on, self.last_on = min(self.first_on, day), max(self.last_on, day)
        self.stock -= units
        if posting.account is Account.PRODUCED:
            self._produce(-units, day)
        elif posting.compliant:
            counts_from = counted_from(day)
            self.harmless[counts_from] = self.harmless.get(counts_from, 0) + units
            self.gross += max(0, units)

    def _produce(self, units: int, day: date) -> None:
        self.produced += units
        self.produced_on = self.produced_on or day
        self.spread = self.spread or self.produced_on.replace(day=1) != day.replace(day=1)


class Summing:
    """The sums of one unit of work, gathered posting by posting and added to the tables at once."""

    def __init__(self) -> None:
        self._sums: dict[SumKey, int] = defaultdict(int)
        self._batches: dict[int, BatchChange] = {}

    def take(self, posting: Posting, origin: Summed, day: date) -> None:
        """Add a posting that counts on a day."""
        self._sums[_sum_key(posting, origin, day)] += posting.origin_units
        if posting.account in _FLOWS and origin.kind == Kind.PLANT_SLUDGE:
            change = self._batches.get(origin.id)
            if change is None:
                change = self._batches[origin.id] = BatchChange(origin.plant_id, day, day)
            change.take(posting, day)

    def write(self, connection: Connection) -> None:
        """Add everything to the tables. Rows are taken in one order by all writers, so that none waits in a circle.

        Stock that adds up to nothing (a load that arrived within the same unit of work) changes no sum and makes no
        row. What flowed always makes one, which tells that there are events behind it.
        """
        days = {key: units for key, units in self._sums.items() if units or key.account in _FLOWS}
        if not days and not self._batches:
            return
        months: dict[SumKey, int] = defaultdict(int)
        for key, units in days.items():
            months[SumKey(key.plant_id, key.day.replace(day=1), *key[2:])] += units
        years: dict[SumKey, int] = defaultdict(int)
        for key, units in months.items():
            years[SumKey(key.plant_id, key.day.replace(month=1), *key[2:])] += units
        columns = {**_columns("d", days), **_columns("m", months), **_columns("y", years)}
        if self._batches:
            execute(connection, _ADD_WITH_BATCHES, {**columns, **_batch_columns(self._batches)})
        else:
            execute(connection, _ADD, columns)


def counted_from(day: date) -> date:
    """The first of the month whose cohort counts a disposal of this day, and so do those of all months after it."""
    return (day - _COHORT).replace(day=1)


def _sum_key(posting: Posting, origin: Summed, day: date) -> SumKey:
    detail = posting.route or posting.cause or ("estimated" if posting.estimated else "")
    compliant = bool(posting.compliant)
    return SumKey(origin.plant_id, day, str(posting.account), str(detail), compliant, origin.kind)


def _columns(prefix: str, sums: Mapping[SumKey, int]) -> dict[str, list[object]]:
    keys = sorted(sums)
    columns: dict[str, list[object]] = {
        f"{prefix}_{name}": [key[i] for key in keys] for i, name in enumerate(SumKey._fields)
    }
    columns[f"{prefix}_units"] = [sums[key] for key in keys]
    return columns


def _batch_columns(batches: Mapping[int, BatchChange]) -> dict[str, list[object]]:
    ids = sorted(batches)
    changes = [batches[i] for i in ids]
    cohorts = [(i, month, units) for i in ids for month, units in batches[i].harmless.items() if units]
    return {
        "b_ids": [*ids],
        "b_plants": [change.plant_id for change in changes],
        "b_produced_on": [change.produced_on for change in changes],
        "b_first_on": [change.first_on for change in changes],
        "b_last_on": [change.last_on for change in changes],
        "b_produced": [change.produced for change in changes],
        "b_harmless": [sum(change.harmless.values()) for change in changes],
        "b_gross": [change.gross for change in changes],
        "b_stock": [change.stock for change in changes],
        "b_spread": [change.spread for change in changes],
        "c_ids": [i for i, _, _ in cohorts],
        "c_months": [month for _, month, _ in cohorts],
        "c_units": [units for _, _, units in cohorts],
    }


_DAYS_AND_MONTHS: LiteralString = """
WITH days AS (
    INSERT INTO day_sum (plant_id, day, account, detail, compliant, kind, origin_units)
    SELECT * FROM unnest(
        %(d_plant_id)s::bigint[], %(d_day)s::date[], %(d_account)s::text[], %(d_detail)s::text[],
        %(d_compliant)s::boolean[], %(d_kind)s::text[], %(d_units)s::bigint[])
    ON CONFLICT (plant_id, day, account, detail, compliant, kind)
    DO UPDATE SET origin_units = day_sum.origin_units + excluded.origin_units
), months AS (
    INSERT INTO month_sum (plant_id, month, account, detail, compliant, kind, origin_units)
    SELECT * FROM unnest(
        %(m_plant_id)s::bigint[], %(m_day)s::date[], %(m_account)s::text[], %(m_detail)s::text[],
        %(m_compliant)s::boolean[], %(m_kind)s::text[], %(m_units)s::bigint[])
    ON CONFLICT (plant_id, month, account, detail, compliant, kind)
    DO UPDATE SET origin_units = month_sum.origin_units + excluded.origin_units
)
"""
_BATCHES: LiteralString = """
, batches AS (
    INSERT INTO batch_sum AS b (
        origin_id, plant_id, produced_on, first_on, last_on, produced, harmless, gross, stock, spread, beyond)
    SELECT id, plant, produced_on, first_on, last_on, produced, harmless, gross, stock, spread,
        spread OR gross > produced
    FROM unnest(
        %(b_ids)s::bigint[], %(b_plants)s::bigint[], %(b_produced_on)s::date[], %(b_first_on)s::date[],
        %(b_last_on)s::date[], %(b_produced)s::bigint[], %(b_harmless)s::bigint[], %(b_gross)s::bigint[],
        %(b_stock)s::bigint[], %(b_spread)s::boolean[])
        AS n (id, plant, produced_on, first_on, last_on, produced, harmless, gross, stock, spread)
    ON CONFLICT (origin_id) DO UPDATE SET
        first_on = least(b.first_on, excluded.first_on),
        last_on = greatest(b.last_on, excluded.last_on),
        produced = b.produced + excluded.produced,
        harmless = b.harmless + excluded.harmless,
        gross = b.gross + excluded.gross,
        stock = b.stock + excluded.stock,
        spread = b.spread OR excluded.spread OR (excluded.produced_on IS NOT NULL
            AND date_trunc('month', excluded.produced_on) IS DISTINCT FROM date_trunc('month', b.produced_on)),
        beyond = b.spread OR excluded.spread OR (excluded.produced_on IS NOT NULL
            AND date_trunc('month', excluded.produced_on) IS DISTINCT FROM date_trunc('month', b.produced_on))
            OR b.gross + excluded.gross > b.produced + excluded.produced
    RETURNING b.origin_id, b.plant_id, b.produced_on
), cohorts AS (
    INSERT INTO cohort_sum (plant_id, produced_month, counted_from, origin_units)
    SELECT batches.plant_id, date_trunc('month', batches.produced_on)::date, n.month, sum(n.units)::bigint
    FROM unnest(%(c_ids)s::bigint[], %(c_months)s::date[], %(c_units)s::bigint[]) AS n (id, month, units)
    JOIN batches ON batches.origin_id = n.id
    WHERE batches.produced_on IS NOT NULL
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (plant_id, produced_month, counted_from)
    DO UPDATE SET origin_units = cohort_sum.origin_units + excluded.origin_units
)
"""
"""A batch that is there already keeps its ``produced_on``, none included: see ``tables.mass.batch_sum``."""
_YEARS: LiteralString = """
INSERT INTO year_sum (plant_id, year, account, detail, compliant, kind, origin_units)
SELECT * FROM unnest(
    %(y_plant_id)s::bigint[], %(y_day)s::date[], %(y_account)s::text[], %(y_detail)s::text[],
    %(y_compliant)s::boolean[], %(y_kind)s::text[], %(y_units)s::bigint[])
ON CONFLICT (plant_id, year, account, detail, compliant, kind)
DO UPDATE SET origin_units = year_sum.origin_units + excluded.origin_units
"""
_ADD: LiteralString = _DAYS_AND_MONTHS + _YEARS
_ADD_WITH_BATCHES: LiteralString = _DAYS_AND_MONTHS + _BATCHES + _YEARS
