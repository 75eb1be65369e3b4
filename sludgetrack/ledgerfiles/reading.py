"""From the records of a source to typed rows, one at a time, with every problem reported where it lies.

Memory does not grow with the file: rows are made as they are asked for, and the caches of cells are bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Generic

from sludgetrack.ledgerfiles.canonical import text_of
from sludgetrack.ledgerfiles.cells import Parse, blank_of
from sludgetrack.ledgerfiles.findings import Finding, Report, shown
from sludgetrack.ledgerfiles.headers import Header, read_header
from sludgetrack.ledgerfiles.lists import output_names
from sludgetrack.ledgerfiles.shapes import Kind, LedgerFile, Problem, Row
from sludgetrack.ledgerfiles.text import BadCell, fold

if TYPE_CHECKING:
    from sludgetrack.ledgerfiles.sources import Record, Source

Faulty = Callable[[tuple[str, ...]], None]
"""Told the key of a row that is there but wrong, and what else it names, so that references to it are not called
unknown as well."""


def read_rows(file: LedgerFile[Row], source: Source, report: Report, faulty: Faulty | None = None) -> Iterator[Row]:
    """The rows of a source that are right in themselves; whatever is wrong is reported. One pass, flat memory."""
    unreadable: list[Finding] = []

    def report_of_source(finding: Finding) -> None:
        unreadable.append(finding)
        report(finding)

    records = source.records(report_of_source)
    for record in records:
        if any(map(fold, record[1])):
            header = read_header(file, source.label, record, report)
            yield from _Reader(file, header, source.label, report, faulty).rows(records)
            return
    if not unreadable:
        columns = ", ".join(column.name for column in file.columns)
        report(Finding(source.label, 1, "", "no_header", {"columns": columns}))


@dataclass(frozen=True, slots=True)
class _Reader(Generic[Row]):
    file: LedgerFile[Row]
    header: Header
    label: str
    report: Report
    faulty: Faulty | None

    def rows(self, records: Iterator[Record]) -> Iterator[Row]:
        """Typed rows. A clean row goes straight through; any doubt has the row read again, cell by cell."""
        plan, make, complete, check = self.header.plan, self.file.make, self.file.complete, self.file.check
        blank = [0, *map(blank_of, self.file.columns)]
        required = itemgetter(*(slot for slot, column in enumerate(self.file.columns, 1) if column.required))
        for line, cells in self._of_one_width(records):
            values = blank.copy()
            values[0] = line
            try:
                for position, slot, parse in plan:
                    cell = cells[position]
                    if cell:
                        values[slot] = parse(cell)
            except BadCell:
                self._explain(line, cells)
                continue
            if None in required(values):
                self._explain(line, cells)
                continue
            row = complete(make(values))
            problems = check(row)
            if problems:
                self._refuse(line, cells, problems)
            else:
                yield row

    def _of_one_width(self, records: Iterator[Record]) -> Iterator[Record]:
        """Records with a cell for every heading: blank cells at the end of a row are often left out."""
        width, unnamed = self.header.width, self.header.unnamed
        for line, cells in records:
            if len(cells) != width or unnamed:
                self._report_strays(line, cells)
                yield line, cells + [""] * (width - len(cells))
            else:
                yield line, cells

    def _report_strays(self, line: int, cells: list[str]) -> None:
        """Report cells that stand under no heading."""
        positions = [position for position in self.header.unnamed if position < len(cells)]
        for position in (*positions, *range(self.header.width, len(cells))):
            if fold(cells[position]):
                self._tell(line, "", "cell_without_header", {"shown": shown(cells[position])})

    def _explain(self, line: int, cells: list[str]) -> None:
        """Report every cell of a row that cannot be read or is missing; a blank row is none."""
        if not any(map(fold, cells)):
            return
        for position, slot, parse in self.header.plan:
            column = self.file.columns[slot - 1]
            try:
                value = parse(cells[position])
            except BadCell as bad:
                self._tell(line, column.name, bad.code, bad.facts)
            else:
                if column.required and value is None:
                    self._tell(line, column.name, "missing_value", {})
        self._name_faulty(cells)

    def _refuse(self, line: int, cells: list[str], problems: list[Problem]) -> None:
        for column, code, facts in problems:
            self._tell(line, column, code, facts)
        self._name_faulty(cells)

    def _tell(self, line: int, column: str, code: str, facts: Mapping[str, str]) -> None:
        self.report(Finding(self.label, line, column, code, facts))

    def _name_faulty(self, cells: list[str]) -> None:
        """Tell the key of a row that is there but wrong and the lots it makes, as far as these can be read."""
        if self.faulty is None:
            return
        places = {slot: (position, parse) for position, slot, parse in self.header.plan}
        key = self._key(places, cells)
        if key is not None:
            self.faulty(key)
        for slot, column in enumerate(self.file.columns, 1):
            if column.kind is Kind.OUTPUTS and slot in places:
                for name in output_names(cells[places[slot][0]]):
                    self.faulty((name,))

    def _key(self, places: Mapping[int, tuple[int, Parse]], cells: list[str]) -> tuple[str, ...] | None:
        key = []
        for slot, column in enumerate(self.file.columns, 1):
            if column.key:
                position, parse = places.get(slot, (None, None))
                if position is None or parse is None:
                    return None
                try:
                    key.append(text_of(column, parse(cells[position])))
                except BadCell:
                    return None
        return tuple(key)
