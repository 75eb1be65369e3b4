"""Organisations, facilities, vehicles, people, permits, numbers and policy: what the registering events say.

Rows here are projections of organisation and facility streams, but for secrets (password hashes, sessions, tokens),
which are nobody's history.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from sludgetrack.store.base import UTCDateTime, hash_column, metadata

organisation = Table(
    "organisation",
    metadata,
    Column("id", BigInteger, ForeignKey("stream.id"), primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("division", Text(collation="C"), nullable=False),
    Column("credit_code", Text, unique=True),
    Column("hauler_code", Text, unique=True),
    Column("hauler_name", Text),
    Column("address", Text),
    Column("licence", Text),
    CheckConstraint("kind in ('operator', 'hauler', 'authority')", name="kind"),
)

facility = Table(
    "facility",
    metadata,
    Column("id", BigInteger, ForeignKey("stream.id"), primary_key=True, autoincrement=False),
    Column("organisation_id", BigInteger, ForeignKey("organisation.id"), nullable=False, index=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("division", Text(collation="C"), nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("city_class", Text),
    Column("address", Text),
    Column("lon", Numeric),
    Column("lat", Numeric),
    Column("capacity_t80_kg_d", BigInteger),
    Column("storage_days", SmallInteger, nullable=False, server_default=text("30")),
    Column("routes", ARRAY(Text), nullable=False),
    Column("permit_no", Text),
    Column("permit_valid_to", Date),
    Column("zone", Text, nullable=False),
    Column("locked_through", Date),
    UniqueConstraint("division", "number"),
    CheckConstraint("kind in ('plant', 'site', 'transfer')", name="kind"),
)

vehicle = Table(
    "vehicle",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("organisation_id", BigInteger, ForeignKey("organisation.id"), nullable=False, index=True),
    Column("plate", Text, nullable=False, unique=True),
    Column("rated_kg", Integer),
    Column("tare_kg", Integer),
    Column("permit_no", Text),
    Column("valid_to", Date),
    Column("active", Boolean, nullable=False, server_default=text("true")),
)

person = Table(
    "person",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("organisation_id", BigInteger, ForeignKey("organisation.id"), nullable=False, index=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("phone", Text),
    Column("licence", Text),
    Column("roles", ARRAY(Text), nullable=False),
    Column("active", Boolean, nullable=False, server_default=text("true")),
)

credential = Table(
    "credential",
    metadata,
    Column("person_id", UUID(as_uuid=False), ForeignKey("person.id"), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("wrong_tries", Integer, nullable=False, server_default=text("0")),
    Column("locked_until", UTCDateTime),
)

web_session = Table(
    "web_session",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("person_id", UUID(as_uuid=False), ForeignKey("person.id"), nullable=False, index=True),
    Column("created_at", UTCDateTime, nullable=False),
    Column("seen_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    hash_column("token_hash"),
    Column("prefix", Text, nullable=False),
    Column("person_id", UUID(as_uuid=False), ForeignKey("person.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("revoked_at", UTCDateTime),
    UniqueConstraint("token_hash"),
)

permit = Table(
    "permit",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("organisation_id", BigInteger, ForeignKey("organisation.id"), nullable=False, index=True),
    Column("facility_id", BigInteger, ForeignKey("facility.id")),
    Column("vehicle_id", BigInteger, ForeignKey("vehicle.id")),
    Column("kind", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("valid_to", Date),
    Column("withdrawn", Boolean, nullable=False, server_default=text("false")),
)

number_counter = Table(
    "number_counter",
    metadata,
    Column("facility_id", BigInteger, ForeignKey("facility.id"), primary_key=True, autoincrement=False),
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("last_serial", Integer, nullable=False),
    CheckConstraint("last_serial between 0 and 999999", name="six_digits"),
)

reserved_number = Table(
    "reserved_number",
    metadata,
    Column("number", Text, primary_key=True),
    Column("facility_id", BigInteger, ForeignKey("facility.id"), nullable=False, index=True),
    Column("public_code", Text, nullable=False),
    Column("block", UUID(as_uuid=False), ForeignKey("entry.event_id"), nullable=False),
    Column("handed_to", Text, nullable=False),
)

policy = Table(
    "policy",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("division", Text(collation="C"), nullable=False),
    Column("route", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("event_id", UUID(as_uuid=False), ForeignKey("entry.event_id"), nullable=False),
)

period_lock = Table(
    "period_lock",
    metadata,
    Column("event_id", UUID(as_uuid=False), ForeignKey("entry.event_id"), primary_key=True),
    Column("division", Text(collation="C"), nullable=False),
    Column("month", Date, nullable=False),
    Column("organisation_code", Text, nullable=False),
    UniqueConstraint("division", "month"),
)
"""A division's months closed up to and including ``month`` (its first day); ``facility.locked_through`` follows."""

lab_report = Table(
    "lab_report",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("event_id", UUID(as_uuid=False), ForeignKey("entry.event_id"), nullable=False, unique=True),
    Column("name", Text, nullable=False, unique=True),
    Column("facility_id", BigInteger, ForeignKey("facility.id"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("sampled_on", Date, nullable=False),
    Column("lab", Text),
    Column("file", Text),
    Column("readings", JSONB, nullable=False),
)
"""``id`` is the place in the record: of one day the later report counts. ``readings``: parameter, value, unit."""
Index("ix_lab_report_subject", lab_report.c.subject, lab_report.c.sampled_on)
Index("ix_lab_report_facility", lab_report.c.facility_id, lab_report.c.sampled_on)

reference_row = Table(
    "reference_row",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("table_name", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("stated", JSONB, nullable=False),
    Column("person_id", UUID(as_uuid=False)),
    Column("organisation_code", Text, nullable=False),
    Column("event_id", UUID(as_uuid=False), ForeignKey("entry.event_id"), nullable=False),
)
"""What authorities have set of the reference tables: ``stated`` has the values named, as texts."""

import_row = Table(
    "import_row",
    metadata,
    Column("file", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("values", ARRAY(Text), nullable=False),
)
