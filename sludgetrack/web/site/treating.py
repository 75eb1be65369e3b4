"""处理: lots are ticked, what comes out is weighed, the yield is seen, and only then it is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Role
from sludgetrack.domain.routes import Treatment
from sludgetrack.domain.times import legal_day
from sludgetrack.services import treating
from sludgetrack.services.context import Context
from sludgetrack.services.reading import runs, stock
from sludgetrack.services.reading.stock import Lot
from sludgetrack.services.treating import RunPreview
from sludgetrack.store import rules
from sludgetrack.store.append import Receipt
from sludgetrack.store.directory import Facility
from sludgetrack.web import forms, stock_words
from sludgetrack.web.acting import acting, do
from sludgetrack.web.forms import Form
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.site.desk import AT, blueprint, here, tabs
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import event_word

FIRST_ROWS = 2
MOST_ROWS = 12
"""Rows of outputs and additives on the form: at first, and at most."""
_PART = "part/"
OUTPUT, ADDITIVE = ("lot", "wet_t", "moisture_pct"), ("what", "dry_t")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the form stands on: the facility, what lies there, and the processes as of today."""

    at: Facility
    lots: list[Lot]
    processes: Mapping[str, Treatment]


@blueprint.get("/treat")
@signed_in_only(Role.OPERATOR, Role.CLERK)
def treat() -> ResponseReturnValue:
    """The form, with the lots ticked that were ticked in stock, and names proposed."""
    desk = do(lambda ctx: _desk(ctx, request.args.get(AT, "")))
    run, outputs = do(lambda ctx: runs.proposed_names(ctx, desk.at.code, FIRST_ROWS))
    proposed: dict[str, str | None] = {f"outputs/{n}/lot": name for n, name in enumerate(outputs)}
    form = forms.fresh({"run": run, "day": _today(desk.at), "rows": str(FIRST_ROWS), **proposed})
    form.lists = {"take": request.args.getlist("take")}
    return _page(desk, form)


@blueprint.post("/treat")
@signed_in_only(Role.OPERATOR, Role.CLERK)
def treat_it() -> ResponseReturnValue:
    """One more row, the yield, or the record."""
    form = forms.posted()
    desk = do(lambda ctx: _desk(ctx, form["facility"]))
    step = form["step"]
    if step in ("more", "change"):
        if step == "more":
            _add_row(form)
        return _page(desk, form)
    typed = _Typed(form, desk)
    if step == "record":
        receipt = typed.attempt(_record)
        if receipt is not None:
            flash(_("处理已登记。产物已经入库，可以接着处理、处置，或开联单运出。"), "good")
            return redirect(url_for("site.run", name=form["run"]))
    preview = None if form.errors else typed.attempt(_preview)
    return _page(desk, form, preview)


@blueprint.get("/runs")
@signed_in_only(Role.OPERATOR, Role.CLERK)
def run_list() -> ResponseReturnValue:
    """Every run of a facility, the newest first."""
    cursor = request.args.get("cursor") or None

    def work(ctx: Context) -> tuple[list[Facility], Facility | None, Any]:
        own = stock.facilities(ctx)
        at = here(own)
        return own, at, runs.runs_at(ctx, at.code, cursor) if at else None

    own, at, found = do(work)
    if at is None:
        return render_template("site/no_facility.html")
    return render_template(
        "site/runs.html",
        at=at,
        tabs=tabs(own, at, "site.run_list"),
        runs=found.items,
        older=url_for("site.run_list", at=at.code, cursor=found.next) if found.next else "",
        yield_text=stock_words.yield_text,
        process_word=stock_words.process_word,
    )


@blueprint.get("/runs/<path:name>")
@signed_in_only()
def run(name: str) -> ResponseReturnValue:
    """One run: what went in, what came out, what was lost, and where the products are."""
    seen = do(lambda ctx: runs.run_view(ctx, name))
    actor = acting().actor
    return render_template(
        "site/run.html",
        seen=seen,
        row=seen.row,
        additives=stock_words.additive_words(),
        yield_text=stock_words.yield_text(seen.row.kept_bp, seen.row.process),
        process=stock_words.process_word(seen.row.process, seen.row.process_code),
        event_word=event_word,
        works_here=seen.mine and (actor.has(Role.OPERATOR) or actor.has(Role.CLERK)),
        may_issue=seen.mine and actor.has(Role.CLERK),
        lot_url=_lot_url(seen.row.facility),
    )


def _lot_url(code: str) -> Any:
    """Where a lot is looked at: by its own people at the facility's desk, by an authority in its trace."""
    if acting().actor.is_authority:
        return lambda name: url_for("regulator.lot", name=name)
    return lambda name: url_for("site.lot", code=code, name=name)


