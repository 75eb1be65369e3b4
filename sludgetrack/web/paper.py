"""纸质补录: numbers handed out for paper forms, the forms to print, and entering what was written on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack import reference
from sludgetrack.documents import blank
from sludgetrack.domain import clocks
from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import NotANumber, NotFound
from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Role
from sludgetrack.domain.quantities import NotAQuantity, kg_from_tonnes, tonnes_from_kg
from sludgetrack.domain.times import legal_day, parse_rfc3339
from sludgetrack.services import facility_acts, paper
from sludgetrack.services.context import Context
from sludgetrack.services.paper import OpenNumber, PaperForm, RefusedAt, Written
from sludgetrack.services.reading.issuing import Choices, choices, plates_of
from sludgetrack.services.reading.manifests import manifest_view
from sludgetrack.services.reading.plant import givers_of
from sludgetrack.store.append import Receipt
from sludgetrack.store.directory import Facility
from sludgetrack.web import forms
from sludgetrack.web.acting import acting, do
from sludgetrack.web.forms import Form
from sludgetrack.web.plant.desk import here, tabs
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import route_word

blueprint = Blueprint("paper", __name__, url_prefix="/paper")

LOAD, RECEIPT, RETURN = "loaded_", "received_", "returned_"
SECTIONS = ((LOAD, EventType.LOADED), (RECEIPT, EventType.RECEIVED), (RETURN, EventType.RETURNED))
"""The lines of the form after the issue: what their fields' names begin with, and the event they make."""

