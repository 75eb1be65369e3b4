"""Runs, counts and by-products by API: previewed, recorded once, read back by those whose business they are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import ProgramOf
from tests.support.city import City, new_id


def lying(city: City) -> str:
    """12 t at 80 % lying at the incinerator; the lot's name."""
    city.produce()
    return city.delivered()


def run_body(lot: str, **more: Any) -> dict[str, Any]:
    """A drying run of one lot, which keeps all its dry solids."""
    outputs = [{"lot": "R-1-A", "wet_t": "4.000", "moisture_pct": "40.00"}]
    said = {"run": "R-1", "process": "T4", "day": "2026-03-02", "inputs": [{"lot": lot}], "outputs": outputs}
    return {"event_id": new_id(), **said, **more}


def test_a_run_is_previewed_recorded_and_read(city: City, program: ProgramOf) -> None:
    site, lot = program("site"), lying(city)
    body = run_body(lot)

    previewed = site.post("/facilities/S-INC/run-previews", body)
    assert previewed.status_code == 200, previewed.get_json()
    seen = previewed.get_json()
    assert (seen["kept_pct"], seen["plausible"], seen["origin_t"]) == ("100.00", True, "2.400")
    assert site.get("/facilities/S-INC/runs").get_json()["items"] == []
    recorded = site.post("/facilities/S-INC/runs", body)
    assert recorded.status_code == 201, recorded.get_json()

    listed = site.get("/facilities/S-INC/runs").get_json()["items"]
    assert [(row["name"], row["inputs"], row["outputs"]) for row in listed] == [("R-1", [lot], ["R-1-A"])]
    read = site.get("/runs/R-1").get_json()
    assert read["inputs"][0] == {"lot": lot, "wet_t": None, "dry_t": "2.400", "origin_t": "2.400", "manifest": lot}
    assert (read["outputs"][0]["left_t"], read["lost_t"]) == ("2.400", "0.000")
    stock = site.get("/facilities/S-INC/stock").get_json()["items"]
    assert [(row["name"], row["kind"], row["wet_t"]) for row in stock] == [("R-1-A", "product", "4.000")]
    moved = site.get("/facilities/S-INC/lots/R-1-A").get_json()["movements"]
    assert [(one["event"], one["run"], one["dry_t"]) for one in moved] == [("treated", "R-1", "2.400")]


def test_a_run_sent_again_is_recorded_once(city: City, program: ProgramOf) -> None:
    site, body = program("site"), run_body(lying(city))

    first, second = (site.post("/facilities/S-INC/runs", body) for _press in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.get_json()["replayed"] is True
    assert len(site.get("/facilities/S-INC/runs").get_json()["items"]) == 1
    changed = site.post("/facilities/S-INC/runs", {**body, "remark": "另一次"})
    assert changed.get_json()["code"] == "event_id_taken"


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"inputs": [{"lot": "NOBODY"}]}, "/inputs/0/lot"),
        ({"outputs": [{"lot": "A", "wet_t": "0", "moisture_pct": "40"}]}, "/outputs/0/wet_t"),
        ({"outputs": [{"lot": "B1", "wet_t": "1", "moisture_pct": "40"}]}, "/outputs/0/lot"),
        ({"outputs": [{"lot": "A", "wet_t": "1"}]}, "/outputs/0/moisture_pct"),
        ({"additives": [{"what": "lime", "dry_t": "0"}]}, "/additives/0/dry_t"),
        ({"process": "T99"}, "/process"),
        ({"day": "2026-03-03"}, "/day"),
        ({"run": "B1"}, "/run"),
    ],
)
@pytest.mark.parametrize("path", ["runs", "run-previews"])
def test_what_is_wrong_with_a_run_is_pointed_at(
    city: City, program: ProgramOf, more: dict[str, Any], pointer: str, path: str
) -> None:
    answer = program("site").post(f"/facilities/S-INC/{path}", run_body(lying(city), **more))

    assert answer.status_code in (404, 409, 422)
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]


def test_runs_are_read_part_by_part(city: City, program: ProgramOf) -> None:
    site, lot = program("site"), lying(city)
    for n in range(3):
        inputs = [{"lot": lot, "wet_t": "1"}]
        outputs = [{"lot": f"R-{n}-A", "wet_t": "0.5", "moisture_pct": "60"}]
        body = run_body(lot, run=f"R-{n}", inputs=inputs, outputs=outputs)
        assert site.post("/facilities/S-INC/runs", body).status_code == 201

    first = site.get("/facilities/S-INC/runs?limit=2").get_json()
    second = site.get(f"/facilities/S-INC/runs?limit=2&cursor={first['next']}").get_json()

    assert [row["name"] for row in (*first["items"], *second["items"])] == ["R-2", "R-1", "R-0"]
    assert second["next"] is None


def test_a_count_is_previewed_and_booked(city: City, program: ProgramOf) -> None:
    site = program("site")
    lying(city)
    body = {"event_id": new_id(), "day": "2026-03-02", "wet_t": "11.500", "moisture_pct": "80"}

    previewed = site.post("/facilities/S-INC/count-previews", body).get_json()
    recorded = site.post("/facilities/S-INC/counts", body)

    assert previewed == {"booked_t": "2.400", "counted_t": "2.300", "missing_t": "0.100", "opens": False}
    assert recorded.status_code == 201
    counted = site.get("/facilities/S-INC/counts").get_json()["items"]
    assert [(row["booked_t"], row["counted_t"], row["missing_t"]) for row in counted] == [("2.400", "2.300", "0.100")]


def test_a_by_product_is_declared_at_a_site_and_named_in_stock(city: City, program: ProgramOf) -> None:
    site = program("site")
    ash = {"batch": "ASH-1", "day": "2026-03-02", "wet_t": "3", "moisture_pct": "0", "kind": "byproduct", "what": "ash"}

    assert site.post("/facilities/S-INC/batches", {"event_id": new_id(), **ash}).status_code == 201
    refused = site.post(
        "/facilities/S-INC/batches", {"event_id": new_id(), **ash, "batch": "X", "kind": "plant_sludge"}
    )

    stock = site.get("/facilities/S-INC/stock").get_json()["items"]
    assert [(row["name"], row["kind"], row["what"]) for row in stock] == [("ASH-1", "byproduct", "ash")]
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("who", "status"),
    [("site", 200), ("regulator", 200), ("plant", 404), ("outsider", 404), ("far_regulator", 404), ("nobody", 401)],
)
@pytest.mark.parametrize("path", ["/facilities/S-INC/runs", "/facilities/S-INC/counts", "/runs/R-1"])
def test_runs_and_counts_are_read_by_those_whose_business_they_are(
    city: City, program: ProgramOf, who: str, status: int, path: str
) -> None:
    assert program("site").post("/facilities/S-INC/runs", run_body(lying(city))).status_code == 201

    assert program(who).get(path).status_code == status


@pytest.mark.parametrize("who", ["plant", "driver", "regulator", "outsider"])
@pytest.mark.parametrize("path", ["runs", "run-previews"])
def test_only_those_who_work_there_treat(city: City, program: ProgramOf, who: str, path: str) -> None:
    answer = program(who).post(f"/facilities/S-INC/{path}", run_body(lying(city)))

    assert answer.status_code == 403
