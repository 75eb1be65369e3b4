"""What the pictures of a division and a period show: flow, rates by month, stock by age, capacity, four measures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from sludgetrack.domain.quantities import percent_of
from sludgetrack.domain.rates import RateRow
from sludgetrack.domain.times import legal_day
from sludgetrack.services import reporting
from sludgetrack.services.reading.flow import MOST_PLANTS, FlowFigures, by_division, condensed, flow, regrouped
from sludgetrack.services.targeting import Place, Standing, Targeting
from sludgetrack.store import picture_reading as store
from sludgetrack.store import registry_reading, rules
from sludgetrack.store.picture_reading import Lying, Received, Stabilised, WetMasses
from sludgetrack.store.rates import Grouping, Period

SHOWN_RATES = ("harmless_rate", "landfill_rate", "resource_rate")
LEAST_MONTHS = 12
"""A line of rates goes back at least this far."""
MOST_MONTHS = 60
AGES = (7, 15, 30, 60, 90, 180)
"""Bands of age end with these days; the last has no end."""
LEAST_BANDS = 4
"""Bands that are shown even where nothing is that old; older ones only up to the oldest stock."""
MANY_PLANTS = 300
"""With more plants registered, mass is taken together by division before it is drawn."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: what plants under a division produced and what lies there, or at some facilities of it only."""

    division: str = ""
    facilities: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class MonthRates:
    """A month of a line. ``row`` is None where nothing happened; ``open``: it is not over yet."""

    first: date
    row: RateRow | None
    open: bool


@dataclass(frozen=True, slots=True)
class AgeBand:
    """What has lain between so many days (``last`` None: and more), in physical dry units: in time, and too long."""

    first: int
    last: int | None
    within: int
    beyond: int


@dataclass(frozen=True, slots=True)
class FacilityStock:
    """A facility's stock. Physical and origin dry units, ``below`` what is under zero, ``oldest`` whole days."""

    code: str
    name: str
    storage_days: int
    within: int
    beyond: int
    origin: int
    below: int
    oldest: int


