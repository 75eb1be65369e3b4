"""The whole record, read from beginning to end: for the audit, which may trust none of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, any_, cast, column, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from sludgetrack.domain.events import Entry, EventType, Stream, StreamKind
from sludgetrack.store import streams
from sludgetrack.store.log import LeafKind
from sludgetrack.store.tables.manifests import sheet
from sludgetrack.store.tables.mass import posting
from sludgetrack.store.tables.record import entry, log_checkpoint, log_head, log_leaf, personal, stream

CHUNK = 2000
"""Rows fetched at once."""


@dataclass(frozen=True, slots=True)
class Header:
    """What an event is and where it stands, without its claim."""

    type: EventType
    stream: Stream
    occurred_at: datetime


def headers(connection: Connection, event_ids: Collection[str]) -> dict[str, Header]:
    """The events with these ids."""
    query = (
        select(entry.c.event_id, entry.c.type, stream.c.kind, stream.c.name, entry.c.occurred_at)
        .join(stream, stream.c.id == entry.c.stream_id)
        .where(entry.c.event_id.in_(event_ids))
    )
    return {
        row.event_id: Header(EventType(row.type), Stream(StreamKind(row.kind), row.name), row.occurred_at)
        for row in connection.execute(query)
    }


def streamed(connection: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
    """The rows of a query through a cursor of the server, a chunk at a time."""
    result = connection.execute(query.execution_options(yield_per=CHUNK))
    try:
        for part in result.partitions():
            yield from part
    finally:
        result.close()


def among(column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """Whether a column holds one of a great many values, which travel as one array."""
    return column == any_(cast(values, ARRAY(column.type)))


def by_stream(connection: Connection) -> Iterator[Row[Any]]:
    """Every stream with its entries in order and the personal data beside them; an empty stream has one row."""
    query = (
        select(stream, *_ENTRY, personal.c.salt, personal.c.data)
        .outerjoin(entry, entry.c.stream_id == stream.c.id)
        .outerjoin(personal, personal.c.event_id == entry.c.event_id)
        .order_by(stream.c.id, entry.c.seq)
    )
    return streamed(connection, query)


def in_log_order(connection: Connection) -> Iterator[Row[Any]]:
    """Every entry that has a leaf, in the order of the log, with its stream and the personal data beside it."""
    query = (
        select(log_leaf.c.position, stream.c.kind, stream.c.name, entry.c.stream_id, *_ENTRY, personal.c.data)
        .join(entry, entry.c.event_id == log_leaf.c.ref)
        .join(stream, stream.c.id == entry.c.stream_id)
        .outerjoin(personal, personal.c.event_id == entry.c.event_id)
        .where(log_leaf.c.kind == str(LeafKind.ENTRY))
        .order_by(log_leaf.c.position)
    )
    return streamed(connection, query)


def leaves(connection: Connection) -> Iterator[Row[Any]]:
    """Every leaf of the log in order, with the digest of what it commits to, None where that is gone."""
    is_entry, is_sheet = log_leaf.c.kind == str(LeafKind.ENTRY), log_leaf.c.kind == str(LeafKind.SHEET)
    query = (
        select(log_leaf, func.coalesce(entry.c.hash, sheet.c.file_digest).label("digest"))
        .outerjoin(entry, and_(is_entry, entry.c.event_id == log_leaf.c.ref))
        .outerjoin(sheet, and_(is_sheet, sheet.c.id == log_leaf.c.ref))
        .order_by(log_leaf.c.position)
    )
    return streamed(connection, query)


def checkpoints(connection: Connection) -> Iterator[Row[Any]]:
    """Every checkpoint (size, root), smallest first."""
    return streamed(connection, select(log_checkpoint.c.size, log_checkpoint.c.root).order_by(log_checkpoint.c.size))


def head(connection: Connection) -> tuple[int, tuple[bytes, ...]]:
    """The stored size and peaks of the log."""
    row = connection.execute(select(log_head.c.size, log_head.c.peaks)).one()
    return row.size, tuple(row.peaks)


def unlogged(connection: Connection) -> Iterator[tuple[str, str]]:
    """Kind and id of every entry and sheet without a leaf of its kind."""
    for kind, ref in ((LeafKind.ENTRY, entry.c.event_id), (LeafKind.SHEET, sheet.c.id)):
        query: Select[Any] = (
            select(ref)
            .outerjoin(log_leaf, and_(log_leaf.c.ref == ref, log_leaf.c.kind == str(kind)))
            .where(log_leaf.c.ref.is_(None))
            .order_by(ref)
        )
        for row in streamed(connection, query):
            yield str(kind), row[0]


def adrift(connection: Connection) -> Iterator[tuple[str, str]]:
    """What belongs to nothing: entries without a stream, personal data without an entry. What it is, and its id."""
    no_stream: Select[Any] = (
        select(literal("entry").label("what"), entry.c.event_id)
        .outerjoin(stream, stream.c.id == entry.c.stream_id)
        .where(stream.c.id.is_(None))
    )
    no_entry: Select[Any] = (
        select(literal("personal").label("what"), personal.c.event_id)
        .outerjoin(entry, entry.c.event_id == personal.c.event_id)
        .where(entry.c.event_id.is_(None))
    )
    for query in (no_stream, no_entry):
        for row in streamed(connection, query):
            yield row.what, row.event_id


def made_at(connection: Connection, holding_id: int) -> int | None:
    """The leaf of the event that made a holding: the first that posted anything to it."""
    query = (
        select(func.min(log_leaf.c.position))
        .join(posting, posting.c.event_id == log_leaf.c.ref)
        .where(posting.c.holding_id == holding_id)
    )
    position: int | None = connection.execute(query).scalar_one()
    return position


def postings_adrift(connection: Connection) -> Iterator[tuple[str, int]]:
    """Postings whose event is not in the log: the event's id, and how many there are."""
    query: Select[Any] = (
        select(posting.c.event_id, func.count().label("postings"))
        .outerjoin(log_leaf, and_(log_leaf.c.ref == posting.c.event_id, log_leaf.c.kind == str(LeafKind.ENTRY)))
        .where(log_leaf.c.ref.is_(None))
        .group_by(posting.c.event_id)
        .order_by(posting.c.event_id)
    )
    for row in streamed(connection, query):
        yield row.event_id, row.postings


