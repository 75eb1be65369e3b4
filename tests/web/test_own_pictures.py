"""Plants and sites see their own stock, capacity and rates in pictures, and nobody else's."""

from __future__ import annotations

import csv
import io

import pytest

from tests.support.city import City
from tests.web.conftest import ClientAs
from tests.web.pages import words

LANGUAGES = pytest.mark.parametrize("language", ["zh-CN", "en"])


def busy(city: City) -> None:
    city.produce()
    city.dispose(city.delivered(), 12_000)
    city.delivered()


@LANGUAGES
def test_a_plant_sees_its_rates_and_stock(client_as: ClientAs, city: City, language: str) -> None:
    busy(city)
    shown = words(client_as("plant").get(f"/pictures?lang={language}"))

    assert "骆驼湾污水处理厂" in shown
    assert "12.00 %" in shown
    assert "新乡污泥焚烧厂" not in shown


def test_a_site_sees_its_stock_and_how_full_it_is(client_as: ClientAs, city: City) -> None:
    busy(city)
    shown = words(client_as("site").get("/pictures"))

    assert "处置能力利用" in shown
    assert "现存 2.40 t（干），其中超过贮存期限 0.00 t。" in shown
    assert "骆驼湾污水处理厂" not in shown


def test_the_figures_are_files(client_as: ClientAs, city: City) -> None:
    busy(city)
    answer = client_as("site").get("/pictures/stocks.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))

    assert [row[:2] for row in rows[1:]] == [["新乡污泥焚烧厂", "2.400"]]
    assert client_as("site").get("/pictures/plants.csv").status_code == 404


@pytest.mark.parametrize(("persona", "status"), [("driver", 403), ("regulator", 403), ("nobody", 302)])
def test_others_have_no_facilities_of_their_own(client_as: ClientAs, city: City, persona: str, status: int) -> None:
    assert city
    assert client_as(persona).get("/pictures").status_code == status
