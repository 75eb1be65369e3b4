"""Reading the record stream by stream: its chains, and the manifests that follow from them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row

from sludgetrack.domain.chain import START, claim_hash, commitment, entry_hash
from sludgetrack.domain.events import Entry, Stream, StreamKind
from sludgetrack.domain.times import rfc3339
from sludgetrack.services.audit.areas import Area, Notes
from sludgetrack.services.audit.manifests import Manifests
from sludgetrack.store import scan
from sludgetrack.store.streams import to_entry

Problem = tuple[str, str]
"""A code and a sentence."""


def check_streams(connection: Connection, notes: Notes) -> None:
    """Check every chain and, of each manifest, the row and the parties its entries give."""
    manifests = Manifests(connection, notes)
    for stream_id, rows in groupby(scan.by_stream(connection), key=lambda row: row.id):
        stream, entries = _check_stream(rows, notes)
        if stream.kind is StreamKind.MANIFEST:
            manifests.compare(stream_id, stream, entries)
    manifests.finish()
    for what, event_id in scan.adrift(connection):
        notes.disagree(Area.CHAINS, f"{what}_adrift", f"event {event_id}", "what it belongs to is gone")


def _check_stream(rows: Iterator[Row[Any]], notes: Notes) -> tuple[Stream, list[Entry]]:
    """Check one chain. Of a manifest, its readable entries come back."""
    seq, previous = 0, START
    entries: list[Entry] = []
    for row in rows:
        stream, head = Stream(StreamKind(row.kind), row.name), (row.head_seq, row.head_hash)
        if row.event_id is None:
            notes.disagree(Area.CHAINS, "stream_empty", str(stream), "no event stands in it")
            return stream, []
        entry, problems = check_entry(row, seq + 1, previous)
        for code, detail in problems:
            notes.disagree(Area.CHAINS, code, f"{stream} #{row.seq}", detail)
        if entry is not None and stream.kind is StreamKind.MANIFEST:
            entries.append(entry)
        seq, previous = row.seq, row.hash
        notes.checked(Area.CHAINS)
    if (seq, previous) != head:
        detail = f"the stream's head is #{head[0]}, its last event #{seq}, or their hashes differ"
        notes.disagree(Area.CHAINS, "head_differs", str(stream), detail)
    return stream, entries


def check_entry(row: Row[Any], seq: int, previous: bytes) -> tuple[Entry | None, list[Problem]]:
    """A stored entry, if it can be read at all, and everything about it that does not hold."""
    problems: list[Problem] = []
    if row.seq != seq:
        problems.append(("entry_missing", f"#{seq} should stand here: an event is missing or in another place"))
    if row.previous_hash != previous:
        problems.append(("chain_broken", "the hash of the event before it is another one"))
    problems += _personal_problems(row)
    try:
        entry = to_entry(row)
        told = claim_hash(row.claim), entry_hash(entry)
        misfiled = _misfiled(row, entry)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return None, [*problems, ("entry_unreadable", f"event {row.event_id}: {error!r}")]
    if told[0] != row.claim_hash:
        problems.append(("claim_changed", f"the claim of event {row.event_id} does not give its hash"))
    if told[1] != row.hash:
        problems.append(("entry_changed", f"the entry of event {row.event_id} does not give its hash"))
    if misfiled:
        problems.append(("entry_misfiled", f"event {row.event_id}: {misfiled}"))
    return entry, problems


def _misfiled(row: Row[Any], entry: Entry) -> str:
    """What is stored beside a claim and does not agree with it."""
    claim = entry.claim
    columns = {
        "event_id": (row.event_id, claim.event_id),
        "type": (row.type, str(claim.type)),
        "subject": (str(entry.stream), str(claim.subject)),
        "occurred_at": (rfc3339(row.occurred_at), row.claim["occurred_at"]),
        "confirmations": (row.confirmations, [word.document() for word in entry.confirmations]),
    }
    return "; ".join(f"{name} is {a!r}, the claim says {b!r}" for name, (a, b) in columns.items() if a != b)


def _personal_problems(row: Row[Any]) -> Iterator[Problem]:
    """The personal data must give its commitment; none may stand beside an entry that committed to none."""
    if row.personal_hash is None:
        if row.salt is not None:
            yield "personal_uncommitted", f"event {row.event_id} was recorded without personal data"
    elif row.salt is None:
        yield "personal_missing", f"the personal data of event {row.event_id} is gone"
    elif not _is_committed(row):
        yield "personal_changed", f"the personal data or the salt of event {row.event_id} does not give its hash"


def _is_committed(row: Row[Any]) -> bool:
    try:
        return bool(commitment(row.salt, row.data) == row.personal_hash)
    except (ValueError, TypeError):
        return False
