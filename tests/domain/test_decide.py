"""Deciding on commands: figures, times, flags, and what a late claim is allowed that an online one is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sludgetrack.domain import commands as c
from sludgetrack.domain.decide import Circumstances, decide
from sludgetrack.domain.errors import (
    AcceptedMismatch,
    BeforeDeparture,
    DomainError,
    InTheFuture,
    InvalidFigures,
    MissingField,
    NetMismatch,
    NoDispute,
    OutOfRange,
    ReasonMissing,
    ReasonUnexpected,
    SameParty,
    SealedField,
    TooMuchReturned,
)
from sludgetrack.domain.events import EventType, Mark
from sludgetrack.domain.manifest import ManifestState, Status
from tests.domain.life import (
    ACTS,
    MORNING,
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

SECOND = timedelta(seconds=1)
FIVE_MINUTES = timedelta(minutes=5)


def problems_with(command: c.Command, status: Status) -> dict[str | None, type[DomainError]]:
    """What is wrong with each field of a command in a state."""
    with pytest.raises(InvalidFigures) as refusal:
        in_state(status).say(command)
    return {problem.field: type(problem) for problem in refusal.value.problems}


# Required and sealed fields

BLANK: dict[EventType, tuple[Status, c.Command, set[str]]] = {
    EventType.ISSUED: (Status.NEW, issue(giver=None), {"giver"}),
    EventType.ASSIGNED: (Status.ISSUED, assign(plate=None), {"plate"}),
    EventType.TRANSFERRED: (
        Status.IN_TRANSIT,
        transfer(place=None, plate="豫G1", reason=None),
        {"place", "reason"},
    ),
    EventType.REDIRECTED: (Status.HOLDING, redirect(destination=None, route=None), {"destination", "route"}),
    EventType.LOST: (Status.IN_TRANSIT, lose(finding=None), {"finding"}),
    EventType.VOIDED: (Status.ISSUED, void(reason=None), {"reason"}),
    EventType.INSPECTED: (Status.RETURNED, inspect(place=None, finding=None), {"place", "finding"}),
}


@pytest.mark.parametrize("event", BLANK)
def test_every_field_an_event_needs_is_named_where_it_is_missing(event: EventType) -> None:
    status, command, missing = BLANK[event]

    assert problems_with(command, status) == dict.fromkeys(missing, MissingField)


def test_a_claimed_field_is_sealed() -> None:
    assert problems_with(assign(hauler="H2"), Status.ISSUED) == {"hauler": SealedField}


def test_a_sealed_field_may_be_repeated_as_it_is() -> None:
    life = lived(issue(), assign(hauler="H1"))

    assert life.state.figures["hauler"] == "H1"


def test_a_sealed_field_claimed_anew_by_a_late_claim_is_a_dispute() -> None:
    life = lived(issue())

    life.say(assign(hauler="H2"), late=True)

    assert life.state.disputed
    assert life.state.figures["hauler"] == "H1"


def test_plate_and_driver_are_open_until_the_load_leaves() -> None:
    life = lived(issue(), assign(plate="豫G11111"), assign(plate="豫G22222"), load(plate="豫G33333"))

    assert life.state.figures["plate"] == "豫G33333"


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = load(net_kg=0, plate="豫" * 13, moisture_out_bp=10_001)

    assert problems_with(wrong, Status.ISSUED) == {
        "net_out_kg": OutOfRange,
        "plate": OutOfRange,
        "moisture_out_bp": OutOfRange,
    }


# Masses


@pytest.mark.parametrize(
    ("command", "status", "field"),
    [
        (issue(planned_kg=0), Status.NEW, "planned_kg"),
        (issue(planned_kg=-1), Status.NEW, "planned_kg"),
        (issue(batches=(c.BatchLine("B1", 0),)), Status.NEW, "batches"),
        (load(net_kg=1_000_000), Status.ISSUED, "net_out_kg"),
        (load(net_kg=-5), Status.ISSUED, "net_out_kg"),
        (give_back(kg=0), Status.HOLDING, "returned_kg"),
        (arrive(gross_arrival_kg=-1), Status.IN_TRANSIT, "gross_arrival_kg"),
    ],
)
def test_a_mass_is_more_than_nothing_and_less_than_a_thousand_tonnes(
    command: c.Command, status: Status, field: str
) -> None:
    assert problems_with(command, status) == {field: OutOfRange}


def test_net_is_gross_less_tare_on_the_way_out() -> None:
    wrong = load(net_kg=12_000, gross_out_kg=24_000, tare_out_kg=11_999)

    assert problems_with(wrong, Status.ISSUED) == {"net_out_kg": NetMismatch}


def test_net_is_gross_less_tare_on_the_way_in() -> None:
    wrong = receive(net_kg=12_000, gross_in_kg=24_001, tare_in_kg=12_000)

    assert problems_with(wrong, Status.IN_TRANSIT) == {"net_in_kg": NetMismatch}


@pytest.mark.parametrize(("given_one", "missing"), [("gross_out_kg", "tare_out_kg"), ("tare_out_kg", "gross_out_kg")])
def test_gross_and_tare_come_together(given_one: str, missing: str) -> None:
    assert problems_with(load(**{given_one: 13_000}), Status.ISSUED) == {missing: MissingField}


def test_batches_all_carry_a_mass_or_none_does() -> None:
    lines = (c.BatchLine("B1", 5_000), c.BatchLine("B2"))

    assert problems_with(issue(batches=lines), Status.NEW) == {"batches": OutOfRange}


def test_nobody_ships_to_themselves() -> None:
    assert problems_with(issue(destination="P01"), Status.NEW) == {"destination": SameParty}


# What is received


@pytest.mark.parametrize(
    ("command", "problems"),
    [
        (receive(decision="perhaps"), {"decision": OutOfRange}),
        (receive(decision="accepted", accepted_kg=11_999, reason=None), {"accepted_kg": AcceptedMismatch}),
        (receive(decision="accepted", net_in_kg=None), {"net_in_kg": MissingField}),
        (receive(decision="accepted", reason="含水率超标"), {"reason": ReasonUnexpected}),
        (receive(decision="partial", accepted_kg=12_000, reason="满仓"), {"accepted_kg": AcceptedMismatch}),
        (receive(decision="partial", accepted_kg=0, reason="满仓"), {"accepted_kg": AcceptedMismatch}),
        (receive(decision="partial", accepted_kg=9_000, reason=None), {"reason": ReasonMissing}),
        (receive(decision="refused", accepted_kg=1, reason="满仓"), {"accepted_kg": AcceptedMismatch}),
        (receive(decision="refused", accepted_kg=0, reason=None), {"reason": ReasonMissing}),
        (receive(decision="refused", accepted_kg=0, reason="满仓", net_in_kg=0), {"net_in_kg": OutOfRange}),
    ],
)
def test_decision_accepted_mass_and_reason_fit_each_other(
    command: c.Command, problems: dict[str, type[DomainError]]
) -> None:
    assert problems_with(command, Status.IN_TRANSIT) == problems


def test_a_weighed_refusal_states_its_net() -> None:
    wrong = receive(decision="refused", accepted_kg=0, reason="满仓", net_in_kg=None, gross_in_kg=24_000, tare_in_kg=1)

    assert problems_with(wrong, Status.ARRIVED) == {"net_in_kg": MissingField}


@given(st.integers(1, 60_000), st.data())
def test_net_is_always_accepted_and_refused_together(net_kg: int, data: st.DataObject) -> None:
    accepted = data.draw(st.integers(0, net_kg))
    life = lived(issue(), load())

    life.say(receive(net_kg=net_kg, accepted_kg=accepted))

    receipt = life.state.receipts[0]
    assert receipt.accepted_kg + receipt.refused_kg == receipt.weighing.net_kg == net_kg


# What is returned


def test_no_more_comes_back_than_the_driver_held() -> None:
    life = lived(issue(), load(), receive(accepted_kg=9_000))

    with pytest.raises(InvalidFigures) as refusal:
        life.say(give_back(kg=3_001))

    (problem,) = refusal.value.problems
    assert isinstance(problem, TooMuchReturned)
    assert problem.facts == {"returned_kg": 3_001, "held_kg": 3_000}


def test_a_late_claim_that_more_came_back_is_a_dispute() -> None:
    life = lived(issue(), load())

    entry = life.say(give_back(kg=12_500), late=True)

    assert entry.marks == (Mark.LATE, Mark.CONTRADICTS)
    assert life.state.held_kg == 12_000


# Times


@pytest.mark.parametrize(
    ("status", "event"),
    [
        (Status.NEW, EventType.ISSUED),
        (Status.ISSUED, EventType.LOADED),
        (Status.IN_TRANSIT, EventType.RECEIVED),
        (Status.HOLDING, EventType.RETURNED),
        (Status.DELIVERED, EventType.INSPECTED),
    ],
)
def test_nothing_online_lies_more_than_five_minutes_ahead(status: Status, event: EventType) -> None:
    life = in_state(status)

    assert life.decided(at(ACTS[event], life.now + FIVE_MINUTES)).occurred_at == life.now + FIVE_MINUTES
    with pytest.raises(InTheFuture):
        life.decided(at(ACTS[event], life.now + FIVE_MINUTES + SECOND))


@pytest.mark.parametrize("command", [transfer(), redirect(), arrive(), receive(), give_back()])
def test_nothing_happens_on_the_road_before_the_departure(command: c.Command) -> None:
    life = lived(issue(), load())
    departed = life.state.times[EventType.LOADED]

    with pytest.raises(BeforeDeparture) as refusal:
        life.say(at(command, departed - SECOND))

    assert refusal.value.facts == {"occurred_at": departed - SECOND, "departed_at": departed}


def test_a_receipt_within_the_minute_of_the_departure_is_possible() -> None:
    """A form takes times to the minute, and the departure was recorded to the second."""
    life = lived(issue(), at(load(), MORNING + 40 * SECOND))

    life.say(at(receive(), MORNING))

    assert life.state.status is Status.DELIVERED


def test_what_says_no_time_happens_now() -> None:
    assert decide(ManifestState(), issue(), around()).occurred_at == MORNING


def test_a_late_claim_of_the_future_is_kept_and_marked() -> None:
    decision = decide(in_state(Status.ISSUED).state, at(load(), MORNING + timedelta(days=1)), around(late=True))

    assert decision.marks == (Mark.LATE, Mark.FUTURE)


def test_a_late_receipt_before_its_departure_is_kept_and_marked() -> None:
    life = lived(issue(), load())

    entry = life.say(at(receive(), MORNING - timedelta(days=1)), late=True)

    assert entry.marks == (Mark.LATE, Mark.BEFORE_DEPARTURE)
    assert life.state.status is Status.DELIVERED


def test_a_late_claim_that_fits_is_only_late() -> None:
    life = lived(issue(), load())

    assert life.say(receive(), late=True).marks == (Mark.LATE,)


def test_a_late_claim_with_figures_that_contradict_themselves_is_refused() -> None:
    life = lived(issue(), load(), receive())

    with pytest.raises(InvalidFigures):
        life.say(receive(decision="partial", accepted_kg=0, reason="满仓"), late=True)


# Flags


@pytest.mark.parametrize(
    ("net_kg", "rated_kg", "flagged"),
    [
        (18_900, 18_000, False),
        (18_901, 18_000, True),
        (40_000, None, False),
        (40_001, None, True),
        (40_001, 60_000, True),
    ],
)
def test_a_load_above_105_percent_of_the_rated_or_above_40_t_is_flagged(
    net_kg: int, rated_kg: int | None, flagged: bool
) -> None:
    entry = lived(issue()).say(load(net_kg=net_kg), rated_kg=rated_kg)

    assert (Mark.OVERLOAD in entry.marks) is flagged


def test_a_load_on_a_truck_that_is_on_the_road_already_is_flagged() -> None:
    assert lived(issue()).say(load(), overlapping=True).marks == (Mark.OVERLAP,)


def test_a_transfer_to_a_truck_too_small_or_already_on_the_road_is_flagged() -> None:
    entry = lived(issue(), load(net_kg=12_000)).say(transfer(), rated_kg=10_000, overlapping=True)

    assert entry.marks == (Mark.OVERLOAD, Mark.OVERLAP)


def test_a_receipt_is_not_flagged_for_its_truck() -> None:
    assert lived(issue(), load()).say(receive(net_kg=12_000), rated_kg=1, overlapping=True).marks == ()


# Disputes


def test_without_a_dispute_there_is_nothing_to_resolve() -> None:
    with pytest.raises(NoDispute):
        lived(issue(), load()).say(resolve(3, stands="anything"))


def test_a_late_decision_without_a_dispute_is_refused_too() -> None:
    with pytest.raises(NoDispute):
        lived(issue(), load()).say(resolve(3, stands="anything"), late=True)


def test_a_decision_names_a_claim_of_this_manifest() -> None:
    life = lived(issue(), load(), receive())
    life.say(lose(), late=True)

    with pytest.raises(InvalidFigures) as refusal:
        life.say(resolve(5, stands="another manifest's event"))

    assert [problem.field for problem in refusal.value.problems] == ["stands"]


def around(*, late: bool = False) -> Circumstances:
    return Circumstances(now=MORNING, late=late)


def at(command: c.Command, when: datetime) -> c.Command:
    return replace(command, occurred_at=when)
