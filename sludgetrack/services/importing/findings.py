"""What only the import can find wrong: a row against other rows, other files and what is on record."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sludgetrack.ledgerfiles import findings as of_files
from sludgetrack.ledgerfiles.findings import Finding, Translate, as_written


def _(text: str) -> str:
    """Mark a text for the catalogue; it is looked up when the sentence is made."""
    return text


MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "not_imported": _("“%(shown)s”已在系统里，但不是导入的，请改在系统里办理"),
        "name_taken": _("“%(shown)s”已用作别的编号（%(by)s）；批次、料批、联单、处理、处置共用一套编号"),
        "reserved_name": _("“%(shown)s”是系统自用的编号（20 位数字，或以 -undeclared、-opening 结尾）"),
        "not_a_hauler": _("“%(shown)s”不是运输单位"),
        "not_a_facility": _("“%(shown)s”不是设施"),
        "not_a_plant": _("“%(shown)s”不是污水处理厂"),
        "same_facility": _("移出设施与接收设施相同（%(shown)s）"),
        "lies_elsewhere": _("“%(shown)s”不在 %(wanted)s，在 %(elsewhere)s"),
        "not_there_yet": _("“%(shown)s”到 %(since)s 才在 %(wanted)s"),
        "in_the_future": _("“%(shown)s”在今天之后"),
        "stage_closed": _("联单在系统里已是“%(status)s”，不能再补这一步"),
        "report_disagrees": _("第 %(line)s 行同一份报告写的是“%(other)s”；一份报告只有一个检测对象和采样日期"),
        "report_complete": _("报告“%(shown)s”已记录，不能再添检测项目，请另用报告号"),
        "kinds_of_one_organisation": _("同一信用代码 %(shown)s 下不能既是监管部门又是其他单位"),
        "second_hauler": _("同一信用代码 %(shown)s 下已有运输单位 %(other)s"),
        "too_many_facilities": _("行政区划 %(shown)s 的设施超过 999 个"),
        "unknown_clock": _("没有名为“%(shown)s”的时限。可用的时限：%(known)s"),
    }
)
"""The sentences of the import's own codes, in Chinese."""


def sentence(finding: Finding, translate: Translate = as_written) -> str:
    """The finding as one sentence in the translator's language."""
    template = MESSAGES.get(finding.code)
    return of_files.sentence(finding, translate) if template is None else translate(template) % finding.facts


def finding_line(finding: Finding, translate: Translate = as_written) -> str:
    """``file:line:column: code: message``."""
    place = f"{finding.file}:{finding.line}:{finding.column}"
    return f"{place}: {finding.code}: {sentence(finding, translate)}"
