"""待进厂: who waits at the gate, is on the road, or is expected; found by plate or number; arriving at the gate."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.errors import NotAllowedNow
from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Role
from sludgetrack.services import manifests
from sludgetrack.services.context import Context
from sludgetrack.services.reading import handing, site, stock
from sludgetrack.services.reading.site import Arrivals, Receiving
from sludgetrack.services.reading.stock import Lot
from sludgetrack.store.directory import Facility
from sludgetrack.web import forms
from sludgetrack.web.acting import do
from sludgetrack.web.forms import Form
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.site.desk import blueprint, here, tabs
from sludgetrack.web.stock_words import stock_alerts
from sludgetrack.web.texts import gettext as _


@blueprint.get("/")
@signed_in_only(Role.OPERATOR)
def arrivals() -> ResponseReturnValue:
    """The trucks for one facility; with a text typed or scanned, straight to the one it means."""

    def work(ctx: Context) -> tuple[list[Facility], Facility | None, Arrivals | None, list[Lot]]:
        own = stock.facilities(ctx)
        at = here(own)
        if at is None:
            return own, None, None, []
        return own, at, site.arrivals(ctx, [at.code]), stock.lots(ctx, at.code)

    own, at, found, lying = do(work)
    if found is None or at is None:
        return render_template("site/no_facility.html")
    return render_template(
        "site/arrivals.html",
        found=found,
        at=at,
        tabs=tabs(own, at, "site.arrivals"),
        alerts=list(stock_alerts(lying, at.code)),
    )


@blueprint.get("/find")
@signed_in_only(Role.OPERATOR)
def find() -> ResponseReturnValue:
    """The truck that a plate or number means: one goes straight to the weighbridge, several are listed."""
    text = request.args.get("q", "").strip()
    trucks = do(lambda ctx: site.find(ctx, text))
    if len(trucks) == 1:
        return redirect(url_for("site.receive", number=trucks[0].row.number))
    return render_template("site/find.html", text=text, trucks=trucks)


@blueprint.get("/arrive/<number>")
@signed_in_only(Role.OPERATOR)
def arrive(number: str) -> ResponseReturnValue:
    """到厂: time and gross at the gate."""
    found = at_gate(number, EventType.ARRIVED)
    if not isinstance(found, Receiving):
        return found
    return _page(found, forms.fresh({"arrived": forms.local_text(forms.reading().now, found.facility.zone)}))


@blueprint.post("/arrive/<number>")
@signed_in_only(Role.OPERATOR)
def arrive_it(number: str) -> ResponseReturnValue:
    """Record the arrival. Without a time it is now."""
    form = forms.posted()
    found = do(lambda ctx: site.receiving(ctx, number))
    at = forms.instant_text(form["arrived"], found.facility.zone) if form["arrived"] else ""
    receipt = form.attempt(
        EventType.ARRIVED,
        lambda command: do(lambda ctx: manifests.act(ctx, number, command)),
        fixed={"occurred_at": at},
    )
    if receipt is not None:
        flash(_("已登记到厂，等过磅。"), "good")
        return redirect(url_for("site.arrivals", at=found.facility.code))
    form.move_error("occurred_at", "arrived")
    return _page(found, form)


def at_gate(number: str, event: EventType) -> Receiving | ResponseReturnValue:
    """The manifest at the gate, or the way back to the list where its state does not allow the event."""
    try:
        do(lambda ctx: handing.case_for(ctx, number, event))
    except NotAllowedNow as error:
        flash(forms.said(error), "warning")
        return redirect(url_for("manifests.page", number=number))
    return do(lambda ctx: site.receiving(ctx, number))


def _page(found: Receiving, form: Form) -> ResponseReturnValue:
    return render_template("site/arrive.html", found=found, row=found.view.row, form=form), form.status
