from __future__ import annotations

import pytest

from sludgetrack.ledgerfiles.columns import MOVEMENTS, PARTIES, PRODUCTION
from sludgetrack.ledgerfiles.findings import Finding
from sludgetrack.ledgerfiles.headers import read_header
from sludgetrack.ledgerfiles.reading import read_rows
from sludgetrack.ledgerfiles.shapes import LedgerFile, Row
from tests.ledgerfiles.making import Records, codes

BATCH = ["批次号", "产生单位", "日期", "湿重", "含水率"]
CELLS = ["B1", "P01", "2025-01-05", "10", "80"]


def read(file: LedgerFile[Row], *rows: list[str]) -> tuple[list[Row], list[Finding]]:
    findings: list[Finding] = []
    return list(read_rows(file, Records(list(enumerate(rows, 1)), "f.csv"), findings.append)), findings


@pytest.mark.parametrize(
    "header",
    [
        BATCH,
        ["batch", "plant", "date", "wet_t", "moisture_pct"],
        ["Batch", "PLANT", " date ", "wet_t", "\ufeffmoisture_pct"],
        ["批次号*", "产生单位*", "产生日期", "湿重(t)", "含水率(%)"],
        ["批次号", "产生单位", "产生日期", "湿重（吨）", "含水率（％）"],
        ["批 次 号", "污水处理厂", "日期", "产生量", "含水率"],
    ],
)
def test_columns_are_known_by_name_and_chinese_heading(header: list[str]) -> None:
    rows, findings = read(PRODUCTION, header, CELLS)

    assert findings == []
    assert (rows[0].batch, rows[0].wet_kg, rows[0].moisture_bp) == ("B1", 10000, 8000)


def test_columns_may_stand_in_any_order() -> None:
    rows, findings = read(PRODUCTION, BATCH[::-1], CELLS[::-1])

    assert findings == []
    assert rows[0].batch == "B1"


@pytest.mark.parametrize("heading", ["colour", "湿重(kg)", "湿重(%)", "备注"])
def test_an_unknown_column_is_an_error(heading: str) -> None:
    _, findings = read(PRODUCTION, [*BATCH[:4], heading], CELLS)

    assert codes(findings) == [(heading, "unknown_column")]
    assert findings[0].line == 1


def test_a_column_twice_is_an_error_under_any_heading() -> None:
    _, findings = read(PRODUCTION, [*BATCH, "batch"], [*CELLS, "B2"])

    assert codes(findings) == [("batch", "duplicate_column")]
    assert findings[0].facts == {"shown": "batch", "other": "批次号"}


def test_missing_columns_are_listed_and_other_cells_still_checked() -> None:
    rows, findings = read(PRODUCTION, ["batch", "plant", "wet_t"], ["B1", "P01", "x"])

    assert rows == []
    assert codes(findings) == [("date", "missing_column"), ("wet_t", "not_a_number")]


def test_a_heading_that_fits_two_files_is_read_by_its_file() -> None:
    assert read_header(MOVEMENTS, "f", (1, ["产生单位"]), list[Finding]().append).plan[0][1] == 2
    assert read_header(PARTIES, "f", (1, ["名称"]), list[Finding]().append).plan[0][1] == 2


def test_blank_columns_without_heading_are_left_alone() -> None:
    rows, findings = read(PRODUCTION, [*BATCH, "", " "], [*CELLS, "", "\u3000"])

    assert findings == []
    assert len(rows) == 1


@pytest.mark.parametrize("header", [BATCH, [*BATCH, ""]])
def test_a_cell_without_heading_is_an_error(header: list[str]) -> None:
    _, findings = read(PRODUCTION, header, [*CELLS, "备注"])

    assert codes(findings) == [("", "cell_without_header")]


@pytest.mark.parametrize("header", ["batch;plant;date;wet_t", "batch\tplant\tdate\twet_t"])
def test_another_separator_is_named(header: str) -> None:
    _, findings = read(PRODUCTION, [header])

    assert findings[0].code == "delimiter"
