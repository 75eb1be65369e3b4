"""The plant clerk's day, issuing a manifest, and declaring production."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, func, select

from sludgetrack import tx
from sludgetrack.services import registering
from sludgetrack.store.tables.manifests import manifest
from sludgetrack.store.tables.mass import holding
from tests.support.city import City, new_id
from tests.web.conftest import ClientAs
from tests.web.pages import error, fields, send, words

PAGES = ("/plant/", "/plant/issue", "/plant/production")


def ban(city: City, route: str, source: str) -> None:
    """The city's authority bans a way of disposal from today on."""
    row = {"division": "4107", "route": route, "rule": "ban", "value": "Y", "source": source}
    today = city.clock().date().isoformat()
    with tx.unit_of_work(city.engine) as connection:
        said = registering.policy_registration(new_id(), "A-CITY", {**row, "valid_from": today})
        registering.register(connection, [said], city.clock())


def test_a_clerk_opens_every_page_in_both_languages(client_as: ClientAs, city: City) -> None:
    city.produce()
    city.issue()
    browser = client_as("plant")

    for page in PAGES:
        for language in ("zh-CN", "en"):
            answer = browser.get(f"{page}?lang={language}")
            assert answer.status_code == 200
            assert f'lang="{language}"' in answer.text


def test_the_clerks_pages_are_for_clerks(client_as: ClientAs) -> None:
    for persona in ("driver", "site", "dispatcher", "regulator"):
        browser = client_as(persona)
        assert {browser.get(page).status_code for page in PAGES} == {403}


def test_whoever_is_not_signed_in_signs_in_first_and_comes_back(client_as: ClientAs) -> None:
    browser = client_as("nobody")

    assert [browser.get(page).location for page in PAGES] == [f"/login?next={page}" for page in PAGES]


# Today


def test_today_shows_stock_who_waits_who_is_on_the_road_and_what_was_sent(client_as: ClientAs, city: City) -> None:
    city.produce("B1", 100_000)
    waiting, coming = city.issue(planned_kg=11_000), city.issue()
    city.load(coming)
    city.clock.forward(minutes=30)

    page = words(client_as("plant").get("/plant/"))

    assert "库存 88.00 t 干 17.60 t · 折80% 88.00 t" in page
    assert "今日运出 12.00 t 1 车" in page
    assert f"等派车 {waiting[:4]} {waiting[4:8]}" in page
    assert "运输中 新乡污泥焚烧厂 12.00 30分钟 / —" in page


def test_an_empty_plant_says_what_to_do_first(client_as: ClientAs, city: City) -> None:
    page = words(client_as("plant").get("/plant/"))

    assert "没有车在等 开一张联单" in page
    assert "没有库存 申报今天产的泥" in page


def test_a_refused_load_waits_to_be_taken_back(client_as: ClientAs, city: City) -> None:
    city.produce()
    number = city.issue()
    city.load(number)
    city.receive(number, 12_000, accepted_kg=0)

    answer = client_as("plant").get("/plant/")

    assert "被拒收，等收回" in words(answer)
    assert f"/plant/take-back/{number}" in answer.text


def test_today_warns_of_what_left_beyond_what_was_declared(client_as: ClientAs, city: City) -> None:
    city.produce("B1", 10_000)
    city.load(city.issue())

    answer = client_as("plant").get("/plant/")

    assert "批次 B1 运出的多于申报的：−2.00 t" in words(answer)
    assert "below" in answer.text


def test_today_warns_of_a_truck_that_is_late(client_as: ClientAs, city: City) -> None:
    city.produce()
    number = city.issue(planned_minutes=60)
    city.load(number)
    city.clock.forward(hours=3)

    assert "豫G·12345 超时 30分钟，还没到新乡污泥焚烧厂" in words(client_as("plant").get("/plant/"))


def test_a_clerk_of_two_plants_changes_between_them_and_stays_there(client_as: ClientAs, city: City) -> None:
    browser = client_as("plant")

    assert "3月2日 · 骆驼湾污水处理厂" in words(browser.get("/plant/"))
    assert "3月2日 · 贾屯污水处理厂" in words(browser.get("/plant/?at=P02"))
    assert "3月2日 · 贾屯污水处理厂" in words(browser.get("/plant/"))


def test_nobody_works_at_a_strangers_plant(client_as: ClientAs, city: City) -> None:
    assert "外地污水处理厂" not in words(client_as("plant").get("/plant/?at=P-FAR"))


# Issuing


def test_three_fields_are_enough_and_the_qr_is_on_the_screen(client_as: ClientAs, city: City, engine: Engine) -> None:
    city.produce()
    browser = client_as("plant")

    sent = send(browser, "/plant/issue", vehicle="H1|豫G12345", destination="S-INC", planned_t="12.5")
    page = browser.get(sent.location)

    with engine.connect() as connection:
        row = connection.execute(select(manifest)).one()
    assert (row.status, row.planned_kg, row.route) == ("issued", 12_500, "I1")
    assert sent.location.startswith(f"/plant/issued/{row.number}")
    assert "联单已开具" in words(page)
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page.text
    assert f"/plant/release/{row.number}?plate=" in page.text


def test_the_last_manifest_fills_in_the_next(client_as: ClientAs, city: City) -> None:
    city.produce()
    city.issue(hauler="H2", destination="S-CEM", route="B1", planned_kg=9_000, planned_minutes=75, contract="HT-7")

    proposed = fields(client_as("plant").get("/plant/issue"))

    assert proposed["vehicle"] == "H2|"
    assert proposed["destination"] == "S-CEM"
    assert proposed["planned_t"] == "9.000"
    assert proposed["planned_minutes"] == "75"
    assert proposed["contract"] == "HT-7"


