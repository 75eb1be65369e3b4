"""Tracing: one text to whatever it names, and one batch or lot from where it came to where it went."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sludgetrack.domain import numbers
from sludgetrack.domain.errors import NotANumber, NotFound
from sludgetrack.domain.events import EventType, Stream, StreamKind
from sludgetrack.domain.mass import Account
from sludgetrack.services.context import Context
from sludgetrack.services.reading.admin import Change, facility_history
from sludgetrack.services.reading.manifests import ManifestFilters, ManifestRow, list_manifests
from sludgetrack.services.reading.regulator import require_inspector
from sludgetrack.store import division_reading, lot_reading, registry_reading, scan
from sludgetrack.store.lot_reading import FateRow, HoldingRow, ShareRow
from sludgetrack.store.registry_reading import FacilityRow

MOST = 30
_FEWEST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Hint:
    """A text of 20 digits whose check digit is wrong: the right one, and the whole number with it."""

    expected: str
    number: str


@dataclass(frozen=True, slots=True)
class Traced:
    """Whatever a text names, as far as the authority may see it."""

    text: str
    hint: Hint | None
    manifests: tuple[ManifestRow, ...]
    facilities: tuple[FacilityRow, ...]
    holdings: tuple[HoldingRow, ...]

    @property
    def found(self) -> int:
        """How many things."""
        return len(self.manifests) + len(self.facilities) + len(self.holdings)


@dataclass(frozen=True, slots=True)
class Movement:
    """What one event moved in (positive) or out, dry units of 0.1 g; ``number`` of a manifest the reader may open."""

    event_id: str
    event: EventType
    at: datetime
    day: date
    origin_units: int
    physical_units: int
    number: str | None
    facility: str | None
    disposal: str | None
    run: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotView:
    """A batch or lot whole. ``fates`` add up to ``made`` exactly where it is a production batch.

    ``onward``: later loadings elsewhere that put some of the batch on the road again.
    """

    name: str
    holdings: tuple[HoldingRow, ...]
    origins: tuple[ShareRow, ...]
    movements: tuple[Movement, ...]
    is_origin: bool
    made: int
    fates: tuple[FateRow, ...]
    onward: tuple[Movement, ...]
    number: str | None


@dataclass(frozen=True, slots=True)
class FacilityView:
    """A facility as its authority sees it: facts, what lies there, its newest loads, who changed what."""

    row: FacilityRow
    holdings: tuple[HoldingRow, ...]
    manifests: tuple[ManifestRow, ...]
    changes: tuple[Change, ...]


def trace(ctx: Context, text: str) -> Traced:
    """What a text may mean: a number, an external number, a plate, a facility, a batch or lot, a disposal, a run.

    A disposal stands for its lot, a treatment run for the lots that went in and came out.
    """
    require_inspector(ctx)
    wanted = text.strip()
    hint = _hint(wanted)
    if not wanted or hint:
        return Traced(wanted, hint, (), (), ())
    return Traced(wanted, None, _manifests(ctx, wanted), _facilities(ctx, wanted), _holdings(ctx, wanted))


def lot_view(ctx: Context, name: str) -> LotView:
    """A batch or lot by name. Raises NotPermitted and NotFound."""
    require_inspector(ctx)
    found = lot_reading.holdings_named(ctx.connection, ctx.actor, name)
    if not found:
        raise NotFound(kind="lot", name=name)
    lying = found[0]
    origins = tuple(lot_reading.shares(ctx.connection, lying.id))
    is_origin = any(share.origin == name for share in origins)
    fates = tuple(lot_reading.fates(ctx.connection, lying.id)) if is_origin else ()
    moved = movements(ctx, [row.id for row in found if row.account != Account.TRANSIT])
    own = {movement.event_id for movement in moved}
    numbers_ = division_reading.readable(ctx.connection, ctx.actor, [_load_name(name)])
    return LotView(
        name=name,
        holdings=tuple(found),
        origins=origins,
        movements=moved,
        is_origin=is_origin,
        made=sum(fate.units for fate in fates if fate.account not in (Account.PROCESS_LOSS, Account.ADDITIVES)),
        fates=fates,
        onward=tuple(load for load in _loads(ctx, lying.id) if load.event_id not in own) if is_origin else (),
        number=next(iter(numbers_), None),
    )


def facility_view(ctx: Context, code: str) -> FacilityView:
    """A facility of the division. Raises NotPermitted and NotFound."""
    require_inspector(ctx)
    row = registry_reading.facility(ctx.connection, code)
    if row is None or not row.division.startswith(ctx.actor.division):
        raise NotFound(kind="facility", name=code)
    sides = (ManifestFilters(giver=code), ManifestFilters(destination=code))
    came = [list_manifests(ctx, side, None, MOST).items for side in sides]
    newest = sorted({one.number: one for some in came for one in some}.values(), key=lambda one: one.issued_at)
    return FacilityView(
        row,
        tuple(lot_reading.holdings_at(ctx.connection, code, 200)),
        tuple(newest[::-1][:MOST]),
        tuple(facility_history(ctx, [code])),
    )


def _hint(text: str) -> Hint | None:
    try:
        numbers.parse(text)
    except NotANumber as error:
        expected = error.facts.get("expected")
        return Hint(str(expected), numbers.compact(text)[:19] + str(expected)) if expected else None
    return None


def _manifests(ctx: Context, text: str) -> tuple[ManifestRow, ...]:
    digits = numbers.compact(text)
    if re.fullmatch(r"[0-9]+", digits) and len(digits) < _FEWEST_DIGITS:
        return ()
    return list_manifests(ctx, ManifestFilters(text=text), None, MOST).items


def _facilities(ctx: Context, text: str) -> tuple[FacilityRow, ...]:
    wanted = text.casefold()
    every = registry_reading.facilities_under(ctx.connection, ctx.actor.division)
    return tuple(
        row
        for row in every
        if wanted in (row.code.casefold(), row.organisation.casefold())
        or wanted in row.name.casefold()
        or wanted in row.organisation_name.casefold()
    )


def _holdings(ctx: Context, text: str) -> tuple[HoldingRow, ...]:
    lot = lot_reading.lot_of_disposal(ctx.connection, text)
    named = lot_reading.holdings_named(ctx.connection, ctx.actor, lot) if lot else []
    beginning = lot_reading.holdings_beginning(ctx.connection, ctx.actor, text, MOST)
    run = lot_reading.run_event(ctx.connection, text)
    made = lot_reading.run_lots(ctx.connection, run) if run else []
    for lot_of_run in made:
        named += lot_reading.holdings_named(ctx.connection, ctx.actor, lot_of_run.lot)
    stock = [row for row in named if row.account != Account.TRANSIT]
    return tuple({row.id: row for row in (*stock, *beginning)}.values())


def movements(ctx: Context, holding_ids: list[int]) -> tuple[Movement, ...]:
    """What moved in and out of holdings the reader may see, the earliest first."""
    rows = lot_reading.movements(ctx.connection, holding_ids)
    headers = scan.headers(ctx.connection, [row.event_id for row in rows])
    runs = lot_reading.runs_named(ctx.connection, [row.event_id for row in rows])
    open_ = _readable(ctx, (headers[row.event_id].stream for row in rows))
    return tuple(
        Movement(
            event_id=row.event_id,
            event=headers[row.event_id].type,
            at=headers[row.event_id].occurred_at,
            day=row.day,
            origin_units=row.origin_units,
            physical_units=row.physical_units,
            number=_number(headers[row.event_id].stream, open_),
            facility=_facility(headers[row.event_id].stream),
            disposal=row.disposal,
            run=runs.get(row.event_id),
        )
        for row in rows
    )


def _loads(ctx: Context, origin_id: int) -> tuple[Movement, ...]:
    rows = lot_reading.loads_of(ctx.connection, origin_id)
    headers = scan.headers(ctx.connection, [row.event_id for row in rows])
    open_ = _readable(ctx, (headers[row.event_id].stream for row in rows))
    return tuple(
        Movement(
            event_id=row.event_id,
            event=headers[row.event_id].type,
            at=headers[row.event_id].occurred_at,
            day=row.day,
            origin_units=row.units,
            physical_units=row.units,
            number=_number(headers[row.event_id].stream, open_),
            facility=None,
            disposal=None,
        )
        for row in rows
    )


def _readable(ctx: Context, streams: Iterable[Stream]) -> set[str]:
    names = {stream.name for stream in streams if stream.kind is StreamKind.MANIFEST}
    return division_reading.readable(ctx.connection, ctx.actor, sorted(names))


def _number(stream: Stream, readable: set[str]) -> str | None:
    return stream.name if stream.name in readable else None


def _facility(stream: Stream) -> str | None:
    return stream.name if stream.kind is StreamKind.FACILITY else None


def _load_name(name: str) -> str:
    return name.partition("/")[0]
