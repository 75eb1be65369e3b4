"""Releasing a truck and taking one back: the weighing, the code on the screen, and what becomes of it."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, Row, select

from sludgetrack.domain import commands as c
from sludgetrack.services import handoffs
from sludgetrack.services.handoffs import LIFETIME, WRONG_TRIES, Shown
from sludgetrack.store import offers
from sludgetrack.store.tables.manifests import manifest, offer
from tests.support.city import KEY, City, new_id
from tests.web.conftest import ADDRESS, ClientAs
from tests.web.pages import error, fields, send, words

WEIGHED = {
    "plate": "豫G12345",
    "gross_out_t": "28.46",
    "tare_out_t": "12.00",
    "moisture_out_pct": "80.13",
    "seal": "S9",
}


def row_of(engine: Engine, number: str) -> Row[Any]:
    with engine.connect() as connection:
        return connection.execute(select(manifest).where(manifest.c.number == number)).one()


def shown(engine: Engine, address: str) -> Shown:
    """The offer a page's address ends in, with its code and token."""
    with engine.connect() as connection:
        found = offers.by_id(connection, address.rpartition("/")[2])
    assert found is not None
    return handoffs.show(found, KEY)


def offered(browser: FlaskClient, number: str) -> str:
    """The clerk types the weighing; the address of the code."""
    answer = send(browser, f"/plant/release/{number}", **WEIGHED)
    assert answer.status_code == 302
    return answer.location


def issued(city: City) -> str:
    city.produce()
    return city.issue(planned_kg=16_000)


