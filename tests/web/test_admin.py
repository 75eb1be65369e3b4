"""The administrator's pages: people, vehicles, facilities, permits, organisations, and who changed what."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from sludgetrack import tx
from sludgetrack.access import passwords, sessions
from sludgetrack.domain.identity import Role
from sludgetrack.services import registering
from sludgetrack.store import registry_reading as registry
from sludgetrack.web.signing_in import TOKEN
from tests.support.city import City, new_id
from tests.web.conftest import ClientAs

PAGES = (
    "/admin/people",
    "/admin/people/new",
    "/admin/vehicles",
    "/admin/vehicles/new",
    "/admin/facilities",
    "/admin/permits/new",
    "/admin/organisations/O-PLANT",
    "/admin/history",
)


@pytest.fixture
def bureau(app: object, city: City, client_as: ClientAs) -> FlaskClient:
    """The browser of an administrator of the city's authority."""
    person = new_id()
    one = registering.person_registration(
        new_id(),
        "A-CITY",
        {"id": person, "roles": ["administrator", "inspector"]},
        {"login": "bureau", "name": "钱局长"},
    )
    with tx.unit_of_work(city.engine) as connection:
        registering.register(connection, [one], city.clock())
        token = sessions.begin(connection, person, city.clock())
    city.people["bureau"] = replace(
        city.people["regulator"], person=person, roles=frozenset({Role.ADMINISTRATOR, Role.INSPECTOR})
    )
    client = client_as("nobody")
    with client.session_transaction() as session:
        session[TOKEN] = token
    return client


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no hidden {name}"
    return found.group(1)


def person_form(client: FlaskClient, **more: object) -> dict[str, object]:
    page = client.get("/admin/people/new").text
    typed = {"login": "zhou", "name": "周新来", "phone": "13900000000", "roles": ["clerk"]}
    return {"event_id": hidden(page, "event_id"), "password": hidden(page, "password"), **typed, **more}


def row(city: City, login: str) -> registry.PersonRow | None:
    with city.engine.connect() as connection:
        everybody = [one for code in ("O-PLANT", "O-SITE", "NEW") for one in registry.people_of(connection, code)]
    return next((one for one in everybody if one.login == login), None)


# Who may see what


@pytest.mark.parametrize("path", PAGES)
def test_an_administrator_sees_every_page_in_chinese_and_english(client_as: ClientAs, path: str) -> None:
    client = client_as("administrator")
    for language in ("zh-CN", "en"):
        answer = client.get(f"{path}?lang={language}")
        assert answer.status_code == 200
        assert f'lang="{language}"' in answer.text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["plant", "driver", "regulator", "outsider"])
def test_nobody_else_sees_them(client_as: ClientAs, who: str, path: str) -> None:
    assert client_as(who).get(path).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_asked_to_sign_in(client_as: ClientAs, path: str) -> None:
    answer = client_as("nobody").get(path)
    assert answer.status_code == 302
    assert "/login" in answer.headers["Location"]


def test_the_people_of_others_are_not_listed(client_as: ClientAs) -> None:
    page = client_as("administrator").get("/admin/people").text
    assert "李会计" in page
    assert "王过磅" not in page


def test_somebody_elses_person_vehicle_facility_and_organisation_are_not_there(client_as: ClientAs, city: City) -> None:
    client = client_as("administrator")
    theirs = city.people["driver"].person
    for path in (f"people/{theirs}", "vehicles/豫G12345", "facilities/S-INC", "organisations/O-SITE"):
        answer = client.get(f"/admin/{path}")
        assert answer.status_code == 404, path
        assert "焚烧厂" not in answer.text


# People


def test_a_new_person_gets_an_initial_password_shown_once_that_works(client_as: ClientAs, city: City) -> None:
    client = client_as("administrator")
    form = person_form(client)
    answer = client.post("/admin/people/new", data=form)
    assert answer.status_code == 200
    assert str(form["password"]) in answer.text
    person = row(city, "zhou")
    assert person is not None
    with tx.unit_of_work(city.engine) as connection:
        assert passwords.check_password(connection, "zhou", str(form["password"]), city.clock()) == person.id
    assert str(form["password"]) not in client.get(f"/admin/people/{person.id}").text


