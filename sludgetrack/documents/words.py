"""The words of documents in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from sludgetrack.documents.content import Revised, Words
from sludgetrack.domain.events import KINDS

DASH = "—"
"""What is not known, or not yet."""

EVENTS: Mapping[str, Words] = {
    **{str(kind.type): Words(kind.zh, kind.en.capitalize()) for kind in KINDS.values()},
    "correction_proposed": Words("提出更正", "Proposed"),
    "correction_approved": Words("同意更正", "Agreed"),
    "correction_refused": Words("拒绝更正", "Refused"),
    "correction_withdrawn": Words("撤回更正", "Withdrawn"),
}

DECISIONS: Mapping[str, Words] = {
    "accepted": Words("接收", "Accepted"),
    "partial": Words("部分接收", "Partly accepted"),
    "refused": Words("拒收", "Refused"),
}

METHODS: Mapping[str, Words] = {
    "scanned": Words("扫码", "Scanned"),
    "typed": Words("输入数字", "Typed"),
    "none": Words("无确认", "None"),
}

FLAGS: Mapping[str, Words] = {
    "imported": Words("历史导入", "Imported"),
    "paper": Words("纸质补录", "From paper"),
    "late": Words("迟到上传", "Late"),
    "disputed": Words("有争议", "Disputed"),
    "contradicts": Words("与已有记录矛盾", "Contradicts"),
    "estimated": Words("含水率为估计", "Estimated"),
    "overload": Words("超载", "Overload"),
    "overlap": Words("车次重叠", "Overlapping trip"),
    "overdraft": Words("透支库存", "Overdraft"),
    "future": Words("时间超前", "Time ahead"),
    "before_departure": Words("早于启运", "Before departure"),
    "route_not_permitted": Words("方式不在许可内", "Route not permitted"),
    "implausible_yield": Words("产出率异常", "Implausible yield"),
    "noncompliant": Words("不合规", "Non-compliant"),
}

YES = Words("是", "Yes")
NO = Words("否", "No")
COMPLIANT = Words("合规", "Compliant")
PASSED = Words("通过", "Passed")
FAILED = Words("未通过", "Failed")
NOT_COMPLIANT = Words("不合规", "Non-compliant")
ESTIMATED = Words("估计", "estimated")


def of(table: Mapping[str, Words], key: str) -> Words:
    """The words for a key; a key without words is printed as it is."""
    return table.get(key, Words(key))


def edition(revised: Revised) -> Words:
    """What a correction's sheet is called: ``更正·装运 第 2 版``."""
    event = of(EVENTS, revised.event)
    return Words(
        f"更正·{event.zh} 第 {revised.edition} 版", f"Corrected: {event.en.lower()}, edition {revised.edition}"
    )
