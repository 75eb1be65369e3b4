"""What went through treatment: which process every treated lot comes from, and where its dry solids are or ended.

A treated lot, and every load and lot that holds nothing else, is of the kind ``product``; its process is that of the
run it, or what it was drawn from, came out of, ``MIXED`` where it was drawn from the lots of several. Origins are
batches of plant sludge; groups are groups of producing plants.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    Connection,
    Numeric,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from sludgetrack.domain.events import EventType
from sludgetrack.domain.holdings import NAMED_ONLY, Kind
from sludgetrack.domain.mass import Account
from sludgetrack.domain.quantities import FULL_BP
from sludgetrack.store.rates import Grouping, Period, group_of_plant, in_divisions
from sludgetrack.store.tables.mass import holding, posting, share
from sludgetrack.store.tables.record import entry
from sludgetrack.store.tables.registry import facility

MIXED = "mixed"
"""The process of what was drawn from the lots of several."""
_ENDS = (str(Account.DISPOSED), str(Account.UNACCOUNTED))
_UNITS = posting.c.origin_units.type
_PRODUCT = literal_column(f"'{Kind.PRODUCT}'", Text)
"""Written out, so that every plan may use the partial index on it."""


class TreatedFlow(NamedTuple):
    """Units of a group that went through a process at a facility (its code, empty where several) into an account.

    ``account``, ``detail`` and ``compliant`` are as in ``store.rates.Flow``.
    """

    group: str
    process: str
    facility: str
    account: str
    detail: str
    compliant: bool
    units: int


def treated_flows(connection: Connection, period: Period, by: Grouping, division_prefix: str) -> Iterator[TreatedFlow]:
    """What of a group's treated sludge was disposed of or lost in the period, and what is left of it at its end."""
    processes = _processes()
    parts = (_ended(processes, period), _left(processes), _since(processes, period))
    found = union_all(*parts).subquery()
    at, f = facility.alias("at"), found.c
    where = func.coalesce(at.c.code, "")
    query = (
        select(
            group_of_plant(by).label("group"),
            f.process,
            where.label("where"),
            f.account,
            f.detail,
            f.compliant,
            cast(func.sum(f.units), _UNITS),
        )
        .select_from(found)
        .join(facility, facility.c.id == f.plant_id)
        .outerjoin(at, at.c.id == f.facility_id)
        .where(in_divisions(division_prefix))
        .group_by("group", f.process, "where", f.account, f.detail, f.compliant)
        .having(func.sum(f.units) != 0)
    )
    return (TreatedFlow(*row) for row in connection.execute(query))


def run_masses(connection: Connection, period: Period, division_prefix: str) -> tuple[int, int]:
    """Wet kilograms into and out of the treatment runs of a period at the facilities under a division.

    What goes in weighs what its dry solids weigh at its lot's moisture. Sludge kept out of the rates does not count.
    """
    p, h = posting.c, holding.c
    wet = cast(p.physical_units, Numeric) / func.nullif(FULL_BP - h.moisture_bp, 0)
    query = (
        select(_kilograms(-wet, p.physical_units < 0), _kilograms(wet, p.physical_units > 0))
        .select_from(posting)
        .join(holding, h.id == p.holding_id)
        .join(entry, entry.c.event_id == p.event_id)
        .join(facility, facility.c.id == p.facility_id)
        .where(entry.c.type == str(EventType.TREATED), p.day.between(period.first, period.last))
        .where(h.kind.not_in([str(kind) for kind in NAMED_ONLY]), in_divisions(division_prefix))
    )
    row = connection.execute(query).one()
    return row[0], row[1]


def _kilograms(wet: ColumnElement[Any], condition: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.coalesce(func.round(func.sum(wet).filter(condition)), 0), _UNITS)


