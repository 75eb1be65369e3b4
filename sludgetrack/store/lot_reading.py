"""Batches and lots in the mass book: what lies under a name, what it stands for, where it came from and went."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, cast, func, literal_column, or_, select

from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Actor
from sludgetrack.domain.mass import Account
from sludgetrack.domain.quantities import FULL_BP, divide_half_even
from sludgetrack.store import scope
from sludgetrack.store.tables.manifests import manifest
from sludgetrack.store.tables.mass import about, disposal, holding, posting, share
from sludgetrack.store.tables.record import entry
from sludgetrack.store.tables.registry import facility

_UNITS = posting.c.origin_units.type
_at, _origin, _plant = facility.alias("at"), holding.alias("origin"), facility.alias("plant")


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """What lies (or lay) under a name in one account. Wet kilograms as made; dry solids in units of 0.1 g."""

    id: int
    name: str
    account: str
    facility: str | None
    facility_name: str | None
    division: str | None
    kind: str
    day: date
    wet_kg: int
    moisture_bp: int
    estimated: bool
    stabilised: bool
    physical_made: int
    physical_left: int
    origin_left: int

    @property
    def wet_left_kg(self) -> int:
        """What is left as wet kilograms, at the moisture it was made with."""
        return divide_half_even(self.physical_left, max(FULL_BP - self.moisture_bp, 1))

    @property
    def is_negative(self) -> bool:
        """Whether more left than was ever there."""
        return self.physical_left < 0 or self.origin_left < 0


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A production batch a holding stands for: units when it was made, and left."""

    origin: str
    plant: str
    plant_name: str
    day: date
    made: int
    left: int


@dataclass(frozen=True, slots=True)
class MovementRow:
    """What one event moved into (positive) or out of a holding, in both measures; a disposal with its id."""

    event_id: str
    holding_id: int
    day: date
    origin_units: int
    physical_units: int
    disposal: str | None


@dataclass(frozen=True, slots=True)
class RunLot:
    """What a treatment run took from a lot (negative) or made of it, in both measures."""

    lot: str
    origin_units: int
    physical_units: int


@dataclass(frozen=True, slots=True)
class FateRow:
    """Where units of a production batch are now, or how they left."""

    account: str
    facility: str | None
    facility_name: str | None
    route: str | None
    cause: str | None
    compliant: bool | None
    units: int


@dataclass(frozen=True, slots=True)
class LoadRow:
    """Units of a production batch that one loading put on the road."""

    event_id: str
    day: date
    units: int


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition on ``holding`` that an authority may see it: lying in the division, or made of sludge from it."""
    made_of = (
        select(share.c.holding_id)
        .join(_origin, _origin.c.id == share.c.origin_id)
        .join(_plant, _plant.c.id == _origin.c.facility_id)
        .where(share.c.holding_id == holding.c.id, scope.under(_plant.c.division, actor.division))
        .exists()
    )
    here = (
        select(facility.c.id)
        .where(facility.c.id == holding.c.facility_id, scope.under(facility.c.division, actor.division))
        .exists()
    )
    ours = select(manifest.c.id).where(manifest.c.name == holding.c.name, scope.where(actor)).exists()
    return or_(here, made_of, ours)


def holdings_named(connection: Connection, actor: Actor, name: str) -> list[HoldingRow]:
    """What lies under a name, as far as the actor may see it; stock before what is on the road."""
    rows = _holdings(connection, visible(actor), holding.c.name == name)
    return sorted(rows, key=lambda row: row.account == Account.TRANSIT)


def holdings_beginning(connection: Connection, actor: Actor, text: str, limit: int) -> list[HoldingRow]:
    """Batches and lots whose name begins with a text, the newest first; what is on the road is left out."""
    begins = holding.c.name.startswith(text, autoescape=True)
    return _holdings(connection, visible(actor), begins, holding.c.account != str(Account.TRANSIT), limit=limit)


def holdings_at(connection: Connection, code: str, limit: int) -> list[HoldingRow]:
    """What lies at a facility now, the oldest first, what is below zero included."""
    left = or_(holding.c.physical_left != 0, holding.c.origin_left != 0)
    rows = _holdings(connection, _at.c.code == code, left, holding.c.account != str(Account.TRANSIT), limit=limit)
    return sorted(rows, key=lambda row: (row.day, row.id))


def holding_at(connection: Connection, facility_id: int, name: str) -> HoldingRow | None:
    """The batch or lot of this name that lies or lay in stock at a facility."""
    in_stock = holding.c.account != str(Account.TRANSIT)
    found = _holdings(connection, holding.c.name == name, holding.c.facility_id == facility_id, in_stock)
    return found[0] if found else None


def lot_of_disposal(connection: Connection, name: str) -> str | None:
    """The name of the lot a disposal took from, or None for an id that is no disposal's."""
    query = select(holding.c.name).join(disposal, disposal.c.holding_id == holding.c.id).where(disposal.c.name == name)
    found: str | None = connection.scalar(query)
    return found


