"""The clerk's screen of a handoff: its code for the driver, what became of it, and the moment it is done."""

from __future__ import annotations

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.documents import qr
from sludgetrack.domain.errors import NoDispute
from sludgetrack.domain.events import KINDS, EventType
from sludgetrack.domain.manifest import Status
from sludgetrack.problems import N_
from sludgetrack.services import handoffs
from sludgetrack.services.commands import load_command
from sludgetrack.services.reading.disputes import proposal
from sludgetrack.services.reading.handing import OfferScreen, ScreenState, offer_screen
from sludgetrack.services.reading.manifests import ManifestView, TimelineEntry, manifest_view
from sludgetrack.web import forms
from sludgetrack.web.acting import acting, do
from sludgetrack.web.claims import claim_card
from sludgetrack.web.format import mass
from sludgetrack.web.forms import Form
from sludgetrack.web.manifest_words import awaited, figure_rows, sheet_address
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import home_of, signed_in_only
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import event_word

blueprint = Blueprint("handing", __name__, url_prefix="/manifests/<number>")

EDITED_AT = {EventType.LOADED: "plant.release", EventType.RETURNED: "plant.take_back"}
"""Where the figures of an offer are typed; with ``change`` the page begins with those of an offer."""

REASONS = (N_("手机没电或没带"), N_("没有信号"), N_("手机扫不了码"), N_("驾驶员不会操作"))
"""Why drivers could not confirm; what stands in the record is the Chinese."""


@blueprint.get("/codes/<offer_id>")
@signed_in_only()
def code(number: str, offer_id: str) -> ResponseReturnValue:
    """The code full-screen; once the driver has confirmed, on to what is done."""
    screen = _screen(number, offer_id)
    return _done(screen) if screen.state is ScreenState.DONE else _page(screen, forms.fresh())


@blueprint.get("/codes/<offer_id>.json")
@signed_in_only()
def state(number: str, offer_id: str) -> ResponseReturnValue:
    """What the screen asks every other second: whether it still waits, and where to go if not."""
    screen = _screen(number, offer_id)
    done = screen.state is ScreenState.DONE
    address = _done_at(screen) if done else url_for("handing.code", number=number, offer_id=screen.offer.id)
    return jsonify(state=str(screen.state), next=address)


@blueprint.post("/codes/<offer_id>/again")
@signed_in_only()
def again(number: str, offer_id: str) -> ResponseReturnValue:
    """A new code for the same figures."""
    screen = _screen(number, offer_id)
    if screen.state is ScreenState.DONE:
        return _done(screen)
    form = forms.posted()
    document = {**screen.offer.command, "event_id": form.event_id or forms.new_id()}
    command = load_command(screen.offer.event, document)
    key = runtime().key
    shown = form.guard(lambda: do(lambda ctx: handoffs.make_offer(ctx, key, number, command)))
    if shown is None:
        return _page(screen, form)
    return redirect(url_for("handing.code", number=number, offer_id=shown.offer.id))


@blueprint.get("/codes/<offer_id>/unconfirmed")
@signed_in_only()
def unconfirmed(number: str, offer_id: str) -> ResponseReturnValue:
    """Why the driver cannot confirm. A settlement without the other party's word is none."""
    screen = _screen(number, offer_id)
    if screen.offer.event is EventType.RESOLVED:
        abort(404)
    return _done(screen) if screen.state is ScreenState.DONE else _unconfirmed_page(screen, forms.fresh())


@blueprint.post("/codes/<offer_id>/unconfirmed")
@signed_in_only()
def record_unconfirmed(number: str, offer_id: str) -> ResponseReturnValue:
    """Record the handoff without the driver's word, with the reason. The event is the one that was offered."""
    screen = _screen(number, offer_id)
    form = forms.posted()
    reason = form["unconfirmed_other"] or form["unconfirmed_reason"]
    command = load_command(screen.offer.event, screen.offer.command)
    receipt = form.guard(lambda: do(lambda ctx: handoffs.record_unconfirmed(ctx, number, command, reason)))
    if receipt is None:
        return _unconfirmed_page(screen, form)
    return redirect(url_for("handing.done", number=number, event_id=receipt.event_id))


@blueprint.get("/done/<event_id>")
@signed_in_only()
def done(number: str, event_id: str) -> ResponseReturnValue:
    """What was recorded, its sheet, and what comes next."""
    view, entry = _recorded(number, event_id)
    return render_template(
        "handing/done.html",
        view=view,
        entry=entry,
        title=_title(entry),
        text=_text(view, entry),
        kept=_kept(entry),
        next=_next(view, entry),
        sheet=sheet_address(view, entry),
        has_sheet=KINDS[entry.event].sheet,
        back=home_of(acting()),
    )


@blueprint.get("/done/<event_id>.json")
@signed_in_only()
def sheet_state(number: str, event_id: str) -> ResponseReturnValue:
    """Whether the sheet is still being made."""
    _view, entry = _recorded(number, event_id)
    if entry.event is EventType.ISSUED:
        address = url_for("plant.issued", number=number)
    else:
        address = url_for("handing.done", number=number, event_id=event_id)
    return jsonify(state="ready" if entry.sheet else "waiting", next=address)