@dataclass(frozen=True, slots=True)
class StockAges:
    """Stock at the end of a day by age, all of it and by facility, the fullest first."""

    day: date
    bands: tuple[AgeBand, ...]
    facilities: tuple[FacilityStock, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """What a facility took in a day on average, and may, in kilograms at 80 % moisture; ``share`` in percent."""

    code: str
    name: str
    daily_kg: int
    capacity_kg: int | None
    share: str | None

    @property
    def over(self) -> bool:
        """Whether more came than may."""
        return self.capacity_kg is not None and self.daily_kg > self.capacity_kg


@dataclass(frozen=True, slots=True)
class FourMeasures:
    """减量化, 稳定化, 无害化, 资源化: percent as published, None without a denominator, and what they are made of."""

    reduction: str | None
    stabilised: str | None
    harmless: str | None
    resource: str | None
    wet: WetMasses
    stable: Stabilised


@dataclass(frozen=True, slots=True)
class Pictures:
    """Everything about a division and a period. ``plants`` names producers by code."""

    period: Period
    scope: Scope
    flow: FlowFigures
    total: RateRow
    months: tuple[MonthRates, ...]
    goals: Mapping[str, Standing]
    city_class: str
    stock: StockAges
    loads: tuple[Load, ...]
    measures: FourMeasures
    names: Mapping[str, str]


def pictures(connection: Connection, period: Period, scope: Scope, now: datetime) -> Pictures:
    """Read all of it. ``now`` (aware) tells which month is not over."""
    plants = registry_reading.facilities_under(connection, scope.division)
    report = reporting.rates(connection, period, Grouping.TOTAL, division_prefix=scope.division, now=now)
    city_class = _common_class(row.city_class for row in plants if row.kind == "plant")
    place, targeting = Place(scope.division, city_class), Targeting(rules.tables(connection), period)
    rates: Mapping[str, Any] = report.total
    return Pictures(
        period=period,
        scope=scope,
        flow=flow_of(connection, period, scope.division, {row.code: row.division for row in plants}),
        total=report.total,
        months=month_rates(connection, period, scope.division, now),
        goals={rate: targeting.standing(place, rate, rates[rate]) for rate in SHOWN_RATES},
        city_class=city_class,
        stock=stock_ages(connection, period.last, legal_day(now), scope),
        loads=loads(connection, _so_far(period, legal_day(now)), scope),
        measures=four_measures(connection, period, scope.division, report.total),
        names={row.code: row.name for row in plants},
    )


def flow_of(connection: Connection, period: Period, division: str, plants: Mapping[str, str]) -> FlowFigures:
    """The flow as it is drawn: by plant, or by division where plants (code: division) are many; small ones together."""
    if len(plants) > MANY_PLANTS:
        found = flow(connection, period, division, Grouping.DIVISION)
        return condensed(regrouped(found, by_division({code: code for code in plants.values()}, division)))
    found = flow(connection, period, division)
    if len(found.by_source()) > MOST_PLANTS:
        found = regrouped(found, by_division(plants, division))
    return condensed(found)


def month_rates(connection: Connection, period: Period, division: str, now: datetime) -> tuple[MonthRates, ...]:
    """The months of the period, and those before it up to a year in all."""
    first = period.first.replace(day=1)
    earliest = _months_before(period.last, LEAST_MONTHS - 1)
    first = max(min(first, earliest), _months_before(period.last, MOST_MONTHS - 1))
    whole = Period(first, _last_of_month(period.last))
    report = reporting.rates(connection, whole, Grouping.MONTH, division_prefix=division, now=now)
    rows = {row["group"]: row for row in report.rows}
    today = legal_day(now)
    return tuple(
        MonthRates(part.first, rows.get(f"{part.first:%Y-%m}"), open=part.last >= today) for part in whole.months()
    )


def stock_ages(connection: Connection, last: date, today: date, scope: Scope) -> StockAges:
    """What lies at the end of a period's last day, or today if that is to come, by how long it has lain there.

    What has lain longer than a facility's storage days is told apart.
    """
    day = min(last, today)
    found = store.lying(connection, day, scope.division, scope.facilities, is_past=day < today)
    return StockAges(day, _bands(found, day), _facilities(found, day))


def loads(connection: Connection, period: Period, scope: Scope) -> tuple[Load, ...]:
    """Average daily intake of the period against what is permitted, the fullest first."""
    days = (period.last - period.first).days + 1
    found = [_load(row, days) for row in store.received(connection, period, scope.division, scope.facilities)]
    return tuple(sorted(found, key=lambda load: (-Decimal(load.share or -1), load.code)))


def four_measures(connection: Connection, period: Period, division: str, total: RateRow) -> FourMeasures:
    """The four aims of sludge policy as one figure each."""
    wet = store.wet_masses(connection, period, division)
    stable = store.stabilised(connection, period, division)
    return FourMeasures(
        reduction=percent_of(wet.treated_in - wet.treated_out, wet.treated_in),
        stabilised=percent_of(stable.stable, stable.disposed),
        harmless=total["harmless_rate"],
        resource=total["resource_rate"],
        wet=wet,
        stable=stable,
    )


def _so_far(period: Period, today: date) -> Period:
    """The days of a period that have begun, at least its first."""
    return Period(period.first, max(period.first, min(period.last, today)))


def _common_class(classes: Iterable[str | None]) -> str:
    """The class of all plants, empty where they differ: then only targets for the whole division apply."""
    found = set(classes)
    return found.pop() or "" if len(found) == 1 else ""


def _load(row: Received, days: int) -> Load:
    daily = row.units // (2000 * days)
    share = percent_of(daily, row.capacity_t80_kg_d) if row.capacity_t80_kg_d else None
    return Load(row.code, row.name, daily, row.capacity_t80_kg_d, share)


def _bands(found: Collection[Lying], day: date) -> tuple[AgeBand, ...]:
    edges = [0, *(age + 1 for age in AGES)]
    within, beyond = [0] * len(edges), [0] * len(edges)
    for row in found:
        age = (day - row.day).days
        n = sum(1 for edge in edges[1:] if age >= edge)
        (beyond if age > row.storage_days else within)[n] += row.physical_units
    lasts: list[int | None] = [*AGES, None]
    bands = [AgeBand(*one) for one in zip(edges, lasts, within, beyond, strict=True)]
    filled = max((n for n, band in enumerate(bands) if band.within or band.beyond), default=0)
    return tuple(bands[: max(filled + 1, LEAST_BANDS)])


def _facilities(found: Iterable[Lying], day: date) -> tuple[FacilityStock, ...]:
    rows: dict[str, list[Lying]] = defaultdict(list)
    for row in found:
        rows[row.code].append(row)
    made = [_facility_stock(lines, day) for lines in rows.values()]
    return tuple(sorted(made, key=lambda one: (-(one.within + one.beyond), one.code)))


def _facility_stock(lines: Sequence[Lying], day: date) -> FacilityStock:
    first = lines[0]
    too_long = [row for row in lines if (day - row.day).days > row.storage_days]
    beyond = sum(row.physical_units for row in too_long)
    return FacilityStock(
        first.code,
        first.name,
        first.storage_days,
        within=sum(row.physical_units for row in lines) - beyond,
        beyond=beyond,
        origin=sum(row.origin_units for row in lines),
        below=sum(row.negative_units for row in lines),
        oldest=max(((day - row.day).days for row in lines if row.physical_units), default=0),
    )


def _months_before(day: date, months: int) -> date:
    """The first day of the month so many months before a day's."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def _last_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
