"""Codes in the reader's words: states, events, roles, routes, actions. One place, so that a code never shows."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import get_locale
from flask_babel import gettext as _

from sludgetrack import reference
from sludgetrack.domain.events import KINDS, EventType
from sludgetrack.domain.fields import BY_NAME
from sludgetrack.domain.identity import Role


def is_english() -> bool:
    """Whether the page is in English."""
    locale = get_locale()
    return bool(locale is not None and locale.language == "en")


def event_word(event: str) -> str:
    """An event's name."""
    kind = KINDS[EventType(event)]
    return kind.en if is_english() else kind.zh


def route_word(code: str | None) -> str:
    """A route's name with its code: 单独焚烧 I1."""
    if code is None:
        return "—"
    route = reference.routes().get(code)
    return code if route is None else f"{route.en if is_english() else route.zh} {code}"


def source_word(text: str) -> str:
    """A rule's source; those of the shipped national targets in the reader's language, others as they were entered."""
    shipped: dict[str, str] = {
        "national plan (city)": _("国家规划（城市）"),
        "national plan (prefecture-level and above)": _("国家规划（地级及以上城市）"),
    }
    return shipped.get(text, text)


def field_word(name: str) -> str:
    """A claim field's name."""
    rule = BY_NAME.get(name)
    return name if rule is None else (rule.en if is_english() else rule.zh)


def role_word(role: Role) -> str:
    """A role's name."""
    names: dict[Role, str] = {
        Role.CLERK: _("经办人"),
        Role.OPERATOR: _("过磅处置员"),
        Role.DISPATCHER: _("调度员"),
        Role.DRIVER: _("驾驶员"),
        Role.INSPECTOR: _("监管人员"),
        Role.ADMINISTRATOR: _("管理员"),
    }
    return names[role]


def state_words() -> Mapping[str, str]:
    """The states of a manifest."""
    return {
        "new": _("未开具"),
        "issued": _("已开具"),
        "in_transit": _("运输中"),
        "arrived": _("已到厂"),
        "holding": _("待处理余量"),
        "delivered": _("已接收"),
        "returned": _("已退运"),
        "lost": _("灭失"),
        "void": _("作废"),
        "disputed": _("有争议"),
        "closed": _("已办结"),
    }


def code_words() -> dict[str, str]:
    """Every code that can stand in a refusal, in the reader's words."""
    events = {str(event): event_word(event) for event in EventType}
    decisions = {"accepted": _("接收"), "partial": _("部分接收"), "refused": _("拒收")}
    return {**events, **state_words(), **decisions}
