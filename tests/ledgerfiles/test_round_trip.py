from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sludgetrack.ledgerfiles import canonical
from sludgetrack.ledgerfiles.columns import DISPOSALS, LABS, MOVEMENTS, PRODUCTION, STOCKTAKES, TREATMENTS, VEHICLES
from sludgetrack.ledgerfiles.row_rules import as_is, nothing_wrong
from sludgetrack.ledgerfiles.shapes import Column, LedgerFile
from tests.ledgerfiles.making import movement, read_folder
from tests.ledgerfiles.spellings import PADDING, movements, rows, spelled

FILES: tuple[LedgerFile[Any], ...] = (VEHICLES, PRODUCTION, TREATMENTS, DISPOSALS, STOCKTAKES, LABS)
WITHOUT_RULES: list[LedgerFile[Any]] = [replace(file, complete=as_is, check=nothing_wrong) for file in FILES]
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)


def expected(file: LedgerFile[Any], cells: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(cells.get(column.name, "") for column in file.columns)


def written(data: st.DataObject, file: LedgerFile[Any], cells: Mapping[str, str]) -> list[list[str]]:
    """Header and one row in any spelling and order, with blank rows behind."""
    named: list[Column] = [column for column in file.columns if column.name in cells]
    columns = data.draw(st.permutations(named))
    header = [data.draw(st.sampled_from([column.name, *column.zh.split()])) for column in columns]
    row = [data.draw(spelled(column, cells[column.name])) for column in columns]
    blank = [data.draw(PADDING) for _ in columns]
    return [header, row, blank, []]


def read_csv(lines: list[list[str]], file: LedgerFile[Any], encoding: str, newline: str) -> tuple[list[Any], list[Any]]:
    stream = io.StringIO()
    csv.writer(stream, lineterminator=newline).writerows(lines)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{file.name}.csv").write_bytes(stream.getvalue().encode(encoding))
        return read_folder(Path(folder), file)


@pytest.mark.parametrize("file", WITHOUT_RULES, ids=[file.name for file in WITHOUT_RULES])
@unhurried
@given(data=st.data())
def test_any_row_in_any_spelling_reads_as_what_it_means(file: LedgerFile[Any], data: st.DataObject) -> None:
    cells = data.draw(rows(file))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
    newline = data.draw(st.sampled_from(["\n", "\r\n"]))

    read, findings = read_csv(written(data, file, cells), file, encoding, newline)

    assert findings == []
    assert [canonical.values(file, row) for row in read] == [expected(file, cells)]


@unhurried
@given(data=st.data())
def test_any_movement_in_any_spelling_reads_as_what_it_means(data: st.DataObject) -> None:
    cells = data.draw(movements())
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))

    read, findings = read_csv(written(data, MOVEMENTS, cells), MOVEMENTS, encoding, "\r\n")

    assert findings == []
    assert [canonical.values(MOVEMENTS, row) for row in read] == [canonical.values(MOVEMENTS, movement(cells))]
    assert canonical.values(MOVEMENTS, read[0]) == expected(MOVEMENTS, cells)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_movement_of_a_workbook_reads_as_what_it_means(data: st.DataObject) -> None:
    cells = data.draw(movements())
    book = openpyxl.Workbook()
    sheet = book.create_sheet("movements")
    for line in written(data, MOVEMENTS, cells):
        sheet.append(line)
    with tempfile.TemporaryDirectory() as folder:
        book.save(Path(folder) / "book.xlsx")
        read, findings = read_folder(Path(folder), MOVEMENTS)

    assert findings == []
    assert [canonical.values(MOVEMENTS, row) for row in read] == [expected(MOVEMENTS, cells)]
