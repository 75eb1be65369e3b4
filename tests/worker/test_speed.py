"""How much making a sheet costs beyond its rendering."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from sludgetrack.documents import sheet
from sludgetrack.worker import Loop
from tests.support.city import City
from tests.support.sheets import ADDRESS, Archive, content


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
