from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from sludgetrack.ledgerfiles.columns import DISPOSALS, FILES, MOVEMENTS
from sludgetrack.ledgerfiles.findings import Finding
from sludgetrack.ledgerfiles.folder import open_ledger
from tests.ledgerfiles.making import ISSUED, as_csv, codes


def opened(folder: Path) -> tuple[set[str], list[Finding]]:
    findings: list[Finding] = []
    with open_ledger(folder, findings.append) as ledger:
        return set(ledger.sources), findings


def write(folder: Path, name: str, *cells: dict[str, str]) -> None:
    (folder / name).write_text(as_csv(*(cells or (ISSUED,))), encoding="utf-8")


def workbook(path: Path, *titles: str) -> None:
    book = openpyxl.Workbook()
    for title in titles:
        book.create_sheet(title).append(["manifest"])
    book.remove(book.worksheets[0])
    book.save(path)


def test_files_are_found_by_name_in_any_case_and_by_chinese_name(tmp_path: Path) -> None:
    for name in ("Movements.CSV", "处置台账.csv", "expected.json", ".hidden.csv", "README.md"):
        write(tmp_path, name)
    (tmp_path / "parties.csv").mkdir()

    assert opened(tmp_path) == ({"movements", "disposals"}, [])


def test_an_unknown_name_is_an_error_that_lists_the_known_ones(tmp_path: Path) -> None:
    write(tmp_path, "movement.csv")

    names, findings = opened(tmp_path)

    assert names == set()
    assert codes(findings) == [("", "unknown_file")]
    assert all(file.name in findings[0].facts["known"] for file in FILES)


def test_two_files_of_one_kind_are_an_error(tmp_path: Path) -> None:
    write(tmp_path, "movements.csv")
    write(tmp_path, "联单.csv")

    assert codes(opened(tmp_path)[1]) == [("", "duplicate_file")]


def test_csv_beside_a_workbook_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "movements.csv")
    workbook(tmp_path / "book.xlsx", "movements")

    assert opened(tmp_path)[0] == set()
    assert codes(opened(tmp_path)[1]) == [("", "both_kinds")]


def test_two_workbooks_are_an_error_and_a_lock_file_is_none(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx", "movements")
    (tmp_path / "~$a.xlsx").write_bytes(b"lock")
    assert opened(tmp_path) == ({"movements"}, [])

    workbook(tmp_path / "b.xlsx", "movements")
    assert codes(opened(tmp_path)[1]) == [("", "several_workbooks")]


@pytest.mark.parametrize("name", ["old.xls", "book.ods", "表格.et", "macros.xlsm"])
def test_other_spreadsheets_are_named(tmp_path: Path, name: str) -> None:
    write(tmp_path, "movements.csv")
    (tmp_path / name).write_bytes(b"")

    assert codes(opened(tmp_path)[1]) == [("", "unsupported_format")]


def test_an_empty_folder_and_no_folder_are_errors(tmp_path: Path) -> None:
    assert codes(opened(tmp_path)[1]) == [("", "no_files")]
    assert codes(opened(tmp_path / "nowhere")[1]) == [("", "not_a_folder")]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"\xd0\xcf\x11\xe0 encrypted"])
def test_a_broken_workbook_is_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "book.xlsx").write_bytes(content)

    assert codes(opened(tmp_path)[1]) == [("", "unreadable_file")]


def test_sheets_are_found_like_files_and_notes_and_spare_sheets_left_alone(tmp_path: Path) -> None:
    workbook(tmp_path / "book.xlsx", "转移联单", "Disposals", "说明")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    book.create_sheet("Sheet2")
    book.save(tmp_path / "book.xlsx")

    assert opened(tmp_path) == ({"movements", "disposals"}, [])


def test_an_unknown_sheet_with_content_is_an_error(tmp_path: Path) -> None:
    workbook(tmp_path / "book.xlsx", "movements", "转运2")

    names, findings = opened(tmp_path)

    assert names == {"movements"}
    assert [(finding.file, finding.code) for finding in findings] == [("book.xlsx!转运2", "unknown_file")]


def test_an_absent_file_has_no_rows(tmp_path: Path) -> None:
    write(tmp_path, "movements.csv")
    findings: list[Finding] = []

    with open_ledger(tmp_path, findings.append) as ledger:
        assert list(ledger.rows(DISPOSALS, findings.append)) == []
        assert ledger.label(MOVEMENTS) == "movements.csv"
        with pytest.raises(KeyError):
            ledger.label(DISPOSALS)
    assert findings == []


def test_a_file_can_be_read_twice(tmp_path: Path) -> None:
    write(tmp_path, "movements.csv")
    findings: list[Finding] = []

    with open_ledger(tmp_path, findings.append) as ledger:
        assert list(ledger.rows(MOVEMENTS, findings.append)) == list(ledger.rows(MOVEMENTS, findings.append))
