from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from sludgetrack.ledgerfiles.columns import MOVEMENTS, PRODUCTION
from sludgetrack.ledgerfiles.findings import Finding
from sludgetrack.ledgerfiles.rows import Production
from tests.ledgerfiles.making import PARTLY, RETURNED, VOIDED, as_csv, codes, read_folder

HEADER = ["batch", "plant", "date", "wet_t", "moisture_pct", "treated_m3"]
DAY = datetime(2025, 1, 5)  # noqa: DTZ001  spreadsheets know no zone


def sheet_of(book: openpyxl.Workbook, title: str, *rows: list[Any]) -> Worksheet:
    sheet: Worksheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    return sheet


def read_production(
    folder: Path, *rows: list[Any], formats: dict[str, str] | None = None
) -> tuple[list[Production], list[Finding]]:
    book = openpyxl.Workbook()
    sheet = sheet_of(book, "production", HEADER, *rows)
    for place, number_format in (formats or {}).items():
        sheet[place].number_format = number_format
    book.save(folder / "book.xlsx")
    return read_folder(folder, PRODUCTION)


def test_a_workbook_reads_like_csv(tmp_path: Path) -> None:
    folders = [tmp_path / "csv", tmp_path / "xlsx"]
    for folder in folders:
        folder.mkdir()
    cells = (PARTLY, RETURNED | {"manifest": "M2"}, VOIDED | {"manifest": "M3"})
    (folders[0] / "movements.csv").write_text(as_csv(*cells), encoding="utf-8")
    book = openpyxl.Workbook()
    names = list(RETURNED | VOIDED)
    sheet_of(book, "联单", names, *([row.get(name) for name in names] for row in cells))
    book.save(folders[1] / "book.xlsx")

    assert read_folder(folders[0], MOVEMENTS) == read_folder(folders[1], MOVEMENTS)


def test_numbers_and_dates_are_read_as_shown(tmp_path: Path) -> None:
    rows, findings = read_production(tmp_path, [20250105, "P01", DAY, 28.141, 79.57, 75327.0])

    assert findings == []
    assert rows == [(2, "20250105", "P01", date(2025, 1, 5), 28141, 7957, "plant_sludge", 75327, None)]


@pytest.mark.parametrize("day", [DAY, DAY.date(), "2025/1/5", "2025年1月5日"])
def test_a_day_in_any_cell(tmp_path: Path, day: object) -> None:
    rows, findings = read_production(tmp_path, ["B1", "P01", day, 1])

    assert findings == []
    assert rows[0].day == date(2025, 1, 5)


def test_a_serial_number_formatted_as_a_date_is_one(tmp_path: Path) -> None:
    rows, findings = read_production(tmp_path, ["B1", "P01", 45662, 1], formats={"C2": "yyyy-mm-dd"})

    assert findings == []
    assert rows[0].day == date(2025, 1, 5)


def test_a_bare_serial_number_is_refused(tmp_path: Path) -> None:
    assert codes(read_production(tmp_path, ["B1", "P01", 45662, 1])[1]) == [("date", "bare_serial")]


def test_a_day_shown_without_its_time_is_a_day(tmp_path: Path) -> None:
    at_noon = DAY + timedelta(hours=12)
    shown_as_day = read_production(tmp_path, ["B1", "P01", at_noon, 1], formats={"C2": "[$-zh-CN]yyyy/m/d"})
    shown_with_time = read_production(tmp_path, ["B1", "P01", at_noon, 1], formats={"C2": "yyyy-mm-dd hh:mm"})

    assert shown_as_day[0][0].day == date(2025, 1, 5)
    assert codes(shown_with_time[1]) == [("date", "time_unwanted")]


@pytest.mark.parametrize(
    ("shown", "number_format", "basis_points"),
    [
        (0.8, "0%", 8000),
        (0.8013, "0.00%", 8013),
        (80.13, "General", 8013),
        (80, "0.00", 8000),
        (0.07, "0%", 700),
        (1, "0%", 10000),
    ],
)
def test_moisture_in_percent_cells(tmp_path: Path, shown: float, number_format: str, basis_points: int) -> None:
    rows, findings = read_production(tmp_path, ["B1", "P01", DAY, 1, shown], formats={"E2": number_format})

    assert findings == []
    assert rows[0].moisture_bp == basis_points


@pytest.mark.parametrize(
    ("cell", "kilograms"), [(26.06 - 12, 14060), (0.1 + 0.2, 300), (16.46, 16460), (1e-3, 1), (1234567.891, 1234567891)]
)
def test_the_noise_of_binary_fractions_is_no_digit(tmp_path: Path, cell: float, kilograms: int) -> None:
    rows, findings = read_production(tmp_path, ["B1", "P01", DAY, cell])

    assert findings == []
    assert rows[0].wet_kg == kilograms


@pytest.mark.parametrize(
    ("cell", "refused_as"),
    [
        (16.4601, "too_many_decimals"),
        (-1.5, "negative"),
        (1e-5, "too_many_decimals"),
        (1e20, "rounded_number"),
        ("#N/A", "excel_error"),
        (DAY, "not_a_number"),
        (True, "not_a_number"),
    ],
)
def test_wrong_masses_are_refused(tmp_path: Path, cell: object, refused_as: str) -> None:
    assert codes(read_production(tmp_path, ["B1", "P01", DAY, cell])[1]) == [("wet_t", refused_as)]


