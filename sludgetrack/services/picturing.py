"""Figures of a period as pictures: which bar, ribbon or line stands for what. Words come from whoever shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sludgetrack import reference
from sludgetrack.charts.bars import Bar, Bars, Segment, split_at
from sludgetrack.charts.legend import Key
from sludgetrack.charts.lines import Goal, Line, Month, Start
from sludgetrack.charts.marks import Ink
from sludgetrack.charts.sankey import Flow, Link, Node
from sludgetrack.domain.mass import Account
from sludgetrack.domain.quantities import UNITS_PER_TONNE
from sludgetrack.domain.targets import Baseline, Target
from sludgetrack.services.reading.flow import End, FlowFigures, Process, Way
from sludgetrack.services.reading.pictures import AgeBand, FourMeasures, Load, MonthRates, StockAges
from sludgetrack.services.targeting import Standing

MOST_FACILITIES = 14
"""Facilities in one picture; the table below it has all of them."""

_CLASS_INKS = {
    "land_use": Ink.LAND,
    "building_material": Ink.BUILDING,
    "incineration": Ink.FIRE,
    "landfill": Ink.LANDFILL,
    "dumped": Ink.DANGER,
}
_ACCOUNT_INKS = {
    Account.PLANT_STOCK: Ink.STOCK,
    Account.SITE_STOCK: Ink.STOCK,
    Account.TRANSIT: Ink.ROAD,
    Account.UNACCOUNTED: Ink.WARNING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How the pictures of one reader, or one document, name things and write figures.

    ``dry`` writes dry units, ``day_kg`` kilograms a day at 80 % moisture, ``percent`` a published percentage.
    """

    columns: tuple[str, str, str]
    untreated: str
    source: Callable[[str], str]
    process: Callable[[Process], str]
    end: Callable[[End], str]
    dry: Callable[[int], str]
    percent: Callable[[str | None], str]
    day_kg: Callable[[Load], str]
    month: Callable[[date], str]
    year: Callable[[date], str]
    target: Callable[[Target], str]
    baseline: Callable[[Baseline], str]
    age: Callable[[AgeBand], str]
    not_over: str
    in_time: str
    too_long: str
    dry_unit: str
    day_unit: str
    capacity: str
    within_capacity: str
    over_capacity: str
    measures: tuple[str, str, str, str]
    goal: str


def sankey(figures: FlowFigures, words: Wording) -> Flow:
    """Producers, processes and ends as nodes, with the ways between them; without treatment only the outer two."""
    sources = tuple(
        Node(code, words.source(code), words.dry(units), units, Ink.SOURCE)
        for code, units in figures.by_source().items()
    )
    processes = tuple(
        Node(_process_key(one), words.process(one), words.dry(units), units, Ink.PROCESS)
        for one, units in figures.by_process().items()
    )
    ends = tuple(
        Node(_end_key(end), words.end(end), words.dry(units), units, end_ink(end))
        for end, units in figures.by_end().items()
    )
    links = tuple(_links(figures, words))
    first, middle, last = words.columns
    if not processes:
        return Flow((first, last), (sources, ends), links)
    direct = sum(units for way, units in figures.ways.items() if way.process is None)
    passing = f"{words.untreated} {words.dry(direct)}"
    return Flow((first, middle, last), (sources, processes, ends), links, passing)


def end_ink(end: End) -> Ink:
    """What an end is drawn in: its kind of disposal, or danger where that does not count as harmless."""
    if end.account is not Account.DISPOSED:
        return _ACCOUNT_INKS[end.account]
    if not end.compliant:
        return Ink.DANGER
    return _CLASS_INKS.get(reference.routes()[end.route].stat_class, Ink.OTHER)


def line(months: Sequence[MonthRates], goals: Standing, words: Wording) -> Line:
    """A rate by month with its judged target and newest baseline."""
    judged = _target(goals)
    baseline = next(iter(goals.baselines), None)
    return Line(
        tuple(_month(month, goals.rate, words, first=n == 0) for n, month in enumerate(months)),
        Goal(judged.op, judged.value_pct, words.target(judged)) if judged else None,
        Start(baseline.value_pct, words.baseline(baseline)) if baseline else None,
        words.not_over,
    )


def ages(stock: StockAges, words: Wording) -> Bars:
    """Stock by age: what may lie that long, and what lies too long."""
    bars = (_stacked(words.age(band), band.within, band.beyond, words) for band in stock.bands)
    return Bars(tuple(replace(bar, text=_bare(bar)) for bar in bars), words.dry_unit, _stock_keys(words))


def stocks(stock: StockAges, words: Wording) -> Bars:
    """Stock by facility, the fullest first."""
    shown = [one for one in stock.facilities if one.within or one.beyond][:MOST_FACILITIES]
    bars = tuple(_stacked(one.name, one.within, one.beyond, words) for one in shown)
    return Bars(bars, words.dry_unit, _stock_keys(words))


