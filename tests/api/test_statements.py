"""How many statements a confirmation sends to the database.

Counted below SQLAlchemy, at psycopg's cursors, because some SQL goes past SQLAlchemy's own: every ``execute``, every
``COPY``, and every row of an ``executemany``, what finds out whose token it is among them. Not counted are BEGIN,
COMMIT and ROLLBACK, which psycopg sends by itself, and the pool's ping, an empty query without a statement in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event

from sludgetrack.store.rows import driver
from tests.api.conftest import Program, ProgramOf, load_body, receive_body
from tests.support.city import City

Body = Callable[..., dict[str, Any]]

MOST = 25
PING = ";"


class Counted:
    """The statements sent while it counts, in order."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.counts = False

    def add(self, query: Any) -> None:
        text = query if isinstance(query, str) else query.as_string(None)
        if self.counts and text != PING:
            self.statements.append(" ".join(text.split()))

    def factory(self) -> type[psycopg.Cursor[Any]]:
        """A cursor that notes what it sends."""
        add = self.add

        class Counting(psycopg.Cursor[Any]):
            def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
                add(query)
                return super().execute(query, *args, **kwargs)

            def executemany(self, query: Any, params_seq: Any, **kwargs: Any) -> None:
                rows = list(params_seq)
                for _ in rows:
                    add(query)
                super().executemany(query, rows, **kwargs)

            @contextmanager
            def copy(self, statement: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
                add(statement)
                with super().copy(statement, *args, **kwargs) as copying:
                    yield copying

        return Counting

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """The statements of what is done within."""
        self.statements, self.counts = [], True
        yield self.statements
        self.counts = False


@pytest.fixture
def counted(engine: Engine) -> Counted:
    """Counts on every connection of the application from now on."""
    counter = Counted()
    engine.dispose()

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        connection.cursor_factory = counter.factory()

    return counter


def offered(giver: Program, number: str, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    shown = giver.post(f"/manifests/{number}/offers", body).get_json()
    return f"/offers/{shown['id']}/confirmation", {"code": shown["code"]}


def confirmed(counted: Counted, driver: Program, asked: tuple[str, dict[str, Any]]) -> list[str]:
    """The statements of one confirmation through the API."""
    with counted.counting() as statements:
        answer = driver.post(*asked)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return statements


@pytest.mark.parametrize("batches", [1, 5])
def test_a_confirmation_takes_at_most_25_statements_however_many_batches_it_draws_on(
    counted: Counted, program: ProgramOf, city: City, issue_body: Body, batches: int
) -> None:
    for n in range(batches):
        city.produce(f"B{n}", 12_000 // batches)
    plant, driver, site = program("plant"), program("driver"), program("site")
    number = plant.post("/manifests", issue_body()).get_json()["name"]

    loading = confirmed(counted, driver, offered(plant, number, load_body()))
    city.clock.forward(minutes=50)
    receipt = confirmed(counted, driver, offered(site, number, receive_body()))

    print(f"loading {len(loading)}, receipt {len(receipt)} statements")  # noqa: T201 - the figure is the point
    assert len(loading) <= MOST, loading
    assert len(receipt) <= MOST, receipt


def test_nothing_escapes_the_count(counted: Counted, engine: Engine) -> None:
    with engine.connect() as connection, counted.counting() as statements:
        connection.exec_driver_sql("CREATE TEMPORARY TABLE seen (n integer)")
        raw = driver(connection)
        raw.execute("SELECT 1")
        with raw.cursor() as cursor:
            cursor.executemany("INSERT INTO seen VALUES (%s)", [(1,), (2,)])
            with cursor.copy("COPY seen FROM STDIN") as copying:
                copying.write_row((3,))

    assert [statement.split()[0] for statement in statements] == ["CREATE", "SELECT", "INSERT", "INSERT", "COPY"]
