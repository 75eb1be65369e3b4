"""The driver's phone: my loads, one load in steps, arriving, handing over to another driver, typing a code."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.documents import qr
from sludgetrack.domain import numbers
from sludgetrack.domain.errors import DomainError, IdempotencyConflict, NotAllowedNow, NotANumber
from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Role
from sludgetrack.domain.manifest import Status
from sludgetrack.services import handoffs, manifests
from sludgetrack.services.context import Context
from sludgetrack.services.handoffs import CODE_DIGITS, LIFETIME, Shown
from sludgetrack.services.reading import driver, handing
from sludgetrack.services.reading.driver import Load, Offered
from sludgetrack.services.reading.handing import OfferScreen, ScreenState
from sludgetrack.services.reading.manifests import ManifestView, manifest_view
from sludgetrack.store import offers
from sludgetrack.store.offers import Offer
from sludgetrack.web import forms
from sludgetrack.web.acting import do
from sludgetrack.web.format import plate
from sludgetrack.web.forms import Form
from sludgetrack.web.offers import HANDED_TO_DRIVER, looked_up, offer_page
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _

blueprint = Blueprint("driver", __name__, url_prefix="/driver")


@blueprint.get("/")
@signed_in_only(Role.DRIVER)
def loads() -> ResponseReturnValue:
    """我的车: the next thing to do on top."""
    found = do(driver.loads)
    return render_template("driver/loads.html", loads=found, most=driver.MOST_CARDS, new_id=forms.new_id)


@blueprint.get("/loads/<number>")
@signed_in_only(Role.DRIVER)
def load(number: str) -> ResponseReturnValue:
    """One load in steps."""

    def work(ctx: Context) -> tuple[ManifestView, Load]:
        view = manifest_view(ctx, number)
        waiting = offers.open_by_number(ctx.connection, [view.row.number]).get(view.row.number)
        return view, driver.as_load(ctx, view.row, waiting)

    view, found = do(work)
    address = qr.manifest_url(runtime().settings.public_address, view.row.number, view.row.public_code)
    return render_template(
        "driver/load.html",
        view=view,
        load=found,
        figures=view.state.figures,
        may_transfer=EventType.TRANSFERRED in view.allowed,
        may_arrive=EventType.ARRIVED in view.allowed,
        current=_current(view.row.status),
        code=qr.svg(address, _("联单二维码")),
        new_id=forms.new_id,
    )


@blueprint.post("/loads/<number>/arrive")
@signed_in_only(Role.DRIVER)
def arrive(number: str) -> ResponseReturnValue:
    """到厂, by one tap."""
    form = forms.posted()
    receipt = form.attempt(EventType.ARRIVED, lambda command: do(lambda ctx: manifests.act(ctx, number, command)))
    if receipt is None:
        flash(form.summary[0][1], "warning")
    else:
        flash(_("已记下到厂时间。过磅后扫对方的码。"), "good")
    return redirect(url_for("driver.load", number=number))


# a code read aloud or seen


@blueprint.get("/enter")
@signed_in_only(Role.DRIVER)
def enter() -> ResponseReturnValue:
    """A number or six digits, typed where there is nothing to scan."""
    return _enter_page(forms.fresh())


@blueprint.post("/enter")
@signed_in_only(Role.DRIVER)
def entered() -> ResponseReturnValue:
    """To the load with this number, or to the figures behind these six digits."""
    form = forms.posted()
    text = numbers.compact(form["entry"])
    if re.fullmatch(rf"[0-9]{{{CODE_DIGITS}}}", text):
        return _by_code(form, text)
    try:
        number = str(numbers.parse(_number_in(text)))
        do(lambda ctx: manifest_view(ctx, number))
    except DomainError as error:
        form.blame("entry", _entry_error(error))
        return _enter_page(form)
    return redirect(url_for("driver.load", number=number))


@blueprint.get("/loads/<number>/code")
@signed_in_only(Role.DRIVER)
def code(number: str) -> ResponseReturnValue:
    """Six digits for the offer of one load."""
    return _code_page(number, forms.fresh())


@blueprint.post("/loads/<number>/code")
@signed_in_only(Role.DRIVER)
def code_typed(number: str) -> ResponseReturnValue:
    """The figures behind the six digits; a wrong code counts."""
    form = forms.posted()
    waiting = do(lambda ctx: _waiting(ctx, number))
    if waiting is None:
        form.blame("code", _("对方还没有出码，或者码已过期。请对方先出码。"))
        return _code_page(number, form)
    found = looked_up(form, waiting, numbers.compact(form["code"]), "code")
    return offer_page(found, numbers.compact(form["code"])) if found else _code_page(number, form)


@blueprint.get("/done/<offer_id>")
@signed_in_only(Role.DRIVER)
def done(offer_id: str) -> ResponseReturnValue:
    """What this driver has just confirmed, and what comes next."""

    def work(ctx: Context) -> tuple[Offered, ManifestView]:
        found = driver.confirmed_by_me(ctx, offer_id)
        return found, manifest_view(ctx, found.offer.number)

    found, view = do(work)
    if found.offer.event is EventType.RESOLVED:
        return redirect(url_for("settling.done", number=found.offer.number, event_id=offer_id))
    sheet = next((sheet for sheet in view.sheets if sheet.event_id == offer_id), None)
    return render_template(
        "driver/done.html",
        offered=found,
        command=found.command,
        view=view,
        sheet=sheet,
        event=str(found.offer.event),
        mine=found.offer.event in HANDED_TO_DRIVER,
        load=Load(view.row, None, driver.Step.NOTHING),
    )


# handing over to another driver


@blueprint.get("/loads/<number>/transfer")
@signed_in_only(Role.DRIVER)
def transfer(number: str) -> ResponseReturnValue:
    """转交: why and where first."""
    view = _transferable(number)
    return _transfer_page(view, forms.fresh({"step": "where"})) if isinstance(view, ManifestView) else view


@blueprint.post("/loads/<number>/transfer")
@signed_in_only(Role.DRIVER)
def transfer_it(number: str) -> ResponseReturnValue:
    """Then the new truck, then the code for the driver who takes over."""
    view = _transferable(number)
    if not isinstance(view, ManifestView):
        return view
    form = forms.posted()
    for name in ("place", "reason"):
        if not form[name]:
            form.blame(name, _("这一项必须填写。"))
    if form.errors or form["step"] == "where":
        form.values["step"] = "where" if form.errors else "truck"
        return _transfer_page(view, form)
    form.values["plate"] = _plate(form["plate_other"] or form["plate"])
    shown = _offer(number, form)
    if shown is not None:
        return redirect(url_for("driver.handover", number=number, offer_id=shown.offer.id))
    return _transfer_page(view, form)


@blueprint.get("/loads/<number>/handover/<offer_id>")
@signed_in_only(Role.DRIVER)
def handover(number: str, offer_id: str) -> ResponseReturnValue:
    """The code on this driver's screen, for the one who takes over."""
    screen = do(lambda ctx: handing.offer_screen(ctx, runtime().key, number, offer_id))
    address = runtime().settings.public_address
    shown = screen.shown
    return render_template(
        "driver/handover.html",
        screen=screen,
        number=number,
        code=qr.svg(qr.public_url(address, f"O/{shown.token}")) if shown else "",
        seconds=int(LIFETIME.total_seconds()),
        command=screen.offer.command,
    )


