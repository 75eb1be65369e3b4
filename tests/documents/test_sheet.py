from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from sludgetrack.documents import blank, disposal, sheet
from sludgetrack.documents.content import Handoff, Hauler, Party, Producer, Receiver, SheetContent, Weighing, Words
from tests.documents import contents, papers, pdf
from tests.documents.contents import EVENTS, LOADED, PRODUCER

SHEETS = {event: contents.sheet(event) for event in EVENTS} | {
    "partial": contents.received("partial"),
    "refused": contents.received("refused"),
}
ALL_KINDS: dict[str, Callable[[], bytes]] = {
    **{name: lambda content=content: sheet.render(content) for name, content in SHEETS.items()},  # type: ignore[misc]
    "crowded": lambda: sheet.render(contents.crowded()),
    "disposal": lambda: disposal.render(papers.disposal()),
    "blank": lambda: blank.render([papers.blank()]),
}


def bare() -> SheetContent:
    """All that is known of a load when nothing is."""
    return SheetContent(
        number=contents.NUMBER,
        external_number=None,
        address=contents.ADDRESS,
        public_code=contents.CODE,
        event="issued",
        event_n=1,
        ordinal=1,
        sheets=1,
        zone=contents.ZONE,
        producer=Producer(Party("甲厂")),
        hauler=Hauler("乙运"),
        receiver=Receiver(Party("丙场")),
        evidence=contents.evidence(first=True),
        custody=(Handoff(1, "issued", contents.START),),
    )


def copied(content: SheetContent) -> str:
    return pdf.text(sheet.render(content))


def beside(label: str, text: str) -> str:
    """What stands beside a label, up to the next column."""
    found = re.search(rf"{re.escape(label)}\s+(\S.*?)(?:\s{{2,}}|$)", text, re.MULTILINE)
    assert found, f"{label} is not on the sheet"
    return found[1]


@pytest.mark.parametrize("name", SHEETS)
def test_an_everyday_sheet_is_one_page(name: str) -> None:
    (page,) = pdf.pages(sheet.render(SHEETS[name]))

    assert "第 1 页 共 1 页" in page


@pytest.mark.parametrize("name", ALL_KINDS)
def test_rendering_twice_gives_the_same_bytes(name: str) -> None:
    assert ALL_KINDS[name]() == ALL_KINDS[name]()


def test_threads_do_not_disturb_each_other() -> None:
    wanted = [render() for render in ALL_KINDS.values()]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda render: render(), ALL_KINDS.values()))

    assert found == wanted


DIGESTS = """
import hashlib
from tests.documents.test_sheet import ALL_KINDS
print(*(hashlib.sha256(render()).hexdigest() for render in ALL_KINDS.values()))
"""


