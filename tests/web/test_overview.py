"""The authority's first screen: what stands out stands first, out of the sums, for the division alone."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.support.city import City
from tests.web.conftest import ClientAs
from tests.web.pages import words

LANGUAGES = pytest.mark.parametrize("language", ["zh-CN", "en"])


def overview(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/regulator/overview?{query}")
    assert answer.status_code == 200
    return words(answer)


def overdrawn(city: City) -> None:
    """A plant that declares 1 t and sends 12 t away."""
    city.produce(wet_kg=1_000)
    city.dispose(city.delivered(), 12_000)


@LANGUAGES
def test_nothing_stands_out_of_an_orderly_city(client_as: ClientAs, city: City, language: str) -> None:
    city.produce()
    city.dispose(city.delivered(), 12_000)

    assert 'id="odd"' not in client_as("regulator").get(f"/regulator/overview?lang={language}").text


def test_a_plant_that_sends_away_more_than_it_declares_stands_out(client_as: ClientAs, city: City) -> None:
    overdrawn(city)

    shown = overview(client_as("regulator"))

    odd = shown[shown.index("突出的异常") : shown.index("待办")]
    # 11 t at 80 % more than there was
    assert re.search(r"负库存 1 家 · −2\.20 t（干）.*骆驼湾污水处理厂 −2\.20 t", odd)
    assert re.search(r"处置多于来源 1 家 · 2\.20 t（干）.*骆驼湾污水处理厂 2\.20 t", odd)


def test_what_stands_out_is_on_the_work_list_by_its_tonnes(client_as: ClientAs, city: City) -> None:
    overdrawn(city)

    listed = overview(client_as("regulator"), "concern=managed_more")

    assert "处置和不明的比产量加期初多 2.20 t（干） 骆驼湾污水处理厂 11.00" in listed


def test_a_plant_that_presses_far_beyond_its_capacity_stands_out(client_as: ClientAs, city: City) -> None:
    with city.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE facility SET capacity_t80_kg_d = 1000 WHERE code = 'P01'")
    city.produce(wet_kg=99_000_000)

    shown = overview(client_as("regulator"))

    assert re.search(r"产量不合常理 1 家 · 19,800\.00 t（干）", shown)
    assert "是许可能力的" in shown


def test_other_divisions_plants_do_not_stand_out_here(client_as: ClientAs, city: City) -> None:
    overdrawn(city)

    assert "突出的异常" not in overview(client_as("far_regulator"))


def test_the_newest_month_is_shown_where_nothing_is_declared_any_more(client_as: ClientAs, city: City) -> None:
    overdrawn(city)
    city.clock.forward(days=200)

    shown = overview(client_as("regulator"))

    assert "2026年3月" in shown
    assert "负库存 1 家" in shown


@pytest.mark.parametrize("who", ["plant", "site", "driver", "outsider"])
def test_the_overview_is_the_authority_s(client_as: ClientAs, who: str) -> None:
    assert client_as(who).get("/regulator/overview").status_code == 403
