"""The ledger files of a folder: CSV files of the known names, or one workbook with sheets of these names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sludgetrack.ledgerfiles.columns import FILES
from sludgetrack.ledgerfiles.findings import Finding, Report
from sludgetrack.ledgerfiles.reading import Faulty, read_rows
from sludgetrack.ledgerfiles.sources import CsvSource, Source
from sludgetrack.ledgerfiles.text import fold
from sludgetrack.ledgerfiles.workbook import BROKEN, open_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sludgetrack.ledgerfiles.shapes import LedgerFile, Row

_OTHER_TABLES = frozenset((".xls", ".xlsm", ".xlsb", ".xltx", ".ods", ".et", ".tsv"))
_NOTES = frozenset(("说明", "填表说明", "填写说明", "备注", "notes", "readme"))
_NAMES: Mapping[str, str] = {fold(word): file.name for file in FILES for word in (file.name, *file.zh.split())}
_KNOWN = ", ".join(file.name for file in FILES)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The files of an open folder by name."""

    sources: Mapping[str, Source]

    def rows(self, file: LedgerFile[Row], report: Report, faulty: Faulty | None = None) -> Iterator[Row]:
        """The rows of a file that are right in themselves, none where the file is absent; a new pass every time."""
        source = self.sources.get(file.name)
        return iter(()) if source is None else read_rows(file, source, report, faulty)

    def label(self, file: LedgerFile[Any]) -> str:
        """What findings call the file. Raises KeyError where it is absent."""
        return self.sources[file.name].label


@contextmanager
def open_ledger(folder: Path, report: Report) -> Iterator[Ledger]:
    """The ledger files of a folder, readable until the block ends; what is wrong with the folder is reported."""
    with ExitStack() as stack:
        yield Ledger(_named(_sources(folder, report, stack), report))


def _sources(folder: Path, report: Report, stack: ExitStack) -> list[tuple[str, Source]]:
    """The files or sheets found, each with the name it bears."""
    if not folder.is_dir():
        report(Finding(folder.name or str(folder), 1, "", "not_a_folder", {"name": str(folder)}))
        return []
    paths = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))
    texts = [path for path in paths if path.suffix.lower() == ".csv"]
    books = [path for path in paths if path.suffix.lower() == ".xlsx"]
    for path in paths:
        if path.suffix.lower() in _OTHER_TABLES:
            report(Finding(path.name, 1, "", "unsupported_format", {"suffix": path.suffix}))
    if len(books) > 1:
        report(Finding(books[1].name, 1, "", "several_workbooks", {"workbooks": ", ".join(p.name for p in books)}))
    elif books and texts:
        report(Finding(books[0].name, 1, "", "both_kinds", {"workbook": books[0].name}))
    elif books:
        return _sheets(books[0], report, stack)
    elif texts:
        return [(path.stem, CsvSource(path)) for path in texts]
    else:
        report(Finding(folder.name, 1, "", "no_files", {"known": _KNOWN}))
    return []


def _sheets(path: Path, report: Report, stack: ExitStack) -> list[tuple[str, Source]]:
    try:
        sheets = stack.enter_context(open_workbook(path))
    except BROKEN as error:
        report(Finding(path.name, 1, "", "unreadable_file", {"problem": str(error)}))
        return []
    named: list[tuple[str, Source]] = []
    for sheet in sheets:
        known = fold(sheet.title) in _NAMES
        if known or not (fold(sheet.title) in _NOTES or sheet.is_blank()):
            named.append((sheet.title, sheet))
    if not named:
        report(Finding(path.name, 1, "", "no_files", {"known": _KNOWN}))
    return named


def _named(found: Iterable[tuple[str, Source]], report: Report) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for title, source in found:
        name = _NAMES.get(fold(title))
        if name is None:
            report(Finding(source.label, 1, "", "unknown_file", {"name": title, "known": _KNOWN}))
        elif name in sources:
            report(Finding(source.label, 1, "", "duplicate_file", {"other": sources[name].label, "name": name}))
        else:
            sources[name] = source
    return sources
