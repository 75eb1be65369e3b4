"""Lab reports: recorded at a facility, read by whom they concern, each with what it says for every route."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, request

from sludgetrack.access.tokens import Scope
from sludgetrack.api.access import Access, caller
from sludgetrack.api.parts import parts, run_for
from sludgetrack.api.problems import Refused
from sludgetrack.api.receipts import Answer, receipt_answer
from sludgetrack.api.routing import READ, Gives, Takes, operation
from sludgetrack.api.v1.manifests import PageQuery, next_link
from sludgetrack.domain import commands as c
from sludgetrack.domain.permissions import Action
from sludgetrack.schemas import answers, bodies, lab_answers
from sludgetrack.schemas.fields import short_text
from sludgetrack.services import sampling
from sludgetrack.services.kept_files import MEGABYTE
from sludgetrack.services.reading import labs
from sludgetrack.services.reading.labs import Filters, ReportView
from sludgetrack.services.reading.paging import PageOf

TAG = "Lab reports"
_BINARY: dict[str, Any] = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in sampling.KINDS}


class SampleQuery(PageQuery):
    """What a list of lab reports is narrowed to; all conditions hold."""

    facility = short_text(60, metadata={"description": "Code of the facility that recorded the report"})
    sample_of = short_text(60, metadata={"description": "A facility's code, or the name of a batch or lot"})


@operation(
    "POST",
    "/facilities/<code:code>/samples",
    tag=TAG,
    access=Access(Scope.WRITE, Action.SAMPLE),
    takes=Takes(body=bodies.SampleSchema(strict=True)),
    gives=Gives(status=201, schema=answers.ReceiptSchema(), again=True, refusals=(404, 409)),
)
def record_sample(command: c.RecordSample, code: str) -> Answer:
    """Record a lab report on a facility, or on a batch or lot that lies or lay there"""
    said, blobs = replace(command, facility=code), parts().blobs
    return receipt_answer(run_for(caller().actor, lambda ctx: sampling.record_sample(ctx, blobs, said)))


@operation(
    "GET",
    "/samples",
    tag=TAG,
    access=Access(Scope.READ),
    takes=Takes(query=SampleQuery(strict=True)),
    gives=Gives(schema=lab_answers.LabReportPageSchema()),
)
def list_samples(query: dict[str, Any]) -> tuple[PageOf[Any], int, dict[str, str]]:
    """Lab reports, the latest recorded first

    Those of one's own facilities, on lots one gave, on plants one received from; for authorities those that touch
    their division.
    """
    filters = Filters(query.get("facility"), query.get("sample_of"))
    found = run_for(caller().actor, lambda ctx: labs.reports(ctx, filters, query.get("cursor"), query["limit"]))
    return found, 200, next_link(found.next)


@operation(
    "GET",
    "/samples/<id:id>",
    tag=TAG,
    access=Access(Scope.READ, Action.READ),
    gives=Gives(schema=lab_answers.LabReportSchema(), refusals=READ),
)
def read_sample(id: str) -> ReportView:
    """A lab report with what it says for every route

    Judged by the limits as they stand today. Whether a disposal needs one, and which counts, is another question:
    see the preview of a disposal.
    """
    return run_for(caller().actor, lambda ctx: labs.report(ctx, id))


@operation(
    "POST",
    "/sample-files",
    tag=TAG,
    access=Access(Scope.WRITE),
    takes=Takes(media=_BINARY),
    gives=Gives(status=201, schema=lab_answers.FileSchema(), refusals=(413, 415, 422)),
)
def keep_sample_file() -> dict[str, str]:
    """Keep the file of a lab report, up to 10 MB unless the installation says otherwise

    The digest goes into `file` of the report.
    """
    if request.mimetype not in sampling.KINDS:
        raise Refused("wrong_media_type", wanted=", ".join(sampling.KINDS))
    here = parts()
    most_mb = here.settings.report_file_mb
    request.max_content_length = most_mb * MEGABYTE
    content = request.get_data(cache=False)
    return {"file": run_for(caller().actor, lambda ctx: sampling.keep_file(ctx, here.blobs, content, most_mb))}


@operation(
    "GET",
    "/samples/<id:id>/file",
    tag=TAG,
    access=Access(Scope.READ, Action.READ),
    gives=Gives(content_type="application/pdf", refusals=READ, description="The file, of its own kind"),
)
def read_sample_file(id: str) -> Response:
    """The file that came with a lab report"""
    here = parts()
    _row, found = run_for(caller().actor, lambda ctx: labs.file(ctx, here.blobs, id, here.settings.report_file_mb))
    answer = Response(found.content, mimetype=found.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=sampling.file_name(id, found.media_type))
    return answer
