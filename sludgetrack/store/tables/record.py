"""The record: streams, their entries, the personal data beside them, and the log over everything.

Entries, leaves and checkpoints are never updated or deleted: the migration takes the right from the application's
role and a trigger refuses the owner. ``stream`` keeps each chain's head and is the row a writer locks. An entry's
``fingerprint`` is the digest of the request that made it: it tells a repeated request from another with the same id.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from sludgetrack.store.base import UTCDateTime, hash_column, metadata

stream = Table(
    "stream",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("head_seq", Integer, nullable=False),
    hash_column("head_hash"),
    UniqueConstraint("kind", "name"),
)

entry = Table(
    "entry",
    metadata,
    Column("event_id", UUID(as_uuid=False), primary_key=True),
    Column("stream_id", BigInteger, ForeignKey("stream.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("claim", JSONB, nullable=False),
    Column("occurred_at", UTCDateTime, nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
    hash_column("previous_hash"),
    hash_column("claim_hash"),
    hash_column("personal_hash", nullable=True),
    Column("confirmations", JSONB, nullable=False),
    Column("marks", ARRAY(Text), nullable=False),
    hash_column("hash"),
    hash_column("fingerprint", nullable=True),
    UniqueConstraint("stream_id", "seq"),
    CheckConstraint("seq > 0", name="seq_counts_from_one"),
)

Index(
    "ix_entry_rare",
    entry.c.type,
    entry.c.recorded_at,
    postgresql_where=text("type in ('treated', 'counted', 'turned_away', 'changed')"),
)

Index("ix_entry_corrects", text("(claim ->> 'corrects')"), entry.c.seq, postgresql_where=text("type = 'corrected'"))
Index("ix_entry_approves", text("(claim ->> 'proposal')"), postgresql_where=text("type = 'correction_approved'"))

personal = Table(
    "personal",
    metadata,
    Column("event_id", UUID(as_uuid=False), ForeignKey("entry.event_id"), primary_key=True),
    Column("salt", LargeBinary(16), nullable=False),
    Column("data", JSONB, nullable=False),
)

log_leaf = Table(
    "log_leaf",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("ref", UUID(as_uuid=False), nullable=False),
    Column("salt", LargeBinary(16), nullable=False),
    hash_column("hash"),
    UniqueConstraint("ref"),
)

log_checkpoint = Table(
    "log_checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    hash_column("root"),
    Column("recorded_at", UTCDateTime, nullable=False),
)

log_head = Table(
    "log_head",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("peaks", ARRAY(LargeBinary), nullable=False),
    Column("locks", Integer, nullable=False, server_default=text("0")),
    CheckConstraint("id = 1", name="only_one"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("topic", Text, nullable=False),
    Column("ref", UUID(as_uuid=False), nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("tries", SmallInteger, nullable=False, server_default=text("0")),
    Column("not_before", UTCDateTime, nullable=False),
    Column("last_error", Text),
    Index("ix_outbox_not_before", "not_before"),
)
