"""Rates, balance and what opens behind their figures, over a year of a country: how long a call takes.

``make bench`` prints the figures; they are figures of the machine that ran them, so nothing fails for being slow. What
fails is a sum that is not that of the postings. BENCH_HOME (a data directory) or BENCH_DATABASE_URL names a database
that is there already and is only read; else as many truckloads as BENCH_TRUCKLOADS says are imported into one of its
own, which takes a second for every 700 or so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Row, text

from sludgetrack import tx
from sludgetrack.services.figures import BATCH_FIGURES, Asked, Figure, open_batches, open_events
from sludgetrack.services.reporting import Grouping, Period, balance, rates
from sludgetrack.store import embedded
from sludgetrack.store.rates import flows
from tests.bench import country

pytestmark = pytest.mark.bench

TRUCKLOADS = int(os.environ.get("BENCH_TRUCKLOADS", "20000"))
CALLS = int(os.environ.get("BENCH_CALLS", "100"))
Print = Callable[[str], None]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with _database() as engine:
        yield engine
        engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        yield connection


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Print:
    def say(line: str) -> None:
        with capsys.disabled():
            print(line)

    return say


@pytest.fixture
def year(connection: Connection) -> Period:
    """The year in which most was produced."""
    query = text(
        "SELECT extract(year FROM month)::int FROM month_sum WHERE account = 'produced'"
        " GROUP BY 1 ORDER BY sum(origin_units) LIMIT 1"
    )
    found = connection.execute(query).scalar_one()
    return Period(date(found, 1, 1), date(found, 12, 31))


def test_rates_and_balance_of_a_year(connection: Connection, year: Period, say: Print) -> None:
    counts = connection.execute(
        text("SELECT (SELECT count(*) FROM manifest), (SELECT count(*) FROM entry), (SELECT count(*) FROM posting)")
    ).one()
    say("\n{:,} truckloads, {:,} entries, {:,} postings".format(*counts))
    now = datetime.now(UTC)
    for by in (Grouping.DIVISION, Grouping.MONTH, Grouping.CITY_CLASS, Grouping.PLANT):
        _time(say, f"rates by {by}, the year", partial(rates, connection, year, by, now=now))
        _time(say, f"balance by {by}, the year", partial(balance, connection, year, by))
    odd = Period(date(year.first.year, 2, 11), date(year.first.year, 8, 19))
    _time(say, "rates by division, odd days", partial(rates, connection, odd, Grouping.DIVISION, now=now), calls=10)


def test_what_opens_behind_a_figure(connection: Connection, year: Period, say: Print) -> None:
    report = rates(connection, year, Grouping.DIVISION, now=datetime.now(UTC))
    division = max(report.rows, key=lambda row: float(row["produced"] or 0))["group"]
    plant = connection.execute(text("SELECT code FROM facility JOIN batch_sum b ON b.plant_id = facility.id LIMIT 1"))
    groups = ((Grouping.TOTAL, None), (Grouping.DIVISION, division), (Grouping.PLANT, plant.scalar_one()))
    say("")
    for figure in Figure:
        detail = max(report.total["by_route"] or {"I1": ""}) if figure is Figure.BY_ROUTE else ""
        for by, group in groups:
            asked = Asked(figure, year, detail, by, group)
            _time(say, f"{figure} of {group or 'all'}, first page", partial(_page, connection, asked, ""))
            deep = _some_way_in(connection, asked)
            if deep:
                _time(say, f"{figure} of {group or 'all'}, later page", partial(_page, connection, asked, deep))


def test_running_sums_against_the_postings(connection: Connection, year: Period, say: Print) -> None:
    from_sums = sorted(flow for flow in flows(connection, year, Grouping.DIVISION, "") if flow.units)
    from_postings = sorted(map(tuple, _from_postings(connection, year)))

    quick = _time(say, "flows by division", lambda: list(flows(connection, year, Grouping.DIVISION, "")))
    slow = _time(say, "the same out of the postings", lambda: _from_postings(connection, year), calls=3)
    say(f"running sums : postings = 1 : {slow / quick:.0f}")
    assert [tuple(flow) for flow in from_sums] == from_postings


_FROM_POSTINGS = """
SELECT f.division, p.booked_on < :first AS before, p.account,
    coalesce(p.route, p.cause, CASE WHEN p.estimated THEN 'estimated' ELSE '' END) AS detail,
    coalesce(p.compliant, false) AS compliant, sum(p.origin_units)::bigint AS units
FROM posting p JOIN holding o ON o.id = p.origin_id JOIN facility f ON f.id = p.plant_id
WHERE o.kind = 'plant_sludge' AND p.booked_on <= :last
    AND (p.booked_on >= :first OR p.account IN ('plant_stock', 'transit', 'site_stock'))
GROUP BY 1, 2, 3, 4, 5 HAVING sum(p.origin_units) <> 0
"""


def _from_postings(connection: Connection, year: Period) -> Sequence[Row[Any]]:
    return connection.execute(text(_FROM_POSTINGS), {"first": year.first, "last": year.last}).all()


def _page(connection: Connection, asked: Asked, cursor: str) -> str | None:
    opening = open_batches if asked.figure in BATCH_FIGURES else open_events
    return opening(connection, asked, cursor=cursor).next


def _some_way_in(connection: Connection, asked: Asked) -> str | None:
    """Where the sixth page begins, if there are so many."""
    cursor: str | None = ""
    for _ in range(5):
        if cursor is not None:
            cursor = _page(connection, asked, cursor)
    return cursor


def _time(say: Print, what: str, call: Callable[[], object], *, calls: int = CALLS) -> float:
    """Call it so many times and print how long that took; the median in seconds."""
    took = []
    for _ in range(calls):
        begin = time.perf_counter()
        call()
        took.append(time.perf_counter() - begin)
    took.sort()
    at = {p: took[min(calls - 1, calls * p // 100)] * 1000 for p in (50, 95)}
    say(f"{what:<60} p50 {at[50]:7.1f} p95 {at[95]:7.1f} max {took[-1] * 1000:7.1f} ms")
    return took[calls // 2]


@contextmanager
def _database() -> Iterator[Engine]:
    url, home = os.environ.get("BENCH_DATABASE_URL"), os.environ.get("BENCH_HOME")
    if url:
        yield tx.make_engine(url)
    elif home:
        with embedded.ensure_running(Path(home)) as cluster:
            yield tx.make_engine(cluster.app_url)
    else:
        with _imported() as own, embedded.ensure_running(own) as cluster:
            yield tx.make_engine(cluster.app_url)


@contextmanager
def _imported() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="sludgetrack-bench-"))
    home.chmod(0o755)
    ledgers = home / "ledgers"
    ledgers.mkdir()
    country.write(ledgers, TRUCKLOADS)
    command = [str(Path(sys.executable).parent / "sludgetrack"), "import", str(ledgers)]
    subprocess.run(command, env={**os.environ, "SLUDGETRACK_HOME": str(home)}, check=True, stdout=subprocess.DEVNULL)
    yield home
    shutil.rmtree(home)
