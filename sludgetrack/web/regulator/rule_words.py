"""Rules in the reader's words: rules and clocks, their values, tables, and the rows and fields of a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sludgetrack import reference
from sludgetrack.domain.dated import TableName
from sludgetrack.domain.limits import SEPARATOR, Limit, reading_of
from sludgetrack.domain.policy import Rule, Standing
from sludgetrack.domain.routes import Harmless
from sludgetrack.services.reading.admin import Difference
from sludgetrack.services.reading.rule_changes import POLICY
from sludgetrack.web import register_words
from sludgetrack.web.format import DASH, percent
from sludgetrack.web.lab_words import SIGNS, conditions, parameters, standards
from sludgetrack.web.regulator import words
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import is_english, route_word

__all__ = ["SIGNS", "conditions", "parameters", "standards"]
"""Words shared with lab reports that rules are told in, too."""


def rules() -> Mapping[str, str]:
    """What can be said of a route."""
    return {
        Rule.BAN: _("禁止"),
        Rule.MOISTURE_MAX_PCT: _("含水率上限"),
        Rule.NEEDS_LAB: _("检测报告"),
        Rule.NEEDS_STABILISATION: _("稳定化"),
    }


def choices(rule: str) -> list[tuple[str, str]]:
    """What a rule that is a yes or a no can be."""
    return [("Y", value_text(rule, "Y")), ("N", value_text(rule, "N"))]


def clocks() -> Mapping[str, str]:
    """How long each stage may take."""
    return {
        "issue_to_load_h": _("开具到装运"),
        "transit_factor": _("在途：预计时长的倍数"),
        "transit_slack_h": _("在途：另加"),
        "arrival_to_decision_h": _("到厂到结论"),
        "storage_days": _("接收到处置（设施未另定时）"),
        "offline_sync_h": _("离线补传"),
        "paper_working_days": _("纸质补录"),
    }


def unit(name: str) -> str:
    """What a clock or rule is counted in."""
    if name.endswith("_h"):
        return _("小时")
    return {
        "storage_days": _("天"),
        "paper_working_days": _("工作日"),
        "transit_factor": _("倍"),
        Rule.MOISTURE_MAX_PCT: "%",
    }.get(name, "")


def name_of(rule: str) -> str:
    """A rule's or a clock's name."""
    return {**rules(), **clocks()}.get(rule, rule)


def value_text(rule: str, value: str | None, op: str = "<=") -> str:
    """What a rule's value says. ``op`` is how a route compares moisture."""
    if not value:
        return DASH
    yes = value == "Y"
    texts = {
        Rule.BAN: _("禁止") if yes else _("不禁止"),
        Rule.MOISTURE_MAX_PCT: f"{SIGNS.get(op, op)} {value} %",
        Rule.NEEDS_LAB: _("须合格") if yes else _("不要求"),
        Rule.NEEDS_STABILISATION: _("须稳定化") if yes else _("不要求"),
    }
    return texts[Rule(rule)] if rule in texts else f"{value} {unit(rule)}"


def standings() -> Mapping[str, tuple[str, str, str]]:
    """How a row stands: word, tone and sign."""
    return {
        Standing.IN_FORCE: (_("有效"), "good", "check"),
        Standing.UPCOMING: (_("将生效"), "warning", "clock"),
        Standing.REPLACED: (_("已被替代"), "faint", ""),
    }


def harmless() -> Mapping[str, tuple[str, str]]:
    """Whether a route is harmless, with its tone."""
    return {
        Harmless.YES: (_("是"), "good"),
        Harmless.CONDITIONAL: (_("满足条件时"), "plain"),
        Harmless.MANUAL: (_("由主管部门认定"), "plain"),
        Harmless.NO: (_("否"), "danger"),
    }


def division_word(division: str) -> str:
    """A division by its code; no code is the whole country."""
    return division or _("全国")


def tables() -> Mapping[str, str]:
    """The tables of rules."""
    return {
        POLICY: _("地方政策"),
        TableName.ROUTES: _("处置途径"),
        TableName.TREATMENTS: _("处理工艺"),
        TableName.LIMITS: _("限值"),
        TableName.CHECKS: _("限值核对"),
        TableName.TARGETS: _("目标"),
    }


def treatment_word(code: str, names: Mapping[str, str]) -> str:
    """A process by its name and code."""
    return f"{names[code]} {code}" if code in names else code


def limit_text(limit: Limit) -> str:
    """A limit as it reads, with signs."""
    return signed(reading_of(limit))


def signed(reading: str) -> str:
    """A reading with the signs people write."""
    op, space, rest = reading.partition(" ")
    return f"{SIGNS.get(op, op)}{space}{rest}"


def classes() -> Mapping[str, str]:
    """The classes of GB/T 23484."""
    return {
        "土地利用": _("土地利用"),
        "填埋": _("填埋"),
        "建筑材料利用": _("建筑材料利用"),
        "焚烧": _("焚烧"),
    }


