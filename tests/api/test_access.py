"""Who gets in, with what, and to what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from sludgetrack.access.tokens import Scope
from tests.api.conftest import ADDRESS, PASSWORD, Program, ProgramOf, load_body, receive_body, token_of
from tests.support.city import City, new_id

Body = Callable[..., dict[str, Any]]
EVERYBODY = ("plant", "site", "dispatcher", "driver", "regulator", "far_regulator", "outsider", "administrator")


def with_token(app: Flask, token: str) -> Program:
    return Program(app.test_client(use_cookies=False), {"Authorization": f"Bearer {token}"})


# Tokens


def test_a_token_speaks_for_its_person(program: ProgramOf) -> None:
    me = program("plant").get("/me").get_json()

    assert (me["name"], me["organisation"], me["roles"]) == ("李会计", "O-PLANT", ["clerk"])
    assert (me["scopes"], me["csrf_token"]) == (["administer", "read", "write"], None)


@pytest.mark.parametrize(
    "given", ["Bearer stk_unknown", "Bearer x", "Bearer ", "Basic cGxhbnQ6eA==", "stk_x", "Bearer \xff"]
)
def test_what_is_no_live_token_opens_nothing(app: Flask, given: str) -> None:
    answer = app.test_client().get("/api/v1/me", headers={"Authorization": given})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_ends_by_itself(app: Flask, city: City) -> None:
    mine = with_token(app, token_of(city, "plant", life=timedelta(hours=1)))
    assert mine.get("/me").status_code == 200

    city.clock.forward(hours=1)

    assert mine.get("/me").status_code == 401


def test_a_revoked_token_is_dead_at_once_and_stays_listed(app: Flask, browser: ProgramOf) -> None:
    plant = browser("plant")
    wanted = {"event_id": new_id(), "name": "地磅程序", "scopes": ["read"], "days": 30}
    made = plant.post("/tokens", wanted).get_json()
    mine = with_token(app, made["token"])
    assert mine.get("/me").status_code == 200

    answer = plant.post(f"/tokens/{made['id']}/revocation")

    assert answer.get_json()["revoked_at"] is not None
    assert mine.get("/me").status_code == 401
    assert [token["name"] for token in plant.get("/tokens").get_json()["items"]] == ["地磅程序"]


def test_a_token_whose_answer_was_lost_is_made_anew_and_the_lost_one_is_dead(app: Flask, browser: ProgramOf) -> None:
    plant = browser("plant")
    wanted = {"event_id": new_id(), "name": "地磅程序", "scopes": ["read"], "days": 30}
    lost, kept = (plant.post("/tokens", wanted).get_json()["token"] for _ in range(2))

    assert with_token(app, lost).get("/me").status_code == 401
    assert with_token(app, kept).get("/me").status_code == 200


def test_nobody_revokes_somebody_elses_token(browser: ProgramOf, program: ProgramOf) -> None:
    made = (
        browser("plant").post("/tokens", {"event_id": new_id(), "name": "x", "scopes": ["read"], "days": 1}).get_json()
    )

    assert program("site").post(f"/tokens/{made['id']}/revocation").status_code == 404


def test_a_token_does_only_what_its_scopes_say(app: Flask, city: City, issue_body: Body) -> None:
    reader = with_token(app, token_of(city, "administrator", frozenset((Scope.READ,))))
    writer = with_token(app, token_of(city, "administrator", frozenset((Scope.WRITE,))))

    assert reader.get("/manifests").status_code == 200
    refused = reader.post("/manifests", issue_body())
    assert (refused.status_code, refused.get_json()["code"]) == (403, "scope_missing")
    assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]
    assert writer.post("/manifests", issue_body()).status_code == 201
    assert writer.get("/manifests").status_code == 403
    assert writer.post("/people/" + new_id() + "/activity", {"event_id": new_id(), "active": False}).status_code == 403


def test_no_token_makes_tokens_or_changes_passwords(program: ProgramOf) -> None:
    plant = program("plant")
    wanted = {"event_id": new_id(), "name": "x", "scopes": ["administer"], "days": 366}

    for answer in (
        plant.post("/tokens", wanted),
        plant.post("/me/password", {"current": PASSWORD, "password": PASSWORD + "!"}),
        plant.post("/session/end"),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (403, "session_needed")


def test_a_dead_token_is_not_replaced_by_the_session_beside_it(browser: ProgramOf) -> None:
    plant = browser("plant")

    assert plant.get("/me").status_code == 200
    assert plant.get("/me", Authorization="Bearer stk_dead").status_code == 401


def test_somebody_who_left_is_left_out_with_token_and_session(
    app: Flask, city: City, program: ProgramOf, browser: ProgramOf
) -> None:
    by_token, by_session, administrator = program("plant"), browser("plant"), program("administrator")
    person = city.people["plant"].person

    left = administrator.post(f"/people/{person}/activity", {"event_id": new_id(), "active": False})

    assert left.status_code == 201
    assert [by_token.get("/me").status_code, by_session.get("/me").status_code] == [401, 401]


# Sessions


def test_writing_with_a_session_needs_the_csrf_mark(browser: ProgramOf, issue_body: Body) -> None:
    plant = browser("plant")
    mark = plant.headers.pop("X-CSRFToken")

    without = plant.post("/manifests", issue_body())
    wrong = plant.post("/manifests", issue_body(), X_CSRFToken=mark[:-3] + "abc")
    right = plant.post("/manifests", issue_body(), X_CSRFToken=mark)

    assert (without.status_code, without.get_json()["code"]) == (403, "csrf_failed")
    assert wrong.status_code == 403
    assert right.status_code == 201
    assert plant.get("/manifests").status_code == 200


def test_a_mark_of_another_session_does_not_count(browser: ProgramOf, issue_body: Body) -> None:
    plant, site = browser("plant"), browser("site")

    answer = plant.post("/manifests", issue_body(), X_CSRFToken=site.headers["X-CSRFToken"])

    assert answer.status_code == 403


def test_over_https_the_request_has_to_come_from_this_system(browser: ProgramOf, issue_body: Body) -> None:
    plant = browser("plant")
    path, body = "/api/v1/manifests", issue_body()

    def send(referer: str) -> int:
        headers = {**plant.headers, "Referer": referer}
        return plant.client.post(path, json=body, headers=headers, base_url=ADDRESS).status_code

    cookie = plant.client.get_cookie("__Host-session")
    assert cookie is not None
    plant.client.set_cookie("__Host-session", cookie.value, domain="ludan.example.cn")
    assert send("https://evil.example.com/") == 403
    assert send(f"{ADDRESS}/") == 201


def test_signing_out_ends_the_session_on_the_server(browser: ProgramOf) -> None:
    plant = browser("plant")
    cookie = plant.client.get_cookie("__Host-session")
    assert cookie is not None

    assert plant.post("/session/end").status_code == 204
    plant.client.set_cookie("__Host-session", cookie.value)

    assert plant.get("/me").status_code == 401


def test_the_session_of_the_api_is_that_of_the_pages(browser: ProgramOf) -> None:
    plant = browser("plant")

    assert plant.client.get("/login").status_code == 302


def test_a_wrong_password_and_an_unknown_login_are_answered_alike(browser: ProgramOf, program: ProgramOf) -> None:
    browser("plant")
    nobody = program("nobody")

    wrong = nobody.post("/session", {"login": "plant", "password": "not the password"})
    unknown = nobody.post("/session", {"login": "nobody", "password": "not the password"})

    assert (wrong.status_code, wrong.get_json()) == (401, unknown.get_json())


def test_guessing_locks_the_login_even_for_the_right_password(browser: ProgramOf, program: ProgramOf) -> None:
    browser("plant")
    nobody = program("nobody")
    for _ in range(5):
        nobody.post("/session", {"login": "plant", "password": "not the password"})

    answer = nobody.post("/session", {"login": "plant", "password": PASSWORD})

    assert (answer.status_code, answer.get_json()["code"]) == (429, "login_locked")


def test_a_new_password_ends_every_other_session(browser: ProgramOf) -> None:
    here, there = browser("plant"), browser("plant")

    wrong = here.post("/me/password", {"current": "not it", "password": "another good password"})
    weak = here.post("/me/password", {"current": PASSWORD, "password": "short"})
    done = here.post("/me/password", {"current": PASSWORD, "password": "another good password"})

    assert (wrong.status_code, wrong.get_json()["errors"][0]["pointer"]) == (422, "/current")
    assert (weak.status_code, weak.get_json()["code"]) == (422, "weak_password")
    assert done.status_code == 200
    assert [here.get("/me").status_code, there.get("/me").status_code] == [200, 401]


# Who may do what


def allowed(program: ProgramOf, do: Callable[[Program], int]) -> dict[str, int]:
    return {who: do(program(who)) for who in (*EVERYBODY, "nobody")}


def test_who_reads_a_manifest(program: ProgramOf, issue_body: Body) -> None:
    number = program("plant").post("/manifests", issue_body()).get_json()["name"]

    assert allowed(program, lambda who: who.get(f"/manifests/{number}").status_code) == {
        "plant": 200,
        "site": 200,
        "dispatcher": 200,
        "driver": 200,
        "regulator": 200,
        "far_regulator": 404,
        "outsider": 404,
        "administrator": 200,
        "nobody": 401,
    }


def test_who_issues(program: ProgramOf, issue_body: Body) -> None:
    assert allowed(program, lambda who: who.post("/manifests", issue_body()).status_code) == {
        "plant": 201,
        "administrator": 201,
        **dict.fromkeys(("site", "dispatcher", "driver", "regulator", "far_regulator", "outsider"), 403),
        "nobody": 401,
    }


def test_who_voids(program: ProgramOf, issue_body: Body) -> None:
    plant = program("plant")

    def void(who: Program) -> int:
        number = plant.post("/manifests", issue_body()).get_json()["name"]
        return who.post(f"/manifests/{number}/voidings", {"event_id": new_id(), "reason": "计划取消"}).status_code

    assert allowed(program, void) == {
        "plant": 201,
        "administrator": 201,
        **dict.fromkeys(("site", "dispatcher", "driver", "regulator"), 403),
        **dict.fromkeys(("far_regulator", "outsider"), 404),
        "nobody": 401,
    }


def test_who_offers_and_who_confirms(program: ProgramOf, issue_body: Body) -> None:
    plant = program("plant")
    number = plant.post("/manifests", issue_body()).get_json()["name"]
    others = {who: program(who) for who in EVERYBODY if who not in ("plant", "administrator")}

    offering = {who: asks.post(f"/manifests/{number}/offers", load_body()).status_code for who, asks in others.items()}
    offer = plant.post(f"/manifests/{number}/offers", load_body()).get_json()
    word = {"code": offer["code"]}
    confirming = {
        who: asks.post(f"/offers/{offer['id']}/confirmation", word).status_code
        for who, asks in {**others, "plant": plant}.items()
        if who != "driver"
    }

    near = ("site", "dispatcher", "driver", "regulator")
    assert offering == {**dict.fromkeys(near, 403), "far_regulator": 404, "outsider": 404}
    assert confirming == {
        **dict.fromkeys(("site", "dispatcher", "regulator", "plant"), 403),
        "far_regulator": 404,
        "outsider": 404,
    }
    assert program("driver").post(f"/offers/{offer['id']}/confirmation", word).status_code == 201


def test_only_the_destination_receives(program: ProgramOf, city: City, issue_body: Body) -> None:
    plant, driver = program("plant"), program("driver")
    number = plant.post("/manifests", issue_body()).get_json()["name"]
    offer = plant.post(f"/manifests/{number}/offers", load_body()).get_json()
    driver.post(f"/offers/{offer['id']}/confirmation", {"code": offer["code"]})
    city.clock.forward(minutes=50)

    answers = allowed(program, lambda who: who.post(f"/manifests/{number}/offers", receive_body()).status_code)

    assert [who for who, status in answers.items() if status == 201] == ["site"]


def test_only_authorities_see_rates_and_only_of_their_division(program: ProgramOf) -> None:
    period = "from=2026-01-01&to=2026-12-31"

    answers = allowed(program, lambda who: who.get(f"/rates?{period}").status_code)

    assert [who for who, status in answers.items() if status == 200] == ["regulator", "far_regulator"]
    assert program("regulator").get(f"/balance?{period}&division=410702").status_code == 200
    assert program("regulator").get(f"/balance?{period}&division=22").status_code == 403


def test_only_who_runs_or_supervises_a_facility_sees_its_stock(program: ProgramOf) -> None:
    answers = allowed(program, lambda who: who.get("/facilities/P01/stock").status_code)

    assert [who for who, status in answers.items() if status == 200] == ["plant", "regulator", "administrator"]


def test_only_administrators_see_everybody_and_dispatchers_their_drivers(program: ProgramOf) -> None:
    answers = allowed(program, lambda who: who.get("/people").status_code)

    drivers = program("dispatcher").get("/people").get_json()["items"]
    assert [who for who, status in answers.items() if status == 200] == ["dispatcher", "administrator"]
    assert {each["name"] for each in drivers} == {"张㛃", "陈师傅"}
