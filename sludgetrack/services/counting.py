"""盘点: what lies at a facility is measured, and the difference to the book is unaccounted."""

from __future__ import annotations

from dataclasses import dataclass

from sludgetrack.domain import booking
from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import DomainError, OutOfRange
from sludgetrack.domain.holdings import Stamp, opening_id
from sludgetrack.domain.mass import Account, Weighed
from sludgetrack.domain.permissions import BY_EVENT, require
from sludgetrack.domain.quantities import FULL_BP
from sludgetrack.services.context import Context
from sludgetrack.services.facility_acts import Figures, act, check, day_problems
from sludgetrack.services.manifests import owner_of
from sludgetrack.store.append import Receipt
from sludgetrack.store.books import Books
from sludgetrack.store.directory import Facility


@dataclass(frozen=True, slots=True)
class CountPreview:
    """What a count would book: dry units of 0.1 g in the book and on the scales. ``opens``: nothing was ever booked.

    ``missing`` is what will be unaccounted for in origin dry solids, negative where more lies there than is booked.
    """

    booked: int
    counted: int
    missing: int
    opens: bool


def count_stock(ctx: Context, command: c.CountStock) -> Receipt:
    """盘点: the stock of a facility is set to what was measured. Raises what every act on a facility raises."""

    def complete(at: Facility, books: Books) -> Figures:  # noqa: ARG001 - one signature for all acts
        check(count_problems(ctx, command, at))
        return dict(command.figures())

    return act(ctx, command.facility, command, complete)


def preview_count(ctx: Context, command: c.CountStock) -> CountPreview:
    """What a count would book, shown before it is recorded; writes nothing."""
    at = ctx.directory.facility(command.facility)
    require(ctx.actor, BY_EVENT[command.event], owner_of(ctx, at))
    check(count_problems(ctx, command, at))
    lying = Books(ctx.connection, ctx.directory).in_stock(at)
    counted = Weighed(command.wet_kg, command.moisture_bp)
    booked = booking.count(lying, counted, at=at.place, stamp=Stamp(command.day, 0))
    missing = sum(p.origin_units for p in booked.postings if p.account is Account.UNACCOUNTED)
    weighed = booking.counted_against(lying, at.place)
    in_book = sum(max(0, one.physical_left) for one in weighed)
    opens = any(one.id == opening_id(at.code) and one.made == one.left for one in booked.holdings)
    return CountPreview(in_book, counted.dry, missing, opens)


def count_problems(ctx: Context, command: c.CountStock, at: Facility) -> list[DomainError]:
    """What is wrong with a count, field by field."""
    problems = day_problems(ctx, command.day, at)
    if not 0 <= command.wet_kg < 100_000_000:
        problems.append(OutOfRange(field="wet_kg", value=command.wet_kg, wanted="≥ 0, < 100000 t"))
    if not 0 <= command.moisture_bp <= FULL_BP:
        problems.append(OutOfRange(field="moisture_bp", value=command.moisture_bp, wanted="0–100 %"))
    return problems
