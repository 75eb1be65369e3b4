"""Two weeks in the demo city, ending now: loads in every state a manifest can be in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sludgetrack.demo import corrections, labs, works
from sludgetrack.demo.stage import Stage, new_id
from sludgetrack.domain import commands as c

DAYS = 13
DRIED_ON = 6
"""The day on which a part of a load is dried and travels on."""
PRODUCED_KG = {"LTW": 27_400, "XSZ": 12_300, "JT": 11_800, "DSQ": 4_600}
CLERK = {"LTW": "plant", "XSZ": "plant", "JT": "plant2", "DSQ": "plant2"}
OPERATOR = {"INC": "site", "KILN": "kiln", "COMP": "compost", "FILL": "landfill"}
ROUTE = {"INC": "I1", "KILN": "B1", "COMP": "L1", "FILL": "F2"}
MOISTURE_BP = {"LTW": 8013, "XSZ": 7952, "JT": 5910, "DSQ": 8120}


@dataclass(frozen=True, slots=True)
class Trip:
    """A truckload on its way: who gives, hauls, drives and takes, and what was weighed out."""

    plant: str
    site: str
    hauler: str
    driver: str
    plate: str
    net_kg: int


TRIPS = (
    Trip("LTW", "INC", "HD", "driver", "豫G12345", 16_460),
    Trip("LTW", "INC", "HD", "driver2", "豫G23456", 15_980),
    Trip("XSZ", "INC", "HD", "driver", "豫G12345", 14_220),
    Trip("JT", "KILN", "YT", "driver3", "豫G45678", 12_640),
    Trip("DSQ", "COMP", "YT", "driver3", "豫G56789", 9_880),
    Trip("JT", "FILL", "YT", "driver3", "豫G45678", 11_320),
)


def play(stage: Stage, until: datetime) -> None:
    """Act everything out, the last hours ending at ``until``."""
    morning = (until - timedelta(days=DAYS)).replace(hour=0, minute=30, second=0, microsecond=0)
    stage.now = morning
    corrections.close_month(stage)
    labs.report(stage)
    for day in range(DAYS):
        stage.now = morning + timedelta(days=day)
        _declare_production(stage)
        for trip in _trips_of(day):
            stage.now += timedelta(minutes=37)
            _whole_trip(stage, trip, day)
    stage.now = until - timedelta(hours=7)
    _today(stage, until)


def _trips_of(day: int) -> Iterator[Trip]:
    yield TRIPS[day % 3]
    yield TRIPS[(day + 1) % 3]
    yield TRIPS[3 + day % 3]


def _declare_production(stage: Stage) -> None:
    for plant, kg in PRODUCED_KG.items():
        wobble = (stage.now.day * 137 + len(plant) * 61) % 900 - 450
        moisture = None if plant == "DSQ" and stage.now.day % 5 == 0 else MOISTURE_BP[plant] + wobble // 9
        stage.produce(CLERK[plant], plant, f"{plant}-{stage.now:%y%m%d}", kg + wobble, moisture)


def _issue(stage: Stage, trip: Trip) -> str:
    command = c.IssueManifest(
        event_id=new_id(),
        giver=trip.plant,
        hauler=trip.hauler,
        destination=trip.site,
        route=ROUTE[trip.site],
        planned_kg=round(trip.net_kg, -3),
        planned_minutes=60,
    )
    number = stage.issue(CLERK[trip.plant], command)
    dispatcher = "dispatcher" if trip.hauler == "HD" else "dispatcher2"
    stage.now += timedelta(minutes=6)
    stage.do(dispatcher, number, c.AssignTruck(event_id=new_id(), plate=trip.plate, driver=stage.people[trip.driver]))
    return number


def _weigh_out(stage: Stage, trip: Trip) -> c.LoadTruck:
    tare = 12_340 if trip.plate != "豫G56789" else 9_960
    return c.LoadTruck(
        event_id=new_id(),
        plate=trip.plate,
        net_out_kg=trip.net_kg,
        gross_out_kg=trip.net_kg + tare,
        tare_out_kg=tare,
        moisture_out_bp=MOISTURE_BP[trip.plant],
        moisture_method="快速水分仪",
        ticket_out=f"CC{stage.now:%m%d%H%M}",
        seal=f"QF{stage.now:%d%H%M}",
    )


def _load(stage: Stage, trip: Trip, *, scanned: bool = True) -> str:
    number = _issue(stage, trip)
    stage.now += timedelta(minutes=14)
    stage.hand_over(CLERK[trip.plant], trip.driver, number, _weigh_out(stage, trip), scanned=scanned)
    return number


def _weigh_in(stage: Stage, trip: Trip, accepted_kg: int | None = None, reason: str | None = None) -> c.ReceiveLoad:
    net = trip.net_kg - 40
    accepted = net if accepted_kg is None else accepted_kg
    decision = "accepted" if accepted == net else "partial" if accepted else "refused"
    tare = 12_340 if trip.plate != "豫G56789" else 9_960
    return c.ReceiveLoad(
        event_id=new_id(),
        decision=decision,
        net_in_kg=net,
        gross_in_kg=net + tare,
        tare_in_kg=tare,
        moisture_in_bp=MOISTURE_BP[trip.plant] + 20,
        accepted_kg=accepted,
        reason=reason,
        ticket_in=f"RC{stage.now:%m%d%H%M}",
        seal_intact=True,
    )


def _whole_trip(stage: Stage, trip: Trip, day: int) -> None:
    number = _load(stage, trip, scanned=day % 4 != 0)
    stage.now += timedelta(minutes=48)
    stage.do(OPERATOR[trip.site], number, c.ArriveAtGate(event_id=new_id()))
    stage.now += timedelta(minutes=9)
    stage.hand_over(OPERATOR[trip.site], trip.driver, number, _weigh_in(stage, trip))
    if day < DAYS - 3:
        stage.now += timedelta(hours=2)
        if trip.site == "COMP":
            works.compost(stage, number, trip.net_kg - 40, MOISTURE_BP[trip.plant] + 20)
        elif day == DRIED_ON and trip is TRIPS[0]:
            works.dry_and_send_on(stage, number, trip.net_kg - 40, MOISTURE_BP[trip.plant] + 20)
        else:
            _dispose(stage, trip, number)


def _dispose(stage: Stage, trip: Trip, lot: str) -> None:
    moisture = 7_800 if trip.site == "FILL" and stage.now.day % 2 else None
    command = c.RecordDisposal(
        event_id=new_id(),
        facility=trip.site,
        disposal=f"{trip.site}-{stage.now:%y%m%d%H%M}",
        lot=lot,
        route=ROUTE[trip.site],
        day=stage.now.date(),
        wet_kg=trip.net_kg - 40,
        moisture_bp=moisture,
        final=True,
    )
    stage.dispose(OPERATOR[trip.site], command)


def _more_than_declared(stage: Stage) -> None:
    """A plant sends away more than it ever declared: its newest batch goes below zero."""
    trip = Trip("JT", "KILN", "YT", "driver3", "豫G45678", 17_600)
    number = _load(stage, trip)
    stage.now += timedelta(minutes=50)
    stage.hand_over("kiln", "driver3", number, _weigh_in(stage, trip))


def _counted(stage: Stage) -> None:
    stage.count("plant", "XSZ", 985, 7_950)


def _today(stage: Stage, until: datetime) -> None:
    """One load in each state, at the hours before now."""
    for hours, scene in _SCENES:
        stage.now = until - timedelta(hours=hours)
        scene(stage)
    stage.now = until


def _refused_and_returned(stage: Stage) -> None:
    number = _load(stage, TRIPS[1])
    stage.now += timedelta(minutes=50)
    stage.hand_over("site", "driver2", number, _weigh_in(stage, TRIPS[1], 0, "含水率超过进厂要求"))
    stage.now += timedelta(minutes=55)
    back = c.ReturnLoad(event_id=new_id(), returned_kg=TRIPS[1].net_kg - 60, reason="处置单位拒收")
    stage.hand_over("plant", "driver2", number, back)


def _partly_refused(stage: Stage) -> None:
    number = _load(stage, TRIPS[0])
    stage.now += timedelta(minutes=52)
    stage.hand_over("site", "driver", number, _weigh_in(stage, TRIPS[0], 12_000, "料仓余量不足"))


def _found_dumped(stage: Stage) -> None:
    number = _load(stage, TRIPS[5], scanned=False)
    stage.now += timedelta(hours=3)
    finding = "群众举报，现场核实倾倒于废弃砖厂，已立案"
    stage.do("county", number, c.DeclareLost(event_id=new_id(), finding=finding, dumped=True))


def _turned_away(stage: Stage) -> None:
    truck = c.TurnAwayTruck(event_id=new_id(), facility="FILL", plate="豫A88888", finding="无联单，驾驶员称来自外市")
    stage.turn_away("landfill", truck)


def _voided(stage: Stage) -> None:
    number = _issue(stage, TRIPS[2])
    stage.now += timedelta(minutes=20)
    stage.do("plant", number, c.VoidManifest(event_id=new_id(), reason="车辆故障，改派后重开"))


def _redirected(stage: Stage) -> None:
    number = _load(stage, TRIPS[3])
    stage.now += timedelta(minutes=15)
    elsewhere = c.RedirectLoad(event_id=new_id(), destination="INC", route="I1", reason="水泥窑停窑检修")
    stage.do("plant2", number, elsewhere)


def _transferred(stage: Stage) -> None:
    number = _load(stage, TRIPS[2])
    stage.now += timedelta(minutes=25)
    relay = c.TransferLoad(event_id=new_id(), place="京港澳高速新乡服务区", plate="豫G34567", reason="车辆故障")
    stage.hand_over("driver", "driver2", number, relay)


def _at_the_gate(stage: Stage) -> None:
    trip = TRIPS[4]
    number = _load(stage, trip)
    stage.now += timedelta(minutes=41)
    stage.do("compost", number, c.ArriveAtGate(event_id=new_id(), gross_arrival_kg=trip.net_kg + 9_960))


def _unconfirmed(stage: Stage) -> None:
    number = _issue(stage, TRIPS[5])
    stage.now += timedelta(minutes=12)
    stage.unconfirmed("plant2", number, _weigh_out(stage, TRIPS[5]), "驾驶员手机没电")


def _waiting(stage: Stage) -> None:
    _issue(stage, TRIPS[0])
    first = TRIPS[1]
    command = c.IssueManifest(
        event_id=new_id(), giver="LTW", hauler="HD", destination="KILN", route="B1", planned_kg=first.net_kg
    )
    stage.issue("plant", command)
    stage.hand_out_numbers("plant", "LTW", 5, "门卫室停电备用")


_SCENES: tuple[tuple[float, Callable[[Stage], None]], ...] = (
    (34, works.clean_sewers),
    (33, _counted),
    (32, _more_than_declared),
    (30, _found_dumped),
    (27, _turned_away),
    (24, corrections.correct),
    (8, _refused_and_returned),
    (5, _voided),
    (4, _partly_refused),
    (2.5, _transferred),
    (1.6, _redirected),
    (1.2, _at_the_gate),
    (0.9, _unconfirmed),
    (0.5, _waiting),
)
