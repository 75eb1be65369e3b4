"""今日: the first page of the day, and what wants attention on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.clocks import Stage
from sludgetrack.domain.identity import Role
from sludgetrack.services.context import Context
from sludgetrack.services.reading.manifests import ManifestRow
from sludgetrack.services.reading.plant import PlantDay, StockLine, givers_of, plant_day
from sludgetrack.store.directory import Facility
from sludgetrack.web.acting import do
from sludgetrack.web.format import mass, number_text, plate
from sludgetrack.web.forms import reading
from sludgetrack.web.plant.desk import blueprint, here, tabs
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.stock_words import kind_words
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import route_word


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that wants a look: a title, what to do about it, and the page to do it on."""

    tone: str
    title: str
    text: str
    href: str


@blueprint.get("/")
@signed_in_only(Role.CLERK)
def today() -> ResponseReturnValue:
    """今日."""

    def work(ctx: Context) -> tuple[tuple[Facility, ...], Facility | None, PlantDay | None]:
        own = givers_of(ctx)
        at = here(own)
        return own, at, plant_day(ctx, at) if at else None

    own, at, day = do(work)
    if day is None:
        return render_template("plant/no_facility.html")
    return render_template(
        "plant/today.html",
        day=day,
        at=at,
        tabs=tabs(own, at, "plant.today"),
        alerts=list(alerts(day)),
        kinds=kind_words(),
        now=runtime().now(),
    )


def alerts(day: PlantDay) -> Iterator[Alert]:
    """What wants attention, the worst first."""
    for row in day.disputed:
        what = _("%(name)s 有互相矛盾的记录", name=_name(row))
        yield _alert(row, "danger", what, _("等各方商定或主管部门裁定，先核对纸质单据。"))
    for row in day.overdue:
        yield _alert(row, "warning", _late(row), _after_late(row))
    overdrawn = [line for line in day.stock.lines if line.overdrawn]
    if overdrawn:
        yield _overdraft(overdrawn)
    for row, ban in day.banned:
        title = _("%(name)s 的处置途径已被禁止：%(route)s", name=_name(row), route=route_word(row.route))
        yield _alert(row, "warning", title, _("依据：%(source)s。请改运或作废。", source=ban.source))


def _alert(row: ManifestRow, tone: str, title: str, text: str) -> Alert:
    return Alert(tone, title, text, url_for("manifests.page", number=row.number))


def _name(row: ManifestRow) -> str:
    return plate(row.plate) if row.plate else number_text(row.number)


def _late(row: ManifestRow) -> str:
    by = reading().duration(reading().now - row.deadline.due_at) if row.deadline else ""
    stage = row.deadline.stage if row.deadline else None
    words = {
        Stage.LOADING: _("%(name)s 开具后超过 %(by)s 还没装运", name=_name(row), by=by),
        Stage.ARRIVAL: _("%(name)s 超时 %(by)s，还没到%(to)s", name=_name(row), by=by, to=row.destination_name),
        Stage.DECISION: _("%(name)s 到厂后超时 %(by)s 还没有接收结论", name=_name(row), by=by),
        Stage.DISPOSAL: _("%(name)s 接收后超过贮存期 %(by)s 未处置", name=_name(row), by=by),
    }
    return words[stage] if stage else ""


def _after_late(row: ManifestRow) -> str:
    stage = row.deadline.stage if row.deadline else None
    if stage is Stage.LOADING:
        return _("不再装运的请作废；还要装的请联系%(hauler)s派车。", hauler=row.hauler_name)
    if stage is Stage.ARRIVAL and row.driver_name:
        return _("请联系驾驶员 %(driver)s（%(hauler)s）。", driver=row.driver_name, hauler=row.hauler_name)
    return _("请联系%(site)s。", site=row.destination_name)


def _overdraft(lines: list[StockLine]) -> Alert:
    names = _("、").join(line.name for line in lines[:3])
    total = mass(sum(line.wet_kg for line in lines))
    if len(lines) == 1:
        title = _("批次 %(batch)s 运出的多于申报的：%(total)s", batch=names, total=total)
    else:
        title = _("%(n)s 个批次运出的多于申报的，合计 %(total)s", n=len(lines), total=total)
    text = _("这是按运出量记下的负库存。请补报产泥，或核对含水率。")
    return Alert("danger", title, text, url_for("plant.production"))
