"""From a person to what permission is judged by."""

from __future__ import annotations

from sqlalchemy import update

from sludgetrack import tx
from sludgetrack.access.actors import SignedIn, signed_in
from sludgetrack.store.tables.registry import person
from tests.support.city import City, new_id


def of(city: City, who: str) -> SignedIn | None:
    with city.engine.connect() as connection:
        return signed_in(connection, city.people[who].person)


def test_everybody_acts_as_they_were_registered(city: City) -> None:
    found = {who: of(city, who) for who in city.people}

    assert {who: signed.actor for who, signed in found.items() if signed} == city.people


def test_pages_show_name_login_and_organisation(city: City) -> None:
    signed = of(city, "driver")

    assert signed
    assert (signed.name, signed.login, signed.organisation_name) == ("张㛃", "driver", "宏达运输有限公司")


def test_only_an_authority_has_a_division(city: City) -> None:
    divisions = {who: signed.actor.division for who in city.people if (signed := of(city, who))}

    assert {who for who, division in divisions.items() if division} == {"regulator", "far_regulator"}


def test_somebody_who_left_or_never_was_is_nobody(city: City) -> None:
    with tx.unit_of_work(city.engine) as connection:
        connection.execute(update(person).where(person.c.login == "plant").values(active=False))

        assert signed_in(connection, city.people["plant"].person) is None
        assert signed_in(connection, new_id()) is None
