"""Contradicting claims settled by the parties' programs: offered by one, confirmed by another."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import ProgramOf
from tests.services.test_rebooking import claim, receipt
from tests.support.city import City, new_id


@pytest.fixture
def number(city: City) -> str:
    """A manifest delivered with 12 t, of which the site says afterwards that they were 11 t."""
    city.produce()
    number = city.delivered()
    claim(city, "site", number, receipt(11_000))
    return number


def proposal(program: ProgramOf, number: str, **more: Any) -> dict[str, Any]:
    """What a party's program sends to propose that the contradicting claim stands."""
    (stands,) = program("plant").get(f"/manifests/{number}").get_json()["disputes"]
    return {"event_id": new_id(), "event": "resolved", "stands": stands, "reason": "复核磅单", **more}


def test_a_settlement_is_offered_read_and_agreed_to(program: ProgramOf, number: str) -> None:
    plant, site = program("plant"), program("site")
    body = proposal(program, number)

    offer = site.post(f"/manifests/{number}/offers", body).get_json()
    waiting = plant.get("/offers").get_json()["items"]
    answer = plant.post(f"/offers/{offer['id']}/confirmation", {"code": offer["code"]})

    assert [(each["id"], each["figures"]) for each in waiting] == [
        (offer["id"], {"stands": body["stands"], "reason": "复核磅单"})
    ]
    assert (waiting[0]["event"], waiting[0]["party"], waiting[0]["may_confirm"]) == ("resolved", "O-SITE", True)
    assert answer.status_code == 201
    seen = plant.get(f"/manifests/{number}").get_json()
    last = plant.get(f"/manifests/{number}/events").get_json()["items"][-1]
    assert (seen["disputed"], seen["disputes"], seen["accepted_t"]) == (False, [], "11.000")
    assert [(word["party"], word["person"]) for word in last["words"]] == [("O-SITE", "王过磅"), ("O-PLANT", "李会计")]
    assert last["figures"]["agreeing_name"] == "新乡水务有限公司"


def test_the_driver_s_token_settles_as_scanned(program: ProgramOf, number: str) -> None:
    offer = program("plant").post(f"/manifests/{number}/offers", proposal(program, number)).get_json()

    answer = program("driver").post(f"/offers/{offer['id']}/confirmation", {"token": offer["token"]})

    assert answer.status_code == 201
    assert program("plant").get(f"/manifests/{number}/events").get_json()["items"][-1]["grade"] == "scanned"


def test_what_a_party_may_do_now_tells_whether_it_may_propose(program: ProgramOf, number: str) -> None:
    allowed = {
        who: "resolved" in program(who).get(f"/manifests/{number}").get_json()["allowed"]
        for who in ("plant", "site", "dispatcher", "regulator")
    }

    assert allowed == {"plant": True, "site": True, "dispatcher": False, "regulator": True}


def test_refusals_say_which_it_is(program: ProgramOf, number: str) -> None:
    plant, site = program("plant"), program("site")
    body = proposal(program, number)
    offer = site.post(f"/manifests/{number}/offers", body).get_json()
    to = f"/offers/{offer['id']}/confirmation"
    code = {"code": offer["code"]}
    wrong = {"code": "000000" if offer["code"] != "000000" else "111111"}

    def said(who: str, said: dict[str, str]) -> tuple[int, str]:
        answer = program(who).post(to, said)
        return answer.status_code, answer.get_json()["code"]

    assert said("site", code) == (403, "own_offer")
    assert said("regulator", code) == (403, "not_permitted")
    assert said("other_driver", code) == (404, "not_found")
    assert said("outsider", code) == (404, "not_found")
    assert program("outsider").get(f"/offers/{offer['id']}").status_code == 404
    assert said("plant", wrong) == (422, "wrong_code")
    assert plant.get(f"/offers/{offer['id']}").get_json()["tries_left"] == 4
    decided = {"event_id": new_id(), "stands": body["stands"], "reason": "现场核查"}
    assert program("regulator").post(f"/manifests/{number}/resolutions", decided).status_code == 201
    assert said("plant", code) == (409, "no_dispute")
    again = site.post(f"/manifests/{number}/offers", {**body, "event_id": new_id()})
    assert (again.status_code, again.get_json()["code"]) == (409, "no_dispute")


def test_a_party_that_does_not_agree_says_why(program: ProgramOf, number: str) -> None:
    site = program("site")
    offer = site.post(f"/manifests/{number}/offers", proposal(program, number)).get_json()

    answer = program("dispatcher").post(f"/offers/{offer['id']}/refusal", {"reason": "磅单看不清"})

    assert answer.status_code == 200
    assert site.get(f"/offers/{offer['id']}").get_json()["reason"] == "磅单看不清"
    assert site.get(f"/manifests/{number}").get_json()["disputed"] is True


def test_nobody_settles_without_the_other_s_word(program: ProgramOf, number: str) -> None:
    body = proposal(program, number, unconfirmed_reason="对方不在")

    answer = program("plant").post(f"/manifests/{number}/unconfirmed-handoffs", body)

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "/event"
