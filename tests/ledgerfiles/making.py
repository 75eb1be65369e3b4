"""Ledger files for tests: a good movement to change, and folders of CSV or a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sludgetrack.ledgerfiles.columns import MOVEMENTS
from sludgetrack.ledgerfiles.findings import Finding, Report
from sludgetrack.ledgerfiles.folder import open_ledger
from sludgetrack.ledgerfiles.reading import read_rows
from sludgetrack.ledgerfiles.shapes import LedgerFile, Row
from sludgetrack.ledgerfiles.sources import Record

ISSUED = {
    "manifest": "P01-1-000001",
    "from": "P01",
    "hauler": "H1",
    "to": "S-INC",
    "route": "I1",
    "issued_at": "2025-02-01 06:34",
}
LOADED = ISSUED | {
    "plate": "豫G10000",
    "driver": "张师傅",
    "loaded_at": "2025-02-01 06:59",
    "out_gross_t": "28.460",
    "out_tare_t": "12.000",
    "out_net_t": "16.460",
    "out_moisture_pct": "80.13",
}
RECEIVED = LOADED | {
    "received_at": "2025-02-01 09:21",
    "in_gross_t": "28.400",
    "in_tare_t": "12.000",
    "in_net_t": "16.400",
    "in_moisture_pct": "80.20",
    "decision": "accepted",
    "accepted_t": "16.400",
}
PARTLY = RECEIVED | {"decision": "partial", "accepted_t": "10.000", "reason": "含水率不符"}
RETURNED = PARTLY | {"returned_at": "2025-02-01 12:21", "returned_t": "6.380"}
VOIDED = ISSUED | {"void_at": "2025-02-01 06:50", "void_reason": "车辆故障"}


class Records:
    """A source of given records."""

    def __init__(self, records: Iterable[Record], label: str = "movements.csv") -> None:
        self._records = records
        self.label = label

    def records(self, _report: Report, /) -> Iterator[Record]:
        return iter(self._records)


def read(file: LedgerFile[Row], *cells: Mapping[str, str]) -> tuple[list[Row], list[Finding]]:
    """Rows and findings of a file with these rows; the header has every column any of them names."""
    names = list(dict.fromkeys(name for row in cells for name in row))
    records = [(1, names), *((line, [row.get(name, "") for name in names]) for line, row in enumerate(cells, 2))]
    findings: list[Finding] = []
    return list(read_rows(file, Records(records), findings.append)), findings


def movement(cells: Mapping[str, str]) -> Any:
    """The typed row of a right movement."""
    rows, findings = read(MOVEMENTS, cells)
    assert findings == []
    return rows[0]


def codes(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """Column and code of each finding."""
    return [(finding.column, finding.code) for finding in findings]


def as_csv(*cells: Mapping[str, str], newline: str = "\n") -> str:
    """The text of a CSV file with these rows."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(dict.fromkeys(name for row in cells for name in row)), lineterminator=newline)
    writer.writeheader()
    writer.writerows(cells)
    return stream.getvalue()


def read_folder(folder: Path, file: LedgerFile[Row]) -> tuple[list[Row], list[Finding]]:
    """Rows of one file of a folder, and every finding met on the way."""
    findings: list[Finding] = []
    with open_ledger(folder, findings.append) as ledger:
        rows = list(ledger.rows(file, findings.append))
    return rows, findings