def root_at(connection: Connection, size: int) -> bytes | None:
    """The root a checkpoint gives the log at a size, None where no append ended there."""
    query = select(log_checkpoint.c.root).where(log_checkpoint.c.size == size)
    return connection.execute(query).scalar_one_or_none()


def history(connection: Connection, stream_id: int, upto: int) -> list[Entry]:
    """The entries of a stream up to a seq, in order."""
    return [found for found in streams.entries(connection, [stream_id]).get(stream_id, []) if found.seq <= upto]


def manifest_numbers(connection: Connection) -> Iterator[str]:
    """The number of every manifest, in order."""
    query = select(stream.c.name).where(stream.c.kind == str(StreamKind.MANIFEST)).order_by(stream.c.name)
    return (row[0] for row in streamed(connection, query))


def handed_numbers(connection: Connection) -> Iterator[Row[Any]]:
    """The numbers handed out in blocks, in order: number, public code, facility, block, and to whom."""
    lines = func.jsonb_array_elements(entry.c.claim["numbers"]).table_valued(column("value", JSONB)).lateral("line")
    query = (
        select(
            lines.c.value["number"].astext.label("number"),
            lines.c.value["public_code"].astext.label("public_code"),
            entry.c.stream_id.label("facility_id"),
            entry.c.event_id.label("block"),
            entry.c.claim["handed_to"].astext.label("handed_to"),
        )
        .select_from(entry)
        .join(lines, true())
        .where(entry.c.type == str(EventType.NUMBERS_HANDED))
        .order_by("number")
    )
    return streamed(connection, query)


_ENTRY = (
    entry.c.event_id,
    entry.c.seq,
    entry.c.type,
    entry.c.claim,
    entry.c.occurred_at,
    entry.c.recorded_at,
    entry.c.previous_hash,
    entry.c.claim_hash,
    entry.c.personal_hash,
    entry.c.confirmations,
    entry.c.marks,
    entry.c.hash,
)
