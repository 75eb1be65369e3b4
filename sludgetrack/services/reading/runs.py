"""Treatment runs and counts as they are on record, and a lot with everything that moved in and out of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sludgetrack.domain.dated import Tables
from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.events import Entry, EventType, Mark
from sludgetrack.domain.mass import Account
from sludgetrack.domain.quantities import dry_units
from sludgetrack.domain.routes import Treatment
from sludgetrack.domain.times import legal_day
from sludgetrack.services.context import Context
from sludgetrack.services.reading import paging, stock
from sludgetrack.services.reading.paging import PageOf
from sludgetrack.services.reading.stock import Lot
from sludgetrack.services.reading.tracing import Movement, movements
from sludgetrack.store import lot_reading, names, rules, streams
from sludgetrack.store.lot_reading import HoldingRow, RunLot

MOST_NAMES = 100
"""How many names for a run of one day are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A treatment run in a list. ``kept_bp``: dry solids kept, None where nothing went in."""

    event_id: str
    name: str
    facility: str
    facility_name: str
    process: Treatment | None
    process_code: str
    day: date
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    kept_bp: int | None
    plausible: bool
    recorded_at: datetime
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InputView:
    """What a run took from a lot: wet kilograms where a part was named, dry units in both measures.

    ``number``: the manifest that brought it, where the reader may open it.
    """

    lot: str
    kg: int | None
    physical_units: int
    origin_units: int
    number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputView:
    """A lot a run made, as weighed, with what it stands for; ``went`` is what became of it since."""

    lot: str
    wet_kg: int
    moisture_bp: int
    physical_units: int
    origin_units: int
    left_units: int
    went: tuple[Movement, ...]


@dataclass(frozen=True, slots=True)
class AdditiveView:
    """What was added, dry."""

    what: str
    dry_units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A run whole. Dry units of 0.1 g; ``lost`` is process loss, below zero where more came out than went in."""

    row: RunRow
    inputs: tuple[InputView, ...]
    outputs: tuple[OutputView, ...]
    additives: tuple[AdditiveView, ...]
    put_in: int
    came_out: int
    lost: int
    origin: int
    remark: str | None
    mine: bool

    @property
    def added(self) -> int:
        """All additives."""
        return sum(one.dry_units for one in self.additives)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """A count on record: what was on the scales, and in the book before. ``missing``: unaccounted origin units."""

    event_id: str
    facility: str
    day: date
    wet_kg: int
    moisture_bp: int
    counted: int
    booked: int
    missing: int
    remark: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class LotPage:
    """A lot that lies or lay at a facility, and everything that moved in and out of it.

    ``number``: the manifest that brought it; ``lying``: the lot as it is in stock, None where nothing is left.
    """

    row: HoldingRow
    lying: Lot | None
    movements: tuple[Movement, ...]
    number: str | None


def runs_at(ctx: Context, code: str, cursor: str | None = None, limit: int = paging.USUAL) -> PageOf[RunRow]:
    """The runs of a facility the reader's organisation runs or supervises, the newest first. Raises NotFound."""
    found = _page(ctx, code, EventType.TREATED, (cursor, limit))
    tables = rules.tables(ctx.connection)
    return PageOf(tuple(_row(ctx, entry, tables) for entry in found.items), found.next)


def counts_at(ctx: Context, code: str, cursor: str | None = None, limit: int = paging.USUAL) -> PageOf[CountRow]:
    """The counts of a facility the reader's organisation runs or supervises, the newest first. Raises NotFound."""
    found = _page(ctx, code, EventType.COUNTED, (cursor, limit))
    ids = [entry.claim.event_id for entry in found.items]
    missing = lot_reading.apart_of(ctx.connection, ids, Account.UNACCOUNTED) if ids else {}
    return PageOf(tuple(_count(entry, missing) for entry in found.items), found.next)


def run_view(ctx: Context, name: str) -> RunView:
    """A run by name, for whoever runs the facility or supervises it or where the sludge was produced.

    Raises NotFound.
    """
    event_id = lot_reading.run_event(ctx.connection, name)
    entry = streams.one(ctx.connection, event_id) if event_id else None
    if entry is None or not _may_see(ctx, entry):
        raise NotFound(kind="run", name=name)
    figures = entry.claim.figures
    moved = {line.lot: line for line in lot_reading.run_lots(ctx.connection, entry.claim.event_id)}
    inputs = tuple(_inputs(ctx, figures["inputs"], moved))
    outputs = tuple(_outputs(ctx, entry, moved))
    lost = lot_reading.apart_of(ctx.connection, [entry.claim.event_id], Account.PROCESS_LOSS)
    return RunView(
        row=_row(ctx, entry, rules.tables(ctx.connection)),
        inputs=inputs,
        outputs=outputs,
        additives=tuple(AdditiveView(a["what"], dry_units(a["dry_kg"], 0)) for a in figures.get("additives", ())),
        put_in=sum(one.physical_units for one in inputs),
        came_out=sum(one.physical_units for one in outputs),
        lost=lost.get(entry.claim.event_id, (0, 0))[1],
        origin=sum(one.origin_units for one in outputs),
        remark=figures.get("remark"),
        mine=figures["facility"] in ctx.actor.facilities,
    )


