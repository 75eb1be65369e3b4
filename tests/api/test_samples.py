"""Lab reports through the API: sent, read by those whom they concern, judged route by route."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.api.conftest import Program, ProgramOf
from tests.support.city import City, new_id
from tests.support.labs import PDF, clean

EVERYBODY = ("plant", "site", "dispatcher", "driver", "regulator", "far_regulator", "outsider", "administrator")
Body = dict[str, Any]


def body(**more: Any) -> Body:
    return {
        "event_id": new_id(),
        "report": f"R-{new_id()[-8:]}",
        "sample_of": "P01",
        "sampled_on": "2026-03-02",
        "readings": [{"parameter": "Cd", "value": "1.97"}, {"parameter": "Zn", "value": "1.42", "unit": "g/kg"}],
        **more,
    }


def send(who: Program, at: str = "P01", **more: Any) -> TestResponse:
    return who.post(f"/facilities/{at}/samples", body(**more))


def send_file(who: Program, content: bytes, kind: str = "application/pdf") -> TestResponse:
    return who.client.post("/api/v1/sample-files", data=content, headers={**who.headers, "Content-Type": kind})


def allowed(program: ProgramOf, do: Callable[[Program], int]) -> dict[str, int]:
    return {who: do(program(who)) for who in (*EVERYBODY, "nobody")}


def test_a_report_is_read_back_as_it_was_sent_with_a_verdict_for_every_route(program: ProgramOf) -> None:
    plant = program("plant")
    sent = send(plant, report="XX-2026-01", lab="环境监测中心")
    event_id = sent.get_json()["event_id"]

    found = plant.get(f"/samples/{event_id}").get_json()

    assert sent.status_code == 201
    assert found["report"] | {"recorded_at": ""} == {
        "id": event_id,
        "report": "XX-2026-01",
        "facility": "P01",
        "sample_of": "P01",
        "sampled_on": "2026-03-02",
        "lab": "环境监测中心",
        "file": None,
        "recorded_at": "",
        "readings": [
            {"parameter": "Cd", "value": "1.97", "unit": None},
            {"parameter": "Zn", "value": "1.42", "unit": "g/kg"},
        ],
    }
    verdicts = {verdict["route"]: verdict for verdict in found["verdicts"]}
    assert set(verdicts) == {"L1", "L2", "L3", "L4", "F1", "F2", "B1", "B2"}
    assert {verdict["outcome"] for verdict in verdicts.values()} == {"fails"}
    zinc = [row for row in verdicts["L3"]["rows"] if row["parameter"] == "Zn"]
    assert [(row["op"], row["limit"], row["condition"], row["measured"], row["lapse"]) for row in zinc] == [
        ("<=", "1200", "A", "1420.00", "over_limit"),
        ("<=", "3000", "B", "1420.00", None),
    ]
    assert not any(row["verified"] for row in zinc)


def test_a_report_that_meets_a_standard_passes_for_its_route_alone(program: ProgramOf) -> None:
    plant = program("plant")
    readings = [{"parameter": line.parameter, "value": line.value} for line in clean("B1")]
    event_id = send(plant, readings=readings).get_json()["event_id"]

    outcomes = {one["route"]: one["outcome"] for one in plant.get(f"/samples/{event_id}").get_json()["verdicts"]}

    assert {route for route, outcome in outcomes.items() if outcome == "passes"} == {"B1"}


def test_the_same_request_again_is_the_same_report(program: ProgramOf) -> None:
    plant, wanted = program("plant"), body()

    first, second = (plant.post("/facilities/P01/samples", wanted) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json() == second.get_json() | {"replayed": False}
    other = plant.post("/facilities/P01/samples", {**wanted, "report": "another"})
    assert (other.status_code, other.get_json()["code"]) == (409, "event_id_taken")


def test_wrong_lines_are_named_by_pointer(program: ProgramOf) -> None:
    lines = [{"parameter": "Xx", "value": "1"}, {"parameter": "pH", "value": "15"}]

    answer = send(program("plant"), readings=lines)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [
        "/readings/0/parameter",
        "/readings/1/value",
    ]


def test_a_value_is_no_number_of_json(program: ProgramOf) -> None:
    answer = send(program("plant"), readings=[{"parameter": "Cd", "value": 1.97}])

    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "/readings/0/value")


def test_lists_are_narrowed_and_go_on_page_by_page(program: ProgramOf, city: City) -> None:
    plant = program("plant")
    city.produce("B1")
    names = [send(plant).get_json() and None for _ in range(2)]
    send(plant, sample_of="B1", report="on B1")
    send(plant, "P02", sample_of="P02", report="P02's")

    def listed(query: str) -> list[str]:
        return [item["report"] for item in plant.get(f"/samples?{query}").get_json()["items"]]

    assert len(listed("")) == len(names) + 2
    assert listed("sample_of=B1") == ["on B1"]
    assert listed("facility=P02") == ["P02's"]
    first = plant.get("/samples?limit=3").get_json()
    rest = plant.get(f"/samples?limit=3&cursor={first['next']}").get_json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (3, 1, None)


def test_the_preview_of_a_disposal_names_the_report_that_decides(program: ProgramOf, city: City) -> None:
    city.produce()
    lot = city.delivered()
    site, wanted = program("site"), {"disposal": "D1", "lot": lot, "route": "F2", "day": "2026-03-02", "wet_t": "1"}

    def previewed() -> tuple[str | None, list[str]]:
        answer = site.post(
            "/facilities/S-INC/disposal-previews", {**wanted, "moisture_pct": "50", "event_id": new_id()}
        )
        return answer.get_json()["lab_report"], [reason["breach"] for reason in answer.get_json()["reasons"]]

    assert previewed() == (None, ["no_lab_report"])
    readings = [{"parameter": line.parameter, "value": line.value} for line in clean("F2", Cd="21")]
    send(program("plant"), report="XX-9", readings=readings)

    assert previewed() == ("XX-9", ["lab_report_fails"])


# Files


def test_a_file_comes_back_as_it_was_sent_to_be_saved_and_not_shown(program: ProgramOf) -> None:
    plant = program("plant")
    digest = send_file(plant, PDF).get_json()["file"]
    event_id = send(plant, file=digest).get_json()["event_id"]

    answer = plant.get(f"/samples/{event_id}/file")

    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={event_id}.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_report_without_a_file_has_none(program: ProgramOf) -> None:
    plant = program("plant")
    event_id = send(plant).get_json()["event_id"]

    assert plant.get(f"/samples/{event_id}/file").status_code == 404


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (PDF, "application/pdf", 201),
        (b"\xff\xd8\xff", "image/jpeg", 201),
        (b"\x89PNG\r\n\x1a\n", "application/pdf", 201),
        (b"<html>", "application/pdf", 422),
        (b"<svg>", "image/svg+xml", 415),
        (PDF + bytes(10 * 1024 * 1024), "application/pdf", 413),
    ],
)
def test_a_file_is_known_by_its_content(program: ProgramOf, content: bytes, kind: str, status: int) -> None:
    assert send_file(program("plant"), content, kind).status_code == status


# Who may


def test_who_records_a_report(program: ProgramOf) -> None:
    assert allowed(program, lambda who: send(who).status_code) == {
        "plant": 201,
        "administrator": 201,
        **dict.fromkeys(("site", "dispatcher", "driver", "regulator", "far_regulator", "outsider"), 403),
        "nobody": 401,
    }


def test_a_plants_report_concerns_the_plant_its_authority_and_who_received_its_sludge(
    program: ProgramOf, city: City
) -> None:
    event_id = send(program("plant")).get_json()["event_id"]

    def read(who: Program) -> int:
        return who.get(f"/samples/{event_id}").status_code

    seen = {"plant": 200, "administrator": 200, "regulator": 200}
    unseen = dict.fromkeys(("dispatcher", "driver", "far_regulator", "outsider"), 404)
    assert allowed(program, read) == {**seen, **unseen, "site": 404, "nobody": 401}

    city.produce()
    city.delivered()

    assert allowed(program, read) == {**seen, **unseen, "site": 200, "nobody": 401}


def test_a_report_on_a_lot_concerns_whoever_gave_it(program: ProgramOf, city: City) -> None:
    city.produce()
    lot = city.delivered()
    on_lot = send(program("site"), "S-INC", sample_of=lot).get_json()["event_id"]
    on_site = send(program("site"), "S-INC", sample_of="S-INC").get_json()["event_id"]

    assert program("plant").get(f"/samples/{on_lot}").status_code == 200
    assert program("plant").get(f"/samples/{on_site}").status_code == 404
    assert [item["id"] for item in program("plant").get("/samples").get_json()["items"]] == [on_lot]


def test_a_foreign_report_and_an_unknown_one_are_answered_alike(program: ProgramOf) -> None:
    event_id = send(program("plant")).get_json()["event_id"]
    outsider = program("outsider")

    for path in ("/samples/{}", "/samples/{}/file"):
        foreign, unknown = (outsider.get(path.format(id_)) for id_ in (event_id, new_id()))

        assert foreign.status_code == unknown.status_code == 404
        assert {**foreign.get_json(), "detail": "", "facts": ""} == {**unknown.get_json(), "detail": "", "facts": ""}


def test_a_plants_name_for_its_batch_opens_no_foreign_report(program: ProgramOf, city: City, app: Flask) -> None:
    event_id = send(program("site"), "S-INC", sample_of="S-INC").get_json()["event_id"]
    city.produce("S-INC")

    assert program("plant").get(f"/samples/{event_id}").status_code == 404
