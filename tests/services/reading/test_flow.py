"""The way of a period's sludge: what comes in goes out, unit by unit, with treatment in between or without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from sludgetrack.domain import commands as c
from sludgetrack.domain.mass import Account
from sludgetrack.domain.quantities import UNITS_PER_TONNE
from sludgetrack.services import reporting, treating
from sludgetrack.services.reading.flow import (
    OTHERS,
    End,
    FlowFigures,
    Process,
    Way,
    by_division,
    condensed,
    flow,
    regrouped,
)
from sludgetrack.services.reporting import Grouping, Period
from sludgetrack.store.embedded import Cluster
from tests.support.city import City, new_id
from tests.support.place import Place, place_in
from tests.support.worked_example import book_worked_example

QUARTER = Period(date(2025, 1, 1), date(2025, 3, 31))
BURNED = End(Account.DISPOSED, "I1", compliant=True)
AT_SITE, AT_PLANT, ON_ROAD = End(Account.SITE_STOCK), End(Account.PLANT_STOCK), End(Account.TRANSIT)
DRYING = Process("T4", "S-INC")


@pytest.fixture(scope="module")
def place(cluster: Cluster) -> Iterator[Place]:
    with place_in(cluster) as place:
        book_worked_example(place.engine)
        yield place


def today(city: City) -> Period:
    return Period(city.clock().date(), city.clock().date())


def seen(city: City, period: Period | None = None) -> FlowFigures:
    with city.engine.connect() as connection:
        return flow(connection, period or today(city), "4107")


def tonnes(units: int) -> float:
    return round(units / UNITS_PER_TONNE, 3)


def dry(city: City, lot: str, out: str, wet_kg: int = 3_700) -> None:
    """The incinerator dries all that is left of a lot to 35 %."""
    figures: dict[str, Any] = {"facility": "S-INC", "run": f"R-{out}", "process": "T4", "day": city.clock().date()}
    command = c.RecordRun(
        event_id=new_id(), inputs=(c.InputLine(lot),), outputs=(c.OutputLine(out, wet_kg, 3500),), **figures
    )
    city.act("site", lambda ctx: treating.record_run(ctx, command))


def test_the_worked_example_flows_as_its_balance_says(place: Place) -> None:
    with place.engine.connect() as connection:
        found = flow(connection, QUARTER)
        sums = reporting.grouped_sums(connection, QUARTER, Grouping.TOTAL)[1]
    ends = found.by_end()

    assert (found.produced, found.opening) == (sums.produced, sums.opening)
    assert found.produced + found.opening + found.surplus == found.total == sum(ends.values())
    assert sum(units for end, units in ends.items() if end.compliant) == sums.harmless
    assert sum(u for e, u in ends.items() if e.account is Account.DISPOSED and not e.compliant) == sums.noncompliant
    stock = sum(units for end, units in ends.items() if end in (AT_SITE, AT_PLANT, ON_ROAD))
    missing = ends[End(Account.UNACCOUNTED)]
    assert stock + missing - found.surplus == sums.closing + sums.missing


def test_untreated_sludge_goes_straight_to_its_end(city: City) -> None:
    city.produce()
    city.dispose(city.delivered(), 12_000)
    found = seen(city)

    assert {(way.process, way.end): tonnes(units) for way, units in found.ways.items()} == {
        (None, BURNED): 2.4,
        (None, AT_PLANT): 17.6,
    }


def test_treated_sludge_goes_by_its_process_with_all_it_stands_for(city: City) -> None:
    city.produce()
    dry(city, city.delivered(), "DRY-1")
    city.dispose("DRY-1", 1_850, final=False)
    found = seen(city)

    # Half of what came out is burned: half of the 2.4 t that went in, whatever the run kept.
    assert {(way.process, way.end): tonnes(units) for way, units in found.ways.items()} == {
        (DRYING, BURNED): 1.2,
        (DRYING, AT_SITE): 1.2,
        (None, AT_PLANT): 17.6,
    }
    assert found.total == found.produced


def test_what_is_left_at_the_end_of_a_period_is_what_was_left_then(city: City) -> None:
    city.produce()
    dry(city, city.delivered(), "DRY-1")
    before = today(city)
    city.clock.forward(days=1)
    city.dispose("DRY-1", 3_700)

    then, now = seen(city, before), seen(city, Period(before.first, today(city).last))

    assert tonnes(then.by_end()[AT_SITE]) == 2.4
    assert AT_SITE not in now.by_end()
    assert tonnes(now.by_end()[BURNED]) == 2.4


def test_the_end_of_a_treated_lot_belongs_to_its_process_too(city: City) -> None:
    city.produce()
    dry(city, city.delivered(), "DRY-1")
    city.dispose("DRY-1", 3_000)

    missing = {way.process: units for way, units in seen(city).ways.items() if way.end.account is Account.UNACCOUNTED}

    assert list(missing) == [DRYING]


def test_a_lot_treated_twice_belongs_to_the_last_process(city: City) -> None:
    city.produce()
    dry(city, city.delivered(), "DRY-1")
    command = c.RecordRun(
        event_id=new_id(),
        facility="S-INC",
        run="R-2",
        process="T7",
        day=city.clock().date(),
        inputs=(c.InputLine("DRY-1"),),
        outputs=(c.OutputLine("CHAR", 1_300, 500),),
    )
    city.act("site", lambda ctx: treating.record_run(ctx, command))

    assert list(seen(city).by_process()) == [Process("T7", "S-INC")]


def test_stock_below_zero_stands_on_the_other_side(city: City) -> None:
    city.produce(wet_kg=10_000)
    city.dispose(city.delivered(), 12_000)
    found = seen(city)

    assert tonnes(found.surplus) == 0.4
    assert {way.end: tonnes(units) for way, units in found.ways.items()} == {BURNED: 2.4}
    assert found.produced + found.opening + found.surplus == found.total


def test_what_is_on_the_road_is_shown_there(city: City) -> None:
    city.produce()
    city.load(city.issue())

    assert tonnes(seen(city).by_end()[ON_ROAD]) == 2.4


def test_the_next_period_opens_with_what_this_one_left(city: City) -> None:
    city.produce()
    first = seen(city)
    day = today(city).last + timedelta(days=1)
    later = seen(city, Period(day, day))

    assert (later.produced, later.opening) == (0, first.total)


def test_another_division_sees_nothing_of_it(city: City) -> None:
    city.produce()
    with city.engine.connect() as connection:
        assert flow(connection, today(city), "22").ways == {}


def many(count: int) -> FlowFigures:

    ways = {Way(f"P{n}", Process(f"T{n}", "S"), BURNED): 100 - n for n in range(count)}
    return FlowFigures(QUARTER, Grouping.PLANT, ways, sum(ways.values()), 0, 0)


def test_small_sources_and_processes_are_taken_together_and_nothing_is_lost() -> None:
    whole = many(20)
    small = condensed(whole, sources=4, processes=2)

    assert list(small.by_source()) == ["P0", "P1", "P2", "P3", OTHERS]
    assert list(small.by_process()) == [Process("T0", "S"), Process("T1", "S"), Process(OTHERS, "")]
    assert small.total == whole.total


def test_one_more_than_the_most_keeps_its_name() -> None:
    assert OTHERS not in condensed(many(5), sources=4, processes=4).by_source()


def test_many_plants_are_shown_by_the_divisions_below_the_one_asked_for() -> None:
    groups = by_division({"P0": "410702", "P1": "410721", "P2": "410100"}, "41")
    found = regrouped(many(3), groups)

    assert groups == {"P0": "4107", "P1": "4107", "P2": "4101"}
    assert found.by_source() == {"4107": 199, "4101": 98}
    assert found.by is Grouping.DIVISION
