"""What the pictures show is what the rates say, and stock is as old as it is."""

from __future__ import annotations

from datetime import date

import pytest

from sludgetrack.domain.quantities import UNITS_PER_TONNE
from sludgetrack.services import reporting
from sludgetrack.services.reading import pictures as reading
from sludgetrack.services.reading.pictures import Pictures, Scope
from sludgetrack.services.reporting import Grouping, Period
from tests.services.reading.test_flow import dry
from tests.support.city import City


def seen(city: City, period: Period | None = None, scope: Scope | None = None) -> Pictures:
    today = city.clock().date()
    with city.engine.connect() as connection:
        return reading.pictures(
            connection, period or Period(today.replace(day=1), today), scope or Scope("4107"), city.clock()
        )


def test_rates_and_measures_are_those_that_are_published(city: City) -> None:
    city.produce()
    city.dispose(city.delivered(), 12_000)
    found = seen(city)
    with city.engine.connect() as connection:
        report = reporting.rates(
            connection, found.period, Grouping.TOTAL, division_prefix="4107", now=city.clock()
        ).total

    assert found.total == report
    assert (found.measures.harmless, found.measures.resource) == (report["harmless_rate"], report["resource_rate"])
    newest = found.months[-1]
    assert newest.row is not None
    assert newest.row["harmless_rate"] == report["harmless_rate"] == "12.00"


def test_a_line_goes_back_a_year_and_its_last_month_is_not_over(city: City) -> None:
    city.produce()
    months = seen(city).months

    assert len(months) == 12
    assert [month.open for month in months] == [False] * 11 + [True]
    assert months[0].row is None


def test_a_period_of_years_has_all_its_months(city: City) -> None:
    today = city.clock().date()

    assert len(seen(city, Period(date(today.year - 2, 1, 1), today)).months) == 24 + today.month


def test_stock_is_told_by_age_and_too_old_stock_apart(city: City) -> None:
    city.produce("OLD", 10_000)
    city.clock.forward(days=31)
    city.produce("NEW", 20_000)
    stock = seen(city).stock

    assert [(band.first, band.within, band.beyond) for band in stock.bands if band.within or band.beyond] == [
        (0, 4 * UNITS_PER_TONNE, 0),
        (31, 0, 2 * UNITS_PER_TONNE),
    ]
    plant = stock.facilities[0]
    assert (plant.code, plant.within, plant.beyond, plant.oldest) == (
        "P01",
        4 * UNITS_PER_TONNE,
        2 * UNITS_PER_TONNE,
        31,
    )


def test_stock_of_a_day_gone_by_is_what_lay_there_then(city: City) -> None:
    city.produce()
    then = city.clock().date()
    city.clock.forward(days=1)
    city.load(city.issue())

    past, now = (seen(city, Period(then, last)).stock for last in (then, city.clock().date()))

    assert sum(band.within for band in past.bands) == 20 * UNITS_PER_TONNE
    assert sum(band.within for band in now.bands) == 20 * UNITS_PER_TONNE - 24_000_000


def test_stock_below_zero_is_told_and_not_set_off(city: City) -> None:
    city.produce(wet_kg=10_000)
    city.load(city.issue())
    plant = seen(city).stock.facilities[0]

    assert (plant.within, plant.beyond, plant.below) == (0, 0, -4_000_000)


def test_what_came_by_manifest_is_held_against_capacity(city: City) -> None:
    city.produce()
    city.dispose(city.delivered(), 12_000)
    today = city.clock().date()
    loads = {load.code: load for load in seen(city, Period(today, today)).loads}

    assert (loads["S-INC"].daily_kg, loads["S-INC"].share, loads["S-INC"].over) == (12_000, "2.40", False)
    assert (loads["S-CEM"].daily_kg, loads["S-CEM"].share) == (0, None)


def test_days_to_come_do_not_thin_the_average(city: City) -> None:
    city.produce()
    city.delivered()
    today = city.clock().date()
    whole_year = Period(today, date(today.year, 12, 31))

    assert next(load for load in seen(city, whole_year).loads if load.code == "S-INC").daily_kg == 12_000


def test_drying_reduces_and_does_not_stabilise(city: City) -> None:
    city.produce()
    dry(city, city.delivered(), "DRY-1", wet_kg=3_600)
    city.dispose("DRY-1", 3_600)
    measures = seen(city).measures

    assert (measures.wet.treated_in, measures.wet.treated_out) == (12_000, 3_600)
    assert (measures.wet.produced, measures.wet.disposed) == (100_000, 3_600)
    assert (measures.reduction, measures.stabilised) == ("70.00", "0.00")


def test_without_treatment_or_disposal_there_is_no_measure(city: City) -> None:
    measures = seen(city).measures

    assert (measures.reduction, measures.stabilised, measures.harmless, measures.resource) == (None,) * 4


@pytest.mark.parametrize(
    ("division", "city_class", "target"),
    [("410702", "prefecture", "95"), ("410721", "county", "90"), ("4107", "", "90")],
)
def test_a_place_is_held_to_the_targets_of_its_class(city: City, division: str, city_class: str, target: str) -> None:
    found = seen(city, scope=Scope(division))
    judged = found.goals["harmless_rate"].judged

    assert found.city_class == city_class
    assert judged is not None
    assert f"{judged.target.value_pct:f}" == target


def test_stock_and_capacity_of_one_facility_alone(city: City) -> None:
    city.produce()
    city.delivered()
    found = seen(city, scope=Scope("", frozenset({"S-INC"})))

    assert [one.code for one in found.stock.facilities] == ["S-INC"]
    assert [load.code for load in found.loads] == ["S-INC"]
