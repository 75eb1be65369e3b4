"""A generated city of 120 days, imported whole: every figure is the one computed for it elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from sludgetrack.domain.mass import STOCK_ACCOUNTS, Account
from sludgetrack.services import reporting
from sludgetrack.services.reporting import Grouping, Period
from sludgetrack.store.embedded import Cluster
from tests.domain.expected import GROUPINGS, PERIODS, Expected, fate_faults, faults, period_of, read_expected, rows_of
from tests.domain.ledger import Replay, replay
from tests.domain.shared import CITY, needs_city
from tests.services.importing import generated_city
from tests.services.importing.conftest import migrated
from tests.services.importing.making import rows, run, write
from tests.services.importing.test_history import agree, agrees_with_itself

pytestmark = needs_city

BY = {"by_division": Grouping.DIVISION, "by_plant": Grouping.PLANT, "total": Grouping.TOTAL}
YEARS_LATER = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def expected() -> Expected:
    return read_expected()


@pytest.fixture(scope="module")
def replayed() -> Replay:
    return replay(CITY)


@pytest.fixture(scope="module")
def imported(cluster: Cluster) -> Iterator[Engine]:
    """The database after one import of the whole city. Nothing may change it."""
    with migrated(cluster) as engine:
        assert run(engine, CITY).codes == []
        yield engine


def rates(engine: Engine, period: Expected, grouping: str) -> dict[str, Any]:
    """The rates as they are published, by group."""
    days = Period(date.fromisoformat(period["from"]), date.fromisoformat(period["to"]))
    with engine.connect() as connection:
        report = reporting.rates(connection, days, BY[grouping], now=YEARS_LATER)
    return {row["group"]: row for row in ([report.total] if grouping == "total" else report.rows)}


def wrong_figures(engine: Engine, expected: Expected) -> list[str]:
    """Every figure of every period and grouping that is not the expected one."""
    told = [(period_of(expected, first), grouping) for first in PERIODS for grouping in GROUPINGS]
    return [
        fault
        for period, grouping in told
        for row in rows_of(period, grouping)
        for fault in faults(row, rates(engine, period, grouping)[row["group"]])
    ]


@pytest.mark.parametrize("first", PERIODS)
@pytest.mark.parametrize("grouping", GROUPINGS)
def test_every_figure_of_a_period_is_the_expected_one(
    imported: Engine, expected: Expected, first: str, grouping: str
) -> None:
    period = period_of(expected, first)
    found = rates(imported, period, grouping)

    assert {row["group"] for row in rows_of(period, grouping)} == set(found)
    assert [fault for row in rows_of(period, grouping) for fault in faults(row, found[row["group"]])] == []


@pytest.mark.parametrize("first", PERIODS)
def test_the_balance_closes_for_every_plant(imported: Engine, expected: Expected, first: str) -> None:
    period = period_of(expected, first)
    days = Period(date.fromisoformat(period["from"]), date.fromisoformat(period["to"]))
    with imported.connect() as connection:
        report = reporting.balance(connection, days, Grouping.PLANT)

    assert len(report.rows) == 6
    assert report.differences == {}


def test_the_fates_of_the_listed_batches_are_the_expected_ones(imported: Engine, expected: Expected) -> None:
    told = expected["fates_of_some_batches"]
    found = fates(imported)

    assert len(told) > 20
    assert [fault for batch, fate in told.items() for fault in fate_faults(batch, fate, found[batch])] == []


def fates(engine: Engine) -> dict[str, dict[str, int]]:
    """What the postings say of every batch: units by fate, those with nothing left out."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    query = """
        SELECT o.name, p.account, p.route, p.compliant, sum(p.origin_units)
        FROM posting p JOIN holding o ON o.id = p.origin_id WHERE p.account <> 'produced' GROUP BY 1, 2, 3, 4"""
    for batch, account, route, compliant, units in rows(engine, query):
        disposed = f"disposed:{route}" + ("" if compliant else " (N)")
        found[batch][disposed if account == Account.DISPOSED else _LYING.get(Account(account), account)] += int(units)
    return {batch: {fate: units for fate, units in told.items() if units} for batch, told in found.items()}


_LYING = dict.fromkeys(STOCK_ACCOUNTS, "in_stock") | {Account.TRANSIT: "in_transit"}


def test_what_lies_where_and_every_posting_is_what_the_pure_functions_say(imported: Engine, replayed: Replay) -> None:
    agree(imported, replayed)


def test_an_audit_of_the_city_finds_nothing(imported: Engine) -> None:
    assert agrees_with_itself(imported)


def test_a_second_import_of_the_city_records_nothing(imported: Engine) -> None:
    again = run(imported, CITY)

    assert (again.codes, again.outcome.events) == ([], 0)
    assert {(counts.new, counts.updated) for counts in again.outcome.files.values()} == {(0, 0)}


def test_the_order_of_rows_within_files_does_not_matter(engine: Engine, expected: Expected, tmp_path: Path) -> None:
    files = generated_city.shuffled(generated_city.whole(), seed=3)

    told = run(engine, write(tmp_path / "shuffled", files))

    assert told.codes == []
    assert wrong_figures(engine, expected) == []


def test_month_by_month_the_city_comes_to_the_same(engine: Engine, replayed: Replay, tmp_path: Path) -> None:
    files = generated_city.whole()
    instalments = [*(generated_city.as_of(files, day) for day in generated_city.MONTHS), files]

    told = [run(engine, write(tmp_path / f"{n}", part)) for n, part in enumerate(instalments)]

    assert [one.codes for one in told] == [[]] * len(told)
    filled = {name: [one.counts(name).updated for one in told[1:]] for name in ("movements", "disposals")}
    assert all(sum(counts) > 0 for counts in filled.values()), filled
    agree(engine, replayed)
