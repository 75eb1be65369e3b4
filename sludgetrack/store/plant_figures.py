"""What every plant of a division produced, disposed of and cannot account for, out of the running sums."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, cast, func, select

from sludgetrack.domain.holdings import Kind
from sludgetrack.domain.identity import Actor
from sludgetrack.domain.mass import STOCK_ACCOUNTS, Account
from sludgetrack.domain.oddities import PlantFigures
from sludgetrack.store import scope
from sludgetrack.store.tables.mass import month_sum
from sludgetrack.store.tables.registry import facility

_UNITS = month_sum.c.origin_units.type


def plant_figures(connection: Connection, actor: Actor, first: date, last: date) -> list[PlantFigures]:
    """Every plant's figures over whole months, out of the running sums; ``first`` and ``last`` are firsts of months."""
    s = month_sum.c
    within = and_(s.month >= first, s.month <= last)
    stock = s.account.in_([str(account) for account in STOCK_ACCOUNTS])

    def units(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return cast(func.coalesce(func.sum(s.origin_units).filter(condition), 0), _UNITS)

    query = (
        select(
            facility.c.code,
            facility.c.name,
            (-units(and_(within, s.account == str(Account.PRODUCED)))).label("produced"),
            units(and_(s.month < first, stock)).label("opening"),
            units(and_(within, s.account == str(Account.DISPOSED))).label("disposed"),
            units(and_(within, s.account == str(Account.UNACCOUNTED))).label("unaccounted"),
            facility.c.capacity_t80_kg_d.label("capacity"),
        )
        .join(facility, facility.c.id == s.plant_id)
        .where(s.month <= last, s.kind == str(Kind.PLANT_SLUDGE), scope.under(facility.c.division, actor.division))
        .group_by(facility.c.id)
    )
    return [PlantFigures(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - as documented


def newest_month(connection: Connection, actor: Actor) -> date | None:
    """The first day of the newest month with production in the division."""
    s = month_sum.c
    query = (
        select(s.month)
        .join(facility, facility.c.id == s.plant_id)
        .where(s.account == str(Account.PRODUCED), scope.under(facility.c.division, actor.division))
        .order_by(s.month.desc())
        .limit(1)
    )
    return connection.scalar(query)
