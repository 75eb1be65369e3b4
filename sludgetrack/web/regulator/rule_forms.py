"""Forms of the rules: one page for each thing that can be set, with what it is now and what it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from sludgetrack import reference
from sludgetrack.domain.dated import TableName
from sludgetrack.domain.limits import COMPARE, SEPARATOR, Limit, limit_key
from sludgetrack.domain.policy import Rule
from sludgetrack.domain.targets import RATES, Target, target_key
from sludgetrack.schemas import rules as s
from sludgetrack.services import rule_setting
from sludgetrack.services.administering import Outcome
from sludgetrack.services.context import Context
from sludgetrack.services.reading import rule_changes
from sludgetrack.services.reading import rules as reading
from sludgetrack.services.reading.rule_changes import POLICY, RuleChange
from sludgetrack.services.rule_setting import limit_values, route_values, target_values, treatment_values
from sludgetrack.store import rules as store
from sludgetrack.web import forms, register_words
from sludgetrack.web.acting import acting, do
from sludgetrack.web.forms import Form
from sludgetrack.web.regulator import rule_words, words
from sludgetrack.web.regulator.desk import blueprint, for_inspectors
from sludgetrack.web.regulator.rules import Asked, asked_for, change_words, common_words, limit_line
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import is_english, route_word

Work = Callable[[Context, Any], Outcome]


# A rule of a route, or a clock


@blueprint.get("/policies/rule")
@for_inspectors
def rule() -> ResponseReturnValue:
    """One rule about one route (or a clock): every level that says something of it, and the form."""
    asked = asked_for()
    return _rule_page(asked, forms.fresh({"division": asked.division, "valid_from": _from_day(asked)}))


@blueprint.post("/policies/rule")
@for_inspectors
def set_rule() -> ResponseReturnValue:
    """Set it from a day on."""
    asked, (route, name) = asked_for(), _rule_asked()
    fixed = {"route": route, "rule": name} if route else {"rule": name}
    form, done = _attempt(s.SetPolicySchema(), rule_setting.set_policy, fixed)
    if done:
        return redirect(asked.address("regulator.rule", route=route or None, rule=name))
    return _rule_page(asked, form)


def _rule_asked() -> tuple[str, str]:
    route, name = request.args.get("route", ""), request.args.get("rule", "")
    known = (route in reference.routes() and name in set(Rule)) if route else name in rule_words.clocks()
    if not known:
        abort(404)
    return route, name


def _rule_page(asked: Asked, form: Form) -> ResponseReturnValue:
    route, name = _rule_asked()
    seen = do(lambda ctx: reading.one_rule(ctx, asked.on, asked.division, route, name))
    own = do(lambda ctx: _changes(ctx, asked, POLICY, f"{SEPARATOR}{route}{SEPARATOR}{name}"))
    page = render_template(
        "regulator/rule.html",
        asked=asked,
        form=form,
        seen=seen,
        route=route,
        rule=name,
        title=f"{route_word(route)} · {rule_words.name_of(name)}" if route else rule_words.name_of(name),
        rule_name=rule_words.name_of(name),
        op=reference.routes()[route].moisture_op if route else "",
        unit=rule_words.unit(name),
        choices=rule_words.choices(name) if route and name != Rule.MOISTURE_MAX_PCT else [],
        above=_above(seen),
        changes=own,
        **_words(),
    )
    return page, form.status


def _above(seen: reading.RulePage) -> str:
    """The division above one's own whose rule counts here now; what one sets will take its place."""
    row = seen.cell.row
    return row.division or _("全国") if row and len(row.division) < len(acting().actor.division) else ""


# The shared tables


@blueprint.get("/policies/routes/<code>")
@for_inspectors
def route_rules(code: str) -> ResponseReturnValue:
    """A route as everybody's table has it."""
    asked = asked_for()
    values = route_values(_known(reference.routes(), code, lambda ctx: store.tables(ctx.connection).routes(asked.on)))
    return _route_page(asked, code, forms.fresh({**values, "valid_from": _from_day(asked)}))


@blueprint.post("/policies/routes/<code>")
@for_inspectors
def set_route(code: str) -> ResponseReturnValue:
    """Set its flags and gates from a day on."""
    asked = asked_for()
    form, done = _attempt(s.SetRouteSchema(), rule_setting.set_route, {"route": code})
    if done:
        return redirect(asked.address("regulator.route_rules", code=code))
    return _route_page(asked, code, form)


def _route_page(asked: Asked, code: str, form: Form) -> ResponseReturnValue:
    route = _known(reference.routes(), code, lambda ctx: store.tables(ctx.connection).routes(asked.on))
    flags = ("resource_narrow", "resource_broad", "landfill", "needs_lab", "needs_stabilisation")
    return _shared_page(
        "regulator/route_rules.html",
        asked,
        form,
        (TableName.ROUTES, code),
        title=route_word(code),
        shown=route,
        flags=[(flag, rule_words.fields()[flag]) for flag in flags],
    )


