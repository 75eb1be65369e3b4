"""Treatment runs: lots go in, lots come out; never disposal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sludgetrack.domain.booking.booking import Booking, stock_postings
from sludgetrack.domain.holdings import (
    NAMED_ONLY,
    Amounts,
    Holding,
    Kind,
    Nature,
    Stamp,
    draw,
    everything_left,
    fresh,
    without,
)
from sludgetrack.domain.mass import Account, Place, Posting, Weighed
from sludgetrack.domain.quantities import dry_units
from sludgetrack.domain.split import split

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Input(NamedTuple):
    """A lot put into a run: all that is left of it, or a wet mass of it at the lot's moisture."""

    holding: Holding
    wet_kg: int | None = None


class Output(NamedTuple):
    """A lot that came out of a run."""

    lot: str
    mass: Weighed


class Run(NamedTuple):
    """What went into a run and came out; ``additives`` are dry units of co-substrates and additives, no origin."""

    inputs: Sequence[Input]
    outputs: Sequence[Output]
    additives: int = 0
    stabilises: bool = False


def treat(run: Run, *, at: Place, stamp: Stamp) -> Booking:
    """Pass all origin of the inputs to the outputs, shared by their dry mass.

    Physical dry solids follow the scales: the additives come in, and what is missing between inputs, additives and
    outputs is process loss. Raises ValueError for a run without outputs, whose sludge would be nowhere.
    """
    if not run.outputs:
        raise ValueError("a run needs an output")
    postings, current, origin, physical = _put_in(run.inputs)
    made = _shared_by_dry_mass(origin, run.outputs)
    nature = _nature(run)
    lots = []
    loss = physical
    for output in run.outputs:
        lot = fresh(output.lot, output.mass, at, stamp=stamp, nature=nature, made=made[output.lot])
        amounts = Amounts(lot.made, split(lot.physical_made, lot.made))
        postings += stock_postings(lot, amounts, 1)
        loss = {batch: units - amounts.physical[batch] for batch, units in loss.items()}
        lots.append(lot)
    postings += _losses(loss, split(run.additives, origin), at.facility)
    return Booking(postings, [*current.values(), *lots])


def kept_share(run: Run) -> tuple[int, int]:
    """Dry solids kept, (outputs - additives) over inputs, as the two terms of the fraction."""
    inputs = sum(
        line.holding.physical_left if line.wet_kg is None else dry_units(line.wet_kg, line.holding.moisture_bp)
        for line in run.inputs
    )
    return sum(output.mass.dry for output in run.outputs) - run.additives, inputs


def _put_in(inputs: Sequence[Input]) -> tuple[list[Posting], dict[str, Holding], dict[str, int], dict[str, int]]:
    """The inputs' postings, their holdings afterwards, and what they bring in by origin in both measures."""
    postings: list[Posting] = []
    current: dict[str, Holding] = {}
    origin: dict[str, int] = {}
    physical: dict[str, int] = {}
    for line in inputs:
        lot = current.get(line.holding.id, line.holding)
        amounts = everything_left(lot) if line.wet_kg is None else draw(lot, dry_units(line.wet_kg, lot.moisture_bp))
        postings += stock_postings(lot, amounts, -1)
        current[lot.id] = without(lot, amounts)
        for batch, units in amounts.origin.items():
            origin[batch] = origin.get(batch, 0) + units
            physical[batch] = physical.get(batch, 0) + amounts.physical[batch]
    return postings, current, origin, physical


def _shared_by_dry_mass(origin: Mapping[str, int], outputs: Sequence[Output]) -> dict[str, dict[str, int]]:
    weights = {output.lot: output.mass.dry for output in outputs}
    made: dict[str, dict[str, int]] = {lot: {} for lot in weights}
    for batch, units in origin.items():
        for lot, share in split(units, weights).items():
            made[lot][batch] = share
    return made


def _nature(run: Run) -> Nature:
    """What is kept apart stays what it is when nothing else went in; anything else becomes a product.

    What comes out is stable if the process stabilises or everything that went in was.
    """
    inputs = [line.holding for line in run.inputs]
    kinds = {holding.kind for holding in inputs}
    stabilised = run.stabilises or all(holding.stabilised for holding in inputs)
    return Nature(kinds.pop() if len(kinds) == 1 and kinds <= NAMED_ONLY else Kind.PRODUCT, stabilised)


def _losses(loss: Mapping[str, int], additives: Mapping[str, int], facility: str) -> list[Posting]:
    """Physical only: what the process took (or water chemistry gave), and what was added, spread over the origins."""
    postings = [
        Posting(Account.ADDITIVES, facility, None, batch, 0, -units) for batch, units in additives.items() if units
    ]
    postings += [
        Posting(Account.PROCESS_LOSS, facility, None, batch, 0, units + additives[batch])
        for batch, units in loss.items()
        if units + additives[batch]
    ]
    return postings
