"""What lies at a facility and becomes of it there: treatment runs, counts, lots with all that moved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sludgetrack.access.tokens import Scope
from sludgetrack.api.access import Access, caller
from sludgetrack.api.parts import run_for
from sludgetrack.api.receipts import Answer
from sludgetrack.api.routing import READ, Gives, Takes, operation
from sludgetrack.api.v1.facilities import TAG, act_at, recorded
from sludgetrack.api.v1.manifests import PageQuery, next_link
from sludgetrack.domain import commands as c
from sludgetrack.domain.permissions import Action
from sludgetrack.schemas import bodies
from sludgetrack.schemas import stock_answers as answers
from sludgetrack.services import counting, treating
from sludgetrack.services.counting import CountPreview
from sludgetrack.services.reading import runs
from sludgetrack.services.reading.paging import PageOf
from sludgetrack.services.treating import RunPreview

_READ = Access(Scope.READ, Action.READ)
_PAGE = Takes(query=PageQuery(strict=True))
Page = tuple[PageOf[Any], int, dict[str, str]]


@act_at("runs", bodies.RunSchema)
def record_run(command: c.RecordRun, code: str) -> Answer:
    """Record a treatment run

    Lots of the facility become other lots there; never disposal. A yield outside the process's range is recorded
    all the same, and marked.
    """
    said = replace(command, facility=code)
    return recorded(lambda ctx: treating.record_run(ctx, said))


@act_at("counts", bodies.CountSchema)
def count_stock(command: c.CountStock, code: str) -> Answer:
    """Record a count of all that lies at a facility

    The difference to the book is unaccounted for. At a facility where nothing was ever booked it is the opening stock.
    """
    said = replace(command, facility=code)
    return recorded(lambda ctx: counting.count_stock(ctx, said))


@operation(
    "POST",
    "/facilities/<code:code>/run-previews",
    tag=TAG,
    access=Access(Scope.READ, Action.TREAT),
    takes=Takes(body=bodies.RunSchema(strict=True)),
    gives=Gives(schema=answers.RunPreviewSchema(), refusals=(404, 409)),
)
def preview_run(command: c.RecordRun, code: str) -> RunPreview:
    """What a run would keep and make

    Nothing is recorded.
    """
    said = replace(command, facility=code)
    return run_for(caller().actor, lambda ctx: treating.preview_run(ctx, said))


@operation(
    "POST",
    "/facilities/<code:code>/count-previews",
    tag=TAG,
    access=Access(Scope.READ, Action.COUNT),
    takes=Takes(body=bodies.CountSchema(strict=True)),
    gives=Gives(schema=answers.CountPreviewSchema(), refusals=READ),
)
def preview_count(command: c.CountStock, code: str) -> CountPreview:
    """What a count would book

    Nothing is recorded.
    """
    said = replace(command, facility=code)
    return run_for(caller().actor, lambda ctx: counting.preview_count(ctx, said))


@operation(
    "GET",
    "/facilities/<code:code>/runs",
    tag=TAG,
    access=_READ,
    takes=_PAGE,
    gives=Gives(schema=answers.RunPageSchema(), refusals=READ),
)
def list_runs(query: dict[str, Any], code: str) -> Page:
    """A facility's treatment runs, the newest first"""
    found = run_for(caller().actor, lambda ctx: runs.runs_at(ctx, code, query.get("cursor"), query["limit"]))
    return found, 200, next_link(found.next)


@operation(
    "GET",
    "/facilities/<code:code>/counts",
    tag=TAG,
    access=_READ,
    takes=_PAGE,
    gives=Gives(schema=answers.CountPageSchema(), refusals=READ),
)
def list_counts(query: dict[str, Any], code: str) -> Page:
    """A facility's counts, the newest first"""
    found = run_for(caller().actor, lambda ctx: runs.counts_at(ctx, code, query.get("cursor"), query["limit"]))
    return found, 200, next_link(found.next)


@operation(
    "GET",
    "/runs/<code:name>",
    tag=TAG,
    access=_READ,
    gives=Gives(schema=answers.RunDetailSchema(), refusals=READ),
)
def read_run(name: str) -> runs.RunView:
    """A treatment run: what went in, what came out, and what became of it

    For whoever runs the facility or supervises it, and for the authority where the sludge was produced.
    """
    return run_for(caller().actor, lambda ctx: runs.run_view(ctx, name))


@operation(
    "GET",
    "/facilities/<code:code>/lots/<code:name>",
    tag=TAG,
    access=_READ,
    gives=Gives(schema=answers.LotMovesSchema(), refusals=READ),
)
def read_lot(code: str, name: str) -> dict[str, Any]:
    """A lot that lies or lay at a facility, and everything that moved in and out of it"""
    found = run_for(caller().actor, lambda ctx: runs.lot_page(ctx, code, name))
    row = found.row
    return {
        "name": row.name,
        "facility": row.facility,
        "kind": row.kind,
        "day": row.day,
        "made": row.physical_made,
        "left": row.physical_left,
        "origin_left": row.origin_left,
        "manifest": found.number,
        "lying": found.lying,
        "movements": found.movements,
    }
