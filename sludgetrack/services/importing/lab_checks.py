"""The lab values as a whole: rows of one report agree, reports are new, and what they are about is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sludgetrack.ledgerfiles.columns import LABS
from sludgetrack.ledgerfiles.findings import Finding, shown
from sludgetrack.store import staging_labs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from sludgetrack.ledgerfiles.shapes import LedgerFile
    from sludgetrack.services.importing.places import Places


def check_reports(connection: Connection, label: str, places: Places) -> Iterator[tuple[LedgerFile[Any], Finding]]:
    """What is wrong with the staged reports."""
    for row in staging_labs.disagreeing(connection):
        is_subject = row.subject != row.first_subject
        other = shown(row.first_subject) if is_subject else f"{row.first_sampled_on}"
        facts = {"line": str(row.first_line), "other": other}
        yield LABS, Finding(label, row.line, "subject" if is_subject else "sampled_on", "report_disagrees", facts)
    for line, report, imported in staging_labs.on_record(connection):
        code = "report_complete" if imported else "not_imported"
        yield LABS, Finding(label, line, "report", code, {"shown": shown(report)})
    for line, subject in staging_labs.not_lying(connection):
        if subject not in places.facilities and subject not in places.faulty:
            yield LABS, Finding(label, line, "subject", "unknown_reference", {"shown": shown(subject)})
