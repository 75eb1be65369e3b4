"""What the manifests' entries say at present: state, parties, offers, sheets. Rebuildable, but for offers."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from sludgetrack.store.base import UTCDateTime, hash_column, metadata

manifest = Table(
    "manifest",
    metadata,
    Column("id", BigInteger, ForeignKey("stream.id"), primary_key=True, autoincrement=False),
    Column("number", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, unique=True),
    Column("public_code", Text, nullable=False),
    Column("external_number", Text),
    Column("giver_id", BigInteger, ForeignKey("facility.id"), nullable=False),
    Column("hauler_id", BigInteger, ForeignKey("organisation.id"), nullable=False),
    Column("destination_id", BigInteger, ForeignKey("facility.id"), nullable=False),
    Column("route", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("disputed", Boolean, nullable=False),
    Column("plate", Text),
    Column("driver_id", UUID(as_uuid=False)),
    Column("planned_kg", Integer, nullable=False),
    Column("planned_minutes", Integer),
    Column("net_out_kg", Integer),
    Column("moisture_out_bp", SmallInteger),
    Column("net_in_kg", Integer),
    Column("moisture_in_bp", SmallInteger),
    Column("accepted_kg", Integer, nullable=False),
    Column("held_kg", Integer, nullable=False),
    Column("returned_kg", Integer),
    Column("issued_at", UTCDateTime, nullable=False),
    Column("loaded_at", UTCDateTime),
    Column("arrived_at", UTCDateTime),
    Column("received_at", UTCDateTime),
    Column("returned_at", UTCDateTime),
    Column("marks", ARRAY(Text), nullable=False),
    Column("grades", ARRAY(Text), nullable=False),
    Column("seq", Integer, nullable=False),
    UniqueConstraint("giver_id", "external_number"),
)
_OPEN = text("status in ('issued', 'in_transit', 'arrived', 'holding')")
Index("ix_manifest_giver_open", manifest.c.giver_id, manifest.c.id, postgresql_where=_OPEN)
Index("ix_manifest_destination_open", manifest.c.destination_id, manifest.c.id, postgresql_where=_OPEN)
Index("ix_manifest_hauler_open", manifest.c.hauler_id, manifest.c.id, postgresql_where=_OPEN)
Index("ix_manifest_disputed", manifest.c.id, postgresql_where=text("disputed"))
Index("ix_manifest_plate", manifest.c.plate, manifest.c.loaded_at)
Index("ix_manifest_hauler", manifest.c.hauler_id, manifest.c.loaded_at)
Index("ix_manifest_destination", manifest.c.destination_id, manifest.c.received_at)

manifest_party = Table(
    "manifest_party",
    metadata,
    Column("manifest_id", BigInteger, ForeignKey("manifest.id"), primary_key=True, autoincrement=False),
    Column("organisation_id", BigInteger, ForeignKey("organisation.id"), primary_key=True, autoincrement=False),
    Column("role", Text, primary_key=True),
    Column("division", Text(collation="C"), primary_key=True),
)
Index("ix_manifest_party_organisation", manifest_party.c.organisation_id, manifest_party.c.manifest_id)
Index("ix_manifest_party_division", manifest_party.c.division, manifest_party.c.manifest_id)

offer = Table(
    "offer",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("manifest_id", BigInteger, ForeignKey("manifest.id"), nullable=False, index=True),
    Column("event", Text, nullable=False),
    Column("command", JSONB, nullable=False),
    hash_column("figures_hash"),
    Column("organisation_id", BigInteger, ForeignKey("organisation.id"), nullable=False),
    Column("made_by", UUID(as_uuid=False), nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("wrong_tries", SmallInteger, nullable=False, server_default=text("0")),
    Column("state", Text, nullable=False),
    Column("decided_by", UUID(as_uuid=False)),
    Column("decided_at", UTCDateTime),
    Column("reason", Text),
)
Index("uq_offer_open", offer.c.manifest_id, unique=True, postgresql_where=text("state = 'open'"))

correction = Table(
    "correction",
    metadata,
    Column("proposal_id", UUID(as_uuid=False), ForeignKey("entry.event_id"), primary_key=True),
    Column("stream_id", BigInteger, ForeignKey("stream.id"), nullable=False, index=True),
    Column("corrects", UUID(as_uuid=False), ForeignKey("entry.event_id"), nullable=False, index=True),
    Column("of", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("approvers", ARRAY(Text), nullable=False),
    Column("approved", ARRAY(Text), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("proposed_at", UTCDateTime, nullable=False),
    Column("answered_at", UTCDateTime),
)
"""Proposed corrections, of manifests and of facilities, and what became of them."""
Index("ix_correction_open", correction.c.proposal_id, postgresql_where=text("outcome = 'open'"))
Index("uq_correction_open", correction.c.corrects, unique=True, postgresql_where=text("outcome = 'open'"))

sheet = Table(
    "sheet",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("event_id", UUID(as_uuid=False), ForeignKey("entry.event_id"), nullable=False, unique=True),
    Column("stream_id", BigInteger, ForeignKey("stream.id"), nullable=False, index=True),
    Column("ordinal", SmallInteger, nullable=False),
    Column("template_version", Text, nullable=False),
    Column("public_address", Text, nullable=False),
    Column("log_size", BigInteger, nullable=False),
    hash_column("log_root"),
    hash_column("rendering_digest"),
    hash_column("file_digest"),
    Column("size", Integer, nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
)
