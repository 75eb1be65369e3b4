"""Workbooks of several sheets, written row by row: a year of a large site fits through without filling the memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from flask import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from sludgetrack.web.exports import Cell

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TONNES, COUNT, DAY, PERCENT, TEXT = "#,##0.000", "#,##0", "yyyy-mm-dd", "0.00", "@"
IN_MEMORY = 8 * 1024 * 1024
PART = 64 * 1024
_NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a sheet: its head, how its numbers are written, how wide it stands in characters.

    ``group`` is a second head above it.
    """

    head: str
    kind: str = TEXT
    width: int = 12
    group: str = ""


@dataclass(slots=True)
class Sheet:
    """A sheet being written. Cells are made once for each column, since a row is written as soon as it is added."""

    sheet: Any
    cells: list[Any] = field(default_factory=list)
    rows: int = 0

    def add(self, row: Sequence[Cell]) -> None:
        """Add a row: texts stay texts whatever they begin with, numbers are numbers."""
        written: list[Any] = []
        for cell, value in zip(self.cells, row, strict=True):
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
            written.append(cell)
        self.sheet.append(written)
        self.rows += 1


class Book:
    """A workbook being written, sheet after sheet or several at once."""

    def __init__(self) -> None:
        self._book = Workbook(write_only=True)
        self._sheets: dict[str, Sheet] = {}

    def sheet(self, title: str, fields: Sequence[Field], *, above: Iterable[str] = ()) -> Sheet:
        """The sheet of this title, made with its heads when it is first asked for; ``above``: lines over them."""
        if title not in self._sheets:
            self._sheets[title] = self._make(title, fields, list(above))
        return self._sheets[title]

    def content(self) -> IO[bytes]:
        """The finished file, at its beginning."""
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
        self._book.save(file)
        file.seek(0)
        return file

    def _make(self, title: str, fields: Sequence[Field], above: Sequence[str]) -> Sheet:
        made = self._book.create_sheet(title=title.translate(_NOT_IN_TITLES)[:31])
        for n, one in enumerate(fields, start=1):
            made.column_dimensions[get_column_letter(n)].width = one.width
        grouped = any(one.group for one in fields)
        made.freeze_panes = f"B{len(above) + grouped + 2}"
        made.page_setup.orientation, made.page_setup.paperSize = "landscape", 9
        made.page_setup.fitToHeight, made.sheet_properties.pageSetUpPr = 0, PageSetupProperties(fitToPage=True)
        made.print_title_rows = f"1:{len(above) + grouped + 1}"
        for line in above:
            made.append([_bold(made, line)])
        if grouped:
            made.append([_bold(made, text) for text in _once([one.group for one in fields])])
        made.append([_bold(made, one.head) for one in fields])
        return Sheet(made, [_cell(made, one.kind) for one in fields])


def answer(content: IO[bytes], name: str) -> Response:
    """The file as a download, sent in parts."""
    response = Response(_parts(content), mimetype=XLSX_TYPE)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.xlsx")
    return response


def _parts(content: IO[bytes]) -> Iterator[bytes]:
    with content:
        while part := content.read(PART):
            yield part


def _once(texts: Sequence[str]) -> list[str]:
    """Each text where it begins, empty where it goes on."""
    return [text if n == 0 or texts[n - 1] != text else "" for n, text in enumerate(texts)]


def _bold(sheet: Any, text: str) -> Any:
    cell: Any = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(vertical="top")
    cell.data_type = "s"
    return cell


def _cell(sheet: Any, kind: str) -> Any:
    cell: Any = WriteOnlyCell(sheet)
    cell.number_format = kind
    return cell
