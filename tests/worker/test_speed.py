"""How much making a sheet costs beyond its rendering, and how soon it is there under load."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from sludgetrack.documents import sheet
from sludgetrack.store.tables.manifests import sheet as table
from sludgetrack.worker import Loop
from tests.support.city import City
from tests.support.sheets import ADDRESS, Archive, content

SHEETS_PER_SECOND = 20
SECONDS = 60


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with capture_logs():
        yield


@pytest.mark.bench
def test_reading_keeping_and_logging_a_sheet_cost_less_than_rendering_it(city: City, archive: Archive) -> None:
    city.produce(wet_kg=4_000_000)
    numbers = [city.issue() for _ in range(64)]
    for number in numbers:
        city.load(number)
    loop = Loop(archive.engine, archive.blobs, ADDRESS, now=city.clock)
    contents = [content(archive.engine, number) for number in numbers]
    loop.turn()

    began = time.perf_counter()
    made = loop.drain()
    whole = (time.perf_counter() - began) / made
    began = time.perf_counter()
    for each in contents:
        sheet.render(each)
    rendering = (time.perf_counter() - began) / len(contents)

    print(f"\n{whole * 1000:.1f} ms a sheet, {rendering * 1000:.1f} ms of it rendering, {1 / whole:.0f} sheets/s")  # noqa: T201
    assert whole < 2 * rendering


@pytest.mark.campaign
def test_at_twenty_handoffs_a_second_sheets_are_there_within_a_second(city: City, archive: Archive) -> None:
    city.clock.now = datetime.now(UTC)
    loop = Loop(archive.engine, archive.blobs, ADDRESS)
    asked: list[float] = []
    seen: list[float] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.02):
            with archive.engine.connect() as connection:
                count = connection.execute(select(func.count()).select_from(table)).scalar_one()
            seen.extend([time.monotonic()] * (count - len(seen)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    loop.start()
    began = time.monotonic()
    for n in range(SHEETS_PER_SECOND * SECONDS):
        time.sleep(max(0.0, began + n / SHEETS_PER_SECOND - time.monotonic()))
        city.clock.now = datetime.now(UTC)
        city.issue()
        asked.append(time.monotonic())
    time.sleep(3)
    stop.set()
    watcher.join()
    loop.stop()

    waits = [there - then for then, there in zip(asked, seen, strict=True)]
    p95 = statistics.quantiles(waits, n=20)[-1]
    print(f"\n{len(waits)} sheets, median {statistics.median(waits):.2f} s, p95 {p95:.2f} s, last {max(waits):.2f} s")  # noqa: T201
    assert p95 < 1