def _screen(number: str, offer_id: str) -> OfferScreen:
    key = runtime().key
    return do(lambda ctx: offer_screen(ctx, key, number, offer_id))


def _recorded(number: str, event_id: str) -> tuple[ManifestView, TimelineEntry]:
    view = do(lambda ctx: manifest_view(ctx, number))
    entry = next((entry for entry in view.timeline if entry.event_id == event_id), None)
    if entry is None:
        abort(404)
    return view, entry


def _done(screen: OfferScreen) -> ResponseReturnValue:
    return redirect(_done_at(screen))


def _done_at(screen: OfferScreen) -> str:
    """Where what was done is told."""
    page = "settling.done" if screen.offer.event is EventType.RESOLVED else "handing.done"
    return url_for(page, number=screen.offer.number, event_id=screen.offer.id)


def _page(screen: OfferScreen, form: Form) -> ResponseReturnValue:
    if screen.offer.event is EventType.RESOLVED:
        return _settlement_page(screen, form)
    page = render_template(
        "handing/code.html",
        screen=screen,
        form=form,
        offer=screen.offer,
        figures=screen.case.state.figures,
        rows=figure_rows(screen.offer.command),
        seconds=int(handoffs.LIFETIME.total_seconds()),
        qr=_qr(screen),
        title=_offer_title(screen.offer.event),
        change=_change(screen),
        address=runtime().settings.public_address,
    )
    return page, form.status


def _settlement_page(screen: OfferScreen, form: Form) -> ResponseReturnValue:
    """The code of a proposed settlement, or what became of it; on to the manifest where the dispute is over."""
    try:
        seen = do(lambda ctx: proposal(ctx, screen.offer))
    except NoDispute:
        flash(_("争议已经裁定，这份提议不再有效。"), "info")
        return redirect(url_for("manifests.page", number=screen.offer.number))
    page = render_template(
        "settling/code.html",
        screen=screen,
        form=form,
        offer=screen.offer,
        proposal=seen,
        card=claim_card,
        seconds=int(handoffs.LIFETIME.total_seconds()),
        qr=_qr(screen),
        address=runtime().settings.public_address,
    )
    return page, form.status


def _unconfirmed_page(screen: OfferScreen, form: Form) -> ResponseReturnValue:
    page = render_template(
        "handing/unconfirmed.html",
        screen=screen,
        form=form,
        offer=screen.offer,
        rows=figure_rows(screen.offer.command),
        reasons=[(reason, _(reason)) for reason in REASONS],
        title=_offer_title(screen.offer.event),
    )
    return page, form.status


def _qr(screen: OfferScreen) -> str:
    if screen.shown is None:
        return ""
    return qr.svg(qr.public_url(runtime().settings.public_address, f"O/{screen.shown.token}"))


def _change(screen: OfferScreen) -> str:
    """Where the figures can be changed, if that is a clerk's page."""
    endpoint = EDITED_AT.get(screen.offer.event)
    return url_for(endpoint, number=screen.offer.number, change=screen.offer.id) if endpoint else ""


def _offer_title(event: EventType) -> str:
    words = {EventType.LOADED: _("放行"), EventType.RETURNED: _("收回退运")}
    return words.get(event, event_word(event))


def _title(entry: TimelineEntry) -> str:
    words = {EventType.LOADED: _("已放行"), EventType.RETURNED: _("已收回")}
    return words.get(entry.event, _("已入账"))


def _text(view: ManifestView, entry: TimelineEntry) -> str:
    weighed = {EventType.LOADED: "net_out_kg", EventType.RETURNED: "returned_kg"}
    kg = entry.figures.get(weighed.get(entry.event, ""))
    names = f"{view.row.giver_name} → {view.row.destination_name}"
    return f"{mass(kg)} · {names}" if kg else names


def _kept(entry: TimelineEntry) -> list[str]:
    """What the record holds of it: who confirmed and how, and that it is in the log."""
    kept = [_("已入账")]
    if len(entry.words) > 1:
        word = entry.words[1]
        words = {
            "scanned": _("驾驶员 %(name)s 扫码确认", name=word.person or ""),
            "typed": _("驾驶员 %(name)s 输码确认", name=word.person or ""),
            "none": _("无驾驶员确认：%(reason)s", reason=word.reason or ""),
        }
        kept.append(words[str(word.method)])
    return kept


def _next(view: ManifestView, entry: TimelineEntry) -> str:
    if entry.event is EventType.LOADED and view.row.status is Status.IN_TRANSIT:
        due = view.row.deadline
        if due is None:
            return _("车辆可以出厂。")
        by = forms.reading().clock(due.due_at)
        return _("车辆可以出厂，最迟 %(by)s 到%(site)s。", by=by, site=view.row.destination_name)
    if entry.event is EventType.RETURNED:
        return _("退回的污泥已加回库存。")
    return awaited(view)
