"""A town in which somebody waits at every desk, so that every page has something to show."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import text

from sludgetrack.domain import commands as c
from sludgetrack.domain.events import Stream, StreamKind
from sludgetrack.domain.identity import Actor, OrganisationKind, Role
from sludgetrack.services import facility_acts, registering, treating
from sludgetrack.services.cases import open_case
from sludgetrack.services.correcting import propose
from sludgetrack.services.disposal_content import public_path
from sludgetrack.services.handoffs import Shown
from sludgetrack.services.manifests import act
from sludgetrack.store import streams
from sludgetrack.store.registers import Register
from tests.support.busy import make_busy
from tests.support.city import City, new_id
from tests.support.labs import clean, sample

DAYS = 5
"""How long before now the town's history begins."""


@dataclass
class Doors:
    """Addresses that lie behind a QR code or follow a deed, so that no page links to them: by persona."""

    behind: dict[str, list[str]] = field(default_factory=dict)

    def add(self, who: str, *addresses: str) -> None:
        """Doors of one persona."""
        self.behind.setdefault(who, []).extend(addresses)


def furnish(city: City) -> Doors:
    """Days in which everything happened, and a present with a load at every stage."""
    now, doors = city.clock.now, Doors()
    city.clock.forward(days=-DAYS)
    make_busy(city)
    assert city.clock.now < now
    city.clock.now = now
    city.hand_out_numbers()
    _appoint(city)
    _papers_end_soon(city)
    city.issue()
    _assigned(city)
    _offered_for_loading(city, doors)
    _on_the_road(city)
    _offered_for_transfer(city)
    _offered_for_receipt(city, doors)
    _held(city)
    _lying(city, doors)
    _treated(city)
    _reported(city)
    _corrected(city)
    _settled(city, doors)
    _proposed(city, doors)
    _behind_codes(city, doors)
    return doors


def _appoint(city: City) -> None:
    """An administrator of the authority, who keeps the list of organisations."""
    person = new_id()
    roles: dict[str, object] = {"id": person, "roles": [str(Role.ADMINISTRATOR)]}
    card = {"login": "registrar", "name": "钱名录", "phone": "13800000000"}
    with city.engine.begin() as connection:
        change = registering.person_registration(new_id(), "A-CITY", roles, card)
        registering.register(connection, [change], city.clock())
    keeper = Actor(person, "A-CITY", OrganisationKind.AUTHORITY, frozenset({Role.ADMINISTRATOR}), frozenset(), "4107")
    city.people["registrar"] = keeper


def _papers_end_soon(city: City) -> None:
    """A permit that ends today; and a plant with a truck of its own."""
    day = city.clock.now.date().isoformat()
    permit = {"id": new_id(), "kind": "transport", "number": "T2", "vehicle": "豫G54321", "valid_to": day}
    own_truck = {"plate": "豫G70001", "rated_kg": 10_000, "tare_kg": 8_000}
    with city.engine.begin() as connection:
        changes = [
            registering.in_organisation(new_id(), "H1", Register.PERMIT, permit),
            registering.in_organisation(new_id(), "O-PLANT", Register.VEHICLE, own_truck),
        ]
        registering.register(connection, changes, city.clock())


def _assigned(city: City) -> str:
    number = city.issue()
    command = c.AssignTruck(event_id=new_id(), plate="豫G12345", driver=city.people["driver"].person)
    city.act("dispatcher", lambda ctx: act(ctx, number, command))
    return number


def _offered_for_loading(city: City, doors: Doors) -> None:
    number = _assigned(city)
    command = c.LoadTruck(
        event_id=new_id(),
        plate="豫G12345",
        net_out_kg=12_000,
        gross_out_kg=24_000,
        tare_out_kg=12_000,
        moisture_out_bp=8000,
    )
    shown = city.offer("plant", number, command)
    doors.add("plant", f"/plant/issued/{number}", f"/manifests/{number}/codes/{shown.offer.id}")
    doors.add("driver", f"/O/{shown.token}")


def _on_the_road(city: City) -> str:
    number = _assigned(city)
    city.load(number)
    return number


def _offered_for_transfer(city: City) -> None:
    command = c.TransferLoad(event_id=new_id(), place="服务区", plate="豫G54321", reason="换班")
    city.offer("driver", _on_the_road(city), command)


def _offered_for_receipt(city: City, doors: Doors) -> None:
    number = _on_the_road(city)
    arrival = c.ArriveAtGate(event_id=new_id(), gross_arrival_kg=24_000)
    city.act("site", lambda ctx: act(ctx, number, arrival))
    command = c.ReceiveLoad(
        event_id=new_id(), decision="partial", net_in_kg=11_900, accepted_kg=9_000, reason="料仓已满"
    )
    shown = city.offer("site", number, command)
    doors.add("site", f"/site/receive/{number}/code/{shown.offer.id}")


