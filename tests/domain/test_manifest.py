"""A manifest's life: every event in every state, who holds what afterwards, and what a decision on a dispute undoes."""

from __future__ import annotations

import pytest

from sludgetrack.domain.decide import Circumstances, decide
from sludgetrack.domain.errors import NotAllowedNow
from sludgetrack.domain.events import EventType as E
from sludgetrack.domain.events import Mark
from sludgetrack.domain.manifest import Custody, HolderKind, ManifestState, Status, advance, allowed_events, fold
from tests.domain.life import (
    ACTS,
    MORNING,
    Life,
    arrive,
    assign,
    give_back,
    in_state,
    inspect,
    issue,
    lived,
    load,
    lose,
    receive,
    redirect,
    resolve,
    transfer,
    void,
)

GIVER, DRIVER, DESTINATION = HolderKind.GIVER, HolderKind.DRIVER, HolderKind.DESTINATION

LEADS_TO: dict[E, dict[Status, Status]] = {
    E.ISSUED: {Status.NEW: Status.ISSUED},
    E.ASSIGNED: {Status.ISSUED: Status.ISSUED},
    E.LOADED: {Status.ISSUED: Status.IN_TRANSIT},
    E.TRANSFERRED: {Status.IN_TRANSIT: Status.IN_TRANSIT, Status.HOLDING: Status.HOLDING},
    E.REDIRECTED: {Status.IN_TRANSIT: Status.IN_TRANSIT, Status.HOLDING: Status.IN_TRANSIT},
    E.ARRIVED: {Status.IN_TRANSIT: Status.ARRIVED},
    E.RECEIVED: {Status.IN_TRANSIT: Status.DELIVERED, Status.ARRIVED: Status.DELIVERED},
    E.RETURNED: {Status.IN_TRANSIT: Status.RETURNED, Status.HOLDING: Status.RETURNED},
    E.LOST: {Status.IN_TRANSIT: Status.LOST, Status.HOLDING: Status.LOST},
    E.VOIDED: {Status.ISSUED: Status.VOID},
    E.INSPECTED: {status: status for status in Status if status is not Status.NEW},
}
"""From which state to which each event leads; where a state is not named, the event is refused."""

EVERY_PAIR = [(event, status) for event in LEADS_TO for status in Status]
ALLOWED_PAIRS = [(event, status) for event, status in EVERY_PAIR if status in LEADS_TO[event]]
REFUSED_PAIRS = [(event, status) for event, status in EVERY_PAIR if status not in LEADS_TO[event]]


@pytest.mark.parametrize(("event", "status"), ALLOWED_PAIRS)
def test_an_allowed_event_leads_where_the_table_says(event: E, status: Status) -> None:
    life = in_state(status)

    life.say(ACTS[event])

    assert life.state.status is LEADS_TO[event][status]


@pytest.mark.parametrize(("event", "status"), REFUSED_PAIRS)
def test_any_other_event_is_refused_naming_state_event_and_what_is_allowed(event: E, status: Status) -> None:
    life = in_state(status)

    with pytest.raises(NotAllowedNow) as refusal:
        life.say(ACTS[event])

    allowed = [str(possible) for possible, leads in LEADS_TO.items() if status in leads]
    assert refusal.value.facts == {"status": str(status), "event": str(event), "allowed": allowed}


@pytest.mark.parametrize(("event", "status"), [pair for pair in REFUSED_PAIRS if pair[1] is not Status.NEW])
def test_a_late_claim_the_state_contradicts_is_recorded_and_changes_nothing_but_the_dispute(
    event: E, status: Status
) -> None:
    life = in_state(status)
    before = life.state

    entry = life.say(ACTS[event], late=True)

    assert {Mark.LATE, Mark.CONTRADICTS} <= set(entry.marks)
    assert life.state.disputes == (entry.claim.event_id,)
    assert (life.state.status, life.state.custody) == (before.status, before.custody)


@pytest.mark.parametrize("status", Status)
def test_what_is_allowed_now_is_listed_in_the_order_of_a_life(status: Status) -> None:
    assert allowed_events(in_state(status).state) == tuple(e for e, leads in LEADS_TO.items() if status in leads)


