"""库存: what lies at a facility, what wants a look, and one lot with all that moved in and out of it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from sludgetrack.domain.identity import FacilityKind, Role
from sludgetrack.services.context import Context
from sludgetrack.services.reading import runs, stock
from sludgetrack.services.reading.runs import CountRow, RunRow
from sludgetrack.services.reading.stock import DisposalRow, Lot
from sludgetrack.store.directory import Facility
from sludgetrack.web import stock_words
from sludgetrack.web.acting import acting, do
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.site.desk import blueprint, here, tabs
from sludgetrack.web.words import event_word

NEWEST = 10
"""How many of the newest runs and counts stand under the stock."""


@dataclass(frozen=True, slots=True)
class Lying:
    """A facility's stock with the newest that was done to it."""

    at: Facility
    lots: list[Lot]
    disposals: list[DisposalRow]
    runs: tuple[RunRow, ...]
    counts: tuple[CountRow, ...]


@blueprint.get("/lots")
@signed_in_only(Role.OPERATOR, Role.CLERK)
def lots() -> ResponseReturnValue:
    """What lies at one facility, and what was treated, counted and disposed of lately."""

    def work(ctx: Context) -> tuple[list[Facility], Lying | None]:
        own = stock.facilities(ctx)
        at = here(own)
        return own, _lying(ctx, at) if at else None

    own, seen = do(work)
    if seen is None:
        return render_template("site/no_facility.html")
    at = seen.at
    sludge = [lot for lot in seen.lots if lot.kind not in stock.APART]
    return render_template(
        "site/lots.html",
        at=at,
        tabs=tabs(own, at, "site.lots"),
        seen=seen,
        sludge=sludge,
        sections=stock_words.sections(seen.lots),
        alerts=list(stock_words.stock_alerts(seen.lots, at.code)),
        word=stock_words.lot_word,
        yield_text=stock_words.yield_text,
        process_word=stock_words.process_word,
        is_plant=at.kind is FacilityKind.PLANT,
        may_issue=acting().actor.has(Role.CLERK),
    )


@blueprint.get("/lots/<code>/<path:name>")
@signed_in_only(Role.OPERATOR, Role.CLERK)
def lot(code: str, name: str) -> ResponseReturnValue:
    """One lot: what brought or made it, and where it went."""
    seen = do(lambda ctx: runs.lot_page(ctx, code, name))
    return render_template(
        "site/lot.html",
        seen=seen,
        row=seen.row,
        lot=seen.lying,
        code=code,
        kinds=stock_words.kind_words(),
        word=stock_words.lot_word,
        event_word=event_word,
        may_issue=acting().actor.has(Role.CLERK),
    )


def _lying(ctx: Context, at: Facility) -> Lying:
    return Lying(
        at,
        stock.lots(ctx, at.code),
        stock.disposals(ctx, at.code),
        runs.runs_at(ctx, at.code, None, NEWEST).items,
        runs.counts_at(ctx, at.code, None, NEWEST).items,
    )
