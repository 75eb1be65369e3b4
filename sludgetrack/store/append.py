"""The one way into the record: a list of claims becomes entries, projections, postings, work to do, and log leaves.

A live command appends one, an import a chunk. All of it happens in the caller's transaction; the log's head is locked
last, so that the lock is short.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select

from sludgetrack.domain.chain import canonical_bytes, commitment, confirmations_text, entry_bytes
from sludgetrack.domain.errors import IdempotencyConflict
from sludgetrack.domain.events import Claim, Confirmation, Entry, Mark, Stream, StreamKind, leaves_sheet
from sludgetrack.domain.manifest import REWRITES, ManifestState, advance, fold
from sludgetrack.store import log, names, outbox
from sludgetrack.store.books import Books
from sludgetrack.store.corrections import project_corrections
from sludgetrack.store.directory import Directory
from sludgetrack.store.disposals import project_disposals
from sludgetrack.store.outbox import Topic
from sludgetrack.store.projection import project_manifests
from sludgetrack.store.registers import project_registers
from sludgetrack.store.rows import copy_rows, execute, words_array
from sludgetrack.store.streams import StreamHead, entries
from sludgetrack.store.tables.record import entry as entry_table
from sludgetrack.store.tables.record import log_leaf, personal, stream


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim on its way into the record, with what goes beside it.

    ``personal``: names, phones and licences, committed to by hash. ``fingerprint``: digest of the request, None where
    the writer makes its event ids from content (imports).
    """

    claim: Claim
    confirmations: tuple[Confirmation, ...] = ()
    marks: tuple[Mark, ...] = ()
    personal: Mapping[str, Any] | None = None
    fingerprint: bytes | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the writer of an event gets back, the same however often it asks; ``replayed`` from the second time on."""

    event_id: str
    stream: Stream
    seq: int
    entry_hash: bytes
    recorded_at: datetime
    log_position: int
    replayed: bool = field(default=False, compare=False)


@dataclass(slots=True)
class Appending:
    """One append under way: the drafts, the locked heads, and the folded states of the manifests among them.

    ``unmade``: streams among the heads that have their ids but no rows yet (``streams.reserve``).
    """

    drafts: Sequence[Draft]
    heads: Mapping[Stream, StreamHead]
    states: dict[Stream, ManifestState]
    books: Books | None = None
    sheets: bool = True
    unmade: Collection[Stream] = ()


@dataclass(frozen=True, slots=True)
class _Written:
    """An entry with what is stored beside it: the texts its hashes are of, its stream's row, and the personal data."""

    entry: Entry
    claim_text: str
    confirmations_text: str
    stream_id: int
    draft: Draft
    salt: bytes | None


def append(connection: Connection, directory: Directory, work: Appending, now: datetime) -> list[Receipt]:
    """Record the drafts in order. ``work.states`` is brought up to date. Returns a receipt for each."""
    if not work.drafts:
        return []
    written = _chain(work, now)
    _write_heads(connection, written, work.unmade)
    _write_entries(connection, written)
    made = [item.entry for item in written]
    for entry in made:
        if entry.stream.kind is StreamKind.MANIFEST:
            work.states[entry.stream] = _next_state(connection, work, entry)
    project_manifests(connection, directory, made, work.heads, work.states)
    project_registers(connection, directory, made, work.heads)
    names.take(connection, made)
    project_corrections(connection, made, work.heads)
    if work.books is not None:
        work.books.write()
        project_disposals(connection, directory, made, work.books)
    if work.sheets:
        _ask_for_sheets(connection, written, now)
    leaves = [(w.entry.claim.event_id, w.entry.hash) for w in written]
    locks = None if work.books is None else directory.locks
    head = log.extend(connection, log.LeafKind.ENTRY, leaves, now, locks=locks)
    first = head.size - len(written)
    return [_receipt(item.entry, first + i) for i, item in enumerate(written)]


def _next_state(connection: Connection, work: Appending, entry: Entry) -> ManifestState:
    """A decision or a correction changes the history, so that it has to be read again; all else adds to it."""
    if entry.claim.type in REWRITES:
        stream_id = work.heads[entry.stream].id
        return fold(entries(connection, [stream_id])[stream_id][: entry.seq])
    return advance(work.states[entry.stream], entry)


def find(connection: Connection, event_id: str, fingerprint: bytes) -> Receipt | None:
    """The receipt of an event that is already recorded, looked up before any rule of state.

    Raises IdempotencyConflict where the same id was used for another request.
    """
    found = _lookup(connection, event_id)
    if found is None:
        return None
    receipt, recorded = found
    if recorded != fingerprint:
        raise IdempotencyConflict(field="event_id", event_id=event_id)
    return receipt


def receipt_of(connection: Connection, event_id: str) -> Receipt:
    """The receipt of an event that is known to be recorded."""
    found = _lookup(connection, event_id)
    if found is None:
        raise LookupError(event_id)
    return found[0]


