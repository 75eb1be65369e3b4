"""What the site's pages share: the facility somebody works at, reasons to choose from, differences while typing."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, request, session, url_for

from sludgetrack.domain.tolerance import DRY_PERCENT, MOISTURE_BP, WEIGHT_FLOOR_KG, WEIGHT_PERMILLE
from sludgetrack.store.directory import Facility
from sludgetrack.web.texts import gettext as _

blueprint = Blueprint("site", __name__, url_prefix="/site")

AT = "at"
"""The field, and the session's key, for the facility somebody works at."""
OTHER = "other"
"""The chip that means: as typed beside it."""


def here(own: Sequence[Facility]) -> Facility | None:
    """The facility somebody works at: asked for, else remembered, else the first; None where there is none."""
    by_code = {facility.code: facility for facility in own}
    asked = request.values.get(AT, "")
    if asked in by_code:
        session[AT] = asked
    return by_code.get(session.get(AT, "")) or next(iter(own), None)


def tabs(own: Sequence[Facility], at: Facility | None, endpoint: str) -> list[dict[str, object]]:
    """Links to the same page for each of several facilities; none where there is one."""
    if len(own) < 2:
        return []
    return [
        {"href": url_for(endpoint, at=facility.code), "label": facility.name, "current": facility is at}
        for facility in own
    ]


def refusal_reasons() -> list[tuple[str, str]]:
    """Why a load is refused, wholly or in part: the text that is recorded, and its words."""
    return [
        ("含水率过高", _("含水率过高")),
        ("铅封破损", _("铅封破损")),
        ("混有杂物", _("混有杂物")),
        ("料仓已满", _("料仓已满")),
        ("与联单不符", _("与联单不符")),
        (OTHER, _("其他")),
    ]


def silence_reasons() -> list[tuple[str, str]]:
    """Why a driver could not confirm."""
    return [
        ("手机没电", _("手机没电")),
        ("没有信号", _("没有信号")),
        ("没有手机", _("没有手机")),
        ("驾驶员已离开", _("驾驶员已离开")),
        (OTHER, _("其他")),
    ]


def away_reasons() -> list[tuple[str, str]]:
    """What a truck without a manifest said for itself."""
    return [
        ("没有联单", _("没有联单")),
        ("联单已作废", _("联单已作废")),
        ("车牌与联单不符", _("车牌与联单不符")),
        ("拒绝出示", _("拒绝出示")),
        (OTHER, _("其他")),
    ]


def chosen(values: dict[str, str], name: str) -> str:
    """What a group of chips means: the chip, or what was typed for another."""
    return values.get(f"{name}_other", "") if values.get(name) in (OTHER, None, "") else values[name]


def split_choice(text: str | None, known: Sequence[tuple[str, str]], name: str) -> dict[str, str | None]:
    """A text that was recorded, as chips and field hold it."""
    if not text or text in {value for value, _word in known}:
        return {name: text}
    return {name: OTHER, f"{name}_other": text}


def difference_words() -> dict[str, str]:
    """The sentences the browser fills while weights are typed, and the limits it holds them to."""
    return {
        "data-same": _("与出厂一致"),
        "data-usual": _("%(difference)s，正常", difference="{difference}"),
        "data-beyond": _("%(difference)s，超出容差", difference="{difference}"),
        "data-more": _("多 %(mass)s，%(share)s", mass="{amount}", share="{share}"),
        "data-less": _("少 %(mass)s，%(share)s", mass="{amount}", share="{share}"),
        "data-wetter": _("含水率高 %(points)s 个百分点", points="{amount}"),
        "data-drier": _("含水率低 %(points)s 个百分点", points="{amount}"),
        "data-dry-more": _("干固体多 %(share)s", share="{share}"),
        "data-dry-less": _("干固体少 %(share)s", share="{share}"),
        "data-floor-kg": str(WEIGHT_FLOOR_KG),
        "data-permille": str(WEIGHT_PERMILLE),
        "data-moisture-bp": str(MOISTURE_BP),
        "data-dry-percent": str(DRY_PERCENT),
    }
