"""The code on the weighbridge's screen: waiting for the driver, confirmed, or recorded without their word."""

from __future__ import annotations

from dataclasses import replace

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.documents import qr
from sludgetrack.domain.errors import DomainError, NotFound
from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Role
from sludgetrack.services import handoffs
from sludgetrack.services.commands import load_command
from sludgetrack.services.context import Context
from sludgetrack.services.handoffs import LIFETIME, Shown
from sludgetrack.services.reading import handing, stock
from sludgetrack.services.reading.driver import offered
from sludgetrack.services.reading.handing import OfferScreen, ScreenState
from sludgetrack.services.reading.manifests import ManifestView, manifest_view
from sludgetrack.services.reading.stock import Lot
from sludgetrack.store.directory import Facility
from sludgetrack.web import forms
from sludgetrack.web.acting import do
from sludgetrack.web.driver import poll_answer
from sludgetrack.web.forms import Form
from sludgetrack.web.manifest_words import verdict, weighings
from sludgetrack.web.offers import compared
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.site.desk import blueprint, chosen, silence_reasons


@blueprint.get("/receive/<number>/code/<offer_id>")
@signed_in_only(Role.OPERATOR)
def code(number: str, offer_id: str) -> ResponseReturnValue:
    """The code, large, with what the driver is to confirm."""
    screen = _screen(number, offer_id)
    if screen.state is ScreenState.DONE:
        return redirect(url_for("site.received", number=number, offer_id=offer_id))
    found = do(lambda ctx: offered(ctx, screen.offer))
    beside = compared(found)
    shown = screen.shown
    address = runtime().settings.public_address
    return render_template(
        "site/code.html",
        screen=screen,
        state=str(screen.state),
        number=number,
        command=found.command,
        figures=screen.case.state.figures,
        code=qr.svg(qr.public_url(address, f"O/{shown.token}")) if shown else "",
        new_id=forms.new_id(),
        seconds=int(LIFETIME.total_seconds()),
        lines=weighings(beside),
        verdict=verdict(beside),
    )


@blueprint.get("/receive/<number>/code/<offer_id>/state")
@signed_in_only(Role.OPERATOR)
def code_state(number: str, offer_id: str) -> ResponseReturnValue:
    """Whether the driver has confirmed."""
    return jsonify(poll_answer(_screen(number, offer_id), url_for("site.code", number=number, offer_id=offer_id)))


@blueprint.post("/receive/<number>/code/<offer_id>/again")
@signed_in_only(Role.OPERATOR)
def code_again(number: str, offer_id: str) -> ResponseReturnValue:
    """A new code for the same figures. ``new_id`` comes with the form, so that pressing twice makes one code."""

    def work(ctx: Context) -> Shown:
        old = handing.offer_screen(ctx, runtime().key, number, offer_id).offer
        command = replace(load_command(old.event, old.command), event_id=new_id)
        return handoffs.make_offer(ctx, runtime().key, number, command)

    new_id = forms.posted()["new_id"] or forms.new_id()
    return redirect(url_for("site.code", number=number, offer_id=do(work).offer.id))


@blueprint.get("/receive/<number>/code/<offer_id>/unconfirmed")
@signed_in_only(Role.OPERATOR)
def unconfirmed(number: str, offer_id: str) -> ResponseReturnValue:
    """The driver cannot confirm: why."""
    return _unconfirmed_page(_screen(number, offer_id), forms.fresh())


@blueprint.post("/receive/<number>/code/<offer_id>/unconfirmed")
@signed_in_only(Role.OPERATOR)
def record_unconfirmed(number: str, offer_id: str) -> ResponseReturnValue:
    """Record the handoff without the driver's word, grade none, with the reason."""
    screen = _screen(number, offer_id)
    form = forms.posted()
    why = chosen(form.values, "why")
    command = load_command(screen.offer.event, screen.offer.command)
    try:
        do(lambda ctx: handoffs.record_unconfirmed(ctx, number, command, why))
    except DomainError as error:
        form.refuse(error)
        form.move_error("unconfirmed_reason", "why")
        return _unconfirmed_page(screen, form)
    return redirect(url_for("site.received", number=number, offer_id=offer_id))


@blueprint.get("/receive/<number>/received/<offer_id>")
@signed_in_only(Role.OPERATOR)
def received(number: str, offer_id: str) -> ResponseReturnValue:
    """Received: what was taken in, where it lies now, and what comes next."""
    screen = _screen(number, offer_id)
    if screen.state is not ScreenState.DONE:
        return redirect(url_for("site.code", number=number, offer_id=offer_id))
    view, at, lot = do(lambda ctx: _outcome(ctx, number))
    entry = next(entry for entry in view.timeline if entry.event_id == offer_id)
    return render_template(
        "site/received.html",
        view=view,
        entry=entry,
        command=load_command(screen.offer.event, screen.offer.command),
        at=at,
        lot=lot,
        refresh=request.path,
    )


def _outcome(ctx: Context, number: str) -> tuple[ManifestView, Facility, Lot | None]:
    """The manifest, where it was received, and the lot it made there, as long as something is left of it."""
    view = manifest_view(ctx, number)
    at = ctx.directory.facility(view.state.figures["destination"])
    name = view.state.figures["name"]
    made = [lot for lot in stock.lots(ctx, at.code) if lot.name == name or lot.name.startswith(f"{name}/")]
    return view, at, made[-1] if made else None


def _screen(number: str, offer_id: str) -> OfferScreen:
    """An offer about a receipt. Raises NotFound for any other."""
    screen = do(lambda ctx: handing.offer_screen(ctx, runtime().key, number, offer_id))
    if screen.offer.event is not EventType.RECEIVED:
        raise NotFound(kind="offer", name="")
    return screen


def _unconfirmed_page(screen: OfferScreen, form: Form) -> ResponseReturnValue:
    page = render_template(
        "site/unconfirmed.html",
        screen=screen,
        number=screen.offer.number,
        command=load_command(screen.offer.event, screen.offer.command),
        form=form,
        reasons=silence_reasons(),
    )
    return page, form.status