def named_by(connection: Connection, events: Collection[str]) -> dict[str, tuple[str, str]]:
    """What productions and disposals are called, and the batch or lot each is about, by event id."""
    p = posting.c
    made = (
        select(p.event_id, holding.c.name, holding.c.name.label("lot"))
        .join(holding, holding.c.id == p.origin_id)
        .where(p.event_id.in_(list(events)), p.account == str(Account.PRODUCED))
    )
    gone = (
        select(disposal.c.event_id, disposal.c.name, holding.c.name.label("lot"))
        .join(holding, holding.c.id == disposal.c.holding_id)
        .where(disposal.c.event_id.in_(list(events)))
    )
    return {row.event_id: (row.name, row.lot) for query in (made, gone) for row in connection.execute(query)}


def shares(connection: Connection, holding_id: int) -> list[ShareRow]:
    """What a holding stands for, the oldest batch first."""
    s = share.c
    query = (
        select(_origin.c.name, _plant.c.code, _plant.c.name, _origin.c.day, s.made, s.left)
        .join(_origin, _origin.c.id == s.origin_id)
        .join(_plant, _plant.c.id == _origin.c.facility_id)
        .where(s.holding_id == holding_id)
        .order_by(_origin.c.day, _origin.c.name)
    )
    return [ShareRow(*row) for row in connection.execute(query)]


def movements(connection: Connection, holding_ids: Collection[int]) -> list[MovementRow]:
    """What moved in and out of these holdings, event by event, the earliest first."""
    p = posting.c
    query = (
        select(
            p.event_id,
            p.holding_id,
            p.day,
            cast(func.sum(p.origin_units), _UNITS),
            cast(func.sum(p.physical_units), _UNITS),
            disposal.c.name,
        )
        .outerjoin(disposal, disposal.c.event_id == p.event_id)
        .where(p.holding_id.in_(list(holding_ids)))
        .group_by(p.event_id, p.holding_id, p.day, disposal.c.name)
        .order_by(p.day, p.event_id)
    )
    return [MovementRow(*row) for row in connection.execute(query)]


