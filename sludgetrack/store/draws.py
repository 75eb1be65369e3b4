"""What stands behind a load or a disposal: the batches a load was drawn from, the manifests that brought a lot.

Read from the postings of the events themselves, which never change, so that the answer is the same at any time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from sludgetrack.domain.events import EventType
from sludgetrack.domain.mass import Account
from sludgetrack.domain.split import split
from sludgetrack.store.tables.mass import about, disposal, holding, posting
from sludgetrack.store.tables.record import entry, log_leaf

_STOCK = (str(Account.PLANT_STOCK), str(Account.SITE_STOCK))

NOWHERE = 2**63 - 1
"""Behind every place in the log: a disposal without its leaf is shown with all that is on record."""

Units = dict[int, int]
"""Origin units by the row of their production batch."""


class Drawn(NamedTuple):
    """A batch or lot that a load was drawn from, and the kind of its sludge."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Disposed:
    """What a disposal took: from which lot (its row), of which kind, in both measures, by origin, whole units.

    ``position``: its leaf in the log, or ``NOWHERE`` where somebody took that away.
    """

    position: int
    lot_id: int
    kind: str
    physical: int
    origin: Units


class _Made(NamedTuple):
    event_id: str
    type: str


def batches(connection: Connection, loadings: Collection[str]) -> dict[str, list[Drawn]]:
    """What each of these loading events took its load from, in the order of its postings."""
    p = posting.c
    query = (
        select(p.event_id, holding.c.name, holding.c.kind)
        .join(holding, holding.c.id == p.holding_id)
        .where(p.event_id.in_(loadings), p.about_id.is_(None), p.account.in_(_STOCK))
        .order_by(p.event_id, p.n)
    )
    found: dict[str, dict[Drawn, None]] = {}
    for row in connection.execute(query):
        found.setdefault(row.event_id, {})[Drawn(row.name, row.kind)] = None
    return {event_id: list(drawn) for event_id, drawn in found.items()}


def batches_after(connection: Connection, loading: str, events: Collection[str]) -> list[Drawn]:
    """What a loading took its load from as these events have it together: itself, and what booked it anew since."""
    p = posting.c
    query = (
        select(holding.c.name, holding.c.kind)
        .join(holding, holding.c.id == p.holding_id)
        .where(p.event_id.in_(events), about == loading, p.account.in_(_STOCK))
        .group_by(holding.c.id, holding.c.name, holding.c.kind)
        .having(or_(func.sum(p.origin_units) < 0, func.sum(p.physical_units) < 0))
        .order_by(holding.c.id)
    )
    return [Drawn(row.name, row.kind) for row in connection.execute(query)]


def disposed(connection: Connection, event_id: str, corrections: Sequence[str] = ()) -> Disposed:
    """What a disposal event took, which must be on record, as it counts after these corrections of it in effect."""
    p = posting.c
    query = (
        select(holding.c.id, holding.c.kind, log_leaf.c.position)
        .join(disposal, disposal.c.holding_id == holding.c.id)
        .outerjoin(log_leaf, log_leaf.c.ref == (corrections[-1] if corrections else disposal.c.event_id))
        .where(disposal.c.event_id == event_id)
    )
    lot = connection.execute(query).one()
    gone = connection.execute(
        select(p.origin_id, func.sum(p.origin_units).label("origin"), func.sum(p.physical_units).label("physical"))
        .where(p.event_id.in_((event_id, *corrections)), about == event_id, p.account == str(Account.DISPOSED))
        .group_by(p.origin_id)
        .having(or_(func.sum(p.origin_units) != 0, func.sum(p.physical_units) != 0))
        .order_by(p.origin_id)
    ).all()
    physical = int(sum(row.physical for row in gone))
    position = NOWHERE if lot.position is None else lot.position
    return Disposed(position, lot.id, lot.kind, physical, {row.origin_id: int(row.origin) for row in gone})


def receipts_behind(connection: Connection, taken: Disposed) -> dict[str, int]:
    """The receipt events that brought what was disposed of, with the origin units each stands for.

    By what was on record at the disposal: what was decided or corrected later leaves its sheet as it is. Goes back
    through treatment runs at the site, sharing each origin over a run's inputs as they gave it. What was produced or
    counted here came by no manifest and is left out.
    """
    behind: dict[str, int] = {}
    level = {taken.lot_id: taken.origin}
    while level:
        made = _made_by(connection, level, taken.position)
        given = _given_to(connection, {made[lot].event_id for lot in level if lot in made}, taken.position)
        further: dict[int, Units] = {}
        for lot, units in level.items():
            if lot not in made:
                continue
            event_id, kind = made[lot]
            if kind == EventType.RECEIVED:
                behind[event_id] = behind.get(event_id, 0) + sum(units.values())
            else:
                _share(units, given.get(event_id, {}), further)
        level = further
    return behind


def _share(units: Mapping[int, int], inputs: Mapping[int, Mapping[int, int]], further: dict[int, Units]) -> None:
    """Hand each origin's units on to the lots that gave it, in proportion to what they gave."""
    for origin, amount in units.items():
        weights = {f"{lot:020d}": gave[origin] for lot, gave in inputs.items() if origin in gave}
        if weights:
            for lot, share in split(amount, weights).items():
                into = further.setdefault(int(lot), {})
                into[origin] = into.get(origin, 0) + share


def _made_by(connection: Connection, lots: Collection[int], through: int) -> dict[int, _Made]:
    """The event that made each lot: the first about which anything is posted into it."""
    p = posting.c
    entered = (
        select(p.holding_id, about.label("event_id"))
        .join(log_leaf, log_leaf.c.ref == p.event_id)
        .where(p.holding_id.in_(lots), log_leaf.c.position <= through)
        .group_by(p.holding_id, about)
        .having(or_(func.sum(p.origin_units) > 0, func.sum(p.physical_units) > 0))
        .subquery()
    )
    query = (
        select(entered.c.holding_id, entered.c.event_id, entry.c.type)
        .ext(distinct_on(entered.c.holding_id))
        .join(entry, entry.c.event_id == entered.c.event_id)
        .join(log_leaf, log_leaf.c.ref == entered.c.event_id)
        .order_by(entered.c.holding_id, log_leaf.c.position)
    )
    return {row.holding_id: _Made(row.event_id, row.type) for row in connection.execute(query)}


def _given_to(connection: Connection, events: Collection[str], through: int) -> dict[str, dict[int, Units]]:
    """What each event took out of which stock, by lot and origin."""
    p = posting.c
    query = (
        select(about.label("event_id"), p.holding_id, p.origin_id, func.sum(-p.origin_units).label("units"))
        .join(log_leaf, log_leaf.c.ref == p.event_id)
        .where(or_(p.event_id.in_(events), p.about_id.in_(events)), about.in_(events), p.account.in_(_STOCK))
        .where(log_leaf.c.position <= through)
        .group_by(about, p.holding_id, p.origin_id)
        .having(func.sum(-p.origin_units) > 0)
    )
    given: dict[str, dict[int, Units]] = {}
    for row in connection.execute(query):
        given.setdefault(row.event_id, {}).setdefault(row.holding_id, {})[row.origin_id] = int(row.units)
    return given