def fields() -> Mapping[str, str]:
    """The values that can be set."""
    return {
        **rules(),
        "value": _("数值"),
        "harmless": _("无害化"),
        "resource_narrow": _("计入资源化利用率"),
        "resource_broad": _("计入资源化利用率（宽）"),
        "landfill": _("计入填埋率"),
        "moisture_op": _("比较方式"),
        "standard": _("标准"),
        "stabilises": _("使污泥稳定化"),
        "kept_min_pct": _("干固体保留率下限"),
        "kept_max_pct": _("干固体保留率上限"),
        "op": _("比较方式"),
        "unit": _("计量单位"),
        "used": _("采用"),
        "value_pct": _("目标值"),
        "binding": _("约束性"),
    }


def labels() -> dict[str, str]:
    """The fields of the forms."""
    return {
        **fields(),
        "division": _("行政区划"),
        "valid_from": _("自哪天起"),
        "source": _("依据"),
        "checked_on": _("核对日期"),
        "limits": _("限值"),
        "applies_to": _("适用途径"),
        "parameter": _("项目"),
        "condition": _("条件"),
        "city_class": _("城市类别"),
        "rate": _("率"),
        "year": _("年份"),
    }


def key_text(table: str, key: str, processes: Mapping[str, str]) -> str:
    """Which row of a table a change is about."""
    parts = key.split(SEPARATOR)
    if table == POLICY:
        division, route, rule = parts
        about = f"{route_word(route)} · {name_of(rule)}" if route else name_of(rule)
        return f"{division_word(division)} · {about}"
    if table == TableName.TARGETS:
        division, city_class, rate, year = parts
        classes, named = register_words.city_classes(), {one.key: one.name for one in words.rates()}
        place = f"{division_word(division)} {classes[city_class]}" if city_class in classes else division_word(division)
        return f"{place} · {named.get(rate, rate)} · {year}"
    if table == TableName.LIMITS:
        standard, applies_to, parameter, _direction, condition = parts
        told = (
            standards().get(standard, standard),
            applies_to,
            parameters().get(parameter, parameter),
            conditions().get(condition, condition),
        )
        return " · ".join(text for text in told if text)
    if table == TableName.CHECKS:
        return standards().get(key, key)
    return route_word(key) if table == TableName.ROUTES else treatment_word(key, processes)


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a change as people read it; ``old`` is None where nothing was said before."""

    label: str
    old: str | None
    new: str


def told(table: str, key: str, differences: Sequence[Difference]) -> list[Told]:
    """What a change says. An operator and its figure are one line; that something is used needs none."""
    if table == POLICY:
        return [Told("", _policy_text(key, one.old), _policy_text(key, one.new) or DASH) for one in differences]
    by_field = {one.field: one for one in differences}
    figure = by_field.get("value") or by_field.get("value_pct")
    if "op" in by_field and figure:
        by_field[figure.field] = _with_sign(by_field.pop("op"), figure)
    if "used" in by_field and by_field["used"].new == "Y":
        del by_field["used"]
    return [_told(table, one) for one in by_field.values()]


def _with_sign(op: Difference, figure: Difference) -> Difference:
    old = None if figure.old is None or op.old is None else f"{op.old} {figure.old}"
    return Difference(figure.field, old, f"{op.new} {figure.new}")


def _told(table: str, one: Difference) -> Told:
    label = field_text(table, one.field)
    return Told(label, None if one.old is None else _text(table, one.field, one.old), _text(table, one.field, one.new))


def _policy_text(key: str, value: str | None) -> str | None:
    _division, code, rule = key.split(SEPARATOR)
    return value_text(rule, value, reference.routes()[code].moisture_op if code else "") if value else None


def _text(table: str, field: str, value: str) -> str:
    if table == TableName.CHECKS:
        return signed(value)
    if field == "harmless":
        return harmless()[Harmless(value)][0]
    if field in ("value", "value_pct"):
        return f"{signed(value)} %" if field == "value_pct" else signed(value)
    if field == "op" or field.endswith("_op"):
        return SIGNS.get(value, value)
    return _plain_text(field, value)


def _plain_text(field: str, value: str) -> str:
    if field.endswith("_pct") and value:
        return percent(value)
    return {"Y": _("是"), "N": _("否"), "": DASH}.get(value, value)


def field_text(table: str, field: str) -> str:
    """The name of what changed; of a check, the limit that was compared."""
    if table != TableName.CHECKS:
        return fields().get(field, field)
    applies_to, parameter, _direction, condition = field.split(SEPARATOR)
    parts = (parameters().get(parameter, parameter), conditions().get(condition, condition), applies_to)
    return " · ".join(text for text in parts if text)


def process_names(treatments: Mapping[str, object]) -> dict[str, str]:
    """Treatment processes by code, in the reader's language."""
    return {code: str(getattr(one, "en" if is_english() else "zh")) for code, one in treatments.items()}