def runs_named(connection: Connection, event_ids: Collection[str]) -> dict[str, str]:
    """The names of those of these events that are treatment runs."""
    query = select(entry.c.event_id, entry.c.claim["run"].astext).where(
        entry.c.event_id.in_(list(event_ids)), entry.c.type == str(EventType.TREATED)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def run_event(connection: Connection, name: str) -> str | None:
    """The event of the treatment run of this name. Runs are few, and listed by an index of their own."""
    query = select(entry.c.event_id).where(
        entry.c.type == literal_column("'treated'"), entry.c.claim["run"].astext == name
    )
    return connection.scalar(query)


def run_lots(connection: Connection, event_id: str) -> list[RunLot]:
    """What a run took from its inputs and put into its outputs, in the order it was booked."""
    p = posting.c
    query = (
        select(holding.c.name, cast(func.sum(p.origin_units), _UNITS), cast(func.sum(p.physical_units), _UNITS))
        .join(holding, holding.c.id == p.holding_id)
        .where(or_(p.event_id == event_id, p.about_id == event_id))
        .group_by(holding.c.name)
        .order_by(func.min(p.n))
    )
    return [RunLot(*row) for row in connection.execute(query)]


def apart_of(connection: Connection, event_ids: Collection[str], account: Account) -> dict[str, tuple[int, int]]:
    """What events booked on an account without a lot: origin and physical units by event."""
    p = posting.c
    units = (cast(func.sum(p.origin_units), _UNITS), cast(func.sum(p.physical_units), _UNITS))
    subject = func.coalesce(p.about_id, p.event_id)
    query = (
        select(subject, *units)
        .where(or_(p.event_id.in_(list(event_ids)), p.about_id.in_(list(event_ids))), p.account == str(account))
        .group_by(subject)
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def byproducts(connection: Connection, origin_ids: Collection[int]) -> dict[str, str]:
    """What by-products are, as they were declared: by the name of the batch (given by row)."""
    query = (
        select(_origin.c.name, entry.c.claim["what"].astext)
        .join(posting, posting.c.holding_id == _origin.c.id)
        .join(entry, entry.c.event_id == posting.c.event_id)
        .where(_origin.c.id.in_(list(origin_ids)), entry.c.type == str(EventType.PRODUCED))
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def numbers_of(connection: Connection, actor: Actor, lots: Collection[str]) -> dict[str, str]:
    """The manifests that brought lots, by the lot: the numbers of those that the actor may read."""
    loads = {lot: lot.partition("/")[0] for lot in lots}
    query = select(manifest.c.name, manifest.c.number).where(
        manifest.c.name.in_(list(loads.values())), scope.where(actor)
    )
    found = {row.name: row.number for row in connection.execute(query)}
    return {lot: found[load] for lot, load in loads.items() if load in found}


def fates(connection: Connection, origin_id: int) -> list[FateRow]:
    """Where a production batch is or went, to the unit; together this is what it was produced with."""
    p = posting.c
    units = func.sum(p.origin_units)
    lies = p.account.in_((str(Account.PLANT_STOCK), str(Account.SITE_STOCK)))
    query = (
        select(p.account, _at.c.code, _at.c.name, p.route, p.cause, p.compliant, cast(units, _UNITS))
        .outerjoin(_at, (_at.c.id == p.facility_id) & (lies | (p.account == str(Account.DISPOSED))))
        .where(p.origin_id == origin_id, p.account != str(Account.PRODUCED))
        .group_by(p.account, _at.c.code, _at.c.name, p.route, p.cause, p.compliant)
        .having(units != 0)
        .order_by(p.account, func.coalesce(_at.c.code, ""), p.route, p.cause)
    )
    return [FateRow(*row) for row in connection.execute(query)]


def loads_of(connection: Connection, origin_id: int) -> list[LoadRow]:
    """Every loading that put some of a production batch on the road, the earliest first."""
    p = posting.c
    units = func.sum(p.origin_units)
    query = (
        select(about, p.day, cast(units, _UNITS))
        .where(p.origin_id == origin_id, p.account == str(Account.TRANSIT))
        .group_by(about, p.day)
        .having(units > 0)
        .order_by(p.day, about)
    )
    return [LoadRow(*row) for row in connection.execute(query)]


def _holdings(connection: Connection, *conditions: ColumnElement[bool], limit: int | None = None) -> list[HoldingRow]:
    h = holding.c
    query: Select[Any] = (
        select(
            h.id,
            h.name,
            h.account,
            _at.c.code,
            _at.c.name,
            _at.c.division,
            h.kind,
            h.day,
            h.wet_kg,
            h.moisture_bp,
            h.estimated,
            h.stabilised,
            h.physical_made,
            h.physical_left,
            h.origin_left,
        )
        .outerjoin(_at, _at.c.id == h.facility_id)
        .where(*conditions)
        .order_by(h.id.desc())
        .limit(limit)
    )
    return [HoldingRow(*row) for row in connection.execute(query)]
