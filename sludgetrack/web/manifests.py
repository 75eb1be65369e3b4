"""联单: the list with its filters, one manifest whole, its sheets, and the list as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack import reference
from sludgetrack.domain import numbers
from sludgetrack.domain.correcting import ASIDE
from sludgetrack.domain.errors import NotANumber
from sludgetrack.domain.events import KINDS, EventType
from sludgetrack.domain.identity import FacilityKind, Role
from sludgetrack.domain.manifest import Status
from sludgetrack.domain.quantities import tonnes_from_kg
from sludgetrack.services.cases import open_case
from sludgetrack.services.context import Context
from sludgetrack.services.reading import paging
from sludgetrack.services.reading.manifests import (
    ManifestFilters,
    ManifestRow,
    ManifestView,
    TimelineEntry,
    list_manifests,
    manifest_view,
)
from sludgetrack.services.reading.plant import givers_of
from sludgetrack.services.reading.public import Check, check
from sludgetrack.store import log
from sludgetrack.store.blobs import BlobDamaged, BlobMissing
from sludgetrack.web import correction_steps, exports, manifest_words
from sludgetrack.web.acting import acting, do
from sludgetrack.web.format import number_text
from sludgetrack.web.forms import reading
from sludgetrack.web.handing import EDITED_AT
from sludgetrack.web.manifest_steps import settlement, steps
from sludgetrack.web.manifest_words import mark_word
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import route_word, state_words

blueprint = Blueprint("manifests", __name__, url_prefix="/manifests")

READERS = (Role.CLERK, Role.OPERATOR, Role.DISPATCHER, Role.INSPECTOR, Role.ADMINISTRATOR)
PAGE = 50
MOST_EXPORTED = 20_000
STATES = (
    "open",
    *(str(s) for s in (Status.ISSUED, Status.IN_TRANSIT, Status.ARRIVED, Status.HOLDING, Status.DELIVERED)),
    "closed",
    *(str(s) for s in (Status.RETURNED, Status.VOID, Status.LOST)),
    "disputed",
)
"""The filter's states, in the order of a manifest's life."""


STILL = frozenset((EventType.INSPECTED, EventType.CORRECTED, *ASIDE))
"""Events that move no load."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for: a state, a facility of one's own, a text, and where the page begins."""

    state: str
    facility: str
    text: str
    cursor: str | None


@blueprint.get("/")
@signed_in_only(*READERS)
def index() -> ResponseReturnValue:
    """The list; a whole number typed goes straight to its manifest."""
    wanted = _wanted()
    number = _whole_number(wanted.text)
    if number:
        return redirect(url_for("manifests.page", number=number))
    own = do(givers_of)
    found = do(lambda ctx: list_manifests(ctx, _filters(ctx, wanted), wanted.cursor, PAGE))
    return render_template(
        "manifests/index.html",
        found=found,
        wanted=wanted,
        states=_state_chips(wanted),
        facilities=_facility_chips(wanted, [(facility.code, facility.name) for facility in own]),
        columns=_columns(),
        csv=_address(wanted, "manifests.export", kind=exports.CSV),
        xlsx=_address(wanted, "manifests.export", kind=exports.XLSX),
        older=_address(wanted, "manifests.index", cursor=found.next) if found.next else "",
        first=_address(wanted, "manifests.index") if wanted.cursor else "",
        may_issue=acting().actor.has(Role.CLERK),
    )


@blueprint.get("/export.<kind>")
@signed_in_only(*READERS)
def export(kind: str) -> ResponseReturnValue:
    """The list as shown, all its pages, as a file."""
    wanted = _wanted()
    rows = do(lambda ctx: list(_all(ctx, _filters(ctx, wanted))))
    head = [column["label"] for column in _columns()]
    return exports.download(kind, _("联单"), head, (_cells(row) for row in rows))


@blueprint.get("/<number>")
@signed_in_only(*READERS)
def page(number: str) -> ResponseReturnValue:
    """One manifest whole."""
    view = do(lambda ctx: manifest_view(ctx, number))
    proof, positions = do(lambda ctx: _proof(ctx, number))
    text, tone = manifest_words.verdict(view.figures)
    return render_template(
        "manifests/manifest.html",
        view=view,
        row=view.row,
        place=manifest_words.where(view),
        who_has=manifest_words.holders(view),
        awaited=manifest_words.awaited(view),
        since=_since(view.timeline),
        items=[*correction_steps.timeline(view), *manifest_words.to_come(view)],
        weighings=manifest_words.weighings(view.figures),
        verdict=text,
        tone=tone,
        steps=steps(view),
        settlement=settlement(view),
        sheets=[(entry, manifest_words.sheet_address(view, entry)) for entry in view.timeline if entry.sheet],
        missing=_missing_sheets(view.timeline),
        proof=proof,
        positions=positions,
        mark_word=mark_word,
        offer_href=_offer_address(view),
        now=runtime().now(),
    )


@blueprint.get("/<number>/sheets/<event_id>.pdf")
@signed_in_only()
def sheet(number: str, event_id: str) -> ResponseReturnValue:
    """A sheet as it was recorded; what the storage changed since is not given out."""
    view = do(lambda ctx: manifest_view(ctx, number))
    found = next((entry for entry in view.timeline if entry.event_id == event_id and entry.sheet), None)
    if found is None or found.sheet is None:
        abort(404)
    try:
        content = runtime().blobs.get(found.sheet.file_digest)
    except (BlobMissing, BlobDamaged):
        text = _("这份交接单的文件缺失或与登记的摘要不符，已不能作为凭证。请联系管理员。")
        return render_template("errors/refused.html", title=_("文件与登记不符"), detail=text), 410
    answer = Response(content, mimetype="application/pdf")
    name = f"{view.row.number}-{found.sheet.ordinal}.pdf"
    answer.headers.set("Content-Disposition", "inline", filename=name)
    return answer


