"""Streams and their heads: found, made, and locked before anything is decided on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    any_,
    bindparam,
    cast,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from sludgetrack.domain.chain import START
from sludgetrack.domain.correcting import ASIDE
from sludgetrack.domain.events import Claim, Confirmation, Entry, EventType, Mark, Stream, StreamKind
from sludgetrack.store.rows import as_table, execute, next_ids
from sludgetrack.store.tables.record import entry, log_leaf, stream


@dataclass(frozen=True, slots=True)
class StreamHead:
    """Where a chain stands: its row, the seq and the hash of its last entry (0 and zeros when it has none)."""

    id: int
    seq: int
    hash: bytes


def lock(connection: Connection, streams: Collection[Stream]) -> dict[Stream, StreamHead]:
    """Lock the streams that exist until the end of the transaction, always in the order of their ids."""
    if not streams:
        return {}
    values = {"kinds": [str(s.kind) for s in streams], "names": [s.name for s in streams]}
    return {
        Stream(StreamKind(kind), name): StreamHead(row_id, seq, head)
        for row_id, kind, name, seq, head in execute(connection, _LOCK, values)
    }


_LOCK: LiteralString = """
SELECT id, stream.kind, stream.name, head_seq, head_hash FROM stream
JOIN unnest(%(kinds)s::text[], %(names)s::text[]) AS wanted (kind, name)
    ON wanted.kind = stream.kind AND wanted.name = stream.name
