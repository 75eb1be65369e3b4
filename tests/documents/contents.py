"""A load from a plant to a disposal site as the documents show it, one content for every kind of sheet."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sludgetrack.documents.content import (
    BatchLine,
    Correction,
    Detail,
    Evidence,
    Fate,
    Handoff,
    Hauler,
    Moisture,
    Party,
    Producer,
    Receiver,
    SheetContent,
    Weighing,
    Words,
)

NUMBER = "20254107210010000129"
CODE = "Q7K2MP"
ADDRESS = "https://ludan.xinxiang.example.cn"
ZONE = "Asia/Shanghai"
START = datetime(2025, 2, 1, 6, 5, tzinfo=UTC)

PLANT = Party(
    name="新乡市骆驼湾污水处理厂",
    code="410721001",
    credit_code="91410700MA3X4Y5Z6Q",
    permit="91410700MA3X4Y5Z6Q001V",
    address="河南省新乡市牧野区北环路与东明大道交叉口向北300米路东",
    person="李秀英",
)
SITE = Party(
    name="新乡市中州污泥焚烧有限公司",
    code="410702003",
    credit_code="91410702MA40ABCD1K",
    permit="新环书审〔2023〕17号",
    address="河南省新乡市红旗区静脉产业园2号",
    person="赵国强",
)
OTHER_SITE = Party(name="辉县市清源水泥窑协同处置中心", code="410782002", permit="豫环审〔2021〕9号", person="孙立")
LINE = Moisture(8013, Words("快速水分仪", "quick meter"))
DRIVER, SECOND_DRIVER = "王㵐", "张𬭎"
INCINERATION = Words("I1 单独焚烧", "mono-incineration")
CEMENT = Words("B1 制水泥", "cement")

PRODUCER = Producer(
    party=PLANT,
    batches=(BatchLine("LTW-2025-0131", 10_000), BatchLine("LTW-2025-0201", 6_460)),
    kind=Words("污水厂污泥（脱水）", "plant sludge, dewatered"),
    moisture=LINE,
    lab_report="XXHJ-2025-0118",
    contract="ZZ-WN-2025-004",
    planned_kg=16_500,
)
HAULER = Hauler(
    name="新乡市洁运环境运输有限公司",
    credit_code="91410711MA45TRUCK8",
    road_licence="豫交运管许可新字410711002356号",
    plate="豫G·12345",
    rated_load_kg=17_000,
    driver=DRIVER,
    driver_licence="410711198503070012",
    seal="QF-0029817",
    planned_minutes=55,
)
OUT = Weighing(
    29_860, 13_400, 16_460, LINE, 16_460 * 1987, "LTW-20250201-012", "1号地磅", START + timedelta(minutes=24)
)
IN = Weighing(
    29_800,
    13_400,
    16_400,
    Moisture(8045, Words("烘箱法", "oven")),
    16_400 * 1955,
    "ZZ-20250201-031",
    "东门地磅",
    START + timedelta(minutes=95),
    Words("正常", "within tolerance"),
)

AT_PLANT, AT_SITE = f"{PLANT.name} {PLANT.person}", f"{SITE.name} {SITE.person}"
ISSUED = Handoff(1, "issued", START, AT_PLANT, None, None, None, "厂区北门")
ASSIGNED = Handoff(2, "assigned", START + timedelta(minutes=9), "洁运环境 调度 周敏", None)
LOADED = Handoff(3, "loaded", START + timedelta(minutes=29), AT_PLANT, f"驾驶员 {DRIVER}", "scanned", None, "厂区北门")
ARRIVED = Handoff(4, "arrived", START + timedelta(minutes=88), AT_SITE, None, None, None, "东门地磅")
RECEIVED = Handoff(
    5, "received", START + timedelta(minutes=101), f"驾驶员 {DRIVER}", AT_SITE, "typed", None, "东门地磅"
)


def digest(text: str) -> str:
    """A digest that looks real and never changes."""
    return hashlib.sha256(text.encode()).hexdigest()


def evidence(name: str = "loaded", *, first: bool = False, at: datetime = START + timedelta(minutes=30)) -> Evidence:
    return Evidence(
        event_id="0194bfa2-51c4-7a31-9b0e-2f6d8c41a7e5",
        event_sha256=digest(name),
        entry_hash=digest(name + " entry"),
        log_position=12_345,
        log_size=12_346,
        log_root=digest(name + " root"),
        previous_sheet=None if first else digest(name + " before"),
        template_version="sheet-1",
        recorded_at=at,
    )


def sheet(event: str, **changes: Any) -> SheetContent:
    """The sheet of one kind of event with its everyday content."""
    return replace(_BY_EVENT[event](), **changes)


def _base(**changes: Any) -> SheetContent:
    plain: dict[str, Any] = {
        "number": NUMBER,
        "external_number": "豫新-WN-2025-000129",
        "address": ADDRESS,
        "public_code": CODE,
        "zone": ZONE,
        "producer": PRODUCER,
        "hauler": HAULER,
        "receiver": Receiver(planned=SITE, route=INCINERATION),
        "weighed_out": OUT,
    }
    return SheetContent(**(plain | changes))


def issued() -> SheetContent:
    bare = Hauler(
        name=HAULER.name, credit_code=HAULER.credit_code, road_licence=HAULER.road_licence, planned_minutes=55
    )
    return _base(
        event="issued",
        event_n=1,
        ordinal=1,
        sheets=1,
        hauler=bare,
        producer=replace(PRODUCER, moisture=Moisture(8000, estimated=True)),
        weighed_out=None,
        custody=(ISSUED,),
        evidence=evidence("issued", first=True, at=START + timedelta(seconds=4)),
    )


def loaded() -> SheetContent:
    return _base(
        event="loaded", event_n=3, ordinal=2, sheets=2, custody=(ISSUED, ASSIGNED, LOADED), evidence=evidence("loaded")
    )


def transferred() -> SheetContent:
    passed = Handoff(
        4,
        "transferred",
        START + timedelta(minutes=60),
        f"驾驶员 {DRIVER} 豫G·12345",
        f"驾驶员 {SECOND_DRIVER} 豫G·67890",
        "none",
        "服务区无信号，纸面签字",
        "大广高速新乡服务区",
        ("late",),
    )
    return _base(
        event="transferred",
        event_n=4,
        ordinal=3,
        sheets=3,
        hauler=replace(HAULER, plate="豫G·67890", driver=SECOND_DRIVER, driver_licence=None, seal="QF-0029820"),
        custody=(ISSUED, ASSIGNED, LOADED, passed),
        details=(
            Detail(Words("原因", "Reason"), "原车爆胎，倒车转运"),
            Detail(Words("原车辆", "From vehicle"), "豫G·12345"),
        ),
        flags=("late",),
        evidence=evidence("transferred"),
    )


def redirected() -> SheetContent:
    turned = Handoff(4, "redirected", START + timedelta(minutes=52), AT_PLANT, None, None, None, None)
    return _base(
        event="redirected",
        event_n=4,
        ordinal=3,
        sheets=3,
        receiver=Receiver(planned=OTHER_SITE, route=CEMENT),
        custody=(ISSUED, ASSIGNED, LOADED, turned),
        details=(
            Detail(Words("原去向", "Was"), f"{SITE.name} · I1 单独焚烧"),
            Detail(Words("原因", "Reason"), "焚烧线故障停炉，接收单位来电暂停进厂"),
        ),
        evidence=evidence("redirected"),
    )


def received(decision: str = "accepted") -> SheetContent:
    kg: dict[str, tuple[int, int]] = {"accepted": (16_400, 0), "partial": (13_280, 3_120), "refused": (0, 16_400)}
    accepted, refused = kg[decision]
    reason = Words("含水率超出合同约定", "moisture above contract") if refused else None
    return _base(
        event="received",
        event_n=5,
        ordinal=3,
        sheets=3,
        receiver=Receiver(
            planned=SITE,
            route=INCINERATION,
            actual=SITE,
            arrived_at=ARRIVED.at,
            seal_intact=True,
            decision=decision,  # type: ignore[arg-type]
            accepted_kg=accepted,
            refused_kg=refused,
            reason=reason,
            unload_point="2号料仓" if accepted else None,
        ),
        weighed_in=IN,
        custody=(ISSUED, ASSIGNED, LOADED, ARRIVED, RECEIVED),
        evidence=evidence("received"),
    )


def returned() -> SheetContent:
    back = Handoff(
        6, "returned", START + timedelta(minutes=190), f"驾驶员 {DRIVER}", AT_PLANT, "scanned", None, "厂区北门"
    )
    return replace(
        received("partial"),
        event="returned",
        event_n=6,
        ordinal=4,
        sheets=4,
        returned=Weighing(
            16_480,
            13_400,
            3_080,
            Moisture(8045),
            3_080 * 1955,
            "LTW-20250201-019",
            "1号地磅",
            START + timedelta(minutes=187),
            Words("正常", "within tolerance"),
        ),
        custody=(ISSUED, ASSIGNED, LOADED, ARRIVED, RECEIVED, back),
        details=(Detail(Words("原因", "Reason"), "部分拒收后退回原厂"),),
        evidence=evidence("returned"),
    )


def lost() -> SheetContent:
    gone = Handoff(4, "lost", START + timedelta(days=3), "新乡市生态环境局 陈晨", None, None, None, "卫河大堤K12+300")
    return _base(
        event="lost",
        event_n=4,
        ordinal=3,
        sheets=3,
        custody=(ISSUED, ASSIGNED, LOADED, gone),
        details=(
            Detail(Words("认定", "Finding"), "现场查实，全车污泥倾倒于卫河大堤外侧取土坑，已移送公安机关立案。"),
            Detail(Words("查实倾倒", "Found dumped"), Words("是，计入 X9", "yes, booked as X9")),
        ),
        flags=("late",),
        evidence=evidence("lost"),
    )


def voided() -> SheetContent:
    void = Handoff(2, "voided", START + timedelta(minutes=40), AT_PLANT, None, None, None, None)
    return replace(
        issued(),
        event="voided",
        event_n=2,
        ordinal=2,
        sheets=2,
        custody=(ISSUED, void),
        details=(Detail(Words("原因", "Reason"), "车辆未到，计划取消；未装车，编号不再使用"),),
        evidence=evidence("voided"),
    )


def resolved() -> SheetContent:
    ruling = Handoff(6, "resolved", START + timedelta(days=2), "新乡市城市管理局 陈晨", None, None, None, None)
    claim = replace(RECEIVED, marks=("late", "contradicts"))
    return replace(
        received(),
        event="resolved",
        event_n=6,
        ordinal=4,
        sheets=4,
        custody=(ISSUED, ASSIGNED, LOADED, ARRIVED, claim, ruling),
        details=(
            Detail(Words("采信", "Stands"), "第 5 条 接收，16.400 t"),
            Detail(Words("理由", "Why"), "地磅原始记录与视频一致，驾驶员离线上传的退运申报时间有误"),
        ),
        evidence=evidence("resolved"),
    )


def corrected() -> SheetContent:
    change = Correction(
        field=Words("进厂含水率", "moisture in"),
        old=8045,
        new=8054,
        measure="bp",
        reason="录入笔误，以烘箱法原始记录为准",
        at=START + timedelta(days=1),
        by="产生单位、接收单位均已同意",
    )
    row = Handoff(6, "corrected", START + timedelta(days=1), AT_SITE, None)
    return replace(
        received(),
        event="corrected",
        event_n=6,
        ordinal=4,
        sheets=4,
        weighed_in=replace(IN, moisture=Moisture(8054), dry_units=16_400 * 1946),
        custody=(ISSUED, ASSIGNED, LOADED, ARRIVED, RECEIVED, row),
        corrections=(change,),
        fates=(
            Fate(
                site=SITE.name,
                route=INCINERATION,
                disposed_on=date(2025, 2, 2),
                wet_kg=16_400,
                moisture=Moisture(8054),
                dry_units=16_400 * 1946,
                compliant=True,
                evidence="DCS-20250202-焚烧线1",
                confirmed_by="赵国强",
            ),
        ),
        remarks=("雨天，车厢已加盖篷布。",),
        flags=("paper", "imported"),
        evidence=evidence("corrected"),
    )


_KINDS = (issued, loaded, transferred, redirected, received, returned, lost, voided, resolved, corrected)
_BY_EVENT = {kind.__name__: kind for kind in _KINDS}
EVENTS = tuple(_BY_EVENT)


def crowded() -> SheetContent:
    """Every text as long as it may be, and more rows than a page holds."""
    long = Party(
        name="河南省新乡市" + "循环经济产业园区污水污泥综合处理处置" * 3,
        code="410721001",
        credit_code="91410700MA3X4Y5Z6Q",
        permit="P" * 40,
        address="牧野区" * 40,
        person="阿卜杜热合曼·麦麦提明·买买提依明",
    )
    method = Words("快速水分仪", "quick meter")
    many = tuple(
        replace(
            LOADED, n=n, event="transferred", giver=long.name, taker=f"驾驶员 {DRIVER}", marks=("late",), reason=None
        )
        for n in range(2, 16)
    )
    fates = tuple(
        Fate(
            site=long.name,
            route=INCINERATION,
            disposed_on=date(2025, 2, 2) + timedelta(days=n),
            wet_kg=5_000,
            moisture=Moisture(8000, method),
            dry_units=10_000_000,
            compliant=bool(n),
            why=None if n else Words("含水率超限", "too wet"),
        )
        for n in range(3)
    )
    return replace(
        received("partial"),
        external_number="外" * 40,
        producer=replace(PRODUCER, party=long, batches=tuple(BatchLine(f"B-{n:04d}", 100) for n in range(160))),
        hauler=replace(HAULER, name=long.name, plate="豫G·12345D"),
        receiver=replace(received("partial").receiver, planned=long, actual=long, reason="理" * 400),
        custody=(ISSUED, *many),
        event_n=15,
        fates=fates,
        remarks=("注" * 400, "第二条备注 \U0001f600 after a face", "行一\n行二"),
        flags=("imported", "paper", "late", "disputed", "overload", "overlap", "overdraft", "future"),
    )
