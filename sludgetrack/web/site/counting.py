"""盘点: what was measured, the difference to the book before it is booked, and the counts before."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import FacilityKind, Role
from sludgetrack.domain.times import legal_day
from sludgetrack.services import counting
from sludgetrack.services.context import Context
from sludgetrack.services.counting import CountPreview
from sludgetrack.services.reading import runs, stock
from sludgetrack.services.reading.paging import PageOf
from sludgetrack.services.reading.runs import CountRow
from sludgetrack.store.append import Receipt
from sludgetrack.store.directory import Facility
from sludgetrack.web import forms
from sludgetrack.web.acting import do
from sludgetrack.web.forms import Form
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.site.desk import blueprint, here, tabs
from sludgetrack.web.texts import gettext as _


@blueprint.get("/count")
@signed_in_only(Role.OPERATOR, Role.CLERK)
def count() -> ResponseReturnValue:
    """The form, and what was counted before."""
    own, at = do(_here)
    if at is None:
        return render_template("site/no_facility.html")
    return _page(own, at, forms.fresh({"day": legal_day(forms.reading().now, at.zone).isoformat()}))


@blueprint.post("/count")
@signed_in_only(Role.OPERATOR, Role.CLERK)
def count_it() -> ResponseReturnValue:
    """First what it would book, and only then the record."""
    form = forms.posted()
    own, at = do(_here)
    if at is None:
        return render_template("site/no_facility.html")
    fixed = {"facility": form["facility"]}
    if form["step"] == "record":
        receipt = form.attempt(EventType.COUNTED, _record, fixed=fixed)
        if receipt is not None:
            flash(_("盘点已登记，账面已按实测调整。"), "good")
            return redirect(url_for("site.count", at=form["facility"]))
    preview = None
    if not form.errors and form["step"] != "change":
        preview = form.attempt(EventType.COUNTED, _preview, fixed=fixed)
    return _page(own, at, form, preview)


def _here(ctx: Context) -> tuple[list[Facility], Facility | None]:
    own = stock.facilities(ctx)
    asked = next((one for one in own if one.code == request.form.get("facility")), None)
    return own, asked or here(own)


def _record(command: Any) -> Receipt:
    return do(lambda ctx: counting.count_stock(ctx, command))


def _preview(command: Any) -> CountPreview:
    return do(lambda ctx: counting.preview_count(ctx, command))


def _before(ctx: Context, code: str) -> PageOf[CountRow]:
    return runs.counts_at(ctx, code, request.args.get("cursor") or None)


def _page(own: list[Facility], at: Facility, form: Form, preview: CountPreview | None = None) -> ResponseReturnValue:
    before = do(lambda ctx: _before(ctx, at.code))
    lots = do(lambda ctx: stock.lots(ctx, at.code))
    form.labels.update(day=_("盘点日"), wet_t=_("实测湿重"), moisture_pct=_("实测含水率"))
    page = render_template(
        "site/count.html",
        at=at,
        tabs=tabs(own, at, "site.count"),
        form=form,
        preview=preview,
        day=date.fromisoformat(form["day"]) if preview else None,
        counted_wet_kg=sum(max(0, lot.wet_kg) for lot in stock.counted(lots, at)),
        is_plant=at.kind is FacilityKind.PLANT,
        counts=before.items,
        older=url_for("site.count", at=at.code, cursor=before.next) if before.next else "",
    )
    return page, form.status
