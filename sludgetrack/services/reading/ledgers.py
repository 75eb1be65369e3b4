"""台账: the ledger of a facility by day, month and year, out of the mass book and never kept beside it.

All masses are those at the facility: wet kilograms as weighed, dry solids as measured, in units of 0.1 g. Everything
stands on its legal day; what was booked on another day after a period lock is counted and marked as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sludgetrack.domain.events import EventType
from sludgetrack.domain.holdings import Kind
from sludgetrack.domain.times import legal_day
from sludgetrack.services.context import Context
from sludgetrack.services.reading import stock
from sludgetrack.services.reading.ledger_rows import NOTHING, Amount, Ledger, RouteSum, Row, Span, Way
from sludgetrack.store import ledger_reading, log
from sludgetrack.store.directory import Facility
from sludgetrack.store.ledger_reading import Asked, FlowRow, LineRow, RefusalRow, RunLotRow

_PRODUCED = {str(Kind.SEWER_SLUDGE): "sewer", str(Kind.BYPRODUCT): "byproducts"}


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the ledger, with the name and code of the facility at the other end."""

    row: LineRow
    other: str | None
    other_code: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused truck, with the name and code of where it came from."""

    row: RefusalRow
    giver: str
    giver_code: str


@dataclass(slots=True)
class _Tally:
    """Sums of one row while its flows come in."""

    amounts: dict[str, Amount] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, amount: Amount) -> None:
        self.amounts[name] = self.amounts.get(name, NOTHING) + amount

    def count(self, name: str, units: int) -> None:
        self.units[name] = self.units.get(name, 0) + units

    def row(self, first: date, last: date, opening: int) -> Row:
        return Row(first=first, last=last, opening=opening, **self.amounts, **self.units)  # type: ignore[arg-type]  # by name


def facility_ledger(ctx: Context, code: str, span: Span) -> Ledger:
    """The ledger of a facility the reader's organisation runs or supervises. Raises NotFound for any other."""
    at = stock.readable_facility(ctx, code)
    asked = Asked(at.id, span.first, span.last)
    flows = ledger_reading.flows(ctx.connection, asked, span.by)
    refused = ledger_reading.refusals(ctx.connection, asked, at.code, at.zone)
    ctx.directory.load_facilities(ids={flow.other_id for flow in flows if flow.other_id})
    opening = ledger_reading.stock_before(ctx.connection, at.id, span.first)
    today = legal_day(ctx.now, at.zone)
    rows = _rows(span, flows, refused, opening=opening, today=today)
    return Ledger(
        facility=at,
        organisation=ctx.directory.organisation(at.organisation_id).name,
        span=span,
        rows=rows,
        total=_total(span, flows, refused, opening=opening, today=today),
        sent_to=_ways(ctx, flows, EventType.LOADED),
        received_from=_ways(ctx, flows, EventType.RECEIVED),
        disposed_by=_routes(flows),
        log_size=log.current(ctx.connection).size,
        oldest_days=_oldest(ctx, at, span, today),
    )


def entries(ctx: Context, code: str, first: date, last: date) -> list[Line]:
    """What happened at a facility, event by event. Raises NotFound as ``facility_ledger`` does."""
    at = stock.readable_facility(ctx, code)
    rows = ledger_reading.lines(ctx.connection, Asked(at.id, first, last))
    ctx.directory.load_facilities(ids={row.other_id for row in rows if row.other_id})
    return [_line(ctx, row) for row in rows]


def run_lots(ctx: Context, code: str, first: date, last: date) -> list[RunLotRow]:
    """What went into and came out of a facility's treatment runs. Raises NotFound as ``facility_ledger`` does."""
    at = stock.readable_facility(ctx, code)
    return ledger_reading.run_lots(ctx.connection, Asked(at.id, first, last))


def refusals(ctx: Context, code: str, first: date, last: date) -> list[Refusal]:
    """The trucks a facility refused in whole or in part. Raises NotFound as ``facility_ledger`` does."""
    at = stock.readable_facility(ctx, code)
    rows = ledger_reading.refusals(ctx.connection, Asked(at.id, first, last), at.code, at.zone)
    ctx.directory.load_facilities(ids={row.giver_id for row in rows})
    givers = [ctx.directory.facility_by_id(row.giver_id) for row in rows]
    return [Refusal(row, giver.name, giver.code) for row, giver in zip(rows, givers, strict=True)]


def weeks(first: date, last: date) -> Iterator[tuple[date, date]]:
    """A period in parts of a week, the first one first: what a file of a whole year is read by."""
    while first <= last:
        end = min(last, first + timedelta(days=6))
        yield first, end
        first = end + timedelta(days=1)


# Adding up


