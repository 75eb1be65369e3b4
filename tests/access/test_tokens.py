"""API tokens: shown once, kept as a hash, with scopes, an end, and a way to end them sooner."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update

from sludgetrack import tx
from sludgetrack.access import tokens
from sludgetrack.access.tokens import Scope, Wanted
from sludgetrack.domain.errors import IdempotencyConflict
from sludgetrack.store.tables.registry import api_token, person
from tests.domain.life import MORNING
from tests.support.city import City, new_id

DAY = timedelta(days=1)


@pytest.fixture
def wanted(city: City) -> Wanted:
    """What the site's weighbridge asks for."""
    return Wanted(new_id(), city.people["site"].person, "地磅", frozenset({Scope.READ, Scope.WRITE}), 90 * DAY)


def create(engine: Engine, wanted: Wanted) -> str:
    with tx.unit_of_work(engine) as connection:
        return tokens.create(connection, wanted, MORNING)


def bearer(engine: Engine, token: str, at: datetime = MORNING) -> tuple[str, frozenset[Scope]] | None:
    with engine.connect() as connection:
        found = tokens.bearer_of(connection, token, at)
    return (found.person, found.scopes) if found else None


def test_a_token_says_who_bears_it_and_what_for(engine: Engine, wanted: Wanted) -> None:
    assert bearer(engine, create(engine, wanted)) == (wanted.person, wanted.scopes)


def test_the_token_of_somebody_who_left_opens_nothing(engine: Engine, superuser: Engine, wanted: Wanted) -> None:
    token = create(engine, wanted)
    with superuser.begin() as connection:
        connection.execute(update(person).where(person.c.id == wanted.person).values(active=False))

    assert bearer(engine, token) is None


def test_only_the_hash_and_the_first_characters_are_kept(engine: Engine, wanted: Wanted) -> None:
    token = create(engine, wanted)

    with engine.connect() as connection:
        row = connection.execute(select(api_token)).one()
    assert token.startswith(row.prefix)
    assert len(row.prefix) == 8
    assert token not in str(row)


def test_a_wrong_token_is_nobodys(engine: Engine, wanted: Wanted) -> None:
    token = create(engine, wanted)

    assert bearer(engine, token[:-1]) is None
    assert bearer(engine, "") is None


def test_a_token_ends_when_it_was_said_to(engine: Engine, wanted: Wanted) -> None:
    token = create(engine, wanted)

    assert bearer(engine, token, MORNING + 89 * DAY)
    assert bearer(engine, token, MORNING + 90 * DAY) is None


def test_no_token_lives_longer_than_a_year(engine: Engine, wanted: Wanted) -> None:
    token = create(engine, replace(wanted, life=9_999 * DAY))

    assert bearer(engine, token, MORNING + 366 * DAY) is None


def test_a_revoked_token_is_dead_at_once(engine: Engine, wanted: Wanted) -> None:
    token = create(engine, wanted)

    with tx.unit_of_work(engine) as connection:
        assert tokens.revoke(connection, wanted.id, wanted.person, MORNING)
        assert not tokens.revoke(connection, wanted.id, wanted.person, MORNING)

    assert bearer(engine, token) is None


def test_nobody_revokes_anybody_elses_token(city: City, engine: Engine, wanted: Wanted) -> None:
    token = create(engine, wanted)

    with tx.unit_of_work(engine) as connection:
        assert not tokens.revoke(connection, wanted.id, city.people["outsider"].person, MORNING)

    assert bearer(engine, token)


def test_asking_again_makes_it_anew_and_ends_the_first(engine: Engine, wanted: Wanted) -> None:
    first, second = create(engine, wanted), create(engine, wanted)

    assert (bearer(engine, first), bearer(engine, second)) == (None, (wanted.person, wanted.scopes))


def test_a_revoked_token_is_not_made_anew(engine: Engine, wanted: Wanted) -> None:
    create(engine, wanted)
    with tx.unit_of_work(engine) as connection:
        tokens.revoke(connection, wanted.id, wanted.person, MORNING)

    with pytest.raises(IdempotencyConflict):
        create(engine, wanted)


def test_nobody_takes_over_anybody_elses_token(city: City, engine: Engine, wanted: Wanted) -> None:
    token = create(engine, wanted)

    with pytest.raises(IdempotencyConflict):
        create(engine, replace(wanted, person=city.people["outsider"].person))

    assert bearer(engine, token) == (wanted.person, wanted.scopes)


def test_somebodys_tokens_are_listed_without_their_text(engine: Engine, wanted: Wanted) -> None:
    token = create(engine, wanted)

    with engine.connect() as connection:
        (held,) = tokens.of(connection, wanted.person)

    assert (held.id, held.name, held.scopes) == (wanted.id, "地磅", ("read", "write"))
    assert token not in repr(held)
