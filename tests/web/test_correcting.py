"""Corrections on pages: proposed at the handoff's row, answered on the other party's desk, visible for ever."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sludgetrack.domain.registrations import LockPeriod
from sludgetrack.services import locking
from sludgetrack.services.cases import open_case
from sludgetrack.services.disposal_content import public_path
from sludgetrack.store import streams
from tests.support.city import City, new_id
from tests.web.conftest import ClientAs
from tests.web.pages import error, fields, words


@pytest.fixture
def number(city: City) -> str:
    """A manifest delivered with 12 t."""
    city.produce()
    return city.delivered()


def event_of(city: City, number: str, kind: str) -> str:
    entries = city.act("regulator", lambda ctx: open_case(ctx, number, lock=False)).entries
    return next(entry.claim.event_id for entry in entries if entry.claim.type == kind)


def typed(browser: FlaskClient, event_id: str, step: str, **figures: Any) -> TestResponse:
    """Fill in the form of an event and press a button of it."""
    address = f"/corrections/new/{event_id}"
    form = fields(browser.get(address))
    new = {f"new.{name}": value for name, value in figures.items() if name != "reason"}
    return browser.post(address, data={**form, **new, "reason": figures.get("reason", "磅单录错"), "step": step})


def proposed(city: City, client_as: ClientAs, number: str, kind: str = "loaded", **figures: Any) -> str:
    """The plant proposes to correct the loading; the address of the correction."""
    said = figures or {"net_out_t": "11.5", "gross_out_t": "23.5"}
    answer = typed(client_as("plant"), event_of(city, number, kind), "record", **said)
    assert answer.status_code == 302, words(answer)
    return str(answer.location)


def answered(browser: FlaskClient, address: str, word: str, **more: str) -> TestResponse:
    form = {"event_id": new_id(), **more}
    return browser.post(f"{address}/{word}", data=form, follow_redirects=True)


def test_each_handoff_can_be_corrected_by_those_who_gave_their_word_to_it(
    city: City, client_as: ClientAs, number: str
) -> None:
    loaded, received = event_of(city, number, "loaded"), event_of(city, number, "received")

    def offered(who: str) -> set[str]:
        page = client_as(who).get(f"/manifests/{number}").text
        return {event for event in (loaded, received) if f"/corrections/new/{event}" in page}

    assert offered("plant") == {loaded}
    assert offered("site") == {received}
    assert offered("dispatcher") == {loaded, received}
    assert offered("regulator") == set()


def test_the_form_holds_what_stands_and_shows_what_would_happen_before_anything_is_recorded(
    city: City, client_as: ClientAs, number: str
) -> None:
    loaded = event_of(city, number, "loaded")
    plant = client_as("plant")

    form = fields(plant.get(f"/corrections/new/{loaded}"))
    shown = words(typed(plant, loaded, "check", net_out_t="11.5", gross_out_t="23.5"))

    assert (form["new.net_out_t"], form["new.moisture_out_pct"], form["new.seal"]) == ("12.000", "80.00", "S778")
    assert "出厂净重 12.00 t 11.50 t −0.50 t" in shown
    assert "干固体 2.40 t 2.30 t −0.10 t" in shown
    assert "要等宏达运输有限公司同意后才生效" in shown
    assert "提出更正" not in words(plant.get(f"/manifests/{number}"))


def test_the_other_party_finds_it_on_their_desk_and_agrees(city: City, client_as: ClientAs, number: str) -> None:
    address = proposed(city, client_as, number)
    dispatcher = client_as("dispatcher")

    desk = words(dispatcher.get("/dispatch/"))
    page = dispatcher.get(address)
    after = words(answered(dispatcher, address, "approve"))

    assert "有 1 份更正等你答复" in desk
    assert "同意更正" in words(page)
    assert "各方都已同意，更正已生效" in after
    manifest = words(client_as("plant").get(f"/manifests/{number}"))
    assert "已更正：出厂毛重 24.00 t → 23.50 t；出厂净重 12.00 t → 11.50 t" in manifest
    assert "有 1 份更正等你答复" not in words(dispatcher.get("/dispatch/"))


@pytest.mark.parametrize("desk", ["driver", "dispatcher"])
def test_whoever_may_answer_for_the_hauler_is_told(city: City, client_as: ClientAs, number: str, desk: str) -> None:
    proposed(city, client_as, number)

    page = client_as(desk).get({"driver": "/driver/", "dispatcher": "/dispatch/"}[desk])

    assert "有 1 份更正等你答复" in words(page)


def test_the_proposer_waits_and_cannot_agree_for_the_other(city: City, client_as: ClientAs, number: str) -> None:
    address = proposed(city, client_as, number)
    plant = client_as("plant")

    page = words(plant.get(address))

    assert "等宏达运输有限公司答复" in page
    assert "撤回这份更正" in page
    assert "你的答复" not in page
    assert "只有这次交接的当事方可以提出或答复：宏达运输有限公司" in words(answered(plant, address, "approve"))


def test_a_refusal_needs_a_reason_and_stays_on_the_timeline(city: City, client_as: ClientAs, number: str) -> None:
    address = proposed(city, client_as, number)
    dispatcher = client_as("dispatcher")

    without = answered(dispatcher, address, "refuse")
    page = words(answered(dispatcher, address, "refuse", reason="与磅房记录不符"))

    assert error(without, "reason") == "这一项必须填写。"
    assert "已拒绝，数字不变 理由：与磅房记录不符" in page
    manifest = words(client_as("site").get(f"/manifests/{number}"))
    assert "拒绝更正" in manifest
    assert "原因：与磅房记录不符" in manifest
    assert "已更正" not in manifest


def test_what_was_withdrawn_stays_with_its_reason(city: City, client_as: ClientAs, number: str) -> None:
    address = proposed(city, client_as, number)

    page = words(answered(client_as("plant"), address, "withdraw", reason="核对后无误"))

    assert "已撤回，数字不变 理由：核对后无误" in page
    assert "撤回更正" in words(client_as("dispatcher").get(f"/manifests/{number}"))


def test_a_wrong_figure_is_said_at_its_field_with_everything_still_there(
    city: City, client_as: ClientAs, number: str
) -> None:
    loaded = event_of(city, number, "loaded")

    mismatch = typed(client_as("plant"), loaded, "check", net_out_t="11.5", seal="S779")
    garbled = typed(client_as("plant"), loaded, "check", net_out_t="elf")
    untouched = typed(client_as("plant"), loaded, "check")

    assert "净重应等于毛重减皮重" in error(mismatch, "new.net_out_t")
    assert fields(mismatch)["new.seal"] == "S779"
    assert "吨数" in error(garbled, "new.net_out_t")
    assert "还没有改任何一项" in words(untouched)


def test_strangers_find_nothing(city: City, client_as: ClientAs, number: str) -> None:
    address = proposed(city, client_as, number)
    outsider = client_as("outsider")

    assert outsider.get(address).status_code == 404
    assert outsider.get(f"/corrections/new/{event_of(city, number, 'loaded')}").status_code == 404
    assert outsider.get("/corrections/at/P01").status_code == 404
    assert answered(outsider, address, "approve").status_code == 404


def test_an_act_of_one_s_own_is_corrected_at_once_from_the_list_of_acts(city: City, client_as: ClientAs) -> None:
    made = city.produce("B9")
    plant = client_as("plant")

    listed = plant.get("/corrections/at/P01")
    shown = words(typed(plant, made.event_id, "check", wet_t="90"))
    address = typed(plant, made.event_id, "record", wet_t="90").location

    assert f"/corrections/new/{made.event_id}" in listed.text
    assert "没有别的当事方，提出后立即生效" in shown
    page = words(plant.get(address))
    assert "已生效" in page
    assert re.search(r"2026年3月 产生 −2\.00", page)
    assert "已更正" in words(plant.get("/corrections/at/P01"))


def test_after_a_lock_the_authority_is_asked_and_the_difference_counts_later(
    city: City, client_as: ClientAs, number: str
) -> None:
    city.clock.forward(days=40)
    said = LockPeriod(event_id=new_id(), division="4107", month="2026-03")
    city.act("regulator", lambda ctx: locking.lock_period(ctx, said))
    loaded = event_of(city, number, "loaded")
    shown = words(typed(client_as("plant"), loaded, "check", net_out_t="11.5", gross_out_t="23.5"))
    address = proposed(city, client_as, number)
    answered(client_as("dispatcher"), address, "approve")
    regulator = client_as("regulator")

    assert "要等宏达运输有限公司、主管部门同意后才生效" in shown
    assert "差额计在第一个未锁定的日子（4月1日 起）" in shown
    assert "有 1 份更正等你答复" in words(regulator.get("/regulator/overview"))
    page = words(answered(regulator, address, "approve"))
    assert "已生效" in page
    assert "2026年4月 补记" in page


def test_whoever_scans_an_old_sheet_learns_of_the_newer_edition(city: City, client_as: ClientAs, number: str) -> None:
    code = city.act("plant", lambda ctx: open_case(ctx, number, lock=False)).state.figures["public_code"]
    stranger = client_as("nobody")
    before = words(stranger.get(f"/M/{number}/{code}"))
    answered(client_as("dispatcher"), proposed(city, client_as, number), "approve")

    after = words(stranger.get(f"/M/{number}/{code}"))

    assert "更正" not in before
    assert "装运 已有更正后的新版" in after
    assert "装运 更正 第 2 版" in after
    assert "记录完整" in after
    assert "11.50" in after


def test_a_corrected_disposal_shows_its_new_figures_to_whoever_has_any_of_its_sheets(
    city: City, client_as: ClientAs, number: str
) -> None:
    event_id = city.dispose(number, 5_000, moisture_bp=8000, final=False).event_id
    with city.engine.connect() as connection:
        entry = streams.one(connection, event_id)
    assert entry is not None
    typed(client_as("site"), event_id, "record", wet_t="4")

    own = words(client_as("site").get(f"/site/disposals/{entry.claim.figures['disposal']}"))
    page = words(client_as("nobody").get(f"/{public_path(entry)}"))

    assert "已更正 看这份更正" in own
    assert "4.00 t" in own
    assert "4.00 t" in page
    assert "处置 更正 第 2 版" in page
    assert "旧版的单子是真的，但以最新一版为准" in page
    assert "记录完整" in page
