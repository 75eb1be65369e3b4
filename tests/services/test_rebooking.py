"""A decision on contradicting claims, and what it changes in the mass book."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from sludgetrack import tx
from sludgetrack.domain import commands as c
from sludgetrack.domain.manifest import Status
from sludgetrack.services import manifests
from sludgetrack.services.audit import audit
from sludgetrack.services.cases import open_case
from sludgetrack.store.lot_reading import fates
from sludgetrack.store.tables.manifests import manifest, manifest_party
from sludgetrack.store.tables.mass import day_sum, holding, posting
from tests.support.city import City, new_id

TONNE = 2_000_000
"""Units of 0.1 g in a tonne at 80 % moisture."""
ALL = 100 * TONNE


@pytest.fixture(autouse=True)
def _batch(city: City) -> None:
    city.produce()


def claim(city: City, who: str, number: str, command: c.Command) -> str:
    """Somebody enters late what contradicts the record."""
    receipt = city.act(who, lambda ctx: manifests.act(ctx, number, command, late=True))
    return receipt.event_id


def decide(city: City, number: str, stands: str) -> str:
    """The authority decides."""
    command = c.ResolveDispute(event_id=new_id(), stands=stands, reason="核对磅单")
    return city.act("regulator", lambda ctx: manifests.act(ctx, number, command)).event_id


def receipt(net_kg: int, accepted_kg: int | None = None, **more: Any) -> c.ReceiveLoad:
    """The site's receipt."""
    taken = net_kg if accepted_kg is None else accepted_kg
    figures = {
        "decision": "accepted" if taken == net_kg else "partial" if taken else "refused",
        "net_in_kg": net_kg,
        "moisture_in_bp": 8000,
        "accepted_kg": taken,
        "reason": None if taken == net_kg else "含水率超标",
        **more,
    }
    return c.ReceiveLoad(event_id=new_id(), **figures)


def fate(engine: Engine, batch: str = "B1") -> dict[str, int]:
    """Where the batch is, in tonnes wet at 80 %, by account, facility, route and cause."""
    with engine.connect() as connection:
        row = connection.execute(select(holding.c.id).where(holding.c.name == batch)).scalar_one()
        found = fates(connection, row)
    assert sum(one.units for one in found) == ALL
    return {"/".join(filter(None, (one.account, one.facility, one.route, one.cause))): one.units for one in found}


NAMES = {
    "plant": "plant_stock/P01",
    "road": "transit",
    "site": "site_stock/S-INC",
    "fill": "site_stock/S-FILL",
    "burned": "disposed/S-INC/I1",
    "receipt": "unaccounted/receipt",
    "correction": "unaccounted/correction",
}


def is_sound(engine: Engine) -> bool:
    """Every area of the audit agrees, and every event's postings add up to nothing."""
    balance: Counter[tuple[str, int]] = Counter()
    with engine.connect() as connection:
        for row in connection.execute(select(posting.c.event_id, posting.c.origin_id, posting.c.origin_units)):
            balance[row.event_id, row.origin_id] += row.origin_units
    with tx.session(engine) as connection:
        report = audit(connection, lambda _: None)
    assert [outcome for outcome in report.outcomes if outcome.found] == []
    return not any(balance.values())


def state_of(city: City, number: str) -> Status:
    return city.act("plant", lambda ctx: open_case(ctx, number, lock=False)).state.status


def accounts(**parts: int) -> dict[str, int]:
    """Fates of the batch as expected, in tonnes wet at 80 %."""
    return {NAMES[name]: t * TONNE for name, t in parts.items()}


def test_a_late_claim_that_contradicts_is_recorded_and_disputes_the_manifest(city: City, engine: Engine) -> None:
    number = city.issue()
    city.act("plant", lambda ctx: manifests.act(ctx, number, c.VoidManifest(event_id=new_id(), reason="计划取消")))

    claim(city, "dispatcher", number, c.AssignTruck(event_id=new_id(), plate="豫G12345"))

    with engine.connect() as connection:
        row = connection.execute(select(manifest)).one()
    assert (row.status, row.disputed, row.marks) == ("void", True, ["late", "contradicts"])


