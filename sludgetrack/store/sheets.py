"""The sheets on record, and what the record holds that a sheet is made from.

A sheet's row is written once, with its digest's leaf in the log; its file lies in the blob store. ``ordinal`` counts
the sheets of a manifest by their events; every disposal has a sheet of its own, the first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import BigInteger, Connection, Row, case, column, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from sludgetrack.domain.events import KINDS, Entry, EventType, Stream, StreamKind
from sludgetrack.store import log
from sludgetrack.store.log import Head, LeafKind
from sludgetrack.store.rows import as_table
from sludgetrack.store.streams import to_entry
from sludgetrack.store.tables.manifests import manifest, sheet
from sludgetrack.store.tables.record import entry, log_checkpoint, log_leaf, personal, stream

_IDS = UUID("5f1d7a52-2e1b-4b0c-9d7e-6c1a52f0b3a4")
"""The namespace of sheet ids."""

WITH_SHEET = tuple(str(kind.type) for kind in KINDS.values() if kind.sheet)
"""The types of events that leave a sheet; a correction does where the event it corrects is of one of them."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A recorded sheet. ``log_size`` and ``log_root`` are the head printed on it, that of its event's own append.

    ``rendering_digest`` is SHA-256 of what was rendered, ``file_digest`` of the file as stored; they differ only where
    something (a signature) was appended to the rendering. ``size`` is the file's, in bytes.
    """

    id: str
    event_id: str
    stream_id: int
    ordinal: int
    template_version: str
    public_address: str
    log_size: int
    log_root: bytes
    rendering_digest: bytes
    file_digest: bytes
    size: int
    recorded_at: datetime


_COLUMNS = tuple(sheet.c[field.name] for field in fields(Sheet))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an event stands in the record: its stream, its seq there, and its leaf in the log."""

    event_id: str
    stream_id: int
    stream: Stream
    seq: int
    position: int


@dataclass(frozen=True, slots=True)
class Aside:
    """The personal data beside a claim, and the salt its commitment was made with."""

    salt: bytes
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """An event that leaves a sheet, and the sheet, if it has been made. ``type`` is an event type."""

    event_id: str
    type: str
    ordinal: int
    recorded_at: datetime
    sheet: Sheet | None


def sheet_id(event_id: str) -> str:
    """The id of the sheet of an event: it has one, so the event's id tells it."""
    return str(uuid5(_IDS, event_id))


def add(connection: Connection, made: Iterable[Sheet], now: datetime) -> set[str]:
    """Record sheets and log their digests; returns the ids of the events whose sheets these are now.

    A sheet that somebody else has recorded stays as it is. Waits for whoever is recording one of them at the moment;
    all writers go by event id, so none waits in a circle. Takes the log's lock, last.
    """
    rows = [asdict(each) for each in sorted(made, key=lambda each: each.event_id)]
    if not rows:
        return set()
    statement = insert(sheet).values(rows).on_conflict_do_nothing().returning(sheet.c.event_id)
    added = set(connection.scalars(statement))
    leaves = [(row["id"], row["file_digest"]) for row in rows if row["event_id"] in added]
    if leaves:
        log.extend(connection, LeafKind.SHEET, leaves, now)
    return added


def of_events(connection: Connection, event_ids: Collection[str]) -> dict[str, Sheet]:
    """The sheets there are for these events, by event id."""
    query = select(*_COLUMNS).where(sheet.c.event_id.in_(event_ids))
    return {row.event_id: Sheet(*row) for row in connection.execute(query)}


def by_id(connection: Connection, wanted: str) -> Sheet | None:
    """The sheet with this id, or None."""
    row = connection.execute(select(*_COLUMNS).where(sheet.c.id == wanted)).one_or_none()
    return Sheet(*row) if row else None


def of_streams(connection: Connection, stream_ids: Collection[int]) -> dict[str, Sheet]:
    """Every sheet of these manifests, by event id."""
    query = select(*_COLUMNS).where(sheet.c.stream_id.in_(stream_ids))
    return {row.event_id: Sheet(*row) for row in connection.execute(query)}


