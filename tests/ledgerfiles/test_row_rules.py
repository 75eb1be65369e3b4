from __future__ import annotations

import pytest

from sludgetrack.ledgerfiles.columns import LABS, PARTIES, POLICIES, PRODUCTION, STOCKTAKES, TREATMENTS
from sludgetrack.ledgerfiles.findings import ignore
from sludgetrack.ledgerfiles.reading import read_rows
from tests.ledgerfiles.making import Records, codes, read

BAN = {"division": "4107", "route": "L3", "rule": "ban", "value": "Y", "valid_from": "2021-01-01"}
RUN = {"run": "R1", "site": "S", "process": "T4", "date": "2025-01-01", "inputs": "L1", "outputs": "L2:1:35"}

VALUE = {"report": "Q1", "subject": "S", "sampled_on": "2025-01-01", "parameter": "Cd", "value": "3", "unit": ""}


@pytest.mark.parametrize("kind", ["plant", "site"])
@pytest.mark.parametrize("division", ["", "41", "4107"])
def test_a_facility_needs_its_full_division(kind: str, division: str) -> None:
    _, findings = read(PARTIES, {"code": "P01", "kind": kind, "division": division})

    assert codes(findings) == [("division", "division_of_facility")]


@pytest.mark.parametrize("kind", ["hauler", "regulator"])
def test_haulers_and_authorities_may_name_a_prefix(kind: str) -> None:
    assert read(PARTIES, {"code": "X", "kind": kind, "division": "4107"})[1] == []
    assert read(PARTIES, {"code": "X", "kind": kind, "division": ""})[1] == []


@pytest.mark.parametrize(
    ("rule", "written", "value"),
    [
        ("ban", "Y", "Y"),
        ("ban", "是", "Y"),
        ("needs_lab", "n", "N"),
        ("moisture_max_pct", "60", "60"),
        ("moisture_max_pct", "60.00%", "60"),
        ("moisture_max_pct", "62.5", "62.5"),
        ("moisture_max_pct", "100", "100"),
    ],
)
def test_values_of_rules_have_one_spelling(rule: str, written: str, value: str) -> None:
    rows, findings = read(POLICIES, BAN | {"rule": rule, "value": written})

    assert findings == []
    assert rows[0].value == value


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"value": "maybe"}, "value", "unknown_code"),
        ({"rule": "moisture_max_pct", "value": "Y"}, "value", "not_a_number"),
        ({"rule": "moisture_max_pct", "value": "101"}, "value", "out_of_range"),
        ({"rule": "needs_luck"}, "rule", "rule_of_routes"),
        ({"route": ""}, "route", "route_missing"),
        ({"route": "L9"}, "route", "unknown_code"),
    ],
)
def test_a_wrong_policy_is_refused(change: dict[str, str], column: str, code: str) -> None:
    assert codes(read(POLICIES, BAN | change)[1]) == [(column, code)]


def test_a_rule_without_a_route_is_a_clock() -> None:
    rows, findings = read(POLICIES, BAN | {"route": "", "rule": "issue_to_load_h", "value": "24"})

    assert findings == []
    assert (rows[0].route, rows[0].rule, rows[0].value) == (None, "issue_to_load_h", "24")


@pytest.mark.parametrize("batch", ["B:1", "B；1"])
def test_a_batch_that_could_not_be_listed_is_refused(batch: str) -> None:
    cells = {"batch": batch, "plant": "P01", "date": "2025-01-01", "wet_t": "1"}

    assert codes(read(PRODUCTION, cells)[1]) == [("batch", "reserved_character")]


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"inputs": " ;"}, "inputs", "missing_value"),
        ({"inputs": "L1;L1:2"}, "inputs", "listed_twice"),
        ({"inputs": "L1:0"}, "inputs", "out_of_range"),
        ({"outputs": "L2:1"}, "outputs", "not_a_list"),
        ({"outputs": "L2:1:101"}, "outputs", "out_of_range"),
        ({"outputs": "L2:0:35"}, "outputs", "out_of_range"),
        ({"outputs": "R1:1:35"}, "outputs", "output_of_own_name"),
        ({"process": "T9"}, "process", "unknown_code"),
        ({"additive_dry_t": "-1"}, "additive_dry_t", "negative"),
    ],
)
def test_a_run_turns_lots_of_more_than_nothing_into_others(change: dict[str, str], column: str, code: str) -> None:
    assert read(TREATMENTS, RUN)[1] == []
    assert codes(read(TREATMENTS, RUN | change)[1]) == [(column, code)]


@pytest.mark.parametrize("outputs", ["L2:1:35;L3:1:101", "L2:0:35;L3:1:35"])
def test_the_lots_of_a_wrong_run_are_told_with_its_name(outputs: str) -> None:
    told: list[tuple[str, ...]] = []
    source = Records([(1, list(RUN)), (2, list((RUN | {"outputs": outputs}).values()))])

    assert list(read_rows(TREATMENTS, source, ignore, told.append)) == []
    assert told == [("R1",), ("L2",), ("L3",)]


@pytest.mark.parametrize("column", ["wet_t", "moisture_pct"])
def test_a_count_has_its_mass_and_moisture(column: str) -> None:
    count = {"facility": "P01", "date": "2025-01-16", "wet_t": "0", "moisture_pct": "79.50"}

    assert read(STOCKTAKES, count)[1] == []
    assert codes(read(STOCKTAKES, count | {column: ""})[1]) == [(column, "missing_value")]


@pytest.mark.parametrize(
    ("parameter", "value", "unit"),
    [("Cd", "0.005", "g/kg"), ("Cd", "5", "mg/kg"), ("moisture", "80", "％"), ("pH", "7.1", ""), ("B", "2", "")],
)
def test_a_lab_value_in_a_unit_the_limits_can_read_is_taken(parameter: str, value: str, unit: str) -> None:
    assert read(LABS, VALUE | {"parameter": parameter, "value": value, "unit": unit})[1] == []


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"parameter": "luck"}, "parameter", "unknown_code"),
        ({"unit": "ppm"}, "unit", "unknown_unit"),
        ({"value": "-0.1"}, "value", "negative"),
        ({"value": "much"}, "value", "not_a_number"),
        ({"parameter": "moisture", "value": "100.1"}, "value", "out_of_range"),
        ({"parameter": "pH", "value": "-1"}, "value", "out_of_range"),
        ({"sampled_on": "2025-02-30"}, "sampled_on", "not_a_date"),
    ],
)
def test_a_wrong_lab_value_is_refused(change: dict[str, str], column: str, code: str) -> None:
    assert codes(read(LABS, VALUE | change)[1]) == [(column, code)]


def test_an_unknown_unit_is_refused_with_those_that_are_known() -> None:
    (finding,) = read(LABS, VALUE | {"unit": "ppm"})[1]

    assert finding.facts == {"shown": "ppm", "known": "mg/kg dry, mg/kg, g/kg, g/kg dry"}
