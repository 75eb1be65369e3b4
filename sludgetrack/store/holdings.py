"""Queries for holdings: by name, oldest first, newest, and where a load was drawn from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from sludgetrack.domain.booking import Draw
from sludgetrack.domain.holdings import UNDECLARED, Kind
from sludgetrack.domain.mass import Account
from sludgetrack.store.rows import as_table
from sludgetrack.store.tables import mass
from sludgetrack.store.tables.registry import facility


def with_shares(condition: Any) -> Select[Any]:
    """Holdings that meet a condition, each with its shares as arrays side by side."""
    origin = mass.holding.alias("origin")
    return (
        select(
            mass.holding,
            func.array_agg(origin.c.name).label("origins"),
            func.array_agg(origin.c.id).label("origin_ids"),
            func.array_agg(origin.c.facility_id).label("plants"),
            func.array_agg(origin.c.kind).label("kinds"),
            func.array_agg(origin.c.estimated).label("estimates"),
            func.array_agg(mass.share.c.made).label("made"),
            func.array_agg(mass.share.c.left).label("left"),
        )
        .join(mass.share, mass.share.c.holding_id == mass.holding.c.id)
        .join(origin, origin.c.id == mass.share.c.origin_id)
        .where(condition)
        .group_by(mass.holding.c.id)
    )


def oldest_covering(needed: Mapping[int, int]) -> Any:
    """Ids of each facility's oldest holdings with stock, up to the one that covers what is needed."""
    h = mass.holding.c
    wanted = as_table("wanted", [(h.facility_id, list(needed)), (h.physical_left, list(needed.values()))])
    before = (
        func.sum(h.physical_left).over(partition_by=h.facility_id, order_by=(h.day, h.ord)) - h.physical_left
    ).label("before")
    stock = (
        select(h.id, h.facility_id, before)
        .where(h.facility_id.in_(list(needed)), h.physical_left > 0, h.kind != str(Kind.SEWER_SLUDGE))
        .where(h.account != str(Account.TRANSIT))
        .subquery()
    )
    return select(stock.c.id).join(
        wanted, and_(wanted.c.facility_id == stock.c.facility_id, stock.c.before < wanted.c.physical_left)
    )


def newest(facility_ids: Collection[int]) -> Any:
    """Ids of each facility's newest declared holding."""
    h = mass.holding.c
    return (
        select(h.id)
        .ext(distinct_on(h.facility_id))
        .where(h.facility_id.in_(facility_ids), h.kind != str(Kind.SEWER_SLUDGE))
        .where(h.account != str(Account.TRANSIT), ~h.name.endswith(UNDECLARED))
        .order_by(h.facility_id, h.day.desc(), h.ord.desc())
    )


def draws(connection: Connection, load_id: int) -> list[Draw]:
    """What a load on the road (the row of its holding) took from which holding, out of its loading's postings."""
    p, source, origin = mass.posting.c, mass.holding.alias("source"), mass.holding.alias("origin")
    loading = (
        select(p.event_id)
        .where(p.holding_id == load_id, p.account == str(Account.TRANSIT), p.origin_units > 0)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(source.c.name, origin.c.name.label("origin"), p.origin_units, p.physical_units)
        .join(source, source.c.id == p.holding_id)
        .join(origin, origin.c.id == p.origin_id)
        .where(p.event_id == loading, p.account != str(Account.TRANSIT))
        .order_by(p.n)
    )
    return [Draw(row.name, row.origin, -row.origin_units, -row.physical_units) for row in connection.execute(query)]


def lock_facilities(connection: Connection, facility_ids: Iterable[int]) -> None:
    """Hold the stock of these facilities until the end of the transaction, in one order for all writers."""
    query = select(facility.c.id).where(facility.c.id.in_(list(facility_ids))).order_by(facility.c.id)
    connection.execute(query.with_for_update(key_share=True))
