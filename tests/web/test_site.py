"""The weighbridge: who comes, arriving, receiving with a code, and trucks without a manifest."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, Row, select, text

from sludgetrack.domain import numbers
from sludgetrack.store.tables.manifests import manifest, offer
from tests.support.city import City, new_id
from tests.web.conftest import ClientAs
from tests.web.pages import error, fields, send, words

LANGUAGES = pytest.mark.parametrize("language", ["zh-CN", "en"])

RECEIVED = {
    "gross_in_t": "28.40",
    "tare_in_t": "12.00",
    "moisture_in_pct": "80.30",
    "decision": "accepted",
    "ticket_in": "C-77",
    "seal": "yes",
}


def row_of(engine: Engine, number: str) -> Row[Any]:
    with engine.connect() as connection:
        return connection.execute(select(manifest).where(manifest.c.number == number)).one()


def on_the_road(city: City) -> str:
    """A truck with 16.46 t at 80.12 % that is expected in an hour."""
    number = city.issue(planned_kg=16_000, planned_minutes=60)
    city.load(number, 16_460, moisture_out_bp=8012)
    return number


def newest_offer(engine: Engine) -> Row[Any]:
    with engine.connect() as connection:
        return connection.execute(select(offer).order_by(offer.c.made_at.desc(), offer.c.id.desc()).limit(1)).one()


# Arrivals


@LANGUAGES
def test_arrivals_show_who_waits_who_comes_and_who_is_expected(client_as: ClientAs, city: City, language: str) -> None:
    expected = city.issue()
    coming = on_the_road(city)
    waiting = on_the_road(city)
    city.clock.forward(minutes=50)
    browser = client_as("site")
    browser.post(f"/site/arrive/{waiting}", data={"event_id": new_id()})

    answer = browser.get(f"/site/?at=S-INC&lang={language}")

    assert answer.status_code == 200
    positions = [words(answer).index(f"{number[16:19]} -{number[19]}") for number in (waiting, coming, expected)]
    assert positions == sorted(positions)
    assert "10:00" in words(answer)


def test_a_truck_is_at_the_facility_it_goes_to(client_as: ClientAs, city: City) -> None:
    number = on_the_road(city)
    browser = client_as("site")

    assert number in browser.get("/site/?at=S-INC").text
    assert number not in browser.get("/site/?at=S-CEM").text


@pytest.mark.parametrize("typed", ["豫G12345", "豫G·12345", "2345", "g12345"])
def test_a_plate_or_a_part_of_it_leads_to_the_weighbridge(client_as: ClientAs, city: City, typed: str) -> None:
    number = on_the_road(city)

    answer = client_as("site").get("/site/find", query_string={"q": typed})

    assert answer.headers["Location"] == f"/site/receive/{number}"


def test_a_scanned_sheet_leads_to_the_weighbridge(client_as: ClientAs, city: City) -> None:
    number = on_the_road(city)

    answer = client_as("site").get("/site/find", query_string={"q": f"HTTP://LUDAN.EXAMPLE.CN/M/{number}/K7M2QX"})

    assert answer.headers["Location"] == f"/site/receive/{number}"


def test_a_plate_nobody_expects_leads_to_turning_away(client_as: ClientAs, city: City) -> None:
    on_the_road(city)

    answer = client_as("site").get("/site/find", query_string={"q": "豫A00001"})

    assert "没有找到" in words(answer)
    assert "/site/turn-away?plate=" in answer.text


@pytest.mark.parametrize("page", ["/site/", "/site/find?q=1", "/site/turn-away"])
@pytest.mark.parametrize("who", ["plant", "driver", "regulator"])
def test_the_pages_are_for_operators(client_as: ClientAs, page: str, who: str) -> None:
    assert client_as(who).get(page).status_code == 403


@pytest.mark.parametrize("page", ["lots", "treat?at=P01", "count", "byproduct", "runs"])
@pytest.mark.parametrize(("who", "status"), [("plant", 200), ("driver", 403), ("regulator", 403)])
def test_stock_and_treatment_are_for_operators_and_clerks(
    client_as: ClientAs, page: str, who: str, status: int
) -> None:
    assert client_as(who).get(f"/site/{page}").status_code == status


@pytest.mark.parametrize("page", ["receive", "arrive"])
def test_a_stranger_finds_no_such_truck(client_as: ClientAs, city: City, page: str) -> None:
    number = on_the_road(city)

    assert client_as("outsider").get(f"/site/{page}/{number}").status_code == 404
    assert client_as("nobody").get(f"/site/{page}/{number}").status_code == 302


def test_an_arrival_keeps_time_and_gross_and_the_weighing_starts_from_it(
    client_as: ClientAs, city: City, engine: Engine
) -> None:
    number = on_the_road(city)
    city.clock.forward(minutes=50)
    browser = client_as("site")

    send(browser, f"/site/arrive/{number}", arrived="2026-03-02T09:45", gross_arrival_t="28.40")

    assert row_of(engine, number).arrived_at.isoformat() == "2026-03-02T01:45:00+00:00"
    proposed = fields(browser.get(f"/site/receive/{number}"))
    assert (proposed["gross_in_t"], proposed["tare_in_t"]) == ("28.400", "12.000")


@pytest.mark.parametrize(
    ("arrived", "said"), [("2026-03-02T23:00", "晚于现在"), ("2026-03-02T08:00", "早于出厂时间"), ("gestern", "时间")]
)
def test_an_impossible_arrival_is_refused_beside_its_field(
    client_as: ClientAs, city: City, arrived: str, said: str
) -> None:
    number = on_the_road(city)

    answer = send(client_as("site"), f"/site/arrive/{number}", arrived=arrived, gross_arrival_t="28.40")

    assert answer.status_code == 422
    assert said in error(answer, "arrived")
    assert fields(answer)["gross_arrival_t"] == "28.40"


# Receiving


@LANGUAGES
def test_the_weighbridge_shows_what_left(client_as: ClientAs, city: City, language: str) -> None:
    number = on_the_road(city)

    answer = client_as("site").get(f"/site/receive/{number}?lang={language}")

    assert answer.status_code == 200
    for expected in ("16.46", "80.12 %", "豫G·12345"):
        assert expected in words(answer)


def test_an_accepted_load_goes_from_weights_to_a_code_to_a_lot(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = on_the_road(city)
    city.clock.forward(minutes=50)
    browser = client_as("site")

    offered = send(browser, f"/site/receive/{number}", **RECEIVED)
    screen = browser.get(offered.headers["Location"])
    assert "少 60 kg，0.4 %，正常" in words(screen)
    assert "data-poll=" in screen.text
    assert row_of(engine, number).status == "in_transit"
    digits = words(screen).split("或输入 ")[1][:7].replace(" ", "")
    typed = client_as("driver").post(f"/driver/loads/{number}/code", data={"code": digits})
    client_as("driver").post(f"/offers/{newest_offer(engine).id}/confirm", data=fields(typed))

    done = words(browser.get(offered.headers["Location"], follow_redirects=True))
    assert "已接收" in done
    assert f"料批 {numbers.grouped(number)} 已入库" in done
    assert (row_of(engine, number).status, row_of(engine, number).net_in_kg) == ("delivered", 16_400)


def test_the_screen_waits_until_the_driver_has_confirmed(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = on_the_road(city)
    browser = client_as("site")
    send(browser, f"/site/receive/{number}", **RECEIVED)
    waiting = newest_offer(engine)
    address = f"/site/receive/{number}/code/{waiting.id}"

    assert browser.get(f"{address}/state").json == {"state": "waiting", "next": ""}
    client_as("driver").post(f"/offers/{waiting.id}/decline", data={"reason": "重量不对"})

    assert browser.get(f"{address}/state").json == {"state": "declined", "next": address}
    assert "驾驶员没有确认：重量不对" in words(browser.get(address))
    again = browser.get(f"/site/receive/{number}")
    assert fields(again)["gross_in_t"] == "28.400"
    assert fields(again)["ticket_in"] == "C-77"
    assert fields(again)["seal"] == "yes"


def test_an_expired_code_is_made_anew_with_the_same_figures(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = on_the_road(city)
    browser = client_as("site")
    offered = send(browser, f"/site/receive/{number}", **RECEIVED)
    first = newest_offer(engine)
    city.clock.forward(minutes=6)

    expired = browser.get(offered.headers["Location"])
    assert "验证码过期了" in words(expired)
    assert "data-poll=" not in expired.text
    form = fields(expired)
    renewed = [browser.post(f"{offered.headers['Location']}/again", data=form).headers["Location"] for _press in "12"]

    second = newest_offer(engine)
    assert renewed == [f"/site/receive/{number}/code/{second.id}"] * 2
    assert second.command["net_in_kg"] == first.command["net_in_kg"] == 16_400


def test_moisture_beyond_the_tolerance_is_said_before_anything_is_offered(
    client_as: ClientAs, city: City, engine: Engine
) -> None:
    number = on_the_road(city)

    answer = send(client_as("site"), f"/site/receive/{number}", **{**RECEIVED, "moisture_in_pct": "83.22", "look": "1"})

    assert "含水率高 3.1 个百分点，超出容差" in words(answer)
    with engine.connect() as connection:
        assert connection.scalars(select(offer.c.event)).all() == ["loaded"]


def test_a_part_is_accepted_with_a_reason(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = on_the_road(city)

    send(
        client_as("site"),
        f"/site/receive/{number}",
        **{**RECEIVED, "decision": "partial", "accepted_t": "10.00", "reason": "other", "reason_other": "有石块"},
    )

    said = newest_offer(engine).command
    assert (said["decision"], said["accepted_kg"], said["net_in_kg"], said["reason"]) == (
        "partial",
        10_000,
        16_400,
        "有石块",
    )


def test_everything_may_be_refused_unweighed(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = on_the_road(city)

    refused = {"decision": "refused", "reason": "铅封破损", "gross_in_t": "", "tare_in_t": ""}
    send(client_as("site"), f"/site/receive/{number}", **refused)

    said = newest_offer(engine).command
    assert said["accepted_kg"] == 0
    assert "net_in_kg" not in said


def test_a_reason_left_over_from_another_decision_does_not_stand_in_the_way(
    client_as: ClientAs, city: City, engine: Engine
) -> None:
    number = on_the_road(city)

    answer = send(client_as("site"), f"/site/receive/{number}", **{**RECEIVED, "reason": "含水率过高"})

    assert answer.status_code == 302
    assert "reason" not in newest_offer(engine).command


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"gross_in_t": ""}, "gross_in_t", "必须填写"),
        ({"gross_in_t": "11.00"}, "gross_in_t", "必须填写"),
        ({"gross_in_t": "viel"}, "gross_in_t", "吨数"),
        ({"moisture_in_pct": "180"}, "moisture_in_pct", "百分数"),
        ({"decision": ""}, "decision", "必须填写"),
        ({"decision": "partial", "accepted_t": "10"}, "reason", "必须说明原因"),
        ({"decision": "partial", "accepted_t": "20", "reason": "料仓已满"}, "accepted_t", "与净重"),
        ({"decision": "partial", "reason": "料仓已满"}, "accepted_t", "与净重"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    client_as: ClientAs, city: City, typed: dict[str, str], field: str, said: str
) -> None:
    number = on_the_road(city)
    sent = {**RECEIVED, **typed}

    answer = send(client_as("site"), f"/site/receive/{number}", **sent)

    assert answer.status_code == 422
    assert said in error(answer, field)
    kept = fields(answer)
    assert {name: kept.get(name, "") for name in sent} == sent


def test_sending_twice_makes_one_code(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = on_the_road(city)
    browser = client_as("site")
    form = {**fields(browser.get(f"/site/receive/{number}")), **RECEIVED}

    places = {browser.post(f"/site/receive/{number}", data=form).headers["Location"] for _press in range(2)}

    assert len(places) == 1
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM offer WHERE event = 'received'")) == 1


def test_changed_figures_make_a_new_code(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = on_the_road(city)
    browser = client_as("site")
    form = {**fields(browser.get(f"/site/receive/{number}")), **RECEIVED}

    first = browser.post(f"/site/receive/{number}", data=form)
    second = browser.post(f"/site/receive/{number}", data={**form, "gross_in_t": "28.30"})

    assert first.headers["Location"] != second.headers["Location"]
    assert "已由新码代替" in words(browser.get(first.headers["Location"]))


def test_a_decided_load_leads_to_its_manifest(client_as: ClientAs, city: City) -> None:
    number = city.delivered()

    answer = client_as("site").get(f"/site/receive/{number}")

    assert answer.headers["Location"] == f"/manifests/{number}"


# Without the driver's word


def test_a_driver_who_cannot_confirm_leaves_the_lowest_grade_and_a_reason(
    client_as: ClientAs, city: City, engine: Engine
) -> None:
    number = on_the_road(city)
    browser = client_as("site")
    code = send(browser, f"/site/receive/{number}", **RECEIVED).headers["Location"]

    without = send(browser, f"{code}/unconfirmed")
    assert "必须填写" in error(without, "why")
    done = send(browser, f"{code}/unconfirmed", why="手机没电", follow=True)
    again = browser.post(f"{code}/unconfirmed", data={"why": "手机没电"})

    assert "未确认 · 手机没电" in words(done)
    assert again.status_code == 302
    assert (row_of(engine, number).status, row_of(engine, number).grades) == ("delivered", ["typed", "none"])


def test_only_the_site_sees_its_code(client_as: ClientAs, city: City) -> None:
    number = on_the_road(city)
    code = send(client_as("site"), f"/site/receive/{number}", **RECEIVED).headers["Location"]

    assert client_as("outsider").get(code).status_code == 404
    assert client_as("outsider").get(f"{code}/state").status_code == 404
    assert client_as("plant").get(code).status_code == 403


# Trucks without a manifest


@LANGUAGES
def test_a_truck_without_a_manifest_is_turned_away_and_listed(client_as: ClientAs, city: City, language: str) -> None:
    browser = client_as("site")

    answer = send(
        browser, f"/site/turn-away?lang={language}", plate="豫A 00001", at="S-CEM", finding="拒绝出示", follow=True
    )

    assert "豫A·00001" in words(answer)
    with city.engine.connect() as connection:
        said = connection.scalar(text("SELECT claim FROM entry WHERE type = 'turned_away'"))
    assert said is not None
    assert (said["facility"], said["plate"], said["finding"]) == ("S-CEM", "豫A00001", "拒绝出示")


def test_turning_away_twice_is_once(client_as: ClientAs, city: City) -> None:
    browser = client_as("site")
    form = {**fields(browser.get("/site/turn-away")), "plate": "豫A00001", "at": "S-INC"}

    for _press in range(2):
        assert browser.post("/site/turn-away", data=form).status_code == 302

    with city.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM entry WHERE type = 'turned_away'")) == 1


def test_a_truck_without_a_plate_is_not_recorded(client_as: ClientAs, city: City) -> None:
    answer = send(client_as("site"), "/site/turn-away", at="S-INC", finding="联单已作废")

    assert answer.status_code == 422
    assert "必须填写" in error(answer, "plate")
    assert fields(answer)["finding"] == "联单已作废"


def test_nobody_turns_trucks_away_at_another_s_gate(client_as: ClientAs, city: City) -> None:
    answer = client_as("outsider").post("/site/turn-away", data={"event_id": new_id(), "plate": "豫A1", "at": "S-INC"})

    assert answer.status_code == 403