def listed(connection: Connection, stream_id: int) -> list[Listed]:
    """The events of a manifest that leave a sheet, in their order, each with its sheet if it has been made."""
    e = entry.c
    query = (
        select(e.type, e.recorded_at.label("entered_at"), e.event_id.label("entry_id"), *_COLUMNS)
        .join(sheet, sheet.c.event_id == e.event_id, isouter=True)
        .where(e.stream_id == stream_id, func.coalesce(_of_corrected, e.type).in_(WITH_SHEET))
        .order_by(e.seq)
    )
    rows = connection.execute(query).all()
    return [_listed(row, ordinal) for ordinal, row in enumerate(rows, start=1)]


_of_corrected = case((entry.c.type == str(EventType.CORRECTED), entry.c.claim["of"].astext))
"""The type of the event that a correction corrects."""


def _listed(row: Row[Any], ordinal: int) -> Listed:
    made = None if row.id is None else Sheet(**{field.name: getattr(row, field.name) for field in fields(Sheet)})
    return Listed(row.entry_id, row.type, ordinal, row.entered_at, made)


def manifests_called(connection: Connection, text: str) -> dict[str, int]:
    """The manifests with this number, name or external number: their numbers, and the ids of their streams."""
    m = manifest.c
    query = select(m.number, m.id).where(or_(m.number == text, m.name == text, m.external_number == text))
    return {row.number: row.id for row in connection.execute(query.order_by(m.number))}


# What sheets are made from


def spots(connection: Connection, event_ids: Collection[str]) -> dict[str, Spot]:
    """Where events stand, by event id; those that are not on record are missing."""
    query = (
        select(entry.c.event_id, entry.c.stream_id, stream.c.kind, stream.c.name, entry.c.seq, log_leaf.c.position)
        .join(stream, stream.c.id == entry.c.stream_id)
        .join(log_leaf, log_leaf.c.ref == entry.c.event_id)
        .where(entry.c.event_id.in_(event_ids))
    )
    return {
        row.event_id: Spot(row.event_id, row.stream_id, Stream(StreamKind(row.kind), row.name), row.seq, row.position)
        for row in connection.execute(query)
    }


def entries(connection: Connection, event_ids: Collection[str]) -> dict[str, Entry]:
    """Single entries, by event id."""
    query = (
        select(entry, stream.c.kind, stream.c.name)
        .join(stream, stream.c.id == entry.c.stream_id)
        .where(entry.c.event_id.in_(event_ids))
    )
    return {row.event_id: to_entry(row) for row in connection.execute(query)}


def first_entries(connection: Connection, event_ids: Collection[str]) -> dict[str, Entry]:
    """The first entry of each of these events' streams, by the event's id."""
    of = entry.alias("of")
    query = (
        select(entry, stream.c.kind, stream.c.name, of.c.event_id.label("of_event"))
        .join(stream, stream.c.id == entry.c.stream_id)
        .join(of, of.c.stream_id == entry.c.stream_id)
        .where(of.c.event_id.in_(event_ids), entry.c.seq == 1)
    )
    return {row.of_event: to_entry(row) for row in connection.execute(query)}


def asides(connection: Connection, event_ids: Collection[str]) -> dict[str, Aside]:
    """The personal data beside these events, where there is any."""
    query = select(personal).where(personal.c.event_id.in_(event_ids))
    return {row.event_id: Aside(row.salt, row.data) for row in connection.execute(query)}


def heads(connection: Connection, positions: Sequence[int]) -> dict[int, Head]:
    """The log's head after the append that each leaf came in with."""
    wanted = as_table("wanted", [(column("position", BigInteger), positions)])
    c = log_checkpoint.c
    after = select(c.size, c.root).where(c.size > wanted.c.position).order_by(c.size).limit(1).lateral()
    query = select(wanted.c.position, after.c.size, after.c.root).select_from(wanted.join(after, after.c.size > 0))
    return {row.position: Head(row.size, row.root) for row in connection.execute(query)}
