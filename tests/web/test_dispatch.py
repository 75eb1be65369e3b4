"""The dispatcher's board, sending a truck, and inviting a driver."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, Row, select

from sludgetrack import tx
from sludgetrack.access import passwords
from sludgetrack.services import registering
from sludgetrack.store.registers import Register
from sludgetrack.store.tables.manifests import manifest
from sludgetrack.store.tables.registry import person
from tests.support.city import City, new_id
from tests.web.conftest import ClientAs
from tests.web.pages import error, fields, send, words

DRIVER = {"name": "王小虎", "phone": "13900000099", "login": "wangxiaohu"}


def row_of(engine: Engine, number: str) -> Row[Any]:
    with engine.connect() as connection:
        return connection.execute(select(manifest).where(manifest.c.number == number)).one()


def permit_until(city: City, plate: str, days: int) -> None:
    """A truck's permit ends in so many days."""
    day = (city.clock().date() + timedelta(days=days)).isoformat()
    fields_ = {"plate": plate, "valid_to": day}
    changed = registering.in_organisation(new_id(), "H1", Register.VEHICLE, fields_, changed=True)
    with tx.unit_of_work(city.engine) as connection:
        registering.register(connection, [changed], city.clock())


def test_the_board_shows_what_waits_and_what_everybody_carries(client_as: ClientAs, city: City) -> None:
    city.produce()
    coming = city.issue()
    city.load(coming)
    city.clock.forward(minutes=40)
    city.issue(planned_kg=9_000)

    page = words(client_as("dispatcher").get("/dispatch/"))

    assert "等派车" in page
    assert "骆驼湾污水处理厂 新乡污泥焚烧厂 9.00" in page
    assert "豫G·12345 运输中 新乡污泥焚烧厂" in page
    assert "豫G·54321 空闲" in page
    assert "张㛃 13800000000 运输中 新乡污泥焚烧厂" in page
    assert "09:00–在途" in page


def test_a_finished_trip_stands_on_the_time_line(client_as: ClientAs, city: City) -> None:
    city.produce()
    number = city.delivered()

    answer = client_as("dispatcher").get("/dispatch/")

    assert "豫G·12345 09:00–09:50" in words(answer)
    assert f'<a href="/manifests/{number}">09:00–09:50</a>' in answer.text


def test_permits_about_to_end_are_said_first(client_as: ClientAs, city: City) -> None:
    permit_until(city, "豫G12345", 12)
    permit_until(city, "豫G54321", -1)

    page = words(client_as("dispatcher").get("/dispatch/"))

    assert "豫G·12345 的道路运输证 3月14日 到期，还有 12 天" in page
    assert "豫G·54321 的道路运输证已于 3月1日 到期" in page


def test_a_truck_and_its_driver_are_sent(client_as: ClientAs, city: City, engine: Engine) -> None:
    city.produce()
    number = city.issue()
    driver = city.people["second_driver"].person

    page = send(client_as("dispatcher"), f"/dispatch/assign/{number}", plate="豫G54321", driver=driver, follow=True)

    row = row_of(engine, number)
    assert (row.plate, row.driver_id) == ("豫G54321", driver)
    assert "已派 豫G·54321" in words(page)
    assert "豫G·54321 陈师傅" in words(page)


def test_the_truck_brings_who_drove_it_last(client_as: ClientAs, city: City) -> None:
    driver = city.people["second_driver"].person
    browser = client_as("dispatcher")
    send(browser, f"/dispatch/assign/{city.issue()}", plate="豫G54321", driver=driver)

    form = fields(browser.get(f"/dispatch/assign/{city.issue()}?plate=豫G54321"))

    assert form["driver"] == driver


def test_nothing_chosen_is_said_beside_the_field(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = city.issue()

    answer = send(client_as("dispatcher"), f"/dispatch/assign/{number}", plate="", driver="", remark="小心")

    assert answer.status_code == 422
    assert error(answer, "plate") == "这一项必须填写。"
    assert fields(answer)["remark"] == "小心"
    assert row_of(engine, number).plate is None


def test_somebody_elses_driver_is_not_sent(client_as: ClientAs, city: City) -> None:
    number = city.issue()
    foreign = city.people["other_driver"].person

    answer = send(client_as("dispatcher"), f"/dispatch/assign/{number}", plate="豫G12345", driver=foreign)

    assert "没有找到" in error(answer, "driver")


def test_a_loaded_truck_is_not_sent_again(client_as: ClientAs, city: City) -> None:
    city.produce()
    number = city.issue()
    city.load(number)

    answer = client_as("dispatcher").get(f"/dispatch/assign/{number}", follow_redirects=True)

    assert answer.request.path == f"/manifests/{number}"
    assert "不能派车" in words(answer)


def test_the_pages_speak_english_and_keep_others_out(client_as: ClientAs, city: City) -> None:
    number, foreign = city.issue(), city.issue(hauler="H2")
    pages = ("/dispatch/", f"/dispatch/assign/{number}", "/dispatch/drivers/new")
    dispatcher = client_as("dispatcher")

    assert [dispatcher.get(f"{page}?lang=en").status_code for page in pages] == [200, 200, 200]
    assert dispatcher.get(f"/dispatch/assign/{foreign}").status_code == 404
    assert [client_as("driver").get(page).status_code for page in pages] == [403, 403, 403]
    assert [client_as("outsider").get(page).status_code for page in pages] == [403, 403, 403]


def test_an_invited_driver_signs_in_with_the_password_shown(client_as: ClientAs, city: City, engine: Engine) -> None:
    page = send(client_as("dispatcher"), "/dispatch/drivers/new", **DRIVER)

    shown = re.search(r"初始密码 ([a-z0-9-]{19}) ", words(page))
    assert shown
    with engine.begin() as connection:
        checked = passwords.check_password(connection, "wangxiaohu", shown[1], city.clock())
        row = connection.execute(select(person).where(person.c.login == "wangxiaohu")).one()
    assert passwords.require_password(checked) == row.id
    assert row.roles == ["driver"]


def test_the_password_is_shown_once(client_as: ClientAs, city: City) -> None:
    browser = client_as("dispatcher")
    typed = {**fields(browser.get("/dispatch/drivers/new")), **DRIVER}
    browser.post("/dispatch/drivers/new", data=typed)

    again = words(browser.post("/dispatch/drivers/new", data=typed))

    assert "这位驾驶员已经邀请过" in again
    assert "初始密码" not in again


def test_a_login_in_use_is_refused_beside_it(client_as: ClientAs, city: City) -> None:
    answer = send(client_as("dispatcher"), "/dispatch/drivers/new", **{**DRIVER, "login": "driver"})

    assert error(answer, "login") == "driver 已经被使用。"
    assert fields(answer)["name"] == "王小虎"


def test_a_driver_needs_a_name_and_a_phone(client_as: ClientAs, city: City) -> None:
    answer = send(client_as("dispatcher"), "/dispatch/drivers/new", login="wangxiaohu")

    assert error(answer, "name") == "这一项必须填写。"
    assert error(answer, "phone") == "这一项必须填写。"
