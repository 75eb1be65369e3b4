"""An authority's overview: this month beside the last and the targets, what is open, what does not add up, what to do.

Everything is limited to what touches the authority's division.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import Row

from sludgetrack.domain.clocks import Deadline, Progress, clocks_of, deadline
from sludgetrack.domain.errors import NotPermitted
from sludgetrack.domain.events import Entry, EventType
from sludgetrack.domain.manifest import Status
from sludgetrack.domain.oddities import Odd, Oddity
from sludgetrack.domain.permissions import Action
from sludgetrack.domain.rates import RateRow, Sums, rate_row
from sludgetrack.domain.targets import Target
from sludgetrack.domain.times import legal_day, legal_instant
from sludgetrack.services import reporting
from sludgetrack.services.context import Context
from sludgetrack.services.reading import oddities
from sludgetrack.services.reading.flow import FlowFigures
from sludgetrack.services.reading.pictures import flow_of
from sludgetrack.services.targeting import Place, Targeting
from sludgetrack.store import division_reading as store
from sludgetrack.store import registry_reading, rules, scan, streams
from sludgetrack.store.division_reading import BadDisposal, Days, Gone, Instants, Negative, Road, SiteLoad, Unconfirmed
from sludgetrack.store.rates import TOTAL, Grouping, Period
from sludgetrack.store.registry_reading import FacilityRow

NEWEST = 200
"""How many of the newest gate refusals and register changes are looked through."""
TARGETED = ("harmless_rate", "landfill_rate")
ENDED = (Status.VOID, Status.RETURNED, Status.LOST)
PERMISSION_FIELDS = frozenset(("routes", "permit_no", "permit_valid_to", "capacity_t80_kg_d", "storage_days"))
"""What a site could widen for itself."""


class Concern(StrEnum):
    """Why something is on the work list."""

    DISPUTED = "disputed"
    OVERDUE = "overdue"
    DISPOSAL = "disposal"
    GONE = "gone"
    NEGATIVE = "negative"
    IMPLAUSIBLE = "implausible"
    MANAGED_MORE = "managed_more"
    UNACCOUNTED = "unaccounted"
    TURNED_AWAY = "turned_away"
    SELF_AMENDED = "self_amended"


@dataclass(frozen=True, slots=True)
class Judged:
    """A rate beside its targets, the one that is judged first. ``met`` is None without a rate or a target."""

    rate: str
    value: str | None
    before: str | None
    targets: tuple[Target, ...]
    met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLoad:
    """A manifest on which something is awaited, with the clock that runs. ``kg``: what is at stake, wet."""

    number: str
    status: Status
    disputed: bool
    giver: str
    hauler: str
    destination: str
    plate: str | None
    kg: int
    since: datetime
    due: Deadline | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Away:
    """A truck a site turned away for want of a manifest."""

    facility: str
    at: datetime
    plate: str
    finding: str | None


@dataclass(frozen=True, slots=True)
class SelfAmended:
    """What an operator changed of its own facility's permission: which fields, when."""

    facility: str
    at: datetime
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """A load an authority declared lost or found dumped."""

    number: str
    at: datetime
    dumped: bool
    units: int
    giver: str
    hauler: str
    destination: str


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the work list. ``kg`` wet at risk (0 where it is not about mass); ``about`` is what it is about."""

    concern: Concern
    kg: int
    since: datetime
    about: OpenLoad | BadDisposal | Negative | Away | SelfAmended | Lost | Oddity


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A division over a month, and as it is now. ``month`` its days so far; ``flow`` where the month's sludge went.

    ``oddities``: plants whose figures stand out over ``year``, the twelve months that end with the month.
    """

    year: Period
    oddities: tuple[Oddity, ...]
    month: Period
    before: Period
    judged: tuple[Judged, ...]
    sums: Sums
    row: RateRow
    road: Road
    overdue: tuple[OpenLoad, ...]
    disputed: tuple[OpenLoad, ...]
    disposals: tuple[BadDisposal, ...]
    negative: tuple[Negative, ...]
    away: tuple[Away, ...]
    unconfirmed: tuple[Unconfirmed, ...]
    lost: tuple[Lost, ...]
    sites: tuple[SiteLoad, ...]
    flow: FlowFigures
    history: tuple[tuple[date, str | None], ...]
    tasks: tuple[Task, ...]


def require_inspector(ctx: Context) -> None:
    """Raises NotPermitted for whoever is not of an authority."""
    if not ctx.actor.is_authority:
        raise NotPermitted(action=str(Action.READ_RATES))


