"""Corrections: proposed, approved, refused, withdrawn; what they change in the mass book, before and after a lock."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from sludgetrack import tx
from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import (
    CorrectionImpossible,
    CorrectionOpen,
    CorrectionOver,
    InvalidFigures,
    NotAParty,
    NotCorrectable,
    NotFound,
    NothingChanges,
    NotPermitted,
)
from sludgetrack.domain.events import Stream, StreamKind
from sludgetrack.services import counting, reporting, treating
from sludgetrack.services.audit import audit
from sludgetrack.services.cases import open_case
from sludgetrack.services.correcting import answer, propose
from sludgetrack.services.reporting import Grouping, Period
from sludgetrack.store.append import Receipt
from sludgetrack.store.tables.manifests import correction, manifest
from sludgetrack.store.tables.mass import disposal, posting
from tests.services.test_rebooking import TONNE, accounts, fate, is_sound
from tests.support.city import City, new_id


@pytest.fixture(autouse=True)
def _batch(city: City) -> None:
    city.produce()


def manifest_stream(number: str) -> Stream:
    return Stream(StreamKind.MANIFEST, number)


def facility_stream(code: str) -> Stream:
    return Stream(StreamKind.FACILITY, code)


def today(city: City) -> date:
    return city.clock().date()


def event_of(city: City, number: str, kind: str) -> str:
    """The event of a kind in a manifest's life."""
    entries = city.act("regulator", lambda ctx: open_case(ctx, number, lock=False)).entries
    return next(entry.claim.event_id for entry in entries if entry.claim.type == kind)


def suggest(city: City, who: str, subject: Stream, corrects: str, **changes: Any) -> str:
    """Somebody proposes what figures should be; names with two underscores stand for dots."""
    lines = tuple(c.ChangeLine(name.replace("__", "."), new) for name, new in changes.items())
    command = c.ProposeCorrection(event_id=new_id(), corrects=corrects, changes=lines, reason="磅单录错")
    return city.act(who, lambda ctx: propose(ctx, subject, command)).event_id


def approve(city: City, who: str, subject: Stream, proposal: str) -> Receipt:
    command = c.ApproveCorrection(event_id=new_id(), proposal=proposal)
    return city.act(who, lambda ctx: answer(ctx, subject, command))


def refuse(city: City, who: str, subject: Stream, proposal: str) -> Receipt:
    command = c.RefuseCorrection(event_id=new_id(), proposal=proposal, reason="与磅房记录不符")
    return city.act(who, lambda ctx: answer(ctx, subject, command))


def withdraw(city: City, who: str, subject: Stream, proposal: str) -> Receipt:
    command = c.WithdrawCorrection(event_id=new_id(), proposal=proposal, reason="核对后无误")
    return city.act(who, lambda ctx: answer(ctx, subject, command))


def outcome(engine: Engine, proposal: str) -> str:
    with engine.connect() as connection:
        query = select(correction.c.outcome).where(correction.c.proposal_id == proposal)
        return str(connection.execute(query).scalar_one())


