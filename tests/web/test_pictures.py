"""The authority's pictures: one sees and hears the same figures, in either language, and takes them home as files."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from tests.documents import pdf
from tests.support.city import City
from tests.web.conftest import ClientAs
from tests.web.pages import words

PAGE = "/regulator/pictures"
LANGUAGES = pytest.mark.parametrize("language", ["zh-CN", "en"])
CHARTS = ("flow", "harmless_rate", "landfill_rate", "resource_rate", "stock", "stocks", "capacity", "four")


def busy(city: City) -> None:
    """20 t dry produced, 2.4 t of them burned."""
    city.produce()
    city.dispose(city.delivered(), 12_000)


@LANGUAGES
def test_every_picture_has_a_name_a_description_and_a_table(client_as: ClientAs, city: City, language: str) -> None:
    busy(city)
    page = client_as("regulator").get(f"{PAGE}?lang={language}").text

    for chart in CHARTS:
        for width in ("small", "medium", "large"):
            named = re.search(
                rf'<title id="{chart}-{width}-t">([^<]+)</title><desc id="{chart}-{width}-d">([^<]+)<', page
            )
            assert named is not None
            assert all(text.strip() for text in named.groups())
    assert page.count('role="img"') >= 3 * len(CHARTS)
    assert page.count("chart-table") == len(CHARTS)


def test_ids_are_not_used_twice(client_as: ClientAs, city: City) -> None:
    busy(city)
    ids = re.findall(r'\bid="([^"]+)"', client_as("regulator").get(PAGE).text)

    assert len(ids) == len(set(ids))


def test_nothing_in_a_picture_is_styled_or_scripted_in_place(client_as: ClientAs, city: City) -> None:
    busy(city)
    answer = client_as("regulator").get(PAGE)
    pictures = re.findall(r"(?s)<svg class=\"chart-svg.*?</svg>", answer.text)

    assert len(pictures) == 3 * len(CHARTS)
    assert not [one for one in pictures if re.search(r"\bstyle=|<style|<script|\bon\w+=|\bfill=", one)]
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


def test_both_sides_of_the_flow_are_written_out(client_as: ClientAs, city: City) -> None:
    busy(city)
    shown = words(client_as("regulator").get(PAGE))

    assert "产生 P 20.00 t + 期初存量 K0 0.00 t = 20.00 t = 单独焚烧 I1 2.40 t + 存于产生单位 17.60 t" in shown


def test_a_period_without_sludge_says_so(client_as: ClientAs, city: City) -> None:
    assert city
    assert "这个期间没有污泥" in words(client_as("regulator").get(f"{PAGE}?from=2020-01-01&to=2020-01-31"))


@pytest.mark.parametrize("days", ["from=9999-12-01&to=9999-12-31", "from=0001-01-01&to=0001-01-31"])
def test_years_no_sludge_was_ever_weighed_in_are_no_period(client_as: ClientAs, city: City, days: str) -> None:
    assert city
    assert "起止日期应像" in words(client_as("regulator").get(f"{PAGE}?{days}"))


def test_the_table_of_the_flow_is_a_file(client_as: ClientAs, city: City) -> None:
    busy(city)
    answer = client_as("regulator").get(f"{PAGE}/flow.csv")
    head, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))

    assert head == ["产生", "处理", "去向", "t（干）"]
    assert ["骆驼湾污水处理厂", "未经处理", "单独焚烧 I1", "2.400"] in rows
    assert sum(Decimal(row[3]) for row in rows[:-1]) == Decimal(rows[-1][3]) == 20


@pytest.mark.parametrize("chart", CHARTS)
def test_every_picture_is_a_spreadsheet(client_as: ClientAs, city: City, chart: str) -> None:
    busy(city)
    answer = client_as("regulator").get(f"{PAGE}/{chart}.xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).active

    assert sheet is not None
    assert sheet.max_row >= 2


def test_a_picture_that_there_is_not_is_not_there(client_as: ClientAs, city: City) -> None:
    assert city
    assert client_as("regulator").get(f"{PAGE}/weather.csv").status_code == 404
    assert client_as("regulator").get(f"{PAGE}/flow.csv?from=x&to=y").status_code == 400


def test_a_district_of_the_division_is_shown_alone(client_as: ClientAs, city: City) -> None:
    busy(city)
    city.produce("B2", facility="P02")
    client = client_as("regulator")

    assert "产生 P 40.00 t" in words(client.get(PAGE))
    assert "产生 P 20.00 t" in words(client.get(f"{PAGE}?division=410721"))


@pytest.mark.parametrize("division", ["41", "2202", "x", "4107021"])
def test_a_division_that_is_not_under_its_own_is_not_there(client_as: ClientAs, city: City, division: str) -> None:
    assert city
    assert client_as("regulator").get(f"{PAGE}?division={division}").status_code == 404


@pytest.mark.parametrize(("persona", "status"), [("plant", 403), ("site", 403), ("driver", 403), ("nobody", 302)])
@pytest.mark.parametrize("address", [PAGE, f"{PAGE}/flow.csv", "/regulator/report.pdf"])
def test_pictures_are_for_authorities(client_as: ClientAs, city: City, persona: str, status: int, address: str) -> None:
    assert city
    assert client_as(persona).get(address).status_code == status


def test_the_report_is_downloaded_from_the_page(client_as: ClientAs, city: City) -> None:
    busy(city)
    client = client_as("regulator")
    link = re.search(r'href="(/regulator/report\.pdf[^"]*)"', client.get(PAGE).text)
    assert link is not None
    answer = client.get(link[1].replace("&amp;", "&"))

    assert answer.mimetype == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "污泥去向期间报告" in pdf.text(answer.data)


def test_a_report_of_no_days_is_refused(client_as: ClientAs, city: City) -> None:
    assert city
    assert client_as("regulator").get("/regulator/report.pdf?from=2026-02-30&to=x").status_code == 400


def test_the_first_screen_shows_the_month_s_flow_and_leads_on(client_as: ClientAs, city: City) -> None:
    busy(city)
    page = client_as("regulator").get("/regulator/overview").text

    assert 'id="flow-large-t"' in page
    assert re.search(r'href="/regulator/pictures\?from=[0-9-]+&amp;to=[0-9-]+"', page)
