"""Treatment on the desk: lots are ticked, products weighed, the yield is seen, and only then it is on record."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from sludgetrack.domain import commands as c
from sludgetrack.services import treating
from sludgetrack.store.tables.record import entry
from tests.support.city import City, new_id
from tests.web.conftest import ClientAs
from tests.web.pages import error, fields, words

LANGUAGES = pytest.mark.parametrize("language", ["zh-CN", "en"])
DRIED = {"process": "T4", "outputs/0/wet_t": "4", "outputs/0/moisture_pct": "40"}
"""12 t at 80 % dried to 4 t at 40 %: everything is kept."""


def lying(city: City) -> str:
    """12 t at 80 % lying at the incinerator; the lot's name."""
    city.produce()
    return city.delivered()


def typed(browser: FlaskClient, lot: str, **more: Any) -> dict[str, Any]:
    """The form with one lot ticked and dried, as far as nothing else is said."""
    form = fields(browser.get(f"/site/treat?at=S-INC&take={lot}"))
    return {**form, "take": [lot], **DRIED, **more}


def runs(engine: Engine) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return list(connection.scalars(select(entry.c.claim).where(entry.c.type == "treated")))


@LANGUAGES
def test_the_yield_is_seen_before_anything_is_recorded(
    client_as: ClientAs, city: City, engine: Engine, language: str
) -> None:
    lot = lying(city)
    browser = client_as("site")

    checked = browser.post(f"/site/treat?lang={language}", data=typed(browser, lot, step="check"))

    assert checked.status_code == 200
    assert "100 %" in words(checked)
    assert "97–103 %" in words(checked)
    assert runs(engine) == []


def test_what_was_checked_is_recorded_and_leads_on(client_as: ClientAs, city: City, engine: Engine) -> None:
    lot = lying(city)
    browser = client_as("site")
    checked = browser.post("/site/treat", data=typed(browser, lot, step="check"))

    done = browser.post("/site/treat", data={**fields(checked), "step": "record"}, follow_redirects=True)

    assert [(run["process"], run["inputs"], run["plausible"]) for run in runs(engine)] == [
        ("T4", [{"lot": lot, "kg": None}], True)
    ]
    shown = words(done)
    for expected in ("处理已登记", "保留 100 %，干化通常 97–103 %", "S-INC-T260302-1-A", "4.00", "还在这里"):
        assert expected in shown
    assert f"/manifests/{lot}" in done.text
    stock = words(browser.get("/site/lots?at=S-INC"))
    assert "处理产物" in stock
    assert "S-INC-T260302-1-A" in stock


def test_a_part_of_a_lot_goes_in_without_its_box_ticked(client_as: ClientAs, city: City, engine: Engine) -> None:
    lot = lying(city)
    browser = client_as("site")
    form = typed(browser, lot, take=[], **{f"part/{lot}": "6", "outputs/0/wet_t": "2"}, step="record")

    assert browser.post("/site/treat", data=form).status_code == 302

    assert runs(engine)[0]["inputs"] == [{"lot": lot, "kg": 6_000}]


def test_an_implausible_yield_is_said_and_recorded_as_it_is(client_as: ClientAs, city: City, engine: Engine) -> None:
    lot = lying(city)
    browser = client_as("site")

    checked = browser.post("/site/treat", data=typed(browser, lot, **{"outputs/0/wet_t": "2"}, step="check"))

    assert "保留 50 %，干化通常 97–103 %" in words(checked)
    assert "照实登记" in words(checked)
    browser.post("/site/treat", data={**fields(checked), "step": "record"})
    assert runs(engine)[0]["plausible"] is False
    assert "超出这种工艺的通常范围" in words(client_as("regulator").get("/site/runs/S-INC-T260302-1"))


def test_additives_are_booked_apart(client_as: ClientAs, city: City, engine: Engine) -> None:
    lot = lying(city)
    browser = client_as("site")
    added = {"additives/0/what": "bulking_agent", "additives/0/dry_t": "0.3", "process": "T3"}

    browser.post("/site/treat", data=typed(browser, lot, **added, step="record"))

    assert runs(engine)[0]["additives"] == [{"what": "bulking_agent", "dry_kg": 300}]
    shown = words(browser.get("/site/runs/S-INC-T260302-1"))
    assert "调理剂、辅料" in shown
    assert "保留 87.5 %" in shown


