"""People of an organisation: who may add and change them, what the record keeps, and that it keeps it once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from sludgetrack.domain.errors import (
    IdempotencyConflict,
    LastAdministrator,
    NameTaken,
    NotFound,
    NotPermitted,
    OutOfRange,
)
from sludgetrack.domain.events import EventType, Stream, StreamKind
from sludgetrack.domain.identity import Actor, Role
from sludgetrack.domain.registrations import AddPerson, ChangePerson, ResetPassword, SwitchPerson
from sludgetrack.services import people
from sludgetrack.services.administering import Outcome
from sludgetrack.store import registry_reading, streams
from tests.support.city import City, new_id


def a_clerk(**more: object) -> AddPerson:
    values = {
        "event_id": new_id(),
        "organisation": "O-PLANT",
        "login": "zhou",
        "name": "周新来",
        "roles": frozenset({Role.CLERK}),
        "phone": "13900000000",
        **more,
    }
    return AddPerson(**values)  # type: ignore[arg-type]


def added(city: City, new: AddPerson) -> registry_reading.PersonRow:
    city.act("administrator", lambda ctx: people.add_person(ctx, new))
    return row(city, new.event_id)


def row(city: City, person: str) -> registry_reading.PersonRow:
    with city.engine.connect() as connection:
        found = registry_reading.person(connection, person)
    assert found is not None
    return found


def history(city: City, organisation: str = "O-PLANT") -> list[EventType]:
    stream = Stream(StreamKind.ORGANISATION, organisation)
    with city.engine.connect() as connection:
        head = streams.peek(connection, [stream])[stream]
        return [entry.claim.type for entry in streams.entries(connection, [head.id])[head.id]]


def authority(city: City, who: str = "regulator") -> Actor:
    return replace(city.people[who], roles=frozenset({Role.ADMINISTRATOR}))


def test_a_person_is_added_with_login_roles_and_phone(city: City) -> None:
    new = a_clerk()
    person = added(city, new)
    assert (person.login, person.name, person.phone) == ("zhou", "周新来", "13900000000")
    assert person.roles == {Role.CLERK}
    assert person.organisation == "O-PLANT"
    assert person.active


def test_name_and_phone_stand_beside_the_claim_not_in_it(city: City) -> None:
    new = a_clerk()
    added(city, new)
    with city.engine.connect() as connection:
        entry = streams.one(connection, new.event_id)
    assert entry is not None
    assert entry.claim.figures == {"what": "person", "id": new.event_id, "roles": ["clerk"]}
    assert entry.claim.actor == city.people["administrator"].person
    assert entry.personal_hash is not None


def test_sending_the_same_person_twice_adds_one(city: City) -> None:
    new = a_clerk()
    before = len(history(city))
    outcomes = [city.act("administrator", lambda ctx: people.add_person(ctx, new)) for _ in range(2)]
    assert outcomes == [Outcome.RECORDED, Outcome.AGAIN]
    assert len(history(city)) == before + 1


def test_the_same_id_for_another_person_is_a_conflict(city: City) -> None:
    new = a_clerk()
    added(city, new)
    with pytest.raises(IdempotencyConflict):
        added(city, replace(new, name="另一人"))


def test_a_login_in_use_is_refused_beside_its_field(city: City) -> None:
    with pytest.raises(NameTaken) as refused:
        added(city, a_clerk(login="driver"))
    assert refused.value.field == "login"


@pytest.mark.parametrize("login", ["ab", "Zhou", "周新来", "zhou ", "-zhou", "z" * 41])
def test_a_login_that_cannot_be_typed_everywhere_is_refused(city: City, login: str) -> None:
    with pytest.raises(OutOfRange) as refused:
        added(city, a_clerk(login=login))
    assert refused.value.field == "login"


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.DRIVER, Role.DISPATCHER])
def test_a_plant_has_no_inspectors_drivers_or_dispatchers(city: City, role: Role) -> None:
    with pytest.raises(OutOfRange) as refused:
        added(city, a_clerk(roles=frozenset({role})))
    assert refused.value.field == "roles"


def test_a_person_without_a_role_is_refused(city: City) -> None:
    with pytest.raises(OutOfRange):
        added(city, a_clerk(roles=frozenset()))


@pytest.mark.parametrize("who", ["plant", "driver", "outsider", "regulator"])
def test_only_the_organisations_administrator_adds_people(city: City, who: str) -> None:
    with pytest.raises(NotPermitted):
        city.act(who, lambda ctx: people.add_person(ctx, a_clerk()))


def test_an_authority_gives_an_organisation_of_its_division_its_first_administrator(city: City) -> None:
    city.people["bureau"] = authority(city)
    new = a_clerk(organisation="O-SITE", roles=frozenset({Role.ADMINISTRATOR}))
    assert city.act("bureau", lambda ctx: people.add_person(ctx, new)) is Outcome.RECORDED
    with pytest.raises(NotPermitted):
        city.act(
            "bureau",
            lambda ctx: people.add_person(ctx, replace(new, event_id=new_id(), login="another")),
        )


def test_an_authority_adds_no_clerks_to_others_and_nobody_outside_its_division(city: City) -> None:
    city.people["bureau"], city.people["far"] = authority(city), authority(city, "far_regulator")
    with pytest.raises(NotPermitted):
        city.act("bureau", lambda ctx: people.add_person(ctx, a_clerk(organisation="O-SITE")))
    first = a_clerk(organisation="O-SITE", roles=frozenset({Role.ADMINISTRATOR}))
    with pytest.raises(NotPermitted):
        city.act("far", lambda ctx: people.add_person(ctx, first))


def test_a_change_records_only_what_differs(city: City) -> None:
    person = added(city, a_clerk())
    change = ChangePerson(
        event_id=new_id(),
        person=person.id,
        name="周新来",
        roles=frozenset({Role.CLERK, Role.OPERATOR}),
        phone="13900000000",
    )
    assert city.act("administrator", lambda ctx: people.change_person(ctx, change)) is Outcome.RECORDED
    assert row(city, person.id).roles == {Role.CLERK, Role.OPERATOR}
    with city.engine.connect() as connection:
        entry = streams.one(connection, change.event_id)
    assert entry is not None
    assert entry.claim.figures == {"what": "person", "id": person.id, "roles": ["clerk", "operator"]}
    assert entry.personal_hash is None


def test_a_phone_can_be_taken_out_again(city: City) -> None:
    person = added(city, a_clerk())
    change = ChangePerson(event_id=new_id(), person=person.id, name="周新来", roles=person.roles)
    city.act("administrator", lambda ctx: people.change_person(ctx, change))
    assert row(city, person.id).phone is None


def test_a_change_of_nothing_writes_nothing(city: City) -> None:
    person = added(city, a_clerk())
    before = history(city)
    same = ChangePerson(event_id=new_id(), person=person.id, name=person.name, roles=person.roles, phone=person.phone)
    assert city.act("administrator", lambda ctx: people.change_person(ctx, same)) is Outcome.UNCHANGED
    assert history(city) == before


def test_somebody_who_left_can_come_back(city: City) -> None:
    person = added(city, a_clerk())
    for active in (False, True):
        switch = SwitchPerson(event_id=new_id(), person=person.id, active=active)
        assert city.act("administrator", partial(people.switch_person, switch=switch)) is Outcome.RECORDED
        assert row(city, person.id).active is active


def test_the_last_administrator_cannot_leave_or_stop_administering(city: City) -> None:
    me = city.people["administrator"].person
    with pytest.raises(LastAdministrator):
        city.act(
            "administrator",
            lambda ctx: people.switch_person(ctx, SwitchPerson(event_id=new_id(), person=me, active=False)),
        )
    change = ChangePerson(event_id=new_id(), person=me, name="孙管理", roles=frozenset({Role.CLERK}))
    with pytest.raises(LastAdministrator):
        city.act("administrator", lambda ctx: people.change_person(ctx, change))


def test_an_administrator_may_leave_once_there_is_another(city: City) -> None:
    added(city, a_clerk(roles=frozenset({Role.ADMINISTRATOR})))
    me = city.people["administrator"].person
    switch = SwitchPerson(event_id=new_id(), person=me, active=False)
    assert city.act("administrator", lambda ctx: people.switch_person(ctx, switch)) is Outcome.RECORDED


def test_somebody_elses_people_do_not_exist(city: City) -> None:
    theirs = city.people["driver"].person
    with pytest.raises(NotFound):
        city.act(
            "administrator",
            lambda ctx: people.reset_password(ctx, ResetPassword(event_id=new_id(), person=theirs)),
        )


def test_a_password_reset_is_on_record_without_the_password(city: City) -> None:
    clerk = city.people["plant"].person
    reset = ResetPassword(event_id=new_id(), person=clerk)
    city.act("administrator", lambda ctx: people.reset_password(ctx, reset))
    with city.engine.connect() as connection:
        entry = streams.one(connection, reset.event_id)
    assert entry is not None
    assert entry.claim.figures == {"what": "person", "id": clerk, "password_reset": True}
    assert row(city, clerk).active
