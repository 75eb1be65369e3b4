"""From a person to the Actor that permission is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from sludgetrack.domain.identity import Actor, OrganisationKind, Role
from sludgetrack.store.tables.registry import facility, organisation, person


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in, with what pages show of them."""

    actor: Actor
    name: str
    login: str
    organisation_name: str


def signed_in(connection: Connection, person_id: str) -> SignedIn | None:
    """An active person with their organisation and its facilities, or None."""
    row = connection.execute(active_people().where(person.c.id == person_id)).one_or_none()
    return None if row is None else known(row)


def active_people() -> Select[Any]:
    """The question for people who may sign in, each with what ``known`` needs."""
    codes = (
        select(func.array_agg(facility.c.code)).where(facility.c.organisation_id == organisation.c.id).scalar_subquery()
    )
    return (
        select(
            person.c.id,
            person.c.name,
            person.c.login,
            person.c.roles,
            organisation.c.code,
            organisation.c.kind,
            organisation.c.division,
            organisation.c.name.label("organisation_name"),
            codes.label("facilities"),
        )
        .join(organisation, organisation.c.id == person.c.organisation_id)
        .where(person.c.active)
    )


def known(row: Row[Any]) -> SignedIn:
    """A row of ``active_people`` as somebody who may be judged."""
    kind = OrganisationKind(row.kind)
    actor = Actor(
        person=row.id,
        organisation=row.code,
        kind=kind,
        roles=frozenset(Role(role) for role in row.roles),
        facilities=frozenset(row.facilities or ()),
        division=row.division if kind is OrganisationKind.AUTHORITY else "",
    )
    return SignedIn(actor, row.name, row.login, row.organisation_name)