@blueprint.get("/policies/treatments/<code>")
@for_inspectors
def treatment_rules(code: str) -> ResponseReturnValue:
    """A process as everybody's table has it."""
    asked = asked_for()
    process = _known(reference.treatments(), code, lambda ctx: store.tables(ctx.connection).treatments(asked.on))
    return _treatment_page(asked, code, forms.fresh({**treatment_values(process), "valid_from": _from_day(asked)}))


@blueprint.post("/policies/treatments/<code>")
@for_inspectors
def set_treatment(code: str) -> ResponseReturnValue:
    """Set its band from a day on."""
    asked = asked_for()
    form, done = _attempt(s.SetTreatmentSchema(), rule_setting.set_treatment, {"treatment": code})
    if done:
        return redirect(asked.address("regulator.treatment_rules", code=code))
    return _treatment_page(asked, code, form)


def _treatment_page(asked: Asked, code: str, form: Form) -> ResponseReturnValue:
    process = _known(reference.treatments(), code, lambda ctx: store.tables(ctx.connection).treatments(asked.on))
    title = f"{process.en if is_english() else process.zh} {code}"
    return _shared_page("regulator/treatment_rules.html", asked, form, (TableName.TREATMENTS, code), title=title)


@blueprint.get("/policies/limit")
@for_inspectors
def limit() -> ResponseReturnValue:
    """A limit, or a new one."""
    asked = asked_for()
    found = _limit_asked(asked)
    proposed: dict[str, str | None] = {"valid_from": _from_day(asked), "used": "Y"}
    if found:
        named = {name: getattr(found, name) for name in ("standard", "applies_to", "parameter", "condition")}
        proposed |= named | limit_values(found)
    else:
        proposed["standard"] = request.args.get("standard")
    return _limit_page(asked, forms.fresh(proposed), found)


@blueprint.post("/policies/limit")
@for_inspectors
def set_limit() -> ResponseReturnValue:
    """Set it from a day on."""
    asked = asked_for()
    found = _limit_asked(asked)
    names = ("standard", "applies_to", "parameter", "condition")
    fixed = {name: getattr(found, name) for name in names if getattr(found, name)} if found else {}
    form, done = _attempt(s.SetLimitSchema(), rule_setting.set_limit, fixed)
    if done:
        return redirect(asked.address("regulator.standard", standard=found.standard if found else form["standard"]))
    return _limit_page(asked, form, found)


def _limit_asked(asked: Asked) -> Limit | None:
    key = request.args.get("key", "")
    if not key:
        return None
    found = do(lambda ctx: {limit_key(one): one for one in store.tables(ctx.connection).limits(asked.on)}.get(key))
    return found or abort(404)


def _limit_page(asked: Asked, form: Form, found: Limit | None) -> ResponseReturnValue:
    key = limit_key(found) if found else ""
    known = dict.fromkeys(one.parameter for one in reference.limits())
    return _shared_page(
        "regulator/limit.html",
        asked,
        form,
        (TableName.LIMITS, key),
        title=rule_words.key_text(TableName.LIMITS, key, {}) if found else _("新限值"),
        shown=found,
        key=key,
        known=[(name, rule_words.parameters().get(name, name)) for name in known],
        signs=_signs(found.op if found else ""),
    )


@blueprint.get("/policies/standard")
@for_inspectors
def standard() -> ResponseReturnValue:
    """The limits of a standard, and the form in which a person confirms that they read as printed."""
    asked = asked_for()
    return _standard_page(asked, forms.fresh({"checked_on": asked.today.isoformat()}))


@blueprint.post("/policies/standard")
@for_inspectors
def check_limits() -> ResponseReturnValue:
    """确认限值: the word of whoever is signed in."""
    asked, name = asked_for(), request.args.get("standard", "")
    ticked = request.form.getlist("every") if "all" in request.form else request.form.getlist("limits")
    form, done = _attempt(s.CheckLimitsSchema(), rule_setting.check_limits, {"standard": name, "limits": ticked})
    if done:
        return redirect(asked.address("regulator.standard", standard=name))
    if not ticked:
        form.errors["limits"] = _("请先勾选已对照标准原文核对过的限值。")
    return _standard_page(asked, form)


def _standard_page(asked: Asked, form: Form) -> ResponseReturnValue:
    name = request.args.get("standard", "")
    found = do(lambda ctx: [one for one in store.tables(ctx.connection).limits(asked.on) if one.standard == name])
    if not found:
        abort(404)
    return _shared_page(
        "regulator/standard.html",
        asked,
        form,
        (TableName.CHECKS, name),
        title=rule_words.standards().get(name, name),
        standard=name,
        rows=[(one, limit_key(one), limit_line(one)) for one in found],
        unchecked=sum(1 for one in found if not one.checked_by),
    )


