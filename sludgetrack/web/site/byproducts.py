"""副产物: ash, slag and finished compost, declared where they come to be and followed from there."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.events import EventType
from sludgetrack.domain.holdings import Kind
from sludgetrack.domain.identity import Role
from sludgetrack.domain.times import legal_day
from sludgetrack.services import facility_acts
from sludgetrack.services.context import Context
from sludgetrack.services.reading import stock
from sludgetrack.store import names
from sludgetrack.store.directory import Facility
from sludgetrack.web import forms, stock_words
from sludgetrack.web.acting import do
from sludgetrack.web.forms import Form
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.site.desk import blueprint, here, tabs
from sludgetrack.web.texts import gettext as _

_MOST_A_DAY = 26


@blueprint.get("/byproduct")
@signed_in_only(Role.OPERATOR, Role.CLERK)
def byproduct() -> ResponseReturnValue:
    """The form, with a name proposed."""
    own, at = do(_here)
    if at is None:
        return render_template("site/no_facility.html")
    return _page(own, at, do(lambda ctx: _proposed(ctx, at)))


@blueprint.post("/byproduct")
@signed_in_only(Role.OPERATOR, Role.CLERK)
def declare_byproduct() -> ResponseReturnValue:
    """It lies in stock from now on."""
    form = forms.posted()
    own, at = do(_here)
    if at is None:
        return render_template("site/no_facility.html")
    if not form["what"]:
        form.blame("what", _("请选是哪一种。"))
    if not form["moisture_pct"]:
        form.blame("moisture_pct", _("请填含水率；干的灰渣填 0。"))
    receipt = form.attempt(
        EventType.PRODUCED,
        lambda command: None if form.errors else do(lambda ctx: facility_acts.declare_production(ctx, command)),
        fixed={"facility": at.code, "kind": str(Kind.BYPRODUCT)},
    )
    if receipt is None:
        return _page(own, at, form)
    flash(_("副产物 %(batch)s 已入库。外运时开联单，点名这一批。", batch=form["batch"]), "good")
    return redirect(url_for("site.lots", at=at.code))


def _here(ctx: Context) -> tuple[list[Facility], Facility | None]:
    own = stock.facilities(ctx)
    return own, here(own)


def _proposed(ctx: Context, at: Facility) -> Form:
    day = legal_day(ctx.now, at.zone)
    wanted = [f"{at.code}-B{day:%y%m%d}-{n}" for n in range(1, _MOST_A_DAY)]
    taken = names.taken(ctx.connection, wanted)
    name = next((name for name in wanted if name not in taken), "")
    return forms.fresh({"batch": name, "day": day.isoformat()})


def _page(own: list[Facility], at: Facility, form: Form) -> ResponseReturnValue:
    form.labels.update(what=_("种类"), batch=_("批号"), day=_("产出日"), wet_t=_("重量"), moisture_pct=_("含水率"))
    page = render_template(
        "site/byproduct.html",
        at=at,
        tabs=tabs(own, at, "site.byproduct"),
        form=form,
        options=list(stock_words.byproduct_words().items()),
    )
    return page, form.status
