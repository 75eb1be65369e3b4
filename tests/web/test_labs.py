"""Lab reports on pages: filled in for the routes wanted, judged row by row, drawn over time, shown where they count."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.city import City
from tests.support.labs import PDF, clean, readings, sample
from tests.web.conftest import ClientAs
from tests.web.pages import error, fields, words


def filled_in(browser: FlaskClient, typed: Mapping[str, object], address: str = "/labs/new") -> TestResponse:
    """The form of an address with a report's name, sent on."""
    form = {**fields(browser.get(address)), "report": "XX-1", "step": "record", **typed}
    return browser.post("/labs/new", data=form, content_type="multipart/form-data")


def test_the_clerk_records_a_report_with_its_file(client_as: ClientAs, city: City) -> None:
    plant = client_as("plant")

    answer = filled_in(plant, {"value-Cd": "１.97", "value-Zn": "1,058", "report_file": (io.BytesIO(PDF), "r.pdf")})

    assert answer.status_code == 302, words(answer)
    page = plant.get(answer.location)
    assert "XX-1" in words(page)
    assert "总镉 Cd 1.97" in words(page)
    assert "总锌 Zn 1058" in words(page)
    saved = plant.get(f"{answer.location}/file")
    assert (saved.data, saved.mimetype) == (PDF, "application/pdf")
    assert saved.headers["Content-Disposition"] == "attachment; filename=XX-1.pdf"
    assert saved.headers["X-Content-Type-Options"] == "nosniff"


def test_rows_are_those_of_the_routes_wanted(client_as: ClientAs) -> None:
    plant = client_as("plant")
    everything = fields(plant.get("/labs/new"))
    of_landfill = fields(plant.get("/labs/new?routes=F2"))

    assert {"value-moisture", "value-Cd", "value-germination_index"} <= set(everything)
    assert {"value-moisture", "value-Cd"} <= set(of_landfill)
    assert "value-germination_index" not in of_landfill
    assert "value-dose" not in everything


def test_choosing_other_routes_keeps_what_was_typed(client_as: ClientAs) -> None:
    plant = client_as("plant")

    answer = filled_in(plant, {"value-Cd": "1.97", "value-germination_index": "80", "routes": "F2", "step": "rows"})

    found = fields(answer)
    assert (found["report"], found["value-Cd"], found["value-germination_index"]) == ("XX-1", "1.97", "80")
    assert "value-coliform_value" not in found


@pytest.mark.parametrize(
    "pasted",
    [
        "总镉\t1.97\tmg/kg\nZn\t1.42\tg/kg\n",
        "Cd,1.97,mg/kg\n锌；1.42；g/kg",
        "项目\tCd\tZn\n结果\t1.97\t1.42\n单位\tmg/kg\tg/kg",
    ],
)
def test_a_piece_of_a_spreadsheet_fills_the_rows(client_as: ClientAs, pasted: str) -> None:
    answer = filled_in(client_as("plant"), {"paste": pasted, "step": "paste"})

    found = fields(answer)
    assert (found["value-Cd"], found["value-Zn"], found["unit-Zn"]) == ("1.97", "1.42", "g/kg")


def test_what_was_not_understood_stays_where_it_was_pasted(client_as: ClientAs) -> None:
    answer = filled_in(client_as("plant"), {"paste": "Cd 1.97\n备注\t无\n总镉\t1.97", "step": "paste"})

    assert fields(answer)["value-Cd"] == "1.97"
    assert "备注 无" in fields(answer)["paste"]
    assert error(answer, "paste")


def test_a_wrong_value_is_said_beside_it_and_nothing_else_is_lost(client_as: ClientAs) -> None:
    answer = filled_in(client_as("plant"), {"value-Cd": "ND", "value-pH": "7.1", "lab": "环境监测中心"})

    assert answer.status_code == 422
    assert "检出限" in error(answer, "value-Cd")
    assert (fields(answer)["value-pH"], fields(answer)["lab"]) == ("7.1", "环境监测中心")


def test_what_cannot_be_is_said_beside_it_too(client_as: ClientAs) -> None:
    answer = filled_in(client_as("plant"), {"value-Cd": "1", "value-pH": "15"})

    assert "0–14" in error(answer, "value-pH")


def test_an_empty_form_says_that_a_value_is_missing(client_as: ClientAs) -> None:
    answer = filled_in(client_as("plant"), {})

    assert "至少填一项" in error(answer, "readings")


def test_a_name_in_use_and_a_file_of_another_kind_are_said_beside_them(client_as: ClientAs, city: City) -> None:
    sample(city, report="XX-1")

    answer = filled_in(client_as("plant"), {"value-Cd": "1"})
    other = filled_in(client_as("plant"), {"value-Cd": "1", "report_file": (io.BytesIO(b"<html>"), "r.pdf")})

    assert "已经被使用" in error(answer, "report")
    assert "PDF / JPEG / PNG" in error(other, "file")


def test_a_form_sent_back_still_has_its_file(client_as: ClientAs) -> None:
    plant = client_as("plant")
    back = filled_in(plant, {"value-Cd": "ND", "report_file": (io.BytesIO(PDF), "r.pdf")})

    again = plant.post("/labs/new", data={**fields(back), "value-Cd": "1", "step": "record"})

    assert again.status_code == 302
    assert plant.get(f"{again.location}/file").data == PDF


