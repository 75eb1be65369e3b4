"""What a facility holds and what became of it: lots with their origins, disposals, trucks turned away.

Any facility of the reader's organisation counts, a plant with its own furnace included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.events import Entry, EventType
from sludgetrack.domain.gates import Breach, Reason
from sludgetrack.domain.holdings import NAMED_ONLY, UNDECLARED, Kind
from sludgetrack.domain.identity import FacilityKind
from sludgetrack.domain.mass import Account
from sludgetrack.domain.permissions import Action, may
from sludgetrack.domain.quantities import FULL_BP, divide_half_even, percent_of
from sludgetrack.domain.times import legal_day
from sludgetrack.services import sheet_corrections
from sludgetrack.services.context import Context
from sludgetrack.services.manifests import owner_of
from sludgetrack.store import holdings, lot_reading, manifest_reading, names, streams
from sludgetrack.store.directory import Facility
from sludgetrack.store.manifest_reading import SheetRow
from sludgetrack.store.tables import mass
from sludgetrack.store.tables.registry import facility as facility_table

NEWEST_ACTS = 15
APART = NAMED_ONLY
"""Kinds with a section of their own wherever stock is shown: they are in no rate and move only when named."""


@dataclass(frozen=True, slots=True)
class OriginShare:
    """How much of a lot stands for one plant: units of origin dry solids, and percent of the lot's."""

    plant: str
    units: int
    percent: str | None


@dataclass(frozen=True, slots=True)
class Lot:
    """What lies under one name. ``wet_kg`` is what is left, at the moisture it was made with; below zero: overdrawn.

    ``what`` tells by-products apart. ``overdue``: sludge that lies there longer than the facility may store it.
    """

    name: str
    facility: str
    kind: Kind
    what: str | None
    day: date
    wet_kg: int
    moisture_bp: int
    dry_units: int
    origin_units: int
    estimated: bool
    stabilised: bool
    age_days: int
    overdue: bool
    origins: tuple[OriginShare, ...]

    @property
    def overdrawn(self) -> bool:
        """More left it, in either measure, than ever lay there."""
        return self.dry_units < 0 or self.origin_units < 0

    @property
    def undeclared(self) -> bool:
        """Nobody declared it: it carries what left before anything was."""
        return self.name.endswith(UNDECLARED)


@dataclass(frozen=True, slots=True)
class DisposalRow:
    """A disposal on record; ``reasons`` are the gates it broke."""

    event_id: str
    name: str
    facility: str
    facility_name: str
    lot: str
    route: str
    day: date
    wet_kg: int
    moisture_bp: int
    final: bool
    compliant: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class DisposalView:
    """One disposal as it counts now, its newest sheet, if that is made, and the corrections in effect."""

    row: DisposalRow
    evidence: str | None
    decided_by: str | None
    recorded_at: datetime
    sheet: SheetRow | None
    corrected: tuple[str, ...] = ()


def facilities(ctx: Context) -> list[Facility]:
    """The facilities of the reader's organisation, disposal sites first, by code."""
    ctx.directory.load_facilities(codes=list(ctx.actor.facilities))
    known = [ctx.directory.facility(code) for code in ctx.actor.facilities]
    return sorted(known, key=lambda found: (found.kind is FacilityKind.PLANT, found.code))


def own_facility(ctx: Context, code: str) -> Facility:
    """A facility of the reader's organisation. Raises NotFound for any other."""
    if code not in ctx.actor.facilities:
        raise NotFound(kind="facility", name=code)
    return ctx.directory.facility(code)


def readable_facility(ctx: Context, code: str) -> Facility:
    """A facility the reader's organisation runs or supervises. Raises NotFound for any other."""
    if not may_read(ctx, code):
        raise NotFound(kind="facility", name=code)
    return ctx.directory.facility(code)


def lots(ctx: Context, code: str) -> list[Lot]:
    """What lies at a facility the reader's organisation runs or supervises, oldest first. Raises NotFound."""
    at = readable_facility(ctx, code)
    h = mass.holding.c
    left = or_(h.physical_left != 0, h.origin_left != 0)
    query = holdings.with_shares((h.facility_id == at.id) & (h.account != str(Account.TRANSIT)) & left)
    rows = ctx.connection.execute(query.order_by(h.day, h.ord)).all()
    ctx.directory.load_facilities(ids={plant for row in rows for plant in row.plants})
    apart = {i for row in rows if row.kind == Kind.BYPRODUCT for i in row.origin_ids}
    what = lot_reading.byproducts(ctx.connection, apart) if apart else {}
    return [_lot(ctx, row, at, what) for row in rows]


def counted(lying: Iterable[Lot], at: Facility) -> list[Lot]:
    """What a count at a facility is held against, as ``booking.counted_against`` tells."""
    apart = APART if at.kind is FacilityKind.PLANT else {Kind.BYPRODUCT}
    return [lot for lot in lying if lot.kind not in apart]


def lot(ctx: Context, code: str, name: str) -> Lot:
    """One lot in stock. Raises NotFound."""
    found = next((found for found in lots(ctx, code) if found.name == name), None)
    if found is None:
        raise NotFound(kind="lot", name=name)
    return found


