"""The driver reads an offer, scanned or typed, and says yes or no."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from sludgetrack.domain import commands as c
from sludgetrack.services.handoffs import Shown
from sludgetrack.store.tables.manifests import manifest, offer
from tests.support.city import City, new_id
from tests.web.conftest import ClientAs
from tests.web.pages import fields, words


def to_load(city: City, number: str) -> Shown:
    """The plant's figures for the driver to confirm."""
    command = c.LoadTruck(
        event_id=new_id(),
        plate="豫G12345",
        net_out_kg=16_460,
        gross_out_kg=28_460,
        tare_out_kg=12_000,
        moisture_out_bp=8012,
        seal="X0318",
    )
    return city.offer("plant", number, command)


def status_of(engine: Engine, number: str) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(select(manifest.c.status).where(manifest.c.number == number)))


def wrong_for(shown: Shown) -> str:
    return "000000" if shown.code != "000000" else "111111"


def test_whoever_is_not_signed_in_signs_in_and_comes_back(client_as: ClientAs, city: City) -> None:
    shown = to_load(city, city.issue())

    answer = client_as("nobody").get(f"/O/{shown.token}")

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/login?next=/O/{shown.token}"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("letter", ["O", "o"])
def test_a_scanned_code_shows_exactly_the_figures(client_as: ClientAs, city: City, language: str, letter: str) -> None:
    shown = to_load(city, city.issue())
    token = shown.token if letter == "O" else shown.token.lower()

    answer = client_as("driver").get(f"/{letter}/{token}?lang={language}")

    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    shown_words = words(answer)
    for expected in ("16.46 t", "28.46 t", "12.00 t", "80.12 %", "3.272 t", "16.361 t", "豫G·12345", "X0318", "骆驼湾"):
        assert expected in shown_words


