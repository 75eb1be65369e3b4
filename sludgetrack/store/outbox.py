"""Work that follows from an event: noted in the event's transaction, done by the worker.

A row is gone once its work is done, in the transaction that does it. Who has claimed a row holds its lock, so that
several workers share the work without waiting for each other, and the rows of one that dies are free at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Row, Select, delete, func, select, update

from sludgetrack.store.rows import copy_rows
from sludgetrack.store.tables.record import outbox

LONGEST_WAIT = timedelta(minutes=10)
"""How far tries are apart at most. Nothing is ever given up."""

MOST_COUNTED = 30_000
"""Tries are counted up to here: more than half a year of them."""


class Topic(StrEnum):
    """What there is to do."""

    SHEET = "sheet"
    """Render the sheet of the event that ``ref`` names."""


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of work: its row, the event it is about, since when it waits, and how often it failed."""

    id: int
    ref: str
    created_at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for the worker: how much, since when, and how much of it has failed at least once."""

    waiting: int
    oldest: datetime | None
    failing: int


def add(connection: Connection, topic: Topic, refs: Iterable[str], now: datetime) -> None:
    """Note work about these events, to be done as soon as this transaction commits."""
    rows = [(str(topic), ref, now, now) for ref in refs]
    if rows:
        copy_rows(connection, outbox, ("topic", "ref", "created_at", "not_before"), rows)


def claim(connection: Connection, topic: Topic, now: datetime, limit: int) -> list[Item]:
    """Up to ``limit`` pieces of work that are due, oldest first, that nobody else has; held until the transaction ends.

    Topics this version does not know stay for one that does.
    """
    due = _query().where(outbox.c.topic == str(topic), outbox.c.not_before <= now)
    due = due.order_by(outbox.c.not_before, outbox.c.id).limit(limit)
    return [_item(row) for row in connection.execute(due.with_for_update(skip_locked=True))]


def claim_again(connection: Connection, item: Item) -> bool:
    """Claim one piece of work by itself; False where it is done or somebody else has it."""
    one = _query().where(outbox.c.id == item.id, outbox.c.tries == item.tries)
    return connection.execute(one.with_for_update(skip_locked=True)).one_or_none() is not None


def done(connection: Connection, items: Sequence[Item]) -> None:
    """The work of these rows is done by this transaction."""
    connection.execute(delete(outbox).where(outbox.c.id.in_([item.id for item in items])))


def postpone(connection: Connection, item: Item, error: str, now: datetime) -> None:
    """The work failed and is tried again after 1, 2, 4 … seconds. ``error`` must not tell anything personal."""
    wait = min(timedelta(seconds=2 ** min(item.tries, 20)), LONGEST_WAIT)
    connection.execute(
        update(outbox)
        .where(outbox.c.id == item.id, outbox.c.tries == item.tries)
        .values(tries=min(item.tries + 1, MOST_COUNTED), not_before=now + wait, last_error=error)
    )


def backlog(connection: Connection) -> Backlog:
    """What waits now."""
    failing = func.count().filter(outbox.c.tries > 0)
    row = connection.execute(select(func.count(), func.min(outbox.c.created_at), failing).select_from(outbox)).one()
    return Backlog(*row)


def _query() -> Select[tuple[int, str, datetime, int]]:
    return select(outbox.c.id, outbox.c.ref, outbox.c.created_at, outbox.c.tries)


def _item(row: Row[tuple[int, str, datetime, int]]) -> Item:
    return Item(row.id, row.ref, row.created_at, row.tries)
