"""核算: balance and every rate of a period, the targets beside them, and the events behind every figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack import reference
from sludgetrack.domain.mass import Cause
from sludgetrack.domain.quantities import tonnes_from_units
from sludgetrack.domain.targets import RATES
from sludgetrack.domain.times import legal_day
from sludgetrack.schemas.fields import YEARS
from sludgetrack.services import figures, reporting
from sludgetrack.services.context import Context
from sludgetrack.services.figures import BATCH_FIGURES, Asked, Figure
from sludgetrack.services.reporting import BalanceReport, RateReport
from sludgetrack.services.targeting import Held, Place, Targeting, places
from sludgetrack.store import registry_reading as registry
from sludgetrack.store import rules
from sludgetrack.store.rates import TOTAL, UNCLASSED, Grouping, Period
from sludgetrack.web import exports, register_words
from sludgetrack.web.acting import acting, do
from sludgetrack.web.format import percent
from sludgetrack.web.forms import reading as page_reading
from sludgetrack.web.regulator import words
from sludgetrack.web.regulator.behind import Line, batch_lines, event_lines
from sludgetrack.web.regulator.desk import blueprint, for_inspectors
from sludgetrack.web.runtime import runtime
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import route_word, source_word

LONGEST = timedelta(days=366 * 10)
MASSES = ("produced", "opening_stock", "harmless", "noncompliant", "unaccounted", "closing_stock", "landfilled")
MOST_EXPORTED = 20_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """The period and grouping an address asks for; ``error`` says what is wrong with the days typed."""

    period: Period
    by: Grouping
    error: str = ""

    def address(self, endpoint: str, **more: Any) -> str:
        """The address of a page about the same period and grouping."""
        asked = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat(), "by": str(self.by)}
        return url_for(endpoint, **{**asked, **more})


@dataclass(frozen=True, slots=True)
class Accounts:
    """Both reports of a period, the classes' rates for their targets, and the names of groups."""

    rates: RateReport
    balance: BalanceReport
    classes: RateReport
    names: Mapping[str, str]
    places: Mapping[str, Place]
    targeting: Targeting


@blueprint.get("/rates", endpoint="rates")
@for_inspectors
def page() -> ResponseReturnValue:
    """The period's accounts."""
    wanted = wanted_period()
    seen = do(lambda ctx: _read(ctx, wanted))
    return render_template(
        "regulator/rates.html",
        wanted=wanted,
        seen=seen,
        total=seen.rates.total,
        balance=seen.balance.total,
        exact=seen.balance.differences.get(TOTAL, 0) == 0,
        authority=acting().organisation_name,
        division=acting().actor.division,
        as_of=runtime().now(),
        rates=words.rates(),
        masses=[(key, words.figures()[key]) for key in MASSES],
        rows=[(row, _group_name(seen, wanted.by, row["group"]), _judged(seen, row)) for row in seen.rates.rows],
        total_judged=_judged(seen, seen.rates.total),
        target_text=words.target_text,
        groupings=list(words.groupings().items()),
        shortcuts=_shortcuts(wanted),
        targets=list(_targets(seen)),
        causes=words.causes(),
        routes=[(code, route_word(code), tonnes) for code, tonnes in (seen.rates.total["by_route"] or {}).items()],
        provisional=seen.rates.provisional,
        behind=_behind(wanted),
        csv=wanted.address("regulator.rates_file", kind=exports.CSV),
        xlsx=wanted.address("regulator.rates_file", kind=exports.XLSX),
    )


@blueprint.get("/rates.<kind>")
@for_inspectors
def rates_file(kind: str) -> ResponseReturnValue:
    """The table exactly as it is shown, as a file."""
    wanted = wanted_period()
    if wanted.error:
        abort(400)
    seen = do(lambda ctx: _read(ctx, wanted))
    named, figure_words = words.rates(), words.figures()
    head = [
        words.groupings()[str(wanted.by)],
        *(f"{figure_words[key]} t" for key in MASSES),
        *(f"{rate.name} {rate.formula} %" for rate in named),
        *(f"{rate.name} {part}" for rate in named if rate.key in RATES for part in (_("目标"), _("结论"))),
    ]
    rows = [*((row, _group_name(seen, wanted.by, row["group"])) for row in seen.rates.rows)]
    shown = [*rows, (seen.rates.total, _("合计"))] if wanted.by is not Grouping.TOTAL else rows
    cells = (
        [
            label,
            *(_number(dict(row).get(key)) for key in (*MASSES, *(rate.key for rate in named))),
            *_judged_cells(seen, row, [rate.key for rate in named if rate.key in RATES]),
        ]
        for row, label in shown
    )
    name = f"{_('核算')} {acting().actor.division} {wanted.period.first} {wanted.period.last}"
    return exports.download(kind, name, head, cells)


