"""The second party's word: an offer opened by its address or its six digits, read, and confirmed or declined.

A scanned address is ``/O/<TOKEN>``; whoever types reaches the same page through ``driver.code``. Only confirming and
declining change anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.commands import ReceiveLoad
from sludgetrack.domain.errors import (
    DomainError,
    NotFound,
    NotPermitted,
    OfferDead,
    OfferExpired,
    OfferUsed,
    WrongCode,
)
from sludgetrack.domain.events import EventType
from sludgetrack.domain.manifest import Weighing
from sludgetrack.problems import problem_of
from sludgetrack.services import handoffs
from sludgetrack.services.context import Context
from sludgetrack.services.reading import driver
from sludgetrack.services.reading.driver import Offered
from sludgetrack.services.reading.manifests import Compared, side_by_side
from sludgetrack.store.offers import Offer, OfferState
from sludgetrack.web import forms, proposals
from sludgetrack.web.acting import acting, do
from sludgetrack.web.forms import Form
from sludgetrack.web.manifest_words import verdict, weighings
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _

blueprint = Blueprint("confirming", __name__)

SECRET = "secret"  # noqa: S105 - the name of a form's field


@dataclass(frozen=True, slots=True)
class Ending:
    """Why an offer cannot be confirmed, and what to do instead."""

    title: str
    text: str
    status: int


@blueprint.get("/o/<token>")
@blueprint.get("/O/<token>")
@signed_in_only()
def scanned(token: str) -> ResponseReturnValue:
    """What the offering side's QR opens: exactly the figures, to be confirmed or not."""
    key = runtime().key
    try:
        found = do(lambda ctx: driver.offered_by_token(ctx, key, token))
        if _is_settlement(found):
            return proposals.opened(found, token)
        if not found.may_confirm:
            return render_template("driver/not_yours.html", offered=found), 403
        if _is_mine(found):
            return redirect(_done(found))
        do(lambda ctx: handoffs.look(ctx, key, found.offer.id, token))
    except DomainError as error:
        return ended(error)
    return offer_page(found, token)


@blueprint.post("/offers/<offer_id>/confirm")
@signed_in_only()
def confirm(offer_id: str) -> ResponseReturnValue:
    """The second party's yes to exactly these figures."""
    secret, key = request.form.get(SECRET, ""), runtime().key
    over = ended
    try:
        found = do(lambda ctx: driver.offered_by_id(ctx, offer_id))
        over = proposals.ended if _is_settlement(found) else ended
        do(lambda ctx: handoffs.confirm(ctx, key, offer_id, secret))
    except WrongCode as error:
        count_wrong_try(offer_id)
        return over(error)
    except DomainError as error:
        return over(error)
    return proposals.agreed(found.offer) if _is_settlement(found) else redirect(_done(found))


@blueprint.post("/offers/<offer_id>/decline")
@signed_in_only()
def decline(offer_id: str) -> ResponseReturnValue:
    """The second party's no; the other side sees why."""
    reason = request.form.get("reason", "").strip()[:120]
    try:
        found = do(lambda ctx: driver.offered_by_id(ctx, offer_id))
        if _is_settlement(found):
            return proposals.declined(found, request.form.get(SECRET, ""), reason)
        reason = reason or decline_reasons()[-1][0]
        do(lambda ctx: handoffs.decline(ctx, offer_id, reason))
    except DomainError as error:
        return ended(error)
    flash(_("已告诉对方：%(reason)s。请对方改好后重新出码。", reason=_(reason)), "good")
    return redirect(url_for("driver.loads"))


def offer_page(found: Offered, secret: str) -> ResponseReturnValue:
    """The figures, large, with yes and no. ``secret`` is how the driver got here: the token or the digits."""
    if _is_settlement(found):
        return proposals.page(found, secret)
    beside = compared(found)
    return render_template(
        "driver/offer.html",
        offered=found,
        command=found.command,
        figures=found.state.figures,
        secret=secret,
        event=str(found.offer.event),
        lines=weighings(beside) if beside.into else [],
        verdict=verdict(beside),
        reasons=decline_reasons(),
    )