def overview(ctx: Context, month: date | None = None) -> Overview:
    """The division in a month (its first day; None: the present one) and now. Raises NotPermitted."""
    require_inspector(ctx)
    period = month_of(month or oddities.present_month(ctx), legal_day(ctx.now))
    year = oddities.year_to(period)
    odd = tuple(oddities.over(ctx, year))
    before = month_before(period)
    sums = _sums(ctx, period)
    tables = rules.tables(ctx.connection)
    routes, targeting = tables.routes(period.last), Targeting(tables, period)
    row, by_month = rate_row(TOTAL, sums, routes), _by_month(ctx, period)
    row_before = by_month.get(f"{before.first:%Y-%m}") or rate_row(TOTAL, Sums(), routes)
    days = Days(period.first, period.last)
    open_ = _open_loads(ctx)
    overdue = tuple(load for load in open_ if load.overdue)
    disputed = tuple(load for load in open_ if load.disputed)
    disposals = tuple(store.bad_disposals(ctx.connection, ctx.actor, days))
    negative = tuple(store.negative_stock(ctx.connection, ctx.actor))
    facilities = registry_reading.facilities_under(ctx.connection, ctx.actor.division)
    away, amended = _from_facilities(ctx, days, facilities)
    lost = tuple(_lost(ctx, store.gone(ctx.connection, ctx.actor, days)))
    return Overview(
        year=year,
        oddities=odd,
        month=period,
        before=before,
        judged=tuple(_judged(ctx, targeting, rate, (row, row_before)) for rate in TARGETED),
        sums=sums,
        row=row,
        road=store.on_the_road(ctx.connection, ctx.actor),
        overdue=overdue,
        disputed=disputed,
        disposals=disposals,
        negative=negative,
        away=away,
        unconfirmed=tuple(store.unconfirmed(ctx.connection, ctx.actor, _instants(days))),
        lost=lost,
        sites=tuple(store.site_loads(ctx.connection, ctx.actor, days)),
        flow=flow_of(ctx.connection, period, ctx.actor.division, {row.code: row.division for row in facilities}),
        history=tuple((first, _harmless(by_month, first)) for first in _months_to(period)),
        tasks=_by_risk(
            (*_tasks(overdue, disputed, disposals, negative, (*away, *amended, *lost)), *_odd_tasks(odd, year))
        ),
    )


def month_of(day: date, today: date) -> Period:
    """The month a day lies in, of the present month the days so far."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    last = following - timedelta(days=1)
    return Period(first, min(last, max(today, first)))


def month_before(period: Period) -> Period:
    """The whole month before a period's."""
    last = period.first.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)


def _judged(ctx: Context, targeting: Targeting, rate: str, rows: tuple[RateRow, RateRow]) -> Judged:
    """A rate of the division in the month and in the one before, beside every target of the division as a whole."""
    now: str | None
    before: str | None
    now, before = (cast("Any", row)[rate] for row in rows)
    standing = targeting.standing(Place(ctx.actor.division), rate, now)
    met = standing.judged.met if standing.judged else None
    return Judged(rate, now, before, tuple(one.target for one in standing.held), met)


def _sums(ctx: Context, period: Period) -> Sums:
    return reporting.grouped_sums(ctx.connection, period, Grouping.TOTAL, ctx.actor.division)[1]


def _months_to(period: Period) -> list[date]:
    """The first days of the month and the five before it, oldest first."""
    months = [period]
    while len(months) < 6:
        months.append(month_before(months[-1]))
    return [month.first for month in reversed(months)]


def _by_month(ctx: Context, period: Period) -> dict[str, RateRow]:
    """The rates of the month and the five before it."""
    whole = Period(_months_to(period)[0], period.last)
    report = reporting.rates(ctx.connection, whole, Grouping.MONTH, division_prefix=ctx.actor.division, now=ctx.now)
    return {row["group"]: row for row in report.rows}


def _harmless(by_month: Mapping[str, RateRow], first: date) -> str | None:
    row = by_month.get(f"{first:%Y-%m}")
    return row["harmless_rate"] if row else None


def _open_loads(ctx: Context) -> list[OpenLoad]:
    policy = rules.policy(ctx.connection)
    known: dict[tuple[str, date], Any] = {}
    loads = []
    for row in store.open_rows(ctx.connection, ctx.actor):
        key = (row.giver_division, legal_day(row.issued_at, row.zone))
        if key not in known:
            known[key] = clocks_of(policy, *key)
        loads.append(_open_load(row, deadline(progress_of(row), known[key]), ctx.now))
    return loads


def progress_of(row: Row[Any]) -> Progress:
    """How far the manifest of a row is."""
    return Progress(
        issued_at=row.issued_at,
        loaded_at=row.loaded_at,
        arrived_at=row.arrived_at,
        received_at=row.received_at,
        ended=Status(row.status) in ENDED,
        planned_minutes=row.planned_minutes or 0,
        storage_days=row.storage_days,
    )