@blueprint.get("/rates/behind")
@for_inspectors
def behind() -> ResponseReturnValue:
    """The events, or the batches, that make up a figure."""
    wanted, asked = wanted_period(), _asked()
    cursor = request.args.get("cursor", "")
    lines, following = do(lambda ctx: _lines(ctx, asked, cursor))
    return render_template(
        "regulator/behind.html",
        wanted=wanted,
        asked=asked,
        title=_figure_title(asked),
        group=_asked_group(asked),
        lines=lines,
        is_batches=asked.figure in BATCH_FIGURES,
        sum_units=sum(line.units for line in lines),
        whole=not cursor and following is None,
        older=_behind(wanted)(asked.figure, asked.detail, asked.group, following) if following else "",
        back=wanted.address("regulator.rates"),
        csv=_behind(wanted, "regulator.behind_file", kind=exports.CSV)(asked.figure, asked.detail, asked.group),
        xlsx=_behind(wanted, "regulator.behind_file", kind=exports.XLSX)(asked.figure, asked.detail, asked.group),
    )


@blueprint.get("/rates/behind.<kind>")
@for_inspectors
def behind_file(kind: str) -> ResponseReturnValue:
    """Everything behind a figure, as a file."""
    asked = _asked()
    lines = do(lambda ctx: list(_every_line(ctx, asked)))
    return _lines_file(kind, asked, lines)


# What an address asks for


def wanted_period() -> Wanted:
    """The period and grouping of the address, this month by plant where it names none."""
    today = legal_day(runtime().now())
    by = request.args.get("by", "")
    grouping = Grouping(by) if by in set(Grouping) else Grouping.PLANT
    month = Period(today.replace(day=1), today)
    typed = (request.args.get("from", ""), request.args.get("to", ""))
    if not any(typed):
        return Wanted(month, grouping)
    try:
        first, last = (date.fromisoformat(text) for text in typed)
    except ValueError:
        first, last = date.max, date.min
    if last < first or first.year not in YEARS or last.year not in YEARS:
        return Wanted(month, grouping, _("起止日期应像 2026-03-01，且起日不晚于止日。先显示本月。"))
    if last - first > LONGEST:
        return Wanted(month, grouping, _("期间最长 10 年。"))
    return Wanted(Period(first, last), grouping)


def _asked() -> Asked:
    wanted = wanted_period()
    figure, detail = request.args.get("figure", ""), request.args.get("detail", "")
    details = {Figure.UNACCOUNTED: {"", *Cause}, Figure.BY_ROUTE: set(reference.routes())}
    if figure not in set(Figure) or wanted.error or detail not in details.get(Figure(figure), {""}):
        abort(404)
    group = request.args.get("group") or None
    return Asked(Figure(figure), wanted.period, detail, wanted.by, group, acting().actor.division)


def _behind(wanted: Wanted, endpoint: str = "regulator.behind", **more: Any) -> Any:
    """How a figure's page is addressed: figure, detail, group and the place in its list."""

    def address(figure: str, detail: str = "", group: str | None = None, cursor: str | None = None) -> str:
        named = group if group != TOTAL else None
        return wanted.address(
            endpoint, figure=str(figure), detail=detail or None, group=named, cursor=cursor or None, **more
        )

    return address


def _shortcuts(wanted: Wanted) -> list[dict[str, Any]]:
    today = legal_day(runtime().now())
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    year = today.replace(month=1, day=1)
    periods = [
        (_("本月"), Period(month, today)),
        (_("上月"), Period(before.replace(day=1), before)),
        (_("今年"), Period(year, today)),
        (_("去年"), Period(date(year.year - 1, 1, 1), year - timedelta(days=1))),
    ]
    return [
        {
            "label": label,
            "href": Wanted(period, wanted.by).address("regulator.rates"),
            "current": period == wanted.period,
        }
        for label, period in periods
    ]


# What is shown


def _read(ctx: Context, wanted: Wanted) -> Accounts:
    division = ctx.actor.division

    def rates(by: Grouping) -> RateReport:
        return reporting.rates(ctx.connection, wanted.period, by, division_prefix=division, now=ctx.now)

    shown = rates(wanted.by)
    plants = registry.facilities_under(ctx.connection, division)
    return Accounts(
        rates=shown,
        balance=reporting.balance(ctx.connection, wanted.period, wanted.by, division_prefix=division),
        classes=shown if wanted.by is Grouping.CITY_CLASS else rates(Grouping.CITY_CLASS),
        names={row.code: row.name for row in plants},
        places={
            **places(Grouping.CITY_CLASS, division, plants),
            **(places(wanted.by, division, plants) if wanted.by is not Grouping.CITY_CLASS else {}),
        },
        targeting=Targeting(rules.tables(ctx.connection), wanted.period),
    )


