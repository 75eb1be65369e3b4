"""Finding one's way: where one is, what a wrong address says, what half a plate is worth."""

from __future__ import annotations

import re

import pytest

from tests.support.city import City
from tests.web.conftest import ClientAs
from tests.web.pages import send, words


def here(text: str) -> str:
    """The word of the navigation that is marked as the present page."""
    found = re.search(r'(?s)aria-current="page">(?:(?!</a>).)*?<span>([^<]+)</span>', text)
    return found[1] if found else ""


def test_disposing_of_a_lot_belongs_to_the_lots_not_to_the_arrivals(client_as: ClientAs, city: City) -> None:
    number = city.delivered()
    city.dispose(number, 1_000, disposal="D-9")

    client = client_as("site")

    assert here(client.get("/site/lots?at=S-INC").text) == "库存与处理"
    assert here(client.get("/site/disposals/D-9").text) == "库存与处理"
    assert here(client.get("/site/?at=S-INC").text) == "待进厂"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("POST", "/plant/", 405)])
def test_a_wrong_address_is_explained_and_leaves_the_navigation_in_place(
    client_as: ClientAs, method: str, path: str, status: int
) -> None:
    answer = client_as("plant").open(path, method=method)

    assert answer.status_code == status
    assert answer.text.count("<h1") == 1
    assert "没有这个页面" in words(answer)
    assert 'href="/plant/issue"' in answer.text


def test_a_stranger_at_a_wrong_address_is_led_home(client_as: ClientAs) -> None:
    answer = client_as("nobody").get("/nowhere?lang=en")

    assert answer.status_code == 404
    assert "No such page" in words(answer)
    assert '<nav class="side"' not in answer.text


@pytest.mark.parametrize("text", ["豫A1", "xyz", "88888"])
def test_half_a_plate_is_not_called_a_truck_without_a_manifest(client_as: ClientAs, text: str) -> None:
    shown = words(client_as("regulator").get(f"/regulator/roadside?plate={text}"))

    assert "车牌不完整" in shown
    assert "没有联单" not in shown


@pytest.mark.parametrize("text", ["豫A88888", "豫AD12345", "豫A·8888挂"])
def test_a_whole_plate_that_no_manifest_names_is_called_so(client_as: ClientAs, text: str) -> None:
    assert "没有联单" in words(client_as("regulator").get(f"/regulator/roadside?plate={text}"))


def test_what_is_wrong_in_a_register_form_is_said_with_the_name_of_the_field(client_as: ClientAs) -> None:
    shown = words(send(client_as("administrator"), "/admin/people/new", login="zhaoliu", name=""))

    assert "姓名：这一项必须填写。" in shown


def test_what_was_disposed_of_is_followed_by_what_comes_next(client_as: ClientAs, city: City) -> None:
    lot = city.delivered()
    client = client_as("site")

    checked = {"route": "I1", "disposal": "D-10", "wet_t": "1", "moisture_pct": "80", "final": "", "step": "record"}
    shown = words(send(client, f"/site/dispose?at=S-INC&lot={lot}", **checked, follow=True))

    assert "处置已登记，监管部门看得到。接下来可以打印处置单，或处置下一批。" in shown
    assert 'href="/site/lots?at=S-INC"' in client.get("/site/disposals/D-10").text
    assert 'href="/site/lots?at=S-INC"' not in client_as("regulator").get("/site/disposals/D-10").text
