"""The driver's phone: what is next, one load, arriving, typing a code, handing over to another driver."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from sqlalchemy import Engine, Row, select

from sludgetrack.domain import commands as c
from sludgetrack.services import handoffs, manifests
from sludgetrack.services.context import Context
from sludgetrack.services.handoffs import Shown
from sludgetrack.store import offers
from sludgetrack.store.tables.manifests import manifest, offer
from tests.support.city import KEY, City, new_id
from tests.web.conftest import ADDRESS, ClientAs
from tests.web.pages import error, fields, send, words

LANGUAGES = pytest.mark.parametrize("language", ["zh-CN", "en"])


def assign(city: City, number: str, who: str = "driver", plate: str = "豫G12345") -> None:
    """The dispatcher names truck and driver."""
    command = c.AssignTruck(event_id=new_id(), plate=plate, driver=city.people[who].person)
    city.act("dispatcher", lambda ctx: manifests.act(ctx, number, command))


def to_load(city: City, number: str) -> Shown:
    return city.offer("plant", number, c.LoadTruck(event_id=new_id(), plate="豫G12345", net_out_kg=16_460))


def row_of(engine: Engine, number: str) -> Row[Any]:
    with engine.connect() as connection:
        return connection.execute(select(manifest).where(manifest.c.number == number)).one()


# My loads


@LANGUAGES
def test_without_a_load_the_page_says_what_will_come(client_as: ClientAs, language: str) -> None:
    answer = client_as("driver").get(f"/driver/?lang={language}")

    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text


def test_an_assigned_truck_says_where_to_load(client_as: ClientAs, city: City) -> None:
    number = city.issue()
    assign(city, number)

    answer = client_as("driver").get("/driver/")

    assert "去装车" in words(answer)
    assert "骆驼湾污水处理厂" in words(answer)
    assert f"/driver/loads/{number}/code" in answer.text


def test_a_load_of_another_driver_is_not_among_mine(client_as: ClientAs, city: City) -> None:
    number = city.issue()
    assign(city, number, "second_driver")

    assert number not in client_as("driver").get("/driver/").text


def test_figures_that_wait_for_me_come_first(client_as: ClientAs, city: City) -> None:
    on_the_road, waiting = city.issue(), city.issue()
    city.load(on_the_road)
    assign(city, waiting)
    to_load(city, waiting)

    page = client_as("driver").get("/driver/").text

    assert page.index(f"/driver/loads/{waiting}/code") < page.index(f'href="/driver/loads/{on_the_road}"')
    assert page.count("button-primary") == 1


def test_three_cards_are_enough(client_as: ClientAs, city: City) -> None:
    for _truck in range(5):
        assign(city, city.issue())

    page = client_as("driver").get("/driver/").text

    assert page.count('<article class="load') == 3
    assert len(re.findall(r'<li><a href="/driver/loads/', page)) == 2


# One load


@LANGUAGES
def test_a_load_shows_where_it_stands_and_its_code_for_the_roadside(
    client_as: ClientAs, city: City, language: str
) -> None:
    number = city.issue()
    city.load(number)

    answer = client_as("driver").get(f"/driver/loads/{number}?lang={language}")

    assert answer.status_code == 200
    assert "<svg xmlns" in answer.text
    assert "12.00 t" in words(answer)
    assert f"/driver/loads/{number}/arrive" in answer.text


@pytest.mark.parametrize("page", ["", "/code", "/transfer"])
def test_a_load_of_another_hauler_does_not_exist(client_as: ClientAs, city: City, page: str) -> None:
    number = city.issue()
    city.load(number)

    assert client_as("other_driver").get(f"/driver/loads/{number}{page}").status_code == 404


@pytest.mark.parametrize("page", ["/driver/", "/driver/enter", "/driver/loads/20264107020010000014"])
@pytest.mark.parametrize("who", ["plant", "site", "regulator"])
def test_the_pages_are_for_drivers(client_as: ClientAs, page: str, who: str) -> None:
    assert client_as(who).get(page).status_code == 403


def test_one_tap_records_the_arrival_and_a_second_one_nothing(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = city.issue()
    city.load(number)
    browser = client_as("driver")
    event_id = fields(browser.get(f"/driver/loads/{number}"))["event_id"]

    answers = [
        browser.post(f"/driver/loads/{number}/arrive", data={"event_id": event_id}, follow_redirects=True)
        for _tap in range(2)
    ]

    assert all("已记下到厂时间" in words(answer) for answer in answers)
    assert (row_of(engine, number).status, row_of(engine, number).seq) == ("arrived", 3)


def test_an_arrival_that_cannot_be_is_explained(client_as: ClientAs, city: City) -> None:
    number = city.issue()
    assign(city, number)

    answer = client_as("driver").post(
        f"/driver/loads/{number}/arrive", data={"event_id": new_id()}, follow_redirects=True
    )

    assert "联单现在的状态是“已开具”" in words(answer)


# Typing


def test_six_digits_for_a_load_show_the_figures_and_then_confirm_as_typed(
    client_as: ClientAs, city: City, engine: Engine
) -> None:
    number = city.issue()
    assign(city, number)
    shown = to_load(city, number)
    browser = client_as("driver")

    read = browser.post(f"/driver/loads/{number}/code", data={"code": f"{shown.code[:3]} {shown.code[3:]}"})
    assert "确认接走 16.46 t" in words(read)
    assert row_of(engine, number).status == "issued"
    browser.post(f"/offers/{shown.offer.id}/confirm", data=fields(read))

    assert row_of(engine, number).grades == ["typed"]


def test_six_digits_alone_find_the_only_waiting_figures(client_as: ClientAs, city: City) -> None:
    shown = to_load(city, city.issue())

    answer = client_as("driver").post("/driver/enter", data={"entry": shown.code})

    assert "确认接走 16.46 t" in words(answer)


def test_of_several_the_driver_says_which(client_as: ClientAs, city: City) -> None:
    one, other = city.issue(), city.issue()
    shown = to_load(city, one)
    to_load(city, other)
    browser = client_as("driver")

    answer = browser.post("/driver/enter", data={"entry": shown.code})

    assert "是哪一车" in words(answer)
    assert {f"/driver/loads/{number}/code" in answer.text for number in (one, other)} == {True}
    assert "16.46 t" in words(browser.post(f"/driver/loads/{one}/code", data={"code": shown.code}))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("12345", "应为 20 位联单编号，或 6 位验证码"),
        ("20264107020010000015", "最后一位对不上"),
        ("20314107020010000779", "最后一位对不上"),
        ("123456", "现在没有等你们单位确认的交接"),
    ],
)
def test_what_cannot_be_meant_is_said_beside_the_field(client_as: ClientAs, city: City, typed: str, said: str) -> None:
    answer = client_as("driver").post("/driver/enter", data={"entry": typed})

    assert said in error(answer, "entry")
    assert f'value="{typed}"' in answer.text


def test_a_number_or_a_scanned_address_opens_the_load(client_as: ClientAs, city: City) -> None:
    number = city.issue()

    for typed in (f"{number[:4]} {number[4:]}", f"{ADDRESS}/M/{number}/K7M2QX"):
        answer = client_as("driver").post("/driver/enter", data={"entry": typed})
        assert answer.headers["Location"] == f"/driver/loads/{number}"


def test_a_number_of_others_is_not_found(client_as: ClientAs, city: City) -> None:
    number = city.issue()

    answer = client_as("other_driver").post("/driver/enter", data={"entry": number})

    assert "没有找到" in error(answer, "entry")


def test_before_there_is_a_code_the_page_says_so(client_as: ClientAs, city: City) -> None:
    number = city.issue()
    assign(city, number)
    browser = client_as("driver")

    assert "对方还没有出码" in words(browser.get(f"/driver/loads/{number}/code"))
    assert "请对方先出码" in error(browser.post(f"/driver/loads/{number}/code", data={"code": "123456"}), "code")


# Done


@LANGUAGES
def test_done_says_what_comes_next(client_as: ClientAs, city: City, language: str) -> None:
    number = city.issue()
    shown = to_load(city, number)
    city.confirm(shown)

    answer = client_as("driver").get(f"/driver/done/{shown.offer.id}?lang={language}")

    assert answer.status_code == 200
    assert "新乡污泥焚烧厂" in words(answer)
    assert "done-tick" in answer.text


def test_done_is_for_who_did_it(client_as: ClientAs, city: City) -> None:
    shown = to_load(city, city.issue())
    city.confirm(shown)

    assert client_as("second_driver").get(f"/driver/done/{shown.offer.id}").status_code == 404
    assert client_as("driver").get(f"/driver/done/{new_id()}").status_code == 404


def test_a_refused_load_is_still_the_drivers(client_as: ClientAs, city: City) -> None:
    number = city.issue()
    city.load(number)
    receipt = city.receive(number, 12_000, accepted_kg=2_000)

    answer = client_as("driver").get(f"/driver/done/{receipt.event_id}")

    assert "车上还有 10.00 t，仍由你保管" in words(answer)
    assert "退回装泥的厂" in words(client_as("driver").get("/driver/"))


# Handing over to another driver


def test_a_load_changes_trucks_in_two_steps_and_a_scan(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = city.issue()
    city.load(number)
    giving, taking = client_as("driver"), client_as("second_driver")
    address = f"/driver/loads/{number}/transfer"

    second = send(giving, address, reason="车坏了", place="G4 七里营出口")
    assert fields(second)["step"] == "truck"
    third = giving.post(address, data={**fields(second), "plate": "豫G54321"})
    screen = giving.get(third.headers["Location"])
    assert "请接车的驾驶员扫码" in words(screen)
    with engine.connect() as connection:
        found = connection.scalar(select(offer.c.id).where(offer.c.event == "transferred"))
    token = city.act("driver", lambda ctx: _token(ctx, str(found)))
    assert "G4 七里营出口" in words(taking.get(f"/O/{token}"))
    taking.post(f"/offers/{found}/confirm", data={"secret": token})

    assert "已转交" in words(giving.get(third.headers["Location"]))
    assert (row_of(engine, number).plate, row_of(engine, number).driver_id) == (
        "豫G54321",
        city.people["second_driver"].person,
    )


def _token(ctx: Context, offer_id: str) -> str:
    found = offers.by_id(ctx.connection, offer_id)
    assert found is not None
    return handoffs.show(found, KEY).token


def test_what_is_missing_for_a_transfer_is_asked_for_where_it_belongs(client_as: ClientAs, city: City) -> None:
    number = city.issue()
    city.load(number)
    browser = client_as("driver")

    answer = send(browser, f"/driver/loads/{number}/transfer", reason="换班")

    assert answer.status_code == 422
    assert error(answer, "place") == "这一项必须填写。"
    assert fields(answer)["reason"] == "换班"


def test_a_load_that_has_not_left_does_not_change_trucks(client_as: ClientAs, city: City) -> None:
    number = city.issue()

    answer = client_as("driver").get(f"/driver/loads/{number}/transfer", follow_redirects=True)

    assert "联单现在的状态是“已开具”" in words(answer)


def test_the_giving_screen_waits_until_the_other_has_confirmed(client_as: ClientAs, city: City) -> None:
    number = city.issue()
    city.load(number)
    shown = city.offer(
        "driver", number, c.TransferLoad(event_id=new_id(), place="服务区", plate="豫G54321", reason="换班")
    )
    browser = client_as("driver")
    address = f"/driver/loads/{number}/handover/{shown.offer.id}/state"

    assert browser.get(address).json == {"state": "waiting", "next": ""}
    city.confirm(shown, "second_driver")
    assert browser.get(address).json == {"state": "done", "next": address.removesuffix("/state")}


def test_nobody_takes_over_from_themselves(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = city.issue()
    city.load(number)
    shown = city.offer(
        "driver", number, c.TransferLoad(event_id=new_id(), place="服务区", plate="豫G54321", reason="换班")
    )
    browser = client_as("driver")

    assert browser.get(f"/O/{shown.token}").status_code == 403
    assert browser.post(f"/offers/{shown.offer.id}/confirm", data={"secret": shown.token}).status_code == 403
    assert row_of(engine, number).seq == 2


# The phone


def test_the_first_page_is_small_enough_for_a_weak_signal(client_as: ClientAs, city: City) -> None:
    number = city.issue()
    assign(city, number)
    browser = client_as("driver")
    page = browser.get("/driver/")
    asked = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    scripts = {f"/static/js/{name}.mjs" for name in ("form", "language", "offer", "handy", "signal", "weigh", "table")}

    sent = len(gzip.compress(page.data))
    for address in asked | scripts:
        with browser.get(address) as file:
            sent += len(gzip.compress(file.data))

    assert sent < 60_000
    assert not re.search(r'(?:href|src)="https?://', page.text)


def test_every_step_has_at_most_one_field_to_type_into(client_as: ClientAs, city: City) -> None:
    number = city.issue()
    city.load(number)
    browser = client_as("driver")
    first = browser.get(f"/driver/loads/{number}/transfer")
    second = send(browser, f"/driver/loads/{number}/transfer", reason="换班", place="服务区")

    pages = [first, second, *(browser.get(f"/driver/{page}") for page in ("", "enter", f"loads/{number}/code"))]

    for page in pages:
        assert len(re.findall(r'<input[^>]*type="(?:text|number|tel)"', page.text)) <= 1
