"""Passwords: argon2id, a minimum length, and a lock that grows with every further wrong try."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from sludgetrack.domain.errors import BadLogin, LoginLocked, WeakPassword
from sludgetrack.store.tables.registry import credential, person

SHORTEST = 12
FREE_TRIES = 5
"""Wrong tries before the first lock."""
FIRST_LOCK = timedelta(seconds=30)
LONGEST_LOCK = timedelta(days=1)

_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """A hash to verify against when a login does not exist, so that both take the same time."""
    return _hasher.hash("nobody's password")


def set_password(connection: Connection, person_id: str, login: str, password: str) -> None:
    """Give somebody a password. Raises WeakPassword."""
    if len(password) < SHORTEST or login.lower() in password.lower():
        raise WeakPassword(field="password", wanted=SHORTEST)
    statement = insert(credential).values(person_id=person_id, password_hash=_hasher.hash(password))
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[credential.c.person_id],
            set_={"password_hash": statement.excluded.password_hash, "wrong_tries": 0, "locked_until": None},
        )
    )


def check_password(connection: Connection, login: str, password: str, now: datetime) -> str | None:
    """The person id, or None for a wrong login or password; a wrong try is counted and must be committed.

    Raises LoginLocked while the lock lasts, whatever the password.
    """
    query = (
        select(person.c.id, credential.c.password_hash, credential.c.wrong_tries, credential.c.locked_until)
        .join(credential, credential.c.person_id == person.c.id)
        .where(person.c.login == login, person.c.active)
        .with_for_update(of=credential)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        _matches(_nobody(), password)
        return None
    if row.locked_until is not None and now < row.locked_until:
        raise LoginLocked(until=row.locked_until)
    if _matches(row.password_hash, password):
        _note(connection, row.id, 0, None)
        return str(row.id)
    tries = row.wrong_tries + 1
    _note(connection, row.id, tries, lock_until(tries, now))
    return None


def require_password(found: str | None) -> str:
    """The person id; raises BadLogin for None."""
    if found is None:
        raise BadLogin(field="login")
    return found


def lock_until(wrong_tries: int, now: datetime) -> datetime | None:
    """When a login may be tried again: from the fifth wrong try on, a lock that doubles each time, at most a day."""
    beyond = wrong_tries - FREE_TRIES
    if beyond < 0:
        return None
    return now + min(FIRST_LOCK * (1 << min(beyond, 20)), LONGEST_LOCK)


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except VerifyMismatchError:
        return False


def _note(connection: Connection, person_id: str, tries: int, until: datetime | None) -> None:
    connection.execute(
        update(credential).where(credential.c.person_id == person_id).values(wrong_tries=tries, locked_until=until)
    )