def test_sending_the_form_twice_adds_one_person_and_shows_the_same_password(client_as: ClientAs, city: City) -> None:
    client = client_as("administrator")
    form = person_form(client)
    first, second = (client.post("/admin/people/new", data=form) for _ in range(2))
    assert str(form["password"]) in first.text
    assert str(form["password"]) in second.text
    page = client.get("/admin/people").text
    assert page.count('<td data-label="" class="card-head">') == 3


def test_a_form_sent_again_does_not_undo_a_password_changed_since(client_as: ClientAs, city: City) -> None:
    client = client_as("administrator")
    form = person_form(client)
    client.post("/admin/people/new", data=form)
    person = row(city, "zhou")
    assert person is not None
    with tx.unit_of_work(city.engine) as connection:
        passwords.set_password(connection, person.id, "zhou", "a sentence of my own")
    client.post("/admin/people/new", data=form)
    with tx.unit_of_work(city.engine) as connection:
        assert passwords.check_password(connection, "zhou", "a sentence of my own", city.clock()) == person.id


def test_errors_stand_beside_their_fields_and_what_was_typed_is_still_there(client_as: ClientAs) -> None:
    client = client_as("administrator")
    answer = client.post("/admin/people/new", data=person_form(client, login="driver", name="", roles=["inspector"]))
    assert answer.status_code == 422
    assert 'id="e-name"' in answer.text
    assert 'value="driver"' in answer.text
    answer = client.post("/admin/people/new", data=person_form(client, login="driver"))
    assert answer.status_code == 409
    assert 'id="e-login"' in answer.text
    assert 'value="周新来"' in answer.text
    answer = client.post("/admin/people/new", data=person_form(client, roles=["inspector"]))
    assert 'id="e-roles"' in answer.text
    assert "监管人员" in answer.text


def test_roles_are_changed_and_the_history_says_from_what_to_what_and_by_whom(client_as: ClientAs, city: City) -> None:
    client = client_as("administrator")
    clerk = city.people["plant"].person
    page = client.get(f"/admin/people/{clerk}").text
    form = {
        "event_id": hidden(page, "event_id"),
        "name": "李会计",
        "phone": "13800000000",
        "licence": "",
        "roles": ["clerk", "operator"],
    }
    answer = client.post(f"/admin/people/{clerk}", data=form, follow_redirects=True)
    assert "已改好" in answer.text
    history = client.get("/admin/history?what=person").text
    assert re.search(r"<s>经办人</s>.*<b>经办人、过磅处置员</b>", history, re.DOTALL)
    assert "孙管理" in history
    assert row(city, "plant").roles == {Role.CLERK, Role.OPERATOR}  # type: ignore[union-attr]


def test_sending_a_change_of_nothing_says_so(client_as: ClientAs, city: City) -> None:
    client = client_as("administrator")
    clerk = city.people["plant"].person
    form = {"event_id": new_id(), "name": "李会计", "phone": "13800000000", "roles": ["clerk"]}
    assert "没有改动" in client.post(f"/admin/people/{clerk}", data=form, follow_redirects=True).text


def test_somebody_deactivated_is_signed_out_at_once(client_as: ClientAs, city: City) -> None:
    clerk = client_as("plant")
    assert clerk.get("/account/").status_code == 200
    answer = client_as("administrator").post(
        f"/admin/people/{city.people['plant'].person}/active", data={"event_id": new_id(), "active": "no"}
    )
    assert answer.status_code == 302
    assert clerk.get("/account/").status_code == 302


def test_the_last_administrator_is_told_why_they_cannot_leave(client_as: ClientAs, city: City) -> None:
    client = client_as("administrator")
    me = city.people["administrator"].person
    answer = client.post(f"/admin/people/{me}/active", data={"event_id": new_id(), "active": "no"})
    assert answer.status_code == 409
    assert "至少要有一位在岗的管理员" in answer.text
    assert 'value="孙管理"' in answer.text


