"""灭失, 裁定, 抽查: what an authority says about one load."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.errors import NoDispute
from sludgetrack.domain.events import EventType
from sludgetrack.services import manifests
from sludgetrack.services.reading.disputes import dispute
from sludgetrack.services.reading.manifests import ManifestView, manifest_view
from sludgetrack.store.append import Receipt
from sludgetrack.web import forms, manifest_words, photos
from sludgetrack.web.acting import do
from sludgetrack.web.claims import claim_card
from sludgetrack.web.format import number_text
from sludgetrack.web.forms import Form
from sludgetrack.web.regulator.desk import blueprint, for_inspectors
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import event_word, state_words


@blueprint.get("/manifests/<number>/lost")
@for_inspectors
def lost(number: str) -> ResponseReturnValue:
    """The finding that a load is gone."""
    return _lost_page(number, forms.fresh())


@blueprint.post("/manifests/<number>/lost")
@for_inspectors
def declare_lost(number: str) -> ResponseReturnValue:
    """灭失: nobody answers for the load any more; the finding does."""
    form = forms.posted()
    if form["dumped"] not in ("true", "false"):
        form.blame("dumped", _("请从给出的选项中选一项。"))
        form.command(EventType.LOST, {"dumped": "false"})
        return _lost_page(number, form)
    receipt = _act(number, form, EventType.LOST)
    if receipt is None:
        return _lost_page(number, form)
    found = form["dumped"] == "true"
    flash(
        _("已认定为查实倾倒，计入不合规处置。") if found else _("已认定灭失，计入去向不明。"),
        "good",
    )
    return redirect(url_for("manifests.page", number=number))


@blueprint.get("/manifests/<number>/inspect")
@for_inspectors
def inspect(number: str) -> ResponseReturnValue:
    """What an inspector saw."""
    return _inspect_page(number, forms.fresh())


@blueprint.post("/manifests/<number>/inspect")
@for_inspectors
def record_inspection(number: str) -> ResponseReturnValue:
    """抽查: place, finding and photo, at any time."""
    form = forms.posted()
    photos.take_in(form)
    receipt = None if form.errors else _act(number, form, EventType.INSPECTED)
    if receipt is None:
        return _inspect_page(number, form)
    flash(_("抽查已记入联单 %(number)s，各方都能看到。", number=number_text(number)), "good")
    return redirect(url_for("manifests.page", number=number))


@blueprint.get("/manifests/<number>/resolve")
@for_inspectors
def resolve(number: str) -> ResponseReturnValue:
    """The contradicting claims side by side."""
    return _resolve_page(number, forms.fresh())


@blueprint.post("/manifests/<number>/resolve")
@for_inspectors
def decide_dispute(number: str) -> ResponseReturnValue:
    """裁定: which claim stands, and why."""
    form = forms.posted()
    receipt = _act(number, form, EventType.RESOLVED)
    if receipt is None:
        return _resolve_page(number, form)
    flash(_("已裁定。没有采信的记录仍然保留，标明不再计入。"), "good")
    return redirect(url_for("manifests.page", number=number))


def _act(number: str, form: Form, event: EventType) -> Receipt | None:
    def work(command: Any) -> Receipt:
        return do(lambda ctx: manifests.act(ctx, number, command))

    found: Receipt | None = form.attempt(event, work)
    return found


def _view(number: str) -> ManifestView:
    return do(lambda ctx: manifest_view(ctx, number))


def _not_now(view: ManifestView, event: EventType) -> ResponseReturnValue:
    """Back to the manifest, saying why not."""
    words = state_words()
    flash(
        _("联单现在的状态是“%(state)s”，不能%(event)s。", state=words[view.row.status], event=event_word(event)),
        "warning",
    )
    return redirect(url_for("manifests.page", number=view.row.number))


def _lost_page(number: str, form: Form) -> ResponseReturnValue:
    view = _view(number)
    if EventType.LOST not in view.allowed:
        return _not_now(view, EventType.LOST)
    page = render_template(
        "regulator/lost.html",
        view=view,
        row=view.row,
        form=form,
        place=manifest_words.where(view),
        who_has=manifest_words.holders(view),
    )
    return page, form.status


def _inspect_page(number: str, form: Form) -> ResponseReturnValue:
    view = _view(number)
    page = render_template(
        "regulator/inspect.html",
        view=view,
        row=view.row,
        form=form,
        place=manifest_words.where(view),
        who_has=manifest_words.holders(view),
    )
    return page, form.status


def _resolve_page(number: str, form: Form) -> ResponseReturnValue:
    try:
        seen = do(lambda ctx: dispute(ctx, number))
    except NoDispute:
        flash(_("这张联单没有互相矛盾的记录。"), "info")
        return redirect(url_for("manifests.page", number=number))
    page = render_template(
        "regulator/resolve.html",
        seen=seen,
        number=seen.case.stream.name,
        form=form,
        card=claim_card,
        state_words=state_words(),
        event_word=event_word,
    )
    return page, form.status
