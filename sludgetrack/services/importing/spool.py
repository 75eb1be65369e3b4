"""Findings on their way into the staging tables, so that millions of them take no memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sludgetrack.ledgerfiles.columns import FILES
from sludgetrack.store import staging

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

    from sludgetrack.ledgerfiles.findings import Finding, Report
    from sludgetrack.ledgerfiles.folder import Ledger
    from sludgetrack.ledgerfiles.shapes import LedgerFile

_FULL = 5000
_RANKS = {file.name: rank for rank, file in enumerate(FILES, 1)}


class Spool:
    """Findings and the keys of faulty rows, kept until the next ``flush``."""

    def __init__(self) -> None:
        self._findings: list[tuple[Any, ...]] = []
        self._faulty: list[tuple[str, str]] = []
        self._told = 0

    def report_of(self, file: LedgerFile[Any] | None) -> Report:
        """Where findings of a file go; None: those of the folder."""
        rank = _RANKS[file.name] if file else 0

        def report(finding: Finding) -> None:
            self._told += 1
            facts = dict(finding.facts)
            row = (rank, finding.line, self._told, finding.file, finding.column, finding.code, facts)
            self._findings.append(row)

        return report

    def add_faulty(self, file: str, key: str) -> None:
        """Note a row that is there but wrong."""
        self._faulty.append((file, key))

    @property
    def is_full(self) -> bool:
        """Whether it is time to flush."""
        return len(self._findings) + len(self._faulty) >= _FULL

    def flush(self, connection: Connection) -> None:
        """Put everything into the staging tables."""
        if self._findings:
            staging.add_findings(connection, self._findings)
        if self._faulty:
            staging.add_rows(connection, staging.faulty, self._faulty)
        self._findings, self._faulty = [], []

    def take(self, connection: Connection, findings: Iterable[tuple[LedgerFile[Any], Finding]]) -> None:
        """Keep findings as they are made, by a query perhaps, that may be as many as there are rows."""
        for file, finding in findings:
            self.report_of(file)(finding)
            if self.is_full:
                self.flush(connection)
        self.flush(connection)


def label_of(ledger: Ledger, file: LedgerFile[Any]) -> str:
    """What findings call a file, also one that is absent."""
    return ledger.label(file) if file.name in ledger.sources else file.name


def rank_of(name: str) -> int:
    """Where a file stands among its kind."""
    return _RANKS[name]


def chunked(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The items in lists of a size, the last one shorter."""
    chunk: list[Any] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
