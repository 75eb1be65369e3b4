"""Registering organisations, facilities, vehicles, people, permits and policy: each an event of an organisation.

The first organisation of an installation, and everything an import brings, is registered by the operator of the
installation, who is nobody's party: such events carry no actor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from sludgetrack.domain.errors import NameTaken, OutOfRange
from sludgetrack.domain.events import Claim, Confirmation, EventType, Mark, Method, Stream, StreamKind
from sludgetrack.store import streams
from sludgetrack.store.append import Appending, Draft, Receipt, append
from sludgetrack.store.directory import Directory
from sludgetrack.store.registers import Register
from sludgetrack.store.tables.registry import facility

LAST_FACILITY_NUMBER = 999
"""Manifest numbers have three digits for a facility within its division."""
OPERATOR = "operator"
"""Who speaks when nobody of an organisation does: the operator of the installation, by command line."""


@dataclass(frozen=True, slots=True)
class Registration:
    """One registering event: in whose stream, what, with which fields; names of people go to ``personal``.

    ``fingerprint`` is the digest of the request of a person who may send it twice. In a change a field that is None
    is one that was emptied.
    """

    stream: Stream
    event_id: str
    type: EventType
    figures: Mapping[str, Any]
    personal: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: bytes | None = None


def register(
    connection: Connection,
    registrations: Sequence[Registration],
    now: datetime,
    *,
    actor: str | None = None,
    organisation: str = OPERATOR,
    marks: tuple[Mark, ...] = (),
) -> list[Receipt]:
    """Record registrations in order. Streams that do not exist yet are made."""
    directory = Directory(connection)
    heads = streams.ensure(connection, [r.stream for r in registrations])
    word = Confirmation(organisation, actor, Method.TYPED, now)
    drafts = [
        Draft(_claim(r, now, actor, organisation), (word,), marks, dict(r.personal) or None, r.fingerprint)
        for r in registrations
    ]
    return append(connection, directory, Appending(drafts, heads, {}), now)


def _claim(registration: Registration, now: datetime, actor: str | None, organisation: str) -> Claim:
    figures = dict(registration.figures)
    if registration.type is not EventType.CHANGED:
        figures = {key: value for key, value in figures.items() if value is not None}
    return Claim(
        event_id=registration.event_id,
        type=registration.type,
        subject=registration.stream,
        occurred_at=now,
        actor=actor,
        organisation=organisation,
        figures=figures,
    )


def organisation_registration(event_id: str, code: str, fields: Mapping[str, Any]) -> Registration:
    """A new organisation, in its own stream."""
    stream = Stream(StreamKind.ORGANISATION, code)
    figures = {"what": str(Register.ORGANISATION), "code": code, **fields}
    return Registration(stream, event_id, EventType.REGISTERED, figures)


def facility_registration(
    connection: Connection, event_id: str, organisation: str, fields: Mapping[str, Any]
) -> Registration:
    """A new facility, in a stream of its own, with the next number of its division.

    Raises NameTaken where its code is in use.
    """
    code = fields["code"]
    if connection.scalar(select(func.count()).select_from(facility).where(facility.c.code == code)):
        raise NameTaken(field="code", name=code)
    number = fields.get("number") or next_facility_number(connection, fields["division"])
    figures = {"what": str(Register.FACILITY), "organisation_code": organisation, **fields, "number": number}
    return Registration(Stream(StreamKind.FACILITY, code), event_id, EventType.REGISTERED, figures)


def next_facility_number(connection: Connection, division: str) -> int:
    """The next number of a facility within its division, 1 to 999. Raises OutOfRange where all are taken."""
    query = select(func.coalesce(func.max(facility.c.number), 0)).where(facility.c.division == division)
    number = int(connection.execute(query).scalar_one()) + 1
    if number > LAST_FACILITY_NUMBER:
        raise OutOfRange(field="division", value=number, wanted=f"≤ {LAST_FACILITY_NUMBER}")
    return number


def in_organisation(
    event_id: str, organisation: str, what: Register, fields: Mapping[str, Any], *, changed: bool = False
) -> Registration:
    """A vehicle or permit of an organisation, new or changed."""
    stream = Stream(StreamKind.ORGANISATION, organisation)
    kind = EventType.CHANGED if changed else EventType.REGISTERED
    return Registration(stream, event_id, kind, {"what": str(what), **fields})


def person_registration(
    event_id: str,
    organisation: str,
    fields: Mapping[str, Any],
    personal: Mapping[str, Any],
    *,
    changed: bool = False,
) -> Registration:
    """A person of an organisation. Login, name, phone and licence go beside the claim, not into it."""
    stream = Stream(StreamKind.ORGANISATION, organisation)
    kind = EventType.CHANGED if changed else EventType.REGISTERED
    return Registration(stream, event_id, kind, {"what": str(Register.PERSON), **fields}, personal)


def table_registration(event_id: str, organisation: str, figures: Mapping[str, Any]) -> Registration:
    """A row of a reference table set by an authority."""
    return Registration(Stream(StreamKind.ORGANISATION, organisation), event_id, EventType.TABLE_SET, figures)


def policy_registration(event_id: str, organisation: str, fields: Mapping[str, Any]) -> Registration:
    """A policy row set by an authority (or brought by an import)."""
    return Registration(Stream(StreamKind.ORGANISATION, organisation), event_id, EventType.POLICY_SET, fields)
