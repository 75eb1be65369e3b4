"""Corrections for reading: those of a manifest or facility, those that wait for somebody, and what one moved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, all_, and_, any_, func, literal, or_, select

from sludgetrack.domain.correcting import Outcome
from sludgetrack.domain.events import Stream, StreamKind
from sludgetrack.domain.identity import Actor
from sludgetrack.domain.mass import Account
from sludgetrack.store.scope import under
from sludgetrack.store.tables.manifests import correction, manifest_party
from sludgetrack.store.tables.mass import about, posting
from sludgetrack.store.tables.record import entry, stream
from sludgetrack.store.tables.registry import facility

MOST_WAITING = 100


@dataclass(frozen=True, slots=True)
class Named:
    """A proposal by its id, the event it would correct, and whose history that is in."""

    id: str
    corrects: str
    stream: Stream
    proposed_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Moved:
    """What a correction moved in one period: origin units added to an account, in the month they count in.

    ``day``: the first day they happened on; where that lies in another month than ``month`` (its first day), they
    count later than they happened. ``compliant`` only of what was disposed of.
    """

    month: date
    day: date
    account: Account
    compliant: bool | None
    units: int


def of_stream(connection: Connection, stream_id: int) -> list[Named]:
    """Every proposal about a manifest's or facility's events, the oldest first."""
    return _named(connection, correction.c.stream_id == stream_id)


def of_event(connection: Connection, event_id: str) -> list[Named]:
    """Every proposal about one event, the oldest first."""
    return _named(connection, correction.c.corrects == event_id)


def one(connection: Connection, proposal: str) -> Named | None:
    """A proposal, or None where there is none with this id."""
    return next(iter(_named(connection, correction.c.proposal_id == proposal)), None)


def waiting(connection: Connection, actor: Actor) -> list[Named]:
    """Open proposals that somebody's organisation is asked about or made, or that lie in an authority's division."""
    c = correction.c
    me = literal(actor.organisation)
    asked = and_(me == any_(c.approvers), me != all_(c.approved))
    rules: list[ColumnElement[bool]] = [asked, c.organisation == actor.organisation]
    if actor.is_authority:
        manifests = select(manifest_party.c.manifest_id).where(under(manifest_party.c.division, actor.division))
        here = select(facility.c.code).where(under(facility.c.division, actor.division))
        of_facility = and_(stream.c.kind == str(StreamKind.FACILITY), stream.c.name.in_(here))
        rules += [c.stream_id.in_(manifests), of_facility]
    return _named(connection, and_(c.outcome == str(Outcome.OPEN), or_(*rules)), MOST_WAITING)


def effects(connection: Connection, proposals: Collection[str]) -> dict[str, str]:
    """The events by which proposals took effect, by proposal."""
    about = entry.c.claim["proposal"].astext
    ids = select(correction.c.stream_id).where(correction.c.proposal_id.in_(proposals))
    query = select(entry.c.event_id, about.label("proposal")).where(
        entry.c.type == "corrected", entry.c.stream_id.in_(ids), about.in_(proposals)
    )
    return {row.proposal: row.event_id for row in connection.execute(query)}


def moved(connection: Connection, event_id: str) -> list[Moved]:
    """What a correction moved, by the month it counts in and by account; what came to nothing is left out."""
    p = posting.c
    month = func.date_trunc("month", p.booked_on)
    query = (
        select(month.label("month"), func.min(p.day).label("day"), p.account, p.compliant, _SUM)
        .where(p.event_id == event_id)
        .group_by(month, p.account, p.compliant)
        .having(func.sum(p.origin_units) != 0)
        .order_by(month, p.account, p.compliant)
    )
    return [
        Moved(row.month.date(), row.day, Account(row.account), row.compliant, int(row.units))
        for row in connection.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Late:
    """What an event booked for a day that was locked already: the first such day, and of a correction its proposal.

    ``of``: the type of the corrected event, None where the event is no correction.
    """

    day: date
    proposal: str | None
    of: str | None


def late(connection: Connection, event_ids: Collection[str]) -> dict[str, Late]:
    """Those of the events that booked something on another day than it happened, by event id."""
    p = posting.c
    claim = entry.c.claim
    query = (
        select(p.event_id, func.min(p.day).label("day"), entry.c.type, claim["proposal"].astext, claim["of"].astext)
        .join(entry, entry.c.event_id == p.event_id)
        .where(p.event_id.in_(event_ids), p.booked_on != p.day)
        .group_by(p.event_id, entry.c.type, claim)
    )
    return {
        event_id: Late(day, proposal, of) if kind == "corrected" else Late(day, None, None)
        for event_id, day, kind, proposal, of in connection.execute(query)
    }


def closed_through(connection: Connection, event_id: str) -> date | None:
    """The last locked day of the plants whose batches an event moved, where the day of it is locked; else None."""
    p = posting.c
    query = (
        select(func.max(facility.c.locked_through))
        .select_from(posting)
        .join(facility, facility.c.id == p.plant_id)
        .where(or_(p.event_id == event_id, p.about_id == event_id), about == event_id)
        .where(facility.c.locked_through >= p.day)
    )
    day: date | None = connection.execute(query).scalar_one()
    return day


_SUM = func.sum(posting.c.origin_units).label("units")


def _named(connection: Connection, condition: ColumnElement[bool], limit: int | None = None) -> list[Named]:
    c = correction.c
    query = (
        select(c.proposal_id, c.corrects, c.proposed_at, c.answered_at, stream.c.kind, stream.c.name)
        .join(stream, stream.c.id == c.stream_id)
        .where(condition)
        .order_by(c.proposed_at, c.proposal_id)
        .limit(limit)
    )
    return [
        Named(r.proposal_id, r.corrects, Stream(StreamKind(r.kind), r.name), r.proposed_at, r.answered_at)
        for r in connection.execute(query)
    ]
