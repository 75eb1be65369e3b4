"""Lab reports for pages and programs: lists, one report judged route by route, and what a facility's quality was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.gates import Rulebook
from sludgetrack.domain.routes import Route
from sludgetrack.domain.suitability import RouteVerdict, verdicts, without_limits
from sludgetrack.domain.times import LEGAL_ZONE, legal_day
from sludgetrack.services import kept_files, sampling
from sludgetrack.services.context import Context
from sludgetrack.services.kept_files import KeptFile
from sludgetrack.services.reading import paging
from sludgetrack.services.reading.paging import PageOf
from sludgetrack.services.reading.stock import readable_facility
from sludgetrack.store import lab_reading, rules
from sludgetrack.store.blobs import BlobStore
from sludgetrack.store.directory import Facility
from sludgetrack.store.lab_reading import ReportRow
from sludgetrack.store.tables.registry import facility as facility_table
from sludgetrack.store.tables.registry import lab_report


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report judged by the limits as they stand on ``day``. ``free``: routes that have no limits for reports."""

    row: ReportRow
    day: date
    verdicts: tuple[RouteVerdict, ...]
    free: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to: the facility that recorded a report, and what it is about."""

    facility: str | None = None
    subject: str | None = None


def reports(ctx: Context, filters: Filters, cursor: str | None, limit: int) -> PageOf[ReportRow]:
    """The reports the reader may see, the latest recorded first. Raises OutOfRange for a cursor or limit."""
    wanted, after = paging.check_limit(limit), paging.decode(cursor)
    conditions = []
    if filters.facility is not None:
        conditions.append(facility_table.c.code == filters.facility)
    if filters.subject is not None:
        conditions.append(lab_report.c.subject == filters.subject)
    found = lab_reading.reports(ctx.connection, ctx.actor, *conditions, after=after, limit=wanted + 1)
    return paging.page([(row.id, row) for row in found], wanted)


def judged(
    ctx: Context, filters: Filters, cursor: str | None, limit: int
) -> PageOf[tuple[ReportRow, tuple[RouteVerdict, ...]]]:
    """The reports the reader may see, each with what it says for every route by the limits of today."""
    found = reports(ctx, filters, cursor, limit)
    rulebook = rules.rulebook(ctx.connection, legal_day(ctx.now, LEGAL_ZONE))
    return PageOf(tuple((row, verdicts(rulebook, row.report)) for row in found.items), found.next)


def report(ctx: Context, event_id: str) -> ReportView:
    """A report by its event, judged by today's limits. Raises NotFound, also for whom it does not concern."""
    row = _row(ctx, event_id)
    today = legal_day(ctx.now, ctx.directory.facility(row.facility).zone)
    rulebook = rules.rulebook(ctx.connection, today)
    return ReportView(row, today, verdicts(rulebook, row.report), without_limits(rulebook))


def file(ctx: Context, blobs: BlobStore, event_id: str, most_mb: int) -> tuple[ReportRow, KeptFile]:
    """The file that came with a report, and the report. Raises NotFound."""
    row = _row(ctx, event_id)
    wanted = sampling.wanted_file(most_mb)
    if row.file is None:
        raise kept_files.not_found(row.name, wanted)
    return row, kept_files.read(blobs, row.file, wanted)


def by_name(ctx: Context, name: str) -> str:
    """The event of the report with a name. Raises NotFound, also where the reader may not see it."""
    event_id = lab_reading.named(ctx.connection, name)
    if event_id is None or lab_reading.report(ctx.connection, ctx.actor, event_id) is None:
        raise NotFound(kind="lab_report", name=name)
    return event_id


def _row(ctx: Context, event_id: str) -> ReportRow:
    row = lab_reading.report(ctx.connection, ctx.actor, event_id)
    if row is None:
        raise NotFound(kind="lab_report", name=event_id)
    return row


@dataclass(frozen=True, slots=True)
class Quality:
    """A facility's reports over time, the earliest first, and every limit a route holds them to."""

    at: Facility
    reports: tuple[ReportRow, ...]
    rulebook: Rulebook

    @property
    def parameters(self) -> list[str]:
        """What any of the reports states, in the order of the standards."""
        order = [limit.parameter for route in self.rulebook.routes for limit in self.rulebook.limits.of(route)]
        stated = dict.fromkeys(name for row in self.reports for name in row.report.readings)
        ranks = {name: n for n, name in enumerate(dict.fromkeys(order))}
        return sorted(stated, key=lambda name: ranks.get(name, len(ranks)))


def quality(ctx: Context, code: str) -> Quality:
    """What a facility reported of itself and its sludge, for whoever runs or supervises it. Raises NotFound."""
    at = readable_facility(ctx, code)
    rulebook = rules.rulebook(ctx.connection, legal_day(ctx.now, at.zone))
    return Quality(at, tuple(lab_reading.taken_at(ctx.connection, at.id)), rulebook)
