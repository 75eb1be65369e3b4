"""Voiding a manifest and sending a load elsewhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, Row, select

from sludgetrack.store.tables.manifests import manifest
from tests.support.city import City
from tests.web.conftest import ClientAs
from tests.web.pages import error, fields, send, words


def row_of(engine: Engine, number: str) -> Row[Any]:
    with engine.connect() as connection:
        return connection.execute(select(manifest).where(manifest.c.number == number)).one()


def test_a_void_manifest_stays_on_record_and_says_so(client_as: ClientAs, city: City, engine: Engine) -> None:
    city.produce()
    number = city.issue()
    browser = client_as("plant")

    warning = words(browser.get(f"/plant/void/{number}"))
    page = send(browser, f"/plant/void/{number}", reason="车辆没有来", follow=True)

    assert "作废不能撤销" in warning
    assert row_of(engine, number).status == "void"
    assert "已作废，编号不再使用" in words(page)
    assert "原因：车辆没有来" in words(page)


def test_ones_own_words_count_before_the_proposed_ones(client_as: ClientAs, city: City) -> None:
    city.produce()
    number = city.issue()

    page = send(client_as("plant"), f"/plant/void/{number}", reason="车辆没有来", reason_other="厂区停电", follow=True)

    assert "原因：厂区停电" in words(page)


def test_voiding_needs_a_reason(client_as: ClientAs, city: City, engine: Engine) -> None:
    city.produce()
    number = city.issue()

    answer = send(client_as("plant"), f"/plant/void/{number}")

    assert answer.status_code == 422
    assert error(answer, "reason") == "这一项必须填写。"
    assert row_of(engine, number).status == "issued"


def test_a_loaded_truck_cannot_be_voided(client_as: ClientAs, city: City) -> None:
    city.produce()
    number = city.issue()
    browser = client_as("plant")
    form = fields(browser.get(f"/plant/void/{number}"))
    city.load(number)

    answer = browser.post(f"/plant/void/{number}", data={**form, "reason": "车辆没有来"}, follow_redirects=True)

    assert answer.request.path == f"/manifests/{number}"
    assert "不能作废" in words(answer)


def test_a_load_is_sent_elsewhere(client_as: ClientAs, city: City, engine: Engine) -> None:
    city.produce()
    number = city.issue()
    city.load(number)
    browser = client_as("plant")

    form = browser.get(f"/plant/redirect/{number}")
    page = send(browser, f"/plant/redirect/{number}", destination="S-CEM", reason="焚烧炉检修", follow=True)

    assert "S-INC" not in form.text
    assert "已改运到孟电水泥协同处置厂" in words(page)
    assert "改往孟电水泥协同处置厂 · 制水泥 B1 · 原因：焚烧炉检修" in words(page)
    assert row_of(engine, number).route == "B1"


def test_sending_elsewhere_needs_a_place_and_a_reason(client_as: ClientAs, city: City) -> None:
    city.produce()
    number = city.issue()
    city.load(number)

    answer = send(client_as("plant"), f"/plant/redirect/{number}", destination="", reason="")

    assert error(answer, "destination") == "这一项必须填写。"
    assert error(answer, "reason") == "这一项必须填写。"


def test_both_pages_speak_english_and_keep_others_out(client_as: ClientAs, city: City) -> None:
    city.produce()
    waiting, coming = city.issue(), city.issue()
    city.load(coming)
    pages = (f"/plant/void/{waiting}", f"/plant/redirect/{coming}")

    assert [client_as("plant").get(f"{page}?lang=en").status_code for page in pages] == [200, 200]
    assert [client_as("outsider").get(page).status_code for page in pages] == [404, 404]
    assert [client_as("driver").get(page).status_code for page in pages] == [403, 403]