def _lot(ctx: Context, row: Row[Any], at: Facility, what: Mapping[str, str]) -> Lot:
    age = (legal_day(ctx.now, at.zone) - row.day).days
    dry_share = FULL_BP - row.moisture_bp
    kind = Kind(row.kind)
    return Lot(
        name=row.name,
        facility=at.code,
        kind=kind,
        what=next((what[origin] for origin in row.origins if origin in what), None),
        day=row.day,
        wet_kg=divide_half_even(row.physical_left, dry_share) if dry_share else 0,
        moisture_bp=row.moisture_bp,
        dry_units=row.physical_left,
        origin_units=row.origin_left,
        estimated=row.estimated,
        stabilised=row.stabilised,
        age_days=age,
        overdue=kind is not Kind.BYPRODUCT and row.physical_left > 0 and age > at.storage_days,
        origins=_origins(ctx, row),
    )


def _origins(ctx: Context, row: Row[Any]) -> tuple[OriginShare, ...]:
    units: dict[str, int] = {}
    for plant, left in zip(row.plants, row.left, strict=True):
        name = ctx.directory.facility_by_id(plant).name
        units[name] = units.get(name, 0) + left
    whole = sum(units.values())
    shares = [OriginShare(name, part, percent_of(part, whole)) for name, part in units.items()]
    return tuple(sorted(shares, key=lambda share: (-share.units, share.plant)))


def disposals(ctx: Context, code: str) -> list[DisposalRow]:
    """The newest disposals of a facility of the reader's organisation."""
    d = mass.disposal.c
    query = _disposals().where(d.facility_id == own_facility(ctx, code).id).order_by(d.day.desc(), d.event_id.desc())
    return [_disposal(row) for row in ctx.connection.execute(query.limit(NEWEST_ACTS))]


def disposal(ctx: Context, name: str) -> DisposalView:
    """A disposal by its name, for whoever runs the facility or supervises it. Raises NotFound."""
    row = ctx.connection.execute(_disposals().where(mass.disposal.c.name == name)).one_or_none()
    if row is None or not may_read(ctx, row.facility):
        raise NotFound(kind="disposal", name=name)
    entry = streams.one(ctx.connection, row.event_id)
    made_since = streams.corrections_of(ctx.connection, [row.event_id]).get(row.event_id, [])
    figures = sheet_corrections.counted([entry, *made_since])[0].claim.figures if entry else {}
    editions = [row.event_id, *(one.claim.event_id for one in made_since)]
    sheets = {one.event_id: one for one in manifest_reading.sheets_of(ctx.connection, row.facility_id)}
    return DisposalView(
        row=_disposal(row),
        evidence=figures.get("evidence"),
        decided_by=figures.get("decided_by"),
        recorded_at=entry.recorded_at if entry else ctx.now,
        sheet=sheets.get(editions[-1]),
        corrected=tuple(one.claim.figures["proposal"] for one in made_since),
    )


def proposed_name(ctx: Context, code: str) -> str:
    """A name for the next disposal of today: the facility, the day, and a count."""
    at = own_facility(ctx, code)
    day = legal_day(ctx.now, at.zone)
    d = mass.disposal.c
    count = select(func.count()).select_from(mass.disposal).where(d.facility_id == at.id, d.day == day)
    done: int = ctx.connection.execute(count).scalar_one()
    proposed = [f"{at.code}-D{day:%y%m%d}-{done + n}" for n in range(1, NEWEST_ACTS)]
    taken = names.taken(ctx.connection, proposed)
    return next(name for name in proposed if name not in taken)


def _disposals() -> Select[Any]:
    return (
        select(
            mass.disposal,
            mass.holding.c.name.label("lot"),
            facility_table.c.code.label("facility"),
            facility_table.c.name.label("facility_name"),
        )
        .join(mass.holding, mass.holding.c.id == mass.disposal.c.holding_id)
        .join(facility_table, facility_table.c.id == mass.disposal.c.facility_id)
    )


def _disposal(row: Row[Any]) -> DisposalRow:
    return DisposalRow(
        event_id=row.event_id,
        name=row.name,
        facility=row.facility,
        facility_name=row.facility_name,
        lot=row.lot,
        route=row.route,
        day=row.day,
        wet_kg=row.wet_kg,
        moisture_bp=row.moisture_bp,
        final=row.final,
        compliant=row.compliant,
        reasons=tuple(_reason(said) for said in row.reasons),
    )


def _reason(said: Mapping[str, str]) -> Reason:
    return Reason(Breach(said["breach"]), said["source"], said["subject"], said["measured"], said["limit"])


def may_read(ctx: Context, code: str) -> bool:
    """Whether the reader's organisation runs a facility or supervises it."""
    return may(ctx.actor, Action.READ, owner_of(ctx, ctx.directory.facility(code)))


@dataclass(frozen=True, slots=True)
class Away:
    """A truck that was turned away. ``photo`` is a digest in hex."""

    event_id: str
    facility: str
    at: datetime
    plate: str
    finding: str | None
    photo: str | None


def turned_away(ctx: Context, codes: Iterable[str]) -> list[Away]:
    """The newest trucks these facilities turned away for want of a manifest."""
    ids = [own_facility(ctx, code).id for code in codes]
    return [_away(entry) for entry in streams.newest(ctx.connection, ids, EventType.TURNED_AWAY, NEWEST_ACTS)]


def _away(entry: Entry) -> Away:
    figures = entry.claim.figures
    return Away(
        event_id=entry.claim.event_id,
        facility=figures["facility"],
        at=entry.claim.occurred_at,
        plate=figures["plate"],
        finding=figures.get("finding"),
        photo=figures.get("photo"),
    )
