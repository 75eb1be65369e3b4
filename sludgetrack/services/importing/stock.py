"""What the steps of a chunk draw on, read before the first of them in a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sludgetrack.domain.quantities import dry_units
from sludgetrack.store.staging_order import Kind, Stages

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sludgetrack.services.importing.rows import Rows
    from sludgetrack.store.books import Books
    from sludgetrack.store.directory import Directory
    from sludgetrack.store.staging_order import Step

_ON_THE_ROAD = frozenset({Kind.RECEIVE, Kind.RETURN})


def read_stock(books: Books, directory: Directory, steps: Sequence[Step], rows: Rows, new: Collection[int]) -> None:
    """Read what the steps name, where returning loads came from, the oldest stock, and all of it where it is counted.

    ``new``: the lines of movements that begin in this chunk.
    """
    moved = {step.line for step in steps if step.kind in _ON_THE_ROAD and step.line not in new}
    returning = {step.line for step in steps if step.kind == Kind.RETURN and step.line not in new}
    books.read_named({*_named(steps, rows), *(rows.movements[line].manifest for line in moved)})
    books.read_sources({rows.movements[line].manifest for line in returning})
    books.cover(_needed(books, directory, steps, rows))
    books.cover_whole({directory.facility(row.facility).id for row in rows.stocktakes.values()})


def _named(steps: Sequence[Step], rows: Rows) -> Iterator[str]:
    for step in steps:
        if step.kind == Kind.START:
            yield from (share.id for share in rows.movements[step.line].batches)
    for treatment in rows.treatments.values():
        yield from (share.id for share in treatment.inputs)
    for disposal in rows.disposals.values():
        yield disposal.lot


def _needed(books: Books, directory: Directory, steps: Sequence[Step], rows: Rows) -> dict[int, int]:
    """At least what the steps take out of each facility's stock, where a load is drawn from the oldest of it."""
    taken: dict[str, int] = defaultdict(int)
    drawing = set()
    for step in steps:
        if step.kind == Kind.START and step.stages & Stages.LOADED:
            row = rows.movements[step.line]
            taken[row.giver] += dry_units(row.net_out_kg or 0, row.moisture_out_bp or 0)
            if not row.batches:
                drawing.add(row.giver)
    for site, lot, dry in _gone(rows):
        if site in drawing:
            known = books.known(lot, directory.facility(site).place.account)
            taken[site] += dry + (max(0, known.physical_left) if known else 0)
    return {directory.facility(code).id: taken[code] for code in drawing}


def _gone(rows: Rows) -> Iterator[tuple[str, str, int]]:
    """Where, of which lot, and how much a run or a disposal takes at most beside what lies there."""
    for disposal in rows.disposals.values():
        yield disposal.site, disposal.lot, dry_units(disposal.wet_kg, disposal.moisture_bp or 0)
    for treatment in rows.treatments.values():
        for share in treatment.inputs:
            yield treatment.site, share.id, dry_units(share.wet_kg or 0, 0)