def row(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.execute(select(manifest)).one()


TARE = 12_000


def weighed_in(net_kg: int) -> dict[str, int]:
    """A weighing at the gate of which everything is accepted."""
    return {"gross_in_kg": net_kg + TARE, "net_in_kg": net_kg, "accepted_kg": net_kg}


def loading_corrected(city: City, number: str, net_kg: int) -> None:
    subject, loaded = manifest_stream(number), event_of(city, number, "loaded")
    proposal = suggest(city, "plant", subject, loaded, gross_out_kg=net_kg + TARE, net_out_kg=net_kg)
    approve(city, "dispatcher", subject, proposal)


def test_a_proposal_changes_nothing_until_every_other_party_has_approved(city: City, engine: Engine) -> None:
    number = city.delivered()
    subject, received = manifest_stream(number), event_of(city, number, "received")

    proposal = suggest(city, "site", subject, received, **weighed_in(11_000))

    assert outcome(engine, proposal) == "open"
    assert fate(engine) == accounts(plant=88, site=12)
    assert row(engine).net_in_kg == 12_000
    assert is_sound(engine)


def test_a_corrected_receipt_is_booked_in_place_of_what_was_said(city: City, engine: Engine) -> None:
    number = city.delivered()
    subject, received = manifest_stream(number), event_of(city, number, "received")
    proposal = suggest(city, "site", subject, received, **weighed_in(11_000))

    approve(city, "dispatcher", subject, proposal)

    assert outcome(engine, proposal) == "in_effect"
    assert fate(engine) == accounts(plant=88, site=11, receipt=1)
    assert (row(engine).net_in_kg, row(engine).accepted_kg, row(engine).status) == (11_000, 11_000, "delivered")
    assert is_sound(engine)


def test_a_corrected_loading_gives_back_to_the_batch_and_closes_the_gap_at_the_gate(city: City, engine: Engine) -> None:
    number = city.issue()
    city.load(number, net_kg=13_000)
    city.receive(number, net_kg=12_000)
    assert fate(engine) == accounts(plant=87, site=12, receipt=1)

    loading_corrected(city, number, 12_000)

    assert fate(engine) == accounts(plant=88, site=12)
    assert row(engine).net_out_kg == 12_000
    assert is_sound(engine)


def test_what_was_disposed_of_since_stays_and_the_rest_is_unaccounted(city: City, engine: Engine) -> None:
    number = city.delivered()
    city.dispose(number, 12_000, final=True)
    subject, received = manifest_stream(number), event_of(city, number, "received")
    proposal = suggest(city, "site", subject, received, **weighed_in(13_000))

    approve(city, "dispatcher", subject, proposal)

    assert sum(fate(engine).values()) == 100 * TONNE
    assert fate(engine)["disposed/S-INC/I1"] == 12 * TONNE
    assert is_sound(engine)


def test_a_second_correction_starts_from_the_first(city: City, engine: Engine) -> None:
    number = city.delivered()
    loading_corrected(city, number, 14_000)
    assert fate(engine) == accounts(plant=86, site=12, receipt=2)

    loading_corrected(city, number, 13_000)

    assert fate(engine) == accounts(plant=87, site=12, receipt=1)
    assert is_sound(engine)


def test_a_refused_proposal_stays_visible_and_changes_nothing(city: City, engine: Engine) -> None:
    number = city.delivered()
    subject, received = manifest_stream(number), event_of(city, number, "received")
    proposal = suggest(city, "site", subject, received, **weighed_in(11_000))

    refuse(city, "dispatcher", subject, proposal)

    assert outcome(engine, proposal) == "refused"
    assert fate(engine) == accounts(plant=88, site=12)
    with pytest.raises(CorrectionOver):
        approve(city, "dispatcher", subject, proposal)
    assert is_sound(engine)


def test_a_withdrawn_proposal_stays_visible_and_leaves_room_for_another(city: City, engine: Engine) -> None:
    number = city.delivered()
    subject, received = manifest_stream(number), event_of(city, number, "received")
    proposal = suggest(city, "site", subject, received, **weighed_in(11_000))

    withdraw(city, "site", subject, proposal)
    again = suggest(city, "site", subject, received, ticket_in="B-77")

    assert (outcome(engine, proposal), outcome(engine, again)) == ("withdrawn", "open")
    assert is_sound(engine)


def test_only_parties_of_the_handoff_propose_and_only_who_is_asked_answers(city: City) -> None:
    number = city.delivered()
    subject, received = manifest_stream(number), event_of(city, number, "received")
    proposal = suggest(city, "site", subject, received, **weighed_in(11_000))

    with pytest.raises(NotAParty):
        approve(city, "plant", subject, proposal)
    with pytest.raises(NotAParty):
        approve(city, "site", subject, proposal)
    with pytest.raises(NotAParty):
        withdraw(city, "dispatcher", subject, proposal)
    with pytest.raises(NotPermitted):
        suggest(city, "regulator", subject, received, net_in_kg=11_000)
    with pytest.raises(NotFound):
        suggest(city, "outsider", subject, received, net_in_kg=11_000)


def test_one_proposal_at_a_time_waits_about_an_event(city: City) -> None:
    number = city.delivered()
    subject, received = manifest_stream(number), event_of(city, number, "received")
    suggest(city, "site", subject, received, **weighed_in(11_000))

    with pytest.raises(CorrectionOpen):
        suggest(city, "dispatcher", subject, received, ticket_in="B-77")


def test_what_is_wrong_with_a_proposal_is_said_at_once(city: City) -> None:
    number = city.delivered()
    subject, received = manifest_stream(number), event_of(city, number, "received")

    with pytest.raises(NotCorrectable):
        suggest(city, "site", subject, received, destination="S-CEM")
    with pytest.raises(NothingChanges):
        suggest(city, "site", subject, received, net_in_kg=12_000)
    with pytest.raises(InvalidFigures):
        suggest(city, "site", subject, received, net_in_kg=11_000)
    with pytest.raises(InvalidFigures):
        suggest(city, "site", subject, received, moisture_in_bp=None)


def test_a_correction_that_would_undo_what_followed_is_refused(city: City) -> None:
    number = city.issue()
    city.load(number)
    city.receive(number, accepted_kg=5_000)
    city.take_back(number, 7_000)
    subject, received = manifest_stream(number), event_of(city, number, "received")

    with pytest.raises(CorrectionImpossible):
        suggest(city, "site", subject, received, decision="accepted", accepted_kg=12_000, reason=None)


def test_the_same_request_gives_the_same_receipt(city: City) -> None:
    number = city.delivered()
    subject, received = manifest_stream(number), event_of(city, number, "received")
    command = c.ProposeCorrection(
        event_id=new_id(), corrects=received, changes=(c.ChangeLine("ticket_in", "B-1"),), reason="漏填"
    )
    first = city.act("site", lambda ctx: propose(ctx, subject, command))

    again = city.act("site", lambda ctx: propose(ctx, subject, command))

    assert (again, again.replayed) == (first, True)


def produced(city: City, batch: str = "B1") -> str:
    """The event that declared a batch."""
    with city.engine.connect() as connection:
        query = select(posting.c.event_id).where(posting.c.account == "produced").order_by(posting.c.event_id)
        return str(connection.execute(query).scalars().first()) if batch == "B1" else ""


def test_a_plant_corrects_its_own_production_at_once(city: City, engine: Engine) -> None:
    city.delivered()

    proposal = suggest(city, "plant", facility_stream("P01"), produced(city), wet_kg=90_000)

    assert outcome(engine, proposal) == "in_effect"
    with engine.connect() as connection:
        totals = reporting.balance(connection, Period(date(2026, 1, 1), date(2026, 12, 31)), Grouping.TOTAL).total
    assert (totals["produced"], totals["closing_stock"], totals["difference"]) == ("18.000", "18.000", "0.000")
    assert is_sound(engine)


def test_production_whose_moisture_is_measured_after_all_is_estimated_no_more(city: City, engine: Engine) -> None:
    city.produce("B2", 50_000, moisture_bp=None)
    with engine.connect() as connection:
        found = connection.execute(select(posting.c.event_id).where(posting.c.estimated)).scalar_one()

    suggest(city, "plant", facility_stream("P01"), found, moisture_bp=7_800)

    with engine.connect() as connection:
        report = reporting.rates(
            connection, Period(date(2026, 1, 1), date(2026, 12, 31)), Grouping.TOTAL, now=city.clock()
        )
    assert (report.total["estimated_share"], report.total["produced"]) == ("0.00", "31.000")
    assert is_sound(engine)


def test_a_corrected_disposal_is_judged_and_booked_anew(city: City, engine: Engine) -> None:
    number = city.delivered()
    disposed = city.dispose(number, 10_000, final=False).event_id

    suggest(city, "site", facility_stream("S-INC"), disposed, wet_kg=8_000, route="F2")

    assert fate(engine) == {
        "plant_stock/P01": 88 * TONNE,
        "site_stock/S-INC": 4 * TONNE,
        "disposed/S-INC/F2": 8 * TONNE,
    }
    with engine.connect() as connection:
        found = connection.execute(select(disposal)).one()
    assert (found.wet_kg, found.route, found.compliant) == (8_000, "F2", False)
    assert is_sound(engine)


def test_a_corrected_disposal_of_a_finished_lot_leaves_the_rest_unaccounted(city: City, engine: Engine) -> None:
    number = city.delivered()
    first = city.dispose(number, 5_000, final=False).event_id
    city.dispose(number, 7_000, final=True)

    suggest(city, "site", facility_stream("S-INC"), first, wet_kg=4_000)

    assert fate(engine) == accounts(plant=88, burned=11, correction=1)
    assert is_sound(engine)


def run(city: City, lot: str, outputs: dict[str, int], **more: Any) -> str:
    command = c.RecordRun(
        event_id=new_id(),
        facility="S-INC",
        run=f"R-{lot}",
        process="T4",
        day=today(city),
        inputs=(c.InputLine(lot),),
        outputs=tuple(c.OutputLine(name, kg, 4000) for name, kg in outputs.items()),
        **more,
    )
    return city.act("site", lambda ctx: treating.record_run(ctx, command)).event_id


def test_a_corrected_run_shares_its_origin_anew(city: City, engine: Engine) -> None:
    number = city.delivered()
    recorded = run(city, number, {"L1": 2_000, "L2": 2_000})
    city.dispose("L1", 2_000, moisture_bp=4000, final=False)

    suggest(city, "site", facility_stream("S-INC"), recorded, outputs__1__wet_kg=1_000)

    found = fate(engine)
    assert found["plant_stock/P01"] == 88 * TONNE
    assert sum(found.values()) == 100 * TONNE
    assert is_sound(engine)


def test_a_corrected_count_is_spread_anew(city: City, engine: Engine) -> None:
    command = c.CountStock(event_id=new_id(), facility="P01", day=today(city), wet_kg=97_000, moisture_bp=8000)
    counted = city.act("plant", lambda ctx: counting.count_stock(ctx, command)).event_id
    assert fate(engine)["unaccounted/count"] == 3 * TONNE

    suggest(city, "plant", facility_stream("P01"), counted, wet_kg=99_000)

    assert fate(engine)["unaccounted/count"] == 1 * TONNE
    assert is_sound(engine)


def areas_that_disagree(engine: Engine) -> dict[str, str]:
    """The first finding of every area that disagrees."""
    with tx.session(engine) as connection:
        outcomes = audit(connection, lambda _: None).outcomes
    return {str(one.area): f"{one.first.code} {one.first.where}" for one in outcomes if one.first}


def test_a_proposal_whose_outcome_somebody_changed_is_found_and_named(
    city: City, engine: Engine, superuser: Engine
) -> None:
    number = city.delivered()
    subject, received = manifest_stream(number), event_of(city, number, "received")
    proposal = suggest(city, "site", subject, received, **weighed_in(11_000))
    refuse(city, "dispatcher", subject, proposal)

    with superuser.begin() as connection:
        connection.execute(update(correction).values(outcome="in_effect"))

    assert areas_that_disagree(engine) == {"corrections": f"row_differs correction {proposal}"}
