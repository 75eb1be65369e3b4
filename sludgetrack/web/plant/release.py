"""放行 and 退运: weighings that the driver confirms by a code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.errors import IdempotencyConflict
from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Role
from sludgetrack.domain.quantities import NotAQuantity, kg_from_tonnes, percent_from_bp, tonnes_from_kg
from sludgetrack.problems import N_
from sludgetrack.services import handoffs
from sludgetrack.services.cases import Case
from sludgetrack.services.context import Context
from sludgetrack.services.handoffs import Shown
from sludgetrack.services.reading.issuing import WeighingBefore, plates_of, weighing_before
from sludgetrack.store import offers
from sludgetrack.web import forms
from sludgetrack.web.acting import do
from sludgetrack.web.format import mass
from sludgetrack.web.forms import Form
from sludgetrack.web.plant.desk import blueprint, open_for
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _

METHODS = (N_("快速水分仪"), N_("CJ/T 221 烘干法"), N_("在线水分仪"))
"""How moisture is measured; the words stand in the claim."""


@blueprint.get("/release/<number>")
@signed_in_only(Role.CLERK)
def release(number: str) -> ResponseReturnValue:
    """The weighing-out, with tare and moisture proposed; or the figures of an earlier code, to be changed."""
    case = open_for(number, EventType.LOADED)
    if not isinstance(case, Case):
        return case
    offered = _offered(number)
    plate = request.args.get("plate") or case.state.figures.get("plate")
    before = do(lambda ctx: _before(ctx, case, plate))
    return _release_page(case, forms.fresh(offered or _proposed(plate, before)), before)


@blueprint.post("/release/<number>")
@signed_in_only(Role.CLERK)
def release_it(number: str) -> ResponseReturnValue:
    """Offer the figures to the driver."""
    case = open_for(number, EventType.LOADED)
    if not isinstance(case, Case):
        return case
    form = forms.posted()
    form.values["plate"] = form["plate"].replace("·", "").replace(" ", "").upper()
    net = _net(form)
    shown = _offer(number, form, EventType.LOADED, {"net_out_t": net}) if net is not None else None
    if shown is not None:
        return redirect(url_for("handing.code", number=number, offer_id=shown.offer.id))
    if not form["net_out_t"]:
        form.move_error("net_out_t", "gross_out_t")
    return _release_page(case, form, do(lambda ctx: _before(ctx, case, form["plate"] or None)))


@blueprint.get("/take-back/<number>")
@signed_in_only(Role.CLERK)
def take_back(number: str) -> ResponseReturnValue:
    """What comes back, weighed."""
    case = open_for(number, EventType.RETURNED)
    if not isinstance(case, Case):
        return case
    refused = case.state.receipts[-1].reason if case.state.receipts else None
    reason = _("处置单位拒收：%(reason)s", reason=refused) if refused else ""
    proposed = {"returned_t": tonnes_from_kg(case.state.held_kg), "reason": reason}
    return _take_back_page(case, forms.fresh(_offered(number) or proposed))


@blueprint.post("/take-back/<number>")
@signed_in_only(Role.CLERK)
def take_it_back(number: str) -> ResponseReturnValue:
    """Offer the returned mass to the driver."""
    case = open_for(number, EventType.RETURNED)
    if not isinstance(case, Case):
        return case
    form = forms.posted()
    shown = _offer(number, form, EventType.RETURNED, {})
    if shown is not None:
        return redirect(url_for("handing.code", number=number, offer_id=shown.offer.id))
    return _take_back_page(case, form)


def _offer(number: str, form: Form, event: EventType, fixed: dict[str, Any]) -> Shown | None:
    """A code for the figures typed. A page fetched back and changed makes a new code instead of a conflict."""
    command = form.command(event, fixed)

    def make() -> Shown:
        key = runtime().key
        try:
            return do(lambda ctx: handoffs.make_offer(ctx, key, number, command))
        except IdempotencyConflict:
            changed = replace(command, event_id=forms.new_id())
            return do(lambda ctx: handoffs.make_offer(ctx, key, number, changed))

    return None if command is None else form.guard(make)


def _net(form: Form) -> str | None:
    """Net of the gross and tare typed; what was typed as net where they are no masses; None where gross is too low."""
    try:
        gross, tare = (kg_from_tonnes(form[name]) for name in ("gross_out_t", "tare_out_t"))
    except NotAQuantity:
        return form["net_out_t"]
    if gross <= tare:
        form.blame("gross_out_t", _("毛重要大于皮重 %(tare)s。", tare=mass(tare)))
        return None
    return tonnes_from_kg(gross - tare)


def _before(ctx: Context, case: Case, plate: str | None) -> WeighingBefore:
    return weighing_before(ctx, ctx.directory.facility(case.state.figures["giver"]), plate)


def _proposed(plate: str | None, before: WeighingBefore) -> dict[str, str | None]:
    return {
        "plate": plate,
        "tare_out_t": None if before.tare_kg is None else tonnes_from_kg(before.tare_kg),
        "moisture_out_pct": None if before.moisture_bp is None else percent_from_bp(before.moisture_bp),
        "moisture_method": before.moisture_method or METHODS[0],
    }


def _offered(number: str) -> dict[str, str | None] | None:
    """The figures of an earlier offer of one's own, as a form holds them."""
    offer_id = request.args.get("change", "")
    if not offer_id:
        return None
    found = do(lambda ctx: offers.by_id(ctx.connection, offer_id))
    if found is None or found.number != number:
        return None
    return forms.typed_figures(found.command)


def _release_page(case: Case, form: Form, before: WeighingBefore) -> ResponseReturnValue:
    figures = case.state.figures
    plates = do(lambda ctx: plates_of(ctx, figures["hauler"]))
    page = render_template(
        "plant/release.html", form=form, case=case, figures=figures, before=before, plates=plates, methods=_methods()
    )
    return page, form.status


def _take_back_page(case: Case, form: Form) -> ResponseReturnValue:
    return render_template("plant/take_back.html", form=form, case=case, figures=case.state.figures), form.status


def _methods() -> list[tuple[str, str]]:
    words = (_("快速水分仪"), _("CJ/T 221 烘干法"), _("在线水分仪"))
    return list(zip(METHODS, words, strict=True))
