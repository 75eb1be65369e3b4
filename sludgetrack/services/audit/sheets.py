"""Stored sheets: the file is there and is the one whose digest is on record; the log's head it prints is real."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from sludgetrack.services.audit.areas import Area, Notes
from sludgetrack.services.audit.streams import Problem
from sludgetrack.store import scan
from sludgetrack.store.tables.manifests import sheet

ReadBlob = Callable[[bytes], bytes | None]
"""The file kept under a digest, whatever is in it; None where there is none."""


def check_sheets(connection: Connection, read_blob: ReadBlob, notes: Notes) -> None:
    """Check every sheet's file. That its digest is in the log is checked with the log."""
    for row in scan.streamed(connection, select(sheet).order_by(sheet.c.recorded_at, sheet.c.id)):
        for code, detail in _problems(connection, row, read_blob):
            notes.disagree(Area.SHEETS, code, f"sheet {row.id} of event {row.event_id}", detail)
        notes.checked(Area.SHEETS)


def _problems(connection: Connection, row: Row[Any], read_blob: ReadBlob) -> Iterator[Problem]:
    content = read_blob(row.file_digest)
    if content is None:
        yield "file_missing", f"no file with the digest {row.file_digest.hex()} is kept"
    elif hashlib.sha256(content).digest() != row.file_digest:
        yield "file_changed", f"the file does not give the digest {row.file_digest.hex()}"
    elif len(content) != row.size:
        yield "size_differs", f"the file has {len(content)} bytes, its row says {row.size}"
    if scan.root_at(connection, row.log_size) != row.log_root:
        yield "head_differs", f"the log never had the head {row.log_size}:{row.log_root.hex()} it prints"
