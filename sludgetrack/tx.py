"""Units of work: one transaction each, opened by entry points, the only place that commits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from sludgetrack.domain.identity import Actor

T = TypeVar("T")

TRIES = 3
_RETRYABLE = frozenset(("40001", "40P01", "23505"))
"""Serialization failure, deadlock, and a unique violation, where the second try meets the winner's row."""


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine for a PostgreSQL URL. READ COMMITTED throughout: the log's lock order depends on it."""
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={"options": "-c timezone=UTC -c lock_timeout=30000 -c statement_timeout=600000"},
    )


@contextmanager
def unit_of_work(engine: Engine, actor: Actor | None = None) -> Iterator[Connection]:
    """A transaction that commits at the end and rolls back on any error.

    Who acts is set for the transaction, so that row-level security can be switched on without touching a query.
    """
    with engine.begin() as connection:
        if actor is not None:
            connection.execute(_WHO, {"p": actor.person, "o": actor.organisation, "d": actor.division})
        yield connection


_WHO = text(
    "SELECT set_config('sludgetrack.person', :p, true), set_config('sludgetrack.organisation', :o, true),"
    " set_config('sludgetrack.division', :d, true)"
)


def run(engine: Engine, work: Callable[[Connection], T], actor: Actor | None = None) -> T:
    """Do the whole work in one unit, again when the database says that another try may succeed."""
    return _trying(lambda: unit_of_work(engine, actor), work)


@contextmanager
def session(engine: Engine) -> Iterator[Connection]:
    """A connection of one's own for several units of work (``run_on``), which temporary tables need.

    It is closed at the end instead of going back to the pool, and takes its temporary tables and locks with it.
    """
    with engine.connect() as connection:
        try:
            yield connection
        finally:
            connection.invalidate()


def run_on(connection: Connection, work: Callable[[Connection], T]) -> T:
    """Do the whole work in one unit of a session, again when the database says that another try may succeed."""
    return _trying(lambda: _unit_on(connection), work)


@contextmanager
def _unit_on(connection: Connection) -> Iterator[Connection]:
    with connection.begin():
        yield connection


def _trying(unit: Callable[[], AbstractContextManager[Connection]], work: Callable[[Connection], T]) -> T:
    for attempt in range(1, TRIES + 1):
        try:
            with unit() as connection:
                return work(connection)
        except Exception as error:
            if attempt == TRIES or sqlstate(error) not in _RETRYABLE:
                raise
            time.sleep(0.01 * attempt)
    raise AssertionError("unreachable: the last try returns or raises")


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's code for an error, whether SQLAlchemy wrapped it or a COPY raised it."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code: str | None = getattr(cause, "sqlstate", None)
    return code
