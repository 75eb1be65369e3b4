from __future__ import annotations

from collections.abc import Iterator

from sludgetrack.ledgerfiles.columns import MOVEMENTS, PRODUCTION
from sludgetrack.ledgerfiles.findings import Finding
from sludgetrack.ledgerfiles.reading import read_rows
from sludgetrack.ledgerfiles.rows import Movement
from sludgetrack.ledgerfiles.sources import Record
from tests.ledgerfiles.making import ISSUED, LOADED, RECEIVED, Records, codes, movement, read


def test_a_row_is_typed() -> None:
    row = movement(RECEIVED | {"batch": "B1:12.5;B2:5.1"})

    assert isinstance(row, Movement)
    assert (row.line, row.manifest, row.giver, row.destination) == (2, "P01-1-000001", "P01", "S-INC")
    assert row.batches == (("B1", 12500), ("B2", 5100))
    assert (row.gross_out_kg, row.moisture_out_bp, row.decision) == (28460, 8013, "accepted")
    assert (row.returned_at, row.returned_kg, row.void_reason) == (None, None, None)
    assert row.issued_at.tzinfo is None


def test_blank_rows_are_skipped_wherever_they_stand() -> None:
    rows, findings = read(
        MOVEMENTS, {}, ISSUED, {"manifest": " "}, LOADED, {"manifest": "\u3000", "from": "\u00a0"}, {}
    )

    assert findings == []
    assert [row.line for row in rows] == [3, 5]


def test_rows_shorter_than_the_header_end_in_blanks() -> None:
    records = [(1, list(LOADED)), (2, list(LOADED.values())[: len(ISSUED)])]
    findings: list[Finding] = []

    rows = list(read_rows(MOVEMENTS, Records(records), findings.append))

    assert findings == []
    assert rows[0].loaded_at is None


def test_every_bad_cell_of_a_row_is_reported_with_its_line_and_column() -> None:
    bad = LOADED | {"from": " ", "route": "I9", "out_net_t": "-1", "issued_at": "01/02/2025"}
    rows, findings = read(MOVEMENTS, ISSUED, bad, ISSUED | {"manifest": "M2"})

    assert len(rows) == 2
    assert {(finding.line, *code) for finding, code in zip(findings, codes(findings), strict=True)} == {
        (3, "from", "missing_value"),
        (3, "route", "unknown_code"),
        (3, "out_net_t", "negative"),
        (3, "issued_at", "ambiguous_date"),
    }


def test_a_row_with_blanks_where_it_must_not_is_no_blank_row() -> None:
    _, findings = read(PRODUCTION, {"batch": "", "plant": "P01", "date": "", "wet_t": ""})

    assert codes(findings) == [("batch", "missing_value"), ("date", "missing_value"), ("wet_t", "missing_value")]


def test_keys_of_wrong_rows_are_told() -> None:
    wrong = [RECEIVED | {"manifest": "M1", "accepted_t": "99"}, ISSUED | {"manifest": "M2", "route": "I9"}]
    unreadable = ISSUED | {"manifest": "M\x003"}
    keys: list[tuple[str, ...]] = []
    records = [(1, list(RECEIVED)), *((2, [row.get(name, "") for name in RECEIVED]) for row in [*wrong, unreadable])]

    list(read_rows(MOVEMENTS, Records(records), list[Finding]().append, keys.append))

    assert keys == [("M1",), ("M2",)]


def test_rows_are_made_as_they_are_asked_for() -> None:
    taken = 0

    def records() -> Iterator[Record]:
        nonlocal taken
        for taken in range(1, 1_000_000):
            yield taken, list(ISSUED if taken == 1 else ISSUED.values())

    rows = read_rows(MOVEMENTS, Records(records()), list[Finding]().append)
    assert next(rows).line == 2
    assert next(rows).line == 3

    assert taken == 3


def test_a_file_without_a_header_says_so() -> None:
    findings: list[Finding] = []

    assert list(read_rows(MOVEMENTS, Records([(1, []), (2, [" "])]), findings.append)) == []
    assert codes(findings) == [("", "no_header")]


def test_a_header_alone_is_an_empty_file() -> None:
    findings: list[Finding] = []

    assert list(read_rows(MOVEMENTS, Records([(1, []), (2, list(ISSUED))]), findings.append)) == []
    assert findings == []
