"""The record, its projections, the mass book and the registers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("entry", "personal", "log_leaf", "log_checkpoint", "posting", "sheet")


def upgrade() -> None:
    """Create every table, the trigger that keeps the record append-only, and the log's empty head."""
    _create_tables()
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute("INSERT INTO log_head (id, size, peaks) VALUES (1, 0, '{}')")


def _create_tables() -> None:
    op.create_table(
        "import_row",
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("values", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("file", "key", name=op.f("pk_import_row")),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoint")),
    )
    op.create_table(
        "log_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("peaks", postgresql.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("locks", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_head_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
    )
    op.create_table(
        "log_leaf",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_log_leaf")),
        sa.UniqueConstraint("ref", name=op.f("uq_log_leaf_ref")),
    )
    op.create_table(
        "name",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_name")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("ref", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_not_before", "outbox", ["not_before"], unique=False)
    op.create_table(
        "stream",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_stream_kind_name")),
    )
    op.create_table(
        "entry",
        sa.Column("event_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("stream_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("claim", postgresql.JSONB(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("claim_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("personal_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("confirmations", postgresql.JSONB(), nullable=False),
        sa.Column("marks", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=True),
        sa.CheckConstraint("seq > 0", name=op.f("ck_entry_seq_counts_from_one")),
        sa.ForeignKeyConstraint(["stream_id"], ["stream.id"], name=op.f("fk_entry_stream_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_entry")),
        sa.UniqueConstraint("stream_id", "seq", name=op.f("uq_entry_stream_id_seq")),
    )
    op.create_index(
        "ix_entry_corrects",
        "entry",
        [sa.literal_column("(claim ->> 'corrects')"), "seq"],
        unique=False,
        postgresql_where=sa.text("type = 'corrected'"),
    )
    op.create_index(
        "ix_entry_rare",
        "entry",
        ["type", "recorded_at"],
        unique=False,
        postgresql_where=sa.text("type in ('treated', 'counted', 'turned_away', 'changed')"),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("division", sa.Text(collation="C"), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("hauler_code", sa.Text(), nullable=True),
        sa.Column("hauler_name", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.CheckConstraint("kind in ('operator', 'hauler', 'authority')", name=op.f("ck_organisation_kind")),
        sa.ForeignKeyConstraint(["id"], ["stream.id"], name=op.f("fk_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_organisation_credit_code")),
        sa.UniqueConstraint("hauler_code", name=op.f("uq_organisation_hauler_code")),
    )
    op.create_table(
        "correction",
        sa.Column("proposal_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("stream_id", sa.BigInteger(), nullable=False),
        sa.Column("corrects", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("approvers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("approved", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["corrects"], ["entry.event_id"], name=op.f("fk_correction_corrects")),
        sa.ForeignKeyConstraint(["proposal_id"], ["entry.event_id"], name=op.f("fk_correction_proposal_id")),
        sa.ForeignKeyConstraint(["stream_id"], ["stream.id"], name=op.f("fk_correction_stream_id")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_corrects"), "correction", ["corrects"], unique=False)
    op.create_index(
        "ix_correction_open", "correction", ["proposal_id"], unique=False, postgresql_where=sa.text("outcome = 'open'")
    )
    op.create_index(op.f("ix_correction_stream_id"), "correction", ["stream_id"], unique=False)
    op.create_index(
        "uq_correction_open", "correction", ["corrects"], unique=True, postgresql_where=sa.text("outcome = 'open'")
    )
    op.create_table(
        "facility",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("division", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("city_class", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("lon", sa.Numeric(), nullable=True),
        sa.Column("lat", sa.Numeric(), nullable=True),
        sa.Column("capacity_t80_kg_d", sa.BigInteger(), nullable=True),
        sa.Column("storage_days", sa.SmallInteger(), server_default=sa.text("30"), nullable=False),
        sa.Column("routes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("permit_no", sa.Text(), nullable=True),
        sa.Column("permit_valid_to", sa.Date(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("locked_through", sa.Date(), nullable=True),
        sa.CheckConstraint("kind in ('plant', 'site', 'transfer')", name=op.f("ck_facility_kind")),
        sa.ForeignKeyConstraint(["id"], ["stream.id"], name=op.f("fk_facility_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_facility_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility")),
        sa.UniqueConstraint("code", name=op.f("uq_facility_code")),
        sa.UniqueConstraint("division", "number", name=op.f("uq_facility_division_number")),
    )
    op.create_index(op.f("ix_facility_organisation_id"), "facility", ["organisation_id"], unique=False)
    op.create_table(
        "period_lock",
        sa.Column("event_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("division", sa.Text(collation="C"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["entry.event_id"], name=op.f("fk_period_lock_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_period_lock")),
        sa.UniqueConstraint("division", "month", name=op.f("uq_period_lock_division_month")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_person_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_index(op.f("ix_person_organisation_id"), "person", ["organisation_id"], unique=False)
    op.create_table(
        "personal",
        sa.Column("event_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["entry.event_id"], name=op.f("fk_personal_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_personal")),
    )
    op.create_table(
        "policy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("division", sa.Text(collation="C"), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("event_id", sa.UUID(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["entry.event_id"], name=op.f("fk_policy_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
    )
    op.create_table(
        "posting",
        sa.Column("event_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("n", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("about_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=True),
        sa.Column("holding_id", sa.BigInteger(), nullable=True),
        sa.Column("origin_id", sa.BigInteger(), nullable=False),
        sa.Column("plant_id", sa.BigInteger(), nullable=False),
        sa.Column("route", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("compliant", sa.Boolean(), nullable=True),
        sa.Column("estimated", sa.Boolean(), nullable=True),
        sa.Column("origin_units", sa.BigInteger(), nullable=False),
        sa.Column("physical_units", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["about_id"], ["entry.event_id"], name=op.f("fk_posting_about_id")),
        sa.ForeignKeyConstraint(["event_id"], ["entry.event_id"], name=op.f("fk_posting_event_id")),
        sa.PrimaryKeyConstraint("event_id", "n", name=op.f("pk_posting")),
    )
    op.create_index(
        "ix_posting_about", "posting", ["about_id"], unique=False, postgresql_where=sa.text("about_id IS NOT NULL")
    )
    op.create_index(
        "ix_posting_facility",
        "posting",
        ["facility_id", "day"],
        unique=False,
        postgresql_where=sa.text("facility_id IS NOT NULL"),
    )
    op.create_index(
        "ix_posting_flow",
        "posting",
        ["origin_id", "booked_on"],
        unique=False,
        postgresql_include=["account", "compliant", "origin_units"],
        postgresql_where=sa.text("account in ('produced', 'disposed', 'unaccounted')"),
    )
    op.create_index(
        "ix_posting_gone", "posting", ["day"], unique=False, postgresql_where=sa.text("route = 'X9' or cause = 'lost'")
    )
    op.create_index("ix_posting_holding", "posting", ["holding_id"], unique=False)
    op.create_index(
        "ix_posting_not_harmless",
        "posting",
        ["day"],
        unique=False,
        postgresql_where=sa.text("account = 'disposed' and compliant = false"),
    )
    op.create_index("ix_posting_origin", "posting", ["origin_id"], unique=False)
    op.create_index(
        "ix_posting_plant",
        "posting",
        ["plant_id", "booked_on"],
        unique=False,
        postgresql_where=sa.text("account in ('produced', 'disposed', 'unaccounted')"),
    )
    op.create_index(
        "ix_posting_produced", "posting", ["booked_on"], unique=False, postgresql_where=sa.text("account = 'produced'")
    )
    op.create_table(
        "reference_row",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stated", postgresql.JSONB(), nullable=False),
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("event_id", sa.UUID(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["entry.event_id"], name=op.f("fk_reference_row_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_row")),
    )
    op.create_table(
        "sheet",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("event_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("stream_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("template_version", sa.Text(), nullable=False),
        sa.Column("public_address", sa.Text(), nullable=False),
        sa.Column("log_size", sa.BigInteger(), nullable=False),
        sa.Column("log_root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("rendering_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("file_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["entry.event_id"], name=op.f("fk_sheet_event_id")),
        sa.ForeignKeyConstraint(["stream_id"], ["stream.id"], name=op.f("fk_sheet_stream_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
        sa.UniqueConstraint("event_id", name=op.f("uq_sheet_event_id")),
    )
    op.create_index(op.f("ix_sheet_stream_id"), "sheet", ["stream_id"], unique=False)
    op.create_table(
        "vehicle",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("plate", sa.Text(), nullable=False),
        sa.Column("rated_kg", sa.Integer(), nullable=True),
        sa.Column("tare_kg", sa.Integer(), nullable=True),
        sa.Column("permit_no", sa.Text(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_vehicle_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle")),
        sa.UniqueConstraint("plate", name=op.f("uq_vehicle_plate")),
    )
    op.create_index(op.f("ix_vehicle_organisation_id"), "vehicle", ["organisation_id"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_person_id"), "api_token", ["person_id"], unique=False)
    op.create_table(
        "cohort_sum",
        sa.Column("plant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("produced_month", sa.Date(), nullable=False),
        sa.Column("counted_from", sa.Date(), nullable=False),
        sa.Column("origin_units", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["plant_id"], ["facility.id"], name=op.f("fk_cohort_sum_plant_id")),
        sa.PrimaryKeyConstraint("plant_id", "produced_month", "counted_from", name=op.f("pk_cohort_sum")),
    )
    op.create_index("ix_cohort_sum_month", "cohort_sum", ["produced_month", "counted_from"], unique=False)
    op.create_table(
        "credential",
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("wrong_tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_credential_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_credential")),
    )
    op.create_table(
        "day_sum",
        sa.Column("plant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("compliant", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("origin_units", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["plant_id"], ["facility.id"], name=op.f("fk_day_sum_plant_id")),
        sa.PrimaryKeyConstraint("plant_id", "day", "account", "detail", "compliant", "kind", name=op.f("pk_day_sum")),
    )
    op.create_index("ix_day_sum_day", "day_sum", ["day", "account"], unique=False)
    op.create_table(
        "holding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ord", sa.BigInteger(), nullable=False),
        sa.Column("wet_kg", sa.BigInteger(), nullable=False),
        sa.Column("moisture_bp", sa.SmallInteger(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("stabilised", sa.Boolean(), nullable=False),
        sa.Column("physical_made", sa.BigInteger(), nullable=False),
        sa.Column("physical_left", sa.BigInteger(), nullable=False),
        sa.Column("origin_left", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("account in ('plant_stock', 'transit', 'site_stock')", name=op.f("ck_holding_account")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_holding_facility_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding")),
        sa.UniqueConstraint("name", "account", name=op.f("uq_holding_name_account")),
    )
    op.create_index(
        "ix_holding_in_stock",
        "holding",
        ["facility_id", "day", "ord"],
        unique=False,
        postgresql_where=sa.text("physical_left <> 0 or origin_left <> 0"),
    )
    op.create_index(
        "ix_holding_negative",
        "holding",
        ["facility_id"],
        unique=False,
        postgresql_where=sa.text("physical_left < 0 or origin_left < 0"),
    )
    op.create_index(
        "ix_holding_product",
        "holding",
        ["id"],
        unique=False,
        postgresql_where=sa.text("kind = 'product'"),
    )
    op.create_index("ix_holding_newest", "holding", ["facility_id", "account", "day", "ord"], unique=False)
    op.create_table(
        "lab_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sampled_on", sa.Date(), nullable=False),
        sa.Column("lab", sa.Text(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("readings", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["entry.event_id"], name=op.f("fk_lab_report_event_id")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_lab_report_facility_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_report")),
        sa.UniqueConstraint("event_id", name=op.f("uq_lab_report_event_id")),
        sa.UniqueConstraint("name", name=op.f("uq_lab_report_name")),
    )
    op.create_index("ix_lab_report_facility", "lab_report", ["facility_id", "sampled_on"], unique=False)
    op.create_index("ix_lab_report_subject", "lab_report", ["subject", "sampled_on"], unique=False)
    op.create_table(
        "manifest",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public_code", sa.Text(), nullable=False),
        sa.Column("external_number", sa.Text(), nullable=True),
        sa.Column("giver_id", sa.BigInteger(), nullable=False),
        sa.Column("hauler_id", sa.BigInteger(), nullable=False),
        sa.Column("destination_id", sa.BigInteger(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("plate", sa.Text(), nullable=True),
        sa.Column("driver_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("planned_kg", sa.Integer(), nullable=False),
        sa.Column("planned_minutes", sa.Integer(), nullable=True),
        sa.Column("net_out_kg", sa.Integer(), nullable=True),
        sa.Column("moisture_out_bp", sa.SmallInteger(), nullable=True),
        sa.Column("net_in_kg", sa.Integer(), nullable=True),
        sa.Column("moisture_in_bp", sa.SmallInteger(), nullable=True),
        sa.Column("accepted_kg", sa.Integer(), nullable=False),
        sa.Column("held_kg", sa.Integer(), nullable=False),
        sa.Column("returned_kg", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marks", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("grades", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["destination_id"], ["facility.id"], name=op.f("fk_manifest_destination_id")),
        sa.ForeignKeyConstraint(["giver_id"], ["facility.id"], name=op.f("fk_manifest_giver_id")),
        sa.ForeignKeyConstraint(["hauler_id"], ["organisation.id"], name=op.f("fk_manifest_hauler_id")),
        sa.ForeignKeyConstraint(["id"], ["stream.id"], name=op.f("fk_manifest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifest")),
        sa.UniqueConstraint("giver_id", "external_number", name=op.f("uq_manifest_giver_id_external_number")),
        sa.UniqueConstraint("name", name=op.f("uq_manifest_name")),
        sa.UniqueConstraint("number", name=op.f("uq_manifest_number")),
    )
    op.create_index("ix_manifest_destination", "manifest", ["destination_id", "received_at"], unique=False)
    op.create_index(
        "ix_manifest_destination_open",
        "manifest",
        ["destination_id", "id"],
        unique=False,
        postgresql_where=sa.text("status in ('issued', 'in_transit', 'arrived', 'holding')"),
    )
    op.create_index("ix_manifest_disputed", "manifest", ["id"], unique=False, postgresql_where=sa.text("disputed"))
    op.create_index(
        "ix_manifest_giver_open",
        "manifest",
        ["giver_id", "id"],
        unique=False,
        postgresql_where=sa.text("status in ('issued', 'in_transit', 'arrived', 'holding')"),
    )
    op.create_index("ix_manifest_hauler", "manifest", ["hauler_id", "loaded_at"], unique=False)
    op.create_index(
        "ix_manifest_hauler_open",
        "manifest",
        ["hauler_id", "id"],
        unique=False,
        postgresql_where=sa.text("status in ('issued', 'in_transit', 'arrived', 'holding')"),
    )
    op.create_index("ix_manifest_plate", "manifest", ["plate", "loaded_at"], unique=False)
    op.create_table(
        "month_sum",
        sa.Column("plant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("compliant", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("origin_units", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["plant_id"], ["facility.id"], name=op.f("fk_month_sum_plant_id")),
        sa.PrimaryKeyConstraint(
            "plant_id", "month", "account", "detail", "compliant", "kind", name=op.f("pk_month_sum")
        ),
    )
    op.create_index("ix_month_sum_month", "month_sum", ["month", "account"], unique=False)
    op.create_table(
        "number_counter",
        sa.Column("facility_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last_serial", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_serial between 0 and 999999", name=op.f("ck_number_counter_six_digits")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_number_counter_facility_id")),
        sa.PrimaryKeyConstraint("facility_id", "year", name=op.f("pk_number_counter")),
    )
    op.create_table(
        "permit",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=True),
        sa.Column("vehicle_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_permit_facility_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_permit_organisation_id")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_permit_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit")),
    )
    op.create_index(op.f("ix_permit_organisation_id"), "permit", ["organisation_id"], unique=False)
    op.create_table(
        "reserved_number",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("public_code", sa.Text(), nullable=False),
        sa.Column("block", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("handed_to", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["block"], ["entry.event_id"], name=op.f("fk_reserved_number_block")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_reserved_number_facility_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_reserved_number")),
    )
    op.create_index(op.f("ix_reserved_number_facility_id"), "reserved_number", ["facility_id"], unique=False)
    op.create_table(
        "web_session",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_web_session_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_web_session")),
    )
    op.create_index(op.f("ix_web_session_person_id"), "web_session", ["person_id"], unique=False)
    op.create_table(
        "year_sum",
        sa.Column("plant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("year", sa.Date(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("compliant", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("origin_units", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["plant_id"], ["facility.id"], name=op.f("fk_year_sum_plant_id")),
        sa.PrimaryKeyConstraint("plant_id", "year", "account", "detail", "compliant", "kind", name=op.f("pk_year_sum")),
    )
    op.create_index("ix_year_sum_year", "year_sum", ["year", "account"], unique=False)
    op.create_table(
        "batch_sum",
        sa.Column("origin_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("plant_id", sa.BigInteger(), nullable=False),
        sa.Column("produced_on", sa.Date(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("produced", sa.BigInteger(), nullable=False),
        sa.Column("harmless", sa.BigInteger(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("stock", sa.BigInteger(), nullable=False),
        sa.Column("spread", sa.Boolean(), nullable=False),
        sa.Column("beyond", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["origin_id"], ["holding.id"], name=op.f("fk_batch_sum_origin_id")),
        sa.ForeignKeyConstraint(["plant_id"], ["facility.id"], name=op.f("fk_batch_sum_plant_id")),
        sa.PrimaryKeyConstraint("origin_id", name=op.f("pk_batch_sum")),
    )
    op.create_index("ix_batch_sum_beyond", "batch_sum", ["produced_on"], unique=False, postgresql_where="beyond")
    op.create_index("ix_batch_sum_first", "batch_sum", ["first_on", "origin_id"], unique=False)
    op.create_index(op.f("ix_batch_sum_plant_id"), "batch_sum", ["plant_id"], unique=False)
    op.create_index("ix_batch_sum_produced", "batch_sum", ["produced_on", "origin_id"], unique=False)
    op.create_table(
        "disposal",
        sa.Column("event_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("wet_kg", sa.Integer(), nullable=False),
        sa.Column("moisture_bp", sa.SmallInteger(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("compliant", sa.Boolean(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["entry.event_id"], name=op.f("fk_disposal_event_id")),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name=op.f("fk_disposal_facility_id")),
        sa.ForeignKeyConstraint(["holding_id"], ["holding.id"], name=op.f("fk_disposal_holding_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_disposal")),
        sa.UniqueConstraint("name", name=op.f("uq_disposal_name")),
    )
    op.create_index("ix_disposal_facility", "disposal", ["facility_id", "day"], unique=False)
    op.create_index(op.f("ix_disposal_holding_id"), "disposal", ["holding_id"], unique=False)
    op.create_table(
        "manifest_party",
        sa.Column("manifest_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("division", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name=op.f("fk_manifest_party_manifest_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_manifest_party_organisation_id")
        ),
        sa.PrimaryKeyConstraint("manifest_id", "organisation_id", "role", "division", name=op.f("pk_manifest_party")),
    )
    op.create_index("ix_manifest_party_division", "manifest_party", ["division", "manifest_id"], unique=False)
    op.create_index(
        "ix_manifest_party_organisation", "manifest_party", ["organisation_id", "manifest_id"], unique=False
    )
    op.create_table(
        "offer",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("manifest_id", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("command", postgresql.JSONB(), nullable=False),
        sa.Column("figures_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong_tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name=op.f("fk_offer_manifest_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_offer_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    op.create_index(op.f("ix_offer_manifest_id"), "offer", ["manifest_id"], unique=False)
    op.create_index("uq_offer_open", "offer", ["manifest_id"], unique=True, postgresql_where=sa.text("state = 'open'"))
    op.create_table(
        "share",
        sa.Column("holding_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("origin_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("left", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["holding_id"], ["holding.id"], name=op.f("fk_share_holding_id")),
        sa.ForeignKeyConstraint(["origin_id"], ["holding.id"], name=op.f("fk_share_origin_id")),
        sa.PrimaryKeyConstraint("holding_id", "origin_id", name=op.f("pk_share")),
    )
