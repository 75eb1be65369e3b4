"""Recorded sheets: a manifest's list, and each as the PDF it was recorded as."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from sludgetrack.access.tokens import Scope
from sludgetrack.api.access import Access, caller
from sludgetrack.api.parts import parts, run_for
from sludgetrack.api.preconditions import ETAG, IfNoneMatchSchema
from sludgetrack.api.routing import READ, Gives, Takes, not_modified, operation
from sludgetrack.domain.permissions import Action
from sludgetrack.schemas import answers
from sludgetrack.services import sheets
from sludgetrack.services.cases import open_case
from sludgetrack.services.context import Context
from sludgetrack.services.reading import sheet_files
from sludgetrack.services.sheets import Press
from sludgetrack.store.sheets import Listed, Sheet

TAG = "Manifests"
_ACCESS = Access(Scope.READ, Action.READ)
_PDF = Gives(
    content_type="application/pdf",
    refusals=(*READ, 422),
    description="The file as recorded",
    unchanged=True,
    headers=ETAG,
)


@operation(
    "GET",
    "/manifests/<number:number>/sheets",
    tag=TAG,
    access=_ACCESS,
    gives=Gives(schema=answers.SheetListSchema(), refusals=(*READ, 422)),
)
def list_sheets(number: str) -> dict[str, Any]:
    """The sheets of a manifest's handoffs, in order"""

    def work(ctx: Context) -> list[Listed]:
        return sheets.sheets_of(ctx.connection, open_case(ctx, number, lock=False).head.id)

    return {"items": [_listed(each) for each in run_for(caller().actor, work)]}


@operation(
    "GET",
    "/manifests/<number:number>/sheets/<ordinal:ordinal>",
    tag=TAG,
    access=_ACCESS,
    takes=Takes(headers=IfNoneMatchSchema()),
    gives=_PDF,
)
def read_sheet_of_manifest(headers: object, number: str, ordinal: int) -> Response:
    """A sheet by its place among a manifest's, made now where it has not been yet"""
    here = parts()

    def work(ctx: Context) -> tuple[Sheet, bytes]:
        press = Press(ctx.connection, here.blobs, ctx.now, here.settings.public_address)
        return sheets.open_sheet(ctx, press, number, ordinal)

    return _file(*run_for(caller().actor, work))


@operation("GET", "/sheets/<id:id>", tag=TAG, access=_ACCESS, takes=Takes(headers=IfNoneMatchSchema()), gives=_PDF)
def read_sheet(headers: object, id: str) -> Response:
    """A sheet by its id, a manifest's or a disposal's"""
    blobs = parts().blobs
    return _file(*run_for(caller().actor, lambda ctx: sheet_files.by_id(ctx, blobs, id)))


def _file(sheet: Sheet, content: bytes) -> Response:
    etag = sheet.file_digest.hex()
    if request.if_none_match.contains(etag):
        return not_modified(etag)
    response = Response(content, mimetype="application/pdf")
    response.set_etag(etag)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = f'inline; filename="{sheet.id}.pdf"'
    return response


def _listed(each: Listed) -> dict[str, Any]:
    shown = None if each.sheet is None else _row(each.sheet)
    return {"event_id": each.event_id, "event": each.type, "ordinal": each.ordinal, "sheet": shown}


def _row(sheet: Sheet) -> dict[str, Any]:
    return {**{name: getattr(sheet, name) for name in sheet.__slots__}, "digest": sheet.file_digest.hex()}
