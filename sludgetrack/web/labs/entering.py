"""登记检测报告: rows for the routes wanted, those left empty do not count; a file as the laboratory sent it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from sludgetrack import reference
from sludgetrack.domain.events import EventType
from sludgetrack.domain.labs import MOISTURE, units_of
from sludgetrack.domain.limits import NOT_OF_A_REPORT
from sludgetrack.domain.times import legal_day
from sludgetrack.schemas.fields import DecimalText
from sludgetrack.services import sampling
from sludgetrack.services.context import Context
from sludgetrack.services.reading import stock
from sludgetrack.store import rules
from sludgetrack.store.directory import Facility
from sludgetrack.web import forms
from sludgetrack.web.acting import do
from sludgetrack.web.forms import Form
from sludgetrack.web.labs import desk
from sludgetrack.web.labs.desk import WRITERS, blueprint, parameter_word
from sludgetrack.web.labs.pasting import understood
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.texts import ngettext
from sludgetrack.web.words import route_word

FILE = "report_file"
"""The form's file field; the digest of what was kept goes on as ``file``."""

Units = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a form is filled in on: where, what may be sampled there, and every parameter with its units."""

    own: list[Facility]
    at: Facility
    subjects: list[tuple[str, str]]
    units: Units
    by_route: Mapping[str, list[str]]

    def parameters(self, routes: Sequence[str]) -> list[str]:
        """Moisture, and what these routes ask for in the order of the standards; of no route, everything."""
        wanted = {name for route in routes for name in self.by_route.get(route, ())} if routes else set(self.units)
        return [MOISTURE, *(name for name in self.units if name in wanted - NOT_OF_A_REPORT)]


@blueprint.get("/new")
@signed_in_only(*WRITERS)
def new() -> ResponseReturnValue:
    """An empty form for one facility."""
    sheet = do(lambda ctx: _sheet(ctx, request.args.get("of", "")))
    if sheet is None:
        return render_template("labs/no_facility.html")
    routes = request.args.getlist("routes") or [route for route in sheet.at.routes if route in sheet.by_route]
    proposed = {"sample_of": request.args.get("of") or sheet.at.code, "sampled_on": _today(sheet.at)}
    form = forms.fresh(proposed)
    form.lists = {"routes": routes}
    return _page(sheet, form)


@blueprint.post("/new")
@signed_in_only(*WRITERS)
def record() -> ResponseReturnValue:
    """检测: the report is on record; or the form again, with other rows or what was pasted."""
    sheet = do(lambda ctx: _sheet(ctx, request.form.get("sample_of", "")))
    if sheet is None:
        return render_template("labs/no_facility.html")
    form = forms.posted()
    _take_in(form)
    if form["step"] == "paste":
        _fill_in(form, sheet)
    elif form["step"] != "rows" and not form.errors:
        receipt = _attempt(form, sheet)
        if receipt is not None:
            flash(_("检测报告 %(report)s 已登记，自采样日起一年内有效。", report=form["report"]), "good")
            return redirect(url_for("labs.report", event_id=form.event_id))
    return _page(sheet, form)


def _sheet(ctx: Context, subject: str) -> Sheet | None:
    own = stock.facilities(ctx)
    at = desk.chosen(own)
    if at is None:
        return None
    limits = rules.tables(ctx.connection).limits(legal_day(ctx.now, at.zone))
    by_route: dict[str, list[str]] = {code: [] for code in reference.routes()}
    for limit in limits:
        for route in limit.routes:
            if limit.parameter not in NOT_OF_A_REPORT and limit.parameter not in by_route.setdefault(route, []):
                by_route[route].append(limit.parameter)
    named = [(lot.name, lot.name) for lot in stock.lots(ctx, at.code)]
    if subject and subject != at.code and (subject, subject) not in named:
        named.insert(0, (subject, subject))
    own_words = _("本设施：%(name)s", name=at.name)
    subjects = [(at.code, own_words), *((code, _("料批 %(name)s", name=name)) for code, name in named)]
    asked = {route: names for route, names in by_route.items() if names}
    return Sheet(own, at, subjects, units_of(limits), asked)


def _take_in(form: Form) -> None:
    """Keep the file sent with the form first of all: a form sent back still has it."""
    sent = request.files.get(FILE)
    if sent is None or not sent.filename:
        return
    most_mb = runtime().settings.report_file_mb
    content = sent.stream.read(sampling.wanted_file(most_mb).most_bytes + 1)
    digest = form.guard(lambda: do(lambda ctx: sampling.keep_file(ctx, runtime().blobs, content, most_mb)))
    if digest is not None:
        form.values.update(file=digest, file_name=sent.filename)


def _fill_in(form: Form, sheet: Sheet) -> None:
    """Put what was pasted into its rows; what was not understood stays where it was pasted."""
    pasted = understood(form["paste"], _names(sheet.units), sheet.units)
    for parameter, (value, unit) in pasted.found.items():
        form.values[f"value-{parameter}"] = value
        if unit:
            form.values[f"unit-{parameter}"] = unit
    form.values["paste"] = "\n".join(pasted.strange)
    if pasted.found:
        flash(ngettext("认出 %(num)s 项，请核对。", "认出 %(num)s 项，请核对。", len(pasted.found)), "good")
    if pasted.strange:
        form.blame("paste", _("这几行没有认出来，请在表里手工填写。"))


def _names(units: Units) -> dict[str, str]:
    """Parameters by their codes and by what people call them."""
    names: dict[str, str] = {}
    for parameter in units:
        word = parameter_word(parameter)
        for name in (parameter, word, *word.split(), word.split()[0].removeprefix("总")):
            names.setdefault(name.lower(), parameter)
    return names


def _attempt(form: Form, sheet: Sheet) -> Any:
    lines = _lines(form, sheet)
    if form.errors:
        return None
    readings = [{"parameter": parameter, "value": value, "unit": unit} for parameter, value, unit in lines]
    fixed: dict[str, Any] = {"facility": sheet.at.code}
    if readings:
        fixed["readings"] = readings
    receipt = form.attempt(
        EventType.SAMPLED,
        lambda command: do(lambda ctx: sampling.record_sample(ctx, runtime().blobs, command)),
        fixed=fixed,
    )
    for n, (parameter, _value, _unit) in enumerate(lines):
        for part, shown in (("parameter", "value"), ("value", "value"), ("unit", "unit")):
            form.move_error(f"readings/{n}/{part}", f"{shown}-{parameter}")
    if "readings" in form.errors:
        form.errors["readings"] = _("请至少填一项检测值。")
    return receipt


def _lines(form: Form, sheet: Sheet) -> list[tuple[str, str, str]]:
    """The rows that hold a value, read kindly; what is no number is said beside it."""
    lines = []
    for parameter in sheet.units:
        text = form[f"value-{parameter}"]
        if not text:
            continue
        try:
            value = str(DecimalText().deserialize(text))
        except ValidationError as error:
            form.blame(f"value-{parameter}", _(str(error.messages[0])))
            continue
        lines.append((parameter, value, form[f"unit-{parameter}"]))
    return lines


def _page(sheet: Sheet, form: Form) -> ResponseReturnValue:
    routes = form.chosen("routes")
    typed = [name for name in sheet.units if form[f"value-{name}"]]
    shown = sheet.parameters(routes)
    labels = {"report": _("报告编号"), "sample_of": _("检测对象"), "sampled_on": _("采样日期"), "file": _("报告文件")}
    labels |= {"lab": _("检测单位"), "readings": _("检测值"), "paste": _("粘贴")}
    labels |= {f"{part}-{name}": parameter_word(name) for name in sheet.units for part in ("value", "unit")}
    form.labels.update(labels)
    page = render_template(
        "labs/new.html",
        form=form,
        at=sheet.at,
        tabs=_tabs(sheet),
        subjects=sheet.subjects,
        rows=[(name, sheet.units[name]) for name in [*shown, *(name for name in typed if name not in shown)]],
        routes=[(code, route_word(code)) for code in sheet.by_route],
        chosen=routes,
        today=_today(sheet.at),
        words=desk,
        most_mb=runtime().settings.report_file_mb,
    )
    return page, form.status


def _tabs(sheet: Sheet) -> list[dict[str, object]]:
    if len(sheet.own) < 2:
        return []
    return [
        {"href": url_for("labs.new", at=one.code), "label": one.name, "current": one.code == sheet.at.code}
        for one in sheet.own
    ]


def _today(at: Facility) -> str:
    return legal_day(runtime().now(), at.zone).isoformat()