# One report


def test_a_report_is_judged_row_by_row_for_every_route(client_as: ClientAs, city: City) -> None:
    receipt = sample(city, readings=clean("L3", Zn="1420"))

    page = client_as("plant").get(f"/labs/{receipt.event_id}")

    farming = re.search(r'(?s)id="route-L3".*?</details>', page.text)
    assert farming is not None
    said = words_of(farming[0])
    assert "不合格" in said
    assert "总锌 Zn 1420 ≤ 1200 mg/kg（干） A 级 GB4284-2018 不符合" in said
    assert "总锌 Zn 1420 ≤ 3000 mg/kg（干） B 级 GB4284-2018 符合" in said
    assert "未核对限值" in said
    landfill = re.search(r'(?s)id="route-F2".*?</details>', page.text)
    assert landfill is not None
    assert "挥发酚 — < 40" in words_of(landfill[0])


def words_of(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).replace("&lt;", "<").replace("\u00a0", " ").split())


def test_the_list_says_for_which_routes_a_report_would_do(client_as: ClientAs, city: City) -> None:
    sample(city, report="good", readings=clean("B1"))

    page = words(client_as("plant").get("/labs/"))

    assert "good" in page
    assert "制水泥 B1" in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("plant", 200), ("regulator", 200), ("site", 404), ("outsider", 404), ("far_regulator", 404), ("driver", 403)],
)
def test_a_report_is_for_those_whom_it_concerns(client_as: ClientAs, city: City, who: str, status: int) -> None:
    receipt = sample(city)

    assert client_as(who).get(f"/labs/{receipt.event_id}").status_code == status


def test_an_inspector_reads_and_does_not_record(client_as: ClientAs, city: City) -> None:
    sample(city, report="XX-9")
    inspector = client_as("regulator")

    assert "XX-9" in words(inspector.get("/labs/"))
    assert "登记检测报告" not in words(inspector.get("/labs/"))
    assert inspector.get("/labs/new").status_code == 403


# Over time


def test_a_plants_quality_is_drawn_with_the_limits_of_a_route(client_as: ClientAs, city: City) -> None:
    today = city.clock().date()
    for days, value in ((40, "2.1"), (20, "3.4"), (0, "1.9")):
        sample(city, readings=readings(Cd=value), sampled_on=today - timedelta(days=days))

    page = client_as("plant").get("/labs/quality?at=P01&parameter=Cd&route=L3")

    assert page.text.count("<svg") >= 3
    assert "≤ 3 A 级" in page.text
    assert "≤ 15 B 级" in words(page)
    assert "最近一次 3月2日：1.9 mg/kg（干）" in page.text
    assert page.text.count("ink-danger") >= 3


def test_the_table_of_quality_comes_as_a_file(client_as: ClientAs, city: City) -> None:
    sample(city, report="XX-9", readings=readings(Cd="1.97", moisture="79.5"))

    answer = client_as("plant").get("/labs/quality.csv?at=P01")

    assert answer.mimetype == "text/csv"
    assert answer.data.decode("utf-8-sig").splitlines()[1] == "2026-03-02,XX-9,P01,1.97,79.5"


@pytest.mark.parametrize(("who", "status"), [("regulator", 200), ("site", 404), ("outsider", 404)])
def test_quality_is_for_whoever_runs_or_supervises_the_plant(
    client_as: ClientAs, city: City, who: str, status: int
) -> None:
    sample(city)

    assert client_as(who).get("/labs/quality?at=P01").status_code == status


# Where reports are needed


def test_the_disposal_form_shows_which_report_decides(client_as: ClientAs, city: City) -> None:
    city.produce()
    lot = city.delivered()
    sample(city, report="XX-9", readings=clean("F2"))
    site = client_as("site")
    form = fields(site.get(f"/site/dispose?at=S-INC&lot={lot}"))

    answer = site.post("/site/dispose", data={**form, "route": "F2", "moisture_pct": "50", "step": "check"})

    assert "XX-9" in words(answer)
    assert "/labs/named/XX-9" in answer.text
    assert site.get("/labs/named/XX-9", follow_redirects=True).status_code == 200


def test_a_lots_page_leads_to_its_reports(client_as: ClientAs, city: City) -> None:
    city.produce()
    lot = city.delivered()

    assert f"/labs/?of={lot}" in client_as("site").get(f"/site/lots/S-INC/{lot}").text
    assert f"/labs/?of={lot}" in client_as("regulator").get(f"/regulator/trace/lots/{lot}").text


def test_a_batch_without_moisture_shows_that_of_the_plants_own_report(client_as: ClientAs, city: City) -> None:
    sample(city, readings=readings(moisture="77"))
    plant = client_as("plant")
    form = fields(plant.get("/plant/production"))

    page = plant.post(
        "/plant/production", data={**form, "wet_t": "10", "moisture_pct": "", "batch": "B7"}, follow_redirects=True
    )

    assert "77 %" in words(page)
