"""Stock on the desks: every sort under its heading, what is below zero in red, counts and by-products, onward loads."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select

from sludgetrack.domain import commands as c
from sludgetrack.store.tables.mass import holding
from sludgetrack.store.tables.record import entry
from tests.support.city import City, new_id
from tests.web.conftest import ClientAs
from tests.web.pages import error, fields, send, words

LANGUAGES = pytest.mark.parametrize("language", ["zh-CN", "en"])


def claims(engine: Engine, event: str) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return list(connection.scalars(select(entry.c.claim).where(entry.c.type == event)))


def declare_ash(client_as: ClientAs) -> None:
    """3 t of dry ash lie at the incinerator."""
    typed = {"what": "ash", "wet_t": "3", "moisture_pct": "0", "batch": "ASH-1"}
    assert send(client_as("site"), "/site/byproduct?at=S-INC", **typed).status_code == 302


def test_every_sort_lies_under_its_heading(client_as: ClientAs, city: City) -> None:
    city.produce()
    city.produce("G1", 5_000, kind="sewer_sludge")
    declare_ash(client_as)
    lot = city.delivered()

    plant = words(client_as("plant").get("/site/lots?at=P01"))
    site = words(client_as("site").get("/site/lots?at=S-INC"))

    assert plant.index("污泥和处理产物") < plant.index("B1") < plant.index("单独记账") < plant.index("G1")
    assert site.index(lot[-4:-1]) < site.index("它们的污泥已经算过处置") < site.index("ASH-1")
    assert "灰" in site


def test_what_is_below_zero_is_red_with_word_and_sign_and_an_alert(client_as: ClientAs, city: City) -> None:
    city.produce(wet_kg=1_000)
    city.delivered()

    page = client_as("plant").get("/site/lots?at=P01")

    assert "负库存" in words(page)
    assert '<b class="below">−11.00</b>' in page.text
    assert "1 批账面为负" in words(page)


def test_a_site_s_overdrawn_lot_is_an_alert_on_its_first_page(client_as: ClientAs, city: City) -> None:
    city.produce()
    lot = city.delivered()
    city.dispose(lot, 13_000, final=False)

    assert "1 批账面为负" in words(client_as("site").get("/site/?at=S-INC"))


def test_what_lies_too_long_is_an_alert(client_as: ClientAs, city: City) -> None:
    city.produce()
    city.delivered()
    city.clock.forward(days=31)

    assert "1 批超过贮存期限" in words(client_as("site").get("/site/lots?at=S-INC"))


@LANGUAGES
def test_a_lot_s_page_tells_what_moved(client_as: ClientAs, city: City, language: str) -> None:
    city.produce()
    lot = city.delivered()
    city.dispose(lot, 4_000, disposal="D-1", final=False)

    page = client_as("site").get(f"/site/lots/S-INC/{lot}?lang={language}")

    assert page.status_code == 200
    assert "/site/disposals/D-1" in page.text
    assert f"/manifests/{lot}" in page.text
    assert "1.60" in words(page)
    assert client_as("outsider").get(f"/site/lots/S-INC/{lot}").status_code == 404


@LANGUAGES
def test_a_count_shows_the_difference_before_it_is_booked(
    client_as: ClientAs, city: City, engine: Engine, language: str
) -> None:
    city.produce()
    city.delivered()
    browser = client_as("site")

    checked = send(browser, f"/site/count?at=S-INC&lang={language}", wet_t="11.5", moisture_pct="80", step="check")

    assert checked.status_code == 200
    for expected in ("2.40 t", "2.30 t", "0.10 t"):
        assert expected in words(checked)
    assert claims(engine, "counted") == []
    booked = browser.post("/site/count", data={**fields(checked), "step": "record"}, follow_redirects=True)
    assert [claim["wet_kg"] for claim in claims(engine, "counted")] == [11_500]
    assert "11.50" in words(booked)


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"wet_t": ""}, "wet_t", "必须填写"),
        ({"moisture_pct": "120"}, "moisture_pct", "百分数"),
        ({"day": "2026-03-03"}, "day", "晚于现在"),
    ],
)
def test_what_is_wrong_with_a_count_stands_beside_its_field(
    client_as: ClientAs, engine: Engine, typed: dict[str, str], field: str, said: str
) -> None:
    figures = {"wet_t": "1", "moisture_pct": "80", "step": "record", **typed}

    answer = send(client_as("site"), "/site/count?at=S-INC", **figures)

    assert said in error(answer, field)
    assert claims(engine, "counted") == []


def test_the_first_count_opens_the_stock(client_as: ClientAs) -> None:
    checked = send(client_as("site"), "/site/count?at=S-CEM", wet_t="8", moisture_pct="60", step="check")

    assert "作为期初库存入账" in words(checked)


@pytest.mark.parametrize(("missing", "said"), [("what", "请选是哪一种"), ("moisture_pct", "干的灰渣填 0")])
def test_a_by_product_says_what_it_is_and_how_dry(client_as: ClientAs, engine: Engine, missing: str, said: str) -> None:
    typed = {"what": "ash", "wet_t": "3", "moisture_pct": "0", missing: ""}

    answer = send(client_as("site"), "/site/byproduct?at=S-INC", **typed)

    assert said in error(answer, missing)
    assert claims(engine, "produced") == []


def test_ash_leaves_a_site_by_a_manifest_that_names_it(client_as: ClientAs, city: City, engine: Engine) -> None:
    declare_ash(client_as)
    browser = client_as("site_clerk")

    page = browser.get("/plant/issue?at=S-INC&lot=ASH-1")
    assert fields(page)["batches"] == "ASH-1"
    assert "副产物" in words(page)
    typed = {"vehicle": "H1|豫G12345", "destination": "S-CEM", "planned_t": "3"}
    issued = browser.post("/plant/issue", data={**fields(page), **typed})

    assert issued.status_code == 302
    number = claims(engine, "issued")[0]["subject"].partition(":")[2]
    city.confirm(city.offer("site_clerk", number, load_ash()))
    with engine.connect() as connection:
        kinds = set(connection.scalars(select(holding.c.kind).where(holding.c.name == number)))
    assert kinds == {"byproduct"}


def load_ash() -> c.LoadTruck:
    """2.9 t of the ash on a truck."""
    return c.LoadTruck(event_id=new_id(), plate="豫G12345", net_out_kg=2_900, moisture_out_bp=0)
