"""Sessions and tokens: only hashes are kept, both come to an end, and the server can end them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, select

from sludgetrack import tx
from sludgetrack.access import sessions
from sludgetrack.store.tables.registry import web_session
from tests.domain.life import MORNING
from tests.support.city import City

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def driver(city: City) -> str:
    return city.people["driver"].person


def begin(engine: Engine, person: str, at: datetime = MORNING) -> str:
    with tx.unit_of_work(engine) as connection:
        return sessions.begin(connection, person, at)


def person_of(engine: Engine, token: str, at: datetime) -> str | None:
    with tx.unit_of_work(engine) as connection:
        return sessions.person_of(connection, token, at)


def test_a_session_says_whose_it_is(engine: Engine, driver: str) -> None:
    assert person_of(engine, begin(engine, driver), MORNING + HOUR) == driver


def test_no_session_is_nobodys(engine: Engine, driver: str) -> None:
    begin(engine, driver)

    assert person_of(engine, "", MORNING) is None
    assert person_of(engine, "a" * 43, MORNING) is None


def test_only_the_hash_of_a_session_is_kept(engine: Engine, driver: str) -> None:
    token = begin(engine, driver)

    with engine.connect() as connection:
        assert connection.execute(select(web_session.c.token_hash)).scalar_one() == sessions.digest(token)


def test_a_session_unused_for_a_week_is_over(engine: Engine, driver: str) -> None:
    token = begin(engine, driver)

    assert person_of(engine, token, MORNING + 7 * DAY) is None


def test_a_session_in_use_lasts_thirty_days_and_no_longer(engine: Engine, driver: str) -> None:
    token = begin(engine, driver)

    used = [person_of(engine, token, MORNING + days * DAY) for days in (6, 12, 18, 24, 29.9, 30)]

    assert used == [driver] * 5 + [None]


def test_signing_out_ends_one_session(engine: Engine, driver: str) -> None:
    here, there = begin(engine, driver), begin(engine, driver)

    with tx.unit_of_work(engine) as connection:
        sessions.end(connection, here)

    assert (person_of(engine, here, MORNING), person_of(engine, there, MORNING)) == (None, driver)


def test_all_sessions_of_one_person_can_be_ended(city: City, engine: Engine, driver: str) -> None:
    mine, other = begin(engine, driver), begin(engine, city.people["plant"].person)

    with tx.unit_of_work(engine) as connection:
        sessions.end_all(connection, driver)

    assert person_of(engine, mine, MORNING) is None
    assert person_of(engine, other, MORNING) == city.people["plant"].person


def test_somebodys_live_sessions_are_listed_the_latest_used_first(engine: Engine, driver: str) -> None:
    first, _, _ = begin(engine, driver), begin(engine, driver, MORNING + HOUR), begin(engine, driver, MORNING - 8 * DAY)
    person_of(engine, first, MORNING + 2 * HOUR)

    with engine.connect() as connection:
        live = _live(connection, driver)

    assert live == [(MORNING, MORNING + 2 * HOUR), (MORNING + HOUR, MORNING + HOUR)]


def _live(connection: Connection, person: str) -> list[tuple[datetime, datetime]]:
    return sessions.live(connection, person, MORNING + 3 * HOUR)
