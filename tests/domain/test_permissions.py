"""Who may do what, written out person by person; and a stranger never anything."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sludgetrack.domain.errors import NotPermitted
from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Actor, OrganisationKind, Role
from sludgetrack.domain.permissions import BY_EVENT, POLICY, Action, Parties, may, require

OPERATOR, HAULER, AUTHORITY = OrganisationKind.OPERATOR, OrganisationKind.HAULER, OrganisationKind.AUTHORITY
ALL_ROLES = frozenset(Role)

MANIFEST = Parties(
    giver="O-PLANT",
    hauler="H1",
    destination="O-SITE",
    former_destinations=frozenset({"O-FORMER"}),
    divisions=("410702", "410721"),
    driver="driver",
)


def person(name: str, organisation: str, kind: OrganisationKind, *roles: Role, division: str = "") -> Actor:
    return Actor(name, organisation, kind, frozenset(roles), division=division)


PEOPLE = {
    "plant": person("plant", "O-PLANT", OPERATOR, Role.CLERK),
    "plant's administrator": person("admin", "O-PLANT", OPERATOR, Role.ADMINISTRATOR),
    "plant's weigher": person("weigher", "O-PLANT", OPERATOR, Role.OPERATOR),
    "dispatcher": person("dispatcher", "H1", HAULER, Role.DISPATCHER),
    "driver": person("driver", "H1", HAULER, Role.DRIVER),
    "second driver": person("second", "H1", HAULER, Role.DRIVER),
    "site": person("site", "O-SITE", OPERATOR, Role.OPERATOR),
    "site's clerk": person("clerk", "O-SITE", OPERATOR, Role.CLERK),
    "former site": person("former", "O-FORMER", OPERATOR, Role.OPERATOR),
    "county's inspector": person("county", "A-COUNTY", AUTHORITY, Role.INSPECTOR, division="410721"),
    "city's inspector": person("city", "A-CITY", AUTHORITY, Role.INSPECTOR, division="4107"),
    "city's administrator": person("it", "A-CITY", AUTHORITY, Role.ADMINISTRATOR, division="4107"),
    "far inspector": person("far", "A-FAR", AUTHORITY, Role.INSPECTOR, division="2202"),
    "other hauler's driver": person("other", "H2", HAULER, Role.DRIVER),
    "outsider": Actor("outsider", "O-STRANGER", OPERATOR, ALL_ROLES),
}
A = Action
MAY: dict[str, set[Action]] = {
    "plant": {
        *(A.READ, A.ISSUE, A.RELEASE, A.REDIRECT, A.TAKE_BACK, A.VOID),
        *(A.PRODUCE, A.HAND_OUT_NUMBERS, A.BACK_ENTER, A.READ_RATES, A.SETTLE, A.AGREE),
        *(A.TREAT, A.COUNT, A.SAMPLE, A.DISPOSE, A.PROPOSE_CORRECTION, A.DECIDE_CORRECTION),
    },
    "plant's administrator": {A.READ, A.ADMINISTER, A.AMEND, A.READ_RATES},
    "plant's weigher": {
        *(A.READ, A.DISPOSE, A.TURN_AWAY, A.READ_RATES, A.PRODUCE, A.TREAT, A.COUNT, A.SAMPLE),
        *(A.PROPOSE_CORRECTION, A.DECIDE_CORRECTION),
    },
    "dispatcher": {A.READ, A.ASSIGN, A.READ_RATES, A.AGREE, A.PROPOSE_CORRECTION, A.DECIDE_CORRECTION},
    "driver": {A.READ, A.CONFIRM, A.TRANSFER, A.ARRIVE, A.AGREE, A.DECIDE_CORRECTION},
    "second driver": {A.READ, A.CONFIRM, A.ARRIVE, A.AGREE, A.DECIDE_CORRECTION},
    "site": {
        *(A.READ, A.ARRIVE, A.RECEIVE, A.BACK_ENTER, A.READ_RATES, A.SETTLE, A.AGREE),
        *(A.PROPOSE_CORRECTION, A.DECIDE_CORRECTION),
    },
    "site's clerk": {A.READ, A.READ_RATES},
    "former site": {A.READ, A.READ_RATES},
    "county's inspector": {
        *(A.READ, A.DECLARE_LOST, A.RESOLVE, A.INSPECT, A.SET_POLICY, A.READ_RATES),
        *(A.DECIDE_CORRECTION, A.LOCK_PERIOD),
    },
    "city's inspector": {
        *(A.READ, A.DECLARE_LOST, A.RESOLVE, A.INSPECT, A.SET_POLICY, A.READ_RATES),
        *(A.DECIDE_CORRECTION, A.LOCK_PERIOD),
    },
    "city's administrator": {A.READ, A.REGISTER, A.AMEND, A.READ_RATES},
    "far inspector": set(),
    "other hauler's driver": set(),
    "outsider": set(),
}
"""Everything each of them may do to one manifest (or to a facility of its giver); nothing else."""


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_may_do_what_the_list_says_and_nothing_else(who: str, action: Action) -> None:
    assert may(PEOPLE[who], action, MANIFEST) is (action in MAY[who])


@pytest.mark.parametrize("action", Action)
def test_every_action_is_somebodys(action: Action) -> None:
    assert any(action in actions for actions in MAY.values())


def test_a_load_nobody_is_known_to_hold_may_be_handed_on_by_any_driver_of_its_hauler() -> None:
    unknown = Parties("O-PLANT", "H1", "O-SITE", driver=None)

    assert may(PEOPLE["second driver"], Action.TRANSFER, unknown)
    assert not may(PEOPLE["other hauler's driver"], Action.TRANSFER, unknown)


@pytest.mark.parametrize(
    ("division", "sees"),
    [("", True), ("41", True), ("4107", True), ("410702", True), ("410721", True), ("410703", False), ("4108", False)],
)
def test_an_authority_sees_what_touches_its_division(division: str, sees: bool) -> None:
    inspector = person("somebody", "A-ANY", AUTHORITY, Role.INSPECTOR, division=division)

    assert may(inspector, Action.READ, MANIFEST) is sees


def test_a_division_means_nothing_for_anybody_but_an_authority() -> None:
    assert not may(person("somebody", "O-X", OPERATOR, *ALL_ROLES, division="41"), Action.READ, MANIFEST)


organisations = st.sampled_from(["O-PLANT", "H1", "O-SITE", "O-FORMER", "O-X", "H2", ""])
actors = st.builds(
    Actor,
    person=st.sampled_from(["driver", "x"]),
    organisation=organisations,
    kind=st.sampled_from(OrganisationKind),
    roles=st.frozensets(st.sampled_from(Role)),
    facilities=st.just(frozenset({"P01"})),
    division=st.sampled_from(["", "41", "4107", "410702", "22", "220202"]),
)
parties = st.builds(
    Parties,
    giver=organisations,
    hauler=organisations,
    destination=organisations,
    former_destinations=st.frozensets(organisations, max_size=2),
    divisions=st.lists(st.sampled_from(["410702", "410721", "220202"]), max_size=2).map(tuple),
    driver=st.sampled_from([None, "driver"]),
)


@given(actors, parties, st.sampled_from(Action))
def test_a_stranger_may_never_do_anything(actor: Actor, manifest: Parties, action: Action) -> None:
    watches = actor.kind is AUTHORITY and any(d.startswith(actor.division) for d in manifest.divisions)
    assume(actor.organisation not in {manifest.giver, manifest.hauler, manifest.destination})
    assume(actor.organisation not in manifest.former_destinations)
    assume(not watches)

    assert not may(actor, action, manifest)


@given(actors, parties, st.sampled_from(sorted(set(Action) - {Action.READ, Action.READ_RATES})))
def test_somebody_without_a_role_may_only_read(actor: Actor, manifest: Parties, action: Action) -> None:
    nobody = Actor(actor.person, actor.organisation, actor.kind, frozenset(), actor.facilities, actor.division)

    assert not may(nobody, action, manifest)


def test_what_is_not_permitted_is_refused_naming_the_action() -> None:
    with pytest.raises(NotPermitted) as refusal:
        require(PEOPLE["driver"], Action.VOID, MANIFEST)

    assert refusal.value.facts == {"action": "void"}


def test_the_table_has_a_row_for_every_action() -> None:
    assert set(POLICY) == set(Action)


def test_every_event_of_a_command_has_its_action() -> None:
    by_the_registers = {
        *(EventType.REGISTERED, EventType.CHANGED, EventType.POLICY_SET),
        *(EventType.TABLE_SET, EventType.LOCKED),
    }
    by_consequence = {EventType.CORRECTED}

    assert set(BY_EVENT) == set(EventType) - by_the_registers - by_consequence
