"""The ledger of a facility adds up, to the unit, with the mass book and with what is reported of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import NotFound, OutOfRange
from sludgetrack.domain.quantities import tonnes_from_units
from sludgetrack.services import facility_acts, reporting
from sludgetrack.services.manifests import act
from sludgetrack.services.reading import ledgers
from sludgetrack.services.reading.ledger_rows import By, Ledger, Span
from sludgetrack.services.reporting import Grouping, Period
from sludgetrack.store.tables.mass import holding, posting
from sludgetrack.store.tables.registry import facility
from tests.support.city import City, new_id
from tests.support.random_city import live

MARCH = Span(date(2026, 3, 1), date(2026, 3, 31), By.DAY)
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31), By.MONTH)
IN_STOCK = ("plant_stock", "site_stock")


def ledger(city: City, who: str, code: str, span: Span = MARCH) -> Ledger:
    return city.act(who, lambda ctx: ledgers.facility_ledger(ctx, code, span))


def lines(city: City, who: str, code: str, span: Span = MARCH) -> list[ledgers.Line]:
    return city.act(who, lambda ctx: ledgers.entries(ctx, code, span.first, span.last))


def in_stock(city: City, code: str) -> int:
    query = select(func.sum(holding.c.physical_left)).join(facility, facility.c.id == holding.c.facility_id)
    with city.engine.connect() as connection:
        return int(connection.scalar(query.where(facility.c.code == code)) or 0)


def booked(city: City, code: str, first: date, last: date, *accounts: str) -> int:
    p = posting.c
    query = select(func.sum(p.physical_units)).join(facility, facility.c.id == p.facility_id)
    query = query.where(facility.c.code == code, p.day.between(first, last), p.account.in_(accounts))
    with city.engine.connect() as connection:
        return int(connection.scalar(query) or 0)


def test_a_day_of_a_plant_shows_what_was_produced_sent_and_left(city: City) -> None:
    city.produce("B1", 100_000)
    city.delivered(12_000)
    city.delivered(15_000)

    found = ledger(city, "plant", "P01")

    (row,) = found.rows
    assert (row.first, row.last) == (date(2026, 3, 2), date(2026, 3, 2))
    assert (row.opening, row.closing) == (0, 73_000 * 2_000)
    assert (row.produced.wet_kg, row.produced.dry_units, row.produced.moisture_bp) == (100_000, 200_000_000, 8_000)
    assert (row.sent.count, row.sent.wet_kg, row.sent.dry_units) == (2, 27_000, 54_000_000)
    assert [(way.code, way.route, way.amount.count) for way in found.sent_to] == [("S-INC", "I1", 2)]


def test_a_day_of_a_site_shows_what_came_from_whom_and_what_became_of_it(city: City) -> None:
    city.produce("B1", 100_000)
    lot = city.delivered(12_000)
    city.dispose(lot, 11_000)

    found = ledger(city, "site", "S-INC")

    (row,) = found.rows
    assert (row.received.count, row.received.wet_kg) == (1, 12_000)
    assert (row.harmless.count, row.harmless.wet_kg, row.harmless.dry_units) == (1, 11_000, 22_000_000)
    assert (row.missing, row.closing, row.difference) == (2_000_000, 0, 0)
    assert row.load_bp(found.facility.capacity_t80_kg_d) == 240  # 12 t at 80 % of 500 t a day
    assert [(way.code, way.amount.wet_kg) for way in found.received_from] == [("P01", 12_000)]
    assert [(one.route, one.harmless.wet_kg) for one in found.disposed_by] == [("I1", 11_000)]


def test_what_was_refused_is_counted_at_the_gate_and_comes_back_at_the_plant(city: City) -> None:
    city.produce("B1", 100_000)
    number = city.issue()
    city.load(number, 12_000)
    city.clock.forward(minutes=50)
    city.receive(number, 12_000, accepted_kg=5_000)
    city.take_back(number, 7_000)

    site, plant = ledger(city, "site", "S-INC").total, ledger(city, "plant", "P01").total

    assert (site.received.wet_kg, site.refused.count, site.refused.wet_kg) == (5_000, 1, 7_000)
    assert (plant.sent.wet_kg, plant.returned.count, plant.returned.wet_kg) == (12_000, 1, 7_000)
    assert plant.closing == 95_000 * 2_000


def test_a_truck_refused_here_and_received_elsewhere_stays_in_the_ledger_of_both(city: City) -> None:
    city.produce("B1", 100_000)
    number = city.issue()
    city.load(number, 12_000)
    city.clock.forward(minutes=50)
    city.receive(number, 12_000, accepted_kg=0)
    redirect = c.RedirectLoad(event_id=new_id(), destination="S-CEM", route="B1", reason="焚烧炉检修")
    city.act("plant", lambda ctx: act(ctx, number, redirect))
    city.clock.forward(minutes=50)
    city.receive(number, 11_900)

    first, second = ledger(city, "site", "S-INC").total, ledger(city, "site", "S-CEM").total

    assert (first.received.count, first.refused.count, first.refused.wet_kg) == (0, 1, 12_000)
    assert (second.received.count, second.received.wet_kg, second.refused.count) == (1, 11_900, 0)


def test_sewer_sludge_and_estimates_stand_apart(city: City) -> None:
    city.produce("B1", 10_000, moisture_bp=None)
    city.produce("B2", 20_000)
    city.produce("B3", 3_000, kind="sewer_sludge")

    row = ledger(city, "plant", "P01").total

    assert (row.produced.wet_kg, row.estimated.wet_kg, row.sewer.wet_kg) == (30_000, 10_000, 3_000)
    assert row.difference == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_every_row_of_a_random_life_balances_to_the_unit_and_meets_the_mass_book(city: City, seed: int) -> None:
    live(city, seed, days=25)
    for who, code in (("plant", "P01"), ("site", "S-INC")):
        for span in (YEAR, Span(date(2026, 3, 1), date(2027, 3, 1), By.DAY)):
            found = ledger(city, who, code, span)
            total = found.total

            assert [row.difference for row in (*found.rows, total)] == [0] * (len(found.rows) + 1)
            assert (total.opening, total.closing) == (0, in_stock(city, code))
            assert sum(row.change for row in found.rows) == total.change
            disposed = total.harmless.dry_units + total.noncompliant.dry_units
            assert disposed == booked(city, code, span.first, span.last, "disposed")
            assert sum(one.row.into_units - one.row.taken_units for one in lines(city, who, code, span)) == total.change


@pytest.mark.parametrize("seed", [3])
def test_what_a_plant_produced_is_what_is_reported_of_it(city: City, seed: int) -> None:
    live(city, seed, days=25)
    period = Period(YEAR.first, YEAR.last)
    with city.engine.connect() as connection:
        reported = reporting.balance(connection, period, Grouping.PLANT, division_prefix="410702").rows[0]

    produced = ledger(city, "plant", "P01", YEAR).total.produced

    assert tonnes_from_units(produced.dry_units) == reported["produced"]


def test_a_later_period_opens_with_what_the_earlier_one_closed_with(city: City) -> None:
    live(city, 4, days=25)
    whole = ledger(city, "plant", "P01", Span(date(2026, 3, 1), date(2027, 3, 1), By.DAY))
    middle = whole.rows[len(whole.rows) // 2].first

    before = ledger(city, "plant", "P01", Span(date(2026, 3, 1), middle - timedelta(days=1), By.DAY))
    after = ledger(city, "plant", "P01", Span(middle, date(2027, 3, 1), By.DAY))

    assert before.total.closing == after.total.opening
    assert (*before.rows, *after.rows) == whole.rows


def test_an_entry_names_the_manifest_the_truck_and_the_other_end_but_no_person(city: City) -> None:
    city.produce("B1", 100_000)
    number = city.delivered()

    produced, loaded = lines(city, "plant", "P01")
    (received,) = lines(city, "site", "S-INC")

    assert (produced.row.named, produced.row.wet_kg, produced.row.moisture_bp) == ("B1", 100_000, 8_000)
    assert (loaded.row.number, loaded.row.plate, loaded.row.hauler) == (number, "豫G12345", "宏达运输有限公司")
    assert (loaded.other, received.other) == ("新乡污泥焚烧厂", "骆驼湾污水处理厂")
    assert "张㛃" not in str((loaded, received))


@pytest.mark.parametrize(("who", "code"), [("plant", "P01"), ("site", "S-INC"), ("regulator", "P01")])
def test_who_runs_or_supervises_a_facility_reads_its_ledger(city: City, who: str, code: str) -> None:
    city.produce("B1", 10_000)

    assert ledger(city, who, code).facility.code == code


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("outsider", "P01"),
        ("far_regulator", "P01"),
        ("plant", "S-INC"),
        ("site", "P01"),
        ("dispatcher", "P01"),
        ("driver", "P01"),
        ("plant", "NOWHERE"),
    ],
)
def test_to_anybody_else_a_facility_is_unknown(city: City, who: str, code: str) -> None:
    city.produce("B1", 10_000)

    with pytest.raises(NotFound):
        lines(city, who, code)
    with pytest.raises(NotFound):
        city.act(who, lambda ctx: ledgers.run_lots(ctx, code, MARCH.first, MARCH.last))
    with pytest.raises(NotFound):
        city.act(who, lambda ctx: ledgers.refusals(ctx, code, MARCH.first, MARCH.last))
    with pytest.raises(NotFound):
        ledger(city, who, code)


@pytest.mark.parametrize(
    ("first", "last", "by"),
    [
        (date(2026, 3, 2), date(2026, 3, 1), By.MONTH),
        (date(2024, 1, 1), date(2026, 3, 1), By.DAY),
        (date(2000, 1, 1), date(2199, 3, 1), By.YEAR),
    ],
)
def test_a_span_has_a_row_at_least_and_not_too_many(first: date, last: date, by: By) -> None:
    with pytest.raises(OutOfRange):
        Span(first, last, by)


def test_a_disposal_by_a_route_that_breaks_a_gate_stands_apart(city: City) -> None:
    city.produce("B1", 100_000)
    lot = city.delivered(12_000)
    bad = c.RecordDisposal(
        event_id=new_id(),
        facility="S-INC",
        disposal="D-1",
        lot=lot,
        route="F2",
        day=city.clock().date(),
        wet_kg=12_000,
        final=True,
    )
    city.act("site", lambda ctx: facility_acts.record_disposal(ctx, bad))

    row = ledger(city, "site", "S-INC").total

    assert (row.harmless.wet_kg, row.noncompliant.count, row.noncompliant.wet_kg) == (0, 1, 12_000)
    assert row.difference == 0