def test_the_weighing_becomes_a_code_for_the_driver(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = issued(city)
    browser = client_as("plant")

    address = offered(browser, number)
    page = browser.get(address)
    code = shown(engine, address).code

    assert f"{code[:3]} {code[3:]}" in words(page)
    assert "出厂净重 16.46 t" in words(page)
    assert f'data-poll="{address}.json"' in page.text
    assert browser.get(f"{address}.json").json == {"state": "waiting", "next": address}
    assert row_of(engine, number).status == "issued"


def test_the_page_is_the_same_in_english(client_as: ClientAs, city: City) -> None:
    number = issued(city)
    browser = client_as("plant")
    address = offered(browser, number)

    pages = (f"/plant/release/{number}", address, f"{address}/unconfirmed")

    assert [browser.get(f"{page}?lang=en").status_code for page in pages] == [200, 200, 200]


def test_once_the_driver_confirms_the_screen_goes_on(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = issued(city)
    browser = client_as("plant")
    address = offered(browser, number)
    city.confirm(shown(engine, address), secret=shown(engine, address).token)

    after = browser.get(f"{address}.json").get_json()
    page = browser.get(after["next"])

    assert after["state"] == "done"
    assert row_of(engine, number).net_out_kg == 16_460
    assert "已放行 16.46 t · 骆驼湾污水处理厂 → 新乡污泥焚烧厂" in words(page)
    assert "驾驶员 张㛃 扫码确认" in words(page)
    assert "车辆可以出厂" in words(page)
    assert browser.get(address).location == after["next"]


def test_tare_and_moisture_are_proposed_from_the_last_weighing(client_as: ClientAs, city: City) -> None:
    city.produce()
    city.load(city.issue(), tare_out_kg=12_340, gross_out_kg=24_340, moisture_out_bp=8013)

    proposed = fields(client_as("plant").get(f"/plant/release/{city.issue()}?plate=豫G12345"))

    assert proposed["tare_out_t"] == "12.340"
    assert proposed["moisture_out_pct"] == "80.13"


def test_a_truck_that_never_came_is_proposed_its_registered_tare(client_as: ClientAs, city: City) -> None:
    number = issued(city)

    proposed = fields(client_as("plant").get(f"/plant/release/{number}?plate=豫G54321"))

    assert proposed["tare_out_t"] == "12.000"
    assert "moisture_out_pct" in proposed


def test_a_gross_mass_below_the_tare_is_refused_beside_it(client_as: ClientAs, city: City) -> None:
    typed = {**WEIGHED, "gross_out_t": "10"}

    answer = send(client_as("plant"), f"/plant/release/{issued(city)}", **typed)

    assert answer.status_code == 422
    assert error(answer, "gross_out_t") == "毛重要大于皮重 12.00 t。"
    assert fields(answer)["seal"] == "S9"
    assert fields(answer)["gross_out_t"] == "10"


def test_a_net_mass_alone_is_enough(client_as: ClientAs, city: City, engine: Engine) -> None:
    answer = send(
        client_as("plant"),
        f"/plant/release/{issued(city)}",
        plate="豫G·12345",
        gross_out_t="",
        tare_out_t="",
        net_out_t="11.9",
    )

    with engine.connect() as connection:
        stored = connection.execute(select(offer.c.command)).scalar_one()
    assert answer.status_code == 302
    assert (stored["net_out_kg"], stored["plate"]) == (11_900, "豫G12345")


def test_sending_the_weighing_twice_makes_one_code(client_as: ClientAs, city: City) -> None:
    number = issued(city)
    browser = client_as("plant")
    typed = {**fields(browser.get(f"/plant/release/{number}")), **WEIGHED}

    first, second = (browser.post(f"/plant/release/{number}", data=typed) for _ in range(2))

    assert first.location == second.location


def test_changed_figures_make_a_new_code_and_end_the_old(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = issued(city)
    browser = client_as("plant")
    typed = {**fields(browser.get(f"/plant/release/{number}")), **WEIGHED}
    old = browser.post(f"/plant/release/{number}", data=typed).location

    new = browser.post(f"/plant/release/{number}", data={**typed, "gross_out_t": "28.50"}).location

    assert new != old
    assert "这个交接码已被新的代替" in words(browser.get(old))
    assert new in browser.get(old).text


def test_a_declined_offer_says_why_and_its_figures_can_be_changed(
    client_as: ClientAs, city: City, engine: Engine
) -> None:
    number = issued(city)
    browser = client_as("plant")
    address = offered(browser, number)
    made = shown(engine, address).offer
    city.act("driver", lambda ctx: handoffs.decline(ctx, made.id, "净重不对"))

    page = browser.get(address)
    change = browser.get(f"/plant/release/{number}?change={made.id}")

    assert "驾驶员没有确认：净重不对" in words(page)
    assert f"/plant/release/{number}?change={made.id}" in page.text
    assert fields(change)["gross_out_t"] == "28.460"
    assert fields(change)["seal"] == "S9"


def test_an_expired_code_is_renewed_with_the_same_figures(client_as: ClientAs, city: City, engine: Engine) -> None:
    browser = client_as("plant")
    address = offered(browser, issued(city))
    city.clock.now += LIFETIME

    page = browser.get(address)
    again = browser.post(f"{address}/again", data=fields(page)).location

    assert "交接码已过期" in words(page)
    assert again != address
    assert shown(engine, again).code != shown(engine, address).code
    assert "出厂净重 16.46 t" in words(browser.get(again))


def test_a_code_mistyped_too_often_is_dead(client_as: ClientAs, city: City, engine: Engine) -> None:
    browser = client_as("plant")
    address = offered(browser, issued(city))
    for _ in range(WRONG_TRIES):
        city.act("driver", lambda ctx: handoffs.count_wrong_try(ctx, shown(engine, address).offer.id))

    assert "交接码已作废" in words(browser.get(address))
    assert browser.get(f"{address}.json").get_json()["state"] == "dead"


def test_a_driver_who_cannot_confirm_is_recorded_with_the_reason(
    client_as: ClientAs, city: City, engine: Engine
) -> None:
    number = issued(city)
    browser = client_as("plant")
    address = offered(browser, number)

    silent = send(browser, f"{address}/unconfirmed")
    told = send(browser, f"{address}/unconfirmed", unconfirmed_reason="没有信号")

    assert error(silent, "unconfirmed_reason") == "这一项必须填写。"
    assert row_of(engine, number).grades == ["none"]
    assert "无驾驶员确认：没有信号" in words(browser.get(told.location))
    assert browser.get(address).location == told.location


def test_only_the_offering_side_sees_the_code(client_as: ClientAs, city: City) -> None:
    address = offered(client_as("plant"), issued(city))

    for persona in ("driver", "site", "dispatcher", "regulator", "outsider"):
        assert client_as(persona).get(address).status_code == 404
    assert client_as("nobody").get(address).status_code == 302


def test_releasing_is_for_the_plants_own_clerks(client_as: ClientAs, city: City) -> None:
    number = issued(city)

    assert client_as("outsider").get(f"/plant/release/{number}").status_code == 404
    assert client_as("driver").get(f"/plant/release/{number}").status_code == 403


def test_a_truck_that_left_is_not_released_again(client_as: ClientAs, city: City) -> None:
    number = issued(city)
    city.load(number)
    browser = client_as("plant")

    answer = browser.get(f"/plant/release/{number}", follow_redirects=True)

    assert answer.request.path == f"/manifests/{number}"
    assert "不能装运" in words(answer)


def test_a_refused_load_is_weighed_and_taken_back(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = issued(city)
    city.load(number)
    city.receive(number, 12_000, accepted_kg=8_000)
    browser = client_as("plant")

    form = fields(browser.get(f"/plant/take-back/{number}"))
    address = send(browser, f"/plant/take-back/{number}", returned_t="3.95").location
    city.confirm(shown(engine, address))
    done = browser.get(browser.get(address).location)

    assert (form["returned_t"], form["reason"]) == ("4.000", "处置单位拒收：含水率超标")
    assert "已收回 3.95 t" in words(done)
    assert "退回的污泥已加回库存。" in words(done)
    assert row_of(engine, number).status == "delivered"


def test_more_than_was_on_the_truck_does_not_come_back(client_as: ClientAs, city: City) -> None:
    number = issued(city)
    city.load(number)
    city.receive(number, 12_000, accepted_kg=8_000)

    answer = send(client_as("plant"), f"/plant/take-back/{number}", returned_t="4.2")

    assert error(answer, "returned_t") == "退回 4.200 t 多于车上的 4.000 t。"


def test_the_code_page_links_the_address_to_type_the_code_at(client_as: ClientAs, city: City) -> None:
    assert ADDRESS in words(client_as("plant").get(offered(client_as("plant"), issued(city))))


def test_today_leads_back_to_a_code_that_still_waits(client_as: ClientAs, city: City) -> None:
    number = issued(city)
    made = city.offer("plant", number, c.LoadTruck(event_id=new_id(), plate="豫G12345", net_out_kg=12_000))

    assert f"/manifests/{number}/codes/{made.offer.id}" in client_as("plant").get("/plant/").text