def _held(city: City) -> None:
    number = _on_the_road(city)
    city.receive(number, 12_000, accepted_kg=7_000)


def _lying(city: City, doors: Doors) -> None:
    """A lot in stock, a contradiction about it that nobody has decided on, and a truck that was not let in."""
    number = _assigned(city)
    loaded = city.load(number)
    received = city.receive(number)
    _contradicted(city, number)
    truck = c.TurnAwayTruck(event_id=new_id(), facility="S-INC", plate="豫A88888", finding="没有联单")
    city.act("site", lambda ctx: facility_acts.turn_away(ctx, truck))
    doors.add("plant", f"/manifests/{number}/done/{loaded.event_id}")
    doors.add("driver", f"/driver/done/{loaded.event_id}")
    doors.add("site", f"/site/receive/{number}/received/{received.event_id}")


def _treated(city: City) -> None:
    """A lot that was dried, and what came out of it lies there."""
    number = _on_the_road(city)
    city.receive(number)
    command = c.RecordRun(
        event_id=new_id(),
        facility="S-INC",
        run="RUN-1",
        process="T4",
        day=city.clock.now.date(),
        inputs=(c.InputLine(number),),
        outputs=(c.OutputLine("DRIED-1", 4_000, 4_000),),
    )
    city.act("site", lambda ctx: treating.record_run(ctx, command))


def _reported(city: City) -> None:
    """What laboratories found: good for landfill, and too much zinc for farmland."""
    sample(city, report="R-2026-01", readings=clean("F2", moisture="79.5"))
    sample(city, report="R-2026-02", readings=clean("L3", Zn="1420"))
    sample(city, "site", facility="S-INC", report="R-2026-03", readings=clean("F2"))


def _corrected(city: City) -> None:
    """A weighing that the plant wants corrected, about which the hauler is asked."""
    number = _on_the_road(city)
    loaded = city.act("plant", lambda ctx: open_case(ctx, number, lock=False)).entries[-1].claim.event_id
    change = c.ChangeLine("ticket_out", "A-0002")
    command = c.ProposeCorrection(event_id=new_id(), corrects=loaded, changes=(change,), reason="磅单号抄错")
    city.act("plant", lambda ctx: propose(ctx, Stream(StreamKind.MANIFEST, number), command))


def _contradicted(city: City, number: str) -> str:
    """A late claim that cannot be true beside what is known; its id."""
    late = c.ArriveAtGate(event_id=new_id(), gross_arrival_kg=23_000)
    city.act("site", lambda ctx: act(ctx, number, late, late=True))
    return late.event_id


def _settlement(city: City) -> tuple[str, Shown]:
    """What the plant proposes about contradicting claims."""
    number = _on_the_road(city)
    city.receive(number)
    command = c.ResolveDispute(event_id=new_id(), stands=_contradicted(city, number), reason="核对磅单")
    return number, city.offer("plant", number, command)


def _settled(city: City, doors: Doors) -> None:
    number, shown = _settlement(city)
    city.confirm(shown, "site", shown.token)
    doors.add("plant", f"/manifests/{number}/settlement/done/{shown.offer.id}")


def _proposed(city: City, doors: Doors) -> None:
    number, shown = _settlement(city)
    doors.add("plant", f"/manifests/{number}/codes/{shown.offer.id}")
    doors.add("site", f"/manifests/{number}/settlement/code", f"/O/{shown.token}")


def _behind_codes(city: City, doors: Doors) -> None:
    """What the codes on printed sheets open for anyone, one address for each state a manifest is in."""
    states = "SELECT status, min(number || '/' || public_code) FROM manifest GROUP BY status ORDER BY status"
    with city.engine.connect() as connection:
        printed = [code for _status, code in connection.execute(text(states))]
        blank = connection.execute(
            text("SELECT number || '/' || public_code FROM reserved_number LIMIT 1")
        ).scalar_one()
        first = connection.execute(text("SELECT min(event_id::text) FROM disposal")).scalar_one()
        burned = streams.one(connection, first)
    assert burned is not None
    doors.add("nobody", f"/{public_path(burned)}")
    doors.add("site", "/site/find?q=G", "/site/find?q=X99999")
    doors.add(
        "regulator", "/regulator/trace?q=2026", "/regulator/roadside?plate=豫G12345", "/regulator/roadside?plate=X1"
    )
    doors.add("nobody", *(f"/M/{code}" for code in (*printed, blank)), f"/M/{printed[0].partition('/')[0]}")
