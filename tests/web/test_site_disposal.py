"""What lies at a site, and disposing of it: the gates are shown before anything is booked."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text

from sludgetrack import tx
from sludgetrack.domain import commands as c
from sludgetrack.services import facility_acts
from sludgetrack.services.sheets import Press, render_and_record
from sludgetrack.store.tables.mass import disposal
from sludgetrack.store.tables.record import entry
from tests.support.city import City, new_id
from tests.web.conftest import ADDRESS, ClientAs
from tests.web.pages import error, fields, send, words

LANGUAGES = pytest.mark.parametrize("language", ["zh-CN", "en"])


def in_stock(city: City) -> str:
    """12 t at 80 % lying at the incinerator; the lot's name."""
    city.produce()
    return city.delivered()


def at_landfill(city: City) -> str:
    """12 t at 78 % lying at the landfill; the lot's name."""
    city.produce()
    number = city.issue(destination="S-FILL", route="F2")
    city.load(number, moisture_out_bp=7800)
    city.receive(number, moisture_in_bp=7800)
    return number


def disposals(engine: Engine) -> list[tuple[str, bool]]:
    with engine.connect() as connection:
        return [(row.name, row.compliant) for row in connection.execute(select(disposal.c.name, disposal.c.compliant))]


@LANGUAGES
def test_stock_says_what_lies_where_how_old_and_from_whom(client_as: ClientAs, city: City, language: str) -> None:
    lot = in_stock(city)
    city.clock.forward(days=31)

    answer = client_as("site").get(f"/site/lots?at=S-INC&lang={language}")

    shown = words(answer)
    for expected in (lot[-4:-1], "骆驼湾污水处理厂", "31", "12.00", "80 %", "2.40"):
        assert expected in shown
    assert 'class="late"' in answer.text


def test_nothing_in_stock_says_what_comes_first(client_as: ClientAs, city: City) -> None:
    assert "这里没有存泥" in words(client_as("site").get("/site/lots?at=S-CEM"))


def test_what_was_disposed_of_is_gone_from_stock_and_listed(client_as: ClientAs, city: City) -> None:
    lot = in_stock(city)
    city.dispose(lot, 12_000, disposal="D-1")

    shown = words(client_as("site").get("/site/lots?at=S-INC"))

    assert "这里没有存泥" in shown
    assert "D-1" in shown


def test_a_disposal_is_proposed_whole_checked_and_recorded(client_as: ClientAs, city: City, engine: Engine) -> None:
    lot = in_stock(city)
    browser = client_as("site")

    form = fields(browser.get(f"/site/dispose?at=S-INC&lot={lot}"))
    assert (form["route"], form["wet_t"], form["moisture_pct"]) == ("I1", "12.000", "80.00")
    assert (form["disposal"], form["final"]) == ("S-INC-D260302-1", "1")
    checked = browser.post("/site/dispose", data={**form, "evidence": "1 号炉", "step": "check"})
    assert "符合规定" in words(checked)
    assert disposals(engine) == []
    recorded = browser.post("/site/dispose", data={**fields(checked), "step": "record"}, follow_redirects=True)

    assert disposals(engine) == [("S-INC-D260302-1", True)]
    assert "合规处置" in words(recorded)
    assert "1 号炉" in words(recorded)


def test_wet_sludge_at_a_landfill_is_said_to_be_non_compliant_before_it_is_booked(
    client_as: ClientAs, city: City, engine: Engine
) -> None:
    lot = at_landfill(city)
    browser = client_as("site")

    checked = send(browser, f"/site/dispose?at=S-FILL&lot={lot}", step="check")

    assert "将记为不合规" in words(checked)
    assert re.search(r"含水率 78 %，须 [<≤] 60 %", words(checked))
    assert disposals(engine) == []
    recorded = browser.post("/site/dispose", data={**fields(checked), "step": "record"}, follow_redirects=True)
    assert [compliant for _name, compliant in disposals(engine)] == [False]
    assert "不合规处置" in words(recorded)
    assert "含水率 78 %" in words(recorded)


def test_a_route_outside_the_permit_is_said(client_as: ClientAs, city: City) -> None:
    lot = in_stock(city)

    checked = send(client_as("site"), f"/site/dispose?at=S-INC&lot={lot}", route="B1", step="check")

    assert "不在本设施的许可内" in words(checked)


