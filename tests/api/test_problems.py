"""Refusals as RFC 9457 problems: their shape, their language, and that nothing else ever comes out of the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from sludgetrack.api.problems import MEDIA_TYPE, OWN, all_problems
from sludgetrack.domain.errors import DomainError
from tests.api.conftest import Program, ProgramOf, load_body
from tests.support.city import new_id

Body = Callable[..., dict[str, Any]]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_a_refusal_names_every_wrong_field_by_pointer(program: ProgramOf, issue_body: Body) -> None:
    body = issue_body(planned_t="12,5", route=7, batches=[{"batch": "B1", "wet_t": "x"}], colour="red")
    del body["hauler"]

    answer = program("plant").post("/manifests", body)

    problem = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (422, MEDIA_TYPE)
    assert {key: problem[key] for key in ("type", "status", "code", "detail")} == {
        "type": "/problems/invalid_request",
        "status": 422,
        "code": "invalid_request",
        "detail": "有 5 处需要改正。",
    }
    assert {(error["pointer"], error["code"]) for error in problem["errors"]} == {
        ("/planned_t", "wrong_format"),
        ("/route", "wrong_type"),
        ("/batches/0/wet_t", "wrong_format"),
        ("/colour", "unknown_field"),
        ("/hauler", "field_missing"),
    }


def test_figures_that_contradict_each_other_are_named_under_their_wire_names(
    program: ProgramOf, issue_body: Body
) -> None:
    plant = program("plant")
    number = plant.post("/manifests", issue_body()).get_json()["name"]

    answer = plant.post(f"/manifests/{number}/offers", load_body(gross_out_t="25"))

    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (422, "invalid_figures")
    assert problem["errors"] == [
        {
            "pointer": "/net_out_t",
            "code": "net_mismatch",
            "detail": "净重应等于毛重减皮重：25.000 − 12.000 ≠ 12.000 t。",
        }
    ]


def test_a_state_that_forbids_says_what_is_allowed_in_the_readers_words(program: ProgramOf, issue_body: Body) -> None:
    plant = program("plant")
    number = plant.post("/manifests", issue_body()).get_json()["name"]
    void = {"reason": "计划取消"}
    plant.post(f"/manifests/{number}/voidings", {"event_id": new_id(), **void})

    answer = plant.post(f"/manifests/{number}/voidings", {"event_id": new_id(), **void})

    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (409, "not_allowed_now")
    assert problem["detail"] == "联单现在的状态是“作废”，不能作废；现在可以：抽查。"
    assert problem["facts"] == {"status": "void", "event": "voided", "allowed": ["inspected"]}


def test_a_banned_route_quotes_its_source(program: ProgramOf, issue_body: Body) -> None:
    answer = program("plant").post("/manifests", issue_body(destination="S-INC", route="B1"))

    assert (answer.status_code, answer.get_json()["code"]) == (422, "route_not_permitted")
    assert answer.get_json()["errors"][0]["pointer"] == "/route"


def test_english_readers_get_english(program: ProgramOf) -> None:
    answer = program("plant").post("/manifests", {}, Accept_Language="en-GB,en;q=0.9")

    texts = [answer.get_json()["title"], answer.get_json()["detail"]]
    texts += [error["detail"] for error in answer.get_json()["errors"]]
    assert answer.headers["Content-Language"] == "en"
    assert [text for text in texts if CHINESE.search(text)] == []


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/api/v1/nothing", "GET", 404),
        ("/api/v2/manifests", "GET", 404),
        ("/api/", "GET", 404),
        ("/api/v1/manifests/123", "GET", 404),
        ("/api/v1/manifests", "DELETE", 405),
        ("/api/v1/me", "TRACE", 405),
    ],
)
def test_addresses_that_lead_nowhere_are_problems_too(app: Flask, path: str, method: str, status: int) -> None:
    answer = app.test_client().open(path, method=method)

    assert (answer.status_code, answer.mimetype, answer.get_json()["status"]) == (status, MEDIA_TYPE, status)


def test_a_method_that_is_not_supported_is_told_which_are(app: Flask) -> None:
    answer = app.test_client().put("/api/v1/manifests")

    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize("path", ["/api/v1//me", "/api/v1/me"])
def test_no_answer_is_html(app: Flask, path: str) -> None:
    for method in ("GET", "OPTIONS", "POST"):
        assert app.test_client().open(path, method=method).mimetype != "text/html"


def test_pages_keep_their_own_errors(app: Flask) -> None:
    answer = app.test_client().get("/nowhere")

    assert (answer.status_code, answer.mimetype) == (404, "text/html")


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed_body"),
        (b'{"a": NaN}', "application/json", 400, "malformed_body"),
        (b'{"a": 1, "a": 2}', "application/json", 400, "malformed_body"),
        (b"\xff\xfe", "application/json", 400, "malformed_body"),
        (b"[" * 100_000, "application/json", 400, "malformed_body"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "application/json", 400, "malformed_body"),
        (b"giver=P01", "application/x-www-form-urlencoded", 415, "wrong_media_type"),
        (b"<a/>", "text/xml", 415, "wrong_media_type"),
        (b"{}", "", 415, "wrong_media_type"),
        (b"[]", "application/json", 422, "invalid_request"),
        (b"null", "application/json", 422, "invalid_request"),
        (b"", "application/json", 422, "invalid_request"),
        (b" " * 1_100_000, "application/json", 413, "too_large"),
    ],
)
def test_bodies_that_are_no_bodies(program: ProgramOf, content: bytes, media_type: str, status: int, code: str) -> None:
    plant = program("plant")

    answer = plant.client.post("/api/v1/manifests", data=content, content_type=media_type, headers=plant.headers)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


@pytest.mark.parametrize("where", ["giver", "remark", "external_number"])
@pytest.mark.parametrize("text", ["\x00", "a\x1fb", "\ud800", " ", "\x85"])
def test_texts_a_database_or_a_sheet_could_not_hold_are_refused(
    program: ProgramOf, issue_body: Body, where: str, text: str
) -> None:
    answer = program("plant").post("/manifests", issue_body(**{where: text}))

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [f"/{where}"]


@pytest.mark.parametrize("path", ["/facilities/P01%00/stock", "/facilities/%7F/stock", "/vehicles/%0A/changes"])
def test_names_nobody_could_have_are_not_found(program: ProgramOf, path: str) -> None:
    plant = program("administrator")
    body = {"event_id": new_id(), "rated_t": "18"}
    answer = plant.post(path, body) if path.endswith("changes") else plant.get(path)

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "cursor=!", "state=flying", "from=2026-13-01", "to=1999-12-31", "colour=red"],
)
def test_wrong_parameters_are_named(program: ProgramOf, query: str) -> None:
    answer = program("plant").get(f"/manifests?{query}")

    assert answer.status_code == 422
    assert {error["parameter"] for error in answer.get_json()["errors"]} == {query.partition("=")[0]}


def test_a_database_that_is_away_is_said_to_be(app: Flask, program: ProgramOf, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 - only this test reads it

    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    plant = program("plant")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr("sludgetrack.access.tokens.bearer_of", away)

    answer = plant.get("/me")

    assert (answer.status_code, answer.get_json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]


def test_a_bug_says_nothing_of_itself(app: Flask, program: ProgramOf, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError("of a secret")

    plant = program("plant")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr("sludgetrack.access.tokens.bearer_of", broken)

    answer = plant.get("/me")

    assert (answer.status_code, answer.mimetype) == (500, MEDIA_TYPE)
    assert "secret" not in answer.get_data(as_text=True)


def _every(kind: type[DomainError]) -> list[type[DomainError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in _every(child))]


def test_every_refusal_of_the_domain_is_a_known_problem() -> None:
    codes = {kind.code for kind in _every(DomainError) if "code" in vars(kind)}

    assert codes - all_problems().keys() == set()
    assert set(OWN) & codes == set()


def known_to(who: Program, path: str) -> tuple[int, dict[str, Any]]:
    """Status and problem of a look-up, without what names the thing itself."""
    answer = who.get(path)
    problem = answer.get_json()
    return answer.status_code, {key: problem[key] for key in ("type", "title", "code")}


def test_what_is_foreign_and_what_does_not_exist_are_answered_alike(program: ProgramOf, issue_body: Body) -> None:
    plant, outsider = program("plant"), program("outsider")
    number = plant.post("/manifests", issue_body()).get_json()["name"]
    offer = plant.post(f"/manifests/{number}/offers", load_body()).get_json()["id"]
    unknown = "20264107020019999992"

    for path, other in (
        (f"/manifests/{number}", f"/manifests/{unknown}"),
        (f"/manifests/{number}/events", f"/manifests/{unknown}/events"),
        (f"/manifests/{number}/sheets/1", f"/manifests/{unknown}/sheets/1"),
        (f"/offers/{offer}", f"/offers/{new_id()}"),
        ("/facilities/P01/stock", "/facilities/P99/stock"),
    ):
        assert known_to(outsider, path) == known_to(outsider, other)
        assert known_to(outsider, path)[0] == 404
