"""Units of work: all or nothing, tried again where another try may succeed, never otherwise."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from psycopg.errors import SerializationFailure
from sqlalchemy import Connection, Engine, func, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError

from sludgetrack import tx
from sludgetrack.domain.errors import NoDispute
from sludgetrack.domain.identity import Actor, OrganisationKind, Role
from sludgetrack.store.tables.record import log_checkpoint, stream

ACTOR = Actor("p1", "A-CITY", OrganisationKind.AUTHORITY, frozenset({Role.INSPECTOR}), division="4107")


def add(connection: Connection, name: str) -> None:
    """One row that commits or does not."""
    values = {"kind": "facility", "name": name, "head_seq": 0, "head_hash": bytes(32)}
    connection.execute(stream.insert().values(values))


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(stream)).scalar_one()


def failing(connection: Connection, code: str) -> None:
    """An error as the database would raise it."""
    connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$"))


class Work:
    """Work that fails with a code as often as said, and then succeeds."""

    def __init__(self, code: str, fails: int, fail: Callable[[Connection, str], None] = failing) -> None:
        self.code, self.fails, self.fail = code, fails, fail
        self.tries = 0

    def __call__(self, connection: Connection) -> str:
        self.tries += 1
        add(connection, "S1")
        if self.tries <= self.fails:
            self.fail(connection, self.code)
        return "done"


def test_a_unit_commits_at_its_end(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        add(connection, "S1")

    assert count(engine) == 1


@pytest.mark.parametrize("error", [NoDispute(), KeyError("x"), KeyboardInterrupt()])
def test_any_error_undoes_the_whole_unit(engine: Engine, error: BaseException) -> None:
    def work() -> None:
        with tx.unit_of_work(engine) as connection:
            add(connection, "S1")
            raise error

    with pytest.raises(type(error)):
        work()

    assert count(engine) == 0


def test_who_acts_is_set_for_the_unit_and_for_no_longer(engine: Engine) -> None:
    query = text(
        "SELECT current_setting('sludgetrack.person', true), current_setting('sludgetrack.organisation', true),"
        " current_setting('sludgetrack.division', true)"
    )

    with tx.unit_of_work(engine, ACTOR) as connection:
        assert tuple(connection.execute(query).one()) == ("p1", "A-CITY", "4107")
    with tx.unit_of_work(engine) as connection:
        assert set(connection.execute(query).one()) <= {"", None}


@pytest.mark.parametrize("code", ["40001", "40P01", "23505"])
@pytest.mark.parametrize("fails", [1, 2])
def test_work_is_tried_again_where_that_may_help(engine: Engine, code: str, fails: int) -> None:
    work = Work(code, fails)

    assert tx.run(engine, work) == "done"
    assert (work.tries, count(engine)) == (fails + 1, 1)


def test_work_is_tried_three_times_at_most(engine: Engine) -> None:
    work = Work("40P01", fails=9)

    with pytest.raises(DBAPIError):
        tx.run(engine, work)

    assert (work.tries, count(engine)) == (3, 0)


@pytest.mark.parametrize("code", ["23514", "23503", "22001", "42501", "55P03"])
def test_work_that_would_fail_again_is_tried_once(engine: Engine, code: str) -> None:
    work = Work(code, fails=9)

    with pytest.raises(DBAPIError):
        tx.run(engine, work)

    assert (work.tries, count(engine)) == (1, 0)


def test_a_refusal_of_the_domain_is_not_tried_again(engine: Engine) -> None:
    tries: list[int] = []

    def work(connection: Connection) -> None:
        tries.append(1)
        raise NoDispute

    with pytest.raises(NoDispute):
        tx.run(engine, work)

    assert len(tries) == 1


def test_an_error_below_sqlalchemy_is_told_by_its_code_too(engine: Engine) -> None:
    def fail(connection: Connection, code: str) -> None:
        raise SerializationFailure

    work = Work("40001", 1, fail)

    assert tx.run(engine, work) == "done"


def test_two_units_in_each_others_way_both_succeed(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        add(connection, "S1")
        add(connection, "S2")
    met = threading.Barrier(2, timeout=10)

    def work(first: str, second: str) -> None:
        waits = [met.wait]

        def twice(connection: Connection) -> None:
            _count_up(connection, first)
            if waits:
                waits.pop()()
            _count_up(connection, second)

        tx.run(engine, twice)

    threads = [threading.Thread(target=work, args=names) for names in (("S1", "S2"), ("S2", "S1"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    with engine.connect() as connection:
        assert connection.scalars(select(stream.c.head_seq)).all() == [2, 2]


def test_an_instant_without_a_zone_never_reaches_the_database(engine: Engine) -> None:
    naive = datetime(2026, 3, 2)  # noqa: DTZ001 - what is under test
    query = select(log_checkpoint.c.size).where(log_checkpoint.c.recorded_at < naive)

    with engine.connect() as connection, pytest.raises(StatementError, match="naive"):
        connection.execute(query)


def test_instants_come_back_in_utc_whatever_the_session_says(engine: Engine) -> None:
    when = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    with tx.unit_of_work(engine) as connection:
        connection.execute(log_checkpoint.insert().values(size=1, root=bytes(32), recorded_at=when))
        connection.execute(text("SET LOCAL TimeZone = 'Asia/Shanghai'"))

        found = connection.execute(select(log_checkpoint.c.recorded_at)).scalar_one()

    assert (found, found.tzinfo) == (when, UTC)


def _count_up(connection: Connection, name: str) -> None:
    connection.execute(update(stream).where(stream.c.name == name).values(head_seq=stream.c.head_seq + 1))