WEIGHED = {LOAD: ("gross_out_t", "tare_out_t", "net_out_t"), RECEIPT: ("gross_in_t", "tare_in_t", "net_in_t")}
_AT = "occurred_at"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form on the screen: which number, and what may be chosen for it."""

    paper: PaperForm
    choices: Choices
    plates: tuple[str, ...]


@blueprint.get("/")
@signed_in_only(Role.CLERK, Role.OPERATOR)
def index() -> ResponseReturnValue:
    """Numbers that wait to be entered, and the form to hand out more."""
    return _index_page(forms.fresh({"count": "10"}))


@blueprint.post("/")
@signed_in_only(Role.CLERK)
def hand_out() -> ResponseReturnValue:
    """领用编号: a block of numbers, printed at once."""
    form = forms.posted()
    at = do(lambda ctx: here(givers_of(ctx)))
    receipt = form.attempt(
        EventType.NUMBERS_HANDED,
        lambda command: do(lambda ctx: facility_acts.hand_out_numbers(ctx, command)),
        fixed={"facility": at.code if at else ""},
    )
    if receipt is None:
        form.labels.update(count=_("张数"), handed_to=_("领用人或领用处"))
        return _index_page(form)
    flash(_("已领用 %(count)s 个编号，打印后交给 %(holder)s。", count=form["count"], holder=form["handed_to"]), "good")
    return redirect(url_for("paper.index"))


@blueprint.get("/blocks/<block>.pdf")
@signed_in_only(Role.CLERK)
def blanks(block: str) -> ResponseReturnValue:
    """The forms of a block that are still open, a page each."""
    address = runtime().settings.public_address

    def work(ctx: Context) -> list[Any]:
        at = here(givers_of(ctx))
        return paper.blank_forms(ctx, at, block, address) if at else []

    contents = do(work)
    if not contents:
        abort(404)
    answer = Response(blank.render(contents), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=f"{contents[0].number}.pdf")
    return answer


@blueprint.get("/find")
@signed_in_only(Role.CLERK, Role.OPERATOR)
def find() -> ResponseReturnValue:
    """The form with a number typed from paper."""
    typed = forms.fresh({"number": request.args.get("number", ""), "code": request.args.get("code", "").strip()})
    found = typed.guard(lambda: do(lambda ctx: paper.paper_form(ctx, typed["number"], typed["code"])))
    if found is None:
        typed.move_error("", "number")
        return _index_page(forms.fresh({"count": "10"}), typed)
    return redirect(url_for("paper.enter", number=found.number, code=typed["code"] or None))


@blueprint.get("/<number>")
@signed_in_only(Role.CLERK, Role.OPERATOR)
def enter(number: str) -> ResponseReturnValue:
    """The form as on paper, with what is known filled in."""
    sheet = _sheet(number)
    ids = {prefix + "event_id": forms.new_id() for prefix, _event in SECTIONS}
    return _enter_page(sheet, forms.fresh({**ids, **_proposed(sheet)}))


@blueprint.post("/<number>")
@signed_in_only(Role.CLERK, Role.OPERATOR)
def enter_it(number: str) -> ResponseReturnValue:
    """补录: everything on the form at once, or nothing and what would be right."""
    sheet = _sheet(number)
    form = forms.posted()
    written = _written(sheet, form)
    if form.errors or written is None:
        return _enter_page(sheet, form)
    receipts = _recorded(sheet, form, written)
    if receipts is None:
        return _enter_page(sheet, form)
    _say(sheet, written)
    return redirect(url_for("manifests.page", number=sheet.paper.number))


# What the form says


def _written(sheet: Sheet, form: Form) -> Written | None:
    """The commands of the lines that were filled in; errors are noted in the form."""
    handoffs = [_line(sheet, form, prefix, event) for prefix, event in SECTIONS if _is_filled(form, prefix)]
    issued = _issued(sheet, form) if sheet.paper.case is None else None
    if not handoffs and sheet.paper.case is not None:
        form.blame("", _("至少填一栏：装运、接收或退运。"))
    _blame_order(sheet, form)
    return None if form.errors else Written(issued, tuple(command for command in handoffs if command is not None))


def _issued(sheet: Sheet, form: Form) -> c.IssueManifest | None:
    form.labels.update(hauler=_("运输单位"), destination=_("接收单位"), occurred_at=_("开具时间"))
    site = sheet.choices.destination(form["destination"])
    fixed = {
        "giver": sheet.paper.giver.code,
        "route": form["route"] or (site.route if site else None) or "",
        _AT: _instant(sheet, form, ""),
    }
    command: c.IssueManifest | None = form.command(EventType.ISSUED, fixed)
    if site is None:
        form.errors.pop("route", None)
    return command


def _line(sheet: Sheet, form: Form, prefix: str, event: EventType) -> c.Command | None:
    form.labels[prefix + _AT] = _line_word(event)
    part = form.section(prefix)
    fixed: dict[str, Any] = {_AT: _instant(sheet, form, prefix)}
    if prefix in WEIGHED:
        fixed |= _weighed(part, *WEIGHED[prefix])
    if event is EventType.RECEIVED:
        fixed["accepted_t"] = _accepted(part, fixed.get("net_in_t", ""))
    command: c.Command | None = part.command(event, fixed)
    if prefix in WEIGHED and WEIGHED[prefix][0] in part.errors:
        part.errors.pop(WEIGHED[prefix][2], None)
    form.blame_section(prefix, part)
    return command


def _line_word(event: EventType) -> str:
    return {EventType.LOADED: _("装运时间"), EventType.RECEIVED: _("接收时间")}.get(event, _("退回时间"))


def _is_filled(form: Form, prefix: str) -> bool:
    """Whether anything of a line was written; what the page fills in by itself does not count."""
    proposed = (prefix + "event_id", prefix + "plate")
    return any(text for name, text in form.values.items() if name.startswith(prefix) and name not in proposed)


def _instant(sheet: Sheet, form: Form, prefix: str) -> str:
    """The time of a line; it has to be written, since the system was not there to see it."""
    typed = form[prefix + _AT]
    if not typed:
        form.blame(prefix + _AT, _("按纸质单据填写时间。"))
    return forms.instant_text(typed, sheet.paper.giver.zone) if typed else ""


def _weighed(part: Form, gross_name: str, tare_name: str, net_name: str) -> dict[str, str]:
    """Net of gross and tare where both are masses, else the net typed."""
    try:
        gross, tare = kg_from_tonnes(part[gross_name]), kg_from_tonnes(part[tare_name])
    except NotAQuantity:
        return {net_name: part[net_name]}
    if gross <= tare:
        part.blame(gross_name, _("毛重要大于皮重。"))
        return {net_name: part[net_name]}
    return {net_name: part[net_name] or tonnes_from_kg(gross - tare)}


def _accepted(part: Form, net: str) -> str:
    if part["decision"] == "accepted":
        return net
    return part["accepted_t"] if part["decision"] == "partial" else ""


def _blame_order(sheet: Sheet, form: Form) -> None:
    """Times on one form follow each other and lie before now: otherwise somebody misread the paper."""
    times = list(_times(sheet, form))
    now = runtime().now()
    for prefix, at in times:
        if at > now:
            form.blame(prefix + _AT, _("时间不能在将来。"))
    for (_before, earlier), (prefix, later) in pairwise(times):
        if later < earlier:
            form.blame(prefix + _AT, _("不能早于前一栏的时间，请核对纸质单据。"))


def _times(sheet: Sheet, form: Form) -> Iterator[tuple[str, datetime]]:
    for prefix in ("", LOAD, RECEIPT, RETURN):
        if form[prefix + _AT]:
            try:
                yield prefix, parse_rfc3339(forms.instant_text(form[prefix + _AT], sheet.paper.giver.zone))
            except ValueError:
                continue


def _recorded(sheet: Sheet, form: Form, written: Written) -> list[Receipt] | None:
    number = sheet.paper.number
    words = {choice.code: choice.name for choice in sheet.choices.destinations}
    try:
        return do(lambda ctx: paper.back_enter(ctx, number, written))
    except RefusedAt as refused:
        prefix = next((prefix for prefix, event in SECTIONS if event is refused.event), "")
        part = form.section(prefix)
        part.refuse(refused.error, words)
        form.blame_section(prefix, part)
        form.values[prefix + "event_id"] = part.event_id
        return None


def _say(sheet: Sheet, written: Written) -> None:
    """What was recorded, whether it was too late, and whether it contradicts what was known."""
    count = len(written.handoffs) + (written.issued is not None)
    flash(_("已补录 %(n)s 条，标为“纸质补录”，确认方式记为“未确认”。", n=count), "good")
    commands: list[c.Command] = [*written.handoffs, *([written.issued] if written.issued else [])]
    zone = sheet.paper.giver.zone
    days = [legal_day(command.occurred_at, zone) for command in commands if command.occurred_at]
    limit = clocks.Clocks(paper_working_days=_back_entry_days(sheet.paper.giver))
    if days and clocks.is_late_paper(min(days), legal_day(runtime().now(), zone), limit):
        flash(_("补录已超过 %(n)s 个工作日的期限，记录会标明。", n=limit.paper_working_days), "warning")
    if do(lambda ctx: manifest_view(ctx, sheet.paper.number)).row.disputed:
        flash(_("有一条与已有的记录矛盾，两份都保留，等各方商定或主管部门裁定。"), "warning")


# The pages


def _sheet(number: str) -> Sheet:
    code = request.values.get("code", "")

    def work(ctx: Context) -> Sheet:
        found = paper.paper_form(ctx, number, code)
        hauler = found.case.state.figures["hauler"] if found.case else ""
        return Sheet(found, choices(ctx, found.giver), plates_of(ctx, hauler))

    try:
        return do(work)
    except (NotANumber, NotFound):
        abort(404)


def _proposed(sheet: Sheet) -> dict[str, str | None]:
    if sheet.paper.case is not None:
        plate = sheet.paper.case.state.figures.get("plate") if sheet.paper.case.state.loaded is None else None
        return {LOAD + "plate": plate}
    site = next((s for s in sheet.choices.destinations if _may_choose(s.code)), None)
    before = site.before if site else None
    return {"destination": site.code if site else None, "hauler": before.hauler if before else None}


def _may_choose(code: str) -> bool:
    """An operator enters what came to their own site, a clerk what went anywhere."""
    actor = acting().actor
    return actor.has(Role.CLERK) or code in actor.facilities


def _back_entry_days(giver: Facility) -> Decimal:
    return Decimal(do(lambda ctx: paper.back_entry_days(ctx, giver)))


def _index_page(form: Form, typed: Form | None = None) -> ResponseReturnValue:
    def work(ctx: Context) -> tuple[tuple[Facility, ...], Facility | None, list[OpenNumber], int]:
        own = givers_of(ctx)
        at = here(own)
        if at is None:
            return own, None, [], 0
        return own, at, paper.open_numbers(ctx, at), paper.back_entry_days(ctx, at)

    own, at, numbers, days = do(work)
    page = render_template(
        "paper/index.html",
        form=form,
        typed=typed or Form(),
        at=at,
        tabs=tabs(own, at, "paper.index"),
        numbers=numbers,
        days=days,
        may_hand_out=acting().actor.has(Role.CLERK) and at is not None,
    )
    return page, max(form.status, typed.status if typed else 200)


def _enter_page(sheet: Sheet, form: Form) -> ResponseReturnValue:
    found = sheet.choices
    page = render_template(
        "paper/enter.html",
        form=form,
        number=sheet.paper.number,
        giver=sheet.paper.giver,
        case=sheet.paper.case,
        code=request.values.get("code", ""),
        haulers=[(hauler.code, hauler.name) for hauler in found.haulers],
        destinations=[(site.code, site.name) for site in found.destinations if _may_choose(site.code)],
        routes=[("", _("按接收单位的许可")), *((route, route_word(route)) for route in reference.routes())],
        plates=sheet.plates or tuple(truck.plate for truck in found.trucks),
        decisions=[
            ("accepted", _("接收"), "check"),
            ("partial", _("部分接收"), "split"),
            ("refused", _("拒收"), "refused"),
        ],
        latest=forms.local_text(runtime().now(), sheet.paper.giver.zone),
    )
    return page, form.status
