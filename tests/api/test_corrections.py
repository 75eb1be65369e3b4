"""Corrections and period locks for programs: proposed, answered, listed; foreign and unknown ones answer alike."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Program, ProgramOf
from tests.support.city import City, new_id


@pytest.fixture
def number(city: City) -> str:
    """A manifest delivered with 12 t."""
    city.produce()
    return city.delivered()


def events(program: Program, number: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = program.get(f"/manifests/{number}/events").get_json()["items"]
    return found


def event_of(program: Program, number: str, kind: str) -> str:
    return next(str(each["event_id"]) for each in events(program, number) if each["event"] == kind)


def body(program: Program, number: str, kind: str = "loaded", **values: Any) -> dict[str, Any]:
    """What a party's program sends to correct an event."""
    said = values or {"net_out_t": "11.500", "gross_out_t": "23.500"}
    changes = [{"field": name, "value": value} for name, value in said.items()]
    corrects = event_of(program, number, kind)
    return {"event_id": new_id(), "corrects": corrects, "changes": changes, "reason": "磅单录错"}


def proposed(program: ProgramOf, number: str) -> str:
    plant = program("plant")
    answer = plant.post(f"/manifests/{number}/corrections", body(plant, number))
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return str(answer.get_json()["event_id"])


def said(program: Program, path: str, **more: Any) -> tuple[int, str]:
    answer = program.post(path, {"event_id": new_id(), **more})
    return answer.status_code, answer.get_json().get("code", "")


def test_a_correction_waits_for_the_other_party_and_then_counts(program: ProgramOf, number: str) -> None:
    id_ = proposed(program, number)
    waiting = program("dispatcher").get("/corrections").get_json()["items"]

    assert [(one["id"], one["waits_for"], one["may_answer"]) for one in waiting] == [(id_, ["H1"], True)]
    assert program("plant").get(f"/manifests/{number}").get_json()["out"]["net_t"] == "12.000"
    assert said(program("dispatcher"), f"/corrections/{id_}/approval") == (201, "")
    assert program("plant").get(f"/manifests/{number}").get_json()["out"]["net_t"] == "11.500"


def test_a_correction_tells_both_values_and_everybody_s_word(program: ProgramOf, number: str) -> None:
    id_ = proposed(program, number)
    said(program("dispatcher"), f"/corrections/{id_}/approval", remark="同意")

    seen = program("regulator").get(f"/corrections/{id_}").get_json()

    assert seen["changes"] == [
        {"field": "net_out_t", "old": "12.000", "value": "11.500"},
        {"field": "gross_out_t", "old": "24.000", "value": "23.500"},
    ]
    assert (seen["outcome"], seen["of"], seen["subject"], seen["name"]) == ("in_effect", "loaded", "manifest", number)
    assert [(one["event"], one["party"], one["person"]) for one in seen["said"]] == [
        ("correction_proposed", "O-PLANT", "李会计"),
        ("correction_approved", "H1", "赵调度"),
    ]
    assert seen["effect"] == event_of(program("plant"), number, "corrected")
    assert {(one["account"], one["month"]) for one in seen["moved"]} == {
        ("plant_stock", "2026-03"),
        ("unaccounted", "2026-03"),
    }


def test_refused_and_withdrawn_ones_stay_listed_with_their_reasons(program: ProgramOf, number: str) -> None:
    first = proposed(program, number)
    refused = said(program("dispatcher"), f"/corrections/{first}/refusal", reason="与磅房记录不符")
    second = proposed(program, number)
    withdrawn = said(program("plant"), f"/corrections/{second}/withdrawal", reason="核对后无误")

    listed = program("plant").get(f"/manifests/{number}/corrections").get_json()["items"]

    assert (refused, withdrawn) == ((201, ""), (201, ""))
    assert [(one["id"], one["outcome"], one["said"][-1]["reason"]) for one in listed] == [
        (first, "refused", "与磅房记录不符"),
        (second, "withdrawn", "核对后无误"),
    ]
    assert program("dispatcher").get("/corrections").get_json()["items"] == []


def test_asking_twice_records_once(program: ProgramOf, number: str) -> None:
    plant, dispatcher = program("plant"), program("dispatcher")
    asked = body(plant, number)
    path = f"/manifests/{number}/corrections"
    first, second = plant.post(path, asked), plant.post(path, asked)
    yes = {"event_id": new_id()}
    agreed = [dispatcher.post(f"/corrections/{asked['event_id']}/approval", yes) for _ in range(2)]

    assert (first.status_code, second.status_code) == (201, 200)
    assert [answer.status_code for answer in agreed] == [201, 200]
    assert sum(one["event"] == "corrected" for one in events(plant, number)) == 1
    assert plant.post(path, {**asked, "reason": "别的"}).get_json()["code"] == "event_id_taken"


