"""图景: pictures of a division and a period, each with its table, and the same as a report to print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.times import legal_day
from sludgetrack.services.context import Context
from sludgetrack.services.period_report import Ordered, period_report
from sludgetrack.services.reading import pictures as reading
from sludgetrack.services.reading.pictures import SHOWN_RATES, Pictures, Scope
from sludgetrack.store import registry_reading as registry
from sludgetrack.store.rates import Period
from sludgetrack.web import charting, exports
from sludgetrack.web.acting import acting, do
from sludgetrack.web.charting import Chart
from sludgetrack.web.format import dry_mass, mass
from sludgetrack.web.regulator import words
from sludgetrack.web.regulator.desk import blueprint, for_inspectors
from sludgetrack.web.regulator.rates import Wanted, wanted_period
from sludgetrack.web.runtime import runtime
from sludgetrack.web.texts import gettext as _


@dataclass(frozen=True, slots=True)
class Asked:
    """The period and the division an address asks for."""

    wanted: Wanted
    division: str

    @property
    def period(self) -> Period:
        """Inclusive legal days."""
        return self.wanted.period

    def address(self, endpoint: str, **more: Any) -> str:
        """The address of a page about the same period and division."""
        own = self.division if self.division != acting().actor.division else None
        days = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        return url_for(endpoint, **{**days, "division": own, **more})


@blueprint.get("/pictures", endpoint="pictures")
@for_inspectors
def page() -> ResponseReturnValue:
    """The period in pictures."""
    asked = _asked()
    seen, divisions = do(lambda ctx: (_read(ctx, asked), _divisions(ctx)))
    charts = {chart.name: chart for chart in _charts(seen)}
    return render_template(
        "regulator/pictures.html",
        asked=asked,
        error=asked.wanted.error,
        authority=acting().organisation_name,
        as_of=runtime().now(),
        divisions=divisions,
        shortcuts=_shortcuts(asked),
        charts=charts,
        lines=[charts[rate] for rate in SHOWN_RATES],
        sums=sums_of(seen),
        stock_day=seen.stock.day,
        measures=_measures(seen),
        file=lambda chart, kind: asked.address("regulator.picture_file", name=chart.name, kind=kind),
        report=asked.address("regulator.report"),
        rates=asked.address("regulator.rates", division=None),
    )


@blueprint.get("/pictures/<name>.<kind>")
@for_inspectors
def picture_file(name: str, kind: str) -> ResponseReturnValue:
    """The figures of one picture as a file."""
    asked = _asked()
    if asked.wanted.error:
        abort(400)
    seen = do(lambda ctx: _read(ctx, asked))
    chart = next((chart for chart in _charts(seen) if chart.name == name), None)
    if chart is None:
        abort(404)
    title = f"{chart.title} {asked.division} {asked.period.first} {asked.period.last}"
    return exports.download(kind, title, chart.head, chart.rows)


@blueprint.get("/report.pdf", endpoint="report")
@for_inspectors
def report() -> ResponseReturnValue:
    """The period as a document to print and file."""
    asked = _asked()
    if asked.wanted.error:
        abort(400)
    address = runtime().settings.public_address
    made = do(lambda ctx: period_report(ctx.connection, Ordered(asked.period, asked.division, ctx.now, address)))
    answer = Response(made, mimetype="application/pdf")
    name = f"{_('污泥去向期间报告')} {asked.division} {asked.period.first} {asked.period.last}.pdf"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def sums_of(seen: Pictures) -> dict[str, Any]:
    """Both sides of the flow written out: what came in, and what became of it."""
    flow = seen.flow
    came = [("P", _("产生"), flow.produced), ("K0", _("期初存量"), flow.opening)]
    came += [("", _("账外多出"), flow.surplus)] if flow.surplus else []
    went = [(charting.end_word(end), units) for end, units in flow.by_end().items()]
    return {
        "came": [(symbol, label, dry_mass(units)) for symbol, label, units in came],
        "went": [(label, dry_mass(units)) for label, units in went],
        "total": dry_mass(flow.total),
        "exact": flow.produced + flow.opening + flow.surplus == flow.total,
    }


def _asked() -> Asked:
    own = acting().actor.division
    division = request.args.get("division", "") or own
    if not (division.isascii() and division.isdigit() and len(division) <= 6 and division.startswith(own)):
        abort(404)
    return Asked(wanted_period(), division)


def _read(ctx: Context, asked: Asked) -> Pictures:
    return reading.pictures(ctx.connection, asked.period, Scope(asked.division), ctx.now)


def _charts(seen: Pictures) -> Iterator[Chart]:
    yield charting.flow_chart(seen.flow, seen.names)
    named = {rate.key: rate.name for rate in words.rates()}
    for rate in SHOWN_RATES:
        yield charting.rate_chart(seen.months, seen.goals[rate], named[rate])
    yield charting.stock_chart(seen.stock)
    yield charting.stocks_chart(seen.stock)
    yield charting.capacity_chart(seen.loads)
    yield charting.four_chart(seen.measures, seen.goals)


def _divisions(ctx: Context) -> list[tuple[str, str]]:
    """The authority's own division, and every one below it that has a facility."""
    own = ctx.actor.division
    found = {row.division for row in registry.facilities_under(ctx.connection, own)}
    parts = {division[:digits] for division in found for digits in (2, 4, 6) if digits > len(own)}
    return [(own, _("%(division)s 全辖区", division=own)), *((part, part) for part in sorted(parts))]


def _shortcuts(asked: Asked) -> list[dict[str, Any]]:
    today = legal_day(runtime().now())
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    year = today.replace(month=1, day=1)
    periods: Mapping[str, Period] = {
        _("本月"): Period(month, today),
        _("上月"): Period(before.replace(day=1), before),
        _("今年"): Period(year, today),
        _("去年"): Period(date(year.year - 1, 1, 1), year - timedelta(days=1)),
    }
    return [
        {
            "label": label,
            "href": Asked(Wanted(period, asked.wanted.by), asked.division).address("regulator.pictures"),
            "current": period == asked.period,
        }
        for label, period in periods.items()
    ]


def _measures(seen: Pictures) -> list[tuple[str, str]]:
    """What each of the four measures is made of, with its numbers."""
    one = seen.measures
    return [
        (
            _("减量化"),
            _(
                "（进入处理的湿重 − 处理产出的湿重）÷ 进入处理的湿重：%(put_in)s 进，%(came_out)s 出。"
                "按设施所在地。同期产泥湿重 %(produced)s，处置湿重 %(disposed)s。",
                put_in=mass(one.wet.treated_in),
                came_out=mass(one.wet.treated_out),
                produced=mass(one.wet.produced),
                disposed=mass(one.wet.disposed),
            ),
        ),
        (
            _("稳定化"),
            _(
                "处置掉的干固体中，来自已稳定料批的部分：%(stable)s ÷ %(disposed)s。"
                "处理工艺能稳定，或投入的每一批都已稳定，产出才算稳定。",
                stable=dry_mass(one.stable.stable),
                disposed=dry_mass(one.stable.disposed),
            ),
        ),
        (
            _("无害化"),
            _(
                "无害化处置 H ÷ 产生 P：%(harmless)s t ÷ %(produced)s t。清理旧存量时可超过 100 %%。",
                harmless=seen.total["harmless"],
                produced=seen.total["produced"],
            ),
        ),
        (_("资源化"), _("合规的土地利用与建材利用 ÷ 产生 P。能量回收另计为宽口径，见核算。")),
    ]
