"""The pages of rules: what is in force and from where, forms that set it from a day on, and who changed what."""

from __future__ import annotations

import csv
from urllib.parse import quote

import pytest

from sludgetrack import tx
from sludgetrack.store.tables import registry
from tests.support.city import City
from tests.web.conftest import ClientAs
from tests.web.pages import error, fields, send, words

SOURCE = "新乡市污泥处置管理办法 第八条"
DATED = {"valid_from": "2026-03-05", "source": SOURCE}
BAN = "/regulator/policies/rule?route=I1&rule=ban"
PAGES = (
    "/regulator/policies",
    "/regulator/policies/clocks",
    "/regulator/policies/limits",
    "/regulator/policies/targets",
    "/regulator/policies/changes",
    BAN,
    "/regulator/policies/rule?route=F2&rule=moisture_max_pct",
    "/regulator/policies/rule?rule=issue_to_load_h",
    "/regulator/policies/routes/L1",
    "/regulator/policies/treatments/T4",
    "/regulator/policies/standard?standard=GBT23486-2009",
    "/regulator/policies/limit",
    f"/regulator/policies/limit?key={quote('GB4284-2018|L3|pH|min|')}",
    "/regulator/policies/target",
)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_there_for_inspectors_and_for_nobody_else(client_as: ClientAs, address: str) -> None:
    assert client_as("regulator").get(address).status_code == 200
    assert client_as("plant").get(address).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/regulator/policies/rule?route=L9&rule=ban",
        "/regulator/policies/rule?rule=ban",
        "/regulator/policies/routes/L9",
        "/regulator/policies/treatments/T99",
        "/regulator/policies/standard?standard=none",
        "/regulator/policies/limit?key=none",
        "/regulator/policies/target?key=none",
    ],
)
def test_what_is_no_rule_has_no_page(client_as: ClientAs, address: str) -> None:
    assert client_as("regulator").get(address).status_code == 404


def test_a_ban_is_set_from_a_day_on_and_shown_as_coming(client_as: ClientAs) -> None:
    inspector = client_as("regulator")

    answer = send(inspector, BAN, value="Y", follow=True, **DATED)

    assert "已记入，自 3月5日 起有效" in words(answer)
    assert "将生效" in words(answer)
    matrix = words(inspector.get("/regulator/policies"))
    assert "将生效 3月5日 禁止" in matrix
    then = words(inspector.get("/regulator/policies?on=2026-03-05"))
    assert "禁止 4107 · 自 3月5日" in then
    assert "这是 3月5日 的规定，不是今天的" in then


def test_what_was_typed_stays_and_the_error_stands_at_its_field(client_as: ClientAs) -> None:
    address = "/regulator/policies/rule?route=F2&rule=moisture_max_pct"

    answer = send(client_as("regulator"), address, value="600", division="2202", **DATED)

    assert answer.status_code == 422
    assert error(answer, "division")
    assert fields(answer)["value"] == "600"
    again = send(client_as("regulator"), address, value="600", **DATED)
    assert "0–100" in error(again, "value")


def test_a_rule_needs_a_source(client_as: ClientAs) -> None:
    answer = send(client_as("regulator"), BAN, value="Y", valid_from="2026-03-05")

    assert error(answer, "source") == "这一项必须填写。"


def test_a_clock_is_set_for_a_part_of_the_division(client_as: ClientAs) -> None:
    inspector = client_as("regulator")
    address = "/regulator/policies/rule?rule=issue_to_load_h"

    send(inspector, address, value="12", division="410702", valid_from="2026-03-01", source=SOURCE)

    assert "开具到装运 12 小时 410702 · 自 3月1日" in words(inspector.get("/regulator/policies/clocks?division=410702"))
    assert "开具到装运 24 小时 默认" in words(inspector.get("/regulator/policies/clocks"))


def test_a_route_is_set_for_everybody(client_as: ClientAs) -> None:
    inspector = client_as("regulator")

    answer = send(inspector, "/regulator/policies/routes/F2c", landfill="N", follow=True, **DATED)

    assert "计入填埋率 是 否 3月5日" in words(answer)
    assert "已经是这样" in words(send(inspector, "/regulator/policies/routes/L1", follow=True, **DATED))


