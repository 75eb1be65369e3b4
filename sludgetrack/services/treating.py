"""处理: treatment runs turn lots into lots and are never disposal; what they keep is held against what is usual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sludgetrack.domain import commands as c
from sludgetrack.domain.booking import Run, kept_share, treat
from sludgetrack.domain.errors import DomainError, InvalidFigures, MissingField, NameTaken, NotFound, OutOfRange
from sludgetrack.domain.events import Mark
from sludgetrack.domain.holdings import Kind, Stamp
from sludgetrack.domain.permissions import BY_EVENT, require
from sludgetrack.domain.quantities import FULL_BP
from sludgetrack.domain.routes import Treatment
from sludgetrack.services.booking import run_of
from sludgetrack.services.context import Context
from sludgetrack.services.facility_acts import Figures, act, check, day_problems, lot_at, mass_problems
from sludgetrack.services.manifests import owner_of
from sludgetrack.store import names, rules
from sludgetrack.store.append import Receipt
from sludgetrack.store.books import Books
from sludgetrack.store.directory import Facility

LINES = 200
"""The most inputs, outputs or additives of one run."""


@dataclass(frozen=True, slots=True)
class RunPreview:
    """What a run would do, before it is recorded. Dry units of 0.1 g; ``kept_bp`` None where nothing went in.

    ``origin`` is what its outputs will stand for; ``makes`` and ``stabilised`` what they will be.
    """

    process: Treatment
    put_in: int
    additives: int
    came_out: int
    origin: int
    kept_bp: int | None
    plausible: bool
    makes: Kind
    stabilised: bool


def record_run(ctx: Context, command: c.RecordRun) -> Receipt:
    """处理: lots of a facility become other lots there. An implausible yield is recorded, and marked so.

    Raises InvalidFigures naming every wrong field, NameTaken, NotFound and what every act on a facility raises.
    """

    def complete(at: Facility, books: Books) -> Figures:
        process = process_of(ctx, command)
        check(run_problems(ctx, command, at))
        _check_names(ctx, command)
        _check_inputs(books, at, command)
        said: Figures = {**command.figures(), "stabilises": process.stabilises}
        seen = _seen(process, run_of(books, said, at), at)
        kept = {} if seen.kept_bp is None else {"kept_bp": seen.kept_bp}
        return {**said, **kept, "plausible": seen.plausible}

    return act(ctx, command.facility, command, complete, marks=_marks)


def preview_run(ctx: Context, command: c.RecordRun) -> RunPreview:
    """What a run would keep and make. Raises what is wrong with it; writes nothing."""
    at = ctx.directory.facility(command.facility)
    require(ctx.actor, BY_EVENT[command.event], owner_of(ctx, at))
    books = Books(ctx.connection, ctx.directory)
    process = process_of(ctx, command)
    check(run_problems(ctx, command, at))
    _check_names(ctx, command)
    _check_inputs(books, at, command)
    said = {**command.figures(), "stabilises": process.stabilises}
    return _seen(process, run_of(books, said, at), at)


def kept_bp(run: Run) -> int | None:
    """The share of dry solids a run kept, in basis points rounded down; None where nothing went in."""
    kept, put_in = kept_share(run)
    return kept * FULL_BP // put_in if put_in > 0 else None


def _marks(figures: Figures) -> tuple[Mark, ...]:
    return () if figures["plausible"] else (Mark.IMPLAUSIBLE_YIELD,)


def _seen(process: Treatment, run: Run, at: Facility) -> RunPreview:
    kept, put_in = kept_share(run)
    made = treat(run, at=at.place, stamp=Stamp(date.min, 0)).holdings[-len(run.outputs) :]
    return RunPreview(
        process,
        put_in,
        run.additives,
        kept + run.additives,
        sum(lot.origin_made for lot in made),
        kept_bp(run),
        process.is_plausible(kept, put_in),
        made[0].kind,
        made[0].stabilised,
    )


def process_of(ctx: Context, command: c.RecordRun) -> Treatment:
    """The process as its table stands on the day of the run. Raises NotFound."""
    found = rules.tables(ctx.connection).treatments(command.day).get(command.process)
    if found is None:
        raise NotFound(field="process", kind="treatment", name=command.process)
    return found


def run_problems(ctx: Context, command: c.RecordRun, at: Facility) -> list[DomainError]:
    """What is wrong with a run, field by field, but for what lies there."""
    problems = day_problems(ctx, command.day, at)
    for name, lines in (("inputs", command.inputs), ("outputs", command.outputs)):
        if not lines:
            problems.append(MissingField(field=name, event=str(command.event)))
        elif len(lines) > LINES:
            problems.append(OutOfRange(field=name, value=len(lines), wanted=f"≤ {LINES}"))
    if len({line.lot for line in command.inputs}) < len(command.inputs):
        problems.append(OutOfRange(field="inputs", value=len(command.inputs), wanted="each lot once"))
    for n, output in enumerate(command.outputs):
        wrong = mass_problems(output.wet_kg, output.moisture_bp)
        problems += [OutOfRange(field=f"outputs/{n}/{problem.field}", **problem.facts) for problem in wrong]
    for n, additive in enumerate(command.additives):
        if additive.what not in c.ADDITIVES:
            facts = {"value": additive.what, "wanted": ", ".join(c.ADDITIVES)}
            problems.append(OutOfRange(field=f"additives/{n}/what", **facts))
        if additive.dry_kg <= 0:
            problems.append(OutOfRange(field=f"additives/{n}/dry_kg", value=additive.dry_kg, wanted="> 0"))
    return problems


def _check_names(ctx: Context, command: c.RecordRun) -> None:
    """Run and outputs get names nobody has. Raises NameTaken at the first that is in use or stands twice."""
    wanted = [("run", command.run), *((f"outputs/{n}/lot", line.lot) for n, line in enumerate(command.outputs))]
    used = names.taken(ctx.connection, [name for _field, name in wanted])
    for field, name in wanted:
        if name in used or names.is_reserved(name):
            raise NameTaken(field=field, name=name)
        used.add(name)


def _check_inputs(books: Books, at: Facility, command: c.RecordRun) -> None:
    """Every input lies there, and of one that is used up something does. Raises InvalidFigures."""
    books.read_named([line.lot for line in command.inputs])
    problems: list[DomainError] = []
    for n, line in enumerate(command.inputs):
        try:
            lot = lot_at(books, at, line.lot)
        except NotFound as error:
            problems.append(NotFound(field=f"inputs/{n}/lot", **error.facts))
            continue
        if line.kg is not None and line.kg <= 0:
            problems.append(OutOfRange(field=f"inputs/{n}/wet_kg", value=line.kg, wanted="> 0"))
        elif line.kg is None and lot.physical_left <= 0:
            problems.append(OutOfRange(field=f"inputs/{n}/wet_kg", value=0, wanted="> 0"))
    if problems:
        raise InvalidFigures(tuple(problems))
