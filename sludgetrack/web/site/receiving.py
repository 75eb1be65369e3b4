"""接收, 部分接收, 拒收: the weighing and the decision on one screen, and then the driver's code."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.errors import IdempotencyConflict
from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Role
from sludgetrack.domain.manifest import Weighing
from sludgetrack.domain.quantities import NotAQuantity, bp_from_percent, kg_from_tonnes, tonnes_from_kg
from sludgetrack.services import handoffs
from sludgetrack.services.handoffs import Shown
from sludgetrack.services.reading.manifests import Compared, side_by_side
from sludgetrack.services.reading.site import Receiving
from sludgetrack.store.offers import Offer, OfferState
from sludgetrack.web import forms, photos
from sludgetrack.web.acting import acting, do
from sludgetrack.web.forms import Form
from sludgetrack.web.manifest_words import verdict, weighings
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.site.arrivals import at_gate
from sludgetrack.web.site.desk import (
    blueprint,
    chosen,
    difference_words,
    refusal_reasons,
    split_choice,
)
from sludgetrack.web.texts import gettext as _

ACCEPTED, PARTIAL, REFUSED = "accepted", "partial", "refused"


@blueprint.get("/receive/<number>")
@signed_in_only(Role.OPERATOR)
def receive(number: str) -> ResponseReturnValue:
    """The weighbridge's screen, with the tare and the gross known so far, or the figures of an earlier code."""
    found = at_gate(number, EventType.RECEIVED)
    if not isinstance(found, Receiving):
        return found
    return _page(found, forms.fresh(_offered(found.offer) or _proposed(found)))


@blueprint.post("/receive/<number>")
@signed_in_only(Role.OPERATOR)
def receive_it(number: str) -> ResponseReturnValue:
    """Offer the figures to the driver, or only hold them against the weigh-out."""
    found = at_gate(number, EventType.RECEIVED)
    if not isinstance(found, Receiving):
        return found
    form = forms.posted()
    photos.take_in(form)
    if form["look"]:
        return _page(found, form)
    shown = None if form.errors else _offer(number, form)
    if shown is not None:
        return redirect(url_for("site.code", number=number, offer_id=shown.offer.id))
    for hidden, visible in (("net_in_t", "gross_in_t"), ("accepted_t", "decision")):
        if hidden == "net_in_t" or form["decision"] != PARTIAL:
            form.move_error(hidden, visible)
    return _page(found, form)


def _offer(number: str, form: Form) -> Shown | None:
    """A code for the figures typed. A page fetched back and changed makes a new code instead of a conflict."""
    command = form.command(EventType.RECEIVED, _derived(form))

    def make(again: Any) -> Shown:
        return do(lambda ctx: handoffs.make_offer(ctx, runtime().key, number, again))

    def make_anyhow() -> Shown:
        try:
            return make(command)
        except IdempotencyConflict:
            form.values["event_id"] = forms.new_id()
            return make(form.command(EventType.RECEIVED, _derived(form)))

    return None if command is None else form.guard(make_anyhow)


def _derived(form: Form) -> dict[str, str]:
    """What follows from what was typed: the net mass, what is accepted of it, and the reason."""
    net = _net(form)
    accepted = {ACCEPTED: net, REFUSED: "0"}.get(form["decision"], form["accepted_t"])
    reason = "" if form["decision"] == ACCEPTED else chosen(form.values, "reason")
    seal = {"yes": "true", "no": "false"}.get(form["seal"], "")
    return {"net_in_t": net, "accepted_t": accepted, "reason": reason, "seal_intact": seal}


def _net(form: Form) -> str:
    """Gross less tare in tonnes; empty where one is missing or they make no mass."""
    gross, tare = _kg(form["gross_in_t"]), _kg(form["tare_in_t"])
    return tonnes_from_kg(gross - tare) if gross is not None and tare is not None and gross > tare else ""


def _kg(text: str) -> int | None:
    try:
        return kg_from_tonnes(text)
    except NotAQuantity:
        return None


def _bp(text: str) -> int | None:
    try:
        return bp_from_percent(text)
    except NotAQuantity:
        return None


def _proposed(found: Receiving) -> dict[str, str | None]:
    figures = found.view.state.figures
    gross, tare = figures.get("gross_arrival_kg"), figures.get("tare_out_kg")
    return {
        "gross_in_t": None if gross is None else tonnes_from_kg(gross),
        "tare_in_t": None if tare is None else tonnes_from_kg(tare),
    }


def _offered(offer: Offer | None) -> dict[str, str | None] | None:
    """The figures of one's own last code for this load, as the form holds them, unless it was confirmed."""
    if offer is None or offer.state is OfferState.CONFIRMED or offer.organisation != acting().actor.organisation:
        return None
    said = forms.typed_figures(offer.command)
    intact = offer.command.get("seal_intact")
    seal = None if intact is None else "yes" if intact else "no"
    return {**said, **split_choice(said.get("reason"), refusal_reasons(), "reason"), "seal": seal}


def _compared(found: Receiving, form: Form) -> Compared:
    """What was typed so far, beside the weigh-out."""
    out = found.view.state.loaded
    net = _kg(_net(form))
    if net is None:
        return side_by_side(out, None)
    gross, tare = _kg(form["gross_in_t"]), _kg(form["tare_in_t"])
    moisture_bp = _bp(form["moisture_in_pct"])
    now = forms.reading().now
    return side_by_side(out, Weighing(at=now, net_kg=net, gross_kg=gross, tare_kg=tare, moisture_bp=moisture_bp))


def _page(found: Receiving, form: Form) -> ResponseReturnValue:
    beside = _compared(found, form)
    page = render_template(
        "site/receive.html",
        found=found,
        row=found.view.row,
        figures=found.view.state.figures,
        form=form,
        decisions=[
            (ACCEPTED, _("接收"), "check"),
            (PARTIAL, _("部分接收"), "split"),
            (REFUSED, _("拒收"), "refused"),
        ],
        reasons=refusal_reasons(),
        lines=weighings(beside),
        verdict=verdict(beside),
        words=difference_words(),
        declined=_declined(found.offer),
    )
    return page, form.status


def _declined(offer: Offer | None) -> str | None:
    """Why the driver said no to the last figures."""
    return offer.reason if offer is not None and offer.state is OfferState.DECLINED else None
