"""A proposed settlement as the other party reads it: both claims, what is set aside, why; yes, or no with a reason."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.errors import (
    DomainError,
    NoDispute,
    NotPermitted,
    OfferDead,
    OfferExpired,
    OfferUsed,
    OwnOffer,
    StaleState,
)
from sludgetrack.domain.identity import Role
from sludgetrack.problems import problem_of
from sludgetrack.services import handoffs
from sludgetrack.services.reading.disputes import proposal
from sludgetrack.services.reading.driver import Offered
from sludgetrack.store.offers import Offer, OfferState
from sludgetrack.web import forms
from sludgetrack.web.acting import acting, do
from sludgetrack.web.claims import claim_card
from sludgetrack.web.runtime import runtime
from sludgetrack.web.texts import gettext as _

_AT_DESKS = frozenset((Role.CLERK, Role.OPERATOR, Role.DISPATCHER, Role.INSPECTOR, Role.ADMINISTRATOR))


def is_on_the_road() -> bool:
    """Whether this is somebody who only drives: their pages are those of the phone."""
    return not acting().actor.roles & _AT_DESKS


def layout() -> str:
    """The layout of a page that drivers and people at desks share."""
    return "layouts/driver.html" if is_on_the_road() else "plant/_desk.html"


def opened(found: Offered, secret: str) -> ResponseReturnValue:
    """What a scanned or typed code opens; what was agreed to already is on record."""
    offer = found.offer
    if offer.state is OfferState.CONFIRMED and offer.decided_by == acting().actor.person:
        return agreed(offer)
    try:
        do(lambda ctx: handoffs.look(ctx, runtime().key, offer.id, secret))
        return page(found, secret)
    except DomainError as error:
        return ended(error)


def page(found: Offered, secret: str, error: str = "") -> ResponseReturnValue:
    """Exactly what is proposed. ``error`` is what is wrong with the reason for declining."""
    seen = do(lambda ctx: proposal(ctx, found.offer))
    shown = render_template(
        "settling/offer.html",
        layout=layout(),
        offer=found.offer,
        proposal=seen,
        figures=found.state.figures,
        secret=secret,
        error=error,
        card=claim_card,
    )
    return shown, 422 if error else 200


def declined(found: Offered, secret: str, reason: str) -> ResponseReturnValue:
    """The other party's no, which needs a reason; whoever proposed it sees why."""
    offer = found.offer
    try:
        if not reason:
            do(lambda ctx: handoffs.look(ctx, runtime().key, offer.id, secret))
            return page(found, secret, _("请写明为什么不同意，对方会看到。"))
        do(lambda ctx: handoffs.decline(ctx, offer.id, reason))
    except DomainError as error:
        return ended(error)
    flash(_("已告诉对方：%(reason)s。争议还在，可以另提，或等主管部门裁定。", reason=reason), "good")
    return redirect(after(offer.number))


def agreed(offer: Offer) -> ResponseReturnValue:
    """On to what was settled."""
    return redirect(url_for("settling.done", number=offer.number, event_id=offer.id))


def after(number: str) -> str:
    """Where somebody goes on: a driver to their loads, everybody else to the manifest."""
    return url_for("driver.loads") if is_on_the_road() else url_for("manifests.page", number=number)


def ended(error: DomainError) -> ResponseReturnValue:
    """The page for a proposal that cannot be agreed to, or not by this person."""
    title, text = _words(error)
    shown = render_template("settling/over.html", layout=layout(), title=title, text=text)
    return shown, problem_of(error).status


def _words(error: DomainError) -> tuple[str, str]:
    known: dict[type[DomainError], tuple[str, str]] = {
        OfferExpired: (_("验证码过期了"), _("验证码 5 分钟内有效。请对方点“换一个新码”，再扫一次。")),
        OfferUsed: (_("已经有人同意了"), _("这份提议已由另一位同意并入账。")),
        OfferDead: (_("这份提议作废了"), _dead(str(error.facts.get("why")))),
        OwnOffer: (_("这是本单位提出的"), _("要由另一方的人扫码同意，同一单位的人不能代为同意。")),
        NotPermitted: (
            _("这个码不是给你的"),
            _("要由产生单位的经办人、接收单位的过磅处置员或运输单位的调度员、驾驶员同意。"),
        ),
        NoDispute: (_("已经没有争议"), _("争议已经裁定，这份提议不再有效。")),
        StaleState: (_("提议之后有了新记录"), _("对方提议之后，联单上又有了新的记录。请对方看过后重新提出。")),
    }
    return known.get(type(error)) or (_("现在同意不了"), forms.said(error))


def _dead(why: str) -> str:
    if why == OfferState.REPLACED:
        return _("对方已另提一份。请扫对方屏幕上的新码。")
    if why == OfferState.DECLINED:
        return _("已有人表示不同意。请对方重新提出。")
    return _("输错了 5 次。请对方换一个新码。")
