"""The mass book: holdings with their origin shares, postings, running sums, and the names they all share.

Dry solids are whole units of 0.1 g. Postings are never changed; holdings, shares and sums follow from them and from
the events, in the same transaction.
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
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from sludgetrack.store.base import metadata, units_column

name = Table(
    "name",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),
)

holding = Table(
    "holding",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("facility_id", BigInteger, ForeignKey("facility.id")),
    Column("kind", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("ord", BigInteger, nullable=False),
    Column("wet_kg", BigInteger, nullable=False),
    Column("moisture_bp", SmallInteger, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Column("stabilised", Boolean, nullable=False),
    units_column("physical_made"),
    units_column("physical_left"),
    units_column("origin_left"),
    UniqueConstraint("name", "account"),
    CheckConstraint("account in ('plant_stock', 'transit', 'site_stock')", name="account"),
)
Index(
    "ix_holding_in_stock",
    holding.c.facility_id,
    holding.c.day,
    holding.c.ord,
    postgresql_where=text("physical_left <> 0 or origin_left <> 0"),
)
Index(
    "ix_holding_negative",
    holding.c.facility_id,
    postgresql_where=text("physical_left < 0 or origin_left < 0"),
)
Index("ix_holding_product", holding.c.id, postgresql_where=text("kind = 'product'"))
Index("ix_holding_newest", holding.c.facility_id, holding.c.account, holding.c.day, holding.c.ord)

share = Table(
    "share",
    metadata,
    Column("holding_id", BigInteger, ForeignKey("holding.id"), primary_key=True, autoincrement=False),
    Column("origin_id", BigInteger, ForeignKey("holding.id"), primary_key=True, autoincrement=False),
    units_column("made"),
    units_column("left"),
)

posting = Table(
    "posting",
    metadata,
    Column("event_id", UUID(as_uuid=False), ForeignKey("entry.event_id"), primary_key=True),
    Column("n", SmallInteger, primary_key=True, autoincrement=False),
    Column("about_id", UUID(as_uuid=False), ForeignKey("entry.event_id")),
    Column("account", Text, nullable=False),
    Column("facility_id", BigInteger),
    Column("holding_id", BigInteger),
    Column("origin_id", BigInteger, nullable=False),
    Column("plant_id", BigInteger, nullable=False),
    Column("route", Text),
    Column("cause", Text),
    Column("compliant", Boolean),
    Column("estimated", Boolean),
    units_column("origin_units"),
    units_column("physical_units"),
    Column("day", Date, nullable=False),
    Column("booked_on", Date, nullable=False),
)
"""``about_id``: the event that a decision or a correction takes back or states again; none means the event itself."""
about = func.coalesce(posting.c.about_id, posting.c.event_id)
"""The event a posting is about."""
Index("ix_posting_about", posting.c.about_id, postgresql_where=posting.c.about_id.is_not(None))
Index("ix_posting_origin", posting.c.origin_id)
Index("ix_posting_holding", posting.c.holding_id)
Index(
    "ix_posting_plant",
    posting.c.plant_id,
    posting.c.booked_on,
    postgresql_where=text("account in ('produced', 'disposed', 'unaccounted')"),
)
Index("ix_posting_facility", posting.c.facility_id, posting.c.day, postgresql_where=posting.c.facility_id.is_not(None))
Index("ix_posting_not_harmless", posting.c.day, postgresql_where=text("account = 'disposed' and compliant = false"))
Index("ix_posting_gone", posting.c.day, postgresql_where=text("route = 'X9' or cause = 'lost'"))
Index("ix_posting_produced", posting.c.booked_on, postgresql_where=text("account = 'produced'"))
Index(
    "ix_posting_flow",
    posting.c.origin_id,
    posting.c.booked_on,
    postgresql_include=["account", "compliant", "origin_units"],
    postgresql_where=text("account in ('produced', 'disposed', 'unaccounted')"),
)


def _sums(table_name: str, period: str) -> Table:
    """Running sums of origin units by producing plant: one row per account and what distinguishes its units.

    ``detail``: the route of disposed units, the cause of unaccounted ones, ``estimated`` for production from an
    estimated moisture, else empty. ``kind``: that of the production batch; rates are of plant sludge only.
    """
    return Table(
        table_name,
        metadata,
        Column("plant_id", BigInteger, ForeignKey("facility.id"), primary_key=True, autoincrement=False),
        Column(period, Date, primary_key=True),
        Column("account", Text, primary_key=True),
        Column("detail", Text, primary_key=True),
        Column("compliant", Boolean, primary_key=True),
        Column("kind", Text, primary_key=True),
        units_column("origin_units"),
    )


day_sum = _sums("day_sum", "day")
month_sum = _sums("month_sum", "month")
year_sum = _sums("year_sum", "year")
Index("ix_day_sum_day", day_sum.c.day, day_sum.c.account)
Index("ix_month_sum_month", month_sum.c.month, month_sum.c.account)
Index("ix_year_sum_year", year_sum.c.year, year_sum.c.account)

batch_sum = Table(
    "batch_sum",
    metadata,
    Column("origin_id", BigInteger, ForeignKey("holding.id"), primary_key=True, autoincrement=False),
    Column("plant_id", BigInteger, ForeignKey("facility.id"), nullable=False, index=True),
    Column("produced_on", Date),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    units_column("produced"),
    units_column("harmless"),
    units_column("gross"),
    units_column("stock"),
    Column("spread", Boolean, nullable=False),
    Column("beyond", Boolean, nullable=False),
)
"""Running sums of batches of plant sludge that were produced, disposed of or unaccounted for.

``first_on`` and ``last_on``: the earliest and latest day such a posting counts on. ``harmless``: compliant disposal,
``gross`` without what took some of it back. ``stock``: what is left in all stock accounts, which is what all those
postings leave. ``produced_on``: the day that the first production recorded counts on; none where something else was
recorded before, and then for good. ``spread``: production counts in another month than that, too. ``beyond``: spread,
or gross above what was produced, so that the cohort may have to be looked up in the postings.
"""
Index("ix_batch_sum_produced", batch_sum.c.produced_on, batch_sum.c.origin_id)
Index("ix_batch_sum_first", batch_sum.c.first_on, batch_sum.c.origin_id)
Index("ix_batch_sum_beyond", batch_sum.c.produced_on, postgresql_where=batch_sum.c.beyond)

cohort_sum = Table(
    "cohort_sum",
    metadata,
    Column("plant_id", BigInteger, ForeignKey("facility.id"), primary_key=True, autoincrement=False),
    Column("produced_month", Date, primary_key=True),
    Column("counted_from", Date, primary_key=True),
    units_column("origin_units"),
)
"""Harmless units of batches by the month of their ``produced_on``, beyond what they were produced with included.

``counted_from``: the month whose cohort counts them first, which is the month of the day 30 days before.
"""
Index("ix_cohort_sum_month", cohort_sum.c.produced_month, cohort_sum.c.counted_from)

disposal = Table(
    "disposal",
    metadata,
    Column("event_id", UUID(as_uuid=False), ForeignKey("entry.event_id"), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("facility_id", BigInteger, ForeignKey("facility.id"), nullable=False),
    Column("holding_id", BigInteger, ForeignKey("holding.id"), nullable=False, index=True),
    Column("route", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("wet_kg", Integer, nullable=False),
    Column("moisture_bp", SmallInteger, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("compliant", Boolean, nullable=False),
    Column("reasons", JSONB, nullable=False),
)
Index("ix_disposal_facility", disposal.c.facility_id, disposal.c.day)
