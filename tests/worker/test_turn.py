"""One turn: a batch together, its pieces one by one where it fails, nothing lost and nothing done twice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, text
from structlog.testing import capture_logs
from structlog.typing import EventDict

from sludgetrack import tx
from sludgetrack.store.blobs import FolderBlobs
from sludgetrack.store.outbox import Topic
from sludgetrack.worker.handlers import handlers
from sludgetrack.worker.turn import Desk, described
from tests.support.city import City
from tests.support.sheets import ADDRESS, Archive


@pytest.fixture
def desk(archive: Archive) -> Desk:
    """Where the sheets of the city are made."""
    return sheet_desk(archive, archive.blobs)


def sheet_desk(archive: Archive, blobs: FolderBlobs) -> Desk:
    return Desk(archive.engine, Topic.SHEET, handlers(blobs, ADDRESS)[Topic.SHEET])


@pytest.fixture(autouse=True)
def lines() -> Iterator[list[EventDict]]:
    """What is logged."""
    with capture_logs() as captured:
        yield captured


class Dying(FolderBlobs):
    """A store that fails right after it has kept a file."""

    def put(self, content: bytes) -> bytes:
        super().put(content)
        raise OSError(5, "Input/output error")


def files(archive: Archive) -> int:
    return sum(path.is_file() for path in archive.folder.rglob("*"))


def test_every_event_gets_its_sheet_and_leaves_the_outbox(city: City, archive: Archive, desk: Desk) -> None:
    city.produce()
    city.dispose(city.delivered(), 12_000)

    assert desk.turn(city.clock()) == 4

    assert {sheet.event_id for sheet in archive.sheets()} == set(archive.with_sheet())
    assert archive.asked_for() == []


def test_a_turn_without_work_does_nothing(city: City, archive: Archive, desk: Desk) -> None:
    assert desk.turn(city.clock()) == 0
    assert archive.sheets() == []


def test_a_backlog_is_done_by_the_batch(city: City, archive: Archive, desk: Desk) -> None:
    for _ in range(5):
        city.issue()

    assert [desk.turn(city.clock(), limit=3) for _ in range(3)] == [3, 2, 0]


def test_a_crash_between_file_and_record_leaves_a_file_nobody_knows_and_the_next_try_heals(
    city: City, archive: Archive, desk: Desk
) -> None:
    city.issue()
    sheet_desk(archive, Dying(archive.folder)).turn(city.clock())
    assert (files(archive), archive.sheets()) == (1, [])

    city.clock.forward(seconds=1)
    desk.turn(city.clock())

    assert (files(archive), len(archive.sheets()), archive.asked_for()) == (1, 1, [])


def test_a_worker_killed_between_file_and_record_loses_nothing(city: City, archive: Archive, desk: Desk) -> None:
    city.issue()
    url = archive.engine.url.render_as_string(hide_password=False)

    killed = subprocess.run([sys.executable, "-c", KILLED, url, str(archive.folder), ADDRESS], check=False)

    assert (killed.returncode, files(archive), archive.sheets()) == (9, 1, [])
    assert desk.turn(city.clock()) == 1
    assert (files(archive), len(archive.sheets()), archive.asked_for()) == (1, 1, [])


KILLED = """
import os, sys
from datetime import datetime, UTC
from pathlib import Path
from sludgetrack import tx
from sludgetrack.store.blobs import FolderBlobs
from sludgetrack.worker import Loop

class Killed(FolderBlobs):
    def put(self, content):
        super().put(content)
        os._exit(9)

Loop(tx.make_engine(sys.argv[1]), Killed(Path(sys.argv[2])), sys.argv[3]).turn()
"""


def test_a_piece_that_cannot_be_done_keeps_none_of_the_others_waiting(
    city: City, archive: Archive, desk: Desk, superuser: Engine
) -> None:
    for _ in range(3):
        city.issue()
    bad = archive.with_sheet()[1]
    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        change = """UPDATE personal SET data = '{"name": "别人"}' WHERE event_id = :id"""
        connection.execute(text(change), {"id": bad})

    desk.turn(city.clock())

    assert len(archive.sheets()) == 2
    (waiting,) = archive.asked_for()
    assert (waiting.ref, waiting.tries, waiting.not_before) == (bad, 1, city.clock() + timedelta(seconds=1))
    assert waiting.last_error.startswith("PersonalDataChanged at sheets.py:")


def test_work_that_was_put_off_is_done_once_its_cause_is_gone(city: City, archive: Archive, desk: Desk) -> None:
    city.issue()
    for _ in range(3):
        sheet_desk(archive, Dying(archive.folder)).turn(city.clock())
        city.clock.forward(minutes=10)

    assert archive.asked_for()[0].tries == 3
    assert desk.turn(city.clock()) == 1
    assert archive.asked_for() == []


def test_workers_racing_for_the_same_manifests_record_each_sheet_once(city: City, archive: Archive) -> None:
    for _ in range(6):
        city.load(city.issue())
    start = Barrier(3)

    def work() -> None:
        start.wait()
        desk = sheet_desk(archive, archive.blobs)
        while desk.turn(city.clock(), limit=2):
            pass

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    recorded = [sheet.event_id for sheet in archive.sheets()]
    assert sorted(recorded) == sorted(archive.with_sheet())
    assert archive.asked_for() == []


def test_a_database_that_cannot_be_asked_is_the_loops_to_wait_for(archive: Archive, city: City) -> None:
    nowhere = tx.make_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    desk = Desk(nowhere, Topic.SHEET, handlers(archive.blobs, ADDRESS)[Topic.SHEET])

    with pytest.raises(Exception, match="onnection"):
        desk.turn(city.clock())


def test_what_is_told_of_work_and_failure_names_no_person(
    city: City, archive: Archive, desk: Desk, lines: list[EventDict]
) -> None:
    city.load(city.issue())
    sheet_desk(archive, Dying(archive.folder)).turn(city.clock())
    city.clock.forward(seconds=1)
    desk.turn(city.clock())

    failed, done = [line for line in lines if line["event"] == "outbox_failed"], lines[-1]
    assert [line["tries"] for line in failed] == [1, 1]
    assert failed[0]["error"].startswith("OSError at test_turn.py:")
    assert (done["event"], done["topic"], done["count"], done["waited_ms"]) == ("outbox_done", "sheet", 2, 1000)
    assert not any(name in str(lines) for name in ("李会计", "张㛃"))


def test_an_error_of_the_database_is_told_by_its_code_and_not_by_its_values(engine: Engine) -> None:
    with engine.connect() as connection:
        try:
            connection.execute(text("SELECT CAST(:name AS integer)"), {"name": "张㛃"})
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not tell the value
            told = described(error)

    assert told.endswith("(22P02)")
    assert "张" not in told


def test_every_topic_has_a_handler(archive: Archive) -> None:
    assert set(handlers(archive.blobs, ADDRESS)) == set(Topic)


def test_every_topic_that_is_written_is_one_of_them(city: City, archive: Archive) -> None:
    city.produce()
    city.dispose(city.delivered(), 12_000)

    assert {row.topic for row in archive.asked_for()} <= set(Topic)
