"""One's own account: password, sign-ins, tokens. Nobody else's."""

from __future__ import annotations

import re

import pytest

from sludgetrack import tx
from sludgetrack.access import passwords, tokens
from sludgetrack.access.tokens import Scope
from tests.support.city import City, new_id
from tests.web.conftest import ClientAs

OLD = "an old sentence"
NEW = "a new sentence"


@pytest.fixture(autouse=True)
def _password(city: City) -> None:
    with tx.unit_of_work(city.engine) as connection:
        passwords.set_password(connection, city.people["plant"].person, "plant", OLD)


@pytest.mark.parametrize("who", ["plant", "driver", "regulator", "administrator", "outsider"])
def test_everybody_has_an_account_page_in_both_languages(client_as: ClientAs, who: str) -> None:
    client = client_as(who)
    for language in ("zh-CN", "en"):
        answer = client.get(f"/account/?lang={language}")
        assert answer.status_code == 200
        assert f'lang="{language}"' in answer.text


def test_somebody_who_is_not_signed_in_has_none(client_as: ClientAs) -> None:
    assert client_as("nobody").get("/account/").status_code == 302


def test_a_changed_password_ends_other_sign_ins_and_keeps_this_one(client_as: ClientAs, city: City) -> None:
    here, elsewhere = client_as("plant"), client_as("plant")
    answer = here.post("/account/password", data={"current": OLD, "new": NEW, "again": NEW}, follow_redirects=True)
    assert "密码已改" in answer.text
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    with tx.unit_of_work(city.engine) as connection:
        assert passwords.check_password(connection, "plant", NEW, city.clock())


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"current": "wrong", "new": NEW, "again": NEW}, "current"),
        ({"current": OLD, "new": NEW, "again": OLD}, "again"),
        ({"current": OLD, "new": "short", "again": "short"}, "new"),
        ({"current": OLD, "new": "the plant is mine", "again": "the plant is mine"}, "new"),
    ],
)
def test_a_password_is_refused_beside_its_field_and_none_is_sent_back(
    client_as: ClientAs, city: City, form: dict[str, str], field: str
) -> None:
    answer = client_as("plant").post("/account/password", data=form)
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.text
    assert form["new"] not in answer.text
    with tx.unit_of_work(city.engine) as connection:
        assert passwords.check_password(connection, "plant", OLD, city.clock())


def test_guessing_the_present_password_locks_like_signing_in(client_as: ClientAs) -> None:
    client = client_as("plant")
    wrong = {"current": "wrong", "new": NEW, "again": NEW}
    answers = [client.post("/account/password", data=wrong) for _ in range(6)]
    assert answers[0].status_code == 422
    assert answers[-1].status_code == 429


def test_signing_out_everywhere_ends_this_browser_too(client_as: ClientAs) -> None:
    here, elsewhere = client_as("plant"), client_as("plant")
    assert here.post("/account/sessions/end").status_code == 302
    assert here.get("/account/").status_code == 302
    assert elsewhere.get("/account/").status_code == 302


def token_form(**more: object) -> dict[str, object]:
    return {"event_id": new_id(), "name": "东门地磅", "days": "90", "scopes": ["read", "write"], **more}


def shown_token(page: str) -> str:
    found = re.search(r"<code>(stk_[\w-]{40,})</code>", page)
    assert found
    return found.group(1)


def test_a_token_is_shown_once_and_works_with_its_scopes(client_as: ClientAs, city: City) -> None:
    client = client_as("plant")
    token = shown_token(client.post("/account/tokens", data=token_form()).text)
    page = client.get("/account/").text
    assert token not in page
    assert token[:8] in page
    assert "东门地磅" in page
    with tx.unit_of_work(city.engine) as connection:
        bearer = tokens.bearer_of(connection, token, city.clock())
    assert bearer is not None
    assert bearer.person == city.people["plant"].person
    assert bearer.scopes == {Scope.READ, Scope.WRITE}


def test_a_token_asked_for_twice_is_one_and_the_text_shown_last_works(client_as: ClientAs, city: City) -> None:
    client, form = client_as("plant"), token_form()
    first, last = (shown_token(client.post("/account/tokens", data=form).text) for _ in range(2))
    with tx.unit_of_work(city.engine) as connection:
        assert tokens.bearer_of(connection, first, city.clock()) is None
        assert tokens.bearer_of(connection, last, city.clock()) is not None
        assert len(tokens.of(connection, city.people["plant"].person)) == 1


def test_nobody_takes_over_a_token_by_its_id(client_as: ClientAs, city: City) -> None:
    form = token_form()
    token = shown_token(client_as("plant").post("/account/tokens", data=form).text)
    client_as("outsider").post("/account/tokens", data=form)
    with tx.unit_of_work(city.engine) as connection:
        bearer = tokens.bearer_of(connection, token, city.clock())
    assert bearer is not None
    assert bearer.person == city.people["plant"].person


@pytest.mark.parametrize(
    ("typed", "field"), [({"name": ""}, "name"), ({"scopes": []}, "scopes"), ({"days": "9999"}, "days")]
)
def test_a_token_without_name_scope_or_end_is_refused(
    client_as: ClientAs, typed: dict[str, object], field: str
) -> None:
    answer = client_as("plant").post("/account/tokens", data=token_form(**typed))
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.text


def test_a_revoked_token_is_dead(client_as: ClientAs, city: City) -> None:
    client, form = client_as("plant"), token_form()
    token = shown_token(client.post("/account/tokens", data=form).text)
    assert client_as("outsider").post(f"/account/tokens/{form['event_id']}/revoke").status_code == 404
    assert client.post(f"/account/tokens/{form['event_id']}/revoke").status_code == 302
    with tx.unit_of_work(city.engine) as connection:
        assert tokens.bearer_of(connection, token, city.clock()) is None
