"""处置: the final act on a lot, with the gates shown before it is booked."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack import reference
from sludgetrack.domain.events import EventType
from sludgetrack.domain.gates import Breach, Judgement, Reason
from sludgetrack.domain.identity import Role
from sludgetrack.domain.quantities import percent_from_bp, tonnes_from_kg
from sludgetrack.domain.times import legal_day
from sludgetrack.services import facility_acts
from sludgetrack.services.context import Context
from sludgetrack.services.reading import stock
from sludgetrack.services.reading.stock import Lot
from sludgetrack.store.blobs import BlobDamaged, BlobMissing
from sludgetrack.store.directory import Facility
from sludgetrack.web import forms
from sludgetrack.web.acting import acting, do
from sludgetrack.web.format import DASH, percent
from sludgetrack.web.forms import Form
from sludgetrack.web.lab_words import parameter_word
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.site.desk import AT, blueprint
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import route_word


@blueprint.get("/dispose")
@signed_in_only(Role.OPERATOR, Role.CLERK)
def dispose() -> ResponseReturnValue:
    """The disposal of one lot, all of it proposed."""

    def work(ctx: Context) -> tuple[Facility, Lot, dict[str, str | None]]:
        at = stock.own_facility(ctx, request.args.get(AT, ""))
        lot = stock.lot(ctx, at.code, request.args.get("lot", ""))
        proposed: dict[str, str | None] = {
            "disposal": stock.proposed_name(ctx, at.code),
            "day": legal_day(ctx.now, at.zone).isoformat(),
            "wet_t": tonnes_from_kg(lot.wet_kg) if lot.wet_kg > 0 else None,
            "moisture_pct": percent_from_bp(lot.moisture_bp),
            "route": at.routes[0] if len(at.routes) == 1 else None,
            "final": "1",
        }
        return at, lot, proposed

    at, lot, proposed = do(work)
    return _page(at, lot, forms.fresh(proposed))


@blueprint.post("/dispose")
@signed_in_only(Role.OPERATOR, Role.CLERK)
def dispose_it() -> ResponseReturnValue:
    """First what it would break, and only then the record."""
    form = forms.posted()

    def work(ctx: Context) -> tuple[Facility, Lot]:
        at = stock.own_facility(ctx, form["facility"])
        return at, stock.lot(ctx, at.code, form["lot"])

    fixed = {"final": "true" if form["final"] else "false"}
    if form["step"] == "record":
        receipt = form.attempt(EventType.DISPOSED, _record, fixed=fixed)
        if receipt is not None:
            flash(_("处置已登记，监管部门看得到。接下来可以打印处置单，或处置下一批。"), "good")
            return redirect(url_for("site.disposal", name=form["disposal"]))
    at, lot = do(work)
    judgement = None
    if not form.errors and form["step"] != "change":
        judgement = form.attempt(EventType.DISPOSED, _preview, fixed=fixed)
    return _page(at, lot, form, judgement)


@blueprint.get("/disposals/<path:name>")
@signed_in_only()
def disposal(name: str) -> ResponseReturnValue:
    """One disposal, with what it broke and its sheet."""
    found = do(lambda ctx: stock.disposal(ctx, name))
    actor = acting().actor
    return render_template(
        "site/disposal.html",
        found=found,
        row=found.row,
        mine=(actor.has(Role.OPERATOR) or actor.has(Role.CLERK)) and found.row.facility in actor.facilities,
        breaches=[breach_text(reason) for reason in found.row.reasons],
        refresh=request.path,
    )


@blueprint.get("/disposals/<path:name>/sheet.pdf")
@signed_in_only()
def disposal_sheet(name: str) -> ResponseReturnValue:
    """The disposal's sheet as it was recorded; what the storage changed since is not given out."""
    found = do(lambda ctx: stock.disposal(ctx, name))
    if found.sheet is None:
        abort(404)
    try:
        content = runtime().blobs.get(found.sheet.file_digest)
    except (BlobMissing, BlobDamaged):
        text = _("这份处置单的文件缺失或与登记的指纹不符，已不能作为凭证。请联系管理员。")
        return render_template("errors/refused.html", title=_("文件与登记不符"), detail=text), 410
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=f"{found.row.event_id}.pdf")
    return answer


def breach_text(reason: Reason) -> tuple[str, str]:
    """What a disposal breaks, in a sentence, and whose rule it is."""
    return _breach(reason), reason.source


def _breach(reason: Reason) -> str:
    if reason.breach is Breach.MOISTURE_TOO_HIGH:
        limit = reason.limit.replace("<=", "≤")
        return _("含水率 %(measured)s，须 %(limit)s %%", measured=percent(_plain(reason.measured)), limit=limit)
    if reason.breach is Breach.LAB_REPORT_FAILS:
        facts = {"name": parameter_word(reason.subject), "measured": reason.measured or DASH, "limit": reason.limit}
        return _("检测 %(name)s 为 %(measured)s，须 %(limit)s", **facts)
    return _breach_words()[reason.breach]


def _breach_words() -> dict[Breach, str]:
    return {
        Breach.ROUTE_BANNED: _("本地已禁止这种处置方式"),
        Breach.ORIGIN_BANNED: _("产生地已禁止这种处置方式，只影响那里来的部分"),
        Breach.NO_LAB_REPORT: _("没有有效的检测报告"),
        Breach.NOT_STABILISED: _("没有经过稳定化处理"),
        Breach.UNDECIDED: _("这种方式须由主管部门认定，还没有写明由谁认定"),
        Breach.NEVER_HARMLESS: _("这种方式不算无害化处置"),
    }


def _plain(text: str) -> str:
    """``78.00`` as ``78``."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _record(command: Any) -> Any:
    return do(lambda ctx: facility_acts.record_disposal(ctx, command))


def _preview(command: Any) -> Judgement:
    return do(lambda ctx: facility_acts.preview_disposal(ctx, command))


def _routes(at: Facility) -> list[tuple[str, str]]:
    """The permitted ways first; the others stay possible, since facts are facts, but say so."""
    permitted = [(code, route_word(code)) for code in at.routes]
    others = [code for code in reference.routes() if code not in at.routes]
    named = [(code, _("%(route)s（不在许可内）", route=route_word(code))) for code in others]
    return [("", _("请选择")), *permitted, *named]


def _page(at: Facility, lot: Lot, form: Form, judgement: Judgement | None = None) -> ResponseReturnValue:
    page = render_template(
        "site/dispose.html",
        at=at,
        lot=lot,
        form=form,
        routes=_routes(at),
        judgement=judgement,
        day=date.fromisoformat(str(form["day"])) if judgement else None,
        breaches=[breach_text(reason) for reason in judgement.reasons] if judgement else [],
        shares=[breach_text(reason) for reason in judgement.by_division.values()] if judgement else [],
        permitted=form["route"] in at.routes or not form["route"],
    )
    return page, form.status
