"""What is wrong with a ledger file: where, a stable code, and the sentence for people.

A sentence is a Chinese template with named facts; its English is looked up in the catalogue by that template.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


def _(text: str) -> str:
    """Mark a text for the catalogue; it is looked up when the sentence is made."""
    return text


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem. ``line`` counts from 1; ``column`` is the column's name, empty where it is none in particular."""

    file: str
    line: int
    column: str
    code: str
    facts: Mapping[str, str] = field(default_factory=dict)


Report = Callable[[Finding], None]
"""Where findings go as they are met: ``list.append``, or whatever keeps them elsewhere."""


def ignore(_finding: Finding) -> None:
    """A report to nobody: for a look ahead at what is reported when it is read."""


Translate = Callable[[str], str]

MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        # the folder and its files
        "not_a_folder": _("%(name)s 不是文件夹，请给出存放台账文件的文件夹"),
        "no_files": _("没有台账文件。可用的名称：%(known)s"),
        "both_kinds": _("文件夹里既有 CSV 又有 %(workbook)s，请只留一种"),
        "several_workbooks": _("文件夹里有多个工作簿（%(workbooks)s），请只留一个"),
        "unknown_file": _("不认识的台账名称“%(name)s”。可用的名称：%(known)s"),
        "duplicate_file": _("与 %(other)s 是同一种台账（%(name)s），请合为一份"),
        "unsupported_format": _("不支持 %(suffix)s 格式，请另存为 CSV 或 .xlsx"),
        "unreadable_file": _("文件打不开或已损坏：%(problem)s"),
        "encoding": _("编码既不是 UTF-8 也不是 GB18030，请另存为其中之一"),
        "broken_quotes": _("引号不成对或单元格过长，此行起无法读取：%(problem)s"),
        "delimiter": _("分隔符应为英文逗号，请另存为逗号分隔的 CSV"),
        "merged_cells": _("有合并单元格（%(range)s），看不出各行的值，请取消合并并逐行填写"),
        # the header
        "no_header": _("没有表头。应有的列：%(columns)s"),
        "unknown_column": _("没有名为“%(shown)s”的列。可用的列：%(columns)s"),
        "duplicate_column": _("“%(shown)s”与“%(other)s”是同一列，请只留一列"),
        "missing_column": _("缺少必填的列 %(name)s"),
        "cell_without_header": _("“%(shown)s”上方没有列名"),
        # cells
        "missing_value": _("必填，不能为空"),
        "formula": _("“%(shown)s”是没有结果的公式，请粘贴为数值"),
        "excel_error": _("“%(shown)s”是表格软件的错误值，请填写实际的值"),
        "control_character": _("“%(shown)s”中有换行或不可见的控制字符"),
        "too_long": _("长 %(length)s 个字符，最多 %(most)s 个"),
        "reserved_character": _("“%(shown)s”含有“%(character)s”，它在清单里用作分隔，请改用其他字符"),
        "date_cell": _("表格软件把它改成了日期“%(shown)s”，请将单元格设为文本后重填"),
        "rounded_number": _("“%(shown)s”是科学计数，后面的数字可能已丢失，请将单元格设为文本后重填"),
        "not_a_number": _("“%(shown)s”不是数字，应如 %(wanted)s"),
        "ambiguous_number": _("“%(shown)s”中的逗号或空格是千分位还是小数点看不出来，应如 %(wanted)s"),
        "wrong_unit": _("“%(shown)s”的单位不是吨，请换算成吨，如 %(wanted)s"),
        "negative": _("“%(shown)s”是负数，应为 0 或正数"),
        "too_many_decimals": _("“%(shown)s”的小数位太多，最多 %(most)s 位"),
        "out_of_range": _("“%(shown)s”超出范围，应在 %(least)s 到 %(most)s 之间"),
        "not_a_date": _("“%(shown)s”不是日期，应如 2025-01-31"),
        "not_a_time": _("“%(shown)s”不是时间，应如 2025-01-31 14:05"),
        "ambiguous_date": _("“%(shown)s”看不出年、月、日的次序，应如 2025-01-31"),
        "bare_serial": _("“%(shown)s”是表格软件的日期序号，请将单元格设为日期格式，或写成 2025-01-31"),
        "time_missing": _("“%(shown)s”只有日期没有时刻，应如 2025-01-31 14:05"),
        "time_unwanted": _("“%(shown)s”带有时刻，这一列只要日期，应如 2025-01-31"),
        "unknown_code": _("没有代码“%(shown)s”。可用的代码：%(known)s"),
        "not_a_division": _("“%(shown)s”不是行政区划代码，应为 2、4 或 6 位数字"),
        "not_a_list": _("“%(shown)s”写法不对，应如 %(wanted)s"),
        "listed_twice": _("“%(shown)s”列了两次"),
        "share_without_mass": _("列出多个批次时每个都要写吨数，应如 B1:12.5;B2:5.1"),
        "shares_without_mass": _("所列批次的吨数合计为 0"),
        # within a row
        "division_of_facility": _("设施的行政区划应为 6 位数字，用于编制联单号"),
        "route_missing": _("规则 %(rule)s 须指明处置方式"),
        "rule_of_routes": _("带处置方式的规则只有：%(known)s"),
        "net_mismatch": _("净重 %(net)s 不等于毛重 − 皮重 = %(difference)s"),
        "gross_or_tare_missing": _("毛重和皮重须都填或都不填"),
        "gross_below_tare": _("毛重 %(gross)s 小于皮重 %(tare)s"),
        "net_missing": _("缺净重"),
        "net_zero": _("装运净重须大于 0"),
        "time_of_stage_missing": _("填了这一步的其他栏，却没有时间"),
        "plate_missing": _("已装运的联单须有车牌号"),
        "receipt_without_load": _("有接收而没有装运"),
        "decision_missing": _("有接收记录而没有处理意见（接收、部分接收、拒收）"),
        "accepted_missing": _("部分接收须填接收数量"),
        "accepted_above_net": _("接收数量 %(accepted)s 大于进厂净重 %(net)s"),
        "accepted_not_net": _("全部接收时接收数量 %(accepted)s 应等于进厂净重 %(net)s"),
        "partial_not_partial": _("部分接收时接收数量须大于 0 且小于进厂净重，现为 %(accepted)s / %(net)s"),
        "refused_but_accepted": _("拒收而接收数量为 %(accepted)s"),
        "receipt_before_load": _("接收时间 %(later)s 早于装运时间 %(earlier)s"),
        "return_without_load": _("有退运而没有装运"),
        "return_without_refusal": _("全部接收后没有可退运的"),
        "returned_missing": _("退运须填退回数量"),
        "returned_above_refused": _("退回数量 %(returned)s 大于未接收的 %(refused)s"),
        "return_before_load": _("退运时间 %(later)s 早于装运时间 %(earlier)s"),
        "return_before_receipt": _("退运时间 %(later)s 早于接收时间 %(earlier)s"),
        "void_after_load": _("已装运的联单不能作废"),
        "output_of_own_name": _("产出料批“%(shown)s”与处理编号相同，请另编号"),
        "unknown_unit": _("“%(shown)s”不能换算成限值的单位。可用的单位：%(known)s"),
        # against other rows and what is already recorded
        "duplicate_key": _("%(key)s 已在第 %(line)s 行，内容不同"),
        "unknown_reference": _("“%(shown)s”在台账和系统里都不存在"),
        "changed": _("已记录为“%(old)s”，不能改为“%(new)s”，请用更正"),
    }
)
"""The sentence of every code, in Chinese. The facts are the named fields."""

_SHOWN_AT_MOST = 60


def shown(text: str) -> str:
    """A cell's text as a fact: on one line, cut where it is long."""
    flat = "".join(c if c.isprintable() else "�" for c in text.strip())
    return flat if len(flat) <= _SHOWN_AT_MOST else flat[: _SHOWN_AT_MOST - 1] + "…"


def as_written(text: str) -> str:
    """The text itself: a translator that leaves Chinese as it is."""
    return text


def sentence(finding: Finding, translate: Translate = as_written) -> str:
    """The finding as one sentence in the translator's language."""
    return translate(MESSAGES[finding.code]) % finding.facts


def finding_line(finding: Finding, translate: Translate = as_written) -> str:
    """``file:line:column: code: message``."""
    place = f"{finding.file}:{finding.line}:{finding.column}"
    return f"{place}: {finding.code}: {sentence(finding, translate)}"
