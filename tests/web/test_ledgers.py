"""台账: every facility's and hauler's ledger by day, month and year, on screen and as files."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from tests.support.city import City
from tests.web.conftest import ClientAs
from tests.web.pages import words

LANGUAGES = pytest.mark.parametrize("language", ["zh-CN", "en"])
PLANT, SITE, HAULER = "/ledgers/facilities/P01", "/ledgers/facilities/S-INC", "/ledgers/haulers/H1"


def a_day(city: City) -> tuple[str, str]:
    """Two batches, a load burned, a load refused in part and brought back; the two manifests."""
    city.produce("B1", 100_000)
    city.produce("B2", 4_000, moisture_bp=None)
    burned = city.delivered(12_000)
    city.dispose(burned, 12_000, disposal="D-1")
    city.clock.forward(minutes=30)
    refused = city.issue()
    city.load(refused, 10_000)
    city.clock.forward(minutes=40)
    city.receive(refused, 10_000, accepted_kg=4_000)
    city.take_back(refused, 6_000)
    return burned, refused


def book(answer: TestResponse) -> Workbook:
    return load_workbook(io.BytesIO(answer.data))


def cells(answer: TestResponse, sheet: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in book(answer)[sheet].iter_rows(values_only=True)]


@LANGUAGES
def test_a_month_of_a_plant_opens_by_itself_and_balances(client_as: ClientAs, city: City, language: str) -> None:
    a_day(city)

    answer = client_as("plant").get(f"{PLANT}?lang={language}")

    shown = words(answer)
    for expected in ("骆驼湾污水处理厂", "104.00", "20.80", "22.00", "6.00", "80"):
        assert expected in shown
    assert "tone-danger" not in answer.text
    assert f"{PLANT}?by=day&amp;day=2026-03-02" in answer.text


@LANGUAGES
def test_a_month_of_a_site_shows_load_refusals_and_what_became_of_it(
    client_as: ClientAs, city: City, language: str
) -> None:
    a_day(city)

    shown = words(client_as("site").get(f"{SITE}?lang={language}"))

    for expected in ("16.00", "3.20", "3.2", "1.6 %", "6.00", "骆驼湾污水处理厂"):
        assert expected in shown


@LANGUAGES
def test_a_day_opens_into_its_entries_with_links(client_as: ClientAs, city: City, language: str) -> None:
    burned, refused = a_day(city)

    answer = client_as("plant").get(f"{PLANT}?by=day&day=2026-03-02&lang={language}")

    shown = words(answer)
    for expected in ("B1", "B2", "豫G·12345", "宏达运输有限公司", "新乡污泥焚烧厂"):
        assert expected in shown
    for number in (burned, refused):
        assert f'href="/manifests/{number}"' in answer.text
    assert 'href="/site/lots/P01/B1"' in answer.text
    assert "张㛃" not in shown


def test_every_link_of_a_days_entries_leads_somewhere(client_as: ClientAs, city: City) -> None:
    a_day(city)

    for persona, path in (("plant", PLANT), ("site", SITE), ("regulator", PLANT), ("regulator", SITE)):
        client = client_as(persona)
        links = set(re.findall(r'data-href="([^"]+)"', client.get(f"{path}?by=day").text))
        assert len(links) > 1
        for link in links:
            assert client.get(link).status_code == 200, link


def test_a_month_lists_its_entries_when_asked(client_as: ClientAs, city: City) -> None:
    a_day(city)
    client = client_as("site")

    assert "逐笔" not in words(client.get(SITE))
    shown = words(client.get(f"{SITE}?entries=1"))

    assert "逐笔 3 笔" in shown
    assert "D-1" in shown


@pytest.mark.parametrize(("by", "expected"), [("day", "3月2日"), ("month", "2026年3月"), ("year", "2026年")])
def test_one_goes_from_period_to_period(client_as: ClientAs, city: City, by: str, expected: str) -> None:
    a_day(city)

    answer = client_as("plant").get(f"{PLANT}?by={by}")

    assert expected in words(answer)
    assert 'rel="prev"' in answer.text
    assert 'rel="next"' not in answer.text


@pytest.mark.parametrize("asked", ["by=week", "day=yesterday", "day=2026-02-31", "by=month&day=1999-01-01", "page=x"])
def test_what_no_period_is_shows_this_month(client_as: ClientAs, city: City, asked: str) -> None:
    a_day(city)

    answer = client_as("plant").get(f"{PLANT}?{asked}")

    assert answer.status_code == 200
    assert "2026年3月" in words(answer)


def test_before_anything_happened_a_page_says_so(client_as: ClientAs) -> None:
    assert "这一期没有任何记录" in words(client_as("plant").get(PLANT))
    assert "这一期没有出车" in words(client_as("dispatcher").get(HAULER))


def test_a_period_without_change_still_says_what_lies_there(client_as: ClientAs, city: City) -> None:
    city.produce("B1", 100_000)
    city.clock.forward(days=40)

    shown = words(client_as("plant").get(PLANT))

    assert "这一期没有变动" in shown
    assert "20.00" in shown


@pytest.mark.parametrize("persona", ["outsider", "far_regulator", "dispatcher"])
def test_a_facility_of_others_is_not_there(client_as: ClientAs, city: City, persona: str) -> None:
    a_day(city)
    client = client_as(persona)

    unknown = client.get("/ledgers/facilities/NOWHERE")
    for path in (PLANT, f"{PLANT}/ledger.csv", f"{PLANT}/ledger.xlsx"):
        assert client.get(path).status_code == unknown.status_code == 404
    assert words(client.get(PLANT)).replace("P01", "NOWHERE") == words(unknown)


@pytest.mark.parametrize("persona", ["outsider", "far_regulator", "plant", "site"])
def test_a_hauler_of_others_is_not_there(client_as: ClientAs, city: City, persona: str) -> None:
    a_day(city)
    client = client_as(persona)

    for path in (HAULER, f"{HAULER}/ledger.csv", f"{HAULER}/ledger.xlsx"):
        assert client.get(path).status_code == 404


def test_a_driver_has_no_ledgers(client_as: ClientAs) -> None:
    assert client_as("driver").get("/ledgers/").status_code == 403


def test_an_authority_sees_every_ledger_of_its_division_and_no_drivers(client_as: ClientAs, city: City) -> None:
    a_day(city)
    client = client_as("regulator")

    listed = client.get("/ledgers/").text
    for path in (PLANT, SITE, HAULER):
        assert f'href="{path}"' in listed
        assert client.get(path).status_code == 200
    assert "P-FAR" not in listed
    assert "张㛃" not in client.get(f"{HAULER}?by=day").text
    assert "/ledgers/haulers" not in client_as("far_regulator").get("/ledgers/").text


def test_whoever_has_one_ledger_comes_to_it_at_once(client_as: ClientAs, city: City) -> None:
    answer = client_as("dispatcher").get("/ledgers/")

    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(HAULER)


def test_ledgers_are_found_by_name_and_code(client_as: ClientAs) -> None:
    client = client_as("site")

    assert "孟电水泥" not in words(client.get("/ledgers/?q=填埋"))
    assert "新乡县卫生填埋场" in words(client.get("/ledgers/?q=s-fill"))
    assert "没有符合条件的单位" in words(client.get("/ledgers/?q=没有的"))


@LANGUAGES
def test_a_hauler_sees_its_trips_by_truck_and_driver(client_as: ClientAs, city: City, language: str) -> None:
    a_day(city)

    shown = words(client_as("dispatcher").get(f"{HAULER}?by=day&lang={language}"))

    for expected in ("22.00", "16.00", "6.00", "豫G·12345", "张㛃", "骆驼湾污水处理厂", "新乡污泥焚烧厂"):
        assert expected in shown


def test_csv_is_what_the_table_shows_in_numbers(client_as: ClientAs, city: City) -> None:
    a_day(city)

    answer = client_as("plant").get(f"{PLANT}/ledger.csv?by=month")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert rows[0][:3] == ["期间", "期初 干 t", "产生 湿 t"]
    assert [row[0] for row in rows[1:]] == ["3月2日", "合计"]
    assert rows[1][rows[0].index("产生 湿 t")] == "104.000"
    assert rows[1][rows[0].index("期末 干 t")] == "17.6000000"


@pytest.mark.parametrize(
    ("language", "titles", "total"),
    [
        ("zh-CN", ["汇总", "运出去向", "产生", "装运", "退运"], "合计"),
        ("en", ["Summary", "Sent to", "Produced", "Loaded", "Returned"], "Total"),
    ],
)
def test_a_plants_workbook_has_the_summary_and_every_entry(
    client_as: ClientAs, city: City, language: str, titles: list[str], total: str
) -> None:
    burned, _ = a_day(city)

    answer = client_as("plant").get(f"{PLANT}/ledger.xlsx?by=year&lang={language}")

    found = book(answer)
    assert found.sheetnames == titles
    summary = cells(answer, titles[0])
    assert summary[-1][0] == total
    assert {type(value) for value in summary[-1][1:]} <= {int, float, type(None)}
    loaded = cells(answer, titles[3])
    assert [type(value) for value in (loaded[1][0], loaded[1][8])] == [datetime, int]
    assert re.sub(r"\D", "", loaded[1][3]) == burned
    assert sum(row[11] for row in loaded[1:]) == pytest.approx(4.4)
    assert found[titles[0]].freeze_panes == "B5"
    assert found[titles[0]].column_dimensions["A"].width > 8


def test_a_sites_workbook_tells_refusals_and_disposals(client_as: ClientAs, city: City) -> None:
    a_day(city)

    answer = client_as("site").get(f"{SITE}/ledger.xlsx")

    assert book(answer).sheetnames == ["汇总", "接收来源", "处置途径", "接收", "处置", "进厂拒收"]
    (refusal,) = cells(answer, "进厂拒收")[1:]
    assert (refusal[3], refusal[6:]) == ("骆驼湾污水处理厂", (10, 6, "含水率超标"))


def test_a_haulers_workbook_names_drivers_to_the_hauler_only(client_as: ClientAs, city: City) -> None:
    a_day(city)

    own = client_as("dispatcher").get(f"{HAULER}/ledger.xlsx")
    authority = client_as("regulator").get(f"{HAULER}/ledger.xlsx")

    assert book(own).sheetnames == ["汇总", "按车辆", "按驾驶员", "趟次明细"]
    assert cells(own, "按驾驶员")[2][0] == "张㛃"
    assert book(authority).sheetnames == ["汇总", "按车辆", "趟次明细"]
    assert "驾驶员" not in cells(authority, "趟次明细")[0]


def test_a_text_that_begins_like_a_formula_stays_a_text(client_as: ClientAs, city: City) -> None:
    city.produce("=1+1", 1_000)

    answer = client_as("plant").get(f"{PLANT}/ledger.xlsx")

    assert book(answer)["产生"].cell(row=2, column=4).data_type == "s"


def test_no_other_kind_of_file_is_there(client_as: ClientAs, city: City) -> None:
    assert client_as("plant").get(f"{PLANT}/ledger.pdf").status_code == 404
    assert client_as("dispatcher").get(f"{HAULER}/ledger.pdf").status_code == 404


@pytest.mark.parametrize("path", [PLANT, HAULER])
def test_the_foot_says_where_it_comes_from_and_how_long_it_is_kept(client_as: ClientAs, city: City, path: str) -> None:
    a_day(city)

    shown = words(client_as("plant" if path == PLANT else "dispatcher").get(path))

    assert re.search(r"由记录生成：3月2日 \d\d:\d\d，日志第 \d+ 条为止", shown)
    assert "至少保存 5 年" in shown
    for signature in ("制表", "审核"):
        assert signature in shown