# Targets


@blueprint.get("/policies/target")
@for_inspectors
def target() -> ResponseReturnValue:
    """A target, or a new one."""
    asked = asked_for()
    found = _target_asked(asked)
    proposed: dict[str, str | None] = {"valid_from": _from_day(asked), "division": asked.division, "used": "Y"}
    if found:
        named = {
            "division": found.division,
            "city_class": found.city_class,
            "rate": found.rate,
            "year": str(found.year),
        }
        proposed |= named | target_values(found) | {"source": found.source}
    else:
        proposed |= {"op": ">=", "rate": RATES[0], "year": str(asked.on.year), "binding": "N"}
    return _target_page(asked, forms.fresh(proposed), found)


@blueprint.post("/policies/target")
@for_inspectors
def set_target() -> ResponseReturnValue:
    """Set it from a day on."""
    asked = asked_for()
    found = _target_asked(asked)
    fixed: dict[str, Any] = {}
    if found:
        fixed = {"division": found.division, "rate": found.rate, "year": found.year}
        fixed |= {"city_class": found.city_class} if found.city_class else {}
    form, done = _attempt(s.SetTargetSchema(), rule_setting.set_target, fixed)
    if done:
        return redirect(asked.address("regulator.targets"))
    return _target_page(asked, form, found)


def _target_asked(asked: Asked) -> Target | None:
    key = request.args.get("key", "")
    if not key:
        return None
    found = do(lambda ctx: {target_key(one): one for one in store.tables(ctx.connection).targets(asked.on)}.get(key))
    if found is None or not found.division.startswith(acting().actor.division):
        abort(404)
    return found


def _target_page(asked: Asked, form: Form, found: Target | None) -> ResponseReturnValue:
    key = target_key(found) if found else ""
    return _shared_page(
        "regulator/target.html",
        asked,
        form,
        (TableName.TARGETS, key),
        title=rule_words.key_text(TableName.TARGETS, key, {}) if found else _("新目标"),
        shown=found,
        key=key,
        classes=[("", _("不分类别")), *register_words.city_classes().items()],
        rates=[(rate.key, rate.name) for rate in words.rates() if rate.key in RATES],
        signs=_signs(""),
    )


# What they share


def _attempt(schema: Schema, work: Work, fixed: dict[str, Any]) -> tuple[Form, bool]:
    """Load what was sent and set it: the form, and whether that was done."""
    form = forms.posted()
    form.labels.update(rule_words.labels())
    said = form.load(schema, fixed)
    if said is None:
        return form, False
    outcome = form.guard(lambda: do(lambda ctx: work(ctx, said)))
    if outcome is None:
        return form, False
    if outcome is Outcome.UNCHANGED:
        flash(_("已经是这样，没有写入任何内容。"), "info")
    elif hasattr(said, "valid_from"):
        flash(
            _("已记入，自 %(day)s 起有效。之前记录的处置不重新判定。", day=forms.reading().day(said.valid_from)),
            "good",
        )
    else:
        flash(_("已以您的名义记入核对结果。"), "good")
    return form, True


def _shared_page(template: str, asked: Asked, form: Form, place: tuple[str, str], **more: Any) -> ResponseReturnValue:
    """A page with a form, whether this authority may send it, and the history of its row."""

    def read(ctx: Context) -> tuple[bool, dict[str, str], list[RuleChange], date | None]:
        changes = _changes(ctx, asked, *place) if place[1] else []
        first_open = rule_setting.first_open_day(ctx, asked.division if place[0] == TableName.TARGETS else "")
        return rule_setting.may_set_tables(ctx), store.highest_authorities(ctx.connection), changes, first_open

    may_set, highest, changes, first_open = do(read)
    page = render_template(
        template,
        asked=asked,
        form=form,
        may_set=may_set,
        highest=list(highest.values()),
        changes=changes,
        first_open=first_open,
        **more,
        **_words(),
    )
    return page, form.status


def _changes(ctx: Context, asked: Asked, table: str, key: str) -> list[RuleChange]:
    """The history of a row; of policy, that of every division about one rule."""
    found = rule_changes.changes(ctx, asked.division)
    return [
        one for one in found if one.table == table and (one.key == key or (table == POLICY and one.key.endswith(key)))
    ]


def _known(known: Any, code: str, read: Callable[[Context], Any]) -> Any:
    return do(read)[code] if code in known else abort(404)


def _from_day(asked: Asked) -> str:
    return asked.today.isoformat()


def _signs(op: str) -> list[tuple[str, str]]:
    """What a limit may be compared by; one that exists keeps its direction."""
    same = [one for one in COMPARE if not op or one[0] == op[0]]
    return [(one, rule_words.SIGNS.get(one, one)) for one in same]


def _words() -> dict[str, Any]:
    return {**common_words(), **change_words()}