def test_one_more_row_keeps_what_was_typed(client_as: ClientAs, city: City, engine: Engine) -> None:
    lot = lying(city)
    browser = client_as("site")

    more = browser.post("/site/treat", data=typed(browser, lot, step="more"))

    kept = fields(more)
    assert (kept["outputs/0/wet_t"], kept["outputs/2/lot"], kept["rows"]) == ("4", "S-INC-T260302-1-C", "3")
    assert runs(engine) == []


def test_several_products_share_what_went_in(client_as: ClientAs, city: City, engine: Engine) -> None:
    lot = lying(city)
    browser = client_as("site")
    second = {"outputs/0/wet_t": "3", "outputs/1/wet_t": "1", "outputs/1/moisture_pct": "40"}

    browser.post("/site/treat", data=typed(browser, lot, **second, step="record"))

    assert [line["lot"] for line in runs(engine)[0]["outputs"]] == ["S-INC-T260302-1-A", "S-INC-T260302-1-B"]


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ({"take": []}, "inputs", "至少勾选一批"),
        ({"process": ""}, "process", "必须填写"),
        ({"outputs/0/wet_t": ""}, "outputs/0/wet_t", "必须填写"),
        ({"outputs/0/moisture_pct": "101"}, "outputs/0/moisture_pct", "百分数"),
        ({"outputs/0/wet_t": "0"}, "outputs/0/wet_t", "不在允许范围内"),
        ({"outputs/1/moisture_pct": "40"}, "outputs/1/wet_t", "必须填写"),
        ({"outputs/0/lot": "B1"}, "outputs/0/lot", "已经被使用"),
        ({"additives/1/dry_t": "x", "additives/1/what": "lime"}, "additives/1/dry_t", "吨"),
        ({"run": "B1"}, "run", "已经被使用"),
        ({"day": "2026-03-03"}, "day", "晚于现在"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    client_as: ClientAs, city: City, engine: Engine, more: dict[str, Any], field: str, said: str
) -> None:
    lot = lying(city)
    browser = client_as("site")
    form = typed(browser, lot, **{"remark": "夜班", **more})

    for step in ("check", "record"):
        answer = browser.post("/site/treat", data={**form, "step": step})

        assert answer.status_code in (409, 422)
        assert said in error(answer, field)
        assert fields(answer)["remark"] == "夜班"
    assert runs(engine) == []


def test_recording_twice_is_once(client_as: ClientAs, city: City, engine: Engine) -> None:
    lot = lying(city)
    browser = client_as("site")
    form = typed(browser, lot, step="record")

    places = {browser.post("/site/treat", data=form).headers["Location"] for _press in range(2)}

    assert len(places) == 1
    assert len(runs(engine)) == 1


def test_a_plant_with_its_own_dryer_treats_its_batches(client_as: ClientAs, city: City, engine: Engine) -> None:
    city.produce()
    browser = client_as("plant")
    form = fields(browser.get("/site/treat?at=P01&take=B1"))
    dried = {"outputs/0/wet_t": "33.333", "outputs/0/moisture_pct": "40", "process": "T4"}

    answer = browser.post("/site/treat", data={**form, "take": ["B1"], **dried, "step": "record"})

    assert answer.status_code == 302
    assert runs(engine)[0]["facility"] == "P01"
    assert "处理产物" in words(browser.get("/plant/?at=P01"))


def test_a_run_is_seen_by_its_site_and_the_authorities_whose_sludge_it_is(client_as: ClientAs, city: City) -> None:
    lot = lying(city)
    command = c.RecordRun(
        event_id=new_id(),
        facility="S-INC",
        run="R-1",
        process="T4",
        day=date(2026, 3, 2),
        inputs=(c.InputLine(lot),),
        outputs=(c.OutputLine("R-1-A", 4_000, 4_000),),
    )
    city.act("site", lambda ctx: treating.record_run(ctx, command))

    seen = {
        who: client_as(who).get("/site/runs/R-1").status_code
        for who in ("site", "regulator", "far_regulator", "outsider", "plant", "driver")
    }

    assert seen == {"site": 200, "regulator": 200, "far_regulator": 404, "outsider": 404, "plant": 404, "driver": 404}
    assert "/site/runs/R-1" in client_as("regulator").get("/regulator/trace/lots/R-1-A").text
    traced = client_as("regulator").get("/regulator/trace?q=R-1&open=0").text
    assert "/regulator/trace/lots/R-1-A" in traced
    assert f"/regulator/trace/lots/{lot}" in traced
