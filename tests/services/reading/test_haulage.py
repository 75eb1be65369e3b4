"""The ledger of a hauler: its trips added up, for itself and for the authorities, with names for itself only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import NotFound
from sludgetrack.services.manifests import act
from sludgetrack.services.reading import haulage
from sludgetrack.services.reading.haulage import HaulerLedger, straight_km
from sludgetrack.services.reading.ledger_rows import By, Span
from tests.support.city import City, new_id
from tests.support.random_city import live

MARCH = Span(date(2026, 3, 1), date(2026, 3, 31), By.DAY)
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31), By.MONTH)


def ledger(city: City, who: str = "dispatcher", code: str = "H1", span: Span = MARCH) -> HaulerLedger:
    return city.act(who, lambda ctx: haulage.hauler_ledger(ctx, code, span))


def trips(city: City, who: str = "dispatcher", code: str = "H1", span: Span = MARCH) -> list[haulage.Trip]:
    return city.act(who, lambda ctx: haulage.trips(ctx, code, span.first, span.last))


def test_a_trip_is_told_with_what_was_loaded_delivered_and_how_long_it_took(city: City) -> None:
    city.produce()
    number = city.issue()
    city.load(number, 12_000)
    city.clock.forward(minutes=50)
    city.receive(number, 11_900)

    found = ledger(city)
    (trip,) = trips(city)

    assert (found.total.trips, found.total.loaded_kg, found.total.delivered_kg) == (1, 12_000, 11_900)
    assert (found.total.difference_kg, found.total.mean_minutes) == (-100, 50)
    assert (trip.row.number, trip.row.plate, trip.row.driver_name) == (number, "豫G12345", "张㛃")
    assert (trip.origin, trip.destination) == ("骆驼湾污水处理厂", "新乡污泥焚烧厂")


def test_what_was_refused_and_came_back_is_no_difference(city: City) -> None:
    city.produce()
    number = city.issue()
    city.load(number, 12_000)
    city.clock.forward(minutes=50)
    city.receive(number, 12_000, accepted_kg=5_000)
    held = ledger(city).total
    city.take_back(number, 7_000)

    over = ledger(city).total

    assert (held.delivered_kg, held.refused_kg, held.difference_kg) == (5_000, 7_000, 0)
    assert (over.delivered_kg, over.refused_kg, over.difference_kg) == (5_000, 7_000, 0)


def test_a_load_on_the_road_or_lost_is_neither_delivered_nor_a_difference(city: City) -> None:
    city.produce()
    on_the_road, gone = city.issue(), city.issue()
    city.load(on_the_road, 12_000)
    city.clock.forward(hours=5)
    city.load(gone, 10_000)
    city.clock.forward(hours=5)
    lost = c.DeclareLost(event_id=new_id(), finding="下落不明", dumped=False)
    city.act("regulator", lambda ctx: act(ctx, gone, lost))

    total = ledger(city).total

    assert (total.trips, total.under_way, total.lost) == (2, 1, 1)
    assert (total.loaded_kg, total.delivered_kg, total.difference_kg) == (22_000, 0, 0)
    assert total.mean_minutes is None


def test_sums_by_truck_by_driver_and_by_day_are_the_same_trips(city: City) -> None:
    live(city, 5, days=15)
    span = Span(date(2026, 3, 1), date(2026, 12, 31), By.DAY)

    found = ledger(city, span=span)

    assert found.drivers is not None
    for part in (
        [row.trips for row in found.rows],
        [v.trips for v in found.vehicles],
        [d.trips for d in found.drivers],
    ):
        assert sum(part, haulage.Trips()) == found.total
    assert len(trips(city, span=span)) == found.total.trips > 5
    assert ledger(city, span=YEAR).total == found.total


def test_the_authority_reads_the_same_without_any_name(city: City) -> None:
    city.produce()
    city.delivered()

    found = ledger(city, "regulator")
    (trip,) = trips(city, "regulator")

    assert (found.total, found.drivers) == (ledger(city).total, None)
    assert trip.row.driver_name is None


@pytest.mark.parametrize("who", ["outsider", "far_regulator", "plant", "site", "driver", "other_driver"])
def test_to_anybody_else_a_hauler_is_unknown(city: City, who: str) -> None:
    city.produce()
    city.delivered()

    with pytest.raises(NotFound):
        ledger(city, who)
    with pytest.raises(NotFound):
        trips(city, who)


def test_an_unknown_hauler_is_unknown(city: City) -> None:
    with pytest.raises(NotFound):
        ledger(city, code="H9")


def test_kilometres_are_straight_ahead_and_only_where_both_ends_are_known(city: City) -> None:
    plant, site = city.act("plant", lambda ctx: [ctx.directory.facility(code) for code in ("P01", "S-INC")])
    beijing = replace(plant, lon=Decimal("116.407"), lat=Decimal("39.904"))
    shanghai = replace(site, lon=Decimal("121.474"), lat=Decimal("31.230"))

    assert straight_km(beijing, shanghai) in range(1060, 1075)
    assert straight_km(plant, shanghai) is None