def test_an_authority_decides_which_claim_stands_and_the_other_stays_on_record(city: City, engine: Engine) -> None:
    number = city.issue()
    city.act("plant", lambda ctx: manifests.act(ctx, number, c.VoidManifest(event_id=new_id(), reason="计划取消")))
    late = claim(city, "dispatcher", number, c.AssignTruck(event_id=new_id(), plate="豫G12345"))

    decide(city, number, late)

    with engine.connect() as connection:
        row = connection.execute(select(manifest)).one()
    events = [entry.claim.type for entry in city.act("plant", lambda ctx: open_case(ctx, number, lock=False)).entries]
    assert (row.status, row.disputed, row.plate) == ("issued", False, "豫G12345")
    assert events == ["issued", "voided", "assigned", "resolved"]


def test_a_claim_waits_for_the_decision_before_it_is_booked(city: City, engine: Engine) -> None:
    number = city.delivered()

    claim(city, "site", number, receipt(11_000))

    assert fate(engine) == accounts(plant=88, site=12)
    assert is_sound(engine)


def test_what_stood_before_stays_booked_where_it_is_confirmed(city: City, engine: Engine) -> None:
    number = city.delivered()
    known = city.act("plant", lambda ctx: open_case(ctx, number, lock=False)).state.effective[-1]
    claim(city, "site", number, receipt(11_000))

    decide(city, number, known)

    assert fate(engine) == accounts(plant=88, site=12)
    assert is_sound(engine)


def test_a_receipt_that_stands_is_booked_in_place_of_the_other_on_the_day_of_it(city: City, engine: Engine) -> None:
    number = city.delivered()
    late = claim(city, "site", number, receipt(11_000, occurred_at=city.clock()))
    city.clock.forward(hours=72)

    decide(city, number, late)

    assert fate(engine) == accounts(plant=88, site=11, receipt=1)
    assert state_of(city, number) is Status.DELIVERED
    with engine.connect() as connection:
        days = set(connection.scalars(select(day_sum.c.day).where(day_sum.c.account == "unaccounted")))
    assert days == {(city.clock() - timedelta(hours=72)).date()}
    assert is_sound(engine)


def test_a_part_refused_after_all_is_with_the_driver_and_comes_back(city: City, engine: Engine) -> None:
    number = city.delivered()
    late = claim(city, "site", number, receipt(12_000, 7_000))

    decide(city, number, late)
    held = fate(engine)
    city.take_back(number, 5_000)

    assert held == accounts(plant=88, site=7, road=5)
    assert fate(engine) == accounts(plant=93, site=7)
    assert is_sound(engine)


def test_what_was_burned_since_stays_burned_and_the_rest_is_unaccounted(city: City, engine: Engine) -> None:
    number = city.delivered()
    late = claim(city, "site", number, receipt(12_000, 7_000))
    city.dispose(number, 12_000)

    decide(city, number, late)

    assert fate(engine) == accounts(plant=88, road=5, burned=12, correction=-5)
    assert is_sound(engine)


def test_a_lot_that_is_not_finished_keeps_what_was_not_drawn(city: City, engine: Engine) -> None:
    number = city.delivered()
    late = claim(city, "site", number, receipt(11_000))
    city.dispose(number, 4_000, final=False)

    decide(city, number, late)

    assert fate(engine) == accounts(plant=88, site=7, burned=4, receipt=1)
    assert is_sound(engine)


def test_a_lot_overdrawn_by_the_decision_is_unaccounted(city: City, engine: Engine) -> None:
    number = city.delivered()
    late = claim(city, "site", number, receipt(12_000, 3_000))
    city.dispose(number, 4_000, final=False)

    decide(city, number, late)

    assert fate(engine) == accounts(plant=88, road=9, burned=4, correction=-1)
    assert is_sound(engine)