@blueprint.get("/loads/<number>/handover/<offer_id>/state")
@signed_in_only(Role.DRIVER)
def handover_state(number: str, offer_id: str) -> ResponseReturnValue:
    """Whether the other driver has confirmed."""
    screen = do(lambda ctx: handing.offer_screen(ctx, runtime().key, number, offer_id))
    return jsonify(poll_answer(screen, url_for("driver.handover", number=number, offer_id=offer_id)))


def poll_answer(screen: OfferScreen, following: str) -> dict[str, str]:
    """What a page that waits for an offer is told: go on waiting, or where to go."""
    return {"state": str(screen.state), "next": following if screen.state is not ScreenState.WAITING else ""}


def _offer(number: str, form: Form) -> Shown | None:
    """A code for the figures typed; a page fetched back and changed makes a new code."""
    command = form.command(EventType.TRANSFERRED)

    def make(again: Any) -> Shown:
        return do(lambda ctx: handoffs.make_offer(ctx, runtime().key, number, again))

    if command is None:
        return None
    try:
        return make(command)
    except IdempotencyConflict:
        form.values["event_id"] = forms.new_id()
        return form.guard(lambda: make(form.command(EventType.TRANSFERRED)))
    except DomainError as error:
        form.refuse(error)
        return None


def _transferable(number: str) -> ManifestView | ResponseReturnValue:
    """A load that may change trucks, or the way back to it where its state does not allow that."""

    def work(ctx: Context) -> ManifestView:
        handing.case_for(ctx, number, EventType.TRANSFERRED)
        return manifest_view(ctx, number)

    try:
        return do(work)
    except NotAllowedNow as error:
        flash(forms.said(error), "warning")
        return redirect(url_for("driver.load", number=number))