def test_whoever_may_not_set_the_shared_tables_is_told_who_may(client_as: ClientAs, city: City) -> None:
    with tx.unit_of_work(city.engine) as connection:
        where = registry.organisation.c.code == "A-FAR"
        connection.execute(registry.organisation.update().where(where).values(division="22"))
    inspector = client_as("regulator")

    for address in PAGES[8:13]:
        page = inspector.get(address)
        assert "吉林市排水管理处" in words(page)
        assert "valid_from" not in fields(page)
    refused = inspector.post("/regulator/policies/routes/F2c", data={"landfill": "N", **DATED, **fields(page)})
    assert refused.status_code in (403, 422)


def test_limits_are_confirmed_by_name(client_as: ClientAs) -> None:
    inspector = client_as("regulator")
    address = "/regulator/policies/standard?standard=CJT362-2011"

    nothing = send(inspector, address, source="纸质版 第 3 页")
    assert "请先勾选" in words(nothing)
    page = inspector.get(address)
    line = fields(page)["every"]
    typed = {"checked_on": "2026-03-02", "source": "纸质版 第 3 页", "event_id": fields(page)["event_id"]}
    answer = inspector.post(address, data={**typed, "limits": line}, follow_redirects=True)

    assert "已以您的名义记入核对结果" in words(answer)
    assert words(answer).count("已核对 周监管 · 3月2日") == 1
    assert "1 / " in words(inspector.get("/regulator/policies/limits"))


def test_a_whole_standard_is_confirmed_at_once(client_as: ClientAs) -> None:
    inspector = client_as("regulator")
    address = "/regulator/policies/standard?standard=GB4284-2018"
    page = inspector.get(address)
    every = [part.split('"')[0] for part in page.text.split('name="every" value="')[1:]]
    typed = {"checked_on": "2026-03-02", "source": "纸质版", "event_id": fields(page)["event_id"], "all": "1"}
    lines = [line.replace("&lt;", "<").replace("&gt;", ">") for line in every]

    answer = inspector.post(address, data={**typed, "every": lines}, follow_redirects=True)

    assert "全部已核对" in words(answer)


def test_a_target_is_set_judged_and_given_up(client_as: ClientAs, city: City) -> None:
    city.produce()
    inspector = client_as("regulator")
    typed = {"value_pct": "98", "valid_from": "2026-03-01", "source": SOURCE}

    send(inspector, "/regulator/policies/target", **typed)

    assert "≥ 98 %" in words(inspector.get("/regulator/policies/targets"))
    rates = words(inspector.get("/regulator/rates?by=plant"))
    assert "98" in rates
    given_up = f"/regulator/policies/target?key={quote('4107||harmless_rate|2026')}"
    send(inspector, given_up, used="N", valid_from="2026-03-02", source=SOURCE)
    assert "≥ 98 %" not in words(inspector.get("/regulator/policies/targets"))


def test_the_history_says_who_when_and_from_what_to_what(client_as: ClientAs) -> None:
    inspector = client_as("regulator")
    send(inspector, BAN, value="Y", **DATED)

    told = words(inspector.get("/regulator/policies/changes"))

    assert "周监管 新乡市排水管理处 地方政策 4107 · 单独焚烧 I1 · 禁止 不禁止 禁止 3月5日" in told
    assert SOURCE in told
    assert "还没有人改过" in words(client_as("far_regulator").get("/regulator/policies/changes"))


def test_rates_as_a_file_have_targets_and_verdicts_beside_them(client_as: ClientAs, city: City) -> None:
    city.produce()
    city.dispose(city.delivered(), 12_000)

    text = client_as("regulator").get("/regulator/rates.csv?from=2026-03-01&to=2026-03-31&by=total").text

    head, row = list(csv.reader(text.lstrip("\ufeff").splitlines()))[:2]
    cells = dict(zip(head, row, strict=True))
    assert (cells["无害化处置率 目标"], cells["无害化处置率 结论"]) == ("≥ 90 %", "未达标")