@pytest.mark.parametrize("surroundings", [{"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "SOURCE_DATE_EPOCH": "1"}])
def test_another_process_in_other_surroundings_gives_the_same_bytes(surroundings: dict[str, str]) -> None:
    environment = {**os.environ, "TZ": "America/New_York", **surroundings}
    there = subprocess.run([sys.executable, "-c", DIGESTS], env=environment, capture_output=True, check=True, text=True)

    here = [hashlib.sha256(render()).hexdigest() for render in ALL_KINDS.values()]
    assert there.stdout.split() == here


@pytest.mark.parametrize("name", ALL_KINDS)
def test_every_font_is_embedded_and_searchable(name: str) -> None:
    rows = pdf.fonts(ALL_KINDS[name]())

    assert {row[0].partition("+")[2].rstrip("0123456789") for row in rows} == {"NotoSansSC-Regular", "NotoSansSC-Bold"}
    assert {tuple(row[-5:-2]) for row in rows} == {("yes", "yes", "yes")}


@pytest.mark.parametrize("dpi", [100, 200])
@pytest.mark.parametrize("name", ["issued", "crowded", "blank", "disposal"])
def test_the_code_decodes_and_is_at_least_25_mm_wide(name: str, dpi: int) -> None:
    (code,) = pdf.codes(ALL_KINDS[name](), dpi)

    path = "D/CZ-2025-0202-01/8RWN4T" if name == "disposal" else f"M/{contents.NUMBER}/{contents.CODE}"
    assert code.text == f"HTTPS://LUDAN.XINXIANG.EXAMPLE.CN/{path}"
    assert 27 <= code.width_mm <= 29


def test_properties_name_the_manifest_and_the_day_it_was_recorded() -> None:
    info = pdf.info(sheet.render(contents.loaded()))

    assert info["Title"] == contents.NUMBER
    assert info["Subject"] == "污泥转移联单 交接单 2/2·装运"
    assert info["Author"] == contents.PLANT.name
    assert info["CreationDate"].startswith("2025-02-01T06:35:00")
    assert contents.evidence("loaded").event_sha256 in info["Keywords"]
    assert info["Page size"].endswith("(A4)")


@pytest.mark.parametrize("event", EVENTS)
def test_a_sheet_says_which_event_it_records(event: str) -> None:
    content = contents.sheet(event)
    text = copied(content)

    assert f"交接单 {content.ordinal}/{content.sheets}" in text
    assert "2025 4107 2100 1000 012-9" in text
    for detail in content.details:
        assert detail.label.zh in text


def test_the_sheet_carries_its_evidence() -> None:
    content = contents.loaded()
    text = copied(content)

    proof = content.evidence
    for digest in (proof.event_id, proof.event_sha256, proof.entry_hash, proof.log_root, proof.previous_sheet):
        assert digest
        assert digest in text
    assert "第 12345 条，日志共 12346 条" in text
    assert "2025-02-01 14:35:00 UTC+08:00 Asia/Shanghai" in text
    assert "sheet-1" in text
    assert "时间均为 Asia/Shanghai 法定时间（UTC+08:00）" in " ".join(text.split())


def test_the_first_sheet_says_that_none_was_before() -> None:
    assert "— 首张" in copied(contents.issued())


def test_names_with_rare_characters_are_copied_as_printed() -> None:
    text = copied(contents.transferred())

    assert "驾驶员 王㵐" in text
    assert "张𬭎" in text


def test_an_emoji_is_printed_as_its_code_point() -> None:
    text = copied(contents.sheet("loaded", remarks=("好\U0001f600",)))

    assert "好[U+1F600]" in text


LABELS = [
    "信用代码 Credit code",
    "排污许可 Permit",
    "地址 Address",
    "经办人 Clerk",
    "批次 Batches",
    "污泥种类 Kind",
    "含水率 Moisture",
    "检测报告 Lab report",
    "合同号 Contract",
    "道路许可 Licence",
    "车牌号 Plate",
    "核定载重 Rated load",
    "驾驶员 Driver",
    "从业资格 Certificate",
    "铅封号 Seal",
    "计划数量 Planned",
    "计划时长 Trip time",
    "计划方式 Route",
    "实际去向 Actual site",
    "许可批复 Permit",
    "到厂时间 Arrived",
    "铅封完好 Seal intact",
    "处理意见 Decision",
    "接收数量 Accepted",
    "拒收部分 Refused",
    "签收人 Received by",
    "处置单位 Site",
    "处置方式 Route",
    "处置日期 Date",
    "处置数量 Wet mass",
    "干固体 Dry solids",
    "合规判定 Compliance",
    "处置凭证 Evidence",
    "确认人 Confirmed by",
    "认定机关 Decided by",
    "外部联单号 External no.",
    "备注 Remark",
    "地点 Place",
    "办理 By",
]


def test_what_is_not_known_is_a_dash() -> None:
    text = copied(bare())

    assert {label: beside(label, text) for label in LABELS} == dict.fromkeys(LABELS, "—")


def test_weighings_are_printed_with_their_differences() -> None:
    rows = {row.split()[0]: row.split() for row in copied(contents.received()).splitlines() if row.split()}

    assert rows["出厂"][2:8] == ["29.860", "13.400", "16.460", "80.13", "3.271", "16.353"]
    assert rows["进厂"][2:8] == ["29.800", "13.400", "16.400", "80.45", "3.206", "16.031"]
    difference = rows["差"][rows["差"].index("out") + 1 :]
    assert difference[:6] == ["—", "—", "−0.060", "+0.32", "−0.064", "−0.322"]


def test_what_came_back_is_compared_with_what_was_refused() -> None:
    text = copied(contents.returned())

    (row,) = [row.split() for row in text.splitlines() if "back − refused" in row]
    assert row[5:11] == ["—", "—", "−0.040", "0.00", "−0.008", "−0.039"]


def test_a_load_that_was_never_weighed_in_comes_back_against_what_left() -> None:
    content = contents.sheet("returned", weighed_in=None, returned=Weighing(net_kg=16_400))

    (row,) = [row.split() for row in copied(content).splitlines() if "back − refused" in row]
    assert row[7] == "−0.060"


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"decision": "accepted", "refused_kg": 0}, "无 Nothing refused"),
        ({"decision": "partial", "refused_kg": 3_120, "reason": "太湿"}, "拒收 3.120 t Refused：太湿"),
        ({"decision": "refused", "refused_kg": 16_400, "reason": "太湿"}, "全部拒收 16.400 t All refused：太湿"),
        ({"decision": "refused", "refused_kg": None, "reason": "异味"}, "全部拒收，未过磅 All refused, not weighed"),
        ({"decision": "partial", "refused_kg": 3_120, "reason": None}, "拒收 3.120 t Refused：原因未述"),
        ({"decision": None, "refused_kg": None}, "—"),
    ],
)
def test_a_refused_part_is_stated_in_words(changes: dict[str, Any], wanted: str) -> None:
    content = contents.received()
    text = copied(replace(content, receiver=replace(content.receiver, **changes)))

    assert beside("拒收部分 Refused", text).startswith(wanted)