def _wanted() -> Wanted:
    state = request.args.get("state", "")
    return Wanted(
        state=state if state in STATES else "",
        facility=request.args.get("facility", ""),
        text=request.args.get("q", "").strip(),
        cursor=request.args.get("cursor") or None,
    )


def _whole_number(text: str) -> str | None:
    try:
        return str(numbers.parse(text)) if text else None
    except NotANumber:
        return None


def _filters(ctx: Context, wanted: Wanted) -> ManifestFilters:
    """A facility of one's own stands where it gives, a site where it receives."""
    site = None
    giver = None
    if wanted.facility in ctx.actor.facilities:
        is_plant = ctx.directory.facility(wanted.facility).kind is FacilityKind.PLANT
        giver, site = (wanted.facility, None) if is_plant else (None, wanted.facility)
    states = (wanted.state,) if wanted.state else ()
    return ManifestFilters(states=states, giver=giver, destination=site, text=wanted.text or None)


def _all(ctx: Context, filters: ManifestFilters) -> Iterator[ManifestRow]:
    cursor: str | None = None
    for _page in range(MOST_EXPORTED // paging.MOST):
        part = list_manifests(ctx, filters, cursor, paging.MOST)
        yield from part.items
        cursor = part.next
        if cursor is None:
            return


def _address(wanted: Wanted, endpoint: str, **more: Any) -> str:
    kept = {"state": wanted.state or None, "facility": wanted.facility or None, "q": wanted.text or None}
    return url_for(endpoint, **{**kept, **more})


def _state_chips(wanted: Wanted) -> list[dict[str, object]]:
    words = {"": _("全部"), "open": _("未办结"), **state_words()}
    return [
        {
            "href": _address(wanted, "manifests.index", state=code or None),
            "label": words[code],
            "current": code == wanted.state,
        }
        for code in ("", *STATES)
    ]


def _facility_chips(wanted: Wanted, own: list[tuple[str, str]]) -> list[dict[str, object]]:
    if len(own) < 2:
        return []
    return [
        {
            "href": _address(wanted, "manifests.index", facility=code or None),
            "label": name,
            "current": code == wanted.facility,
        }
        for code, name in (("", _("全部设施")), *own)
    ]


def _columns() -> list[dict[str, Any]]:
    """The list's columns, which are the file's too."""
    return [
        {"label": _("联单编号"), "key": "number"},
        {"label": _("状态"), "key": "state"},
        {"label": _("车牌"), "key": "plate"},
        {"label": _("产生单位"), "key": "giver"},
        {"label": _("接收单位"), "key": "destination"},
        {"label": _("处置途径"), "key": "route"},
        {"label": _("出厂 t"), "key": "out", "num": True},
        {"label": _("进厂 t"), "key": "in", "num": True},
        {"label": _("接收 t"), "key": "accepted", "num": True},
        {"label": _("开具"), "key": "issued", "num": True},
    ]


def _cells(row: ManifestRow) -> list[exports.Cell]:
    states = state_words()
    state = states[str(row.status)] if not row.closed else states["closed"]
    return [
        number_text(row.number),
        _("%(name)s（%(more)s）", name=state, more=states["disputed"]) if row.disputed else state,
        row.plate or "",
        row.giver_name,
        row.destination_name,
        route_word(row.route) if row.route in reference.routes() else row.route,
        _tonnes(row.net_out_kg),
        _tonnes(row.net_in_kg),
        _tonnes(row.accepted_kg if row.received_at else None),
        reading().moment(row.issued_at),
    ]


def _tonnes(kg: int | None) -> Decimal | None:
    return None if kg is None else Decimal(tonnes_from_kg(kg))


def _offer_address(view: ManifestView) -> str:
    """The screen of the code on show, for the organisation that shows it."""
    offer = view.offer
    own = offer is not None and offer.event in EDITED_AT
    if offer is None or not own or offer.expired or offer.organisation != acting().actor.organisation:
        return ""
    return url_for("handing.code", number=view.row.number, offer_id=offer.id)


def _since(entries: Sequence[TimelineEntry]) -> datetime | None:
    """When the present state began: at the last event of the load's way."""
    moving = [entry for entry in entries if entry.stands and entry.event not in STILL]
    return moving[-1].occurred_at if moving else None


def _missing_sheets(entries: Sequence[TimelineEntry]) -> int:
    """How many sheets are still being made."""
    return sum(1 for entry in entries if entry.sheet is None and _has_sheet(entry))


def _has_sheet(entry: TimelineEntry) -> bool:
    """A correction leaves a sheet where the event it corrects does."""
    return KINDS[EventType(entry.figures["of"]) if entry.event is EventType.CORRECTED else entry.event].sheet


def _proof(ctx: Context, number: str) -> tuple[Check, dict[str, int]]:
    """The record checked just now, and each event's place in the log."""
    case = open_case(ctx, number, lock=False)
    found = check(ctx.connection, runtime().blobs, case.head, case.entries)
    leaves = log.leaves(ctx.connection, [entry.claim.event_id for entry in case.entries])
    return found, {ref: leaf.position for ref, leaf in leaves.items()}
