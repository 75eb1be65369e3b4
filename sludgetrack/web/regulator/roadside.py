"""路查: a plate, and one answer in one screen."""

from __future__ import annotations

import re
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain import numbers
from sludgetrack.domain.errors import NotANumber
from sludgetrack.domain.manifest import Status
from sludgetrack.services.reading import roadside as reading
from sludgetrack.services.reading.roadside import Check, Checked, Load, Roadside, Verdict
from sludgetrack.web.acting import do
from sludgetrack.web.forms import reading as page_reading
from sludgetrack.web.regulator.desk import blueprint, for_inspectors
from sludgetrack.web.runtime import runtime
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import route_word

_PLATE: Final = re.compile(r"[\u4e00-\u9fff][A-Z][A-Z0-9]{4,6}[\u4e00-\u9fff]?")
"""A whole number plate: a place, five characters, six for new energy, or four and the word for a trailer."""


@blueprint.get("/roadside", endpoint="roadside")
@for_inspectors
def page() -> ResponseReturnValue:
    """The box, and the answer to what was typed; a whole number goes to its manifest."""
    text = request.args.get("plate", "").strip()
    number = _number(text)
    if number:
        return redirect(url_for("manifests.page", number=number))
    seen = do(lambda ctx: reading.look(ctx, text)) if text else None
    return render_template(
        "regulator/roadside.html",
        text=text,
        seen=seen,
        answer=_answer(seen) if seen else None,
        wrong=[_told(one) for one in seen.checks if not one.fits] if seen else [],
        right=[_told(one) for one in seen.checks if one.fits] if seen else [],
        place=_place(seen.load) if seen and seen.load else "",
        as_of=runtime().now(),
    )


def _number(text: str) -> str | None:
    try:
        return str(numbers.parse(text)) if text else None
    except NotANumber:
        return None


def _place(load: Load) -> str:
    """Where a truck with this load ought to be."""
    return {
        Status.ISSUED: _("去 %(plant)s 装运的路上，空车", plant=load.giver),
        Status.IN_TRANSIT: _("去 %(site)s 的路上", site=load.destination),
        Status.ARRIVED: _("%(site)s 门口", site=load.destination),
        Status.HOLDING: _("退回 %(plant)s 的路上", plant=load.giver),
    }.get(load.status, "")


def _answer(seen: Roadside) -> dict[str, str]:
    """The verdict; half a plate is no truck without a manifest."""
    if seen.verdict is not Verdict.NOTHING or seen.vehicle or seen.last or _PLATE.fullmatch(seen.plate):
        return _answers()[seen.verdict]
    text = _("请输全车牌，例如 豫G12345；也可以输入 20 位联单编号。")
    return {"tone": "warning", "icon": "warning", "title": _("车牌不完整"), "text": text}


def _answers() -> dict[Verdict, dict[str, str]]:
    return {
        Verdict.FITS: {"tone": "good", "icon": "done", "title": _("相符"), "text": _("有在途联单，逐项核对没有问题。")},
        Verdict.DOUBTFUL: {
            "tone": "warning",
            "icon": "warning",
            "title": _("有疑点"),
            "text": _("有在途联单，但有下面的疑点，请当面核对。"),
        },
        Verdict.UNFIT: {
            "tone": "danger",
            "icon": "danger",
            "title": _("不相符"),
            "text": _("有在途联单，但与登记或规定不符。"),
        },
        Verdict.NOT_LOADED: {
            "tone": "danger",
            "icon": "danger",
            "title": _("没有装运记录"),
            "text": _("联单已开具，但没有装运。车上应当是空的；有泥就不相符。"),
        },
        Verdict.ELSEWHERE: {
            "tone": "warning",
            "icon": "warning",
            "title": _("有联单，不涉及本辖区"),
            "text": _("该车有一张在途联单，起运和接收都不在本辖区。请看驾驶员的交接单，或扫单上的二维码。"),
        },
        Verdict.NOTHING: {
            "tone": "danger",
            "icon": "refused",
            "title": _("没有联单"),
            "text": _("系统里没有该车的在途联单。车上如有污泥，就是无联单运输。"),
        },
    }


def _told(one: Checked) -> dict[str, Any]:
    right, wrong = _check_words(_fact(one))[one.check]
    tones = {True: ("good", "check"), None: ("warning", "warning"), False: ("danger", "danger")}
    tone, icon = tones[one.fits]
    return {"text": right if one.fits else wrong, "tone": tone, "icon": icon}


def _fact(one: Checked) -> str:
    if one.fact is None:
        return ""
    if isinstance(one.fact, str):
        return route_word(one.fact) if one.check is Check.ROUTE else one.fact
    told = page_reading()
    return told.moment(one.fact) if one.check is Check.ON_TIME else told.day(one.fact)  # type: ignore[arg-type]  # by check


def _check_words(fact: str) -> dict[Check, tuple[str, str]]:
    """What each check says where it fits and where it does not."""
    return {
        Check.ONE_TRIP: (_("只有这一张在途联单"), _("同一辆车同时有几张在途联单")),
        Check.REGISTERED: (_("车辆已登记"), _("车辆没有登记，核定载质量和运输证无从核对")),
        Check.IN_SERVICE: (_("车辆在用"), _("车辆已登记退出，不应再上路")),
        Check.HAULER: (_("车属于承运单位"), _("车登记在 %(owner)s 名下，不是联单上的运输单位", owner=fact)),
        Check.VEHICLE_PERMIT: (_("道路运输证有效至 %(day)s", day=fact), _("道路运输证已于 %(day)s 到期", day=fact)),
        Check.ON_TIME: (_("应在 %(at)s 前到厂", at=fact), _("本应在 %(at)s 前到厂，已超时", at=fact)),
        Check.LOAD: (_("没有超载"), _("装载超过核定载质量")),
        Check.CONFIRMED: (_("每次交接都由双方确认"), _("有交接没有对方确认")),
        Check.UNDISPUTED: (_("记录没有矛盾"), _("联单有互相矛盾的记录，等裁定")),
        Check.SITE_PERMIT: (
            _("接收单位的许可有效至 %(day)s", day=fact),
            _("接收单位的许可已于 %(day)s 到期", day=fact),
        ),
        Check.ROUTE: (
            _("处置途径在许可内：%(route)s", route=fact),
            _("处置途径不在接收单位的许可内：%(route)s", route=fact),
        ),
        Check.BAN: (_("政策没有禁止这种去向"), _("政策禁止这种去向：%(source)s", source=fact)),
    }
