"""The parties settle contradicting claims: proposed by one, read and agreed to by another, on a phone or a desk."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from sludgetrack.domain import commands as c
from sludgetrack.services import manifests
from sludgetrack.services.cases import open_case
from sludgetrack.services.handoffs import Shown
from sludgetrack.store.tables.manifests import manifest, offer
from tests.services.test_rebooking import accounts, claim, fate, receipt
from tests.support.city import City, new_id
from tests.web.conftest import ClientAs
from tests.web.pages import error, fields, send, words


@pytest.fixture
def number(city: City) -> str:
    """A manifest delivered with 12 t, of which the site says afterwards that they were 11 t."""
    city.produce()
    number = city.delivered()
    claim(city, "site", number, receipt(11_000))
    return number


def the_claim(city: City, number: str) -> str:
    return city.act("plant", lambda ctx: open_case(ctx, number, lock=False)).state.disputes[0]


def proposed(city: City, number: str, who: str = "site") -> Shown:
    """Somebody has proposed that the contradicting claim stands."""
    command = c.ResolveDispute(event_id=new_id(), stands=the_claim(city, number), reason="复核磅单，少记一吨")
    return city.offer(who, number, command)


def is_disputed(engine: Engine, number: str) -> bool:
    with engine.connect() as connection:
        return bool(connection.scalar(select(manifest.c.disputed).where(manifest.c.number == number)))


def agree(browser: FlaskClient, shown: Shown, page: TestResponse) -> TestResponse:
    """Press yes on the page of a proposal."""
    secret = re.findall(r'name="secret" value="([^"]+)"', page.text)[0]
    return browser.post(f"/offers/{shown.offer.id}/confirm", data={"secret": secret}, follow_redirects=True)


def wrong_for(shown: Shown) -> str:
    return "000000" if shown.code != "000000" else "111111"


def test_the_page_says_who_may_do_what_next(client_as: ClientAs, number: str) -> None:
    pages = {who: client_as(who).get(f"/manifests/{number}") for who in ("plant", "site", "dispatcher", "regulator")}

    for page in pages.values():
        assert "可以由骆驼湾污水处理厂或新乡污泥焚烧厂提出以哪一份为准" in words(page)
    assert ["商定争议" in words(pages[who]) for who in ("plant", "site", "dispatcher")] == [True, True, False]
    assert f'href="/manifests/{number}/settlement"' in pages["plant"].text
    assert f'href="/regulator/manifests/{number}/resolve"' in pages["regulator"].text
    assert "裁定争议" not in words(pages["plant"])


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("who", ["plant", "site", "dispatcher", "driver", "regulator"])
def test_the_claims_stand_side_by_side_for_whoever_reads_the_manifest(
    client_as: ClientAs, number: str, who: str, language: str
) -> None:
    answer = client_as(who).get(f"/manifests/{number}/settlement?lang={language}")

    assert answer.status_code == 200
    assert "12.00 t" in words(answer)
    assert "11.00 t" in words(answer)
    assert ('name="stands"' in answer.text) is (who in ("plant", "site"))


@pytest.mark.parametrize("who", ["outsider", "other_driver", "far_regulator"])
def test_outsiders_see_nothing(client_as: ClientAs, city: City, number: str, who: str) -> None:
    shown = proposed(city, number)
    browser = client_as(who)

    for address in ("settlement", "settlement/code", f"settlement/done/{shown.offer.id}", f"codes/{shown.offer.id}"):
        assert browser.get(f"/manifests/{number}/{address}").status_code == 404
    answers = [
        browser.get(f"/O/{shown.token}"),
        browser.post(f"/offers/{shown.offer.id}/confirm", data={"secret": shown.token}),
        browser.post(f"/offers/{shown.offer.id}/decline", data={"reason": "不对"}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert not any("11.00" in words(answer) for answer in answers)


def test_a_proposal_becomes_a_code_and_the_other_party_agrees_by_scanning(
    client_as: ClientAs, city: City, number: str, engine: Engine
) -> None:
    site, plant = client_as("site"), client_as("plant")
    address = f"/manifests/{number}/settlement"

    screen = send(site, address, stands=the_claim(city, number), reason="复核磅单，少记一吨", follow=True)
    code = "".join(re.findall(r'code-digits"[^>]*>([0-9]{3}) ([0-9]{3})<', screen.text)[0])
    with engine.connect() as connection:
        made = connection.execute(select(offer.c.id).where(offer.c.event == "resolved")).one()
    page = plant.post(f"{address}/code", data={"code": code})

    assert "等另一方同意" in words(screen)
    assert "驾驶员" not in words(screen).partition("提议以这份为准")[0]
    for expected in ("复核磅单，少记一吨", "新乡环保能源有限公司 王过磅", "12.00 t", "11.00 t", "按提议不再计入"):
        assert expected in words(page)
    done = plant.post(f"/offers/{made.id}/confirm", data={"secret": code}, follow_redirects=True)
    assert "争议已商定" in words(done)
    assert "新乡水务有限公司 李会计 同意（输码）" in words(done)
    assert not is_disputed(engine, number)
    assert fate(engine) == accounts(plant=88, site=11, receipt=1)
    waiting = site.get(f"/manifests/{number}/codes/{made.id}.json").get_json()
    assert waiting == {"state": "done", "next": f"/manifests/{number}/settlement/done/{made.id}"}
    assert "有互相矛盾的记录" not in words(plant.get(f"/manifests/{number}"))


@pytest.mark.parametrize("who", ["driver", "dispatcher", "second_driver"])
def test_the_hauler_agrees_by_scanning(client_as: ClientAs, city: City, number: str, engine: Engine, who: str) -> None:
    shown = proposed(city, number, "plant")
    browser = client_as(who)

    page = browser.get(f"/O/{shown.token}")
    done = agree(browser, shown, page)

    assert "复核磅单，少记一吨" in words(page)
    assert "争议已商定" in words(done)
    assert "同意（扫码）" in words(done)
    assert not is_disputed(engine, number)
    assert (
        browser.get(f"/O/{shown.token}").headers["Location"] == f"/manifests/{number}/settlement/done/{shown.offer.id}"
    )


def test_a_driver_types_the_digits_as_for_a_handoff(
    client_as: ClientAs, city: City, number: str, engine: Engine
) -> None:
    shown = proposed(city, number)
    browser = client_as("driver")

    page = browser.post("/driver/enter", data={"entry": shown.code})
    agree(browser, shown, page)

    assert "同意这份提议吗" in words(page)
    assert not is_disputed(engine, number)
    assert "/settlement/done/" in browser.get(f"/driver/done/{shown.offer.id}").headers["Location"]


def test_the_page_of_a_proposal_waits_for_the_other_party(client_as: ClientAs, city: City, number: str) -> None:
    proposed(city, number)

    said = {who: words(client_as(who).get(f"/manifests/{number}")) for who in ("plant", "site", "regulator")}

    assert "新乡环保能源有限公司已提出以哪一份为准，等你们同意" in said["plant"]
    assert "本单位已提出以哪一份为准" in said["site"]
    assert "新乡环保能源有限公司已提出以哪一份为准，等另一方同意" in said["regulator"]


def test_the_same_organisation_is_told_that_another_has_to_agree(
    client_as: ClientAs, city: City, number: str, engine: Engine
) -> None:
    shown = proposed(city, number, "plant")

    for who in ("plant", "administrator"):
        browser = client_as(who)
        answers = [
            browser.get(f"/O/{shown.token}"),
            browser.post(f"/offers/{shown.offer.id}/confirm", data={"secret": shown.token}),
        ]
        assert [answer.status_code for answer in answers] == [403, 403]
        assert all("同一单位的人不能代为同意" in words(answer) for answer in answers)
    assert is_disputed(engine, number)


def test_the_authority_is_told_whose_agreement_it_is(client_as: ClientAs, city: City, number: str) -> None:
    shown = proposed(city, number)

    answer = client_as("regulator").get(f"/O/{shown.token}")

    assert answer.status_code == 403
    assert "这个码不是给你的" in words(answer)


def test_a_wrong_code_counts_and_shows_nothing(client_as: ClientAs, city: City, number: str, engine: Engine) -> None:
    shown = proposed(city, number)
    browser = client_as("plant")

    page = browser.post(f"/manifests/{number}/settlement/code", data={"code": wrong_for(shown)})
    pressed = browser.post(f"/offers/{shown.offer.id}/confirm", data={"secret": wrong_for(shown)})

    assert "还可以试 4 次" in error(page, "code")
    assert "还可以试 3 次" in words(pressed)
    assert "复核磅单" not in words(page)
    with engine.connect() as connection:
        assert connection.scalar(select(offer.c.wrong_tries).where(offer.c.id == shown.offer.id)) == 2


def test_without_a_proposal_there_is_no_code_to_type(client_as: ClientAs, city: City, number: str) -> None:
    answer = client_as("plant").post(f"/manifests/{number}/settlement/code", data={"code": "123456"})

    assert "对方还没有出码" in error(answer, "code")


def test_no_needs_a_reason_which_the_proposing_side_sees(
    client_as: ClientAs, city: City, number: str, engine: Engine
) -> None:
    shown = proposed(city, number)
    browser = client_as("plant")
    to = f"/offers/{shown.offer.id}/decline"

    silent = browser.post(to, data={"secret": shown.token, "reason": ""})
    said = browser.post(to, data={"secret": shown.token, "reason": "磅单看不清"}, follow_redirects=True)

    assert silent.status_code == 422
    assert "请写明为什么不同意" in error(silent, "reason")
    assert "已告诉对方：磅单看不清" in words(said)
    assert is_disputed(engine, number)
    assert "对方不同意：磅单看不清" in words(client_as("site").get(f"/manifests/{number}/codes/{shown.offer.id}"))


def test_a_driver_declines_on_the_phone(client_as: ClientAs, city: City, number: str) -> None:
    shown = proposed(city, number)

    answer = client_as("driver").post(
        f"/offers/{shown.offer.id}/decline", data={"secret": shown.token, "reason": "没卸完"}
    )

    assert answer.headers["Location"] == "/driver/"


def decided_by_the_authority(city: City, number: str) -> None:
    command = c.ResolveDispute(event_id=new_id(), stands=the_claim(city, number), reason="现场核查")
    city.act("regulator", lambda ctx: manifests.act(ctx, number, command))


def test_where_the_authority_has_decided_there_is_nothing_to_agree_to(
    client_as: ClientAs, city: City, number: str
) -> None:
    shown = proposed(city, number)
    decided_by_the_authority(city, number)
    plant = client_as("plant")

    seen = plant.get(f"/O/{shown.token}")
    pressed = plant.post(f"/offers/{shown.offer.id}/confirm", data={"secret": shown.token})
    page = plant.get(f"/manifests/{number}/settlement", follow_redirects=True)
    screen = client_as("site").get(f"/manifests/{number}/codes/{shown.offer.id}", follow_redirects=True)

    assert (seen.status_code, pressed.status_code) == (409, 409)
    assert "争议已经裁定" in words(seen)
    assert "这张联单没有互相矛盾的记录" in words(page)
    assert "这份提议不再有效" in words(screen)


def test_a_claim_that_came_since_makes_the_proposal_stale(client_as: ClientAs, city: City, number: str) -> None:
    shown = proposed(city, number)
    claim(city, "site", number, receipt(10_000))

    answer = client_as("plant").get(f"/O/{shown.token}")

    assert answer.status_code == 409
    assert "联单上又有了新的记录" in words(answer)


def test_an_expired_proposal_gets_a_new_code(client_as: ClientAs, city: City, number: str, engine: Engine) -> None:
    shown = proposed(city, number)
    city.clock.forward(minutes=5)
    site = client_as("site")
    screen = f"/manifests/{number}/codes/{shown.offer.id}"

    said = words(client_as("plant").get(f"/O/{shown.token}"))
    old = site.get(screen)
    new = site.post(f"{screen}/again", data={"event_id": fields(old)["event_id"]}, follow_redirects=True)

    assert "换一个新码" in said
    assert "验证码过期了" in words(old)
    assert "等另一方同意" in words(new)
    with engine.connect() as connection:
        states = select(offer.c.state).where(offer.c.event == "resolved").order_by(offer.c.made_at)
        assert list(connection.scalars(states)) == ["replaced", "open"]


def test_another_proposal_begins_with_the_last_one_and_replaces_it(
    client_as: ClientAs, city: City, number: str
) -> None:
    shown = proposed(city, number)
    site = client_as("site")
    address = f"/manifests/{number}/settlement?change={shown.offer.id}"

    before = fields(site.get(address))
    send(site, address, reason="改说法")

    assert (before["stands"], before["reason"]) == (the_claim(city, number), "复核磅单，少记一吨")
    assert "请扫对方屏幕上的新码" in words(client_as("plant").get(f"/O/{shown.token}"))


@pytest.mark.parametrize(("typed", "field"), [({"reason": "复核"}, "stands"), ({"reason": ""}, "reason")])
def test_what_is_missing_is_said_beside_the_field(
    client_as: ClientAs, city: City, number: str, typed: dict[str, Any], field: str
) -> None:
    chosen = {"stands": the_claim(city, number)} if field == "reason" else {}

    answer = send(client_as("plant"), f"/manifests/{number}/settlement", **typed, **chosen)

    assert answer.status_code == 422
    assert error(answer, field) == "这一项必须填写。"


def test_nobody_records_a_settlement_without_the_other_s_word(client_as: ClientAs, city: City, number: str) -> None:
    shown = proposed(city, number)
    address = f"/manifests/{number}/codes/{shown.offer.id}/unconfirmed"

    assert client_as("site").get(address).status_code == 404
    assert client_as("site").post(address, data={"unconfirmed_reason": "没有信号"}).status_code == 403


def test_the_authority_still_decides_alone(client_as: ClientAs, city: City, number: str, engine: Engine) -> None:
    answer = send(
        client_as("regulator"),
        f"/regulator/manifests/{number}/resolve",
        stands=the_claim(city, number),
        reason="现场核查",
        follow=True,
    )

    assert "已裁定" in words(answer)
    assert not is_disputed(engine, number)
