"""Lab reports read page by page, each by those whom it concerns.

That is whoever runs the facility that recorded it; whoever gave the lot it is about; whoever received sludge from the
plant it is about, since their disposals are judged by it; and the authorities of the facility and of the lot's sludge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, false, func, or_, select

from sludgetrack.domain.identity import Actor, Role
from sludgetrack.domain.labs import Report
from sludgetrack.store import lot_reading, scope
from sludgetrack.store.labs import readings_of
from sludgetrack.store.tables.manifests import manifest
from sludgetrack.store.tables.mass import holding
from sludgetrack.store.tables.record import entry
from sludgetrack.store.tables.registry import facility, lab_report, organisation

_MOST_OF_A_PLANT = 200
_destination, _giver = facility.alias("destination"), facility.alias("giver")


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A lab report with the facility that recorded it. ``file`` is a digest in hex.

    ``readings`` are the lines as they were stated, ``report`` the same for judging.
    """

    id: int
    event_id: str
    facility: str
    facility_name: str
    lab: str | None
    file: str | None
    recorded_at: datetime
    readings: Sequence[Mapping[str, str | None]]
    report: Report

    @property
    def name(self) -> str:
        """The report's name."""
        return self.report.id

    @property
    def subject(self) -> str:
        """What was sampled: the facility by its code, or a batch or lot."""
        return self.report.subject

    @property
    def sampled_on(self) -> date:
        """The legal day of sampling."""
        return self.report.sampled_on

    @property
    def of_facility(self) -> bool:
        """Whether it is about the facility itself."""
        return self.subject == self.facility


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition on ``lab_report`` and its ``facility`` that somebody may see it."""
    if actor.roles == frozenset((Role.DRIVER,)):
        return false()
    own = select(organisation.c.id).where(organisation.c.code == actor.organisation).scalar_subquery()
    conditions = [facility.c.organisation_id == own, _gave_the_lot(own), _received_from_the_plant(own)]
    if actor.is_authority:
        conditions += [scope.under(facility.c.division, actor.division), _lot_of(actor)]
    return or_(*conditions)


def _gave_the_lot(own: Any) -> ColumnElement[bool]:
    """Lots are named as the manifest they came by; a further one of a manifest has its number behind."""
    subject = lab_report.c.subject
    names = (subject, func.regexp_replace(subject, "/[0-9]+$", ""))
    given = select(manifest.c.id).join(_giver, _giver.c.id == manifest.c.giver_id)
    return given.where(manifest.c.name.in_(names), _giver.c.organisation_id == own).exists()


def _received_from_the_plant(own: Any) -> ColumnElement[bool]:
    received = select(manifest.c.id).join(_destination, _destination.c.id == manifest.c.destination_id)
    since = received.where(
        manifest.c.giver_id == facility.c.id,
        manifest.c.received_at.is_not(None),
        _destination.c.organisation_id == own,
    )
    return (lab_report.c.subject == facility.c.code) & since.exists()


def _lot_of(actor: Actor) -> ColumnElement[bool]:
    lies = select(holding.c.id).where(holding.c.name == lab_report.c.subject, lot_reading.visible(actor))
    return lies.exists()


def reports(
    connection: Connection,
    actor: Actor,
    *conditions: ColumnElement[bool],
    after: int | None = None,
    limit: int,
) -> list[ReportRow]:
    """The reports somebody may see, the latest recorded first."""
    query = _reports().where(visible(actor), *conditions)
    query = query if after is None else query.where(lab_report.c.id < after)
    return [_row(row) for row in connection.execute(query.order_by(lab_report.c.id.desc()).limit(limit))]


def report(connection: Connection, actor: Actor, event_id: str) -> ReportRow | None:
    """A report by its event, as far as the actor may see it."""
    row = connection.execute(_reports().where(lab_report.c.event_id == event_id, visible(actor))).one_or_none()
    return None if row is None else _row(row)


def named(connection: Connection, name: str) -> str | None:
    """The event of the report with a name."""
    found: str | None = connection.scalar(select(lab_report.c.event_id).where(lab_report.c.name == name))
    return found


def taken_at(connection: Connection, facility_id: int) -> Sequence[ReportRow]:
    """The newest reports a facility recorded of itself and of what lies there, the earliest of them first."""
    query = _reports().where(lab_report.c.facility_id == facility_id)
    newest = query.order_by(lab_report.c.sampled_on.desc(), lab_report.c.id.desc()).limit(_MOST_OF_A_PLANT)
    return [_row(row) for row in reversed(connection.execute(newest).all())]


def _reports() -> Select[Any]:
    r = lab_report.c
    return (
        select(
            r.id,
            r.event_id,
            r.name,
            r.subject,
            r.sampled_on,
            r.lab,
            r.file,
            r.readings,
            facility.c.code.label("facility"),
            facility.c.name.label("facility_name"),
            entry.c.recorded_at,
        )
        .join(facility, facility.c.id == r.facility_id)
        .join(entry, entry.c.event_id == r.event_id)
    )


def _row(row: Row[Any]) -> ReportRow:
    return ReportRow(
        row.id,
        row.event_id,
        row.facility,
        row.facility_name,
        row.lab,
        row.file,
        row.recorded_at,
        row.readings,
        Report(row.name, row.subject, row.sampled_on, row.id, readings_of(row.readings)),
    )
