"""The one way into the record: chains, idempotency, what goes beside a claim, and that nothing of it changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from psycopg.errors import InsufficientPrivilege, RestrictViolation
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from sludgetrack import tx
from sludgetrack.domain.chain import commitment, verify
from sludgetrack.domain.errors import IdempotencyConflict
from sludgetrack.domain.events import Confirmation as Word
from sludgetrack.domain.events import EventType, Mark, Method
from sludgetrack.domain.manifest import fold
from sludgetrack.store import migrate, streams
from sludgetrack.store.append import Appending, Draft, append, find, receipt_of
from sludgetrack.store.base import metadata
from sludgetrack.store.directory import Directory
from sludgetrack.store.embedded import Cluster
from sludgetrack.store.tables import manifests, mass
from sludgetrack.store.tables.record import entry, outbox, personal, stream
from tests.domain.life import MORNING
from tests.store.writing import MANIFEST, PLANT, SITE, a_whole_life, draft, turned_away, write, write_booked
from tests.support.city import City, new_id


def test_a_stream_written_one_by_one_or_at_once_has_the_same_chain(engine: Engine) -> None:
    drafts = [turned_away(n) for n in range(5)]

    with engine.connect() as connection:
        for each in drafts:
            write(connection, [each])
        live = _hashes(connection)
        connection.rollback()
        write(connection, drafts)

        assert _hashes(connection) == live


def test_a_city_written_one_by_one_or_at_once_is_the_same_in_every_table(city: City, engine: Engine) -> None:
    drafts = a_whole_life()

    with engine.connect() as connection:
        write_booked(connection, drafts, at_once=1)
        live = _projections(connection)
        connection.rollback()
        write_booked(connection, drafts, at_once=len(drafts))

        assert _projections(connection) == live
        assert live["manifest"][0]["status"] == "delivered"


def test_every_chain_of_the_record_holds(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        write(connection, [turned_away(1), turned_away(1, PLANT), turned_away(2), turned_away(3)])

        chains = streams.entries(connection, connection.scalars(select(stream.c.id)).all())

    assert sorted(len(chain) for chain in chains.values()) == [1, 3]
    assert all(verify(chain) == [] for chain in chains.values())


def test_a_stream_knows_its_last_entry(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        *_, last = write(connection, [turned_away(n) for n in range(3)])

        head = streams.peek(connection, [SITE])[SITE]

    assert (head.seq, head.hash) == (3, last.entry_hash) == (last.seq, last.entry_hash)


def test_an_entry_is_read_as_it_was_written(engine: Engine) -> None:
    word = Word("O-SITE", "somebody", Method.SCANNED, MORNING, "夜间")
    given = turned_away(1, confirmations=(word,), marks=(Mark.LATE, Mark.PAPER), personal={"name": "张㛃"})

    with tx.unit_of_work(engine) as connection:
        write(connection, [given], MORNING + timedelta(microseconds=5))
        (read,) = streams.entries(connection, [streams.peek(connection, [SITE])[SITE].id]).popitem()[1]

    assert (read.claim, read.confirmations, read.marks) == (given.claim, given.confirmations, given.marks)
    assert (read.seq, read.recorded_at) == (1, MORNING + timedelta(microseconds=5))


def test_names_stand_beside_the_claim_and_the_entry_commits_to_them(engine: Engine) -> None:
    card = {"name": "张㛃", "phone": "13800000000"}

    with tx.unit_of_work(engine) as connection:
        write(connection, [turned_away(1, personal=card)])
        row = connection.execute(select(personal, entry.c.personal_hash, entry.c.claim).join(entry)).one()

    assert row.personal_hash == commitment(row.salt, card)
    assert "张㛃" not in str(row.claim)


def test_nothing_is_committed_to_where_nothing_stands_beside(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        write(connection, [turned_away(1)])

        assert connection.execute(select(entry.c.personal_hash)).scalar_one() is None
        assert connection.execute(select(func.count()).select_from(personal)).scalar_one() == 0


def test_nothing_to_write_writes_nothing(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        assert write(connection, []) == []


def test_only_events_with_a_sheet_ask_for_one(city: City, engine: Engine) -> None:
    with engine.connect() as connection:
        write_booked(connection, a_whole_life(), at_once=2)
        asked = connection.scalars(select(entry.c.type).join(outbox, outbox.c.ref == entry.c.event_id)).all()

    assert sorted(asked) == ["disposed", "issued", "loaded", "received", "returned"]


# Idempotency


def test_the_same_request_gives_the_same_receipt(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        write(connection, [turned_away(1)])
        given = turned_away(2, fingerprint=b"f" * 32)
        (receipt,) = write(connection, [given])

        assert find(connection, given.claim.event_id, b"f" * 32) == receipt
        assert receipt_of(connection, given.claim.event_id) == receipt


def test_the_same_id_for_another_request_is_a_conflict(engine: Engine) -> None:
    given = turned_away(1, fingerprint=b"f" * 32)
    with tx.unit_of_work(engine) as connection:
        write(connection, [given])

        with pytest.raises(IdempotencyConflict) as refusal:
            find(connection, given.claim.event_id, b"g" * 32)

    assert refusal.value.facts == {"event_id": given.claim.event_id}


def test_an_event_nobody_recorded_is_not_found(engine: Engine) -> None:
    with tx.unit_of_work(engine) as connection:
        assert find(connection, new_id(), b"") is None
        with pytest.raises(LookupError):
            receipt_of(connection, new_id())


def test_one_event_id_enters_the_record_once(engine: Engine) -> None:
    given = turned_away(1)

    with tx.unit_of_work(engine) as connection:
        write(connection, [given])
    with pytest.raises(Exception, match="pk_entry"), tx.unit_of_work(engine) as connection:
        write(connection, [given])

    assert _count(engine) == 1


# A decision on a dispute, in the middle of a chunk


def test_what_follows_a_decision_in_the_same_chunk_is_counted_once(city: City, engine: Engine) -> None:
    issued, arrived = a_whole_life()[1:3], draft(MANIFEST, EventType.ARRIVED)
    late = Draft(arrived.claim, marks=(Mark.LATE, Mark.CONTRADICTS))
    decided = draft(MANIFEST, EventType.RESOLVED, stands=issued[0].claim.event_id, reason="无据")
    inspected = draft(MANIFEST, EventType.INSPECTED, place="厂门", finding="未见异常")

    with engine.connect() as connection:
        write_booked(connection, [*issued, late], at_once=1)
        heads = streams.lock(connection, [MANIFEST])
        before = fold(streams.entries(connection, [heads[MANIFEST].id])[heads[MANIFEST].id])
        work = Appending([decided, inspected], heads, {MANIFEST: before})
        append(connection, Directory(connection), work, MORNING)

    effective = [each.claim.event_id for each in (*issued, inspected)]
    assert list(work.states[MANIFEST].effective) == effective


# The record never changes


def test_the_application_has_no_right_to_change_the_record(engine: Engine) -> None:
    assert _refusals(engine, CHANGES) == dict.fromkeys(CHANGES, InsufficientPrivilege)


def test_the_owner_is_refused_by_a_trigger(owner: Engine) -> None:
    assert _refusals(owner, CHANGES) == dict.fromkeys(CHANGES, RestrictViolation)


def test_the_application_cannot_lift_what_protects_the_record(engine: Engine) -> None:
    assert _refusals(engine, LIFTING) == dict.fromkeys(LIFTING, InsufficientPrivilege)


CHANGES = [
    change.format(table=name, column=next(iter(metadata.tables[name].c)).name)
    for name in migrate.APPEND_ONLY
    for change in (
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
    )
]
LIFTING = [
    "ALTER TABLE entry DISABLE TRIGGER append_only",
    "DROP TRIGGER append_only ON entry",
    "DROP TABLE posting CASCADE",
    "CREATE TABLE mine (id int)",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "SET session_replication_role = replica",
    "UPDATE alembic_version SET version_num = '0000'",
]


@pytest.fixture
def owner(cluster: Cluster, database: str) -> Iterator[Engine]:
    """The role that owns the tables."""
    made = tx.make_engine(cluster.url("sludgetrack_owner", database))
    yield made
    made.dispose()


def _refusals(engine: Engine, statements: list[str]) -> dict[str, object]:
    """How the database answers each statement; None where it obeys."""
    answers: dict[str, object] = {}
    for statement in statements:
        with engine.connect() as connection:
            try:
                connection.execute(text(statement))
                answers[statement] = None
            except DBAPIError as refusal:
                answers[statement] = type(refusal.orig)
    return answers


def _hashes(connection: Connection) -> list[bytes]:
    return list(connection.scalars(select(entry.c.hash).order_by(entry.c.stream_id, entry.c.seq)))


def _count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(entry)).scalar_one()


def _projections(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row that follows from the events, without the numbers sequences gave and without sums of nothing."""
    tables = (manifests.manifest, manifests.manifest_party, mass.holding, mass.posting, mass.day_sum, mass.month_sum)
    given = {"id", "ord", "manifest_id", "holding_id", "origin_id", "event_id"}
    found = {}
    for table in (*tables, mass.disposal, mass.name):
        columns = [column for column in table.c if column.name not in given]
        rows = [dict(row._mapping) for row in connection.execute(select(*columns))]
        rows = [row for row in rows if table not in (mass.day_sum, mass.month_sum) or row["origin_units"]]
        found[table.name] = sorted(rows, key=str)
    found["entry"] = [{"hash": made} for made in sorted(_hashes(connection))]
    return found
