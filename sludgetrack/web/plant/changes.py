"""作废 and 改运: what the giver may change alone, each with what follows from it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sludgetrack import reference
from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Role
from sludgetrack.problems import N_
from sludgetrack.services import manifests
from sludgetrack.services.cases import Case, open_case
from sludgetrack.services.context import Context
from sludgetrack.services.reading.issuing import Choices, choices
from sludgetrack.store.append import Receipt
from sludgetrack.web import forms
from sludgetrack.web.acting import do
from sludgetrack.web.format import number_text
from sludgetrack.web.forms import Form
from sludgetrack.web.plant.desk import blueprint, open_for
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import route_word

VOID_REASONS = (N_("车辆没有来"), N_("填错了，另开一张"), N_("处置单位停收"), N_("改日再运"))
"""Why manifests are voided; what stands in the record is the Chinese."""


@blueprint.get("/void/<number>")
@signed_in_only(Role.CLERK)
def void(number: str) -> ResponseReturnValue:
    """Why it is void."""
    case = open_for(number, EventType.VOIDED)
    return _void_page(case, forms.fresh()) if isinstance(case, Case) else case


@blueprint.post("/void/<number>")
@signed_in_only(Role.CLERK)
def void_it(number: str) -> ResponseReturnValue:
    """作废: for good."""
    form = forms.posted()
    form.values["reason"] = form["reason_other"] or form["reason"]
    receipt = _act(number, form, EventType.VOIDED, {"reason": form["reason"]})
    if receipt is not None:
        flash(_("联单 %(number)s 已作废，编号不再使用。", number=number_text(number)), "good")
        return redirect(url_for("manifests.page", number=number))
    case = open_for(number, EventType.VOIDED)
    return _void_page(case, form) if isinstance(case, Case) else case


@blueprint.get("/redirect/<number>")
@signed_in_only(Role.CLERK)
def redirected(number: str) -> ResponseReturnValue:
    """Where the load goes instead."""
    case = open_for(number, EventType.REDIRECTED)
    return _redirect_page(case, forms.fresh()) if isinstance(case, Case) else case


@blueprint.post("/redirect/<number>")
@signed_in_only(Role.CLERK)
def redirect_it(number: str) -> ResponseReturnValue:
    """改运: the new destination sees the load from now on."""
    form = forms.posted()
    found = do(lambda ctx: _choices(ctx, number))
    site = found.destination(form["destination"])
    route = form["route"] or (site.route if site else None) or ""
    receipt = _act(number, form, EventType.REDIRECTED, {"route": route}, {c.code: c.name for c in found.destinations})
    if receipt is not None:
        flash(_("已改运到%(site)s，驾驶员和新的接收单位都能看到。", site=site.name if site else ""), "good")
        return redirect(url_for("manifests.page", number=number))
    if site is not None and site.route and not form["route"]:
        form.move_error("route", "destination")
    case = open_for(number, EventType.REDIRECTED)
    return _redirect_page(case, form) if isinstance(case, Case) else case


def _act(
    number: str, form: Form, event: EventType, fixed: dict[str, Any], words: dict[str, str] | None = None
) -> Receipt | None:
    return form.attempt(
        event, lambda command: do(lambda ctx: manifests.act(ctx, number, command)), fixed=fixed, words=words
    )


def _choices(ctx: Context, number: str) -> Choices:
    case = open_case(ctx, number, lock=False)
    return choices(ctx, ctx.directory.facility(case.state.figures["giver"]))


def _void_page(case: Case, form: Form) -> ResponseReturnValue:
    reasons = [(reason, _(reason)) for reason in VOID_REASONS]
    return render_template("plant/void.html", form=form, case=case, reasons=reasons), form.status


def _redirect_page(case: Case, form: Form) -> ResponseReturnValue:
    found = do(lambda ctx: _choices(ctx, case.stream.name))
    now = case.state.figures["destination"]
    sites = [choice for choice in found.destinations if choice.code != now]
    page = render_template(
        "plant/redirect.html",
        form=form,
        case=case,
        destinations=[
            (
                site.code,
                _("%(name)s（%(more)s）", name=site.name, more=route_word(site.route)) if site.route else site.name,
            )
            for site in sites
        ],
        routes=[("", _("按去向的许可")), *((code, route_word(code)) for code in reference.routes())],
    )
    return page, form.status