def _open_load(row: Row[Any], due: Deadline | None, now: datetime) -> OpenLoad:
    return OpenLoad(
        number=row.number,
        status=Status(row.status),
        disputed=row.disputed,
        giver=row.giver_name,
        hauler=row.hauler_name,
        destination=row.destination_name,
        plate=row.plate,
        kg=row.held_kg or row.accepted_kg or row.net_out_kg or row.planned_kg,
        since=row.received_at or row.arrived_at or row.loaded_at or row.issued_at,
        due=due,
        overdue=due is not None and due.is_over(now),
    )


def _from_facilities(
    ctx: Context, days: Days, facilities: Sequence[FacilityRow]
) -> tuple[tuple[Away, ...], tuple[SelfAmended, ...]]:
    """What the facilities' own streams say: trucks turned away, and permissions an operator changed for itself."""
    ids = store.facility_ids(ctx.connection, ctx.actor)
    names = {row.code: row for row in facilities}
    period = _instants(days)

    def newest(event: EventType) -> Iterator[Entry]:
        for entry in streams.newest(ctx.connection, list(ids), event, NEWEST):
            if period.first <= entry.recorded_at < period.after:
                yield entry

    away = tuple(
        Away(
            names[entry.stream.name].name,
            entry.claim.occurred_at,
            entry.claim.figures["plate"],
            entry.claim.figures.get("finding"),
        )
        for entry in newest(EventType.TURNED_AWAY)
    )
    amended = tuple(
        SelfAmended(entry.stream.name, entry.recorded_at, tuple(sorted(PERMISSION_FIELDS & set(entry.claim.figures))))
        for entry in newest(EventType.CHANGED)
        if entry.claim.organisation == names[entry.stream.name].organisation
        and PERMISSION_FIELDS & set(entry.claim.figures)
    )
    return away, amended


def _lost(ctx: Context, found: Iterable[Gone]) -> Iterator[Lost]:
    lines = list(found)
    headers = scan.headers(ctx.connection, [line.event_id for line in lines])
    rows = store.rows_of(ctx.connection, ctx.actor, [header.stream.name for header in headers.values()])
    for line in lines:
        header = headers[line.event_id]
        row = rows.get(header.stream.name)
        if row is not None:
            names = (row.giver_name, row.hauler_name, row.destination_name)
            yield Lost(header.stream.name, header.occurred_at, line.dumped, line.units, *names)


def _tasks(
    overdue: Iterable[OpenLoad],
    disputed: Iterable[OpenLoad],
    disposals: Iterable[BadDisposal],
    negative: Iterable[Negative],
    others: Iterable[Away | SelfAmended | Lost],
) -> Iterator[Task]:
    for load in disputed:
        yield Task(Concern.DISPUTED, load.kg, load.since, load)
    for load in overdue:
        yield Task(Concern.OVERDUE, load.kg, load.due.due_at if load.due else load.since, load)
    for bad in disposals:
        yield Task(Concern.DISPOSAL, bad.wet_kg, _start(bad.day), bad)
    for one in negative:
        yield Task(Concern.NEGATIVE, _t80_kg(-min(one.physical_units, one.origin_units)), _start(one.day), one)
    for other in others:
        yield _other_task(other)


def _odd_tasks(found: Iterable[Oddity], year: Period) -> Iterator[Task]:
    for one in found:
        yield Task(_ODD[one.odd], _t80_kg(one.units), _start(year.first), one)


_ODD = {
    Odd.RETURN: Concern.IMPLAUSIBLE,
    Odd.MANAGED_MORE: Concern.MANAGED_MORE,
    Odd.UNACCOUNTED: Concern.UNACCOUNTED,
}


def _other_task(other: Away | SelfAmended | Lost) -> Task:
    if isinstance(other, Lost):
        return Task(Concern.GONE, _t80_kg(other.units), other.at, other)
    concern = Concern.TURNED_AWAY if isinstance(other, Away) else Concern.SELF_AMENDED
    return Task(concern, 0, other.at, other)


def _by_risk(tasks: Iterable[Task]) -> tuple[Task, ...]:
    return tuple(sorted(tasks, key=lambda task: (-task.kg, task.since)))


def _t80_kg(units: int) -> int:
    """Kilograms at 80 % moisture that hold these dry solids, whole."""
    return units // 2000


def _start(day: date) -> datetime:
    return legal_instant(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - legal_instant takes local time


def _instants(days: Days) -> Instants:
    return Instants(_start(days.first), _start(days.last + timedelta(days=1)))