def test_a_truck_proposes_what_it_carried_last(client_as: ClientAs, city: City) -> None:
    city.produce()
    city.load(city.issue(), 11_200)

    proposed = fields(client_as("plant").get("/plant/issue?vehicle=H1|豫G12345"))

    assert proposed["planned_t"] == "11.200"


def test_sending_twice_issues_once(client_as: ClientAs, city: City, engine: Engine) -> None:
    city.produce()
    browser = client_as("plant")
    typed = {**fields(browser.get("/plant/issue")), "vehicle": "H1|", "destination": "S-INC", "planned_t": "12"}

    first, second = browser.post("/plant/issue", data=typed), browser.post("/plant/issue", data=typed)

    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(manifest)) == 1
    assert first.location == second.location


def test_another_form_under_the_same_id_asks_before_it_issues(client_as: ClientAs, city: City) -> None:
    city.produce()
    browser = client_as("plant")
    typed = {**fields(browser.get("/plant/issue")), "vehicle": "H1|", "destination": "S-INC", "planned_t": "12"}
    browser.post("/plant/issue", data=typed)

    answer = browser.post("/plant/issue", data={**typed, "planned_t": "13"})

    assert answer.status_code == 409
    assert "这张表刚才已经提交过" in words(answer)
    assert fields(answer)["event_id"] != typed["event_id"]
    assert browser.post("/plant/issue", data=fields(answer)).status_code == 302


def test_what_is_wrong_is_said_beside_the_field_and_the_rest_is_kept(client_as: ClientAs, city: City) -> None:
    answer = send(
        client_as("plant"), "/plant/issue", vehicle="H1|", destination="", planned_t="很多", external_number="外-8"
    )

    assert answer.status_code == 422
    assert error(answer, "destination") == "这一项必须填写。"
    assert error(answer, "planned_t") == "吨数，最多 3 位小数，例如 16.460"
    assert "去向：这一项必须填写。" in words(answer)
    assert fields(answer)["planned_t"] == "很多"
    assert fields(answer)["external_number"] == "外-8"


def test_a_banned_route_is_refused_with_its_source_and_a_way_out(
    client_as: ClientAs, city: City, engine: Engine
) -> None:
    ban(city, "F2", "新建城〔2026〕18 号")

    answer = send(client_as("plant"), "/plant/issue", vehicle="H1|", destination="S-FILL", planned_t="12")

    assert answer.status_code == 422
    assert "新建城〔2026〕18 号" in error(answer, "destination")
    assert "现在可以运往：" in error(answer, "destination")
    assert "新乡县卫生填埋场有禁止的途径" in words(answer)


def test_a_route_outside_the_permit_is_refused_by_name(client_as: ClientAs, city: City) -> None:
    answer = send(client_as("plant"), "/plant/issue", vehicle="H1|", destination="S-INC", route="B1", planned_t="12")

    assert "新乡污泥焚烧厂 的许可不含处置途径 制水泥 B1" in error(answer, "route")


def test_batches_may_be_named(client_as: ClientAs, city: City) -> None:
    city.produce("B1", 20_000)
    city.produce("B2", 20_000)
    browser = client_as("plant")
    typed = {**fields(browser.get("/plant/issue")), "vehicle": "H1|", "destination": "S-INC", "planned_t": "12"}

    sent = browser.post("/plant/issue", data={**typed, "batches": ["B2"]})

    assert "批次 B2" in words(browser.get(sent.location))


def test_an_outsider_does_not_see_what_was_issued(client_as: ClientAs, city: City) -> None:
    city.produce()

    assert client_as("outsider").get(f"/plant/issued/{city.issue()}").status_code == 404


# Production


def test_a_batch_is_in_stock_once_it_is_declared(client_as: ClientAs, city: City) -> None:
    answer = send(
        client_as("plant"), "/plant/production", wet_t="27.31", moisture_pct="80.03", kind="plant_sludge", follow=True
    )

    page = words(answer)
    assert "批次 P01-260302 已入库。" in page
    assert "P01-260302 脱水污泥 27.31 80.03 % 5.454 5.454" in page


def test_missing_moisture_is_estimated_and_marked(client_as: ClientAs, city: City, engine: Engine) -> None:
    page = words(send(client_as("plant"), "/plant/production", wet_t="10", kind="plant_sludge", follow=True))

    with engine.connect() as connection:
        row = connection.execute(select(holding)).one()
    assert (row.estimated, row.moisture_bp) == (True, 8000)
    assert "没有检测的按 80 % 计" in page
    assert "80 % 估计" in page


def test_the_next_batch_of_a_day_gets_a_name_of_its_own(client_as: ClientAs, city: City) -> None:
    browser = client_as("plant")
    send(browser, "/plant/production", wet_t="10", kind="plant_sludge")

    assert fields(browser.get("/plant/production"))["batch"] == "P01-260302-2"


def test_production_of_tomorrow_is_refused(client_as: ClientAs, city: City) -> None:
    tomorrow = (city.clock().date() + timedelta(days=2)).isoformat()

    answer = send(client_as("plant"), "/plant/production", day=tomorrow, wet_t="10", kind="plant_sludge")

    assert answer.status_code == 422
    assert "晚于现在" in error(answer, "day")
    assert fields(answer)["wet_t"] == "10"


def test_a_name_in_use_is_refused(client_as: ClientAs, city: City) -> None:
    city.produce("B1")

    answer = send(client_as("plant"), "/plant/production", batch="B1", wet_t="10", kind="plant_sludge")

    assert error(answer, "batch") == "B1 已经被使用。"
