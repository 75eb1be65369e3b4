"""产泥申报: a batch of sludge enters the plant's stock."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Role
from sludgetrack.domain.quantities import percent_from_bp
from sludgetrack.domain.times import legal_day
from sludgetrack.services import facility_acts
from sludgetrack.services.context import Context
from sludgetrack.services.reading.plant import DeclaredBatch, declared_batches, plants_of
from sludgetrack.store import names, rules
from sludgetrack.store.directory import Facility
from sludgetrack.web import forms
from sludgetrack.web.acting import do
from sludgetrack.web.format import mass
from sludgetrack.web.forms import Form
from sludgetrack.web.plant.desk import blueprint, here, tabs
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.stock_words import kind_words
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import is_english

_MOST_BATCHES_A_DAY = 26


@blueprint.get("/production")
@signed_in_only(Role.CLERK)
def production() -> ResponseReturnValue:
    """The form of today's batch, and the batches declared before."""
    own, at, declared = do(_declared)
    return _page(own, at, declared, do(lambda ctx: _proposed(ctx, at)) if at else forms.fresh())


@blueprint.post("/production")
@signed_in_only(Role.CLERK)
def declare() -> ResponseReturnValue:
    """产生: the batch is in stock from now on."""
    own, at, declared = do(_declared)
    form = forms.posted()
    receipt = form.attempt(
        EventType.PRODUCED,
        lambda command: do(lambda ctx: facility_acts.declare_production(ctx, command)),
        fixed={"facility": at.code if at else ""},
    )
    if receipt is None:
        form.labels.update(day=_("产生日"), wet_t=_("湿重"), moisture_pct=_("含水率"), batch=_("批次号"))
        return _page(own, at, declared, form)
    flash(_("批次 %(batch)s 已入库。", batch=form["batch"]), "good")
    if not form["moisture_pct"]:
        flash(_("没有填含水率，按本厂近 7 天的检测估计；没有检测的按 80 %% 计。已作标记。"), "warning")
    return redirect(url_for("plant.production"))


def _declared(ctx: Context) -> tuple[tuple[Facility, ...], Facility | None, tuple[DeclaredBatch, ...]]:
    own = plants_of(ctx)
    at = here(own)
    return own, at, declared_batches(ctx, at) if at else ()


def _proposed(ctx: Context, at: Facility) -> Form:
    """Today, and the next free name of a batch."""
    day = legal_day(ctx.now, at.zone)
    stem = f"{at.code}-{day:%y%m%d}"
    wanted = [stem, *(f"{stem}-{n}" for n in range(2, _MOST_BATCHES_A_DAY))]
    taken = names.taken(ctx.connection, wanted)
    name = next((name for name in wanted if name not in taken), "")
    return forms.fresh({"day": day.isoformat(), "batch": name, "kind": "plant_sludge"})


def _page(
    own: tuple[Facility, ...], at: Facility | None, declared: tuple[DeclaredBatch, ...], form: Form
) -> ResponseReturnValue:
    if at is None:
        return render_template("plant/no_facility.html")
    measured = next((batch for batch in declared if not batch.estimated), None)
    kinds = kind_words()
    page = render_template(
        "plant/production.html",
        form=form,
        at=at,
        tabs=tabs(own, at, "plant.production"),
        declared=declared,
        kinds=kinds,
        kind_options=[(code, kinds[code]) for code in ("plant_sludge", "sewer_sludge")],
        processes=_processes(),
        usual_wet=mass(measured.wet_kg) if measured else "",
        usual_moisture=percent_from_bp(measured.moisture_bp) if measured else "",
        today=legal_day(runtime().now(), at.zone),
    )
    return page, form.status


def _processes() -> list[tuple[str, str]]:
    """The processes that stabilise now."""
    today = legal_day(runtime().now())
    known = do(lambda ctx: rules.tables(ctx.connection).treatments(today))
    stabilising = [t for t in known.values() if t.stabilises]
    return [("", _("没有稳定化")), *((t.code, t.en if is_english() else t.zh) for t in stabilising)]