def _group_name(seen: Accounts, by: Grouping, group: str) -> str:
    if by is Grouping.PLANT:
        return seen.names.get(group, group)
    if by is Grouping.CITY_CLASS:
        return _class_word(group)
    if by is Grouping.ROUTE:
        return route_word(group)
    if by is Grouping.MONTH:
        return page_reading().month(date.fromisoformat(f"{group}-01"))
    return _("合计") if group == TOTAL else group


def _class_word(group: str) -> str:
    return register_words.city_classes().get(group, _("未分类")) if group != UNCLASSED else _("未分类")


def _targets(seen: Accounts) -> Iterator[dict[str, Any]]:
    """Every target and baseline of the division and of each class in it, the judged target first."""
    division = acting().actor.division
    where = [(Place(division), seen.rates.total, _("全辖区"))]
    where += [(seen.places[row["group"]], row, _class_word(row["group"])) for row in seen.classes.rows]
    named = {rate.key: rate.name for rate in words.rates()}
    for place, row, label in where:
        for one in seen.targeting.standings(place, row):
            baselines = [f"{base.year} · {percent(f'{base.value_pct:f}')}" for base in one.baselines]
            for held in one.held:
                yield {
                    "place": label,
                    "rate": named[one.rate],
                    "value": one.value,
                    "target": words.target_text(held.target),
                    "met": held.met,
                    "judged": held.judged,
                    "year": held.target.year,
                    "binding": held.target.binding,
                    "source": source_word(held.target.source),
                    "baselines": baselines,
                }


def _judged(seen: Accounts, row: Mapping[str, Any]) -> dict[str, Held]:
    """The target each rate of a row is judged by, of rates that have one."""
    place = seen.places.get(row["group"], Place(acting().actor.division))
    held = {key: seen.targeting.standing(place, key, row[key]).judged for key in RATES}
    return {key: one for key, one in held.items() if one is not None}


def _judged_cells(seen: Accounts, row: Mapping[str, Any], keys: list[str]) -> Iterator[str | None]:
    """What each rate is to reach, and whether it does."""
    judged = _judged(seen, row)
    for key in keys:
        held = judged.get(key)
        yield words.target_text(held.target).replace("\u00a0", " ") if held else None
        yield None if held is None or held.met is None else (_("达标") if held.met else _("未达标"))


def _number(text: object) -> Decimal | None:
    return Decimal(text) if isinstance(text, str) else None


# What is behind a figure


def _lines(ctx: Context, asked: Asked, cursor: str) -> tuple[list[Line], str | None]:
    try:
        if asked.figure in BATCH_FIGURES:
            batches = figures.open_batches(ctx.connection, asked, cursor=cursor)
            return batch_lines(batches.lines), batches.next
        events = figures.open_events(ctx.connection, asked, cursor=cursor)
    except ValueError:
        abort(404)
    return event_lines(ctx, events.lines), events.next


def _every_line(ctx: Context, asked: Asked) -> Iterator[Line]:
    cursor: str | None = ""
    told = 0
    while cursor is not None and told < MOST_EXPORTED:
        lines, cursor = _lines(ctx, asked, cursor)
        told += len(lines)
        yield from lines


def _figure_title(asked: Asked) -> str:
    if asked.figure is Figure.BY_ROUTE:
        return route_word(asked.detail)
    title = words.figures()[asked.figure]
    return f"{title} · {words.causes()[asked.detail]}" if asked.detail else title


def _asked_group(asked: Asked) -> str:
    if asked.group is None:
        return ""
    group = asked.group
    if asked.by is Grouping.PLANT:
        names = do(lambda ctx: registry.facility_names(ctx.connection, ctx.actor.division, [group]))
        return names.get(group, group)
    if asked.by is Grouping.CITY_CLASS:
        return _class_word(asked.group)
    return route_word(asked.group) if asked.by is Grouping.ROUTE else asked.group


def _lines_file(kind: str, asked: Asked, lines: list[Line]) -> Response:
    told = page_reading()
    head = [_("记账日"), _("发生时间"), _("事件"), _("凭据"), _("t（干）")]
    rows = (
        [
            line.booked_on.isoformat() if line.booked_on else None,
            told.moment(line.at) if line.at else None,
            line.word,
            line.number or line.label,
            Decimal(tonnes_from_units(line.units, 7)),
        ]
        for line in lines
    )
    return exports.download(kind, f"{_figure_title(asked)} {asked.period.first} {asked.period.last}", head, rows)
