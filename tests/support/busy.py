"""A city where everything happens that the record knows."""

from __future__ import annotations

from sqlalchemy import text

from sludgetrack.domain import commands as c
from sludgetrack.services import facility_acts, registering
from sludgetrack.services.manifests import act, issue
from sludgetrack.store.registers import Register
from tests.support.city import City, new_id


def make_busy(city: City) -> City:
    """Production, loads in every state, returns, a loss, an overdraft, sewer sludge, paper numbers and disposals."""
    _paperwork(city)
    city.produce("B0", 10_000)
    city.produce("B1", 30_000)
    city.produce("B2", 25_000, moisture_bp=None)
    city.produce("SEWER", 4_000, kind="sewer_sludge")
    _sent_back(city, 10_000)
    first = city.delivered()
    city.clock.forward(hours=3)
    second = city.issue(batches=(c.BatchLine("B2", 8_000), c.BatchLine("SEWER", 3_000)))
    city.load(second, 11_000, moisture_out_bp=None)
    city.clock.forward(hours=1)
    city.receive(second, 10_900, accepted_kg=9_000)
    city.take_back(second, 1_850)
    city.clock.forward(days=1)
    _sent_back(city, 12_500)
    lost = city.issue()
    city.load(lost, 5_000)
    city.act("regulator", lambda ctx: act(ctx, lost, c.DeclareLost(event_id=new_id(), finding="下落不明")))
    void = city.issue()
    city.act("plant", lambda ctx: act(ctx, void, c.VoidManifest(event_id=new_id(), reason="重复开具")))
    city.dispose(first, 7_000, final=False)
    city.dispose(first, 4_950)
    city.dispose(second, 9_000)
    _inspected(city, first)
    _disputed(city, first, stands=False)
    _disputed(city, second, stands=True)
    moving = city.issue()
    city.load(moving, 60_000)
    redirected = city.issue()
    city.load(redirected, 6_000)
    redirect = c.RedirectLoad(event_id=new_id(), destination="S-CEM", route="B1", reason="检修")
    city.act("plant", lambda ctx: act(ctx, redirected, redirect))
    return city


def _paperwork(city: City) -> None:
    """Numbers on paper, one of them used; a permit, a changed vehicle, a policy."""
    hand = c.HandOutNumbers(event_id=new_id(), facility="P01", count=3, handed_to="门卫")
    city.act("plant", lambda ctx: facility_acts.hand_out_numbers(ctx, hand))
    with city.engine.connect() as connection:
        number = connection.execute(text("SELECT min(number) FROM reserved_number")).scalar_one()
    command = c.IssueManifest(
        event_id=new_id(), giver="P01", hauler="H1", destination="S-INC", route="I1", planned_kg=9_000
    )
    city.act("plant", lambda ctx: issue(ctx, command, number=number))
    bans = [
        {"division": "22", "route": route, "rule": "ban", "value": "Y", "valid_from": "2026-01-01", "source": "试"}
        for route in ("L3", "L2")
    ]
    changes = [
        registering.in_organisation(
            new_id(),
            "H1",
            Register.PERMIT,
            {"id": new_id(), "kind": "transport", "number": "T1", "vehicle": "豫G12345", "valid_to": "2027-12-31"},
        ),
        registering.in_organisation(
            new_id(), "H1", Register.VEHICLE, {"plate": "豫G54321", "tare_kg": 11_500}, changed=True
        ),
        *(registering.policy_registration(new_id(), "A-FAR", ban) for ban in bans),
    ]
    with city.engine.begin() as connection:
        registering.register(connection, changes, city.clock())


def _sent_back(city: City, net_kg: int) -> None:
    """A load that comes back whole, weighed a little heavier than it left."""
    number = city.issue()
    city.load(number, net_kg)
    city.receive(number, net_kg + 100, accepted_kg=0)
    city.take_back(number, net_kg + 50)


def _inspected(city: City, number: str) -> None:
    command = c.RecordInspection(event_id=new_id(), place="厂区", finding="无异常")
    city.act("regulator", lambda ctx: act(ctx, number, command))


def _disputed(city: City, number: str, *, stands: bool) -> None:
    """A late claim contradicts what is known, and the authority decides on it."""
    late = c.ArriveAtGate(event_id=new_id(), gross_arrival_kg=24_000)
    city.act("site", lambda ctx: act(ctx, number, late, late=True))
    query = "SELECT event_id::text FROM entry WHERE type = 'received' AND claim->>'subject' = :subject"
    with city.engine.connect() as connection:
        known = connection.execute(text(query), {"subject": f"manifest:{number}"}).scalar_one()
    decision = c.ResolveDispute(event_id=new_id(), stands=late.event_id if stands else known, reason="核对磅单")
    city.act("regulator", lambda ctx: act(ctx, number, decision))
