"""Lab reports read for many subjects at once, and those a unit of work adds itself."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import Engine, event

from sludgetrack.domain.labs import Reading
from sludgetrack.store import labs
from sludgetrack.store.labs import Reports
from tests.support.city import City
from tests.support.labs import clean, readings, sample


def test_reports_are_read_by_what_they_are_about_in_one_statement(city: City, engine: Engine) -> None:
    city.produce("B1")
    sample(city, report="plant's", readings=clean("F2"))
    sample(city, report="batch's", sample_of="B1", readings=clean("F2"))
    sample(city, "site", facility="S-INC", report="site's", readings=clean("F2"))
    reports, sent = Reports(), []

    with engine.connect() as connection:
        event.listen(engine, "before_cursor_execute", lambda *args: sent.append(args[2]))
        for _ in range(2):
            reports.read(connection, [("P01", "P01"), ("S-INC", "S-INC"), ("S-INC", "B1"), ("P02", "P02")])

    assert len(sent) == 1
    assert [report.id for report in reports.for_disposal("S-INC", "B1", "P01")] == ["site's", "plant's"]
    assert not reports.of("P01", "B1")


def test_what_a_unit_of_work_adds_is_later_than_all_on_record(city: City, engine: Engine) -> None:
    sample(city, report="recorded", readings=readings(moisture="78"))
    reports, today = Reports(), city.clock().date()
    with engine.connect() as connection:
        reports.read(connection, [("P01", "P01")])
    assert reports.assumed_bp("P01", today) == 7800

    reports.add("P01", "added", "P01", today, {"moisture": Reading(Decimal(77), "%")})

    assert reports.assumed_bp("P01", today) == 7700
    assert reports.assumed_bp("P01", today - timedelta(days=1)) == 8000
    assert reports.assumed_bp("P02", today) == 8000


def test_the_plant_behind_a_lot_is_the_giver_of_its_receipt(city: City, engine: Engine) -> None:
    city.produce("B1")
    lot = city.delivered()

    with engine.connect() as connection:
        assert labs.plants_behind(connection, [lot, "B1", "nothing"]) == {lot: "P01"}
        assert labs.plants_behind(connection, []) == {}


def test_a_lot_named_like_a_further_part_of_a_manifest_is_not_received_from_its_plant(
    city: City, engine: Engine
) -> None:
    city.produce()
    lot = city.delivered()
    city.produce(f"{lot}/2")

    with engine.connect() as connection:
        assert labs.plants_behind(connection, [f"{lot}/2"]) == {}