def test_a_partly_accepted_load_is_held() -> None:
    assert lived(issue(), load(), receive(accepted_kg=9_000)).state.status is Status.HOLDING


def test_a_partly_accepted_load_is_delivered_once_the_rest_is_back() -> None:
    life = lived(issue(), load(), receive(accepted_kg=9_000))

    life.say(give_back(kg=3_000))

    assert life.state.status is Status.DELIVERED


def test_a_refused_load_may_go_to_another_destination() -> None:
    life = lived(issue(), load(), receive(accepted_kg=2_000), redirect(), receive(net_kg=10_000))

    assert life.state.status is Status.DELIVERED
    assert life.state.custody == (
        Custody(2_000, DESTINATION, "S-INC"),
        Custody(10_000, DESTINATION, "S-CEM"),
    )


# Custody


@pytest.mark.parametrize(
    ("status", "custody"),
    [
        (Status.NEW, ()),
        (Status.ISSUED, (Custody(12_000, GIVER, "P01"),)),
        (Status.IN_TRANSIT, (Custody(12_000, DRIVER, "driver"),)),
        (Status.ARRIVED, (Custody(12_000, DRIVER, "driver"),)),
        (Status.HOLDING, (Custody(12_000, DRIVER, "driver"),)),
        (Status.DELIVERED, (Custody(12_000, DESTINATION, "S-INC"),)),
        (Status.RETURNED, (Custody(12_000, GIVER, "P01"),)),
        (Status.LOST, (Custody(12_000, HolderKind.NOBODY, None),)),
        (Status.VOID, ()),
    ],
)
def test_exactly_one_party_holds_the_load_in_each_state(status: Status, custody: tuple[Custody, ...]) -> None:
    assert in_state(status).state.custody == custody


def test_a_partial_receipt_divides_custody_between_destination_and_driver() -> None:
    state = lived(issue(), load(), receive(net_kg=11_900, accepted_kg=9_000)).state

    assert state.custody == (Custody(9_000, DESTINATION, "S-INC"), Custody(2_900, DRIVER, "driver"))


def test_what_comes_back_is_the_givers_again() -> None:
    state = lived(issue(), load(), receive(accepted_kg=9_000), give_back(kg=2_950)).state

    assert state.custody == (Custody(9_000, DESTINATION, "S-INC"), Custody(2_950, GIVER, "P01"))
    assert state.held_kg == 0


def test_a_loss_leaves_what_was_accepted_with_its_destination() -> None:
    state = lived(issue(), load(), receive(accepted_kg=9_000), lose()).state

    assert state.custody == (Custody(9_000, DESTINATION, "S-INC"), Custody(3_000, HolderKind.NOBODY, None))


def test_a_load_refused_unweighed_is_held_as_it_was_loaded() -> None:
    refused = receive(net_in_kg=None, decision="refused", accepted_kg=0)
    life = lived(issue(), load(net_kg=11_000))

    life.say(refused)

    assert life.state.custody == (Custody(11_000, DRIVER, "driver"),)
    assert not life.state.receipts[0].weighed


def test_a_transfer_hands_custody_to_whoever_confirmed_it() -> None:
    life = lived(issue(), load())

    life.say(transfer(driver="somebody named beforehand"), taker="second driver")

    assert life.state.custody == (Custody(12_000, DRIVER, "second driver"),)
    assert life.state.driver == "second driver"


def test_a_transfer_moves_only_what_the_driver_holds() -> None:
    life = lived(issue(), load(), receive(accepted_kg=9_000))

    life.say(transfer(), taker="second driver")

    assert life.state.custody == (Custody(9_000, DESTINATION, "S-INC"), Custody(3_000, DRIVER, "second driver"))


def test_an_unconfirmed_load_is_held_by_the_driver_named_for_it() -> None:
    life = lived(issue())

    life.say(load(driver="named driver"), taker=None)

    assert life.state.custody == (Custody(12_000, DRIVER, "named driver"),)


def test_after_an_unconfirmed_transfer_to_nobody_named_the_former_driver_holds_nothing() -> None:
    life = lived(issue(), assign(), load())

    life.say(transfer(), taker=None)

    assert life.state.custody == (Custody(12_000, DRIVER, None),)