class _Typed:
    """What was typed, as a command: empty rows left out, and errors brought back to the rows as they are shown."""

    def __init__(self, form: Form, desk: Desk) -> None:
        self.form = form
        self.taken = _taken(form)
        self.outputs = _filled(form, "outputs", ("wet_t", "moisture_pct")) or [0]
        self.additives = _filled(form, "additives", ("dry_t",))
        self.facility = desk.at.code

    def attempt(self, work: Any) -> Any:
        """The result, or None with every error noted beside its field."""
        fixed = {
            "facility": self.facility,
            "inputs": [{"lot": name, "wet_t": self.form[_part(name)]} for name in self.taken],
            "outputs": [_line(self.form, "outputs", n, OUTPUT) for n in self.outputs],
            "additives": [_line(self.form, "additives", n, ADDITIVE) for n in self.additives],
        }
        if not self.taken:
            self.form.blame("inputs", _("请至少勾选一批。"))
        done = self.form.attempt(EventType.TREATED, work, fixed=fixed)
        self._bring_back()
        return done if not self.form.errors else None

    def _bring_back(self) -> None:
        errors = {self._shown(place): text for place, text in self.form.errors.items()}
        self.form.errors.clear()
        self.form.errors.update(errors)
        self.form.labels.update(_labels(self.form, self.taken))

    def _shown(self, place: str) -> str:
        """The field on the page for a place in the command."""
        name, _slash, rest = place.partition("/")
        index, _slash, part = rest.partition("/")
        if not index.isdecimal():
            return place
        n = int(index)
        if name == "inputs":
            return _part(self.taken[n])
        rows = self.outputs if name == "outputs" else self.additives
        return f"{name}/{rows[n]}/{part}"


def _taken(form: Form) -> list[str]:
    """The lots that go in: those ticked, and those of which a part is typed."""
    parts = [name.removeprefix(_PART) for name, text in form.values.items() if name.startswith(_PART) and text]
    return list(dict.fromkeys((*form.chosen("take"), *parts)))


def _part(lot: str) -> str:
    """The field for how much of a lot goes in."""
    return _PART + lot


def _filled(form: Form, name: str, parts: Iterable[str]) -> list[int]:
    return [n for n in range(_rows(form)) if any(form[f"{name}/{n}/{part}"] for part in parts)]


def _line(form: Form, name: str, n: int, parts: Iterable[str]) -> dict[str, str]:
    return {part: form[f"{name}/{n}/{part}"] for part in parts}


def _rows(form: Form) -> int:
    typed = form["rows"]
    return min(max(int(typed) if typed.isdecimal() else FIRST_ROWS, 1), MOST_ROWS)


def _add_row(form: Form) -> None:
    """One more row, with a name proposed for what came out."""
    n = _rows(form)
    if n < MOST_ROWS:
        form.values["rows"] = str(n + 1)
        form.values[f"outputs/{n}/lot"] = f"{form['run']}-{chr(ord('A') + n)}"


def _labels(form: Form, taken: Iterable[str]) -> dict[str, str]:
    """Names of the fields of rows, for the summary of errors."""
    found = {"inputs": _("投入"), "process": _("工艺"), "run": _("处理编号"), "day": _("日期")}
    found |= {_part(name): _("%(lot)s 投入多少", lot=name) for name in taken}
    words = {"lot": _("批号"), "wet_t": _("湿重"), "moisture_pct": _("含水率"), "what": _("添加物"), "dry_t": _("干重")}
    for n in range(_rows(form)):
        found |= {f"outputs/{n}/{part}": _("产物 %(n)s %(what)s", n=n + 1, what=words[part]) for part in OUTPUT}
        found |= {f"additives/{n}/{part}": _("添加 %(n)s %(what)s", n=n + 1, what=words[part]) for part in ADDITIVE}
    return found


def _desk(ctx: Context, code: str) -> Desk:
    at = stock.own_facility(ctx, code)
    today = legal_day(ctx.now, at.zone)
    lying = [lot for lot in stock.lots(ctx, code) if lot.dry_units > 0]
    return Desk(at, lying, rules.tables(ctx.connection).treatments(today))


def _today(at: Facility) -> str:
    return legal_day(forms.reading().now, at.zone).isoformat()


def _record(command: Any) -> Receipt:
    return do(lambda ctx: treating.record_run(ctx, command))


def _preview(command: Any) -> RunPreview:
    return do(lambda ctx: treating.preview_run(ctx, command))


def _page(desk: Desk, form: Form, preview: RunPreview | None = None) -> ResponseReturnValue:
    rows = range(_rows(form))
    named = _taken(form)
    taken = [lot for lot in desk.lots if lot.name in named]
    page = render_template(
        "site/treat.html",
        at=desk.at,
        form=form,
        lots=desk.lots,
        taken=taken,
        rows=rows,
        may_add=len(rows) < MOST_ROWS,
        processes=list(desk.processes.values()),
        process_word=stock_words.process_word,
        band=stock_words.band,
        kinds=stock_words.kind_words(),
        additives=list(stock_words.additive_words().items()),
        additive_words=stock_words.additive_words(),
        word=stock_words.lot_word,
        preview=preview,
        yield_text=stock_words.yield_text(preview.kept_bp, preview.process) if preview else "",
        filled=_filled(form, "outputs", ("wet_t", "moisture_pct")),
        added=_filled(form, "additives", ("dry_t",)),
        part=_part,
    )
    return page, form.status
