"""Sewer-cleaning sludge of a division, which stays out of every rate: what there was and where it is, and what lies.

Out of the running sums, by the plant that declared it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, cast, func, literal_column, select

from sludgetrack.domain.holdings import Kind
from sludgetrack.domain.identity import Actor
from sludgetrack.domain.mass import Account
from sludgetrack.store import scope
from sludgetrack.store.tables.mass import holding, month_sum
from sludgetrack.store.tables.registry import facility

_UNITS = month_sum.c.origin_units.type
_IN_STOCK = literal_column("(holding.physical_left <> 0 or holding.origin_left <> 0)", Boolean)


@dataclass(frozen=True, slots=True)
class SewerFigures:
    """A facility's sewer-cleaning sludge from the beginning on. Units of 0.1 g dry; all but the first add up to it."""

    code: str
    name: str
    produced: int
    at_plant: int
    on_road: int
    at_sites: int
    disposed: int
    of_it_harmless: int
    unaccounted: int


@dataclass(frozen=True, slots=True)
class SewerLot:
    """A batch or lot of sewer-cleaning sludge that lies somewhere. Dry units of 0.1 g, basis points, legal day."""

    name: str
    facility: str
    facility_name: str
    day: date
    moisture_bp: int
    dry_units: int


def sewer_figures(connection: Connection, actor: Actor) -> Sequence[SewerFigures]:
    """By the facility that declared it, the most first."""
    s = month_sum.c

    def units(*conditions: ColumnElement[bool]) -> ColumnElement[Any]:
        return cast(func.coalesce(func.sum(s.origin_units).filter(*conditions), 0), _UNITS)

    produced = (-units(s.account == str(Account.PRODUCED))).label("produced")
    query = (
        select(
            facility.c.code,
            facility.c.name,
            produced,
            units(s.account == str(Account.PLANT_STOCK)),
            units(s.account == str(Account.TRANSIT)),
            units(s.account == str(Account.SITE_STOCK)),
            units(s.account == str(Account.DISPOSED)),
            units(s.account == str(Account.DISPOSED), s.compliant),
            units(s.account == str(Account.UNACCOUNTED)),
        )
        .join(facility, facility.c.id == s.plant_id)
        .where(s.kind == str(Kind.SEWER_SLUDGE), scope.under(facility.c.division, actor.division))
        .group_by(facility.c.id)
        .order_by(produced.desc(), facility.c.code)
    )
    return [SewerFigures(*row) for row in connection.execute(query)]


def sewer_lots(connection: Connection, actor: Actor) -> Sequence[SewerLot]:
    """What lies at the facilities of the division, the oldest first."""
    h = holding.c
    query = (
        select(h.name, facility.c.code, facility.c.name, h.day, h.moisture_bp, h.physical_left)
        .join(facility, facility.c.id == h.facility_id)
        .where(_IN_STOCK, h.kind == str(Kind.SEWER_SLUDGE), h.account != str(Account.TRANSIT))
        .where(scope.under(facility.c.division, actor.division))
        .order_by(h.day, h.name)
    )
    return [SewerLot(*row) for row in connection.execute(query)]