def test_a_correction_shows_old_and_new() -> None:
    assert "进厂含水率 moisture in：80.45 % → 80.54 %" in copied(contents.corrected())


def test_flags_are_named() -> None:
    text = copied(contents.sheet("loaded", flags=("disputed", "paper")))

    assert "有争议 Disputed" in text
    assert "纸质补录 From paper" in text


def test_a_handoff_nobody_confirmed_says_why() -> None:
    assert "无确认 None·服务区无信号，纸面签字" in copied(contents.transferred())


def test_an_estimated_moisture_is_marked() -> None:
    text = copied(contents.issued())

    assert beside("含水率 Moisture", text) == "80.00 %·估计 estimated"


def test_many_custody_rows_go_on_to_numbered_pages_under_the_same_head() -> None:
    rows = tuple(replace(LOADED, n=n, event="transferred") for n in range(1, 101))
    pages = pdf.pages(sheet.render(contents.sheet("transferred", custody=rows, event_n=100)))

    assert len(pages) == 3
    for n, page in enumerate(pages, start=1):
        assert f"第 {n} 页 共 3 页" in page
        assert f"Page {n} of 3" in page
        assert "2025 4107 2100 1000 012-9" in page
        assert "交接记录" in page
    found = re.findall(r"^\s*(\d+)\s+转交 Transferred", "".join(pages), re.MULTILINE)
    assert found == [str(n) for n in range(1, 101)]


def test_nothing_is_lost_however_long_the_texts_are() -> None:
    content = contents.crowded()
    text = pdf.solid(pdf.text(sheet.render(content), layout=False))

    assert text.count("理" * 20) >= 1
    assert text.count("外") == 40 * len(pdf.pages(sheet.render(content))) + text.count("外部联单号")
    assert text.count("注") >= 400
    assert all(f"{line.batch}0.100t" in text for line in content.producer.batches)
    assert content.receiver.planned.name in text


def test_a_load_of_many_batches_lists_them_apart() -> None:
    lines = tuple(replace(PRODUCER.batches[0], batch=f"B{n}") for n in range(6))
    text = copied(contents.sheet("loaded", producer=replace(PRODUCER, batches=lines)))

    assert "共 6 批，见批次明细" in text
    assert all(line.batch in text for line in lines)


def test_a_load_disposed_of_in_several_lists_every_disposal() -> None:
    (fate,) = contents.corrected().fates
    text = copied(contents.sheet("corrected", fates=(fate, replace(fate, compliant=False, why=Words("太湿")))))

    assert "共 2 次，见处置明细" in text
    assert re.findall(r"16\.400\s+80\.54\s+3\.191\s+(\S*合规)", text) == ["合规", "不合规"]
    assert "太湿" in text


def test_300_different_characters_stay_within_100_kb() -> None:
    used = set("".join(pdf.text(sheet.render(contents.received()))))
    chinese = [character for character in used if character >= "\u4e00"]
    fresh = [chr(code) for code in range(0x4E00, 0x9FA5, 61) if chr(code) not in used]
    more = "".join(fresh[: max(0, 300 - len(chinese))])

    content = contents.sheet("received", remarks=(more,))
    document = sheet.render(content)

    assert len({character for character in pdf.text(document) if character >= "\u4e00"}) >= 300
    assert len(document) <= 100_000