def capacity(loads: Iterable[Load], words: Wording) -> Bars:
    """Average daily intake of each facility against its capacity."""
    shown = [load for load in loads if load.daily_kg or load.capacity_kg][:MOST_FACILITIES]
    keys = (
        Key(Ink.GOOD, words.within_capacity),
        Key(Ink.DANGER, words.over_capacity),
        Key(Ink.TARGET, words.capacity, "line"),
    )
    return Bars(tuple(_load_bar(load, words) for load in shown), words.day_unit, keys)


def four(measures: FourMeasures, goals: Mapping[str, Standing], words: Wording) -> Bars:
    """The four measures side by side in percent, with the targets there are."""
    harmless, resource = (_target(goals[rate]) for rate in ("harmless_rate", "resource_rate"))
    figures = (measures.reduction, measures.stabilised, measures.harmless, measures.resource)
    held = (None, None, harmless, resource)
    bars = tuple(
        _measure(name, figure, target, words)
        for name, figure, target in zip(words.measures, figures, held, strict=True)
    )
    keys = (Key(Ink.TARGET, words.goal, "line"),) if harmless or resource else ()
    return Bars(bars, "%", keys, most=Decimal(100))


def standing_bars(standings: Iterable[tuple[str, Standing]], words: Wording) -> Bars:
    """One rate of several places (name, standing) in percent, each with the target it is judged by."""
    bars = tuple(_measure(name, one.value, _target(one), words) for name, one in standings)
    return Bars(bars, "%", (Key(Ink.TARGET, words.goal, "line"),), most=Decimal(100))


def tonnes(units: int) -> Decimal:
    """Dry units as exact tonnes, for an axis."""
    return Decimal(units) / UNITS_PER_TONNE


def _links(figures: FlowFigures, words: Wording) -> Iterable[Link]:
    into: dict[tuple[str, str], int] = {}
    onward: dict[tuple[str, str], tuple[int, Way]] = {}
    for way, units in figures.ways.items():
        end = _end_key(way.end)
        if way.process is None:
            hint = f"{words.source(way.source)} → {words.end(way.end)} {words.dry(units)}"
            yield Link(way.source, end, units, end_ink(way.end), hint)
            continue
        process = _process_key(way.process)
        into[way.source, process] = into.get((way.source, process), 0) + units
        before = onward.get((process, end), (0, way))[0]
        onward[process, end] = (before + units, way)
    named = {_process_key(one): words.process(one) for one in figures.by_process()}
    for (source, process), units in into.items():
        hint = f"{words.source(source)} → {named[process]} {words.dry(units)}"
        yield Link(source, process, units, Ink.PROCESS, hint)
    for (process, end), (units, way) in onward.items():
        yield Link(process, end, units, end_ink(way.end), f"{named[process]} → {words.end(way.end)} {words.dry(units)}")


def _process_key(process: Process) -> str:
    return f"process {process.code} {process.facility}"


def _end_key(end: End) -> str:
    return f"end {end.account} {end.route} {'Y' if end.compliant or end.account is not Account.DISPOSED else 'N'}"


def _month(month: MonthRates, rate: str, words: Wording, *, first: bool) -> Month:
    value: str | None = dict(month.row)[rate] if month.row else None  # type: ignore[assignment]  # a rate is text or None
    year = words.year(month.first) if first or month.first.month == 1 else ""
    figure = value.removesuffix("0").removesuffix(".0") if value else ""
    return Month(words.month(month.first), year, Decimal(value) if value else None, figure, month.open)


def _stacked(label: str, within: int, beyond: int, words: Wording) -> Bar:
    segments = (
        Segment(tonnes(within), Ink.GOOD, f"{label} {words.in_time} {words.dry(within)}"),
        Segment(tonnes(beyond), Ink.WARNING, f"{label} {words.too_long} {words.dry(beyond)}"),
    )
    return Bar(label, words.dry(within + beyond) if within + beyond else "", segments)


def _bare(bar: Bar) -> str:
    """A column's figure, whose unit stands on the axis."""
    return f"{bar.total.quantize(Decimal('0.01')):,}" if bar.total else ""


def _stock_keys(words: Wording) -> tuple[Key, ...]:
    return Key(Ink.GOOD, words.in_time), Key(Ink.WARNING, words.too_long)


def _load_bar(load: Load, words: Wording) -> Bar:
    limit = None if load.capacity_kg is None else Decimal(load.capacity_kg) / 1000
    text = words.day_kg(load)
    segments = split_at(Decimal(load.daily_kg) / 1000, limit, Ink.GOOD, Ink.DANGER, (text, text))
    return Bar(load.name, text, segments, limit)


def _target(goals: Standing) -> Target | None:
    return goals.judged.target if goals.judged else None


def _measure(name: str, figure: str | None, target: Target | None, words: Wording) -> Bar:
    value = max(Decimal(figure), Decimal(0)) if figure is not None else Decimal(0)
    met = target is None or figure is None or target.is_met_by(Decimal(figure))
    segments = (Segment(value, Ink.GOOD if met else Ink.WARNING, f"{name} {words.percent(figure)}"),)
    return Bar(name, words.percent(figure), segments, target.value_pct if target else None)
