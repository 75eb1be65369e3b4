"""A corrected act on a facility: whether its figures are possible, and what the record judges of them anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import OutOfRange
from sludgetrack.domain.events import Claim, EventType
from sludgetrack.domain.quantities import FULL_BP, dry_units
from sludgetrack.services import facility_acts as acts
from sludgetrack.services.commands import command_of
from sludgetrack.services.context import Context
from sludgetrack.services.counting import count_problems
from sludgetrack.services.treating import process_of, run_problems
from sludgetrack.store.booked import booked_about
from sludgetrack.store.books import Books
from sludgetrack.store.directory import Facility

Judged = dict[str, Any]


def judged(ctx: Context, code: str, claim: Claim) -> Judged:
    """Check the corrected claim as the command would be, and judge it anew by the rules of its own day.

    Returns the figures the record adds. Raises InvalidFigures naming every wrong figure, and NotFound.
    """
    return _JUDGED[claim.type](ctx, ctx.directory.facility(code), claim)


def _produced(ctx: Context, at: Facility, claim: Claim) -> Judged:
    command = command_of(claim)
    assert isinstance(command, c.DeclareProduction)  # noqa: S101 - narrows the type
    acts.check(acts.production_problems(ctx, command, at))
    return {}


def _treated(ctx: Context, at: Facility, claim: Claim) -> Judged:
    command = command_of(claim)
    assert isinstance(command, c.RecordRun)  # noqa: S101 - narrows the type
    problems = run_problems(ctx, command, at)
    problems += [
        OutOfRange(field="inputs", value=f"{line.lot} {line.kg}", wanted="> 0")
        for line in command.inputs
        if line.kg is not None and line.kg <= 0
    ]
    acts.check(problems)
    process = process_of(ctx, command)
    put_in = _put_in(ctx, at, command, claim.event_id)
    came_out = sum(dry_units(line.wet_kg, line.moisture_bp) for line in command.outputs)
    kept = came_out - sum(dry_units(line.dry_kg, 0) for line in command.additives)
    share = {"kept_bp": kept * FULL_BP // put_in} if put_in > 0 else {}
    return {"stabilises": process.stabilises, **share, "plausible": process.is_plausible(kept, put_in)}


def _put_in(ctx: Context, at: Facility, command: c.RecordRun, event_id: str) -> int:
    """Dry units the inputs give: of a lot that was used up, what was booked; else the stated mass."""
    books = Books(ctx.connection, ctx.directory)
    taken: dict[str, int] = {}
    for one in booked_about(ctx.connection, [event_id]):
        lot = one.posting.lot
        if lot is not None:
            taken[lot] = taken.get(lot, 0) - one.posting.physical_units
    total = 0
    for line in command.inputs:
        if line.kg is None:
            total += taken.get(line.lot, 0)
        else:
            total += dry_units(line.kg, acts.lot_at(books, at, line.lot).moisture_bp)
    return total


def _disposed(ctx: Context, at: Facility, claim: Claim) -> Judged:
    command = command_of(claim)
    assert isinstance(command, c.RecordDisposal)  # noqa: S101 - narrows the type
    # A lot found to be finished is disposed of by nothing.
    problems = [] if command.wet_kg == 0 and command.final else acts.disposal_problems(ctx, command, at)
    acts.check(problems)
    books = Books(ctx.connection, ctx.directory)
    lot = acts.lot_at(books, at, command.lot)
    return acts.judgement_figures(books, lot, acts.judge(ctx, books, at, command))


def _counted(ctx: Context, at: Facility, claim: Claim) -> Judged:
    command = command_of(claim)
    assert isinstance(command, c.CountStock)  # noqa: S101 - narrows the type
    acts.check(count_problems(ctx, command, at))
    return {}


_JUDGED: Mapping[EventType, Callable[[Context, Facility, Claim], Judged]] = {
    EventType.PRODUCED: _produced,
    EventType.TREATED: _treated,
    EventType.DISPOSED: _disposed,
    EventType.COUNTED: _counted,
}
