"""Sheets of one .xlsx as records: every cell as the text it shows, so that one reader serves CSV and workbook."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice, repeat
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.exceptions import InvalidFileException

from sludgetrack.ledgerfiles.findings import Finding, Report, ignore
from sludgetrack.ledgerfiles.text import DATE_CELL, fold

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.workbook import Workbook

    from sludgetrack.ledgerfiles.sources import Record

BROKEN = (BadZipFile, InvalidFileException, ParseError, zlib.error, EOFError, KeyError, OSError, ValueError)
"""What openpyxl raises for a damaged, encrypted or foreign file."""

_CHUNK = 1 << 20
_OVERLAP = 64
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([^"]{1,24})"')
_NOT_SHOWN = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_ZEROS = re.compile(r"0+")
_EXACT_DIGITS = 10**15
"""A spreadsheet keeps 15 digits of a number; what is longer has lost some."""


@dataclass(frozen=True, slots=True)
class SheetSource:
    """One sheet of an open workbook. ``formulas`` is the same workbook with formulas, where the sheet has any."""

    label: str
    title: str
    values: Workbook
    formulas: Workbook | None
    merged: str | None

    def records(self, report: Report) -> Iterator[Record]:
        """Rows by their number; merged cells, and what cannot be read, are reported and end the reading."""
        if self.merged is not None:
            report(Finding(self.label, 1, "", "merged_cells", {"range": self.merged}))
            return
        rows = enumerate(zip(_rows(self.values, self.title), self._formula_rows(), strict=False), 1)
        line = 0
        while True:
            try:
                line, (cells, formulas) = next(rows, (0, ((), None)))
            except BROKEN as error:
                report(Finding(self.label, line + 1, "", "unreadable_file", {"problem": str(error)}))
                return
            if not line:
                return
            yield line, _texts(cells, formulas)

    def _formula_rows(self) -> Iterator[Any]:
        return repeat(None) if self.formulas is None else _rows(self.formulas, self.title)

    def is_blank(self) -> bool:
        """Whether the first rows hold nothing, as in the spare sheets of a new workbook."""
        head = islice(self.records(ignore), 100)
        return self.merged is None and not any(fold(cell) for _, cells in head for cell in cells)


def _rows(book: Workbook, title: str) -> Iterator[tuple[Any, ...]]:
    sheet = book[title]
    sheet.reset_dimensions()
    return iter(sheet.iter_rows())


@contextmanager
def open_workbook(path: Path) -> Iterator[list[SheetSource]]:
    """The sheets of a workbook, readable until the block ends. Raises one of ``BROKEN`` for what is none."""
    with ExitStack() as stack:
        reader = ExcelReader(path, read_only=True, data_only=True)
        stack.callback(reader.archive.close)
        reader.read()
        targets = {sheet.name: str(relation.target) for sheet, relation in reader.parser.find_sheets()}
        with ZipFile(path) as archive:
            parts = {title: _scan(archive, target) for title, target in targets.items()}
        formulas = _with_formulas(path, stack) if any(has for has, _ in parts.values()) else None
        yield [
            SheetSource(
                f"{path.name}!{title}", title, reader.wb, formulas if parts[title][0] else None, parts[title][1]
            )
            for title in reader.wb.sheetnames
            if title in parts and not hasattr(reader.wb[title], "charts")
        ]


def _with_formulas(path: Path, stack: ExitStack) -> Workbook:
    reader = ExcelReader(path, read_only=True, data_only=False)
    stack.callback(reader.archive.close)
    reader.read()
    return reader.wb


def _scan(archive: ZipFile, part: str) -> tuple[bool, str | None]:
    """Whether a sheet has formulas, and its first merged range. Reads by chunks."""
    formulas, merged, tail = False, None, b""
    with archive.open(part.removeprefix("/")) as stream:
        while chunk := stream.read(_CHUNK):
            window = tail + chunk
            formulas = formulas or _FORMULA.search(window) is not None
            if merged is None and (found := _MERGED.search(window)):
                merged = found[1].decode("ascii", "replace")
            tail = window[-_OVERLAP:]
    return formulas, merged


def _texts(cells: tuple[Any, ...], formulas: tuple[Any, ...] | None) -> list[str]:
    texts = [cell_text(cell) for cell in cells]
    for position, formula in enumerate(formulas or ()):
        # A result that was never computed has neither value nor type; an empty text has the type of texts.
        if formula.data_type == "f" and cells[position].value is None and cells[position].data_type == "n":
            texts[position] = "=…"
    return texts


def cell_text(cell: Any) -> str:
    """What a cell shows: percent with its sign, dates as ISO text behind ``DATE_CELL``, numbers to 15 digits."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number_text(value, cell.number_format or "General")
    return DATE_CELL + _time_text(value, cell.number_format or "")


def _number_text(value: float, number_format: str) -> str:
    # 26.06 - 12 is stored as 14.059999999999999; to 15 digits, as shown at most, it is 14.06.
    is_exact = isinstance(value, int) and abs(value) < _EXACT_DIGITS
    text = str(value) if is_exact else _plain(format(value, ".15g"))
    if "%" in _NOT_SHOWN.sub("", number_format) and "e" not in text:
        return f"{_plain(format((Decimal(text) * 100).normalize(), 'f'))}%"
    return text.zfill(len(number_format)) if _ZEROS.fullmatch(number_format) else text


def _plain(text: str) -> str:
    """Small numbers without exponent; those that lost digits keep it, so that they are refused."""
    return format(Decimal(text), "f") if "e-" in text else text


def _time_text(value: object, number_format: str) -> str:
    if isinstance(value, datetime):
        if "h" not in _NOT_SHOWN.sub("", number_format).lower():
            return value.date().isoformat()
        # Serial numbers are fractions of a day: 06:34 comes as 06:33:59.999999.
        return (value + timedelta(milliseconds=500)).replace(microsecond=0).isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)
