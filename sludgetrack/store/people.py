"""People as the record needs them: their card for the personal data beside a claim, and whether they drive."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, select

from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.identity import Role
from sludgetrack.store.tables.registry import organisation, person


def card(connection: Connection, person_id: str) -> dict[str, Any]:
    """Name, phone and licence of a person, as far as known; empty for nobody."""
    return cards(connection, [person_id]).get(person_id, {})


def cards(connection: Connection, person_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The cards of several people, by id."""
    p = person.c
    rows = connection.execute(select(p.id, p.name, p.phone, p.licence).where(p.id.in_(person_ids)))
    return {row.id: _card(row) for row in rows}


def _card(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    said = {"person": row.id, "name": row.name, "phone": row.phone, "licence": row.licence}
    return {key: value for key, value in said.items() if value is not None}


def require_driver(connection: Connection, person_id: str, hauler: str) -> None:
    """Raises NotFound unless this person is an active driver of the organisation."""
    query = (
        select(person.c.id)
        .join(organisation, organisation.c.id == person.c.organisation_id)
        .where(person.c.id == person_id, organisation.c.code == hauler, person.c.active)
        .where(person.c.roles.contains([str(Role.DRIVER)]))
    )
    if connection.execute(query).one_or_none() is None:
        raise NotFound(field="driver", kind="driver", name=person_id)
