"""Treatment runs and stock counts of a small city, as they stand in the record after their import."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine, text

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