def _transfer_page(view: ManifestView, form: Form) -> ResponseReturnValue:
    page = render_template(
        "driver/transfer.html",
        view=view,
        form=form,
        reasons=transfer_reasons(),
        plates=[(text, plate(text)) for text in do(driver.plates) if text != view.row.plate],
    )
    return page, form.status


def transfer_reasons() -> list[tuple[str, str]]:
    """Why a load changes trucks: the text that is kept, and its words."""
    return [
        ("车坏了", _("车坏了")),
        ("换班", _("换班")),
        ("身体不适", _("身体不适")),
        ("调度安排", _("调度安排")),
        ("其他原因", _("其他原因")),
    ]


def _current(status: Status) -> int:
    """Which of the load's four steps is the present one; past the last when all are done."""
    return {Status.ISSUED: 0, Status.IN_TRANSIT: 1, Status.ARRIVED: 2, Status.HOLDING: 3}.get(status, 4)


def _plate(text: str) -> str:
    return numbers.compact(text).upper()


def _waiting(ctx: Context, number: str) -> Offer | None:
    """The offer of a load this driver may confirm now."""
    return next((offer for offer in driver.to_confirm(ctx) if offer.number == numbers.compact(number)), None)


def _by_code(form: Form, text: str) -> ResponseReturnValue:
    waiting = do(driver.to_confirm)
    if not waiting:
        form.blame("entry", _("现在没有等你们单位确认的交接。请对方先出码。"))
        return _enter_page(form)
    if len(waiting) > 1:
        readable = do(lambda ctx: [driver.offered(ctx, offer) for offer in waiting])
        return render_template("driver/which.html", waiting=readable, code=text)
    found = looked_up(form, waiting[0], text, "entry")
    return offer_page(found, text) if found else _enter_page(form)


def _number_in(text: str) -> str:
    """The number in what was typed or pasted: an address from a QR holds it."""
    found = re.search(r"(?<![0-9])[0-9]{20}(?![0-9])", text)
    return found.group() if found else text


def _entry_error(error: DomainError) -> str:
    if isinstance(error, NotANumber) and error.facts.get("expected"):
        return _("最后一位对不上。请逐位核对编号。")
    if isinstance(error, NotANumber):
        return _("应为 20 位联单编号，或 6 位验证码。")
    return forms.said(error)


def _enter_page(form: Form) -> ResponseReturnValue:
    return render_template("driver/enter.html", form=form), form.status


def _code_page(number: str, form: Form) -> ResponseReturnValue:
    def work(ctx: Context) -> tuple[ManifestView, Offer | None]:
        return manifest_view(ctx, number), _waiting(ctx, number)

    view, waiting = do(work)
    return render_template("driver/code.html", view=view, waiting=waiting, form=form, refresh=request.path), form.status
