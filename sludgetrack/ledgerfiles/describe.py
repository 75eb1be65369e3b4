"""The columns of every ledger file as text for people: names, Chinese headings, keys, codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sludgetrack.ledgerfiles.columns import FILES
from sludgetrack.ledgerfiles.shapes import Code, Column, Kind, LedgerFile

if TYPE_CHECKING:
    from collections.abc import Mapping

HOW_WRITTEN: Mapping[Kind, str] = {
    Kind.CODE: "代码 code",
    Kind.PLATE: "车牌 plate",
    Kind.TEXT: "文字 text",
    Kind.DIVISION: "2/4/6 位数字 digits",
    Kind.TONNES: "吨，至多 3 位小数 t, up to 3 decimals",
    Kind.PERCENT: "0–100，至多 2 位小数 percent, up to 2 decimals",
    Kind.INTEGER: "整数 whole number",
    Kind.NUMBER: "数字 number",
    Kind.DATE: "YYYY-MM-DD",
    Kind.TIME: "YYYY-MM-DD HH:MM[:SS]",
    Kind.CHOICE: "代码之一 one of the codes",
    Kind.CHOICES: "代码，用 ; 隔开 codes parted by ;",
    Kind.FLAG: "yes 或空 or blank",
    Kind.SHARES: "B1 或 or B1:12.5;B2:5.1",
    Kind.OUTPUTS: "L1:12.5:38.00;L2:5.1:38.00",
}


def describe() -> str:
    """Every file with its columns, Chinese and English side by side."""
    return "\n\n".join(_file(file) for file in FILES) + "\n"


def _file(file: LedgerFile[Any]) -> str:
    lines = [f"{file.name}  {_listed(file.zh)}  {file.meaning_en}"]
    for column in file.columns:
        lines += _column(column)
    return "\n".join(lines)


def _column(column: Column) -> list[str]:
    mark = "主键 key" if column.key else "必填 required" if column.required else ""
    parts = (column.meaning_zh, column.meaning_en, HOW_WRITTEN[column.kind], mark)
    line = f"  {column.name}  {_listed(column.zh)}  {' · '.join(part for part in parts if part)}"
    return [line, *(f"      {_code(code)}" for code in column.codes)]


def _code(code: Code) -> str:
    return "  ".join(part for part in (code.value, _listed(code.zh), code.en) if part)


def _listed(words: str) -> str:
    return " / ".join(words.split())