def test_a_decision_after_a_decision_takes_back_what_the_first_had_booked(city: City, engine: Engine) -> None:
    number = city.delivered()
    first = claim(city, "site", number, receipt(12_000, 7_000))
    city.dispose(number, 12_000)
    decide(city, number, first)
    second = claim(city, "site", number, receipt(11_000))

    decide(city, number, second)

    assert fate(engine) == accounts(plant=88, burned=12, receipt=1, correction=-1)
    assert state_of(city, number) is Status.DELIVERED
    assert is_sound(engine)


def test_a_load_that_went_elsewhere_lies_there_under_a_name_of_its_own(city: City, engine: Engine) -> None:
    number = city.delivered()
    elsewhere = c.RedirectLoad(event_id=new_id(), destination="S-FILL", route="F2", reason="锅炉检修")
    late = claim(city, "plant", number, elsewhere)

    decide(city, number, late)
    on_the_way = fate(engine)
    city.clock.forward(minutes=50)
    city.receive(number, 12_000)

    assert on_the_way == accounts(plant=88, road=12)
    assert fate(engine) == accounts(plant=88, fill=12)
    with engine.connect() as connection:
        lots = set(connection.scalars(select(holding.c.name).where(holding.c.account == "site_stock")))
    assert lots == {number, f"{number}/2"}
    assert is_sound(engine)


def test_a_load_that_never_left_is_back_in_the_batch_it_was_drawn_from(city: City, engine: Engine) -> None:
    number = city.issue()
    city.load(number)
    late = claim(city, "plant", number, c.VoidManifest(event_id=new_id(), reason="车未到"))

    decide(city, number, late)

    assert fate(engine) == accounts(plant=100)
    assert state_of(city, number) is Status.VOID
    assert is_sound(engine)


def test_a_load_of_nothing_but_water_that_never_left_changes_no_account(city: City, engine: Engine) -> None:
    number = city.issue()
    city.load(number, moisture_out_bp=10_000)
    late = claim(city, "plant", number, c.VoidManifest(event_id=new_id(), reason="车未到"))

    decide(city, number, late)

    assert fate(engine) == accounts(plant=100)
    assert state_of(city, number) is Status.VOID
    assert is_sound(engine)


def test_a_loading_that_stands_draws_again_and_what_followed_follows(city: City, engine: Engine) -> None:
    number = city.delivered()
    loading = c.LoadTruck(event_id=new_id(), plate="豫G12345", net_out_kg=13_000, moisture_out_bp=8000)
    late = claim(city, "plant", number, loading)

    decide(city, number, late)

    assert fate(engine) == accounts(plant=87, site=12, receipt=1)
    assert is_sound(engine)


def test_what_comes_back_after_a_loading_was_booked_again_goes_where_it_came_from(city: City, engine: Engine) -> None:
    number = city.issue()
    city.load(number)
    city.produce("B2", 50_000)
    loading = c.LoadTruck(event_id=new_id(), plate="豫G12345", net_out_kg=13_000, moisture_out_bp=8000)
    decide(city, number, claim(city, "plant", number, loading))

    city.receive(number, 13_000, accepted_kg=0)
    city.take_back(number, 13_000)

    assert fate(engine) == accounts(plant=100)
    assert is_sound(engine)


def test_whoever_was_told_of_the_load_still_sees_it(city: City, engine: Engine) -> None:
    number = city.issue(destination="S-FILL", route="F2")
    city.load(number)

    late = claim(city, "plant", number, c.VoidManifest(event_id=new_id(), reason="车未到"))
    decide(city, number, late)

    with engine.connect() as connection:
        roles = sorted(connection.scalars(select(manifest_party.c.role)))
    assert roles == ["destination", "giver", "hauler"]
