"""What an operator sees of its own facilities: stock by age, intake against capacity, and its plants' rates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sludgetrack.domain.identity import FacilityKind
from sludgetrack.domain.rates import RateRow
from sludgetrack.domain.times import legal_day
from sludgetrack.services import reporting
from sludgetrack.services.context import Context
from sludgetrack.services.reading import pictures
from sludgetrack.services.reading.pictures import SHOWN_RATES, Load, Scope, StockAges
from sludgetrack.services.targeting import Place, Standing, Targeting
from sludgetrack.store import rules
from sludgetrack.store.directory import Facility
from sludgetrack.store.rates import Grouping, Period


@dataclass(frozen=True, slots=True)
class PlantRates:
    """A plant's figures over the period, and its rates beside what the place is held to."""

    code: str
    name: str
    row: RateRow
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class OwnPictures:
    """The facilities of the organisation somebody works for, this year so far; stock as it is now."""

    period: Period
    stock: StockAges
    loads: tuple[Load, ...]
    plants: tuple[PlantRates, ...]
    has_sites: bool


def own_pictures(ctx: Context) -> OwnPictures:
    """Read all of it, for the facilities of whoever asks and of nobody else."""
    today = legal_day(ctx.now)
    period = Period(today.replace(month=1, day=1), today)
    month = Period(today.replace(day=1), today)
    scope = Scope("", ctx.actor.facilities)
    own = [ctx.directory.facility(code) for code in sorted(ctx.actor.facilities)]
    return OwnPictures(
        period=period,
        stock=pictures.stock_ages(ctx.connection, today, today, scope),
        loads=pictures.loads(ctx.connection, month, scope),
        plants=tuple(_plants(ctx, period, [one for one in own if one.kind == FacilityKind.PLANT])),
        has_sites=any(one.kind != FacilityKind.PLANT for one in own),
    )


def _plants(ctx: Context, period: Period, plants: list[Facility]) -> Iterator[PlantRates]:
    """Read by the divisions they lie in, out of the running sums."""
    targeting = Targeting(rules.tables(ctx.connection), period)
    rows: dict[str, Any] = {}
    for division in {plant.division for plant in plants}:
        report = reporting.rates(ctx.connection, period, Grouping.PLANT, division_prefix=division, now=ctx.now)
        rows |= {row["group"]: row for row in report.rows}
    for plant in plants:
        if plant.code in rows:
            row, place = rows[plant.code], Place(plant.division, plant.city_class or "")
            standings = tuple(targeting.standing(place, rate, row[rate]) for rate in SHOWN_RATES)
            yield PlantRates(plant.code, plant.name, row, standings)
