"""The global log: leaves that say nothing, positions without gaps in commit order, a head anyone can recompute."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from psycopg.errors import UniqueViolation
from sqlalchemy import Connection, Engine, func, select

from sludgetrack import tx
from sludgetrack.domain.events import Stream, StreamKind
from sludgetrack.domain.merkle import EMPTY_ROOT, Frontier
from sludgetrack.store import log
from sludgetrack.store.log import LeafKind
from sludgetrack.store.tables.record import log_checkpoint, log_leaf
from tests.store.writing import turned_away, write
from tests.support.city import new_id

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WRITERS, EACH = 8, 12


def test_an_empty_log_has_the_root_of_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        assert log.current(connection) == log.Head(0, EMPTY_ROOT)


def test_the_head_is_the_root_over_all_leaves(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        for count in (1, 3, 2, 5):
            extend(connection, count)

        assert log.current(connection) == recomputed(connection)
        assert log.current(connection).size == 11


def test_every_append_leaves_a_checkpoint_over_what_was_there_then(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        heads = [extend(connection, count) for count in (2, 1, 4)]

        assert checkpoints(connection) == heads == [recomputed(connection, size) for size in (2, 3, 7)]


def test_a_leaf_is_found_with_the_head_it_came_in_with(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        first, second = extend(connection, 2), extend(connection, 3)

        assert [log.head_of(connection, position) for position in range(5)] == [first] * 2 + [second] * 3


def test_a_leaf_holds_its_digest_and_no_other(engine: Engine) -> None:
    ref = new_id()
    with tx.unit_of_work(engine) as connection:
        log.extend(connection, LeafKind.SHEET, [(ref, b"d" * 32)], NOW)
        leaf = log.leaves(connection, [ref, new_id()])[ref]

    assert (leaf.position, leaf.kind) == (0, "sheet")
    assert leaf.holds(b"d" * 32)
    assert not leaf.holds(b"e" * 32)


@pytest.mark.parametrize(
    ("kind", "salt", "digest"),
    [("sheet", b"s" * 16, b"d" * 32), ("entry", b"t" * 16, b"d" * 32), ("entry", b"s" * 16, b"e" * 32)],
)
def test_kind_salt_and_digest_all_make_another_leaf(kind: str, salt: bytes, digest: bytes) -> None:
    assert log.leaf(kind, salt, digest) != log.leaf("entry", b"s" * 16, b"d" * 32)


def test_equal_digests_make_leaves_that_differ(engine: Engine) -> None:
    one, other = new_id(), new_id()
    with tx.unit_of_work(engine) as connection:
        log.extend(connection, LeafKind.ENTRY, [(one, b"d" * 32), (other, b"d" * 32)], NOW)
        found = log.leaves(connection, [one, other])

    assert found[one].hash != found[other].hash
    assert found[one].salt != found[other].salt


def test_one_thing_is_logged_once(engine: Engine) -> None:
    ref = new_id()

    with pytest.raises(UniqueViolation), engine.connect() as connection:
        log.extend(connection, LeafKind.ENTRY, [(ref, b"d" * 32), (ref, b"d" * 32)], NOW)


def test_a_rollback_takes_its_leaves_back(engine: Engine) -> None:
    with engine.connect() as connection:
        with connection.begin() as unit:
            extend(connection, 3)
            unit.rollback()

        assert log.current(connection) == log.Head(0, EMPTY_ROOT)
        assert recomputed(connection).size == 0


def test_many_writers_leave_no_gap_and_every_head_covers_all_before_it(engine: Engine) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda n: write_some(engine, n), range(WRITERS)))

    with engine.connect() as connection:
        positions = connection.scalars(select(log_leaf.c.position).order_by(log_leaf.c.position)).all()
        assert positions == list(range(WRITERS * EACH))
        assert checkpoints(connection) == [recomputed(connection, size + 1) for size in range(WRITERS * EACH)]


def test_a_reader_never_sees_a_gap_while_others_write(engine: Engine) -> None:
    stop, gaps = threading.Event(), []

    def watch() -> None:
        with engine.connect() as connection:
            while not stop.is_set():
                count, last = connection.execute(select(func.count(), func.max(log_leaf.c.position))).one()
                connection.rollback()
                if count and last != count - 1:
                    gaps.append((count, last))
                time.sleep(0.002)

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: write_some(engine, n), range(4)))
    stop.set()
    watcher.join(10)

    assert gaps == []


def write_some(engine: Engine, n: int) -> None:
    site = Stream(StreamKind.FACILITY, f"S-{n}")
    for _ in range(EACH):
        tx.run(engine, lambda connection: write(connection, [turned_away(n, site)]))


def extend(connection: Connection, count: int) -> log.Head:
    return log.extend(connection, LeafKind.ENTRY, [(new_id(), bytes([n]) * 32) for n in range(count)], NOW)


def checkpoints(connection: Connection) -> list[log.Head]:
    rows = connection.execute(select(log_checkpoint.c.size, log_checkpoint.c.root).order_by(log_checkpoint.c.size))
    return [log.Head(row.size, row.root) for row in rows]


def recomputed(connection: Connection, size: int | None = None) -> log.Head:
    """The head over the first leaves, from the leaves themselves."""
    leaves = connection.scalars(select(log_leaf.c.hash).order_by(log_leaf.c.position).limit(size)).all()
    return log.Head(len(leaves), Frontier().append(leaves).root())