def lot_page(ctx: Context, code: str, name: str) -> LotPage:
    """A lot of a facility the reader's organisation runs or supervises. Raises NotFound."""
    at = stock.readable_facility(ctx, code)
    row = lot_reading.holding_at(ctx.connection, at.id, name)
    if row is None:
        raise NotFound(kind="lot", name=name)
    lying = next((lot for lot in stock.lots(ctx, code) if lot.name == name), None)
    number = lot_reading.numbers_of(ctx.connection, ctx.actor, [name]).get(name)
    return LotPage(row, lying, movements(ctx, [row.id]), number)


def proposed_names(ctx: Context, code: str, outputs: int) -> tuple[str, list[str]]:
    """Names for the next run of today and for what comes out of it: the facility, the day, and a count."""
    at = stock.own_facility(ctx, code)
    stem = f"{at.code}-T{legal_day(ctx.now, at.zone):%y%m%d}"
    taken = names.taken(ctx.connection, [f"{stem}-{n}" for n in range(1, MOST_NAMES)])
    run = next((name for n in range(1, MOST_NAMES) if (name := f"{stem}-{n}") not in taken), "")
    return run, [f"{run}-{chr(ord('A') + n)}" for n in range(outputs)]


def _page(ctx: Context, code: str, event: EventType, asked: tuple[str | None, int]) -> PageOf[Entry]:
    cursor, limit = asked
    at = stock.readable_facility(ctx, code)
    before, most = paging.decode(cursor), paging.check_limit(limit)
    found = streams.before(ctx.connection, at.id, event, before, most + 1)
    return paging.page([(entry.seq, entry) for entry in found], most)


def _row(ctx: Context, entry: Entry, tables: Tables) -> RunRow:
    figures = entry.claim.figures
    day = date.fromisoformat(figures["day"])
    return RunRow(
        event_id=entry.claim.event_id,
        name=figures["run"],
        facility=figures["facility"],
        facility_name=ctx.directory.facility(figures["facility"]).name,
        process=tables.treatments(day).get(figures["process"]),
        process_code=figures["process"],
        day=day,
        inputs=tuple(line["lot"] for line in figures["inputs"]),
        outputs=tuple(line["lot"] for line in figures["outputs"]),
        kept_bp=figures.get("kept_bp"),
        plausible=Mark.IMPLAUSIBLE_YIELD not in entry.marks,
        recorded_at=entry.recorded_at,
        seq=entry.seq,
    )


def _inputs(ctx: Context, lines: Iterable[Mapping[str, Any]], moved: Mapping[str, RunLot]) -> Iterable[InputView]:
    known = list(lines)
    numbers = lot_reading.numbers_of(ctx.connection, ctx.actor, [line["lot"] for line in known])
    for line in known:
        took = moved.get(line["lot"]) or RunLot(line["lot"], 0, 0)
        yield InputView(
            lot=line["lot"],
            kg=line["kg"],
            physical_units=-took.physical_units,
            origin_units=-took.origin_units,
            number=numbers.get(line["lot"]),
        )


def _outputs(ctx: Context, entry: Entry, moved: Mapping[str, RunLot]) -> Iterable[OutputView]:
    at = ctx.directory.facility(entry.claim.figures["facility"])
    for line in entry.claim.figures["outputs"]:
        made = moved.get(line["lot"]) or RunLot(line["lot"], 0, 0)
        holding = lot_reading.holding_at(ctx.connection, at.id, line["lot"])
        went = movements(ctx, [holding.id]) if holding else ()
        yield OutputView(
            lot=line["lot"],
            wet_kg=line["wet_kg"],
            moisture_bp=line["moisture_bp"],
            physical_units=made.physical_units,
            origin_units=made.origin_units,
            left_units=holding.physical_left if holding else 0,
            went=tuple(one for one in went if one.event_id != entry.claim.event_id),
        )


def _may_see(ctx: Context, entry: Entry) -> bool:
    if stock.may_read(ctx, entry.claim.figures["facility"]):
        return True
    lots = [line["lot"] for line in entry.claim.figures["outputs"]]
    return ctx.actor.is_authority and any(lot_reading.holdings_named(ctx.connection, ctx.actor, lot) for lot in lots)


def _count(entry: Entry, missing: Mapping[str, tuple[int, int]]) -> CountRow:
    figures = entry.claim.figures
    counted = dry_units(figures["wet_kg"], figures["moisture_bp"])
    origin, physical = missing.get(entry.claim.event_id, (0, 0))
    return CountRow(
        event_id=entry.claim.event_id,
        facility=figures["facility"],
        day=date.fromisoformat(figures["day"]),
        wet_kg=figures["wet_kg"],
        moisture_bp=figures["moisture_bp"],
        counted=counted,
        booked=counted + physical,
        missing=origin,
        remark=figures.get("remark"),
        recorded_at=entry.recorded_at,
    )
