"""Pictures on pages: drawn in every width, in the reader's words, each with the table of its figures behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from sludgetrack import reference
from sludgetrack.charts import bars, lines, sankey
from sludgetrack.charts.marks import Picture
from sludgetrack.domain.mass import Account
from sludgetrack.domain.quantities import tonnes_from_kg, tonnes_from_units
from sludgetrack.domain.targets import Baseline, Target
from sludgetrack.services import picturing
from sludgetrack.services.picturing import Wording
from sludgetrack.services.reading.flow import OTHERS, End, FlowFigures, Process
from sludgetrack.services.reading.own_pictures import PlantRates
from sludgetrack.services.reading.pictures import AgeBand, FourMeasures, Load, MonthRates, StockAges
from sludgetrack.services.targeting import Standing
from sludgetrack.store.treated import MIXED
from sludgetrack.web.drawing import Width, drawn
from sludgetrack.web.exports import Cell
from sludgetrack.web.format import dry_mass, label, percent, tonnes
from sludgetrack.web.forms import reading as page_reading
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import is_english, route_word, source_word

FLOW, STOCK, STOCKS, CAPACITY, FOUR = "flow", "stock", "stocks", "capacity", "four"


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its title, what it says in one sentence, and its table; ``name`` is unique on its page."""

    name: str
    title: str
    says: str
    svg: Markup
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def shown(self) -> list[list[str]]:
        """The rows as they are read, figures with their thousands set apart."""
        return [[_read(cell) for cell in row] for row in self.rows]


def flow_chart(figures: FlowFigures, names: Mapping[str, str]) -> Chart:
    """The way of the period's sludge."""
    words = wording(names)
    made = picturing.sankey(figures, words)
    head = (words.columns[0], words.columns[1], words.columns[2], _("t（干）"))
    rows = [
        (
            words.source(way.source),
            words.process(way.process) if way.process else _("未经处理"),
            words.end(way.end),
            _units(units),
        )
        for way, units in sorted(figures.ways.items(), key=lambda item: -item[1])
    ]
    total = (_("合计"), "", "", _units(figures.total))
    says = _(
        "%(produced)s 产生，%(opening)s 期初存量，共 %(total)s 的去向。",
        produced=dry_mass(figures.produced),
        opening=dry_mass(figures.opening),
        total=dry_mass(figures.total),
    )

    def draw(width: Width) -> Picture:
        return sankey.picture(made, width=width.units, size=width.size, body=width.size * 20)

    title = _("污泥去向")
    return Chart(FLOW, title, says, drawn(FLOW, title, says, draw), head, (*rows, total))


def rate_chart(months: Sequence[MonthRates], goals: Standing, title: str) -> Chart:
    """A rate by month against its target."""
    words = wording({})
    made = picturing.line(months, goals, words)
    rows = tuple(_rate_row(month, goals) for month in months)
    newest = next((month for month in reversed(made.months) if month.value is not None), None)
    says = _("%(title)s，按月，%%。最近 %(newest)s。", title=title, newest=newest.text if newest else "—")
    says += f" {made.goal.words}" if made.goal else ""

    def draw(width: Width) -> Picture:
        return lines.picture(made, width=width.units, height=width.size * 11, size=width.size)

    head = (_("月份"), f"{title} %", _("目标 %%"), _("达标"))
    return Chart(goals.rate, title, says, drawn(goals.rate, title, says, draw), head, rows)


def stock_chart(stock: StockAges) -> Chart:
    """Stock by age."""
    words = wording({})
    made = picturing.ages(stock, words)
    rows = tuple((words.age(band), _units(band.within), _units(band.beyond)) for band in stock.bands)
    beyond = sum(band.beyond for band in stock.bands)
    within = sum(band.within for band in stock.bands)
    total = (_("合计"), _units(within), _units(beyond))
    says = _(
        "现存 %(all)s（干），其中超过贮存期限 %(beyond)s。", all=dry_mass(within + beyond), beyond=dry_mass(beyond)
    )
    title = _("存量与堆存天数")

    def draw(width: Width) -> Picture:
        return bars.columns(made, width=width.units, height=width.size * 12, size=width.size)

    head = (_("堆存天数"), f"{words.in_time} t", f"{words.too_long} t")
    return Chart(STOCK, title, says, drawn(STOCK, title, says, draw), head, (*rows, total))