def test_refusals_name_what_is_wrong(program: ProgramOf, number: str) -> None:
    plant, site, path = program("plant"), program("site"), f"/manifests/{number}/corrections"

    def code(who: Program, sent: dict[str, Any]) -> tuple[int, str]:
        answer = who.post(path, sent)
        return answer.status_code, answer.get_json()["code"]

    assert code(plant, body(plant, number, net_out_t="12.000")) == (422, "nothing_changes")
    assert code(plant, body(plant, number, net_in_t="12.100")) == (422, "not_correctable")
    assert code(site, body(plant, number)) == (403, "not_a_party")
    assert code(plant, body(plant, number, net_out_t="11.500")) == (422, "invalid_figures")
    assert code(plant, {**body(plant, number), "corrects": new_id()}) == (404, "not_found")
    id_ = proposed(program, number)
    assert code(plant, body(plant, number)) == (409, "correction_open")
    assert said(plant, f"/corrections/{id_}/approval") == (403, "not_a_party")
    assert said(program("site"), f"/corrections/{id_}/refusal", reason="无关") == (403, "not_a_party")
    assert said(program("dispatcher"), f"/corrections/{id_}/refusal", reason="不符") == (201, "")
    assert said(program("dispatcher"), f"/corrections/{id_}/approval") == (409, "correction_over")


def test_a_value_of_the_wrong_kind_is_pointed_at(program: ProgramOf, number: str) -> None:
    plant = program("plant")

    answer = plant.post(f"/manifests/{number}/corrections", body(plant, number, net_out_t="zwölf"))

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["/changes/0/value"]


def test_a_stranger_gets_the_answer_to_what_does_not_exist(program: ProgramOf, number: str) -> None:
    id_, stranger = proposed(program, number), program("outsider")

    foreign = stranger.get(f"/corrections/{id_}")
    unknown = stranger.get(f"/corrections/{new_id()}")

    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.get_json()["code"] == unknown.get_json()["code"] == "not_found"
    assert said(stranger, f"/corrections/{id_}/approval") == (404, "not_found")
    assert stranger.get(f"/manifests/{number}/corrections").status_code == 404
    assert stranger.get("/facilities/S-INC/corrections").status_code == 404


def test_an_act_of_one_s_own_is_corrected_at_once(program: ProgramOf, city: City) -> None:
    made = city.produce("B9")
    plant = program("plant")
    sent = {"event_id": new_id(), "corrects": made.event_id, "reason": "湿重录错"}

    answer = plant.post("/facilities/P01/corrections", {**sent, "changes": [{"field": "wet_t", "value": "90.000"}]})

    assert answer.status_code == 201
    (seen,) = plant.get("/facilities/P01/corrections").get_json()["items"]
    assert (seen["outcome"], seen["waits_for"]) == ("in_effect", [])
    (batch,) = [one for one in plant.get("/facilities/P01/stock").get_json()["items"] if one["name"] == "B9"]
    assert batch["wet_t"] == "90.000"


def test_after_a_lock_the_authority_is_asked_as_well_and_it_counts_on_the_first_open_day(
    program: ProgramOf, city: City, number: str
) -> None:
    city.clock.forward(days=40)
    regulator = program("regulator")
    locked = regulator.post("/periods/locks", {"event_id": new_id(), "division": "4107", "month": "2026-03"})
    id_ = proposed(program, number)
    said(program("dispatcher"), f"/corrections/{id_}/approval")

    waiting = regulator.get("/corrections").get_json()["items"]
    agreed = said(regulator, f"/corrections/{id_}/approval")

    assert locked.status_code == 201
    assert [(one["waits_for"], one["waits_for_authority"], one["closed_through"]) for one in waiting] == [
        ([], True, "2026-03-31")
    ]
    assert agreed == (201, "")
    assert {one["month"] for one in regulator.get(f"/corrections/{id_}").get_json()["moved"]} == {"2026-04"}


def test_locks_are_listed_and_rates_say_through_when_they_stand(program: ProgramOf, city: City, number: str) -> None:
    city.clock.forward(days=40)
    regulator, plant = program("regulator"), program("plant")

    def lock(month: str, division: str = "4107", who: Program = regulator) -> tuple[int, str]:
        answer = who.post("/periods/locks", {"event_id": new_id(), "division": division, "month": month})
        return answer.status_code, answer.get_json().get("code", "")

    assert lock("2026-03", who=plant) == (403, "not_permitted")
    assert lock("2026-04") == (422, "period_not_over")
    assert lock("2026-03", "2202") == (403, "not_permitted")
    assert lock("2026-03") == (201, "")
    assert lock("2026-02") == (409, "already_locked")
    seen = regulator.get("/periods").get_json()
    assert (seen["division"], seen["locked_through"]) == ("4107", "2026-03")
    assert [(one["division"], one["month"], one["organisation"]) for one in seen["items"]] == [
        ("4107", "2026-03", "A-CITY")
    ]
    for report in ("rates", "balance"):
        found = regulator.get(f"/{report}?from=2026-03-01&to=2026-03-31").get_json()
        assert found["locked_through"] == "2026-03"
