"""Streams: made once, locked in one order, peeked at without waiting."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from sludgetrack import tx
from sludgetrack.domain.chain import START
from sludgetrack.domain.events import EventType, Stream, StreamKind
from sludgetrack.store import streams
from sludgetrack.store.rows import execute
from tests.domain.life import MORNING
from tests.store.writing import PLANT, SITE, turned_away, write


def test_a_new_stream_begins_with_nothing(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        made = streams.create(connection, [PLANT, SITE])

        assert {(head.seq, head.hash) for head in made.values()} == {(0, START)}
        assert streams.peek(connection, [PLANT, SITE]) == made


def test_a_stream_is_made_once(engine: Engine) -> None:
    with engine.connect() as connection:
        streams.create(connection, [PLANT])

        with pytest.raises(IntegrityError):
            streams.create(connection, [PLANT])


def test_one_name_may_be_that_of_streams_of_several_kinds(engine: Engine) -> None:
    twin = Stream(StreamKind.ORGANISATION, PLANT.name)

    with tx.unit_of_work(engine) as connection:
        made = streams.create(connection, [PLANT, twin])

    assert made[PLANT].id != made[twin].id


def test_streams_that_are_missing_are_made_and_the_others_found(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        made = streams.create(connection, [PLANT])

        ensured = streams.ensure(connection, [PLANT, SITE, PLANT])

        assert ensured[PLANT] == made[PLANT]
        assert set(ensured) == {PLANT, SITE}


def test_what_does_not_exist_is_not_locked(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        assert streams.lock(connection, [PLANT]) == {}
        assert streams.lock(connection, []) == {}


def test_a_locked_stream_lets_nobody_else_write_but_everybody_read(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        streams.create(connection, [PLANT])

    with engine.connect() as writer, engine.connect() as other:
        streams.lock(writer, [PLANT])

        assert PLANT in streams.peek(other, [PLANT])
        execute(other, "SET LOCAL lock_timeout = '50ms'", {})
        with pytest.raises(Exception, match="lock timeout"):
            streams.lock(other, [PLANT])


def test_whoever_waited_for_a_stream_sees_what_was_written_meanwhile(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        write(connection, [turned_away(1)])
    seen: list[int] = []

    def second() -> None:
        with tx.unit_of_work(engine) as connection:
            seen.append(streams.lock(connection, [SITE])[SITE].seq)

    with tx.unit_of_work(engine) as connection:
        streams.lock(connection, [SITE])
        waiting = threading.Thread(target=second)
        waiting.start()
        write(connection, [turned_away(2)])
    waiting.join(10)

    assert seen == [2]


def test_locks_taken_in_any_order_never_make_a_circle(engine: Engine) -> None:
    both = [PLANT, SITE]
    with tx.unit_of_work(engine) as connection:
        streams.create(connection, both)

    def work(order: list[Stream]) -> None:
        for _ in range(20):
            with tx.unit_of_work(engine) as connection:
                streams.lock(connection, order)

    threads = [threading.Thread(target=work, args=(order,)) for order in (both, both[::-1], both, both[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert not any(thread.is_alive() for thread in threads)


def test_entries_come_stream_by_stream_in_order(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        write(connection, [turned_away(1), turned_away(1, PLANT), turned_away(2)])
        heads = streams.peek(connection, [PLANT, SITE])

        found = streams.entries(connection, [head.id for head in heads.values()])

    assert [entry.seq for entry in found[heads[SITE].id]] == [1, 2]
    assert [entry.stream for entry in found[heads[PLANT].id]] == [PLANT]


def test_one_entry_is_found_by_its_event(engine: Engine) -> None:
    given = turned_away(1)
    with tx.unit_of_work(engine) as connection:
        write(connection, [given])

        found = streams.one(connection, given.claim.event_id)

        assert found is not None
        assert found.claim == given.claim
        assert streams.one(connection, turned_away(2).claim.event_id) is None


def test_the_newest_entries_of_a_type_come_first(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        for n in range(3):
            write(connection, [turned_away(n)], MORNING.replace(hour=2 + n))
        stream_id = _id(connection, SITE)

        newest = streams.newest(connection, [stream_id], EventType.TURNED_AWAY, 2)

        assert [entry.claim.figures["plate"] for entry in newest] == ["豫G00002", "豫G00001"]
        assert streams.newest(connection, [stream_id], EventType.DISPOSED, 2) == []


def test_a_stream_is_asked_whether_anything_in_it_claims_a_figure(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        write(connection, [turned_away(7)])

        assert streams.claims(connection, _id(connection, SITE), "plate", "豫G00007")
        assert not streams.claims(connection, _id(connection, SITE), "plate", "豫G00008")


def _id(connection: Connection, stream: Stream) -> int:
    return streams.peek(connection, [stream])[stream].id
