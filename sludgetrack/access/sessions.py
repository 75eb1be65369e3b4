"""Sign-ins that can be ended on the server: the browser holds a random token, the database only its hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from sludgetrack.store.tables.registry import web_session

ABSOLUTE = timedelta(days=30)
"""A driver's phone stays signed in between trips; everybody else's idle limit is shorter."""
IDLE = timedelta(days=7)
_SEEN_EVERY = timedelta(minutes=5)


def digest(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def begin(connection: Connection, person_id: str, now: datetime) -> str:
    """A new session; its token is shown to nobody but the browser."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(web_session).values(
            token_hash=digest(token), person_id=person_id, created_at=now, seen_at=now, expires_at=now + ABSOLUTE
        )
    )
    return token


def person_of(connection: Connection, token: str, now: datetime) -> str | None:
    """Whose live session a token is, or None."""
    s = web_session.c
    row = connection.execute(
        select(s.person_id, s.seen_at, s.expires_at).where(s.token_hash == digest(token))
    ).one_or_none()
    if row is None or now >= row.expires_at or now - row.seen_at >= IDLE:
        return None
    if now - row.seen_at >= _SEEN_EVERY:
        connection.execute(update(web_session).where(s.token_hash == digest(token)).values(seen_at=now))
    return str(row.person_id)


def end(connection: Connection, token: str) -> None:
    """Sign out."""
    connection.execute(delete(web_session).where(web_session.c.token_hash == digest(token)))


def end_all(connection: Connection, person_id: str) -> None:
    """Sign somebody out everywhere, as when a password changes or a person leaves."""
    connection.execute(delete(web_session).where(web_session.c.person_id == person_id))


def live(connection: Connection, person_id: str, now: datetime) -> list[tuple[datetime, datetime]]:
    """When each of somebody's sessions that can still be used began and was last used, the latest used first."""
    s = web_session.c
    query = (
        select(s.created_at, s.seen_at)
        .where(s.person_id == person_id, s.expires_at > now, s.seen_at > now - IDLE)
        .order_by(s.seen_at.desc())
    )
    return [(row.created_at, row.seen_at) for row in connection.execute(query)]