def _processes() -> CTE:
    """Every treated lot, and every load and lot drawn from nothing else, with its process and where that was."""
    p, made = posting.c, holding.alias("made")
    seed = (
        select(p.holding_id, entry.c.claim["process"].astext.label("process"), entry.c.stream_id.label("facility_id"))
        .join(made, made.c.id == p.holding_id)
        .join(entry, entry.c.event_id == p.event_id)
        .where(made.c.kind == _PRODUCT, p.origin_units > 0, entry.c.type == str(EventType.TREATED))
    )
    line = seed.cte("line", recursive=True)
    gave, got = posting.alias("gave"), posting.alias("got")
    further = (
        select(got.c.holding_id, line.c.process, line.c.facility_id)
        .select_from(line)
        .join(gave, and_(gave.c.holding_id == line.c.holding_id, gave.c.origin_units < 0))
        .join(got, and_(got.c.event_id == gave.c.event_id, got.c.origin_id == gave.c.origin_id))
        .join(made, made.c.id == got.c.holding_id)
        .join(entry, entry.c.event_id == got.c.event_id)
        .where(got.c.origin_units > 0, made.c.kind == _PRODUCT, entry.c.type != str(EventType.TREATED))
    )
    line = line.union(further)
    one = func.min(line.c.process) == func.max(line.c.process)
    same_place = func.min(line.c.facility_id) == func.max(line.c.facility_id)
    return (
        select(
            line.c.holding_id,
            case((one, func.min(line.c.process)), else_=literal(MIXED, Text)).label("process"),
            case((and_(one, same_place), func.min(line.c.facility_id))).label("facility_id"),
        )
        .group_by(line.c.holding_id)
        .cte("processes")
    )


def _ended(processes: CTE, period: Period) -> Select[Any]:
    """What left treated lots for good in the period: each event's ends, shared over the processes it took from."""
    p = posting.c
    taken = (
        select(
            p.event_id,
            p.origin_id,
            processes.c.process,
            processes.c.facility_id,
            (-func.sum(p.origin_units)).label("units"),
        )
        .join(processes, processes.c.holding_id == p.holding_id)
        .where(p.booked_on.between(period.first, period.last))
        .group_by(p.event_id, p.origin_id, processes.c.process, processes.c.facility_id)
        .having(func.sum(p.origin_units) != 0)
        .subquery()
    )
    ends = (
        select(
            p.event_id,
            p.origin_id,
            p.plant_id,
            p.account,
            func.coalesce(p.route, p.cause, "").label("detail"),
            func.coalesce(p.compliant, cast(False, Boolean)).label("compliant"),
            p.origin_units,
            func.sum(p.origin_units).over(partition_by=(p.event_id, p.origin_id)).label("all_units"),
        )
        .join(_origin, _origin.c.id == p.origin_id)
        .where(p.account.in_(_ENDS), p.event_id.in_(select(taken.c.event_id)))
        .where(_origin.c.kind == str(Kind.PLANT_SLUDGE))
        .subquery()
    )
    shared = func.round(cast(ends.c.origin_units, Numeric) * taken.c.units / func.nullif(ends.c.all_units, 0))
    units = case((taken.c.units == ends.c.all_units, ends.c.origin_units), else_=func.coalesce(shared, 0))
    return select(
        ends.c.plant_id,
        taken.c.process,
        taken.c.facility_id,
        ends.c.account,
        ends.c.detail,
        ends.c.compliant,
        units.label("units"),
    ).join(taken, and_(taken.c.event_id == ends.c.event_id, taken.c.origin_id == ends.c.origin_id))


def _left(processes: CTE) -> Select[Any]:
    """What is left of treated lots now."""
    return (
        select(
            _origin.c.facility_id,
            processes.c.process,
            processes.c.facility_id,
            holding.c.account,
            literal("", Text),
            cast(False, Boolean),
            share.c.left,
        )
        .select_from(processes)
        .join(holding, holding.c.id == processes.c.holding_id)
        .join(share, share.c.holding_id == holding.c.id)
        .join(_origin, _origin.c.id == share.c.origin_id)
        .where(share.c.left != 0, _origin.c.kind == str(Kind.PLANT_SLUDGE))
    )


def _since(processes: CTE, period: Period) -> Select[Any]:
    """Less what came to them after the period."""
    p = posting.c
    return (
        select(
            p.plant_id,
            processes.c.process,
            processes.c.facility_id,
            p.account,
            literal("", Text),
            cast(False, Boolean),
            -p.origin_units,
        )
        .select_from(posting)
        .join(processes, processes.c.holding_id == p.holding_id)
        .join(_origin, _origin.c.id == p.origin_id)
        .where(p.booked_on > period.last, _origin.c.kind == str(Kind.PLANT_SLUDGE))
    )


_origin = holding.alias("origin")
