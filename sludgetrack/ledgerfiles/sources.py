"""Where records come from: CSV files in UTF-8 or GB18030. A record is its first line and its cells as text."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sludgetrack.ledgerfiles.findings import Finding, Report

if TYPE_CHECKING:
    from pathlib import Path

Record = tuple[int, list[str]]

_CHUNK = 1 << 20
_SURELY_UTF8 = 16
"""Bytes beyond one a character that make a text UTF-8 although it breaks later: chance gives GB18030 hardly ever 8
such characters in a row."""


class Source(Protocol):
    """One ledger file. ``label`` names it in findings."""

    @property
    def label(self) -> str:
        """The name people know it by."""
        ...

    def records(self, report: Report) -> Iterator[Record]:
        """Every record from the first on, the header among them; what cannot be read is reported and ends it."""
        ...


class Break(NamedTuple):
    """Where a text stops being in an encoding, and how many bytes beyond one a character came before."""

    line: int
    extra_bytes: int


@dataclass(frozen=True, slots=True)
class CsvSource:
    """A comma-separated file."""

    path: Path

    @property
    def label(self) -> str:
        """The file's name."""
        return self.path.name

    def records(self, report: Report) -> Iterator[Record]:
        """Records with the line each begins on; a broken encoding or quoting is reported and ends the reading."""
        try:
            encoding = encoding_of(self.path)
        except OSError as error:
            report(Finding(self.label, 1, "", "unreadable_file", {"problem": str(error.strerror)}))
            return
        if isinstance(encoding, Break):
            report(Finding(self.label, encoding.line, "", "encoding"))
            return
        with self.path.open(encoding=encoding, newline="") as stream:
            reader = csv.reader(stream, strict=True)
            start = 1
            try:
                for cells in reader:
                    yield start, cells
                    start = reader.line_num + 1
            except csv.Error as error:
                report(Finding(self.label, start, "", "broken_quotes", {"problem": str(error)}))


def encoding_of(path: Path) -> str | Break:
    """``utf-8-sig`` or ``gb18030``, or where the text is neither.

    Damaged UTF-8 often passes for GB18030 and would come out as wrong characters: what began as UTF-8 stays it.
    """
    broken = first_break(path, "utf-8")
    if broken is None:
        return "utf-8-sig"
    if broken.extra_bytes >= _SURELY_UTF8 or _has_utf8_mark(path):
        return broken
    return first_break(path, "gb18030") or "gb18030"


def _has_utf8_mark(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(3) == codecs.BOM_UTF8


def first_break(path: Path, encoding: str) -> Break | None:
    """Where the file stops being text in the encoding, or None. Reads by chunks."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, extra = 1, 0
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                sound = error.object[: error.start]
                extra += len(sound) - len(sound.decode(encoding))
                return Break(line + sound.count(b"\n"), extra)
            if not chunk:
                return None
            line += text.count("\n")
            extra += len(chunk) - len(text)
