"""Passwords: long enough, never told apart from unknown logins, and locked ever longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from sludgetrack import tx
from sludgetrack.access.passwords import (
    FREE_TRIES,
    check_password,
    lock_until,
    require_password,
    set_password,
)
from sludgetrack.domain.errors import BadLogin, LoginLocked, WeakPassword
from sludgetrack.store.tables.registry import credential, person
from tests.domain.life import MORNING
from tests.support.city import City

GOOD = "十二个字符以上的好密码！！"


@pytest.fixture
def plant(city: City) -> str:
    """The plant's clerk, who has a password."""
    who = city.people["plant"].person
    with tx.unit_of_work(city.engine) as connection:
        set_password(connection, who, "plant", GOOD)
    return who


def check(engine: Engine, login: str, password: str, minutes: float = 0) -> str | None:
    with tx.unit_of_work(engine) as connection:
        return check_password(connection, login, password, MORNING + timedelta(minutes=minutes))


def test_the_right_password_tells_who_it_is(engine: Engine, plant: str) -> None:
    assert check(engine, "plant", GOOD) == plant


def test_a_wrong_password_an_unknown_login_and_one_without_password_look_the_same(engine: Engine, plant: str) -> None:
    assert [check(engine, login, "wrong password") for login in ("plant", "nobody", "driver")] == [None, None, None]


def test_somebody_who_left_cannot_sign_in(engine: Engine, plant: str) -> None:
    with tx.unit_of_work(engine) as connection:
        connection.execute(update(person).where(person.c.id == plant).values(active=False))

    assert check(engine, "plant", GOOD) is None


@pytest.mark.parametrize("weak", ["", "short", "eleven char", "the PLANT's own password"])
def test_a_password_is_twelve_characters_and_not_the_login(city: City, weak: str) -> None:
    with city.engine.connect() as connection, pytest.raises(WeakPassword) as refusal:
        set_password(connection, city.people["plant"].person, "plant", weak)

    assert refusal.value.facts == {"wanted": 12}


def test_only_a_hash_is_kept(engine: Engine, plant: str) -> None:
    with engine.connect() as connection:
        kept = connection.execute(select(credential.c.password_hash)).scalar_one()

    assert kept.startswith("$argon2id$")
    assert GOOD not in kept


def test_a_new_password_replaces_the_old_one_and_lifts_the_lock(engine: Engine, plant: str) -> None:
    with tx.unit_of_work(engine) as connection:
        connection.execute(update(credential).values(wrong_tries=9, locked_until=MORNING + timedelta(days=1)))
        set_password(connection, plant, "plant", GOOD + "2")

    assert check(engine, "plant", GOOD + "2") == plant
    assert check(engine, "plant", GOOD) is None


def test_after_five_wrong_tries_even_the_right_password_has_to_wait(engine: Engine, plant: str) -> None:
    for _ in range(FREE_TRIES):
        check(engine, "plant", "wrong password")

    with pytest.raises(LoginLocked) as refusal:
        check(engine, "plant", GOOD)

    assert refusal.value.facts == {"until": MORNING + timedelta(seconds=30)}
    assert check(engine, "plant", GOOD, minutes=0.5) == plant


def test_a_lock_that_ran_out_is_longer_after_the_next_wrong_try(engine: Engine, plant: str) -> None:
    for _ in range(FREE_TRIES):
        check(engine, "plant", "wrong password")
    check(engine, "plant", "wrong password", minutes=1)

    with pytest.raises(LoginLocked) as refusal:
        check(engine, "plant", GOOD, minutes=1.5)

    assert refusal.value.facts == {"until": MORNING + timedelta(minutes=2)}


def test_the_right_password_forgives_the_wrong_tries(engine: Engine, plant: str) -> None:
    for _ in range(FREE_TRIES - 1):
        check(engine, "plant", "wrong password")
    check(engine, "plant", GOOD)
    check(engine, "plant", "wrong password")

    assert check(engine, "plant", GOOD) == plant


@given(st.integers(0, 10_000))
def test_a_lock_never_shrinks_and_never_lasts_longer_than_a_day(tries: int) -> None:
    now, later = lock_until(tries, MORNING), lock_until(tries + 1, MORNING)

    assert (now or MORNING) <= (later or MORNING) <= MORNING + timedelta(days=1)


def test_guessing_for_a_month_allows_few_guesses() -> None:
    now, tries = MORNING, 0
    while now < MORNING + timedelta(days=30):
        tries += 1
        now = lock_until(tries, now) or now

    assert tries < 60


def test_a_login_that_failed_is_refused_without_saying_why() -> None:
    with pytest.raises(BadLogin) as refusal:
        require_password(None)

    assert refusal.value.facts == {}
    assert require_password("somebody") == "somebody"
