"""The audit of a busy city: everything agrees, until somebody with every right changes one thing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text

from sludgetrack.domain import commands as c
from sludgetrack.services.audit import Area, AuditReport, KeptHead, Outcome, audit
from sludgetrack.services.manifests import act
from sludgetrack.store import log
from tests.support.city import City, new_id


@pytest.fixture
def busy(city: City) -> City:
    """Production, loads in every state, returns, losses, an overdraft, sewer sludge and disposals."""
    city.produce("B1", 30_000)
    city.produce("B2", 25_000, moisture_bp=None)
    city.produce("SEWER", 4_000, kind="sewer_sludge")
    first = city.delivered()
    city.clock.forward(hours=3)
    second = city.issue(batches=(c.BatchLine("B2", 11_000),))
    city.load(second, 11_000, moisture_out_bp=None)
    city.clock.forward(hours=1)
    city.receive(second, 10_900, accepted_kg=9_000)
    city.take_back(second, 1_850)
    city.clock.forward(days=1)
    third = city.issue()
    city.load(third, 12_500)
    city.receive(third, 12_600, accepted_kg=0)
    city.take_back(third, 12_550)
    lost = city.issue()
    city.load(lost, 5_000)
    city.act("regulator", lambda ctx: act(ctx, lost, c.DeclareLost(event_id=new_id(), finding="下落不明")))
    void = city.issue()
    city.act("plant", lambda ctx: act(ctx, void, c.VoidManifest(event_id=new_id(), reason="重复开具")))
    city.dispose(first, 7_000, final=False)
    city.dispose(first, 4_950)
    city.dispose(second, 9_000)
    moving = city.issue()
    city.load(moving, 30_000)
    city.issue()
    return city


def test_everything_agrees(busy: City, engine: Engine) -> None:
    report = audited(engine)

    assert wrong(report) == {}
    assert {area for area in Area if not outcome(report, area).checked} == {Area.SHEETS}


def audited(engine: Engine, *heads: KeptHead) -> AuditReport:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        return audit(connection, lambda digest: None, kept_heads=heads)


def outcome(report: AuditReport, area: Area) -> Outcome:
    return next(found for found in report.outcomes if found.area is area)


def wrong(report: AuditReport) -> dict[Area, str]:
    return {
        found.area: f"{found.first.where}: {found.first.code}: {found.first.detail}"
        for found in report.outcomes
        if found.first is not None
    }
