"""商定争议: a party proposes which of contradicting claims stands; another party agrees, by scanning or six digits."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain import numbers
from sludgetrack.domain.errors import DomainError, IdempotencyConflict, NoDispute
from sludgetrack.domain.events import EventType
from sludgetrack.services import handoffs
from sludgetrack.services.context import Context
from sludgetrack.services.handoffs import Shown
from sludgetrack.services.reading import driver
from sludgetrack.services.reading.disputes import dispute
from sludgetrack.services.reading.manifests import ManifestView, TimelineEntry, manifest_view
from sludgetrack.store import offers
from sludgetrack.store.offers import Offer
from sludgetrack.web import forms, proposals
from sludgetrack.web.acting import do
from sludgetrack.web.claims import claim_card
from sludgetrack.web.forms import Form
from sludgetrack.web.manifest_words import sheet_address
from sludgetrack.web.offers import looked_up
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _

blueprint = Blueprint("settling", __name__, url_prefix="/manifests/<number>/settlement")


@blueprint.get("")
@signed_in_only()
def settle(number: str) -> ResponseReturnValue:
    """The contradicting claims side by side, and the proposal for those who may make one."""
    earlier = request.args.get("change", "")
    before = do(lambda ctx: _own(ctx, number, earlier)) if earlier else None
    return _settle_page(number, forms.fresh(forms.typed_figures(before.command) if before else None))


@blueprint.post("")
@signed_in_only()
def propose(number: str) -> ResponseReturnValue:
    """The proposal, as a code for the other party."""
    form = forms.posted()
    shown = _offer(number, form)
    if shown is None:
        return _settle_page(number, form)
    return redirect(url_for("handing.code", number=number, offer_id=shown.offer.id))


@blueprint.get("/code")
@signed_in_only()
def enter(number: str) -> ResponseReturnValue:
    """Six digits for what another party proposes."""
    return _enter_page(number, forms.fresh())


@blueprint.post("/code")
@signed_in_only()
def entered(number: str) -> ResponseReturnValue:
    """The proposal behind the six digits; a wrong code counts."""
    form = forms.posted()
    waiting = do(lambda ctx: _waiting(ctx, number))
    if waiting is None:
        form.blame("code", _("对方还没有出码，或者码已过期。请对方先出码。"))
        return _enter_page(number, form)
    code = numbers.compact(form["code"])
    found = looked_up(form, waiting, code, "code")
    return proposals.page(found, code) if found else _enter_page(number, form)


@blueprint.get("/done/<event_id>")
@signed_in_only()
def done(number: str, event_id: str) -> ResponseReturnValue:
    """What was settled, by whom, and its sheet."""
    view, entry = _recorded(number, event_id)
    return render_template(
        "settling/done.html",
        layout=proposals.layout(),
        view=view,
        entry=entry,
        kept=_kept(entry),
        sheet=sheet_address(view, entry),
        back=proposals.after(view.row.number),
    )


@blueprint.get("/done/<event_id>.json")
@signed_in_only()
def sheet_state(number: str, event_id: str) -> ResponseReturnValue:
    """Whether the sheet is still being made."""
    _view, entry = _recorded(number, event_id)
    return jsonify(state="ready" if entry.sheet else "waiting", next=url_for(".done", number=number, event_id=event_id))


def _offer(number: str, form: Form) -> Shown | None:
    """A code for what was chosen; a page fetched back and changed makes a new code."""
    key = runtime().key

    def make(command: Any) -> Shown:
        return do(lambda ctx: handoffs.make_offer(ctx, key, number, command))

    command = form.command(EventType.RESOLVED)
    if command is None:
        return None
    try:
        return make(command)
    except IdempotencyConflict:
        form.values["event_id"] = forms.new_id()
        return form.attempt(EventType.RESOLVED, make)
    except NoDispute:
        return None
    except DomainError as error:
        form.refuse(error)
        return None


def _own(ctx: Context, number: str, offer_id: str) -> Offer | None:
    """An earlier proposal of one's own organisation for this manifest."""
    found = offers.by_id(ctx.connection, offer_id)
    if found is None or found.event is not EventType.RESOLVED or found.number != numbers.compact(number):
        return None
    return found if found.organisation == ctx.actor.organisation else None


def _waiting(ctx: Context, number: str) -> Offer | None:
    """The proposal about a manifest that this person may agree to now."""
    text = numbers.compact(number)
    found = (offer for offer in driver.to_confirm(ctx) if offer.event is EventType.RESOLVED)
    return next((offer for offer in found if offer.number == text), None)


def _settle_page(number: str, form: Form) -> ResponseReturnValue:
    try:
        seen = do(lambda ctx: dispute(ctx, number))
    except NoDispute:
        flash(_("这张联单没有互相矛盾的记录。"), "info")
        return redirect(proposals.after(number))
    page = render_template(
        "settling/settle.html",
        layout=proposals.layout(),
        seen=seen,
        number=seen.case.stream.name,
        form=form,
        card=claim_card,
        back=proposals.after(seen.case.stream.name),
    )
    return page, form.status


def _enter_page(number: str, form: Form) -> ResponseReturnValue:
    def work(ctx: Context) -> tuple[ManifestView, Offer | None]:
        return manifest_view(ctx, number), _waiting(ctx, number)

    view, waiting = do(work)
    page = render_template(
        "settling/enter.html",
        layout=proposals.layout(),
        view=view,
        waiting=waiting,
        form=form,
        back=proposals.after(view.row.number),
        refresh=url_for(".enter", number=view.row.number),
    )
    return page, form.status


def _recorded(number: str, event_id: str) -> tuple[ManifestView, TimelineEntry]:
    view = do(lambda ctx: manifest_view(ctx, number))
    found = (entry for entry in view.timeline if entry.event_id == event_id and entry.event is EventType.RESOLVED)
    entry = next(found, None)
    if entry is None:
        abort(404)
    return view, entry


def _kept(entry: TimelineEntry) -> list[str]:
    """What the record holds of it: who proposed and who agreed, and how."""
    how = {"scanned": _("扫码"), "typed": _("输码")}
    kept = [_("已入账")]
    for n, word in enumerate(entry.words):
        who = f"{word.party_name} {word.person}" if word.person else word.party_name
        if n:
            kept.append(_("%(who)s 同意（%(how)s）", who=who, how=how.get(str(word.method), "")))
        else:
            kept.append(_("%(who)s 提出", who=who))
    return kept
