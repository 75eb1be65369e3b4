"""Whole ledgers from outside the project; skipped where they are absent."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from sludgetrack.ledgerfiles import canonical
from sludgetrack.ledgerfiles.columns import FILES
from sludgetrack.ledgerfiles.findings import Finding, finding_line
from sludgetrack.ledgerfiles.folder import open_ledger

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
CITY = SHARED / "data" / "city_2025"
GENERATOR = SHARED / "tools" / "make_ledgers.py"

needs_city = pytest.mark.skipif(not CITY.is_dir(), reason="the generated city is not beside the checkout")
needs_generator = pytest.mark.skipif(not GENERATOR.is_file(), reason="the ledger generator is not beside the checkout")


def counts(folder: Path) -> tuple[dict[str, int], list[str]]:
    """Rows of each file, and the findings."""
    findings: list[Finding] = []
    read = {}
    with open_ledger(folder, findings.append) as ledger:
        for file in FILES:
            read[file.name] = sum(1 for _ in ledger.rows(file, findings.append))
    return read, [finding_line(finding) for finding in findings]


def lines_below_header(folder: Path) -> dict[str, int]:
    found = dict.fromkeys((file.name for file in FILES), 0)
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            found[path.stem] = sum(1 for _ in csv.reader(stream)) - 1
    return found


@needs_city
def test_every_row_of_a_generated_city_is_right() -> None:
    assert counts(CITY) == (lines_below_header(CITY), [])


@needs_city
def test_the_city_as_a_workbook_has_the_same_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    for path in CITY.glob("*.csv"):
        sheet = book.create_sheet(path.stem)
        with path.open(encoding="utf-8", newline="") as stream:
            for cells in csv.reader(stream):
                sheet.append([_as_typed(cell) for cell in cells])
    book.save(tmp_path / "city.xlsx")
    findings: list[Finding] = []

    with open_ledger(CITY, findings.append) as texts, open_ledger(tmp_path, findings.append) as sheets:
        for file in FILES:
            from_text = [canonical.values(file, row) for row in texts.rows(file, findings.append)]
            assert [canonical.values(file, row) for row in sheets.rows(file, findings.append)] == from_text
    assert findings == []


def _as_typed(cell: str) -> str | float | None:
    """Decimal figures as the numbers a spreadsheet makes of them."""
    whole, point, decimals = cell.partition(".")
    return float(cell) if point and whole.isdecimal() and decimals.isdecimal() else cell or None


@needs_generator
def test_every_row_of_a_states_real_returns_is_right(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, str(GENERATOR), "--out", str(tmp_path), "--state", "CO"], check=True, capture_output=True
    )

    assert counts(tmp_path) == (lines_below_header(tmp_path), [])
