"""API tokens: shown once, stored hashed, with scopes and an end."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from sludgetrack.access.actors import SignedIn, active_people, known
from sludgetrack.access.sessions import digest
from sludgetrack.domain.errors import IdempotencyConflict
from sludgetrack.store.tables.registry import api_token, person

PREFIX = "stk_"
SHOWN = 8
"""How many characters of a token stay visible, to tell one from another."""
LONGEST_LIFE = timedelta(days=366)


class Scope(StrEnum):
    """What a token may be used for."""

    READ = "read"
    WRITE = "write"
    ADMINISTER = "administer"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose token it is and what it may be used for."""

    signed_in: SignedIn
    scopes: frozenset[Scope]

    @property
    def person(self) -> str:
        """The id of whom it speaks for."""
        return self.signed_in.actor.person


@dataclass(frozen=True, slots=True)
class Held:
    """A token as its owner sees it: never whole, ``prefix`` is its beginning."""

    id: str
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    def is_live(self, now: datetime) -> bool:
        """Whether it can be used."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Wanted:
    """A token somebody asks for. ``life`` is cut to a year."""

    id: str
    person: str
    name: str
    scopes: frozenset[Scope]
    life: timedelta


def create(connection: Connection, wanted: Wanted, now: datetime) -> str:
    """A new token, returned this once; asked for again with the same id it is made anew, the text before is dead.

    Raises IdempotencyConflict where the id is that of a revoked token or of somebody else's.
    """
    token = PREFIX + secrets.token_urlsafe(32)
    statement = insert(api_token).values(
        id=wanted.id,
        token_hash=digest(token),
        prefix=token[:SHOWN],
        person_id=wanted.person,
        name=wanted.name,
        scopes=sorted(str(scope) for scope in wanted.scopes),
        created_at=now,
        expires_at=now + min(wanted.life, LONGEST_LIFE),
    )
    anew = {name: statement.excluded[name] for name in ("token_hash", "prefix", "name", "scopes", "expires_at")}
    made = connection.execute(
        statement.on_conflict_do_update(
            index_elements=[api_token.c.id],
            set_=anew,
            where=(api_token.c.person_id == wanted.person) & api_token.c.revoked_at.is_(None),
        ).returning(api_token.c.id)
    )
    if made.one_or_none() is None:
        raise IdempotencyConflict(field="id", event_id=wanted.id)
    return token


def of(connection: Connection, person_id: str) -> list[Held]:
    """Somebody's tokens, the newest first."""
    t = api_token.c
    query = (
        select(t.id, t.name, t.prefix, t.scopes, t.created_at, t.expires_at, t.revoked_at)
        .where(t.person_id == person_id)
        .order_by(t.created_at.desc())
    )
    return [
        Held(row.id, row.name, row.prefix, tuple(row.scopes), row.created_at, row.expires_at, row.revoked_at)
        for row in connection.execute(query)
    ]


def bearer_of(connection: Connection, token: str, now: datetime) -> Bearer | None:
    """The active person a live token speaks for, or None."""
    t = api_token.c
    query = active_people().add_columns(t.scopes).join(api_token, t.person_id == person.c.id)
    live = (t.token_hash == digest(token), t.revoked_at.is_(None), t.expires_at > now)
    row = connection.execute(query.where(*live)).one_or_none()
    return Bearer(known(row), frozenset(Scope(scope) for scope in row.scopes)) if row else None


def revoke(connection: Connection, token_id: str, person_id: str, now: datetime) -> bool:
    """End one of somebody's tokens; False where there is none."""
    t = api_token.c
    done = connection.execute(
        update(api_token)
        .where(t.id == token_id, t.person_id == person_id, t.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return done.rowcount == 1
