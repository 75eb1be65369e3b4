"""A list as a file, exactly as it is shown: CSV that spreadsheets open with Chinese intact, and XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, abort
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

CSV = "csv"
XLSX = "xlsx"
_XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDEST = 42

Cell = str | int | Decimal | date | None


def download(kind: str, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """The file for an address that ends in ``csv`` or ``xlsx``; any other ending is not there."""
    if kind not in (CSV, XLSX):
        abort(404)
    content = _csv(head, rows) if kind == CSV else _xlsx(name, head, rows)
    answer = Response(content, mimetype="text/csv" if kind == CSV else _XLSX_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.{kind}")
    return answer


def _csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> Cell:
    """Text that a spreadsheet would take for a formula is kept from being one."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_BEGINS_A_FORMULA) else cell


def _xlsx(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title=name[:31])
    kept = [list(row) for row in rows]
    for n, title in enumerate(head, start=1):
        longest = max((_width(row[n - 1]) for row in kept), default=0)
        sheet.column_dimensions[get_column_letter(n)].width = min(_WIDEST, max(longest, _width(title)) + 2)
    sheet.freeze_panes = "A2"
    titles = [WriteOnlyCell(sheet, title) for title in head]
    for cell in titles:
        cell.font = Font(bold=True)
    sheet.append(titles)
    for row in kept:
        sheet.append([_cell(sheet, cell) for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(sheet: Any, value: Cell) -> Any:
    cell: Any = WriteOnlyCell(sheet, value)  # type: ignore[arg-type] # the stubs do not know of Decimal
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _width(value: Cell) -> int:
    """How wide a text stands, a Chinese character taking two places."""
    return sum(2 if ord(char) > 0x2E7F else 1 for char in str(value or ""))
