"""The global log: an RFC 6962 tree whose leaves are salted commitments to entries and sheets.

A leaf's data is ``kind ‖ 0x00 ‖ SHA-256(salt ‖ digest)``, the digest being an entry's hash or a sheet's file digest:
the tree can be published without telling what happened, and without its salt a leaf says nothing while the tree holds.
The head row is locked last and held until the commit, so positions are without gaps and in commit order.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select, update

from sludgetrack.domain.merkle import Frontier, leaf_hash
from sludgetrack.store.rows import copy_rows, execute
from sludgetrack.store.tables.record import log_checkpoint, log_head, log_leaf

SALT_BYTES = 16


class LeafKind(StrEnum):
    """What a leaf commits to."""

    ENTRY = "entry"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class Head:
    """The log after an append: how many leaves, and the root over them."""

    size: int
    root: bytes


def leaf(kind: str, salt: bytes, digest: bytes) -> bytes:
    """The hash of the leaf that commits to a digest."""
    commitment = hashlib.sha256(salt + digest).digest()
    return leaf_hash(kind.encode() + b"\x00" + commitment)


class PeriodsChanged(Exception):
    """A period was locked since this unit of work read which are open: what it booked may count on another day."""

    sqlstate = "40001"
    """As the database would say it: the unit is to be done again."""


def extend(
    connection: Connection,
    kind: LeafKind,
    digests: Sequence[tuple[str, bytes]],
    now: datetime,
    *,
    locks: int | None = None,
) -> Head:
    """Add a leaf for each (id, digest), in order, and a checkpoint for the append. Takes the log's lock.

    ``locks``: how many period locks the caller booked by. Raises PeriodsChanged where there are more by now.
    """
    salts = os.urandom(SALT_BYTES * len(digests))
    rows = []
    for i, (ref, digest) in enumerate(digests):
        salt = salts[i * SALT_BYTES : (i + 1) * SALT_BYTES]
        rows.append((ref, salt, leaf(kind, salt, digest)))
    taken = execute(connection, _TAKE, {"count": len(rows)}).fetchone()
    if taken is None:
        raise LookupError("the log has no head row")
    if locks not in (None, taken[2]):
        raise PeriodsChanged
    start = taken[0] - len(rows)
    grown = Frontier(start, tuple(taken[1])).append(row[2] for row in rows)
    head = Head(grown.size, grown.root())
    copy_rows(
        connection,
        log_leaf,
        ("position", "kind", "ref", "salt", "hash"),
        ((start + i, str(kind), ref, salt, digest) for i, (ref, salt, digest) in enumerate(rows)),
    )
    execute(connection, _GROW, {"peaks": list(grown.peaks), "size": head.size, "root": head.root, "now": now})
    return head


_TAKE = "UPDATE log_head SET size = size + %(count)s RETURNING size, peaks, locks"
_GROW = """
WITH grown AS (UPDATE log_head SET peaks = %(peaks)s::bytea[])
INSERT INTO log_checkpoint (size, root, recorded_at) VALUES (%(size)s, %(root)s, %(now)s)
"""


def head_of(connection: Connection, position: int) -> Head:
    """The log's head after the append that a leaf came in with."""
    row = connection.execute(
        select(log_checkpoint.c.size, log_checkpoint.c.root)
        .where(log_checkpoint.c.size > position)
        .order_by(log_checkpoint.c.size)
        .limit(1)
    ).one()
    return Head(row.size, row.root)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf as the log keeps it, with the salt that lets its digest be held against it."""

    position: int
    kind: str
    salt: bytes
    hash: bytes

    def holds(self, digest: bytes) -> bool:
        """Whether this leaf commits to the digest."""
        return leaf(self.kind, self.salt, digest) == self.hash


def leaves(connection: Connection, refs: Collection[str]) -> dict[str, Leaf]:
    """The leaves of these entries (event ids) and sheets (sheet ids), by id."""
    columns = log_leaf.c
    query = select(columns.ref, columns.position, columns.kind, columns.salt, columns.hash)
    rows = connection.execute(query.where(columns.ref.in_(list(refs))))
    return {row.ref: Leaf(row.position, row.kind, row.salt, row.hash) for row in rows}


def current(connection: Connection) -> Head:
    """The newest head, without taking the lock."""
    row = connection.execute(select(log_head.c.size, log_head.c.peaks)).one()
    return Head(row.size, Frontier(row.size, tuple(row.peaks)).root())


LOCKS = select(log_head.c.locks).scalar_subquery()
"""How many period locks are on record, as a part of another query."""


def count_lock(connection: Connection) -> None:
    """One more period lock. Takes the log's lock: nothing more is recorded before the end of the transaction."""
    connection.execute(update(log_head).values(locks=log_head.c.locks + 1))


def locks(connection: Connection) -> int:
    """How many period locks are on record."""
    found: int = connection.execute(select(log_head.c.locks)).scalar_one()
    return found


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log after one append: its size, the root over it, and when, UTC."""

    size: int
    root: bytes
    recorded_at: datetime


def newest_checkpoints(connection: Connection, limit: int) -> list[Checkpoint]:
    """The last heads, the newest first."""
    c = log_checkpoint.c
    query = select(c.size, c.root, c.recorded_at).order_by(c.size.desc()).limit(limit)
    return [Checkpoint(*row) for row in connection.execute(query)]


def checkpoint_of(connection: Connection, size: int) -> Checkpoint | None:
    """The head the log had at a size; None for a size it never stopped at."""
    c = log_checkpoint.c
    row = connection.execute(select(c.size, c.root, c.recorded_at).where(c.size == size)).one_or_none()
    return Checkpoint(*row) if row else None
