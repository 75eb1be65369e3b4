"""Lab reports into the record: facts, known before anything is judged by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sludgetrack.domain.events import Claim, EventType, Mark, Stream, StreamKind
from sludgetrack.services.importing import claims
from sludgetrack.services.importing.claims import Words
from sludgetrack.services.importing.ids import event_id
from sludgetrack.store import staging, staging_labs, streams
from sludgetrack.store.append import Appending, Draft, append
from sludgetrack.store.directory import Directory

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from sludgetrack.store.staging_labs import Report


def record_reports(connection: Connection, *, after: int, count: int, now: datetime) -> None:
    """Record so many reports that come after this one, each in the stream of the facility it was taken at."""
    reports = staging_labs.next_reports(connection, after, count)
    directory = Directory(connection)
    directory.load_all()
    words = Words(now)
    heads = streams.lock(connection, {Stream(StreamKind.FACILITY, report.facility) for report in reports})
    drafts = [_draft(report, directory, words) for report in reports]
    append(connection, directory, Appending(drafts, heads, {}, sheets=False), now)
    staging.remember(connection, "labs", [row for report in reports for row in report.rows])


def _draft(report: Report, directory: Directory, words: Words) -> Draft:
    at = directory.facility(report.facility)
    owner = directory.organisation(at.organisation_id).code
    when = claims.start_of(report.sampled_on, at.zone)
    subject = Stream(StreamKind.FACILITY, at.code)
    id_ = event_id("labs", report.name, "sampled", when)
    claim = Claim(id_, EventType.SAMPLED, subject, when, None, owner, claims.sampled(report))
    return Draft(claim, words.own(owner), (Mark.IMPORTED,))
