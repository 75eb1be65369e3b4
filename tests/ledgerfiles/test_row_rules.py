from __future__ import annotations

import pytest

from sludgetrack.ledgerfiles.columns import PARTIES, POLICIES, PRODUCTION, TREATMENTS
from tests.ledgerfiles.making import codes, read

BAN = {"division": "4107", "route": "L3", "rule": "ban", "value": "Y", "valid_from": "2021-01-01"}
RUN = {"run": "R1", "site": "S", "process": "T4", "date": "2025-01-01", "inputs": "L1", "outputs": "L2:1:35"}


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


def test_a_run_has_inputs_and_outputs() -> None:
    assert read(TREATMENTS, RUN)[1] == []
    assert codes(read(TREATMENTS, RUN | {"inputs": " ;"})[1]) == [("inputs", "missing_value")]
