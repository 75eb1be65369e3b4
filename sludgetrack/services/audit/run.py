"""One audit from beginning to end."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from sludgetrack.services.audit.areas import AuditReport, Notes, Progress
from sludgetrack.services.audit.log import KeptHead, check_log
from sludgetrack.services.audit.numbers import check_numbers
from sludgetrack.services.audit.replay import check_replay
from sludgetrack.services.audit.sheets import ReadBlob, check_sheets
from sludgetrack.services.audit.streams import check_streams
from sludgetrack.services.audit.sums import check_sums


def audit(
    connection: Connection,
    read_blob: ReadBlob,
    *,
    kept_heads: Sequence[KeptHead] = (),
    progress: Progress | None = None,
) -> AuditReport:
    """Read the whole record again and compare everything that follows from it. Writes nothing.

    The connection must see one moment throughout (REPEATABLE READ), so that work may go on beside it.
    """
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    notes = Notes(progress)
    check_streams(connection, notes)
    tree = check_log(connection, kept_heads, notes)
    registers = check_replay(connection, notes)
    check_numbers(connection, registers.prefixes, notes)
    check_sums(connection, notes)
    check_sheets(connection, read_blob, notes)
    return AuditReport(tuple(notes.outcomes.values()), tree.size, tree.root())