def stocks_chart(stock: StockAges) -> Chart:
    """Stock by facility."""
    words = wording({})
    made = picturing.stocks(stock, words)
    rows = tuple(
        (
            one.name,
            _units(one.within),
            _units(one.beyond),
            _units(one.origin),
            one.oldest,
            one.storage_days,
            _units(one.below),
        )
        for one in stock.facilities
    )
    head = (
        _("设施"),
        f"{words.in_time} t",
        f"{words.too_long} t",
        _("代表的产泥 t（干）"),
        _("最久天数"),
        _("贮存期限天数"),
        _("账面为负 t（干）"),
    )
    says = _("%(count)s 个设施有存量。", count=len(made.bars))
    title = _("各设施存量")
    return Chart(STOCKS, title, says, drawn(STOCKS, title, says, _rows_of(made)), head, rows)


def capacity_chart(loads: Sequence[Load]) -> Chart:
    """Intake against capacity."""
    words = wording({})
    made = picturing.capacity(loads, words)
    rows = tuple(
        (
            load.name,
            Decimal(tonnes_from_kg(load.daily_kg)),
            None if load.capacity_kg is None else Decimal(tonnes_from_kg(load.capacity_kg)),
            None if load.share is None else Decimal(load.share),
        )
        for load in loads
    )
    over = sum(1 for load in loads if load.over)
    says = _("%(over)s 个设施日均接收超过许可能力。", over=over) if over else _("没有设施日均接收超过许可能力。")
    title = _("处置能力利用")
    head = (_("设施"), _("日均接收 t/日（折80%%）"), _("许可能力 t/日（折80%%）"), _("利用率 %%"))
    return Chart(CAPACITY, title, says, drawn(CAPACITY, title, says, _rows_of(made)), head, rows)


def four_chart(measures: FourMeasures, goals: Mapping[str, Standing]) -> Chart:
    """The four measures side by side."""
    words = wording({})
    made = picturing.four(measures, goals, words)
    figures = (measures.reduction, measures.stabilised, measures.harmless, measures.resource)
    rows = tuple(
        (name, None if one is None else Decimal(one)) for name, one in zip(words.measures, figures, strict=True)
    )
    says = " · ".join(f"{name} {percent(one)}" for name, one in zip(words.measures, figures, strict=True))
    title = _("四化")
    return Chart(FOUR, title, says, drawn(FOUR, title, says, _rows_of(made)), (_("指标"), "%"), rows)


def plants_chart(plants: Sequence[PlantRates]) -> Chart:
    """The harmless rate of each of an operator's plants; the table has the other rates too."""
    words = wording({})
    made = picturing.standing_bars([(one.name, one.standings[0]) for one in plants], words)
    rows = tuple(
        (one.name, Decimal(one.row["produced"] or 0), *(Decimal(s.value) if s.value else None for s in one.standings))
        for one in plants
    )
    title = _("各厂无害化处置率")
    says = _("今年至今，按产生地归属；竖线是目标。")
    head = (_("污水厂"), _("产生量 P t（干）"), _("无害化处置率 %%"), _("填埋率 %%"), _("资源化利用率 %%"))
    return Chart("plants", title, says, drawn("plants", title, says, _rows_of(made)), head, rows)