@pytest.mark.parametrize(
    ("cell", "refused_as"),
    [
        (DAY, "date_cell"),
        (4.10702210010001e19, "rounded_number"),
        (10**15, "rounded_number"),
        ("#REF!", "excel_error"),
        (time(3, 1), "date_cell"),
    ],
)
def test_what_a_spreadsheet_made_of_an_id_is_refused(tmp_path: Path, cell: object, refused_as: str) -> None:
    assert codes(read_production(tmp_path, [cell, "P01", DAY, 1])[1]) == [("batch", refused_as)]


def test_zeros_shown_before_a_number_belong_to_the_id(tmp_path: Path) -> None:
    rows, _ = read_production(tmp_path, [12, "P01", DAY, 1], [123456789012345, "P01", DAY, 1], formats={"A2": "0000"})

    assert [row.batch for row in rows] == ["0012", "123456789012345"]


def test_times_are_rounded_to_the_second_they_show(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    loaded = DAY + timedelta(hours=6, minutes=34)
    cells = {
        "manifest": "M1",
        "from": "P01",
        "hauler": "H1",
        "to": "S",
        "route": "I1",
        "issued_at": 45662 + 6.5666666666 / 24,
    }
    sheet = sheet_of(book, "movements", list(cells), list(cells.values()))
    sheet["F2"].number_format = "yyyy-mm-dd hh:mm"
    book.save(tmp_path / "book.xlsx")

    rows, findings = read_folder(tmp_path, MOVEMENTS)

    assert findings == []
    assert rows[0].issued_at == loaded


def test_midnight_shown_without_a_time_is_no_time(tmp_path: Path) -> None:
    for number_format, expected in (("yyyy-mm-dd", [("issued_at", "time_missing")]), ("yyyy-mm-dd hh:mm", [])):
        book = openpyxl.Workbook()
        cells = {"manifest": "M1", "from": "P01", "hauler": "H1", "to": "S", "route": "I1", "issued_at": DAY}
        sheet = sheet_of(book, "movements", list(cells), list(cells.values()))
        sheet["F2"].number_format = number_format
        book.save(tmp_path / "book.xlsx")

        assert codes(read_folder(tmp_path, MOVEMENTS)[1]) == expected


def test_blank_rows_and_columns_are_left_alone(tmp_path: Path) -> None:
    rows, findings = read_production(
        tmp_path, [], ["B1", "P01", DAY, 1], [None], ["B2", "P01", DAY, 1], [" "], [], formats={"Z90": "0.00"}
    )

    assert findings == []
    assert [(row.line, row.batch) for row in rows] == [(3, "B1"), (5, "B2")]


def test_merged_cells_are_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = sheet_of(book, "production", HEADER, ["B1", "P01", DAY, 1], ["B2", None, DAY, 1])
    sheet.merge_cells("B2:B3")
    book.save(tmp_path / "book.xlsx")

    rows, findings = read_folder(tmp_path, PRODUCTION)

    assert rows == []
    assert [(finding.file, finding.code, finding.facts) for finding in findings] == [
        ("book.xlsx!production", "merged_cells", {"range": "B2:B3"})
    ]


def test_a_formula_without_its_result_is_refused(tmp_path: Path) -> None:
    _, findings = read_production(tmp_path, ["B1", "P01", DAY, "=10+1"])

    assert codes(findings) == [("wet_t", "formula")]


@pytest.mark.parametrize(
    ("computed", "moisture_bp"),
    [('<c r="E2"><f>75+5</f><v>80</v></c>', 8000), ('<c r="E2" t="str"><f>IF(1=1,"",1)</f><v></v></c>', None)],
)
def test_a_formula_with_its_result_is_its_result(tmp_path: Path, computed: str, moisture_bp: int | None) -> None:
    read_production(tmp_path, ["B1", "P01", DAY, 1, "=75+5"])
    _replace(tmp_path / "book.xlsx", '<c r="E2"><f>75+5</f><v /></c>', computed)

    rows, findings = read_folder(tmp_path, PRODUCTION)

    assert findings == []
    assert rows[0].moisture_bp == moisture_bp


def test_a_sheet_that_breaks_off_is_refused(tmp_path: Path) -> None:
    read_production(tmp_path, ["B1", "P01", DAY, 1], ["B2", "P01", DAY, 1])
    _replace(tmp_path / "book.xlsx", "</row></sheetData>", "</row><row")

    rows, findings = read_folder(tmp_path, PRODUCTION)

    assert [row.batch for row in rows] == ["B1", "B2"]
    assert codes(findings) == [("", "unreadable_file")]


def _replace(path: Path, old: str, new: str) -> None:
    """Write a workbook anew with every ``old`` of its sheets made ``new``; one at least."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheets = [name for name in parts if name.startswith("xl/worksheets/") and old.encode() in parts[name]]
    assert sheets
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(old.encode(), new.encode()) if name in sheets else content)
