"""Treatment runs, stock counts and lab reports of a small city, as they stand in the record after their import."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine, text

from sludgetrack import reference
from sludgetrack.domain.limits import Limits
from sludgetrack.services.audit import Area, audit
from tests.services.importing.making import (
    BATCH,
    BURNT,
    CHARRED,
    COUNTED,
    DRIED,
    LOADED,
    RECEIVED,
    SAMPLED,
    Files,
    Row,
    picture,
    rows,
    run,
    small_city,
    sums_by_account,
    write,
)
from tests.services.importing.test_history import agrees_with_itself
from tests.support.city import City

DRY = 2_000
"""20 % of a tonne, in units of 0.1 g a kilogram."""
LAST = BURNT | {"disposal": "D2", "lot": "M1-CHAR", "wet_t": "1.1", "moisture_pct": "5", "date": "2025-02-04"}
FILLED = BURNT | {"site": "S-FILL", "route": "F2", "moisture_pct": "55"}
"""A disposal that asks for a lab report."""
NO_REPORT = "no_lab_report"


def everything() -> Files:
    """A small city whose lot is dried, charred and burnt, whose plant is counted, and whose site was sampled."""
    rest = LOADED | {"manifest": "M2", "plate": "豫G10001", "loaded_at": "2025-02-04 08:00"}
    return small_city(
        movements=[RECEIVED, rest],
        treatments=[DRIED, CHARRED],
        disposals=[BURNT | {"wet_t": "6.4"}, LAST],
        stocktakes=[COUNTED],
        labs=[SAMPLED, SAMPLED | {"parameter": "Hg", "value": "1.50"}],
    )


def marks_of(engine: Engine, type_: str) -> list[list[str]]:
    """The marks of all events of a type."""
    return [marks for (marks,) in rows(engine, "SELECT marks FROM entry WHERE type = :type", type=type_)]


def breaches(engine: Engine) -> list[str]:
    """What the one disposal breaks of what it is asked by a laboratory."""
    ((reasons,),) = rows(engine, "SELECT reasons FROM disposal")
    return [reason["breach"] for reason in reasons if "lab" in reason["breach"]]


# Runs


def test_a_run_passes_on_all_the_origin_and_says_what_it_kept(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "l", small_city(treatments=[DRIED], disposals=[])))

    ((claim,),) = rows(engine, "SELECT claim FROM entry WHERE type = 'treated'")
    said = {key: claim[key] for key in ("facility", "run", "process", "day", "inputs", "outputs", "stabilises")}
    assert said == {
        "facility": "S-INC",
        "run": "R1",
        "process": "T4",
        "day": "2025-02-02",
        "inputs": [{"lot": "M1", "kg": 10_000}],
        "outputs": [{"lot": "M1-DRY", "wet_kg": 3_000, "moisture_bp": 3500}],
        "stabilises": False,
    }
    assert (claim["kept_bp"], claim["plausible"], "additives" in claim) == (9750, True, False)
    found = rows(engine, "SELECT name, kind, physical_left, origin_left FROM holding WHERE account = 'site_stock'")
    assert sorted(found) == [
        ("M1", "plant_sludge", 6_400 * DRY, 6_400 * DRY),
        ("M1-DRY", "product", 3_000 * 6_500, 10_000 * DRY),
    ]


def test_a_run_that_loses_too_much_is_marked_and_no_error(engine: Engine, tmp_path: Path) -> None:
    imported = run(engine, write(tmp_path / "l", small_city(treatments=[DRIED | {"outputs": "M1-DRY:1:35"}])))

    assert imported.codes == []
    assert marks_of(engine, "treated") == [["imported", "implausible_yield"]]


def test_what_was_added_is_nobodys_sludge(engine: Engine, tmp_path: Path) -> None:
    limed = DRIED | {"process": "T6", "outputs": "M1-LIMED:5:50", "additive_dry_t": "0.5"}
    run(engine, write(tmp_path / "l", small_city(treatments=[limed], disposals=[])))

    ((claim,),) = rows(engine, "SELECT claim FROM entry WHERE type = 'treated'")
    assert (claim["additives"], claim["kept_bp"]) == ([{"what": "other", "dry_kg": 500}], 10_000)
    ((origin, stabilised),) = rows(engine, "SELECT origin_left, stabilised FROM holding WHERE name = 'M1-LIMED'")
    assert (origin, stabilised) == (10_000 * DRY, True)


def test_a_run_takes_what_an_earlier_run_made(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "l", everything()))

    assert sums_by_account(engine)["P01", "disposed"] == 16_400 * DRY
    named = rows(engine, "SELECT name FROM name WHERE kind = 'treated' ORDER BY name")
    assert [name for (name,) in named] == ["M1-CHAR", "M1-DRY", "R1", "R2"]


def test_what_a_run_makes_travels_on_the_next_day(engine: Engine, tmp_path: Path) -> None:
    onward = RECEIVED | {
        "manifest": "M2",
        "from": "S-INC",
        "to": "S-FILL",
        "batch": "M1-DRY",
        "loaded_at": "2025-02-03 08:00",
        "received_at": "2025-02-03 10:00",
        **dict.fromkeys(("out_gross_t", "out_tare_t", "in_gross_t", "in_tare_t"), ""),
        **dict.fromkeys(("out_net_t", "in_net_t", "accepted_t"), "3"),
        **dict.fromkeys(("out_moisture_pct", "in_moisture_pct"), "35"),
    }
    imported = run(engine, write(tmp_path / "l", small_city(treatments=[DRIED], movements=[RECEIVED, onward])))

    assert imported.codes == []
    assert rows(engine, "SELECT origin_left FROM holding WHERE name = 'M2' AND account = 'site_stock'") == [
        (10_000 * DRY,)
    ]


def test_a_run_imported_before_is_not_changed(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "first", small_city(treatments=[DRIED])))

    imported = run(engine, write(tmp_path / "second", {"treatments": [DRIED | {"outputs": "M1-DRY:3:36"}]}))

    assert imported.codes == [("treatments.csv", 2, "outputs", "changed")]


def test_a_plant_may_treat_its_own_batches(engine: Engine, tmp_path: Path) -> None:
    own = DRIED | {"site": "P01", "inputs": "B1:10", "outputs": "B1-DRY:3:35"}
    load = LOADED | {"loaded_at": "2025-02-03 08:00", "out_gross_t": "", "out_tare_t": "", "out_net_t": "95"}
    imported = run(engine, write(tmp_path / "l", small_city(treatments=[own], movements=[load], disposals=[])), steps=1)

    assert imported.codes == []
    found = rows(engine, "SELECT name, physical_left FROM holding WHERE account = 'plant_stock' ORDER BY name")
    assert found == [("B1", 0), ("B1-DRY", 3_000 * 6_500 - 5_000 * DRY)]


def test_a_tampered_posting_of_a_run_is_named(engine: Engine, superuser: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "l", everything()))
    assert agrees_with_itself(engine)
    tamper = """
        UPDATE posting SET physical_units = physical_units + 1
        WHERE (event_id, n) = (SELECT p.event_id, p.n FROM posting p JOIN entry e USING (event_id)
                               WHERE e.type = 'treated' ORDER BY p.event_id, p.n LIMIT 1)"""
    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(tamper))

    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        report = audit(connection, lambda _digest: None)

    (found,) = [outcome for outcome in report.outcomes if outcome.area is Area.POSTINGS]
    assert found.first is not None
    assert found.first.where.startswith("facility:S-INC #3 treated")


# Counts


def test_a_count_books_what_is_missing(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "l", small_city(stocktakes=[COUNTED])))

    missing = rows(engine, "SELECT cause, sum(origin_units) FROM posting WHERE account = 'unaccounted' GROUP BY 1")
    assert sorted(missing) == [("count", 540 * DRY), ("receipt", 60 * DRY)]
    assert rows(engine, "SELECT physical_left FROM holding WHERE name = 'B1'") == [(83_000 * DRY,)]


def test_a_count_comes_after_the_disposals_of_its_day(engine: Engine, tmp_path: Path) -> None:
    nothing = COUNTED | {"facility": "S-INC", "date": BURNT["date"], "wet_t": "0"}
    run(engine, write(tmp_path / "l", small_city(stocktakes=[nothing])))

    assert rows(engine, "SELECT count(*) FROM posting WHERE cause = 'count'") == [(0,)]


def test_a_count_where_nothing_is_booked_opens_the_stock(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "l", small_city(stocktakes=[COUNTED | {"facility": "P02"}])))

    found = rows(engine, "SELECT name, physical_left FROM holding WHERE name LIKE '%-opening'")
    assert found == [("P02-opening", 83_000 * DRY)]


@pytest.mark.parametrize("steps", [1, 2, 100])
def test_the_size_of_the_chunks_does_not_matter(
    engine: Engine, other_engine: Engine, tmp_path: Path, steps: int
) -> None:
    older = BATCH | {"batch": "B0", "date": "2025-01-20", "wet_t": "5"}
    files = everything() | {"production": [BATCH, older]}
    run(engine, write(tmp_path / "l", files), steps=steps)
    run(other_engine, write(tmp_path / "l", files))

    assert picture(engine) == picture(other_engine)
    assert agrees_with_itself(engine)


def test_the_same_again_records_nothing(engine: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path / "l", everything())
    run(engine, folder)

    again = run(engine, folder)

    assert (again.codes, again.outcome.events) == ([], 0)
    unchanged = {name: again.counts(name).unchanged for name in ("treatments", "stocktakes", "labs")}
    assert unchanged == {"treatments": 2, "stocktakes": 1, "labs": 2}


def test_a_workbook_is_read_like_a_folder(engine: Engine, other_engine: Engine, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, listed in everything().items():
        sheet = book.create_sheet(_SHEETS.get(name, name))
        columns = list(dict.fromkeys(column for row in listed for column in row))
        sheet.append(columns)
        for row in listed:
            sheet.append([_typed(row.get(column, "")) for column in columns])
    (tmp_path / "book").mkdir()
    book.save(tmp_path / "book" / "城市.xlsx")
    run(other_engine, write(tmp_path / "l", everything()))

    assert run(engine, tmp_path / "book").codes == []
    assert picture(engine) == picture(other_engine)


_SHEETS = {"treatments": "处理台账", "stocktakes": "盘点", "labs": "检测报告"}


def _typed(cell: str) -> str | float | None:
    try:
        return float(Decimal(cell)) if cell.replace(".", "", 1).isdecimal() else cell or None
    except ArithmeticError:
        return cell


# Lab reports


def passing(subject: str, **cells: str) -> list[Row]:
    """A report that meets every limit of a landfill."""
    limits = Limits(reference.limits()).of("F2")
    values = {limit.parameter: "0" if limit.op.startswith("<") else f"{limit.value}" for limit in limits}
    values |= {"pH": "7"} if "pH" in values else {}
    sample = SAMPLED | {"subject": subject} | cells
    return [sample | {"parameter": parameter, "value": value} for parameter, value in values.items()]


def landfilled(labs: list[Row]) -> Files:
    """A lot that came straight from its plant is landfilled."""
    wet = RECEIVED | {"to": "S-FILL", "route": "F2"}
    return small_city(movements=[wet], disposals=[FILLED], labs=labs)


def test_without_a_report_a_disposal_that_asks_for_one_is_not_compliant(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "l", landfilled([])))

    assert breaches(engine) == [NO_REPORT]


@pytest.mark.parametrize("subject", ["M1", "S-FILL", "P01"])
@pytest.mark.parametrize("steps", [1, 100])
def test_a_report_on_the_lot_the_site_or_the_plant_is_looked_at(
    engine: Engine, tmp_path: Path, subject: str, steps: int
) -> None:
    imported = run(engine, write(tmp_path / "l", landfilled(passing(subject))), steps=steps)

    assert imported.codes == []
    assert breaches(engine) == []


@pytest.mark.parametrize("subject", ["P02", "B1", "S-INC"])
def test_a_report_on_anything_else_is_not(engine: Engine, tmp_path: Path, subject: str) -> None:
    run(engine, write(tmp_path / "l", landfilled(passing(subject))))

    assert breaches(engine) == [NO_REPORT]


@pytest.mark.parametrize(
    ("sampled_on", "found"),
    [("2025-02-02", []), ("2025-02-03", [NO_REPORT]), ("2024-02-03", []), ("2024-02-02", [NO_REPORT])],
)
def test_a_report_counts_from_its_sampling_day_on_for_a_year(
    engine: Engine, tmp_path: Path, sampled_on: str, found: list[str]
) -> None:
    run(engine, write(tmp_path / "l", landfilled(passing("S-FILL", sampled_on=sampled_on))))

    assert breaches(engine) == found


@pytest.mark.parametrize("fails_later", [True, False])
def test_of_one_day_the_later_report_counts(engine: Engine, tmp_path: Path, *, fails_later: bool) -> None:
    good, bad = passing("M1"), [SAMPLED | {"report": "Q2", "subject": "P01", "value": "9999"}]
    run(engine, write(tmp_path / "l", landfilled(good + bad if fails_later else bad + good)))

    assert bool(breaches(engine)) == fails_later


def test_a_report_is_one_event_at_the_facility_where_its_subject_lies(engine: Engine, tmp_path: Path) -> None:
    values = [SAMPLED | {"subject": "M1", "value": "2.50", "unit": "mg/kg"}, SAMPLED | {"subject": "M1"}]
    values[1] |= {"parameter": "Hg", "value": "1"}
    run(engine, write(tmp_path / "l", small_city(labs=values)))

    ((claim, marks),) = rows(engine, "SELECT claim, marks FROM entry WHERE type = 'sampled'")
    assert (claim["subject"], claim["facility"], claim["sample_of"]) == ("facility:S-INC", "S-INC", "M1")
    assert (claim["report"], claim["sampled_on"], marks) == ("Q1", "2025-01-01", ["imported"])
    assert claim["readings"] == [
        {"parameter": "Cd", "value": "2.5", "unit": "mg/kg"},
        {"parameter": "Hg", "value": "1", "unit": None},
    ]
    assert rows(engine, "SELECT name, subject FROM lab_report") == [("Q1", "M1")]


def test_a_report_on_what_came_with_an_earlier_import_is_taken(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "first", everything()))
    later = [SAMPLED | {"report": f"Q-{subject}", "subject": subject} for subject in ("B1", "M1", "M1-CHAR", "P02")]

    imported = run(engine, write(tmp_path / "second", {"labs": later}))

    assert imported.codes == []
    places = rows(engine, "SELECT r.subject, f.code FROM lab_report r JOIN facility f ON f.id = r.facility_id")
    assert dict(places) | {"B1": "P01", "M1": "S-INC", "M1-CHAR": "S-INC", "P02": "P02"} == dict(places)


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"value": "4"}, "value", "changed"),
        ({"unit": "g/kg"}, "unit", "changed"),
        ({"subject": "S-FILL"}, "subject", "changed"),
        ({"parameter": "Hg"}, "report", "report_complete"),
    ],
)
def test_a_report_on_record_stays_as_it_is(
    engine: Engine, tmp_path: Path, change: dict[str, str], column: str, code: str
) -> None:
    run(engine, write(tmp_path / "first", small_city(labs=[SAMPLED])))

    imported = run(engine, write(tmp_path / "second", {"labs": [SAMPLED | change]}))

    assert imported.codes == [("labs.csv", 2, column, code)]


@pytest.mark.parametrize(
    ("sampled_on", "assumed"), [("2025-02-01", 7_512), ("2025-01-25", 7_512), ("2025-01-24", 8_000)]
)
@pytest.mark.parametrize("subject", ["P01", "P02"])
def test_a_missing_moisture_is_the_plant_s_newest_of_a_week(
    engine: Engine, tmp_path: Path, subject: str, sampled_on: str, assumed: int
) -> None:
    lab = SAMPLED | {"subject": subject, "sampled_on": sampled_on, "parameter": "moisture", "value": "75.12"}
    files = small_city(
        production=[BATCH | {"moisture_pct": ""}],
        movements=[LOADED | {"out_moisture_pct": ""}],
        disposals=[],
        labs=[lab],
    )
    run(engine, write(tmp_path / "l", files))

    expected = assumed if subject == "P01" else 8_000
    found = rows(engine, "SELECT name, moisture_bp, estimated FROM holding ORDER BY name")
    assert found == [("B1", expected, True), ("M1", expected, True)]


# What is in the system already


def test_names_of_the_system_are_not_given_again(city: City, engine: Engine, tmp_path: Path) -> None:
    for batch in ("B1", "M1-DRY", "R2"):
        city.produce(batch=batch)
    files = {
        "treatments": [
            DRIED | {"site": "P01", "inputs": "B1", "date": "2026-03-02"},
            CHARRED | {"site": "P01", "inputs": "B1:1", "date": "2026-03-02"},
        ]
    }

    imported = run(engine, write(tmp_path / "l", files))

    assert imported.codes == [
        ("treatments.csv", 2, "outputs", "name_taken"),
        ("treatments.csv", 3, "run", "name_taken"),
    ]


def test_batches_of_the_system_can_be_treated_and_sampled(city: City, engine: Engine, tmp_path: Path) -> None:
    city.produce(batch="B1")
    files = {
        "treatments": [DRIED | {"site": "P01", "inputs": "B1:10", "date": "2026-03-02"}],
        "labs": [SAMPLED | {"subject": "B1"}],
    }

    imported = run(engine, write(tmp_path / "l", files))

    assert imported.codes == []
    assert rows(engine, "SELECT claim->>'facility' FROM entry WHERE type IN ('treated', 'sampled')") == [("P01",)] * 2
