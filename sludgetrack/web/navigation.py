"""What stands around every page: who is signed in, and the pages their roles have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext

from sludgetrack.access.actors import SignedIn
from sludgetrack.domain.identity import Role
from sludgetrack.web import words
from sludgetrack.web.register_words import listed
from sludgetrack.web.signing_in import current


@dataclass(frozen=True, slots=True)
class Item:
    """A page in the navigation, for whoever has one of the roles."""

    endpoint: str
    label: Any
    icon: str
    roles: frozenset[Role]
    also: tuple[str, ...] = ()
    """Paths of pages that belong to it without lying under its own."""


def _for(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


ITEMS: tuple[Item, ...] = (
    Item("plant.today", lazy_gettext("今日"), "today", _for(Role.CLERK)),
    Item("plant.issue", lazy_gettext("开具联单"), "plus", _for(Role.CLERK)),
    Item("plant.production", lazy_gettext("产泥申报"), "layers", _for(Role.CLERK)),
    Item("dispatch.board", lazy_gettext("派车"), "truck", _for(Role.DISPATCHER)),
    Item("site.arrivals", lazy_gettext("待进厂"), "scale", _for(Role.OPERATOR)),
    Item(
        "site.lots",
        lazy_gettext("库存与处理"),
        "layers",
        _for(Role.OPERATOR, Role.CLERK),
        ("/site/dispose", "/site/disposals", "/site/treat", "/site/runs", "/site/count", "/site/byproduct"),
    ),
    Item("driver.loads", lazy_gettext("我的车"), "truck", _for(Role.DRIVER)),
    Item("regulator.overview", lazy_gettext("总览"), "today", _for(Role.INSPECTOR)),
    Item("regulator.trace", lazy_gettext("追溯"), "search", _for(Role.INSPECTOR)),
    Item("regulator.pictures", lazy_gettext("图景"), "split", _for(Role.INSPECTOR)),
    Item("own_pictures.page", lazy_gettext("图景"), "split", _for(Role.CLERK, Role.OPERATOR)),
    Item("regulator.rates", lazy_gettext("核算"), "chart", _for(Role.INSPECTOR)),
    Item("regulator.roadside", lazy_gettext("路查"), "truck", _for(Role.INSPECTOR)),
    Item(
        "manifests.index",
        lazy_gettext("联单"),
        "sheet",
        _for(Role.CLERK, Role.OPERATOR, Role.DISPATCHER, Role.INSPECTOR),
        ("/regulator/manifests",),
    ),
    Item(
        "ledgers.index",
        lazy_gettext("台账"),
        "book",
        _for(Role.CLERK, Role.OPERATOR, Role.DISPATCHER, Role.INSPECTOR),
    ),
    Item("labs.index", lazy_gettext("泥质检测"), "flask", _for(Role.CLERK, Role.OPERATOR, Role.INSPECTOR)),
    Item(
        "correcting.index",
        lazy_gettext("更正"),
        "edit",
        _for(Role.CLERK, Role.OPERATOR, Role.DISPATCHER, Role.INSPECTOR),
    ),
    Item("paper.index", lazy_gettext("纸质补录"), "print", _for(Role.CLERK, Role.OPERATOR)),
    Item("regulator.policies", lazy_gettext("政策"), "flag", _for(Role.INSPECTOR)),
    Item("regulator.periods", lazy_gettext("期间锁定"), "lock", _for(Role.INSPECTOR)),
    Item("regulator.record", lazy_gettext("记录与核对"), "shield", _for(Role.INSPECTOR)),
    Item("admin.people", lazy_gettext("人员"), "person", _for(Role.ADMINISTRATOR)),
    Item("admin.vehicles", lazy_gettext("车辆"), "truck", _for(Role.ADMINISTRATOR)),
    Item("admin.facilities", lazy_gettext("设施与许可"), "plant", _for(Role.ADMINISTRATOR)),
    Item("admin.organisations", lazy_gettext("单位名录"), "people", _for(Role.ADMINISTRATOR)),
    Item("admin.history", lazy_gettext("变更记录"), "clock", _for(Role.ADMINISTRATOR)),
    Item("account.page", lazy_gettext("账号"), "settings", frozenset(Role)),
)


def init(app: Flask) -> None:
    """Give every template who is signed in, the navigation, and the words for codes."""
    app.context_processor(_around)


def _around() -> dict[str, object]:
    who = current() if request.endpoint != "static" else None
    named: dict[str, Callable[..., object]] = {
        "event_word": words.event_word,
        "route_word": words.route_word,
        "field_word": words.field_word,
        "role_word": words.role_word,
        "source_word": words.source_word,
    }
    return {"who": _card(who) if who else None, "nav": _nav(who) if who else [], **named}


def _card(who: SignedIn) -> dict[str, str]:
    roles = listed(words.role_word(role) for role in Role if who.actor.has(role))
    return {
        "person": who.name,
        "organisation": who.organisation_name,
        "role": roles,
        "account": url_for("account.page"),
        "sign_out": url_for("signing_in.sign_out"),
    }


def _nav(who: SignedIn) -> list[dict[str, object]]:
    known = [i for i in ITEMS if who.actor.roles & i.roles and i.endpoint in current_app.view_functions]
    addresses = [url_for(item.endpoint) for item in known]
    under = {path: address for item, address in zip(known, addresses, strict=True) for path in (address, *item.also)}
    current_one = under.get(_nearest(request.path, under))
    return [
        {"href": address, "label": item.label, "icon": item.icon, "current": address == current_one}
        for item, address in zip(known, addresses, strict=True)
    ]


def _nearest(path: str, known: Iterable[str]) -> str:
    """The longest of the known paths that a path is or lies under; empty where there is none."""
    above = [one for one in known if path == one or path.startswith(one.rstrip("/") + "/")]
    return max(above, key=len, default="")