def wording(names: Mapping[str, str]) -> Wording:
    """The reader's words; ``names`` are those of plants and sites by code."""
    return Wording(
        columns=(label(_("产生")), label(_("处理")), label(_("去向"))),
        untreated=_("未经处理"),
        source=lambda code: _("其余产生单位") if code == OTHERS else names.get(code, code),
        process=lambda one: process_word(one, names),
        end=lambda one: label(end_word(one)),
        dry=dry_mass,
        percent=percent,
        day_kg=_load_text,
        month=_month_text,
        year=lambda day: f"{day:%Y}",
        target=target_words,
        baseline=_baseline_words,
        age=age_word,
        not_over=_("当月未完"),
        in_time=_("期限内"),
        too_long=_("超过贮存期限"),
        dry_unit=_("t（干）"),
        day_unit=_("t/日（折80%%）"),
        capacity=_("许可能力"),
        within_capacity=_("日均接收"),
        over_capacity=_("超出能力"),
        measures=(
            _("减量化：处理减重"),
            _("稳定化：处置物中已稳定"),
            _("无害化：无害化处置率"),
            _("资源化：资源化利用率"),
        ),
        goal=_("目标"),
    )


def end_word(end: End) -> str:
    """Where sludge ended or lies."""
    if end.account is Account.DISPOSED:
        return route_word(end.route) if end.compliant else _("%(route)s · 不合规", route=route_word(end.route))
    named = {
        Account.PLANT_STOCK: _("存于产生单位"),
        Account.SITE_STOCK: _("存于处置设施"),
        Account.TRANSIT: _("在途"),
        Account.UNACCOUNTED: _("去向不明"),
    }
    return named[end.account]


def process_word(one: Process, names: Mapping[str, str]) -> str:
    """A treatment process and where it ran."""
    if one.code == OTHERS:
        return _("其余处理")
    if one.code == MIXED:
        return _("多种处理")
    found = reference.treatments().get(one.code)
    name = one.code if found is None else found.en.capitalize() if is_english() else found.zh
    return f"{name} · {names.get(one.facility, one.facility)}" if one.facility else name


def age_word(band: AgeBand) -> str:
    """A band of days."""
    if band.last is None:
        return f"≥ {band.first}"
    return f"{band.first}–{band.last}"


def target_words(target: Target) -> str:
    """A target as the key under a line says it."""
    sign = {">=": "≥ ", "<=": "≤ ", "=": ""}.get(target.op, f"{target.op} ")
    figure = f"{sign}{percent(f'{target.value_pct:f}')}"
    return _(
        "目标 %(figure)s（%(year)s，%(source)s）", figure=figure, year=target.year, source=source_word(target.source)
    )


def _baseline_words(baseline: Baseline) -> str:
    figure = percent(f"{baseline.value_pct:f}")
    return _("基线 %(year)s 年 %(figure)s", year=baseline.year, figure=figure)


def _load_text(load: Load) -> str:
    if load.capacity_kg is None:
        return _("%(daily)s t/日", daily=tonnes(load.daily_kg))
    daily, limit = tonnes(load.daily_kg), tonnes(load.capacity_kg)
    return _("%(daily)s / %(limit)s t/日 · %(share)s", daily=daily, limit=limit, share=percent(load.share))


def _month_text(day: date) -> str:
    return page_reading().month_alone(day)


def _rate_row(month: MonthRates, goals: Standing) -> tuple[Cell, ...]:
    value = dict(month.row)[goals.rate] if month.row else None
    figure = value if isinstance(value, str) else None
    target = goals.judged.target if goals.judged else None
    met = None if target is None or figure is None else target.is_met_by(Decimal(figure))
    verdict = "—" if met is None else _("达标") if met else _("未达标")
    return (
        page_reading().month(month.first),
        None if figure is None else Decimal(figure),
        target.value_pct if target else None,
        verdict,
    )


def _rows_of(made: bars.Bars) -> Callable[[Width], Picture]:
    return lambda width: bars.rows(made, width=width.units, size=width.size)


def _units(units: int) -> Decimal:
    return Decimal(tonnes_from_units(units))


def _read(cell: Cell) -> str:
    if cell is None:
        return "—"
    return f"{cell:,}".replace("-", "\u2212") if isinstance(cell, Decimal) else str(cell)
