"""Manifests: issued, listed, and one with its history."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from sludgetrack.access.tokens import Scope
from sludgetrack.api.access import Access, caller
from sludgetrack.api.parts import parts, run_for
from sludgetrack.api.preconditions import ETAG, IfNoneMatchSchema
from sludgetrack.api.receipts import Answer, receipt_answer
from sludgetrack.api.routing import READ, Gives, Takes, not_modified, operation, with_headers
from sludgetrack.documents import qr
from sludgetrack.domain.commands import IssueManifest
from sludgetrack.domain.manifest import Status
from sludgetrack.domain.numbers import grouped
from sludgetrack.domain.permissions import Action
from sludgetrack.schemas import answers
from sludgetrack.schemas.base import WireSchema
from sludgetrack.schemas.commands import IssueManifestSchema
from sludgetrack.schemas.fields import AskedNumber, LegalDay, PersonId, short_text
from sludgetrack.schemas.wire import wire_figures
from sludgetrack.services import manifests
from sludgetrack.services.reading.manifests import (
    ManifestFilters,
    ManifestRow,
    ManifestView,
    list_manifests,
    manifest_view,
)
from sludgetrack.services.reading.paging import MOST, USUAL, PageOf
from sludgetrack.store.manifest_reading import DERIVED

TAG = "Manifests"
_READS = Access(Scope.READ, Action.READ)
_STATES = [*map(str, Status), *DERIVED]


class PageQuery(WireSchema):
    """Which part of a list."""

    cursor = short_text(60, metadata={"description": "`next` of the part before"})
    limit = AskedNumber(load_default=USUAL, validate=validate.Range(1, MOST))


class ManifestQuery(PageQuery):
    """What a list of manifests is narrowed to; all conditions hold."""

    state = fields.List(fields.String(validate=validate.OneOf(_STATES)), load_default=list)
    giver = short_text(60, metadata={"description": "Facility code"})
    destination = short_text(60, metadata={"description": "Facility code"})
    hauler = short_text(60, metadata={"description": "Hauler code"})
    plate = short_text(12)
    driver = PersonId()
    route = short_text(8)
    external_number = short_text(40)
    first = LegalDay(data_key="from", metadata={"description": "First legal day of issue"})
    last = LegalDay(data_key="to", metadata={"description": "Last legal day of issue"})


ISSUED_LINKS: dict[str, Any] = {
    "read": {"operationId": "read_manifest", "parameters": {"number": "$response.body#/name"}},
    "history": {"operationId": "list_events", "parameters": {"number": "$response.body#/name"}},
    "assign": {"operationId": "assign_truck", "parameters": {"number": "$response.body#/name"}},
    "offer": {"operationId": "make_offer", "parameters": {"number": "$response.body#/name"}},
    "void": {"operationId": "void_manifest", "parameters": {"number": "$response.body#/name"}},
    "sheets": {"operationId": "list_sheets", "parameters": {"number": "$response.body#/name"}},
}


@operation(
    "POST",
    "/manifests",
    tag=TAG,
    access=Access(Scope.WRITE, Action.ISSUE),
    takes=Takes(body=IssueManifestSchema(strict=True)),
    gives=Gives(status=201, schema=answers.ReceiptSchema(), again=True, refusals=(404, 409), links=ISSUED_LINKS),
)
def issue_manifest(command: IssueManifest) -> Answer:
    """Issue a manifest

    The giver's next number is taken, without gaps. What a destination's permit or a policy forbids is refused.
    """
    return receipt_answer(run_for(caller().actor, lambda ctx: manifests.issue(ctx, command)))


@operation(
    "GET",
    "/manifests",
    tag=TAG,
    access=_READS,
    takes=Takes(query=ManifestQuery(strict=True)),
    gives=Gives(schema=answers.ManifestPageSchema()),
)
def list_of_manifests(query: dict[str, Any]) -> tuple[PageOf[ManifestRow], int, dict[str, str]]:
    """The manifests one may see, newest first"""
    filters = ManifestFilters(
        states=query["state"],
        from_day=query.get("first"),
        to_day=query.get("last"),
        **{name: query.get(name) for name in _NAMED_FILTERS},
    )
    cursor, limit = query.get("cursor"), query["limit"]
    found = run_for(caller().actor, lambda ctx: list_manifests(ctx, filters, cursor, limit))
    return found, 200, next_link(found.next)


_NAMED_FILTERS = ("giver", "destination", "hauler", "plate", "driver", "route", "external_number")


def next_link(cursor: str | None) -> dict[str, str]:
    """The Link header to the following part of a list."""
    if cursor is None:
        return {}
    others = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    return {"Link": f'<{request.path}?{urlencode([*others, ("cursor", cursor)])}>; rel="next"'}


@operation(
    "GET",
    "/manifests/<number:number>",
    tag=TAG,
    access=_READS,
    takes=Takes(headers=IfNoneMatchSchema()),
    gives=Gives(schema=answers.ManifestSchema(), unchanged=True, refusals=(*READ, 422), headers=ETAG),
)
def read_manifest(headers: dict[str, str], number: str) -> ResponseReturnValue | tuple[object, int, dict[str, str]]:
    """A manifest as its events say"""
    seen = run_for(caller().actor, lambda ctx: manifest_view(ctx, number))
    if request.if_none_match.contains(seen.head):
        return not_modified(seen.head)
    return with_headers(_document(seen), 200, ETag=f'"{seen.head}"', Cache_Control="private, no-cache")


@operation(
    "GET",
    "/manifests/<number:number>/events",
    tag=TAG,
    access=_READS,
    gives=Gives(schema=answers.EventListSchema(), refusals=(*READ, 422)),
)
def list_events(number: str) -> dict[str, Any]:
    """A manifest's whole history, with who said what and how it was confirmed"""
    seen = run_for(caller().actor, lambda ctx: manifest_view(ctx, number))
    return {"items": [_event(entry) for entry in seen.timeline]}


def _event(entry: Any) -> dict[str, Any]:
    shown = {name: getattr(entry, name) for name in entry.__slots__}
    return {**shown, "figures": wire_figures(entry.figures)}


_OF_ROW = (
    "number",
    "public_code",
    "external_number",
    "status",
    "disputed",
    "giver",
    "giver_name",
    "hauler",
    "hauler_name",
    "destination",
    "destination_name",
    "route",
    "plate",
    "driver_name",
    "planned_kg",
    "planned_minutes",
    "accepted_kg",
    "held_kg",
    "returned_kg",
)


def _document(seen: ManifestView) -> dict[str, Any]:
    row = seen.row
    return {
        **{name: getattr(row, name) for name in _OF_ROW},
        "driver": row.driver_id,
        "printed": grouped(row.number),
        "address": qr.manifest_url(parts().settings.public_address, row.number, row.public_code),
        "disputes": list(seen.state.disputes),
        "out": seen.figures.out,
        "into": seen.figures.into,
        "difference": seen.figures,
        "custody": seen.custody,
        "seq": row.seq,
        "head": seen.head,
        "allowed": list(seen.allowed),
    }
