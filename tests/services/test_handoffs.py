"""Contradicting claims settled by the parties: one proposes which stands, another party agrees."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import (
    NoDispute,
    NotFound,
    NotPermitted,
    OfferDead,
    OfferExpired,
    OfferUsed,
    OwnOffer,
    StaleState,
    WrongCode,
)
from sludgetrack.domain.events import EventType, Method
from sludgetrack.services import handoffs, manifests
from sludgetrack.services.cases import open_case
from sludgetrack.services.handoffs import Shown
from sludgetrack.services.reading import driver
from sludgetrack.services.reading.disputes import dispute
from sludgetrack.services.reading.manifests import ManifestView, manifest_view
from sludgetrack.store import offers, personal
from sludgetrack.store.append import Receipt
from tests.services.test_rebooking import accounts, claim, fate, is_sound, receipt
from tests.support.city import KEY, City, new_id


@pytest.fixture
def number(city: City) -> str:
    """A manifest delivered with 12 t, of which the site says afterwards that they were 11 t."""
    city.produce()
    number = city.delivered()
    claim(city, "site", number, receipt(11_000))
    return number


def disputed_claim(city: City, number: str) -> str:
    return city.act("plant", lambda ctx: open_case(ctx, number, lock=False)).state.disputes[0]


def propose(city: City, number: str, who: str = "site", stands: str | None = None) -> Shown:
    """Somebody proposes that the contradicting claim stands."""
    command = c.ResolveDispute(
        event_id=new_id(), stands=stands or disputed_claim(city, number), reason="复核磅单，少记一吨"
    )
    return city.offer(who, number, command)


def view(city: City, number: str, who: str = "plant") -> ManifestView:
    return city.act(who, lambda ctx: manifest_view(ctx, number))


def wrong_for(shown: Shown) -> str:
    return "000000" if shown.code != "000000" else "111111"


@pytest.mark.parametrize(
    ("proposing", "agreeing"),
    [
        ("plant", "site"),
        ("site", "plant"),
        ("plant", "driver"),
        ("site", "second_driver"),
        ("plant", "dispatcher"),
        ("site", "dispatcher"),
    ],
)
def test_two_parties_settle_it_and_there_is_no_dispute_any_more(
    city: City, number: str, engine: Engine, proposing: str, agreeing: str
) -> None:
    shown = propose(city, number, proposing)
    proposed = view(city, number)

    city.confirm(shown, agreeing)

    settled = view(city, number)
    assert (proposed.row.disputed, settled.row.disputed) == (True, False)
    assert settled.row.accepted_kg == 11_000
    assert EventType.RESOLVED not in settled.allowed
    assert is_sound(engine)


def test_a_proposal_books_nothing_and_the_agreement_books_the_mass_anew(
    city: City, number: str, engine: Engine
) -> None:
    shown = propose(city, number)
    proposed = fate(engine)

    city.confirm(shown, "plant")

    assert proposed == accounts(plant=88, site=12)
    assert fate(engine) == accounts(plant=88, site=11, receipt=1)


def test_the_parties_may_agree_that_what_was_known_stands(city: City, number: str, engine: Engine) -> None:
    known = city.act("plant", lambda ctx: open_case(ctx, number, lock=False)).state.effective[-1]

    city.confirm(propose(city, number, "plant", known), "site")

    assert view(city, number).row.accepted_kg == 12_000
    assert fate(engine) == accounts(plant=88, site=12)


def test_the_record_keeps_both_words_and_both_people_by_what_they_did(city: City, number: str) -> None:
    shown = propose(city, number)
    receipt = city.confirm(shown, "dispatcher", shown.token)

    entry = view(city, number).timeline[-1]
    card = city.act("plant", lambda ctx: personal.beside(ctx.connection, [receipt.event_id]))[receipt.event_id]

    assert [(word.party_name, word.person, word.method) for word in entry.words] == [
        ("新乡环保能源有限公司", "王过磅", Method.TYPED),
        ("宏达运输有限公司", "赵调度", Method.SCANNED),
    ]
    assert (entry.figures["proposing_name"], entry.figures["agreeing_name"]) == (
        "新乡环保能源有限公司",
        "宏达运输有限公司",
    )
    assert "authority_name" not in entry.figures
    assert (card["name"], card["agreed_name"]) == ("王过磅", "赵调度")
    assert not any(key.startswith("driver_") for key in card)


def test_a_settlement_is_no_handoff_that_counts_among_the_driver_s(city: City, number: str) -> None:
    before = view(city, number).row.grades

    city.confirm(propose(city, number), "plant")

    assert view(city, number).row.grades == before


def test_the_same_organisation_does_not_agree_with_itself(city: City, number: str) -> None:
    shown = propose(city, number, "plant")

    for who in ("plant", "administrator"):
        with pytest.raises(OwnOffer):
            city.confirm(shown, who)
        with pytest.raises(OwnOffer):
            city.act(who, lambda ctx: handoffs.look(ctx, KEY, shown.offer.id, shown.code))
        with pytest.raises(OwnOffer):
            city.act(who, lambda ctx: handoffs.decline(ctx, shown.offer.id, "算了"))
    assert view(city, number).row.disputed


@pytest.mark.parametrize("who", ["outsider", "other_driver", "far_regulator"])
def test_for_who_is_no_party_there_is_nothing_to_agree_to(city: City, number: str, who: str) -> None:
    shown = propose(city, number)

    with pytest.raises(NotFound):
        city.confirm(shown, who)
    with pytest.raises(NotFound):
        city.act(who, lambda ctx: dispute(ctx, number))
    with pytest.raises(NotFound):
        propose(city, number, who, stands=shown.offer.command["stands"])
    assert city.act(who, driver.to_confirm) == []


def test_the_authority_does_not_agree_in_a_party_s_place(city: City, number: str) -> None:
    shown = propose(city, number)

    with pytest.raises(NotPermitted):
        city.confirm(shown, "regulator")


@pytest.mark.parametrize("who", ["driver", "dispatcher", "regulator"])
def test_giver_and_destination_propose_and_nobody_else(city: City, number: str, who: str) -> None:
    with pytest.raises(NotPermitted):
        propose(city, number, who)


def test_everybody_who_reads_the_manifest_sees_the_claims_side_by_side(city: City, number: str) -> None:
    for who in ("plant", "site", "dispatcher", "driver", "regulator"):
        seen = city.act(who, lambda ctx: dispute(ctx, number))
        assert [choice.accepted_kg for choice in seen.choices] == [12_000, 11_000]


def test_wrong_codes_count_and_the_fifth_ends_the_proposal(city: City, number: str) -> None:
    shown = propose(city, number)

    for _try in range(5):
        outcome = city.act("plant", lambda ctx: handoffs.confirm_or_count(ctx, KEY, shown.offer.id, wrong_for(shown)))
        assert isinstance(outcome, WrongCode)

    with pytest.raises(OfferDead):
        city.confirm(shown, "plant")


def test_a_proposal_lives_five_minutes(city: City, number: str) -> None:
    shown = propose(city, number)
    city.clock.forward(minutes=5)

    with pytest.raises(OfferExpired):
        city.confirm(shown, "plant")


def test_who_does_not_agree_says_why_and_the_proposal_is_over(city: City, number: str) -> None:
    shown = propose(city, number)

    city.act("plant", lambda ctx: handoffs.decline(ctx, shown.offer.id, "磅单看不清"))

    found = city.act("site", lambda ctx: offers.by_id(ctx.connection, shown.offer.id))
    assert found is not None
    assert (str(found.state), found.reason) == ("declined", "磅单看不清")
    with pytest.raises(OfferDead):
        city.confirm(shown, "plant")
    assert view(city, number).row.disputed


def test_the_same_person_agreeing_again_gets_the_same_receipt_and_nobody_else_does(city: City, number: str) -> None:
    shown = propose(city, number)
    first: Receipt = city.confirm(shown, "plant")

    assert city.confirm(shown, "plant") == first
    with pytest.raises(OfferUsed):
        city.confirm(shown, "dispatcher")


def test_the_same_proposal_sent_again_has_the_same_code(city: City, number: str) -> None:
    command = c.ResolveDispute(event_id=new_id(), stands=disputed_claim(city, number), reason="复核")

    assert city.offer("site", number, command) == city.offer("site", number, command)


def test_what_the_authority_decided_meanwhile_is_not_settled_again(city: City, number: str) -> None:
    shown = propose(city, number)
    command = c.ResolveDispute(event_id=new_id(), stands=shown.offer.command["stands"], reason="现场核查")

    city.act("regulator", lambda ctx: manifests.act(ctx, number, command))

    entry = view(city, number).timeline[-1]
    assert (entry.figures["authority_name"], len(entry.words)) == ("新乡市排水管理处", 1)
    assert "proposing_name" not in entry.figures
    with pytest.raises(NoDispute):
        city.act("plant", lambda ctx: handoffs.look(ctx, KEY, shown.offer.id, shown.code))
    with pytest.raises(NoDispute):
        city.confirm(shown, "plant")


def test_one_more_contradicting_claim_makes_a_proposal_stale(city: City, number: str) -> None:
    shown = propose(city, number)
    claim(city, "site", number, receipt(10_000))

    with pytest.raises(StaleState):
        city.act("plant", lambda ctx: handoffs.look(ctx, KEY, shown.offer.id, shown.code))
    with pytest.raises(StaleState):
        city.confirm(shown, "plant")


def test_without_a_dispute_there_is_nothing_to_propose(city: City) -> None:
    city.produce()
    number = city.delivered()
    last = city.act("plant", lambda ctx: open_case(ctx, number, lock=False)).state.effective[-1]

    with pytest.raises(NoDispute):
        propose(city, number, "plant", last)


def test_nobody_settles_without_the_other_s_word(city: City, number: str) -> None:
    command = c.ResolveDispute(event_id=new_id(), stands=disputed_claim(city, number), reason="复核")

    with pytest.raises(NotPermitted):
        city.act("plant", lambda ctx: handoffs.record_unconfirmed(ctx, number, command, "对方不在"))
    with pytest.raises(NotPermitted):
        city.act("plant", lambda ctx: manifests.act(ctx, number, command))


def test_a_proposal_waits_for_the_other_parties_and_not_for_who_made_it(city: City, number: str) -> None:
    shown = propose(city, number, "site")

    def waiting(who: str) -> list[str]:
        return [offer.id for offer in city.act(who, driver.to_confirm)]

    assert [waiting(who) for who in ("plant", "dispatcher", "driver")] == [[shown.offer.id]] * 3
    assert [waiting(who) for who in ("site", "regulator")] == [[], []]


def test_a_handoff_waits_for_drivers_alone(city: City) -> None:
    shown = city.offer("plant", city.issue(), c.LoadTruck(event_id=new_id(), plate="豫G12345", net_out_kg=12_000))

    assert [offer.id for offer in city.act("driver", driver.to_confirm)] == [shown.offer.id]
    assert city.act("dispatcher", driver.to_confirm) == []
    assert city.act("site", driver.to_confirm) == []
