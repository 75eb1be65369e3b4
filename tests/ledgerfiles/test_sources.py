from __future__ import annotations

from pathlib import Path

import pytest

from sludgetrack.ledgerfiles.columns import MOVEMENTS
from sludgetrack.ledgerfiles.findings import Finding
from sludgetrack.ledgerfiles.sources import Break, CsvSource, encoding_of
from tests.ledgerfiles.making import LOADED, PARTLY, VOIDED, as_csv, read_folder

ROWS = (PARTLY, VOIDED | {"manifest": "M2"}, LOADED | {"manifest": "M3", "driver": "㛃师傅"})


def records(path: Path) -> tuple[list[tuple[int, list[str]]], list[Finding]]:
    findings: list[Finding] = []
    return list(CsvSource(path).records(findings.append)), findings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_file_reads_the_same_in_every_encoding_and_line_ending(tmp_path: Path, encoding: str, newline: str) -> None:
    (tmp_path / "movements.csv").write_bytes(as_csv(*ROWS, newline=newline).encode(encoding))

    rows, findings = read_folder(tmp_path, MOVEMENTS)

    assert findings == []
    assert [(row.line, row.manifest, row.driver) for row in rows] == [
        (2, "P01-1-000001", "张师傅"),
        (3, "M2", None),
        (4, "M3", "㛃师傅"),
    ]
    assert rows[0].reason == "含水率不符"


def test_quoted_cells_may_hold_commas_quotes_and_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"1,234.5","say ""hi"""\n"two\nlines",x\ny,z\n', encoding="utf-8")

    assert records(path) == (
        [(1, ["a", "b"]), (2, ["1,234.5", 'say "hi"']), (3, ["two\nlines", "x"]), (5, ["y", "z"])],
        [],
    )


@pytest.mark.parametrize(
    "text", ['a,b\n1,2\n"never closed,3\n', 'a,b\n1,2\n"closed"early,3\n', "a,b\n1,2\n" + "x" * 200_000]
)
def test_broken_quotes_end_the_file_at_their_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")

    rows, findings = records(path)

    assert [line for line, _ in rows] == [1, 2]
    assert [(finding.line, finding.code) for finding in findings] == [(3, "broken_quotes")]


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("批次,湿重\n一,1\n".encode("utf-16"))

    assert records(path)[1][0].code == "encoding"


def test_damaged_utf8_is_not_taken_for_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("批次,湿重\n污水处理厂甲,1\n".encode() + b"\xff,\n")
    assert encoding_of(path) == Break(3, 20)

    path.write_bytes(b"\xef\xbb\xbf" + "甲".encode("gb18030"))
    assert isinstance(encoding_of(path), Break)

    rows, findings = records(path)
    assert rows == []
    assert [(finding.line, finding.code) for finding in findings] == [(1, "encoding")]


def test_damaged_gb18030_is_refused_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("批次\n一\n".encode("gb18030") + b"\xff\n")

    assert encoding_of(path) == Break(3, 3)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    rows, findings = records(tmp_path / "gone.csv")

    assert rows == []
    assert [finding.code for finding in findings] == ["unreadable_file"]


def test_a_character_across_two_chunks_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * ((1 << 20) - 1) + "泥".encode())

    assert encoding_of(path) == "utf-8-sig"
    path.write_bytes(b"x" * ((1 << 20) - 1) + "泥".encode()[:1])
    assert isinstance(encoding_of(path), Break)