def ended(error: DomainError) -> ResponseReturnValue:
    """The page for a handoff's offer that cannot be confirmed, or not by this person."""
    ending = _ending(error)
    return render_template("driver/over.html", ending=ending), ending.status


def count_wrong_try(offer_id: str) -> None:
    """Count a wrong code in a unit of its own, since the one that met it was rolled back."""

    def count(ctx: Context) -> None:
        handoffs.count_wrong_try(ctx, offer_id)

    do(count)


def looked_up(form: Form, waiting: Offer, text: str, field: str) -> Offered | None:
    """The offer as it is read, if these are its digits; what is wrong stands beside the field."""
    try:
        return do(lambda ctx: driver.offered_by_code(ctx, runtime().key, waiting.id, text))
    except WrongCode as error:
        count_wrong_try(waiting.id)
        form.blame(field, forms.said(error))
    except DomainError as error:
        form.blame(field, forms.said(error))
    return None


def decline_reasons() -> list[tuple[str, str]]:
    """Why a driver may say no: the text that is kept, and its words."""
    return [
        ("重量不对", _("重量不对")),
        ("车牌不对", _("车牌不对")),
        ("去向不对", _("去向不对")),
        ("不是我的车", _("不是我的车")),
        ("数字不对", _("数字不对")),
    ]


def compared(found: Offered) -> Compared:
    """An offered receipt beside the loading; nothing to compare for other offers."""
    command = found.command
    if not isinstance(command, ReceiveLoad) or command.net_in_kg is None:
        return side_by_side(found.state.loaded, None)
    into = Weighing(
        at=found.offer.made_at,
        net_kg=command.net_in_kg,
        gross_kg=command.gross_in_kg,
        tare_kg=command.tare_in_kg,
        moisture_bp=command.moisture_in_bp,
    )
    return side_by_side(found.state.loaded, into)


def _is_settlement(found: Offered) -> bool:
    """What the parties agree on, with pages of its own; everything else is a driver's to confirm."""
    return found.offer.event is EventType.RESOLVED


def _done(found: Offered) -> str:
    return url_for("driver.done", offer_id=found.offer.id)


def _is_mine(found: Offered) -> bool:
    offer = found.offer
    return offer.state is OfferState.CONFIRMED and offer.decided_by == acting().actor.person


def _ending(error: DomainError) -> Ending:
    title, text = _words(error)
    return Ending(title, text, problem_of(error).status)


def _words(error: DomainError) -> tuple[str, str]:
    known: dict[type[DomainError], tuple[str, str]] = {
        OfferExpired: (_("验证码过期了"), _("验证码 5 分钟内有效。请对方点“换一个新码”，再扫一次。")),
        OfferUsed: (_("已经确认过了"), _("这一车已由另一位驾驶员确认。不是你的车就不用管。")),
        OfferDead: (_("这个码作废了"), _dead(str(error.facts.get("why")))),
        NotFound: (_("没有这个码"), _("码不完整，或者不是你们单位的车。请再扫一次对方的屏幕。")),
        NotPermitted: (_("这个码不是给你的"), _("要由承运单位的驾驶员确认。")),
    }
    return known.get(type(error)) or (_("现在确认不了"), forms.said(error))


def _dead(why: str) -> str:
    if why == OfferState.REPLACED:
        return _("对方已改了数字。请扫对方屏幕上的新码。")
    if why == OfferState.DECLINED:
        return _("有人说数字不对。请对方改好后重新出码。")
    return _("输错了 5 次。请对方换一个新码。")


HANDED_TO_DRIVER = frozenset((EventType.LOADED, EventType.TRANSFERRED))
"""Handoffs after which the load is the confirming driver's to bring."""