def test_a_password_reset_ends_every_session_of_theirs_and_shows_the_new_one(client_as: ClientAs, city: City) -> None:
    clerk, client = client_as("plant"), client_as("administrator")
    whose = city.people["plant"].person
    page = client.get(f"/admin/people/{whose}").text
    secret = hidden(page, "password")
    form = {"event_id": new_id(), "password": secret}
    answer = client.post(f"/admin/people/{whose}/password", data=form)
    assert secret in answer.text
    assert clerk.get("/account/").status_code == 302
    with tx.unit_of_work(city.engine) as connection:
        assert passwords.check_password(connection, "plant", secret, city.clock()) == whose
    assert "由管理员重设" in client.get("/admin/history").text


# Vehicles


@pytest.fixture
def hauler(city: City, client_as: ClientAs) -> FlaskClient:
    """The browser of the hauler's administrator."""
    person = new_id()
    one = registering.person_registration(
        new_id(), "H1", {"id": person, "roles": ["administrator"]}, {"login": "fleet", "name": "车队长"}
    )
    with tx.unit_of_work(city.engine) as connection:
        registering.register(connection, [one], city.clock())
        token = sessions.begin(connection, person, city.clock())
    client = client_as("nobody")
    with client.session_transaction() as session:
        session[TOKEN] = token
    return client


def test_a_vehicle_is_added_as_people_write_plates(hauler: FlaskClient) -> None:
    form = {"event_id": new_id(), "plate": "豫g·77777", "rated_t": "18", "tare_t": "12.34", "valid_to": "2026-04-01"}
    answer = hauler.post("/admin/vehicles/new", data=form, follow_redirects=True)
    assert "豫G·77777 已登记" in answer.text
    assert "还有 30 天" in answer.text


@pytest.mark.parametrize(
    ("typed", "field", "status"),
    [
        ({"plate": "12345"}, "plate", 422),
        ({"plate": "豫G99999"}, "plate", 409),
        ({"rated_t": "18000"}, "rated_t", 422),
        ({"rated_t": ""}, "rated_t", 422),
        ({"valid_to": "明年"}, "valid_to", 422),
    ],
)
def test_a_vehicle_that_cannot_be_is_refused_beside_the_field(
    hauler: FlaskClient, typed: dict[str, str], field: str, status: int
) -> None:
    form = {"event_id": new_id(), "plate": "豫G77777", "rated_t": "18", "tare_t": "12.34", **typed}
    answer = hauler.post("/admin/vehicles/new", data=form)
    assert answer.status_code == status
    assert f'id="e-{field}"' in answer.text
    assert 'value="12.34"' in answer.text


def test_a_vehicle_is_retired_and_keeps_its_history(hauler: FlaskClient) -> None:
    form = {"event_id": new_id(), "rated_t": "18", "tare_t": "12", "active": "false"}
    answer = hauler.post("/admin/vehicles/豫G12345", data=form, follow_redirects=True)
    assert "已退出" in answer.text
    assert re.search(r"在用</span>\s*否\s*<", answer.text)


# Facilities and permits


def test_an_operator_changes_its_own_facility_and_stands_in_the_history_by_name(client_as: ClientAs) -> None:
    client = client_as("administrator")
    form = {
        "event_id": new_id(),
        "name": "骆驼湾污水处理厂",
        "address": "新乡市红旗区㵐水路1号",
        "city_class": "prefecture",
        "capacity_t80_d": "250",
        "storage_days": "15",
        "permit_no": "914107000000000011001V",
        "permit_valid_to": "2028-06-30",
    }
    answer = client.post("/admin/facilities/P01", data=form, follow_redirects=True)
    assert "已改好" in answer.text
    assert "250.00" in answer.text
    assert re.search(r"贮存期限</span>\s*15\s*<", answer.text)
    assert "新乡水务有限公司" in answer.text


