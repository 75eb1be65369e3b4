"""Offers: figures waiting for the other party's word. Not part of the record; kept for the screens and for counting."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, case, select, update
from sqlalchemy.dialects.postgresql import insert

from sludgetrack.domain.events import EventType
from sludgetrack.store.tables.manifests import manifest, manifest_party
from sludgetrack.store.tables.manifests import offer as table
from sludgetrack.store.tables.registry import organisation


class OfferState(StrEnum):
    """What became of an offer."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    REPLACED = "replaced"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Offer:
    """Figures offered for a manifest; its id is the id the event will have. Instants are UTC."""

    id: str
    manifest_id: int
    number: str
    event: EventType
    command: Mapping[str, Any]
    figures_hash: bytes
    organisation: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    wrong_tries: int
    state: OfferState
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None


def add(connection: Connection, offer: Offer, organisation_id: int) -> None:
    """Store a new offer."""
    connection.execute(
        insert(table).values(
            id=offer.id,
            manifest_id=offer.manifest_id,
            event=str(offer.event),
            command=dict(offer.command),
            figures_hash=offer.figures_hash,
            organisation_id=organisation_id,
            made_by=offer.made_by,
            made_at=offer.made_at,
            expires_at=offer.expires_at,
            state=str(offer.state),
        )
    )


def by_id(connection: Connection, offer_id: str) -> Offer | None:
    """The offer with this id (hyphens or none), or None."""
    return _one(connection, _query().where(table.c.id == offer_id)) if _is_uuid(offer_id) else None


def by_event(connection: Connection, event_id: str) -> Offer | None:
    """The offer whose event would have this id: an offer's own id is that id."""
    return by_id(connection, event_id)


def lock(connection: Connection, offer_id: str) -> Offer:
    """The offer, which must exist, held until the end of the transaction."""
    query = _query().where(table.c.id == offer_id).with_for_update(of=table)
    return _offer(connection.execute(query).one())


def open_of(connection: Connection, manifest_id: int) -> Offer | None:
    """The offer a manifest waits with, expired or not."""
    return _one(connection, _query().where(table.c.manifest_id == manifest_id, table.c.state == str(OfferState.OPEN)))


def open_by_number(connection: Connection, numbers: Collection[str]) -> dict[str, Offer]:
    """The offers these manifests wait with, expired or not, by manifest number."""
    query = _query().where(manifest.c.number.in_(list(numbers)), table.c.state == str(OfferState.OPEN))
    return {row.number: _offer(row) for row in connection.execute(query)}


def open_among(connection: Connection, organisation_code: str, now: datetime) -> list[Offer]:
    """The offers that can still be confirmed, of manifests an organisation is or was party to, oldest first."""
    party, p = organisation.alias("party"), manifest_party.c
    own = select(p.manifest_id).join(party, party.c.id == p.organisation_id).where(party.c.code == organisation_code)
    query = (
        _query()
        .where(table.c.state == str(OfferState.OPEN), table.c.expires_at > now, table.c.manifest_id.in_(own))
        .order_by(table.c.made_at)
    )
    return [_offer(row) for row in connection.execute(query)]


def command_values(connection: Connection, manifest_id: int, figure: str) -> set[str]:
    """The texts that a manifest's offers, whatever became of them, state for a figure."""
    value = table.c.command[figure].astext
    return set(connection.scalars(select(value).where(table.c.manifest_id == manifest_id, value.is_not(None))))


def newest_of(connection: Connection, manifest_id: int) -> Offer | None:
    """The newest offer of a manifest, whatever became of it."""
    query = (
        _query().where(table.c.manifest_id == manifest_id).order_by(table.c.made_at.desc(), table.c.id.desc()).limit(1)
    )
    return _one(connection, query)


def replace_open(connection: Connection, manifest_id: int, at: datetime) -> None:
    """End the open offer of a manifest, if there is one."""
    connection.execute(
        update(table)
        .where(table.c.manifest_id == manifest_id, table.c.state == str(OfferState.OPEN))
        .values(state=str(OfferState.REPLACED), decided_at=at)
    )


def decide(
    connection: Connection, offer_id: str, state: OfferState, *, by: str, at: datetime, reason: str | None = None
) -> None:
    """Note what became of an offer."""
    connection.execute(
        update(table)
        .where(table.c.id == offer_id)
        .values(state=str(state), decided_by=by, decided_at=at, reason=reason)
    )


def count_wrong_try(connection: Connection, offer_id: str, limit: int) -> None:
    """One more wrong code; at the limit the offer is dead."""
    tries = table.c.wrong_tries + 1
    dead = case((tries >= limit, str(OfferState.DEAD)), else_=table.c.state)
    connection.execute(
        update(table)
        .where(table.c.id == offer_id, table.c.state == str(OfferState.OPEN))
        .values(wrong_tries=tries, state=dead)
    )


def _is_uuid(text: str) -> bool:
    plain = text.replace("-", "").lower()
    return len(plain) == 32 and all(char in "0123456789abcdef" for char in plain)


def _query() -> Select[Any]:
    return (
        select(table, manifest.c.number, organisation.c.code.label("organisation"))
        .join(manifest, manifest.c.id == table.c.manifest_id)
        .join(organisation, organisation.c.id == table.c.organisation_id)
    )


def _one(connection: Connection, query: Select[Any]) -> Offer | None:
    row = connection.execute(query).one_or_none()
    return _offer(row) if row else None


def _offer(row: Row[Any]) -> Offer:
    return Offer(
        id=row.id,
        manifest_id=row.manifest_id,
        number=row.number,
        event=EventType(row.event),
        command=row.command,
        figures_hash=row.figures_hash,
        organisation=row.organisation,
        made_by=row.made_by,
        made_at=row.made_at,
        expires_at=row.expires_at,
        wrong_tries=row.wrong_tries,
        state=OfferState(row.state),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
    )