# What a fold is


def test_a_state_advanced_entry_by_entry_is_the_fold_of_them_all() -> None:
    life = lived(issue(), load(), arrive(), receive(accepted_kg=9_000), give_back(kg=3_000))
    life.say(lose(), late=True)
    life.say(inspect())

    state = ManifestState()
    for entry in life.entries:
        state = advance(state, entry)

    assert state == fold(life.entries)


def test_a_state_names_its_last_entry_disputed_or_not() -> None:
    life = lived(issue(), load(), receive())

    late = life.say(receive(net_kg=11_000), late=True)

    assert (life.state.seq, life.state.head) == (late.seq, late.hash)


# Disputes


def test_a_claim_that_stands_takes_the_place_of_what_made_it_impossible() -> None:
    life = lived(issue(), load(), receive(net_kg=12_000))
    other = life.say(receive(net_kg=11_000, accepted_kg=0), late=True)

    life.say(resolve(5, stands=other.claim.event_id))

    assert (life.state.status, life.state.disputed) == (Status.HOLDING, False)
    assert life.state.custody == (Custody(11_000, DRIVER, "driver"),)
    assert len(life.state.receipts) == 1


def test_the_history_may_stand_against_a_claim() -> None:
    life = lived(issue(), load(), receive())
    before = life.state.custody
    life.say(lose(), late=True)

    life.say(resolve(5, stands=life.entries[2].claim.event_id))

    assert (life.state.status, life.state.custody, life.state.disputed) == (Status.DELIVERED, before, False)


def test_nothing_is_removed_from_the_record_by_a_decision() -> None:
    life = lived(issue(), load(), receive())
    late = life.say(lose(), late=True)
    life.say(resolve(5, stands=late.claim.event_id))

    assert [entry.claim.type for entry in life.entries] == [E.ISSUED, E.LOADED, E.RECEIVED, E.LOST, E.RESOLVED]
    assert life.state.status is Status.LOST
    assert life.entries[2].claim.event_id not in life.state.effective


def test_a_claim_that_stands_leaves_later_events_it_does_not_make_impossible() -> None:
    life = lived(issue(), load(), receive(accepted_kg=0), give_back(kg=11_000), inspect())
    late = life.say(receive(net_kg=11_500, accepted_kg=500), late=True)

    life.say(resolve(7, stands=late.claim.event_id))

    assert life.state.status is Status.DELIVERED
    assert [life.entries[i].claim.event_id for i in (0, 1, 5, 3, 4)] == list(life.state.effective)


def test_a_voided_manifest_lives_on_where_the_voiding_does_not_stand() -> None:
    life = lived(issue(), void())
    late = life.say(assign(), late=True)

    life.say(resolve(4, stands=late.claim.event_id))

    assert life.state.status is Status.ISSUED


def test_life_goes_on_after_a_decision() -> None:
    life = lived(issue(), load(), receive())
    late = life.say(receive(accepted_kg=0), late=True)
    life.say(resolve(5, stands=late.claim.event_id))

    life.say(give_back(kg=11_900))

    assert life.state.status is Status.RETURNED
    assert life.state.returned is not None


def test_several_contradicting_claims_are_settled_by_one_decision() -> None:
    life = lived(issue(), load(), receive())
    first = life.say(receive(net_kg=11_000), late=True)
    life.say(lose(), late=True)

    life.say(resolve(6, stands=first.claim.event_id))

    assert not life.state.disputed
    assert life.state.accepted_kg == 11_000


def test_a_new_contradiction_after_a_decision_is_a_new_dispute() -> None:
    life = lived(issue(), load(), receive())
    first = life.say(receive(net_kg=11_000), late=True)
    life.say(resolve(5, stands=first.claim.event_id))

    second = life.say(lose(), late=True)

    assert life.state.disputes == (second.claim.event_id,)


def test_deciding_needs_no_entry_to_be_written() -> None:
    life = Life()

    decide(life.state, issue(), Circumstances(now=MORNING))

    assert life.entries == []