def _rows(
    span: Span, flows: Sequence[FlowRow], refused: Sequence[RefusalRow], *, opening: int, today: date
) -> tuple[Row, ...]:
    """A row for each part of the period with anything in it; one that is not over ends today."""
    tallies: dict[date, _Tally] = {}
    for flow in flows:
        _book(tallies.setdefault(flow.start, _Tally()), flow)
    for one in refused:
        _refuse(tallies.setdefault(span.start_of(one.day), _Tally()), one)
    rows = []
    for start in sorted(tallies):
        first = max(start, span.first)
        row = tallies[start].row(first, _until(first, span.end_of(start), today), opening)
        opening = row.closing
        rows.append(row)
    return tuple(rows)


def _until(first: date, last: date, today: date) -> date:
    return max(first, min(last, today))


def _total(span: Span, flows: Sequence[FlowRow], refused: Sequence[RefusalRow], *, opening: int, today: date) -> Row:
    tally = _Tally()
    for flow in flows:
        _book(tally, flow)
    for one in refused:
        _refuse(tally, one)
    return tally.row(span.first, _until(span.first, span.last, today), opening)


def _refuse(tally: _Tally, row: RefusalRow) -> None:
    tally.add("refused", Amount(1, row.refused_kg))


def _book(tally: _Tally, flow: FlowRow) -> None:
    """Take in one flow: what its type says by name, and what every flow has."""
    net = flow.into_units - flow.taken_units
    if flow.type == EventType.PRODUCED:
        name = _PRODUCED.get(flow.kind or "", "produced")
        tally.add(name, Amount(flow.events, flow.wet_kg, net))
        if name == "produced":
            tally.add("estimated", Amount(0, flow.estimated_kg, flow.estimated_units))
    elif flow.type == EventType.DISPOSED:
        harmless, bad = _disposed(flow)
        tally.add("harmless", harmless)
        tally.add("noncompliant", bad)
    elif flow.type == EventType.TREATED:
        tally.add("put_in", Amount(flow.events, flow.taken_kg, flow.taken_units))
        tally.add("came_out", Amount(0, flow.wet_kg, flow.into_units))
    elif flow.type in _MOVED:
        name, sign = _MOVED[flow.type]
        tally.add(name, Amount(flow.events, flow.wet_kg, sign * net))
    if flow.type == EventType.COUNTED:
        tally.count("counts", flow.events)
        tally.count("count_missing", flow.missing_units)
    for name, units in (("missing", flow.missing_units), ("gap", flow.gap_units), ("later", flow.later)):
        tally.count(name, units)
    tally.count("additives", flow.additive_units)
    tally.count("process_loss", flow.loss_units)
    tally.count("change", net)


_MOVED: Mapping[str, tuple[str, int]] = {
    EventType.LOADED: ("sent", -1),
    EventType.RECEIVED: ("received", 1),
    EventType.RETURNED: ("returned", 1),
}


def _disposed(flow: FlowRow) -> tuple[Amount, Amount]:
    """Harmless and not. A disposal banned in part counts, wet, where its greater part belongs; dry is exact."""
    counted = Amount(flow.events, flow.wet_kg)
    harmless, bad = Amount(0, 0, flow.harmless_units), Amount(0, 0, flow.bad_units)
    return (harmless, bad + counted) if flow.is_bad else (harmless + counted, bad)


def _ways(ctx: Context, flows: Sequence[FlowRow], event: EventType) -> tuple[Way, ...]:
    sums: dict[tuple[int, str | None], Amount] = {}
    for flow in flows:
        if flow.type == event and flow.other_id is not None:
            key = (flow.other_id, flow.route)
            units = _MOVED[event][1] * (flow.into_units - flow.taken_units)
            sums[key] = sums.get(key, NOTHING) + Amount(flow.events, flow.wet_kg, units)
    found = ((ctx.directory.facility_by_id(other), route, amount) for (other, route), amount in sums.items())
    ways = (Way(at.code, at.name, route, amount) for at, route, amount in found)
    return tuple(sorted(ways, key=lambda way: (-way.amount.dry_units, way.code, way.route or "")))


def _routes(flows: Sequence[FlowRow]) -> tuple[RouteSum, ...]:
    sums: dict[str, RouteSum] = {}
    for flow in flows:
        if flow.type == EventType.DISPOSED and flow.route is not None:
            harmless, bad = _disposed(flow)
            known = sums.get(flow.route, RouteSum(flow.route, NOTHING, NOTHING))
            sums[flow.route] = replace(known, harmless=known.harmless + harmless, noncompliant=known.noncompliant + bad)
    return tuple(sums[route] for route in sorted(sums))


def _oldest(ctx: Context, at: Facility, span: Span, today: date) -> int | None:
    return ledger_reading.oldest_days(ctx.connection, at.id, today) if span.first <= today <= span.last else None


def _line(ctx: Context, row: LineRow) -> Line:
    if row.other_id is None:
        return Line(row, None, None)
    other = ctx.directory.facility_by_id(row.other_id)
    return Line(row, other.name, other.code)