ORDER BY id FOR NO KEY UPDATE OF stream
"""


def peek(connection: Connection, wanted: Collection[Stream]) -> dict[Stream, StreamHead]:
    """Where streams stand, without locking them."""
    names = [(str(s.kind), s.name) for s in wanted]
    query = select(stream).where(tuple_(stream.c.kind, stream.c.name).in_(names))
    return {_stream(row): StreamHead(row.id, row.head_seq, row.head_hash) for row in connection.execute(query)}


def create(connection: Connection, streams: Sequence[Stream]) -> dict[Stream, StreamHead]:
    """Make new, empty streams. A name that exists is an integrity error: whoever creates has checked."""
    rows = as_table(
        "new",
        [(stream.c.kind, [str(s.kind) for s in streams]), (stream.c.name, [s.name for s in streams])],
    )
    new = select(rows.c.kind, rows.c.name, bindparam("seq", 0), bindparam("hash", START))
    statement = insert(stream).from_select(["kind", "name", "head_seq", "head_hash"], new).returning(stream)
    return {_stream(row): StreamHead(row.id, 0, START) for row in connection.execute(statement)}


def reserve(connection: Connection, streams: Sequence[Stream]) -> dict[Stream, StreamHead]:
    """Ids for new, empty streams, whose rows ``append`` writes with their first entries."""
    ids = next_ids(connection, "stream_id_seq", len(streams))
    return {subject: StreamHead(row_id, 0, START) for subject, row_id in zip(streams, ids, strict=True)}


def ensure(connection: Connection, wanted: Sequence[Stream]) -> dict[Stream, StreamHead]:
    """The streams, locked; those that do not exist are made."""
    distinct = list(dict.fromkeys(wanted))
    heads = lock(connection, distinct)
    missing = [s for s in distinct if s not in heads]
    return heads | create(connection, missing) if missing else heads


def entries(connection: Connection, stream_ids: Iterable[int]) -> dict[int, list[Entry]]:
    """All entries of the given streams, in order, by stream id."""
    query = _entries().where(entry.c.stream_id.in_(list(stream_ids))).order_by(entry.c.stream_id, entry.c.seq)
    found: dict[int, list[Entry]] = {}
    for row in connection.execute(query):
        found.setdefault(row.stream_id, []).append(to_entry(row))
    return found


def one(connection: Connection, event_id: str) -> Entry | None:
    """The entry of an event, or None."""
    row = connection.execute(_entries().where(entry.c.event_id == event_id)).one_or_none()
    return to_entry(row) if row else None


def several(connection: Connection, event_ids: Collection[str]) -> dict[str, Entry]:
    """The entries of these events, by event id."""
    rows = connection.execute(_entries().where(entry.c.event_id.in_(list(event_ids))))
    return {found.claim.event_id: found for found in map(to_entry, rows)}


def corrections_of(
    connection: Connection, event_ids: Collection[str], *, before: int | None = None
) -> dict[str, list[Entry]]:
    """The corrections in effect of these events, in order; ``before``: those before this position in the log."""
    about = entry.c.claim["corrects"].astext
    query = _entries().where(entry.c.type == literal_column("'corrected'"), about.in_(list(event_ids)))
    if before is not None:
        query = query.join(log_leaf, log_leaf.c.ref == entry.c.event_id).where(log_leaf.c.position < before)
    found: dict[str, list[Entry]] = {}
    for made in map(to_entry, connection.execute(query.order_by(about, entry.c.seq))):
        found.setdefault(made.claim.figures["corrects"], []).append(made)
    return found


def about_proposal(connection: Connection, proposal: str) -> list[Entry]:
    """The entries that propose a correction and approve of it, in order."""
    approved: ColumnElement[str] = literal_column("'correction_approved'")
    said = and_(entry.c.type == approved, entry.c.claim["proposal"].astext == proposal)
    query = _entries().where(or_(entry.c.event_id == proposal, said)).order_by(entry.c.seq)
    return [to_entry(row) for row in connection.execute(query)]


def about_corrections(connection: Connection, stream_ids: Collection[int], proposals: Collection[str]) -> list[Entry]:
    """The entries of these streams that propose these corrections, answer them or put them into effect, in order."""
    about = entry.c.claim["proposal"].astext
    said = or_(entry.c.event_id.in_(list(proposals)), about.in_(list(proposals)))
    query = _entries().where(entry.c.stream_id.in_(list(stream_ids)), entry.c.type.in_(_ABOUT_CORRECTIONS), said)
    return [to_entry(row) for row in connection.execute(query.order_by(entry.c.stream_id, entry.c.seq))]


_ABOUT_CORRECTIONS = tuple(map(str, (*ASIDE, EventType.CORRECTED)))


def around(connection: Connection, stream_id: int, seq: int) -> list[Entry]:
    """The entry with this seq and its neighbours on both sides, in order, as far as there are any."""
    query = _entries().where(entry.c.stream_id == stream_id, entry.c.seq.between(seq - 1, seq + 1))
    return [to_entry(row) for row in connection.execute(query.order_by(entry.c.seq))]


def newest(connection: Connection, stream_ids: Collection[int], event: EventType, limit: int) -> list[Entry]:
    """The newest entries of one type in the given streams."""
    wanted = entry.c.stream_id == any_(cast(list(stream_ids), ARRAY(BigInteger)))
    query = _entries().where(wanted, entry.c.type == str(event))
    return [to_entry(row) for row in connection.execute(query.order_by(entry.c.recorded_at.desc()).limit(limit))]


def before(connection: Connection, stream_id: int, event: EventType, seq: int | None, limit: int) -> list[Entry]:
    """The newest entries of one type in a stream that come before a seq, where one is given; the newest first."""
    query = _entries().where(entry.c.stream_id == stream_id, entry.c.type == str(event))
    if seq is not None:
        query = query.where(entry.c.seq < seq)
    return [to_entry(row) for row in connection.execute(query.order_by(entry.c.seq.desc()).limit(limit))]


def claims(connection: Connection, stream_id: int, figure: str, value: str) -> bool:
    """Whether an entry of a stream claims this text for a figure."""
    found = select(entry.c.event_id).where(entry.c.stream_id == stream_id, entry.c.claim[figure].astext == value)
    return connection.execute(found.limit(1)).one_or_none() is not None


def _entries() -> Select[Any]:
    return select(entry, stream.c.kind, stream.c.name).join(stream, stream.c.id == entry.c.stream_id)


def to_entry(row: Row[Any]) -> Entry:
    """An entry from its row, joined with its stream."""
    return Entry(
        claim=Claim.parse(row.claim),
        stream=_stream(row),
        seq=row.seq,
        previous_hash=row.previous_hash,
        recorded_at=row.recorded_at,
        claim_hash=row.claim_hash,
        personal_hash=row.personal_hash,
        confirmations=tuple(Confirmation.parse(c) for c in row.confirmations),
        marks=tuple(Mark(mark) for mark in row.marks),
        hash=row.hash,
    )


def _stream(row: Row[Any]) -> Stream:
    return Stream(StreamKind(row.kind), row.name)
