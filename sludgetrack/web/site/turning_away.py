"""无联单拒入: a truck without a manifest, its plate and photo, and those turned away before."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain import numbers
from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Role
from sludgetrack.services import facility_acts
from sludgetrack.services.context import Context
from sludgetrack.services.reading import stock
from sludgetrack.store.directory import Facility
from sludgetrack.web import forms, photos
from sludgetrack.web.acting import do
from sludgetrack.web.format import plate
from sludgetrack.web.forms import Form
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.site.desk import away_reasons, blueprint, chosen, here
from sludgetrack.web.texts import gettext as _


@blueprint.get("/turn-away")
@signed_in_only(Role.OPERATOR)
def turn_away() -> ResponseReturnValue:
    """Plate and photo; the plate may come from a search that found nothing."""
    return _page(forms.fresh({"plate": request.args.get("plate", ""), "finding": away_reasons()[0][0]}))


@blueprint.post("/turn-away")
@signed_in_only(Role.OPERATOR)
def turn_it_away() -> ResponseReturnValue:
    """Put the attempt on record."""
    form = forms.posted()
    photos.take_in(form)
    if form.errors:
        return _page(form)
    fixed = {
        "facility": form["at"],
        "plate": numbers.compact(form["plate"]).upper(),
        "finding": chosen(form.values, "finding"),
    }
    receipt = form.attempt(
        EventType.TURNED_AWAY, lambda command: do(lambda ctx: facility_acts.turn_away(ctx, command)), fixed=fixed
    )
    if receipt is None:
        return _page(form)
    flash(_("已记录：%(plate)s 无联单，拒入。请让车辆离开。", plate=plate(fixed["plate"])), "good")
    return redirect(url_for("site.turn_away", at=form["at"]))


def _page(form: Form) -> ResponseReturnValue:
    def work(ctx: Context) -> tuple[list[Facility], list[stock.Away]]:
        own = stock.facilities(ctx)
        return own, stock.turned_away(ctx, [facility.code for facility in own])

    own, before = do(work)
    at = here(own)
    if at is None:
        return render_template("site/no_facility.html")
    page = render_template(
        "site/turn_away.html",
        form=form,
        at=at,
        places=[(facility.code, facility.name) for facility in own],
        reasons=away_reasons(),
        before=before,
        names={facility.code: facility.name for facility in own},
    )
    return page, form.status
