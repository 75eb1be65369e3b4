"""Rules through the API: read as on a day, set once however often they are sent, refused at their field."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.conftest import ProgramOf
from tests.support.city import City, new_id

SOURCE = "新乡市污泥处置管理办法 第八条"
DATED = {"valid_from": "2026-03-05", "source": SOURCE}


def body(**said: Any) -> dict[str, Any]:
    return {"event_id": new_id(), **DATED, **said}


def ban(**more: Any) -> dict[str, Any]:
    return body(**{"division": "4107", "route": "I1", "rule": "ban", "value": "Y", **more})


def items(answer: TestResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: list[dict[str, Any]] = answer.get_json()["items"]
    return found


def test_a_policy_is_read_as_it_stands_on_a_day(program: ProgramOf, city: City) -> None:
    regulator = program("regulator")
    assert regulator.post("/policies", ban()).status_code == 201

    standing = {
        day: [(row["rule"], row["standing"]) for row in items(regulator.get(f"/policies?on={day}"))]
        for day in ("2026-03-04", "2026-03-05")
    }

    assert standing == {"2026-03-04": [("ban", "upcoming")], "2026-03-05": [("ban", "in_force")]}
    assert city


def test_what_counts_where_a_division_lies_names_who_says_so(program: ProgramOf) -> None:
    regulator = program("regulator")
    regulator.post("/policies", ban(valid_from="2026-03-01"))

    answer = regulator.get("/policies?division=410702").get_json()

    cells = {(cell["route"], cell["rule"]): cell for cell in answer["in_force"]}
    assert cells["I1", "ban"] == {"route": "I1", "rule": "ban", "value": "Y", "division": "4107", "source": SOURCE}
    assert (cells["F2", "moisture_max_pct"]["value"], cells["F2", "moisture_max_pct"]["division"]) == ("60", None)
    assert (cells[None, "issue_to_load_h"]["value"], cells[None, "issue_to_load_h"]["source"]) == ("24", None)


def test_setting_the_same_twice_answers_the_same(program: ProgramOf) -> None:
    regulator, said = program("regulator"), ban()

    answers = [regulator.post("/policies", said) for _ in range(2)]

    assert [(answer.status_code, answer.get_json()["outcome"]) for answer in answers] == [
        (201, "recorded"),
        (200, "again"),
    ]
    assert regulator.post("/policies", {**said, "value": "N"}).get_json()["code"] == "event_id_taken"


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        (ban(route="L9"), "/route", "not_found"),
        (ban(rule="moisture_max_pct", value="six"), "/value", "out_of_range"),
        (ban(rule="bann"), "/rule", "not_a_choice"),
        (ban(division="2202"), "/division", "out_of_range"),
        (ban(valid_from="soon"), "/valid_from", None),
        ({key: value for key, value in ban().items() if key != "source"}, "/source", "field_missing"),
    ],
)
def test_an_error_names_the_field(program: ProgramOf, said: dict[str, Any], pointer: str, code: str | None) -> None:
    answer = program("regulator").post("/policies", said)

    assert answer.status_code == 422
    errors = answer.get_json()["errors"]
    assert [error["pointer"] for error in errors] == [pointer]
    assert code is None or errors[0]["code"] == code


@pytest.mark.parametrize("who", ["plant", "site", "driver", "outsider"])
def test_everybody_may_read_rules_and_only_authorities_set_them(program: ProgramOf, who: str) -> None:
    somebody = program(who)

    for path in ("/policies", "/routes", "/treatments", "/limits", "/targets", "/rule-changes"):
        assert somebody.get(path).status_code == 200
    assert somebody.post("/policies", ban()).get_json()["code"] == "not_permitted"
    assert somebody.post("/targets", body(**TARGET)).get_json()["code"] == "not_permitted"


TARGET = {"division": "4107", "rate": "harmless_rate", "op": ">=", "value_pct": "98", "year": 2026}


def test_routes_and_treatments_are_set_for_everybody_from_a_day_on(program: ProgramOf) -> None:
    regulator = program("regulator")

    assert regulator.post("/routes/F2c/changes", body(landfill=False)).status_code == 201
    assert regulator.post("/treatments/T4/changes", body(kept_min_pct=90)).status_code == 201

    def read(path: str, code: str, day: str) -> dict[str, Any]:
        return next(one for one in items(regulator.get(f"{path}?on={day}")) if one["code"] == code)

    assert [read("/routes", "F2c", day)["landfill"] for day in ("2026-03-04", "2026-03-05")] == [True, False]
    assert [read("/treatments", "T4", day)["kept_min_pct"] for day in ("2026-03-04", "2026-03-05")] == [97, 90]
    assert regulator.post("/routes/L9/changes", body(landfill=True)).get_json()["errors"][0]["code"] == "not_found"


def test_limits_are_unverified_until_a_named_person_confirms_them(program: ProgramOf) -> None:
    regulator = program("regulator")
    before = [one for one in items(regulator.get("/limits")) if one["standard"] == "GBT23486-2009"]
    assert {one["checked_by"] for one in before} == {None}
    checked = {"event_id": new_id(), "standard": "GBT23486-2009", "checked_on": "2026-03-02", "source": "纸质版"}

    answer = regulator.post("/limits/checks", {**checked, "limits": [one["line"] for one in before]})

    assert answer.status_code == 201, answer.get_data(as_text=True)
    after = [one for one in items(regulator.get("/limits")) if one["standard"] == "GBT23486-2009"]
    assert {(one["checked_by"], one["checked_on"], one["check_source"]) for one in after} == {
        ("周监管", "2026-03-02", "纸质版")
    }
    stale = {**checked, "event_id": new_id(), "limits": [before[0]["line"].replace("5", "6")]}
    assert regulator.post("/limits/checks", stale).get_json()["code"] == "stale_state"


def test_rates_stand_beside_every_target_and_the_most_specific_is_judged(program: ProgramOf, city: City) -> None:
    city.produce()
    city.dispose(city.delivered(), 12_000)
    regulator = program("regulator")
    said = body(**{**TARGET, "valid_from": "2026-03-01"})
    assert regulator.post("/targets", said).status_code == 201

    found = items(regulator.get("/targets/standing?from=2026-03-01&to=2026-03-02"))

    whole = next(one for one in found if one["rate"] == "harmless_rate" and not one["city_class"])
    assert whole["value"] == "12.00"
    assert [(one["value_pct"], one["met"], one["judged"]) for one in whole["targets"]] == [
        ("98", False, True),
        ("90", False, False),
    ]
    assert program("plant").get("/targets/standing?from=2026-03-01&to=2026-03-02").status_code == 403


def test_changes_tell_who_and_what_it_was(program: ProgramOf) -> None:
    regulator = program("regulator")
    regulator.post("/policies", ban(rule="moisture_max_pct", route="F2", value="55"))
    regulator.post("/routes/F2c/changes", body(landfill=False))
    regulator.post("/policies", ban(rule="moisture_max_pct", route="F2", value="50", valid_from="2026-03-09"))

    changes = items(regulator.get("/rule-changes"))

    told = [(one["key"], one["differences"], one["by"], one["organisation"]) for one in changes]
    who = ("周监管", "新乡市排水管理处")
    assert told == [
        ("4107|F2|moisture_max_pct", [{"field": "value", "old": "55", "new": "50"}], *who),
        ("F2c", [{"field": "landfill", "old": "Y", "new": "N"}], *who),
        ("4107|F2|moisture_max_pct", [{"field": "value", "old": "60", "new": "55"}], *who),
    ]
    assert items(program("far_regulator").get("/rule-changes")) == changes[1:2]
