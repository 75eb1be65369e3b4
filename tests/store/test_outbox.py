"""Work that waits: claimed by one worker at a time, put off where it fails, gone once it is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from sludgetrack.store import outbox
from sludgetrack.store.outbox import Topic
from tests.support.city import new_id

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def events(engine: Engine) -> list[str]:
    """Three events that something is to be done about."""
    ids = [new_id() for _ in range(3)]
    with engine.begin() as connection:
        outbox.add(connection, Topic.SHEET, ids, NOW)
    return ids


def refs(connection: Connection, now: datetime = NOW, limit: int = 10) -> list[str]:
    return [item.ref for item in outbox.claim(connection, Topic.SHEET, now, limit)]


def test_work_is_claimed_in_the_order_it_came(engine: Engine, events: list[str]) -> None:
    with engine.begin() as connection:
        assert refs(connection, limit=2) == events[:2]


def test_two_workers_share_the_work_without_waiting(engine: Engine, events: list[str]) -> None:
    with engine.begin() as one, engine.begin() as other:
        assert refs(one, limit=2) == events[:2]
        assert refs(other) == events[2:]


def test_what_a_worker_held_when_it_died_is_free_again(engine: Engine, events: list[str]) -> None:
    with engine.connect() as dying:
        refs(dying)

    with engine.begin() as connection:
        assert refs(connection) == events


def test_work_that_is_done_is_gone(engine: Engine, events: list[str]) -> None:
    with engine.begin() as connection:
        outbox.done(connection, outbox.claim(connection, Topic.SHEET, NOW, 2))

    with engine.begin() as connection:
        assert refs(connection) == events[2:]


def test_nothing_is_claimed_before_its_time(engine: Engine, events: list[str]) -> None:
    with engine.begin() as connection:
        assert refs(connection, NOW - SECOND) == []


def test_failed_work_waits_longer_each_time_and_ten_minutes_at_most(engine: Engine, events: list[str]) -> None:
    now, waits = NOW, []
    for _ in range(12):
        with engine.begin() as connection:
            first = outbox.claim(connection, Topic.SHEET, now, 1)[0]
            outbox.postpone(connection, first, "OSError", now)
            others = outbox.claim(connection, Topic.SHEET, now, 10)
            assert first.ref not in [item.ref for item in others]
            outbox.done(connection, others)
        wait = next(s for s in range(1, 700) if _is_due(engine, now + s * SECOND))
        waits.append(wait)
        now += wait * SECOND

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]


def _is_due(engine: Engine, now: datetime) -> bool:
    with engine.connect() as connection:
        return bool(outbox.claim(connection, Topic.SHEET, now, 1))


def test_work_that_somebody_else_put_off_is_not_claimed_again_by_itself(engine: Engine, events: list[str]) -> None:
    with engine.begin() as connection:
        seen = outbox.claim(connection, Topic.SHEET, NOW, 1)[0]
        outbox.postpone(connection, seen, "OSError", NOW)

    with engine.begin() as connection:
        assert not outbox.claim_again(connection, seen)


def test_the_backlog_tells_how_much_waits_since_when_and_how_much_fails(engine: Engine, events: list[str]) -> None:
    with engine.begin() as connection:
        outbox.postpone(connection, outbox.claim(connection, Topic.SHEET, NOW, 1)[0], "OSError", NOW)
        assert outbox.backlog(connection) == outbox.Backlog(3, NOW, 1)


def test_an_empty_backlog_is_nothing_since_never(engine: Engine) -> None:
    with engine.connect() as connection:
        assert outbox.backlog(connection) == outbox.Backlog(0, None, 0)