def test_yes_records_the_handoff_as_scanned_and_ends_on_a_tick(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = city.issue()
    shown = to_load(city, number)
    browser = client_as("driver")

    form = fields(browser.get(f"/O/{shown.token}"))
    answer = browser.post(f"/offers/{shown.offer.id}/confirm", data=form, follow_redirects=True)

    assert "已接车" in words(answer)
    assert "16.46 t 现在由你保管" in words(answer)
    assert status_of(engine, number) == "in_transit"
    with engine.connect() as connection:
        assert connection.scalar(select(manifest.c.grades)) == ["scanned"]


def test_pressing_yes_twice_is_harmless(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = city.issue()
    shown = to_load(city, number)
    browser = client_as("driver")

    answers = [browser.post(f"/offers/{shown.offer.id}/confirm", data={"secret": shown.token}) for _again in range(2)]

    assert [answer.headers["Location"] for answer in answers] == [f"/driver/done/{shown.offer.id}"] * 2
    with engine.connect() as connection:
        assert connection.scalar(select(manifest.c.seq)) == 2
    assert browser.get(f"/O/{shown.token}").headers["Location"] == f"/driver/done/{shown.offer.id}"


def test_no_tells_the_other_side_why_and_records_nothing(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = city.issue()
    shown = to_load(city, number)

    answer = client_as("driver").post(
        f"/offers/{shown.offer.id}/decline", data={"reason": "重量不对"}, follow_redirects=True
    )

    assert "已告诉对方：重量不对" in words(answer)
    assert status_of(engine, number) == "issued"
    with engine.connect() as connection:
        assert connection.execute(select(offer.c.state, offer.c.reason)).one() == ("declined", "重量不对")


def test_an_expired_code_says_what_to_do(client_as: ClientAs, city: City) -> None:
    shown = to_load(city, city.issue())
    city.clock.forward(minutes=5)
    browser = client_as("driver")

    seen = browser.get(f"/O/{shown.token}")
    said = browser.post(f"/offers/{shown.offer.id}/confirm", data={"secret": shown.token})

    assert (seen.status_code, said.status_code) == (410, 410)
    assert "请对方点“换一个新码”" in words(seen)


def test_a_replaced_code_points_to_the_new_one(client_as: ClientAs, city: City) -> None:
    number = city.issue()
    old = to_load(city, number)
    to_load(city, number)

    answer = client_as("driver").get(f"/O/{old.token}")

    assert answer.status_code == 410
    assert "请扫对方屏幕上的新码" in words(answer)


def test_a_code_another_driver_confirmed_is_not_for_this_one(client_as: ClientAs, city: City) -> None:
    shown = to_load(city, city.issue())
    city.confirm(shown, "second_driver")

    answer = client_as("driver").get(f"/O/{shown.token}")

    assert answer.status_code == 409
    assert "陈师傅" not in answer.text


def test_after_five_wrong_codes_even_the_right_one_is_dead(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = city.issue()
    shown = to_load(city, number)
    browser = client_as("driver")
    address = f"/offers/{shown.offer.id}/confirm"

    said = [words(browser.post(address, data={"secret": wrong_for(shown)})) for _try in range(5)]
    dead = browser.post(address, data={"secret": shown.code})

    assert "还可以试 4 次" in said[0]
    assert "还可以试 0 次" in said[4]
    assert dead.status_code == 410
    assert "输错了 5 次" in words(dead)
    assert status_of(engine, number) == "issued"


def test_wrong_codes_typed_to_read_count_as_well(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = city.issue()
    shown = to_load(city, number)
    browser = client_as("driver")

    for _try in range(5):
        browser.post(f"/driver/loads/{number}/code", data={"code": wrong_for(shown)})
    answer = browser.post(f"/driver/loads/{number}/code", data={"code": shown.code})

    assert "16.46" not in words(answer)
    with engine.connect() as connection:
        assert connection.execute(select(offer.c.state, offer.c.wrong_tries)).one() == ("dead", 5)


@pytest.mark.parametrize("who", ["outsider", "other_driver", "far_regulator"])
def test_a_stranger_learns_nothing_from_a_code(client_as: ClientAs, city: City, who: str) -> None:
    shown = to_load(city, city.issue())

    answer = client_as(who).get(f"/O/{shown.token}")

    assert answer.status_code == 404
    assert "16.46" not in words(answer)


@pytest.mark.parametrize("who", ["plant", "site", "regulator"])
def test_a_party_who_does_not_drive_is_told_whom_the_code_is_for(client_as: ClientAs, city: City, who: str) -> None:
    shown = to_load(city, city.issue())
    browser = client_as(who)

    assert browser.get(f"/O/{shown.token}").status_code == 403
    assert browser.post(f"/offers/{shown.offer.id}/confirm", data={"secret": shown.token}).status_code == 403
    assert browser.post(f"/offers/{shown.offer.id}/decline").status_code == 403


def test_an_address_nobody_made_opens_nothing(client_as: ClientAs, city: City) -> None:
    shown = to_load(city, city.issue())
    last = "0" if shown.token[-1] != "0" else "1"

    for token in ("ABC", shown.token[:-1] + last, new_id()):
        assert client_as("driver").get(f"/O/{token}").status_code == 404


def test_a_site_s_figures_stand_beside_the_plant_s(client_as: ClientAs, city: City) -> None:
    number = city.issue()
    city.load(number, 16_460, moisture_out_bp=8012)
    figures = {"net_in_kg": 16_400, "gross_in_kg": 28_400, "tare_in_kg": 12_000, "accepted_kg": 16_400}
    command = c.ReceiveLoad(event_id=new_id(), decision="accepted", moisture_in_bp=8320, **figures)  # type: ignore[arg-type]
    shown = city.offer("site", number, command)

    said = words(client_as("driver").get(f"/O/{shown.token}"))

    assert "确认交出 16.40 t" in said
    assert "含水率高 3.08 个百分点，超出容差" in said


def test_a_state_that_moved_on_is_said(client_as: ClientAs, city: City) -> None:
    number = city.issue()
    shown = to_load(city, number)
    city.confirm(shown, "second_driver")

    answer = client_as("driver").post(f"/offers/{shown.offer.id}/confirm", data={"secret": shown.token})

    assert answer.status_code == 409
    assert "已由另一位驾驶员确认" in words(answer)
