"""检测报告: those that concern the reader, and one of them row by row against every route's standard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.labs import Lapse
from sludgetrack.domain.suitability import Outcome, RouteVerdict
from sludgetrack.services import sampling
from sludgetrack.services.context import Context
from sludgetrack.services.reading import labs, stock
from sludgetrack.services.reading.labs import Filters
from sludgetrack.services.reading.paging import USUAL, PageOf
from sludgetrack.store.directory import Facility
from sludgetrack.store.lab_reading import ReportRow
from sludgetrack.web.acting import acting, do
from sludgetrack.web.labs import desk
from sludgetrack.web.labs.desk import READERS, blueprint
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only

Judged = tuple[ReportRow, tuple[RouteVerdict, ...]]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows of a route are met, not met, and not known."""

    met: int
    over: int
    unknown: int


@blueprint.get("/")
@signed_in_only(*READERS)
def index() -> ResponseReturnValue:
    """The reports that concern the reader, of one facility or about one lot where asked for."""
    filters = Filters(request.args.get("at") or None, request.args.get("of") or None)
    cursor = request.args.get("cursor") or None

    def work(ctx: Context) -> tuple[PageOf[Judged], list[Facility]]:
        return labs.judged(ctx, filters, cursor, USUAL), stock.facilities(ctx)

    found, own = do(work)
    kept: dict[str, Any] = {"at": filters.facility, "of": filters.subject}
    return render_template(
        "labs/index.html",
        rows=found.items,
        filters=filters,
        own=own,
        chips=_chips(own, filters),
        older=url_for("labs.index", **kept, cursor=found.next) if found.next else "",
        newer=url_for("labs.index", **kept) if cursor else "",
        may_write=desk.may_write(),
        words=desk,
        passing=_passing,
    )


@blueprint.get("/<uuid:event_id>")
@signed_in_only(*READERS)
def report(event_id: object) -> ResponseReturnValue:
    """One report, judged by today's limits."""
    seen = do(lambda ctx: labs.report(ctx, str(event_id)))
    return render_template(
        "labs/report.html",
        seen=seen,
        row=seen.row,
        values=[(desk.parameter_word(line["parameter"] or ""), _stated(line)) for line in seen.row.readings],
        words=desk,
        counted=_counted,
        mine=seen.row.facility in acting().actor.facilities,
        may_write=desk.may_write(),
    )


@blueprint.get("/<uuid:event_id>/file")
@signed_in_only(*READERS)
def file(event_id: object) -> ResponseReturnValue:
    """The file of a report, to be saved and not shown in place: it came from outside."""
    most_mb = runtime().settings.report_file_mb
    row, found = do(lambda ctx: labs.file(ctx, runtime().blobs, str(event_id), most_mb))
    answer = Response(found.content, mimetype=found.media_type)
    name = sampling.file_name(row.name.replace("/", "-"), found.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.get("/named/<path:name>")
@signed_in_only(*READERS)
def named(name: str) -> ResponseReturnValue:
    """The report with a name, as disposals state it."""
    event_id = do(lambda ctx: labs.by_name(ctx, name))
    return redirect(url_for("labs.report", event_id=event_id))


def _stated(line: Mapping[str, str | None]) -> str:
    """A value with its unit; without one it is in the limit's."""
    return f"{line['value']} {desk.unit_word(line.get('unit') or '')}".strip()


def _passing(verdicts: Sequence[RouteVerdict]) -> list[RouteVerdict]:
    return [verdict for verdict in verdicts if verdict.outcome is Outcome.PASSES]


def _counted(verdict: RouteVerdict) -> Counted:
    lapses = [held.lapse for held in verdict.held]
    over = lapses.count(Lapse.OVER_LIMIT)
    met = lapses.count(None)
    return Counted(met, over, len(lapses) - over - met)


def _chips(own: Sequence[Facility], filters: Filters) -> list[dict[str, object]]:
    """All that concern the reader, and those of each of their facilities."""
    if not own:
        return []
    nothing = filters == Filters()
    every: dict[str, object] = {"href": url_for("labs.index"), "label": desk.everything(), "current": nothing}
    each: list[dict[str, object]] = [
        {"href": url_for("labs.index", at=at.code), "label": at.name, "current": filters.facility == at.code}
        for at in own
    ]
    return [every, *each]
