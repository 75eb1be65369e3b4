"""The loop beside the web server: it comes to every event by itself, ends when asked, and outlives a lost database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from sludgetrack import tx
from sludgetrack.worker import Loop, loop
from sludgetrack.worker.turn import BATCH
from tests.support.city import City
from tests.support.sheets import ADDRESS, Archive


@pytest.fixture(autouse=True)
def lines() -> Iterator[list[EventDict]]:
    """What is logged."""
    with capture_logs() as captured:
        yield captured


@pytest.fixture
def running(archive: Archive, city: City) -> Iterator[Loop]:
    """A loop in its thread."""
    started = Loop(archive.engine, archive.blobs, ADDRESS, now=city.clock)
    started.start()
    yield started
    started.stop()


def soon(is_so: Callable[[], bool]) -> bool:
    """Whether it comes true within some seconds."""
    until = time.monotonic() + 10
    while not is_so() and time.monotonic() < until:
        time.sleep(0.02)
    return is_so()


def test_an_event_has_its_sheet_a_moment_later(city: City, archive: Archive, running: Loop) -> None:
    city.issue()

    assert soon(lambda: len(archive.sheets()) == 1)


def test_a_stopped_loop_has_ended_and_leaves_what_comes_later(city: City, archive: Archive, running: Loop) -> None:
    assert running.stop()
    city.issue()

    assert archive.sheets() == []
    assert len(archive.asked_for()) == 1


def test_a_loop_that_was_never_started_is_stopped(archive: Archive) -> None:
    assert Loop(archive.engine, archive.blobs, ADDRESS).stop()


def test_two_loops_at_once_make_every_sheet_once(city: City, archive: Archive, running: Loop) -> None:
    other = Loop(archive.engine, archive.blobs, ADDRESS, now=city.clock)
    other.start()
    for _ in range(4):
        city.load(city.issue())

    assert soon(lambda: archive.asked_for() == [])
    assert other.stop()
    assert sorted(sheet.event_id for sheet in archive.sheets()) == sorted(archive.with_sheet())


def test_draining_does_all_that_is_due_batch_by_batch(city: City, archive: Archive) -> None:
    for _ in range(BATCH + 2):
        city.issue()

    assert Loop(archive.engine, archive.blobs, ADDRESS, now=city.clock).drain() == BATCH + 2


def test_a_lost_database_is_waited_for_with_growing_rests(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, lines: list[EventDict]
) -> None:
    monkeypatch.setattr(loop, "SHORTEST_REST_S", 0.01)
    lost = Loop(tx.make_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing"), archive.blobs, ADDRESS)
    lost.start()

    assert soon(lambda: len(lines) >= 3)
    assert lost.stop()
    assert all(line["event"] == "outbox_failed" for line in lines)
    assert len(lines) < 12
