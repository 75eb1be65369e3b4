"""What an import refuses: every problem with its file, line, column and code, and nothing written."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from sludgetrack.services import importing
from sludgetrack.services.importing import finding_line
from sludgetrack.services.importing.findings import MESSAGES
from tests.services.importing.making import (
    BATCH,
    BURNT,
    CHARRED,
    COUNTED,
    DRIED,
    ISSUED,
    LOADED,
    PARTIES,
    RECEIVED,
    RETURNED,
    SAMPLED,
    VEHICLES,
    Files,
    Row,
    rows,
    run,
    small_city,
    write,
)
from tests.support.city import City

LEAVING = LOADED | {
    "manifest": "M2",
    "from": "S-INC",
    "to": "S-FILL",
    "batch": "M1-DRY",
    "issued_at": "2025-02-02 08:00",
    "loaded_at": "2025-02-02 08:10",
}
SECOND = RECEIVED | {"manifest": "M2"}
CREDIT = {"credit_code": "91410700000000001A"}


def changed(file: str, **cells: str) -> Files:
    """The small city with its one row of a file changed."""
    first = {"production": BATCH, "movements": RECEIVED, "disposals": BURNT}[file]
    return small_city(**{file: [first | cells]})


def parties(*more: Row) -> Files:
    return small_city(parties=[*PARTIES, *more])


def policies(**cells: str) -> Files:
    clock = {"division": "4107", "route": "", "rule": "issue_to_load_h", "value": "12", "valid_from": "2025-01-01"}
    return small_city(policies=[clock | cells])


REFUSED: dict[str, tuple[Files, tuple[str, int, str, str]]] = {
    "a giver nobody knows": (
        changed("movements", **{"from": "P77"}),
        ("movements.csv", 2, "from", "unknown_reference"),
    ),
    "a hauler as giver": (changed("movements", **{"from": "H1"}), ("movements.csv", 2, "from", "not_a_facility")),
    "a destination nobody knows": (
        small_city(movements=[LOADED | {"to": "S77"}], disposals=[]),
        ("movements.csv", 2, "to", "unknown_reference"),
    ),
    "a destination that is the giver": (
        small_city(movements=[LOADED | {"to": "P01"}], disposals=[]),
        ("movements.csv", 2, "to", "same_facility"),
    ),
    "a hauler nobody knows": (changed("movements", hauler="H7"), ("movements.csv", 2, "hauler", "unknown_reference")),
    "a plant as hauler": (changed("movements", hauler="P02"), ("movements.csv", 2, "hauler", "not_a_hauler")),
    "a route nobody knows": (changed("movements", route="Z9"), ("movements.csv", 2, "route", "unknown_code")),
    "a batch nobody knows": (changed("movements", batch="B7"), ("movements.csv", 2, "batch", "unknown_reference")),
    "a batch of another plant": (
        small_city(production=[BATCH, BATCH | {"batch": "B2", "plant": "P02"}], movements=[RECEIVED | {"batch": "B2"}]),
        ("movements.csv", 2, "batch", "lies_elsewhere"),
    ),
    "a batch of tomorrow": (
        small_city(
            production=[BATCH, BATCH | {"batch": "B2", "date": "2025-02-02"}], movements=[RECEIVED | {"batch": "B2"}]
        ),
        ("movements.csv", 2, "batch", "not_there_yet"),
    ),
    "a lot that is received as the truck leaves": (
        small_city(
            movements=[
                RECEIVED | {"to": "T-HUB"},
                SECOND | {"from": "T-HUB", "batch": "M1", "loaded_at": "2025-02-01 09:21", "plate": "豫G10001"},
            ],
            disposals=[],
        ),
        ("movements.csv", 3, "batch", "not_there_yet"),
    ),
    "a plant nobody knows": (
        small_city(production=[BATCH, BATCH | {"batch": "B2", "plant": "P77"}]),
        ("production.csv", 3, "plant", "unknown_reference"),
    ),
    "production at a site": (
        small_city(production=[BATCH, BATCH | {"batch": "B2", "plant": "S-INC"}]),
        ("production.csv", 3, "plant", "not_a_plant"),
    ),
    "production in the future": (
        small_city(production=[BATCH, BATCH | {"batch": "B2", "date": "2026-03-03"}]),
        ("production.csv", 3, "date", "in_the_future"),
    ),
    "a load in the future": (
        small_city(movements=[RECEIVED, LOADED | {"manifest": "M2", "loaded_at": "2026-03-02 09:06"}]),
        ("movements.csv", 3, "loaded_at", "in_the_future"),
    ),
    "a site nobody knows": (changed("disposals", site="S77"), ("disposals.csv", 2, "site", "unknown_reference")),
    "a lot nobody knows": (changed("disposals", lot="M7"), ("disposals.csv", 2, "lot", "unknown_reference")),
    "a lot that was refused": (
        small_city(movements=[RECEIVED | {"decision": "refused", "accepted_t": "", "reason": "臭"}]),
        ("disposals.csv", 2, "lot", "unknown_reference"),
    ),
    "a lot of another site": (changed("disposals", site="S-FILL"), ("disposals.csv", 2, "lot", "lies_elsewhere")),
    "a lot before it came": (changed("disposals", date="2025-01-31"), ("disposals.csv", 2, "lot", "not_there_yet")),
    "more than any column holds": (
        changed("disposals", wet_t="2147483.648"),
        ("disposals.csv", 2, "wet_t", "out_of_range"),
    ),
    "a truckload nobody can have weighed": (
        small_city(movements=[RECEIVED, LOADED | {"manifest": "M2", "out_gross_t": "", "out_tare_t": "",
                                                  "out_net_t": "2147483.648"}]),
        ("movements.csv", 3, "out_net_t", "out_of_range"),
    ),
    "one key with two contents": (
        small_city(movements=[RECEIVED, RECEIVED | {"in_moisture_pct": "81"}]),
        ("movements.csv", 3, "in_moisture_pct", "duplicate_key"),
    ),
    "one party with two contents": (
        parties(PARTIES[0] | {"city_class": "county"}),
        ("parties.csv", 9, "city_class", "duplicate_key"),
    ),
    "a batch named as a manifest": (
        small_city(production=[BATCH, BATCH | {"batch": "M1"}]),
        ("movements.csv", 2, "manifest", "name_taken"),
    ),
    "a disposal named as a batch": (
        changed("disposals", disposal="B1"),
        ("disposals.csv", 2, "disposal", "name_taken"),
    ),
    "a name the system gives itself": (
        small_city(production=[BATCH, BATCH | {"batch": "P01-undeclared"}]),
        ("production.csv", 3, "batch", "reserved_name"),
    ),
    "a name like a manifest's number": (
        small_city(movements=[RECEIVED, ISSUED | {"manifest": "20254107021001000012"}]),
        ("movements.csv", 3, "manifest", "reserved_name"),
    ),
    "a return before the receipt, by the offset of one": (
        small_city(movements=[RETURNED | {"returned_at": "2025-02-01T01:00:00Z"}], disposals=[]),
        ("movements.csv", 2, "returned_at", "return_before_receipt"),
    ),
    "a vehicle of nobody": (
        small_city(vehicles=[*VEHICLES, {"plate": "豫G3", "hauler": "H7"}]),
        ("vehicles.csv", 4, "hauler", "unknown_reference"),
    ),
    "a vehicle heavier than any": (
        small_city(vehicles=[*VEHICLES, {"plate": "豫G3", "hauler": "H1", "rated_t": "1000"}]),
        ("vehicles.csv", 4, "rated_t", "out_of_range"),
    ),
    "an authority of everywhere": (
        parties({"code": "A-ALL", "kind": "regulator"}),
        ("parties.csv", 9, "division", "missing_value"),
    ),
    "an authority that hauls": (
        parties(
            {"code": "A-2", "kind": "regulator", "division": "41"} | CREDIT, {"code": "H2", "kind": "hauler"} | CREDIT
        ),
        ("parties.csv", 10, "credit_code", "kinds_of_one_organisation"),
    ),
    "two haulers in one organisation": (
        parties({"code": "H2", "kind": "hauler"} | CREDIT, {"code": "H3", "kind": "hauler"} | CREDIT),
        ("parties.csv", 10, "credit_code", "second_hauler"),
    ),
    "sludge kept for ever": (
        parties(PARTIES[2] | {"code": "S-3", "storage_days": "10000"}),
        ("parties.csv", 9, "storage_days", "out_of_range"),
    ),
    "a thousandth facility": (
        parties(*(PARTIES[0] | {"code": f"P{i:04d}"} for i in range(997))),
        ("parties.csv", 9 + 996, "division", "too_many_facilities"),
    ),
    "a clock nobody knows": (policies(rule="tea_h"), ("policies.csv", 2, "rule", "unknown_clock")),
    "a clock that is no number": (policies(value="soon"), ("policies.csv", 2, "value", "not_a_number")),
    "a run nowhere": (
        small_city(treatments=[DRIED | {"site": "S77"}]),
        ("treatments.csv", 2, "site", "unknown_reference"),
    ),
    "a run by a process nobody knows": (
        small_city(treatments=[DRIED | {"process": "T99"}]),
        ("treatments.csv", 2, "process", "unknown_code"),
    ),
    "a run in the future": (
        small_city(treatments=[DRIED | {"date": "2026-03-03"}]),
        ("treatments.csv", 2, "date", "in_the_future"),
    ),
    "a run of a lot nobody knows": (
        small_city(treatments=[DRIED | {"inputs": "M1:3;M7"}]),
        ("treatments.csv", 2, "inputs", "unknown_reference"),
    ),
    "a run of another site's lot": (
        small_city(treatments=[DRIED | {"site": "S-FILL"}]),
        ("treatments.csv", 2, "inputs", "lies_elsewhere"),
    ),
    "a run before its lot came": (
        small_city(treatments=[DRIED | {"date": "2025-01-31"}]),
        ("treatments.csv", 2, "inputs", "not_there_yet"),
    ),
    "a run of what a run further down makes": (
        small_city(treatments=[CHARRED | {"date": DRIED["date"]}, DRIED]),
        ("treatments.csv", 2, "inputs", "not_there_yet"),
    ),
    "a truck that leaves with what is made on that day": (
        small_city(treatments=[DRIED], movements=[RECEIVED, LEAVING], disposals=[]),
        ("movements.csv", 3, "batch", "not_there_yet"),
    ),
    "a run that makes more than any column holds": (
        small_city(treatments=[DRIED | {"outputs": "M1-DRY:2147483.648:35"}]),
        ("treatments.csv", 2, "outputs", "out_of_range"),
    ),
    "a run named as a manifest": (
        small_city(treatments=[DRIED | {"run": "M1"}]),
        ("treatments.csv", 2, "run", "name_taken"),
    ),
    "a lot of two runs": (
        small_city(treatments=[DRIED, DRIED | {"run": "R2", "inputs": "M1:1"}]),
        ("treatments.csv", 3, "outputs", "name_taken"),
    ),
    "a lot named as a batch": (
        small_city(treatments=[DRIED | {"outputs": "B1:1:35"}]),
        ("treatments.csv", 2, "outputs", "name_taken"),
    ),
    "a disposal named as what a run makes": (
        small_city(treatments=[DRIED], disposals=[BURNT | {"disposal": "M1-DRY"}]),
        ("disposals.csv", 2, "disposal", "name_taken"),
    ),
    "a lot of a name the system gives itself": (
        small_city(treatments=[DRIED | {"outputs": "S-INC-opening:1:35"}]),
        ("treatments.csv", 2, "outputs", "reserved_name"),
    ),
    "a count nowhere": (
        small_city(stocktakes=[COUNTED | {"facility": "S77"}]),
        ("stocktakes.csv", 2, "facility", "unknown_reference"),
    ),
    "a count in the future": (
        small_city(stocktakes=[COUNTED | {"date": "2026-03-03"}]),
        ("stocktakes.csv", 2, "date", "in_the_future"),
    ),
    "two counts of a day": (
        small_city(stocktakes=[COUNTED, COUNTED | {"wet_t": "81"}]),
        ("stocktakes.csv", 3, "wet_t", "duplicate_key"),
    ),
    "a report on nothing": (
        small_city(labs=[SAMPLED | {"subject": "X"}]),
        ("labs.csv", 2, "subject", "unknown_reference"),
    ),
    "a report on a load that was refused": (
        small_city(
            movements=[RECEIVED | {"decision": "refused", "accepted_t": "", "reason": "臭"}],
            disposals=[],
            labs=[SAMPLED | {"subject": "M1"}],
        ),
        ("labs.csv", 2, "subject", "unknown_reference"),
    ),
    "a report on two things": (
        small_city(labs=[SAMPLED, SAMPLED | {"parameter": "Hg", "subject": "S-FILL"}]),
        ("labs.csv", 3, "subject", "report_disagrees"),
    ),
    "a report of two days": (
        small_city(labs=[SAMPLED, SAMPLED | {"parameter": "Hg", "sampled_on": "2025-01-02"}]),
        ("labs.csv", 3, "sampled_on", "report_disagrees"),
    ),
    "a sample in the future": (
        small_city(labs=[SAMPLED | {"sampled_on": "2026-03-03"}]),
        ("labs.csv", 2, "sampled_on", "in_the_future"),
    ),
    "a value in a unit nobody knows": (
        small_city(labs=[SAMPLED | {"unit": "ppm"}]),
        ("labs.csv", 2, "unit", "unknown_unit"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused(what: str, engine: Engine, tmp_path: Path) -> None:
    files, expected = REFUSED[what]

    imported = run(engine, write(tmp_path / "l", files))

    assert imported.codes == [expected]
    assert (imported.outcome.findings, imported.outcome.events) == (1, 0)
    assert rows(engine, "SELECT count(*) FROM entry") == [(0,)]
    assert imported.findings[0].code in finding_line(imported.findings[0])


def test_every_problem_of_every_file_is_listed_at_once_and_in_order(engine: Engine, tmp_path: Path) -> None:
    files = small_city(
        parties=[*PARTIES, {"code": "A-ALL", "kind": "regulator"}],
        production=[BATCH | {"wet_t": "-1"}, BATCH | {"batch": "B2", "plant": "P77"}],
        movements=[RECEIVED | {"accepted_t": "17"}, SECOND | {"hauler": "H7", "to": "S-FILL"}],
        disposals=[BURNT, BURNT | {"disposal": "D2", "lot": "M7", "site": "S77"}],
    )

    imported = run(engine, write(tmp_path / "l", files))

    assert imported.codes == [
        ("parties.csv", 9, "division", "missing_value"),
        ("production.csv", 2, "wet_t", "negative"),
        ("production.csv", 3, "plant", "unknown_reference"),
        ("movements.csv", 2, "accepted_t", "accepted_above_net"),
        ("movements.csv", 3, "hauler", "unknown_reference"),
        ("disposals.csv", 3, "site", "unknown_reference"),
        ("disposals.csv", 3, "lot", "unknown_reference"),
    ]


def test_what_a_wrong_row_would_have_made_is_not_called_unknown_as_well(engine: Engine, tmp_path: Path) -> None:
    files = small_city(
        parties=[{**PARTIES[0], "city_class": "?"}, *PARTIES[1:]],
        movements=[RECEIVED | {"accepted_t": "17", "batch": "B1"}],
    )

    imported = run(engine, write(tmp_path / "l", files))

    assert {code for _, _, _, code in imported.codes} == {"unknown_code", "accepted_above_net"}
    assert len(imported.codes) == 2


def test_the_lots_of_a_wrong_run_are_not_called_unknown_as_well(engine: Engine, tmp_path: Path) -> None:
    files = small_city(
        treatments=[DRIED | {"process": "T99"}],
        disposals=[BURNT | {"lot": "M1-DRY", "date": "2025-02-03"}],
        labs=[SAMPLED | {"subject": "M1-DRY"}],
    )

    imported = run(engine, write(tmp_path / "l", files))

    assert imported.codes == [("treatments.csv", 2, "process", "unknown_code")]


def test_the_same_row_twice_is_one(engine: Engine, tmp_path: Path) -> None:
    imported = run(engine, write(tmp_path / "l", small_city(movements=[RECEIVED, RECEIVED], production=[BATCH, BATCH])))

    assert (imported.codes, imported.counts("movements").new) == ([], 1)
    assert rows(engine, "SELECT count(*) FROM manifest") == [(1,)]


def test_names_given_in_the_system_are_not_given_again(city: City, engine: Engine, tmp_path: Path) -> None:
    for batch in ("B1", "B2", "B3"):
        city.produce(batch=batch)
    city.issue(external_number="M1")
    files = {
        "production": [BATCH],
        "movements": [ISSUED, LOADED | {"manifest": "B2"}],
        "disposals": [BURNT | {"disposal": "B3", "site": "P01", "lot": "B3"}],
    }

    imported = run(engine, write(tmp_path / "l", files))

    assert imported.codes == [
        ("production.csv", 2, "batch", "not_imported"),
        ("movements.csv", 2, "manifest", "not_imported"),
        ("movements.csv", 3, "manifest", "name_taken"),
        ("disposals.csv", 2, "disposal", "name_taken"),
    ]


def test_parties_and_vehicles_registered_in_the_system_are_not_registered_again(
    city: City, engine: Engine, tmp_path: Path
) -> None:
    files = {
        "parties": [PARTIES[0], PARTIES[5]],
        "vehicles": [{"plate": "豫G12345", "hauler": "H1"}],
    }

    imported = run(engine, write(tmp_path / "l", files))

    assert imported.codes == [
        ("parties.csv", 2, "code", "not_imported"),
        ("parties.csv", 3, "code", "not_imported"),
        ("vehicles.csv", 2, "plate", "not_imported"),
    ]


def test_batches_and_facilities_of_the_system_can_be_referred_to(city: City, engine: Engine, tmp_path: Path) -> None:
    city.produce(batch="B-LIVE")
    load = LOADED | {"batch": "B-LIVE", "loaded_at": "2026-03-02 08:30", "issued_at": "2026-03-02 08:00"}

    imported = run(engine, write(tmp_path / "l", {"movements": [load]}))

    assert imported.codes == []
    assert rows(engine, "SELECT status FROM manifest") == [("in_transit",)]


def test_every_own_code_is_used_and_takes_named_facts_only() -> None:
    folder = Path(importing.__file__).parent
    texts = {
        node.value
        for path in folder.glob("*.py")
        if path.name != "findings.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert set(MESSAGES) <= texts
    for template in MESSAGES.values():
        assert "%" not in template % dict.fromkeys(re.findall(r"%\((\w+)\)s", template), "?")
