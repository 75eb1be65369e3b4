"""The staged rows of a chunk, typed again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sludgetrack.ledgerfiles.lists import outputs, shares
from sludgetrack.ledgerfiles.rows import Disposal, Movement, Production, Stocktake, Treatment
from sludgetrack.store import staging_order
from sludgetrack.store.staging_order import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sqlalchemy import Connection

    from sludgetrack.store.staging_order import Step


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows by line. Times are UTC."""

    productions: dict[int, Production] = field(default_factory=dict)
    movements: dict[int, Movement] = field(default_factory=dict)
    treatments: dict[int, Treatment] = field(default_factory=dict)
    disposals: dict[int, Disposal] = field(default_factory=dict)
    stocktakes: dict[int, Stocktake] = field(default_factory=dict)


def read_rows(connection: Connection, steps: Sequence[Step]) -> Rows:
    """The rows of all steps."""
    production = [step.line for step in steps if step.kind == Kind.PRODUCE]
    movement = {step.line for step in steps if step.kind in {Kind.START, Kind.RECEIVE, Kind.RETURN}}
    treatment = [step.line for step in steps if step.kind == Kind.TREAT]
    disposal = [step.line for step in steps if step.kind in {Kind.DISPOSE, Kind.FINISH}]
    stocktake = [step.line for step in steps if step.kind == Kind.COUNT]
    return Rows(
        {row[0]: Production._make(row) for row in staging_order.productions(connection, production)},
        {row[0]: _movement(row) for row in staging_order.movements(connection, list(movement))},
        {row[0]: _treatment(row) for row in staging_order.treatments(connection, treatment)},
        {row[0]: Disposal._make(row) for row in staging_order.disposals(connection, disposal)},
        {row[0]: Stocktake._make((row[0], *row[2:])) for row in staging_order.stocktakes(connection, stocktake)},
    )


_FIELDS = len(Movement._fields)


def _movement(row: tuple[Any, ...]) -> Movement:
    batches = shares(row[3]) if row[3] else ()
    return Movement._make((*row[:3], batches, *row[4:_FIELDS]))


def _treatment(row: tuple[Any, ...]) -> Treatment:
    return Treatment._make((*row[:5], shares(row[5]), outputs(row[6]), row[7]))