def test_going_back_keeps_what_was_typed_and_books_nothing(client_as: ClientAs, city: City, engine: Engine) -> None:
    lot = in_stock(city)
    browser = client_as("site")
    checked = send(browser, f"/site/dispose?at=S-INC&lot={lot}", evidence="2 号炉", wet_t="5.5", step="check")

    back = browser.post("/site/dispose", data={**fields(checked), "step": "change"})

    assert (fields(back)["evidence"], fields(back)["wet_t"]) == ("2 号炉", "5.5")
    assert disposals(engine) == []


def test_recording_twice_is_once(client_as: ClientAs, city: City, engine: Engine) -> None:
    lot = in_stock(city)
    browser = client_as("site")
    form = {**fields(browser.get(f"/site/dispose?at=S-INC&lot={lot}")), "step": "record"}

    places = {browser.post("/site/dispose", data=form).headers["Location"] for _press in range(2)}

    assert len(places) == 1
    assert len(disposals(engine)) == 1


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"route": ""}, "route", "必须填写"),
        ({"wet_t": ""}, "wet_t", "必须填写"),
        ({"wet_t": "0", "step": "record"}, "wet_t", "不在允许范围内"),
        ({"day": "2026-03-03", "step": "record"}, "day", "晚于现在"),
        ({"moisture_pct": "101"}, "moisture_pct", "百分数"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    client_as: ClientAs, city: City, engine: Engine, typed: dict[str, str], field: str, said: str
) -> None:
    lot = in_stock(city)

    answer = send(client_as("site"), f"/site/dispose?at=S-INC&lot={lot}", **{"step": "check", **typed})

    assert answer.status_code == 422
    assert said in error(answer, field)
    assert disposals(engine) == []


def test_a_name_in_use_is_refused(client_as: ClientAs, city: City) -> None:
    lot = in_stock(city)
    command = c.DeclareProduction(
        event_id=new_id(), facility="P01", batch="S-INC-D260302-2", day=city.clock().date(), wet_kg=1
    )
    city.act("plant", lambda ctx: facility_acts.declare_production(ctx, command))

    answer = send(client_as("site"), f"/site/dispose?at=S-INC&lot={lot}", disposal="S-INC-D260302-2", step="record")

    assert "已经被使用" in error(answer, "disposal")


@pytest.mark.parametrize("who", ["outsider", "plant"])
def test_others_neither_see_nor_dispose_of_a_lot(client_as: ClientAs, city: City, who: str) -> None:
    lot = in_stock(city)
    browser = client_as(who)

    assert browser.get(f"/site/dispose?at=S-INC&lot={lot}").status_code == 404
    form = {"event_id": new_id(), "facility": "S-INC", "lot": lot, "step": "record"}
    figures = {"disposal": "D", "route": "I1", "day": "2026-03-02", "wet_t": "1"}
    assert browser.post("/site/dispose", data={**form, **figures}).status_code == 403


@LANGUAGES
def test_a_disposal_has_a_page_for_its_site_and_its_authority_alone(
    client_as: ClientAs, city: City, language: str
) -> None:
    city.dispose(in_stock(city), 12_000, disposal="D-1")

    seen = {
        who: client_as(who).get(f"/site/disposals/D-1?lang={language}").status_code
        for who in ("site", "regulator", "far_regulator", "outsider", "driver")
    }

    assert seen == {"site": 200, "regulator": 200, "far_regulator": 404, "outsider": 404, "driver": 404}


def test_a_disposal_s_sheet_is_there_once_it_is_made(
    app: Flask, client_as: ClientAs, city: City, engine: Engine
) -> None:
    city.dispose(in_stock(city), 12_000, disposal="D-1")
    browser = client_as("site")

    assert browser.get("/site/disposals/D-1/sheet.pdf").status_code == 404
    assert "正在生成" in words(browser.get("/site/disposals/D-1"))
    with tx.unit_of_work(engine) as connection:
        event = str(connection.scalar(select(entry.c.event_id).where(entry.c.type == "disposed")))
        press = Press(connection, app.extensions["sludgetrack"].blobs, city.clock(), ADDRESS)
        render_and_record(press, {event})

    assert browser.get("/site/disposals/D-1/sheet.pdf").data.startswith(b"%PDF")
    assert "/site/disposals/D-1/sheet.pdf" in browser.get("/site/disposals/D-1").text
    assert client_as("outsider").get("/site/disposals/D-1/sheet.pdf").status_code == 404
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sheet")) == 1
