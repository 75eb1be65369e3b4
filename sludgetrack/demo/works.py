"""What the demo city does with sludge beside carrying it: composting, drying and sending on, cleaning sewers."""

from __future__ import annotations

from datetime import timedelta

from sludgetrack.demo.stage import Stage, new_id
from sludgetrack.domain import commands as c

BULKING_KG = 420
"""Dry bulking agent in a heap of compost."""


def compost(stage: Stage, lot: str, wet_kg: int, moisture_bp: int) -> None:
    """好氧发酵 with bulking agent, and all that comes out on the city's lawns."""
    dry_kg = wet_kg * (10_000 - moisture_bp) // 10_000
    run = f"COMP-T{stage.now:%y%m%d}"
    heap_kg = (dry_kg * 77 // 100 + BULKING_KG) * 100 // 62
    command = c.RecordRun(
        event_id=new_id(),
        facility="COMP",
        run=run,
        process="T3",
        day=stage.now.date(),
        inputs=(c.InputLine(lot),),
        outputs=(c.OutputLine(f"{run}-A", heap_kg, 3_800),),
        additives=(c.AdditiveLine("bulking_agent", BULKING_KG),),
    )
    stage.treat("compost", command)
    disposal = c.RecordDisposal(
        event_id=new_id(),
        facility="COMP",
        disposal=f"COMP-{stage.now:%y%m%d%H%M}",
        lot=f"{run}-A",
        route="L1",
        day=stage.now.date(),
        wet_kg=heap_kg // 2,
    )
    stage.dispose("compost", disposal)


def dry_and_send_on(stage: Stage, lot: str, wet_kg: int, moisture_bp: int) -> None:
    """干化 of a part; the dry sludge travels on to the cement kiln, the rest is burned, its ash lies there."""
    part_kg = 9_000
    out_kg = part_kg * (10_000 - moisture_bp) // 6_000 - 20
    run = f"INC-T{stage.now:%y%m%d}"
    command = c.RecordRun(
        event_id=new_id(),
        facility="INC",
        run=run,
        process="T4",
        day=stage.now.date(),
        inputs=(c.InputLine(lot, part_kg),),
        outputs=(c.OutputLine(f"{run}-A", out_kg, 4_000),),
    )
    stage.treat("site", command)
    _whole_trip_of_product(stage, f"{run}-A", out_kg)
    rest = c.RecordDisposal(
        event_id=new_id(),
        facility="INC",
        disposal=f"INC-{stage.now:%y%m%d%H%M}",
        lot=lot,
        route="I1",
        day=stage.now.date(),
        wet_kg=wet_kg - part_kg,
        final=True,
    )
    stage.dispose("site", rest)
    ash = c.DeclareProduction(
        event_id=new_id(),
        facility="INC",
        batch=f"INC-B{stage.now:%y%m%d}",
        day=stage.now.date(),
        wet_kg=1_260,
        moisture_bp=0,
        kind="byproduct",
        what="ash",
    )
    stage.produce_apart("site", ash)


def _whole_trip_of_product(stage: Stage, lot: str, net_kg: int) -> None:
    """Dried sludge from the incinerator to the kiln, by a manifest of its own that names the lot."""
    issue = c.IssueManifest(
        event_id=new_id(),
        giver="INC",
        hauler="HD",
        destination="KILN",
        route="B1",
        planned_kg=net_kg,
        planned_minutes=45,
        batches=(c.BatchLine(lot),),
    )
    number = stage.issue("site-clerk", issue)
    stage.do(
        "dispatcher",
        number,
        c.AssignTruck(event_id=new_id(), plate="豫G23456", driver=stage.people["driver2"]),
    )
    out = c.LoadTruck(
        event_id=new_id(),
        plate="豫G23456",
        net_out_kg=net_kg,
        gross_out_kg=net_kg + 12_120,
        tare_out_kg=12_120,
        moisture_out_bp=4_000,
        moisture_method="快速水分仪",
    )
    stage.hand_over("site-clerk", "driver2", number, out)
    stage.now += timedelta(minutes=46)
    into = c.ReceiveLoad(
        event_id=new_id(),
        decision="accepted",
        net_in_kg=net_kg,
        gross_in_kg=net_kg + 12_120,
        tare_in_kg=12_120,
        moisture_in_bp=4_000,
        accepted_kg=net_kg,
        seal_intact=True,
    )
    stage.hand_over("kiln", "driver2", number, into)
    burned = c.RecordDisposal(
        event_id=new_id(),
        facility="KILN",
        disposal=f"KILN-{stage.now:%y%m%d%H%M}",
        lot=number,
        route="B1",
        day=stage.now.date(),
        wet_kg=net_kg,
        final=True,
    )
    stage.dispose("kiln", burned)


def clean_sewers(stage: Stage) -> None:
    """通沟污泥 lies at a plant, apart from its sludge."""
    batch = c.DeclareProduction(
        event_id=new_id(),
        facility="DSQ",
        batch=f"DSQ-G{stage.now:%y%m%d}",
        day=stage.now.date(),
        wet_kg=6_400,
        moisture_bp=6_250,
        kind="sewer_sludge",
    )
    stage.produce_apart("plant2", batch)