def test_an_operator_registers_no_facilities(client_as: ClientAs) -> None:
    client = client_as("administrator")
    assert client.get("/admin/facilities/new").status_code == 403
    form = {"event_id": new_id(), "kind": "site", "organisation": "O-PLANT", "code": "X", "name": "X",
            "division": "410702", "storage_days": "30", "routes": ["I1"]}  # fmt: skip
    assert client.post("/admin/facilities/new", data=form).status_code == 403


def test_an_authority_registers_an_organisation_its_administrator_and_a_facility(
    bureau: FlaskClient, city: City
) -> None:
    form = {"event_id": new_id(), "kind": "operator", "code": "NEW", "name": "新设水务", "division": "410721"}
    answer = bureau.post("/admin/organisations/new", data=form)
    assert answer.headers["Location"].endswith("/admin/people/new?organisation=NEW")
    page = bureau.get("/admin/people/new?organisation=NEW").text
    person = {
        "event_id": hidden(page, "event_id"),
        "password": hidden(page, "password"),
        "organisation": "NEW",
        "login": "newadmin",
        "name": "新管理",
        "roles": ["administrator"],
    }
    assert bureau.post("/admin/people/new", data=person).status_code == 200
    assert row(city, "newadmin").roles == {Role.ADMINISTRATOR}  # type: ignore[union-attr]
    plant = {
        "event_id": new_id(),
        "kind": "plant",
        "organisation": "NEW",
        "code": "P-NEW",
        "name": "新厂",
        "division": "410721",
        "city_class": "county",
        "storage_days": "30",
    }
    answer = bureau.post("/admin/facilities/new", data=plant, follow_redirects=True)
    assert "新厂 已登记" in answer.text
    assert "410721" in answer.text


def test_an_authority_registers_nothing_outside_its_division(bureau: FlaskClient) -> None:
    form = {"event_id": new_id(), "kind": "operator", "code": "NEW", "name": "新设水务", "division": "220202"}
    answer = bureau.post("/admin/organisations/new", data=form)
    assert answer.status_code == 422
    assert 'id="e-division"' in answer.text
    assert 'value="新设水务"' in answer.text


def test_an_authority_amends_a_facility_of_its_division_and_sees_no_far_one(bureau: FlaskClient) -> None:
    form = {"event_id": new_id(), "name": "新乡污泥焚烧厂", "storage_days": "20", "routes": ["I1", "I2"]}
    answer = bureau.post("/admin/facilities/S-INC", data=form, follow_redirects=True)
    assert "与垃圾混合焚烧 I2" in answer.text
    assert bureau.get("/admin/facilities/P-FAR").status_code == 404
    assert "外地" not in bureau.get("/admin/facilities").text


def test_a_site_without_a_route_is_refused(bureau: FlaskClient) -> None:
    form = {"event_id": new_id(), "name": "新乡污泥焚烧厂", "storage_days": "20"}
    answer = bureau.post("/admin/facilities/S-INC", data=form)
    assert answer.status_code == 422
    assert 'id="e-routes"' in answer.text


def test_a_permit_is_entered_and_withdrawn(client_as: ClientAs) -> None:
    client = client_as("administrator")
    form = {"event_id": new_id(), "kind": "environmental", "number": "新环审〔2024〕18号", "holder": "facility:P01"}
    page = client.post("/admin/permits/new", data=form, follow_redirects=True).text
    assert "新环审〔2024〕18号" in page
    address = re.search(r"/admin/permits/[0-9a-f-]+/withdraw", page)
    assert address
    page = client.post(address.group(0), data={"event_id": new_id()}, follow_redirects=True).text
    assert "已撤回" in page


def test_a_permit_for_somebody_elses_facility_is_refused(client_as: ClientAs) -> None:
    form = {"event_id": new_id(), "kind": "other", "number": "1", "holder": "facility:S-INC"}
    assert client_as("administrator").post("/admin/permits/new", data=form).status_code == 404


def test_the_history_knows_what_the_command_line_registered(client_as: ClientAs) -> None:
    page = client_as("administrator").get("/admin/history").text
    assert "系统运维" in page
    assert "骆驼湾污水处理厂" in page
