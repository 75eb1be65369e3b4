"""What a sheet says after each kind of event: what was claimed and known then, and a dash for the rest."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from sludgetrack.documents.content import BatchLine, Detail, Handoff, Moisture, SheetContent, Words
from sludgetrack.domain import commands as c
from sludgetrack.services import handoffs, manifests
from sludgetrack.store.append import Receipt
from tests.support.city import City, new_id
from tests.support.sheets import ADDRESS, content, content_at


@pytest.fixture
def number(city: City) -> str:
    """A manifest from the plant to the incinerator."""
    city.produce()
    return city.issue(planned_minutes=55, external_number="WN-1", contract="HT-7")


def act(city: City, who: str, number: str, command: c.Command, *, late: bool = False) -> Receipt:
    return city.act(who, lambda ctx: manifests.act(ctx, number, command, late=late))


def rows(sheet: SheetContent) -> list[tuple[str, str | None, str | None]]:
    return [(row.event, row.giver, row.taker) for row in sheet.custody]


def labelled(sheet: SheetContent) -> dict[str, Any]:
    return {detail.label.zh: detail.value for detail in sheet.details}


def test_an_issued_manifest_names_the_parties_and_the_plan_and_nothing_else(engine: Engine, number: str) -> None:
    sheet = content(engine, number)

    assert (sheet.number, sheet.external_number, sheet.event, sheet.address) == (number, "WN-1", "issued", ADDRESS)
    assert (sheet.producer.party.name, sheet.producer.party.person) == ("骆驼湾污水处理厂", "李会计")
    assert (sheet.producer.planned_kg, sheet.producer.contract) == (12_000, "HT-7")
    assert (sheet.hauler.name, sheet.hauler.planned_minutes) == ("宏达运输有限公司", 55)
    assert (sheet.receiver.planned.name, sheet.receiver.route) == (
        "新乡污泥焚烧厂",
        Words("I1 单独焚烧", "mono-incineration"),
    )
    assert (sheet.hauler.plate, sheet.hauler.driver, sheet.receiver.actual, sheet.weighed_out) == (None,) * 4
    assert rows(sheet) == [("issued", "骆驼湾污水处理厂 李会计", None)]


def test_a_loaded_sheet_shows_truck_driver_scale_and_where_the_sludge_came_from(
    city: City, engine: Engine, number: str
) -> None:
    city.load(number, net_kg=11_340, moisture_out_bp=8013, moisture_method="烘箱法")

    sheet = content(engine, number)

    out = sheet.weighed_out
    assert out is not None
    assert (out.gross_kg, out.tare_kg, out.net_kg, out.dry_units) == (23_340, 12_000, 11_340, 11_340 * 1987)
    assert out.moisture == Moisture(8013, "烘箱法") == sheet.producer.moisture
    assert (out.ticket, out.at) == ("A-0001", city.clock())
    assert (sheet.hauler.plate, sheet.hauler.rated_load_kg, sheet.hauler.driver, sheet.hauler.seal) == (
        "豫G12345",
        18_000,
        "张㛃",
        "S778",
    )
    assert sheet.producer.batches == (BatchLine("B1"),)
    assert sheet.producer.kind == Words("污水厂污泥", "plant sludge")
    assert (sheet.event_n, sheet.ordinal, sheet.sheets) == (2, 2, 2)


def test_a_load_drawn_oldest_first_names_every_batch_it_took_from(city: City, engine: Engine) -> None:
    for batch in ("B1", "B2"):
        city.produce(batch, wet_kg=8_000)
    number = city.issue()
    city.load(number, net_kg=12_000)

    assert content(engine, number).producer.batches == (BatchLine("B1"), BatchLine("B2"))


def test_batches_named_at_issue_keep_the_masses_that_were_named(city: City, engine: Engine) -> None:
    for batch in ("B1", "B2"):
        city.produce(batch)
    named = (c.BatchLine("B2", 9_000), c.BatchLine("B1", 3_000))
    number = city.issue(batches=named)

    assert content(engine, number).producer.batches == (BatchLine("B2", 9_000), BatchLine("B1", 3_000))


def test_a_moisture_nobody_measured_is_marked_as_estimated(city: City, engine: Engine, number: str) -> None:
    city.load(number, moisture_out_bp=None)

    sheet = content(engine, number)

    assert sheet.producer.moisture == Moisture(8000, estimated=True)
    assert sheet.flags == ("estimated",)


def test_an_unconfirmed_loading_says_why_and_names_the_company_for_the_driver(
    city: City, engine: Engine, number: str
) -> None:
    command = c.LoadTruck(event_id=new_id(), plate="豫G12345", net_out_kg=12_000)
    city.act("plant", lambda ctx: handoffs.record_unconfirmed(ctx, number, command, "手机没电"))

    handoff = content(engine, number).handoff

    assert (handoff.method, handoff.reason, handoff.taker) == ("none", "手机没电", "宏达运输有限公司")


def test_a_transfer_shows_both_drivers_and_the_new_truck(city: City, engine: Engine, number: str) -> None:
    city.load(number)
    command = c.TransferLoad(event_id=new_id(), place="服务区", plate="豫G54321", reason="爆胎")
    city.confirm(city.offer("driver", number, command), "second_driver")

    sheet = content(engine, number)

    assert rows(sheet)[-1] == ("transferred", "驾驶员 张㛃 豫G12345", "驾驶员 陈师傅 豫G54321")
    assert (sheet.hauler.plate, sheet.hauler.driver, sheet.hauler.rated_load_kg) == ("豫G54321", "陈师傅", 18_000)
    assert labelled(sheet) == {"原因": "爆胎", "原车辆": "豫G12345"}
    assert sheet.handoff.place == "服务区"


def test_a_redirection_names_the_new_site_alone_and_where_it_was_to_go(city: City, engine: Engine, number: str) -> None:
    city.load(number)
    act(city, "plant", number, c.RedirectLoad(event_id=new_id(), destination="S-CEM", route="B1", reason="停炉"))

    sheet = content(engine, number)

    planned = sheet.receiver.planned
    assert (planned.name, planned.code, planned.address) == ("孟电水泥协同处置厂", "S-CEM", None)
    assert sheet.receiver.route == Words("B1 制水泥", "cement (kiln co-processing)")
    assert labelled(sheet) == {"原去向": "新乡污泥焚烧厂 · I1 单独焚烧", "原因": "停炉"}


def test_arrival_is_told_by_the_driver_or_by_the_gate(city: City, engine: Engine) -> None:
    for who, name in (("driver", "驾驶员 张㛃"), ("site", "新乡污泥焚烧厂 王过磅")):
        number = city.issue()
        city.load(number)
        city.clock.forward(minutes=40)
        arrived_at = city.clock()
        act(city, who, number, c.ArriveAtGate(event_id=new_id()))
        city.clock.forward(minutes=10)
        city.receive(number)

        sheet = content(engine, number)

        assert rows(sheet)[2] == ("arrived", name, None)
        assert sheet.receiver.arrived_at == arrived_at


def test_a_partly_accepted_load_shows_both_parts_and_that_the_weights_lie_apart(
    city: City, engine: Engine, number: str
) -> None:
    city.load(number)
    city.receive(number, 11_000, accepted_kg=8_000, seal_intact=False, unload_point="2号仓", moisture_in_bp=8500)

    sheet = content(engine, number)

    receiver = sheet.receiver
    assert (receiver.decision, receiver.accepted_kg, receiver.refused_kg) == ("partial", 8_000, 3_000)
    assert (receiver.reason, receiver.seal_intact, receiver.unload_point) == ("含水率超标", False, "2号仓")
    assert receiver.actual is not None
    assert (receiver.actual.name, receiver.actual.person) == ("新乡污泥焚烧厂", "王过磅")
    assert sheet.weighed_in is not None
    assert sheet.weighed_in.verdict == Words(
        "湿重、含水率、干固体超出允差", "beyond tolerance: wet mass, moisture, dry solids"
    )
    assert rows(sheet)[-1] == ("received", "驾驶员 张㛃", "新乡污泥焚烧厂 王过磅")


def test_a_receipt_without_a_moisture_counts_with_that_of_the_loading(city: City, engine: Engine, number: str) -> None:
    city.load(number, moisture_out_bp=8013)
    city.receive(number, moisture_in_bp=None)

    into = content(engine, number).weighed_in

    assert into is not None
    assert into.moisture == Moisture(8013, Words("按出厂", "as loaded"))
    assert into.verdict == Words("在允差内", "within tolerance")


def test_a_load_refused_unweighed_has_no_weighing_in(city: City, engine: Engine, number: str) -> None:
    city.load(number)
    refusal = c.ReceiveLoad(event_id=new_id(), decision="refused", reason="有异味")
    city.confirm(city.offer("site", number, refusal))

    sheet = content(engine, number)

    assert sheet.weighed_in is None
    assert (sheet.receiver.decision, sheet.receiver.accepted_kg, sheet.receiver.refused_kg) == ("refused", 0, None)


def test_after_a_refusal_and_a_redirection_the_second_site_is_shown_and_the_first_in_a_remark(
    city: City, engine: Engine, number: str
) -> None:
    city.load(number)
    act(city, "site", number, c.ArriveAtGate(event_id=new_id()))
    city.receive(number, accepted_kg=0)
    act(city, "plant", number, c.RedirectLoad(event_id=new_id(), destination="S-CEM", route="B1", reason="拒收"))
    city.receive(number, 11_900)

    sheet = content(engine, number)

    assert sheet.receiver.actual is not None
    assert (sheet.receiver.actual.name, sheet.receiver.arrived_at) == ("孟电水泥协同处置厂", None)
    assert (sheet.receiver.decision, sheet.receiver.accepted_kg) == ("accepted", 11_900)
    assert sheet.remarks == ("第 4 条 接收：拒收 · 含水率超标",)
    assert content_at(engine, number, 5).receiver.planned.name == "孟电水泥协同处置厂"
    assert content_at(engine, number, 5).receiver.decision == "refused"


def test_what_came_back_is_shown_at_the_moisture_of_the_receipt(city: City, engine: Engine, number: str) -> None:
    city.load(number)
    city.receive(number, accepted_kg=9_000, moisture_in_bp=8100)
    city.take_back(number, 2_950)

    back = content(engine, number).returned

    assert back is not None
    assert (back.net_kg, back.moisture, back.dry_units) == (
        2_950,
        Moisture(8100, Words("按进厂", "as received")),
        2_950 * 1900,
    )


def test_a_lost_load_carries_the_authoritys_finding_and_its_name(city: City, engine: Engine, number: str) -> None:
    city.load(number)
    act(city, "regulator", number, c.DeclareLost(event_id=new_id(), finding="倾倒于河堤", dumped=True))

    sheet = content(engine, number)

    assert rows(sheet)[-1] == ("lost", "新乡市排水管理处 周监管", None)
    assert labelled(sheet) == {"认定": "倾倒于河堤", "查实倾倒": Words("是，计入 X9", "yes, booked as X9")}


def test_a_void_manifest_says_why(city: City, engine: Engine, number: str) -> None:
    act(city, "plant", number, c.VoidManifest(event_id=new_id(), reason="车未到"))

    assert content(engine, number).details == (Detail(Words("原因", "Reason"), "车未到"),)


def test_remarks_and_findings_stand_on_every_later_sheet(city: City, engine: Engine, number: str) -> None:
    city.load(number, remark="雨天加盖")
    act(city, "regulator", number, c.RecordInspection(event_id=new_id(), place="高速口", finding="铅封完好"))
    city.receive(number)

    sheet = content(engine, number)

    assert sheet.remarks == ("第 2 条 装运：雨天加盖", "第 3 条 抽查：铅封完好")
    assert rows(sheet)[2] == ("inspected", "新乡市排水管理处 周监管", None)


def test_a_contradicting_claim_changes_no_part_and_stands_in_the_details(
    city: City, engine: Engine, number: str
) -> None:
    city.load(number)
    city.receive(number)
    late = c.ReceiveLoad(event_id=new_id(), decision="accepted", net_in_kg=9_000, accepted_kg=9_000, seal_intact=True)
    act(city, "site", number, late, late=True)

    sheet = content(engine, number)

    assert sheet.flags == ("late", "contradicts", "disputed")
    assert sheet.receiver.accepted_kg == 12_000
    assert labelled(sheet)["接收数量"] == "9.000\u00a0t"
    assert labelled(sheet)["处理意见"] == Words("接收", "Accepted")
    assert labelled(sheet)["铅封完好"] == Words("是", "Yes")
    assert sheet.handoff.marks == ("late", "contradicts")


def test_a_decision_names_the_claim_that_stands_and_the_parts_follow_it(
    city: City, engine: Engine, number: str
) -> None:
    city.load(number)
    city.receive(number)
    late = c.ReceiveLoad(event_id=new_id(), decision="accepted", net_in_kg=9_000, accepted_kg=9_000)
    act(city, "site", number, late, late=True)
    act(city, "regulator", number, c.ResolveDispute(event_id=new_id(), stands=late.event_id, reason="地磅记录"))

    sheet = content(engine, number)

    assert rows(sheet)[-1] == ("resolved", "新乡市排水管理处 周监管", None)
    assert sheet.handoff.method is None
    assert labelled(sheet) == {"采信": "第 4 条 接收", "理由": "地磅记录"}
    assert (sheet.receiver.accepted_kg, sheet.flags) == (9_000, ())


def test_a_settlement_names_both_parties_and_how_each_gave_its_word(city: City, engine: Engine, number: str) -> None:
    city.load(number)
    city.receive(number)
    late = c.ReceiveLoad(event_id=new_id(), decision="accepted", net_in_kg=9_000, accepted_kg=9_000)
    act(city, "site", number, late, late=True)
    shown = city.offer("site", number, c.ResolveDispute(event_id=new_id(), stands=late.event_id, reason="地磅记录"))
    city.confirm(shown, "driver", shown.token)

    sheet = content(engine, number)

    assert rows(sheet)[-1] == (
        "resolved",
        "新乡环保能源有限公司 王过磅（提出）、宏达运输有限公司 张㛃（同意）",
        None,
    )
    assert sheet.handoff.method == "scanned"
    assert labelled(sheet) == {
        "采信": "第 4 条 接收",
        "理由": "地磅记录",
        "提出": "新乡环保能源有限公司 王过磅 · 输入数字",
        "同意": "宏达运输有限公司 张㛃 · 扫码",
    }
    assert sheet.hauler.driver == "张㛃"


def test_the_sheet_of_an_event_knows_nothing_of_later_ones(city: City, engine: Engine, number: str) -> None:
    city.load(number)
    then = content(engine, number)

    city.receive(number)

    assert content_at(engine, number, 2) == SheetContent(
        **{name: getattr(then, name) for name in SheetContent.__dataclass_fields__} | {"ordinal": 3, "sheets": 3}
    )


def test_every_row_of_the_custody_table_is_numbered_as_in_the_record(city: City, engine: Engine, number: str) -> None:
    act(city, "dispatcher", number, c.AssignTruck(event_id=new_id(), plate="豫G12345"))
    city.load(number)

    custody: tuple[Handoff, ...] = content(engine, number).custody

    assert [(row.n, row.event, row.giver) for row in custody] == [
        (1, "issued", "骆驼湾污水处理厂 李会计"),
        (2, "assigned", "宏达运输有限公司 赵调度"),
        (3, "loaded", "骆驼湾污水处理厂 李会计"),
    ]
