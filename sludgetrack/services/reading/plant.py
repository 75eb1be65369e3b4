"""The plant clerk's day: what lies in stock, which manifests wait, which are on the road, what needs a look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select

from sludgetrack.domain.holdings import NAMED_ONLY, UNDECLARED, Kind
from sludgetrack.domain.identity import FacilityKind
from sludgetrack.domain.manifest import Status
from sludgetrack.domain.policy import PolicyRow
from sludgetrack.domain.quantities import FULL_BP, divide_half_even
from sludgetrack.domain.times import legal_day, legal_instant
from sludgetrack.services.context import Context
from sludgetrack.services.reading import paging
from sludgetrack.services.reading.manifests import ManifestFilters, ManifestRow, list_manifests
from sludgetrack.store import rules
from sludgetrack.store.directory import Facility
from sludgetrack.store.tables.manifests import manifest, offer
from sludgetrack.store.tables.mass import holding, name

DECLARED_SHOWN = 60
"""How many declared batches the page of production shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """What is left of a batch or lot. ``dry_units`` are physical dry solids in 0.1 g, below zero when overdrawn.

    ``wet_kg`` is what that weighs at the batch's moisture; ``age`` counts legal days since it came to be.
    """

    name: str
    kind: Kind
    day: date
    age: int
    wet_kg: int
    moisture_bp: int
    dry_units: int
    estimated: bool
    undeclared: bool

    @property
    def overdrawn(self) -> bool:
        """More left it than ever lay there."""
        return self.dry_units < 0


@dataclass(frozen=True, slots=True)
class Stock:
    """What lies at a facility now, oldest first."""

    lines: tuple[StockLine, ...]

    @property
    def sludge(self) -> tuple[StockLine, ...]:
        """Plant sludge and what was made of it."""
        return tuple(line for line in self.lines if line.kind not in NAMED_ONLY)

    @property
    def apart(self) -> tuple[StockLine, ...]:
        """What is in no rate and moves only when it is named: sewer-cleaning sludge, by-products."""
        return tuple(line for line in self.lines if line.kind in NAMED_ONLY)

    @property
    def wet_kg(self) -> int:
        """All sludge, wet, as it lies there; what is kept apart is not in it."""
        return sum(line.wet_kg for line in self.sludge)

    @property
    def dry_units(self) -> int:
        """All sludge, dry, in units of 0.1 g; what is kept apart is not in it."""
        return sum(line.dry_units for line in self.sludge)

    @property
    def oldest(self) -> StockLine | None:
        """What goes first: the oldest with anything left that need not be named."""
        return next((line for line in self.lines if line.dry_units > 0 and line.kind not in NAMED_ONLY), None)


@dataclass(frozen=True, slots=True)
class Sent:
    """What left a facility on one legal day."""

    loads: int
    kg: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantDay:
    """A facility's day. Manifests are in the order in which they want attention; ``banned`` pairs those that go by a
    route that is banned today with the policy that says so, ``offers`` are the codes on show by manifest number.
    """

    facility: Facility
    today: date
    stock: Stock
    issued: tuple[ManifestRow, ...]
    on_road: tuple[ManifestRow, ...]
    back: tuple[ManifestRow, ...]
    overdue: tuple[ManifestRow, ...]
    disputed: tuple[ManifestRow, ...]
    banned: tuple[tuple[ManifestRow, PolicyRow], ...]
    offers: Mapping[str, str]
    sent: Sent


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredBatch:
    """A batch as its plant declared it, and what is left of it. Kilograms, basis points, units of 0.1 g."""

    name: str
    kind: Kind
    day: date
    wet_kg: int
    moisture_bp: int
    estimated: bool
    stabilised: bool
    dry_made: int
    dry_left: int


def givers_of(ctx: Context) -> tuple[Facility, ...]:
    """The facilities of the actor's organisation, plants first: where its clerks may issue."""
    ctx.directory.load_facilities(codes=sorted(ctx.actor.facilities))
    own = [ctx.directory.facility(code) for code in ctx.actor.facilities]
    return tuple(sorted(own, key=lambda f: (f.kind is not FacilityKind.PLANT, f.division, f.number)))


def plants_of(ctx: Context) -> tuple[Facility, ...]:
    """The plants among them, which may declare production."""
    return tuple(f for f in givers_of(ctx) if f.kind is FacilityKind.PLANT)


