"""Lab reports: taken in with every wrong line named, and counted where disposals are judged and moisture is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import DomainError, IdempotencyConflict, InvalidFigures, NotPermitted
from sludgetrack.domain.gates import Breach
from sludgetrack.services import audit, facility_acts, sampling, treating
from sludgetrack.services.audit import Area
from sludgetrack.store.tables.mass import disposal, holding
from sludgetrack.store.tables.record import entry
from sludgetrack.store.tables.registry import lab_report
from tests.support.city import City, new_id
from tests.support.labs import PDF, Kept, clean, readings, report_of, sample

DAY = timedelta(days=1)


def refusal(work: Callable[[], object]) -> list[tuple[str | None, str]]:
    with pytest.raises(DomainError) as refused:
        work()
    error = refused.value
    problems = error.problems if isinstance(error, InvalidFigures) else (error,)
    return [(problem.field, problem.code) for problem in problems]


def rows(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(lab_report).order_by(lab_report.c.id)))


# Taking a report in


def test_the_plant_records_what_the_laboratory_found_with_its_file(city: City, engine: Engine) -> None:
    blobs = Kept()
    digest = keep(city, "plant", blobs)

    sample(
        city, blobs=blobs, report="XX-2026-01", lab="环境监测中心", file=digest, readings=readings(Cd="1.97", pH="7.1")
    )

    (row,) = rows(engine)
    assert (row.name, row.subject, row.lab, row.file) == ("XX-2026-01", "P01", "环境监测中心", digest)
    assert row.readings == [
        {"parameter": "Cd", "value": "1.97", "unit": None},
        {"parameter": "pH", "value": "7.1", "unit": None},
    ]


def test_a_report_may_be_on_a_batch_that_lies_or_lay_there(city: City, engine: Engine) -> None:
    city.produce("B1", 12_000)
    sample(city, sample_of="B1")
    city.load(city.issue())

    sample(city, sample_of="B1")

    assert [row.subject for row in rows(engine)] == ["B1", "B1"]


def test_the_same_request_again_gives_the_same_receipt(city: City) -> None:
    command = report_of(city)

    first, second = (city.act("plant", lambda ctx: sampling.record_sample(ctx, Kept(), command)) for _ in range(2))

    assert (first, second.replayed) == (second, True)


def test_the_same_id_for_another_report_is_a_conflict(city: City) -> None:
    command = report_of(city)
    sample(city, event_id=command.event_id, report="R1")

    with pytest.raises(IdempotencyConflict):
        sample(city, event_id=command.event_id, report="R2")


def test_what_lies_elsewhere_cannot_be_sampled_here(city: City) -> None:
    city.produce("B1")

    assert refusal(lambda: sample(city, "site", facility="S-INC", sample_of="B1")) == [("sample_of", "not_found")]


def test_a_load_on_the_road_lies_nowhere(city: City) -> None:
    city.produce()
    number = city.issue()
    city.load(number)

    assert refusal(lambda: sample(city, sample_of=number)) == [("sample_of", "not_found")]


def test_a_name_is_given_once(city: City) -> None:
    sample(city, report="R1")

    assert refusal(lambda: sample(city, "site", facility="S-INC", report="R1")) == [("report", "name_taken")]


def test_nothing_was_sampled_tomorrow(city: City) -> None:
    assert refusal(lambda: sample(city, sampled_on=city.clock().date() + DAY)) == [("sampled_on", "in_the_future")]


def keep(city: City, who: str, blobs: Kept, content: bytes = PDF) -> str:
    return city.act(who, lambda ctx: sampling.keep_file(ctx, blobs, content, 1))


def test_a_file_has_to_be_there_first(city: City) -> None:
    assert refusal(lambda: sample(city, file="ab" * 32)) == [("file", "not_found")]


def test_naming_the_digest_of_somebody_elses_file_does_not_open_it(city: City) -> None:
    blobs = Kept()
    sheet = blobs.put(b"%PDF-1.7 somebody's sheet").hex()
    theirs = keep(city, "site", blobs)

    assert refusal(lambda: sample(city, blobs=blobs, file=sheet)) == [("file", "not_found")]
    assert refusal(lambda: sample(city, blobs=blobs, file=theirs)) == [("file", "not_found")]


@pytest.mark.parametrize("content", [b"GIF89a", b"RIFF    WEBP", b"<script>", b"", PDF + bytes(1024 * 1024)])
def test_a_file_of_another_kind_or_too_large_is_not_kept(city: City, content: bytes) -> None:
    assert refusal(lambda: keep(city, "plant", Kept(), content)) == [("file", "out_of_range")]


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        (c.ReadingLine("Xx", "1"), "readings/1/parameter", "out_of_range"),
        (c.ReadingLine("moisture", "1"), "readings/1/parameter", "name_taken"),
        (c.ReadingLine("Cd", "1", "mg/l"), "readings/1/unit", "out_of_range"),
        (c.ReadingLine("pH", "7", "mg/kg"), "readings/1/unit", "out_of_range"),
        (c.ReadingLine("pH", "14.1"), "readings/1/value", "out_of_range"),
        (c.ReadingLine("Cd", "<0.1"), "readings/1/value", "out_of_range"),
        (c.ReadingLine("Cd", "1e3"), "readings/1/value", "out_of_range"),
    ],
)
def test_a_wrong_line_is_named_by_its_place(city: City, line: c.ReadingLine, field: str, code: str) -> None:
    assert refusal(lambda: sample(city, readings=(*readings(moisture="80"), line))) == [(field, code)]


def test_every_wrong_line_is_named_at_once(city: City) -> None:
    wrong = readings(Xx="1", moisture="101")

    assert [field for field, _ in refusal(lambda: sample(city, sample_of="nothing", readings=wrong))] == [
        "sample_of",
        "readings/0/parameter",
        "readings/1/value",
    ]


def test_a_report_states_something(city: City) -> None:
    assert refusal(lambda: sample(city, readings=())) == [("readings", "field_missing")]


@pytest.mark.parametrize("unit", [None, "mg/kg", "mg/kg dry", "g/kg", "g/kg dry"])
def test_a_metal_may_be_stated_by_the_gram(city: City, engine: Engine, unit: str | None) -> None:
    sample(city, readings=(c.ReadingLine("Cd", "1", unit),))

    assert rows(engine)[0].readings[0]["unit"] == unit


@pytest.mark.parametrize("who", ["site", "driver", "dispatcher", "regulator", "outsider"])
def test_nobody_else_records_a_plants_report(city: City, who: str) -> None:
    with pytest.raises(NotPermitted):
        sample(city, who)


# Disposals


def on_the_landfill(city: City, lot: str, **more: Any) -> c.RecordDisposal:
    figures = {
        "event_id": new_id(),
        "facility": "S-INC",
        "disposal": f"D-{new_id()[-12:]}",
        "lot": lot,
        "route": "F2",
        "day": city.clock().date(),
        "wet_kg": 1000,
        "moisture_bp": 5000,
        **more,
    }
    return c.RecordDisposal(**figures)


def judged(city: City, lot: str, **more: Any) -> tuple[list[Breach], str | None]:
    """The gates a disposal would break, and the report that decided."""
    command = on_the_landfill(city, lot, **more)
    found = city.act("site", lambda ctx: facility_acts.preview_disposal(ctx, command))
    return [reason.breach for reason in found.reasons], found.report.id if found.report else None


@pytest.fixture
def lot(city: City) -> str:
    """A lot that the incinerator received from the plant."""
    city.produce()
    return city.delivered()


def test_without_a_report_a_route_that_needs_one_is_broken(city: City, lot: str) -> None:
    assert judged(city, lot) == ([Breach.NO_LAB_REPORT], None)


def test_the_plants_report_counts_for_a_lot_received_straight_from_it(city: City, lot: str) -> None:
    sample(city, report="plant's", readings=clean("F2"))

    assert judged(city, lot) == ([], "plant's")


def test_another_plants_report_does_not_count(city: City, lot: str) -> None:
    sample(city, facility="P02", readings=clean("F2"))

    assert judged(city, lot) == ([Breach.NO_LAB_REPORT], None)


def test_a_report_on_another_batch_of_the_plant_does_not_count(city: City, lot: str) -> None:
    sample(city, sample_of="B1", readings=clean("F2"))

    assert judged(city, lot) == ([Breach.NO_LAB_REPORT], None)


def test_of_plant_site_and_lot_the_newest_report_decides(city: City, lot: str) -> None:
    today = city.clock().date()
    sample(city, "site", facility="S-INC", sample_of=lot, report="lot's", readings=clean("F2"), sampled_on=today - DAY)
    sample(city, report="plant's", readings=clean("F2", Cd="21"), sampled_on=today - 2 * DAY)
    assert judged(city, lot) == ([], "lot's")

    sample(city, "site", facility="S-INC", report="site's", readings=clean("F2", Hg="26"), sampled_on=today)

    assert judged(city, lot) == ([Breach.LAB_REPORT_FAILS], "site's")


def test_of_one_day_the_report_recorded_later_decides(city: City, lot: str) -> None:
    sample(city, report="first", readings=clean("F2", Cd="21"))
    sample(city, "site", facility="S-INC", report="second", readings=clean("F2"))

    assert judged(city, lot) == ([], "second")


def test_a_plant_that_names_a_batch_like_a_site_reports_on_its_own_batch_alone(city: City, lot: str) -> None:
    city.produce("S-INC")
    sample(city, sample_of="S-INC", readings=clean("F2"))

    assert judged(city, lot) == ([Breach.NO_LAB_REPORT], None)


def test_a_plants_report_says_nothing_of_what_a_run_made_of_its_sludge(city: City, lot: str) -> None:
    sample(city, readings=clean("F2"))
    run = c.RecordRun(
        event_id=new_id(),
        facility="S-INC",
        run="RUN-1",
        process="T4",
        day=city.clock().date(),
        inputs=(c.InputLine(lot),),
        outputs=(c.OutputLine(f"{lot}/2", 4_000, 4_000),),
    )
    city.act("site", lambda ctx: treating.record_run(ctx, run))

    assert judged(city, f"{lot}/2") == ([Breach.NO_LAB_REPORT], None)


def test_a_disposal_keeps_the_report_that_decided_whatever_is_reported_later(
    city: City, lot: str, engine: Engine
) -> None:
    sample(city, report="good", readings=clean("F2"))
    command = on_the_landfill(city, lot)
    city.act("site", lambda ctx: facility_acts.record_disposal(ctx, command))
    sample(city, report="bad", readings=clean("F2", Cd="99"))

    with engine.connect() as connection:
        claim = connection.scalar(select(entry.c.claim).where(entry.c.event_id == command.event_id))
        compliant = connection.scalar(select(disposal.c.compliant))
    assert claim is not None
    assert (claim["lab_report"], claim["compliant"], compliant) == ("good", True, True)


# Missing moisture


def test_a_batch_without_moisture_takes_the_plants_newest_of_the_week(city: City, engine: Engine) -> None:
    today = city.clock().date()
    sample(city, readings=readings(moisture="75.5"), sampled_on=today - 7 * DAY)
    sample(city, readings=readings(Cd="1"), sampled_on=today)
    city.produce("B1", moisture_bp=None)

    assert made_with(engine, "B1") == (7550, True)


def test_an_older_report_or_one_on_a_batch_says_nothing_of_the_plant(city: City, engine: Engine) -> None:
    today = city.clock().date()
    city.produce("B0")
    sample(city, readings=readings(moisture="75.5"), sampled_on=today - 8 * DAY)
    sample(city, sample_of="B0", readings=readings(moisture="70"))
    city.produce("B1", moisture_bp=None)

    assert made_with(engine, "B1") == (8000, True)


def test_a_load_without_moisture_takes_the_givers_newest(city: City, engine: Engine) -> None:
    city.produce()
    sample(city, readings=readings(moisture="77"))
    number = city.issue()

    receipt = city.load(number, moisture_out_bp=None)

    with engine.connect() as connection:
        claim = connection.scalar(select(entry.c.claim).where(entry.c.event_id == receipt.event_id))
    assert claim is not None
    assert claim["assumed_bp"] == 7700


def made_with(engine: Engine, batch: str) -> tuple[int, bool]:
    with engine.connect() as connection:
        query = select(holding.c.moisture_bp, holding.c.estimated).where(holding.c.name == batch)
        moisture_bp, estimated = connection.execute(query).one()
    return moisture_bp, estimated


# The audit


def audited(engine: Engine) -> list[tuple[str, str, str]]:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        report = audit.audit(connection, lambda _digest: b"")
    firsts = [outcome.first for outcome in report.outcomes if outcome.area is Area.REGISTERS]
    return [(first.code, first.where.split()[0], first.detail) for first in firsts if first is not None]


def test_reports_agree_with_their_events(city: City) -> None:
    sample(city)
    sample(city, "site", facility="S-INC", readings=clean("F2"))

    assert audited(city.engine) == []


@pytest.mark.parametrize(
    ("tampering", "code"),
    [
        ("""UPDATE lab_report SET readings = '[{"parameter": "Cd", "value": "1", "unit": null}]'""", "row_differs"),
        ("UPDATE lab_report SET sampled_on = sampled_on + 1", "row_differs"),
        ("UPDATE lab_report SET subject = 'S-INC'", "row_differs"),
        ("DELETE FROM lab_report WHERE id = (SELECT max(id) FROM lab_report)", "row_missing"),
        (
            (
                "INSERT INTO lab_report (event_id, name, facility_id, subject, sampled_on, readings) "
                "SELECT e.event_id, 'R-X', f.id, 'P01', '2026-03-01', '[]' FROM entry e, facility f "
                "WHERE e.type = 'registered' AND f.code = 'P01' LIMIT 1"
            ),
            "row_too_many",
        ),
        ("UPDATE lab_report SET id = 1000 - id", "lab_report_order_differs"),
    ],
)
def test_a_report_changed_behind_the_records_back_is_found(
    city: City, superuser: Engine, tampering: str, code: str
) -> None:
    sample(city)
    sample(city)

    with superuser.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE lab_report ALTER COLUMN id DROP IDENTITY")
        connection.exec_driver_sql("CREATE SEQUENCE ids START 100")
        connection.exec_driver_sql("ALTER TABLE lab_report ALTER COLUMN id SET DEFAULT nextval('ids')")
        connection.exec_driver_sql(tampering)

    assert [found[:2] for found in audited(city.engine)] == [(code, "lab_report")]