def _lookup(connection: Connection, event_id: str) -> tuple[Receipt, bytes | None] | None:
    e = entry_table.c
    query = (
        select(e.seq, e.hash, e.recorded_at, e.fingerprint, stream.c.kind, stream.c.name, log_leaf.c.position)
        .join(stream, stream.c.id == e.stream_id)
        .join(log_leaf, log_leaf.c.ref == e.event_id)
        .where(e.event_id == event_id)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    subject = Stream(StreamKind(row.kind), row.name)
    receipt = Receipt(event_id, subject, row.seq, row.hash, row.recorded_at, row.position, replayed=True)
    return receipt, row.fingerprint


def _chain(work: Appending, now: datetime) -> list[_Written]:
    """The entries the drafts make, each linked to the one before it in its stream."""
    ends = {s: (head.id, head.seq, head.hash) for s, head in work.heads.items()}
    words: dict[tuple[Confirmation, ...], str] = {}
    written = []
    for draft in work.drafts:
        subject, confirmations = draft.claim.subject, draft.confirmations
        if confirmations not in words:
            words[confirmations] = confirmations_text(confirmations)
        stream_id, seq, previous = ends[subject]
        item = _entry(draft, StreamHead(stream_id, seq + 1, previous), words[confirmations], now)
        ends[subject] = (stream_id, seq + 1, item.entry.hash)
        written.append(item)
    return written


def _entry(draft: Draft, place: StreamHead, confirmations: str, now: datetime) -> _Written:
    """The entry of a draft at its place: the stream's row, the entry's own seq, and the hash of the one before."""
    salt = os.urandom(log.SALT_BYTES) if draft.personal else None
    claim = canonical_bytes(draft.claim.document())
    unsealed = Entry(
        draft.claim,
        draft.claim.subject,
        place.seq,
        place.hash,
        now,
        sha256(claim).digest(),
        commitment(salt, draft.personal) if salt and draft.personal else None,
        draft.confirmations,
        draft.marks,
        b"",
    )
    return _Written(_sealed(unsealed, confirmations), claim.decode(), confirmations, place.id, draft, salt)


def _sealed(entry: Entry, confirmations: str) -> Entry:
    return Entry(
        entry.claim,
        entry.stream,
        entry.seq,
        entry.previous_hash,
        entry.recorded_at,
        entry.claim_hash,
        entry.personal_hash,
        entry.confirmations,
        entry.marks,
        sha256(entry_bytes(entry, confirmations)).digest(),
    )


_ENTRY_COLUMNS = (
    "event_id",
    "stream_id",
    "seq",
    "type",
    "claim",
    "occurred_at",
    "recorded_at",
    "previous_hash",
    "claim_hash",
    "personal_hash",
    "confirmations",
    "marks",
    "hash",
    "fingerprint",
)


def _write_entries(connection: Connection, written: Iterable[_Written]) -> None:
    copy_rows(connection, entry_table, _ENTRY_COLUMNS, map(_row, written))
    people = [
        (item.entry.claim.event_id, item.salt, json.dumps(item.draft.personal, ensure_ascii=False))
        for item in written
        if item.salt
    ]
    if people:
        copy_rows(connection, personal, ("event_id", "salt", "data"), people)


def _row(item: _Written) -> tuple[Any, ...]:
    made = item.entry
    return (
        made.claim.event_id,
        item.stream_id,
        made.seq,
        str(made.claim.type),
        item.claim_text,
        made.claim.occurred_at,
        made.recorded_at,
        made.previous_hash,
        made.claim_hash,
        made.personal_hash,
        item.confirmations_text,
        words_array(made.marks),
        made.hash,
        item.draft.fingerprint,
    )


def _write_heads(connection: Connection, written: Iterable[_Written], unmade: Collection[Stream]) -> None:
    """Streams that are new come with their last entry at once; the others are moved on to it."""
    last = {item.entry.stream: item for item in written}
    new = [last[stream] for stream in unmade]
    rows = [(i.stream_id, str(i.entry.stream.kind), i.entry.stream.name, i.entry.seq, i.entry.hash) for i in new]
    if rows:
        copy_rows(connection, stream, ("id", "kind", "name", "head_seq", "head_hash"), rows)
    old = [item for subject, item in last.items() if subject not in unmade]
    if old:
        values = {
            "ids": [item.stream_id for item in old],
            "seqs": [item.entry.seq for item in old],
            "hashes": [item.entry.hash for item in old],
        }
        execute(connection, _HEADS, values)


_HEADS = """
UPDATE stream SET head_seq = now.seq, head_hash = now.hash
FROM unnest(%(ids)s::bigint[], %(seqs)s::int[], %(hashes)s::bytea[]) AS now (id, seq, hash)
WHERE stream.id = now.id
"""


def _ask_for_sheets(connection: Connection, written: Iterable[_Written], now: datetime) -> None:
    leaving = [w.entry.claim.event_id for w in written if leaves_sheet(w.entry.claim)]
    outbox.add(connection, Topic.SHEET, leaving, now)


def _receipt(made: Entry, position: int) -> Receipt:
    return Receipt(made.claim.event_id, made.stream, made.seq, made.hash, made.recorded_at, position)