def plant_day(ctx: Context, at: Facility) -> PlantDay:
    """The day of one of the actor's facilities."""
    today = legal_day(ctx.now, at.zone)
    rows = list_manifests(ctx, ManifestFilters(states=("open", "disputed"), giver=at.code), limit=paging.MOST).items
    return PlantDay(
        facility=at,
        today=today,
        stock=stock_of(ctx, at),
        issued=_with(rows, Status.ISSUED)[::-1],
        on_road=tuple(sorted(_with(rows, Status.IN_TRANSIT, Status.ARRIVED), key=_due)),
        back=_with(rows, Status.HOLDING)[::-1],
        overdue=tuple(row for row in rows if row.overdue),
        disputed=tuple(row for row in rows if row.disputed),
        banned=tuple(_banned(ctx, rows, today)),
        offers=open_offers(ctx, at),
        sent=sent_on(ctx, at, today),
    )


def stock_of(ctx: Context, at: Facility) -> Stock:
    """What lies at a facility now; what was used up to the last unit is left out."""
    h = holding.c
    query = (
        select(holding)
        .where(h.facility_id == at.id, h.account == str(at.place.account))
        .where(or_(h.physical_left != 0, h.origin_left != 0))
        .order_by(h.day, h.ord)
    )
    today = legal_day(ctx.now, at.zone)
    return Stock(tuple(_line(row, today) for row in ctx.connection.execute(query)))


def declared_batches(ctx: Context, at: Facility) -> tuple[DeclaredBatch, ...]:
    """The newest batches a plant has declared."""
    h = holding.c
    query = (
        select(holding)
        .join(name, name.c.name == h.name)
        .where(h.facility_id == at.id, h.account == str(at.place.account), name.c.kind == "produced")
        .order_by(h.day.desc(), h.ord.desc())
        .limit(DECLARED_SHOWN)
    )
    return tuple(
        DeclaredBatch(
            name=row.name,
            kind=Kind(row.kind),
            day=row.day,
            wet_kg=row.wet_kg,
            moisture_bp=row.moisture_bp,
            estimated=row.estimated,
            stabilised=row.stabilised,
            dry_made=row.physical_made,
            dry_left=row.physical_left,
        )
        for row in ctx.connection.execute(query)
    )


def sent_on(ctx: Context, at: Facility, day: date) -> Sent:
    """What was loaded at a facility on a legal day of its own zone."""
    m = manifest.c
    first, last = (_midnight(d, at.zone) for d in (day, day + timedelta(days=1)))
    query = select(func.count(), func.coalesce(func.sum(m.net_out_kg), 0)).where(
        m.giver_id == at.id, m.loaded_at >= first, m.loaded_at < last
    )
    loads, kg = ctx.connection.execute(query).one()
    return Sent(loads, int(kg))


def open_offers(ctx: Context, at: Facility) -> dict[str, str]:
    """The codes on show for this facility's manifests: the offer's id by manifest number."""
    query = (
        select(manifest.c.number, offer.c.id)
        .join(manifest, manifest.c.id == offer.c.manifest_id)
        .where(manifest.c.giver_id == at.id, offer.c.state == "open", offer.c.expires_at > ctx.now)
        .where(offer.c.event.in_(("loaded", "returned")))
    )
    return {row.number: row.id for row in ctx.connection.execute(query)}


def _with(rows: Sequence[ManifestRow], *states: Status) -> tuple[ManifestRow, ...]:
    return tuple(row for row in rows if row.status in states)


def _due(row: ManifestRow) -> datetime:
    return row.deadline.due_at if row.deadline else datetime.max.replace(tzinfo=UTC)


def _banned(ctx: Context, rows: Sequence[ManifestRow], today: date) -> list[tuple[ManifestRow, PolicyRow]]:
    """Open manifests that could not be issued any more: a ban of the giver's or the destination's division."""
    policy = rules.policy(ctx.connection)
    found = []
    for row in rows:
        giver, destination = (ctx.directory.facility(code) for code in (row.giver, row.destination))
        bans = policy.bans_at_issue(giver.division, destination.division, row.route, today)
        found += [(row, ban) for ban in bans[:1]]
    return found


def _line(row: Row[Any], today: date) -> StockLine:
    dry_share = FULL_BP - row.moisture_bp
    return StockLine(
        name=row.name,
        kind=Kind(row.kind),
        day=row.day,
        age=(today - row.day).days,
        wet_kg=divide_half_even(row.physical_left, dry_share) if dry_share else 0,
        moisture_bp=row.moisture_bp,
        dry_units=row.physical_left,
        estimated=row.estimated,
        undeclared=row.name.endswith(UNDECLARED),
    )


def _midnight(day: date, zone: str) -> datetime:
    return legal_instant(datetime.combine(day, time()), zone)
