"""API tokens: shown once, stored hashed, with scopes and an end."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from sludgetrack.access.sessions import digest
from sludgetrack.store.tables.registry import api_token

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

    person: str
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A token somebody asks for. ``life`` is cut to a year."""

    id: str
    person: str
    name: str
    scopes: frozenset[Scope]
    life: timedelta


def create(connection: Connection, wanted: Wanted, now: datetime) -> str:
    """A new token, returned this once."""
    token = PREFIX + secrets.token_urlsafe(32)
    connection.execute(
        insert(api_token).values(
            id=wanted.id,
            token_hash=digest(token),
            prefix=token[:SHOWN],
            person_id=wanted.person,
            name=wanted.name,
            scopes=sorted(str(scope) for scope in wanted.scopes),
            created_at=now,
            expires_at=now + min(wanted.life, LONGEST_LIFE),
        )
    )
    return token


def bearer_of(connection: Connection, token: str, now: datetime) -> Bearer | None:
    """Who a live token speaks for, or None."""
    t = api_token.c
    row = connection.execute(
        select(t.person_id, t.scopes).where(t.token_hash == digest(token), t.revoked_at.is_(None), t.expires_at > now)
    ).one_or_none()
    return Bearer(str(row.person_id), frozenset(Scope(scope) for scope in row.scopes)) if row else None


def revoke(connection: Connection, token_id: str, person_id: str, now: datetime) -> bool:
    """End one of somebody's tokens; False where there is none."""
    t = api_token.c
    done = connection.execute(
        update(api_token)
        .where(t.id == token_id, t.person_id == person_id, t.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return done.rowcount == 1
