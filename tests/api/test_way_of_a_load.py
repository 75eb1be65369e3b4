"""A load from plant to disposal, by programs alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.api.conftest import Program, ProgramOf, load_body, receive_body
from tests.support.city import City, new_id

Body = Callable[..., dict[str, Any]]


def issued(plant: Program, body: dict[str, Any]) -> str:
    """A new manifest's number."""
    answer = plant.post("/manifests", body)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return str(answer.get_json()["name"])


def handed(giver: Program, driver: Program, number: str, body: dict[str, Any]) -> dict[str, Any]:
    """Figures offered and confirmed."""
    offer = giver.post(f"/manifests/{number}/offers", body)
    assert offer.status_code == 201, offer.get_data(as_text=True)
    shown = offer.get_json()
    answer = driver.post(f"/offers/{shown['id']}/confirmation", {"code": shown["code"]})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    receipt: dict[str, Any] = answer.get_json()
    return receipt


def test_a_load_goes_all_the_way(program: ProgramOf, city: City, issue_body: Body) -> None:
    plant, driver, site = program("plant"), program("driver"), program("site")
    batch = {"event_id": new_id(), "batch": "B1", "day": "2026-03-02", "wet_t": "50", "moisture_pct": "80"}
    assert plant.post("/facilities/P01/batches", batch).status_code == 201
    number = issued(plant, issue_body())
    assigned = {"event_id": new_id(), "plate": "豫G12345", "driver": city.people["driver"].person}
    assert program("dispatcher").post(f"/manifests/{number}/assignments", assigned).status_code == 201
    handed(plant, driver, number, load_body())
    city.clock.forward(minutes=50)
    assert site.post(f"/manifests/{number}/arrivals", {"event_id": new_id()}).status_code == 201
    handed(site, driver, number, receive_body())
    disposal = {"event_id": new_id(), "disposal": "D1", "lot": number, "route": "I1", "day": "2026-03-02"}
    preview = site.post("/facilities/S-INC/disposal-previews", {**disposal, "wet_t": "11.9", "final": True})
    done = site.post("/facilities/S-INC/disposals", {**disposal, "wet_t": "11.9", "final": True})

    seen = program("regulator").get(f"/manifests/{number}").get_json()
    rates = program("regulator").get("/rates?from=2026-03-01&to=2026-03-31").get_json()
    assert preview.get_json() == {"compliant": True, "reasons": [], "banned_origins": [], "lab_report": None}
    assert done.status_code == 201
    assert (seen["status"], seen["in"]["net_t"], seen["difference"]["net_t"]) == ("delivered", "11.900", "-0.100")
    assert seen["difference"]["moisture_points"] == "0.50"
    assert rates["total"]["produced"] == "10.000"


def test_figures_read_back_as_they_were_sent(program: ProgramOf, issue_body: Body) -> None:
    plant, driver = program("plant"), program("driver")
    number = issued(plant, issue_body(planned_t="16.46", remark="下午装"))
    handed(plant, driver, number, load_body(net_out_t="16.46", gross_out_t="28.46", tare_out_t="12"))

    events = plant.get(f"/manifests/{number}/events").get_json()["items"]

    assert [event["event"] for event in events] == ["issued", "loaded"]
    assert events[0]["figures"]["planned_t"] == "16.460"
    assert events[0]["figures"]["remark"] == "下午装"
    assert events[1]["figures"] | {"net_out_t": "16.460", "moisture_out_pct": "80.00"} == events[1]["figures"]
    assert [(word["party"], word["person"], word["method"]) for word in events[1]["words"]] == [
        ("O-PLANT", "李会计", "typed"),
        ("H1", "张㛃", "typed"),
    ]


def test_a_partial_receipt_leaves_the_rest_with_the_driver_until_it_is_returned(
    program: ProgramOf, city: City, issue_body: Body
) -> None:
    plant, driver, site = program("plant"), program("driver"), program("site")
    number = issued(plant, issue_body())
    handed(plant, driver, number, load_body())
    city.clock.forward(minutes=50)
    part = receive_body(decision="partial", net_in_t="12", accepted_t="9", reason="含水率超标")
    handed(site, driver, number, part)

    held = plant.get(f"/manifests/{number}").get_json()
    handed(plant, driver, number, {"event_id": new_id(), "event": "returned", "returned_t": "3", "reason": "拒收"})
    back = plant.get(f"/manifests/{number}").get_json()

    assert [(part["holder"], part["mass_t"]) for part in held["custody"]] == [
        ("destination", "9.000"),
        ("driver", "3.000"),
    ]
    assert (held["status"], held["allowed"]) == ("holding", ["redirected", "returned"])
    assert (back["status"], back["returned_t"]) == ("delivered", "3.000")


def test_a_handoff_nobody_could_confirm_is_recorded_with_grade_none(program: ProgramOf, issue_body: Body) -> None:
    plant = program("plant")
    number = issued(plant, issue_body())

    answer = plant.post(f"/manifests/{number}/unconfirmed-handoffs", load_body(unconfirmed_reason="手机没电"))

    last = plant.get(f"/manifests/{number}/events").get_json()["items"][-1]
    assert answer.status_code == 201
    assert (last["event"], last["grade"], last["words"][1]["reason"]) == ("loaded", "none", "手机没电")


def test_a_driver_who_disagrees_says_why_and_the_giver_sees_it(program: ProgramOf, issue_body: Body) -> None:
    plant, driver = program("plant"), program("driver")
    number = issued(plant, issue_body())
    offer = plant.post(f"/manifests/{number}/offers", load_body()).get_json()

    waiting = driver.get("/offers").get_json()["items"]
    driver.post(f"/offers/{offer['id']}/refusal", {"reason": "皮重不对"})

    seen = plant.get(f"/offers/{offer['id']}").get_json()
    assert [each["id"] for each in waiting] == [offer["id"]]
    assert (seen["state"], seen["reason"]) == ("declined", "皮重不对")
    assert plant.get(f"/manifests/{number}/offers").get_json() == {"items": []}


def test_a_scanned_token_confirms_like_the_digits_with_its_own_grade(program: ProgramOf, issue_body: Body) -> None:
    plant, driver = program("plant"), program("driver")
    number = issued(plant, issue_body())
    offer = plant.post(f"/manifests/{number}/offers", load_body()).get_json()

    answer = driver.post(f"/offers/{offer['id']}/confirmation", {"token": offer["address"].rpartition("/")[2]})

    assert answer.status_code == 201
    assert plant.get(f"/manifests/{number}/events").get_json()["items"][-1]["grade"] == "scanned"
