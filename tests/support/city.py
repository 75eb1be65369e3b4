"""A small city to test in, its people, and the usual acts in short."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import uuid_utils
from sqlalchemy import Engine

from sludgetrack import tx
from sludgetrack.domain import commands as c
from sludgetrack.domain.identity import Actor, OrganisationKind, Role
from sludgetrack.services import facility_acts, handoffs, manifests, registering
from sludgetrack.services.context import Context
from sludgetrack.store.append import Receipt
from sludgetrack.store.registers import Register
from tests.support.clock import Clock

T = TypeVar("T")

KEY = "a key of at least thirty-two characters"

ORGANISATIONS: dict[str, dict[str, Any]] = {
    "O-PLANT": {
        "name": "新乡水务有限公司",
        "kind": "operator",
        "division": "410702",
        "credit_code": "91410700000000001A",
    },
    "O-SITE": {"name": "新乡环保能源有限公司", "kind": "operator", "division": "410721"},
    "H1": {
        "name": "宏达运输有限公司",
        "kind": "hauler",
        "division": "410702",
        "hauler_code": "H1",
        "licence": "豫交运410700001",
    },
    "H2": {"name": "远通运输有限公司", "kind": "hauler", "division": "410702", "hauler_code": "H2"},
    "A-CITY": {"name": "新乡市排水管理处", "kind": "authority", "division": "4107"},
    "A-FAR": {"name": "吉林市排水管理处", "kind": "authority", "division": "2202"},
    "O-STRANGER": {"name": "外地水务有限公司", "kind": "operator", "division": "220202"},
}
FACILITIES: dict[str, dict[str, Any]] = {
    "P01": {
        "organisation": "O-PLANT",
        "name": "骆驼湾污水处理厂",
        "kind": "plant",
        "division": "410702",
        "city_class": "prefecture",
        "routes": [],
        "address": "新乡市红旗区㵐水路1号",
        "permit_no": "914107000000000011001V",
    },
    "P02": {
        "organisation": "O-PLANT",
        "name": "贾屯污水处理厂",
        "kind": "plant",
        "division": "410721",
        "city_class": "county",
        "routes": [],
    },
    "S-INC": {
        "organisation": "O-SITE",
        "name": "新乡污泥焚烧厂",
        "kind": "site",
        "division": "410702",
        "routes": ["I1"],
        "capacity_t80_kg_d": 500_000,
        "address": "新乡县工业路8号",
    },
    "S-CEM": {
        "organisation": "O-SITE",
        "name": "孟电水泥协同处置厂",
        "kind": "site",
        "division": "410782",
        "routes": ["B1"],
    },
    "S-FILL": {
        "organisation": "O-SITE",
        "name": "新乡县卫生填埋场",
        "kind": "site",
        "division": "410721",
        "routes": ["F2"],
    },
    "P-FAR": {
        "organisation": "O-STRANGER",
        "name": "外地污水处理厂",
        "kind": "plant",
        "division": "220202",
        "routes": [],
    },
}
VEHICLES = {"豫G12345": "H1", "豫G54321": "H1", "豫G99999": "H2"}
PEOPLE: dict[str, tuple[str, str, tuple[Role, ...]]] = {
    "plant": ("O-PLANT", "李会计", (Role.CLERK,)),
    "site": ("O-SITE", "王过磅", (Role.OPERATOR,)),
    "site_clerk": ("O-SITE", "何开单", (Role.CLERK,)),
    "dispatcher": ("H1", "赵调度", (Role.DISPATCHER,)),
    "driver": ("H1", "张㛃", (Role.DRIVER,)),
    "second_driver": ("H1", "陈师傅", (Role.DRIVER,)),
    "other_driver": ("H2", "刘师傅", (Role.DRIVER,)),
    "regulator": ("A-CITY", "周监管", (Role.INSPECTOR,)),
    "far_regulator": ("A-FAR", "吴监管", (Role.INSPECTOR,)),
    "outsider": ("O-STRANGER", "郑外人", (Role.CLERK, Role.OPERATOR)),
    "administrator": ("O-PLANT", "孙管理", (Role.ADMINISTRATOR, Role.CLERK)),
}


def new_id() -> str:
    """A fresh UUIDv7."""
    return str(uuid_utils.uuid7())


@dataclass
class City:
    """The city as registered, and short words for what its people do."""

    engine: Engine
    clock: Clock
    people: dict[str, Actor]

    def act(self, who: str, work: Callable[[Context], T]) -> T:
        """One unit of work by somebody."""
        actor = self.people[who]
        return tx.run(self.engine, lambda connection: work(Context(connection, actor, self.clock())), actor)

    def produce(self, batch: str = "B1", wet_kg: int = 100_000, **more: Any) -> Receipt:
        """The plant declares a batch of today."""
        command = c.DeclareProduction(
            **{
                "event_id": new_id(),
                "facility": "P01",
                "batch": batch,
                "day": self.clock().date(),
                "wet_kg": wet_kg,
                "moisture_bp": 8000,
                **more,
            }
        )
        return self.act("plant", lambda ctx: facility_acts.declare_production(ctx, command))

    def issue(self, **more: Any) -> str:
        """The plant issues a manifest to the incinerator; its number."""
        command = c.IssueManifest(
            **{
                "event_id": new_id(),
                "giver": "P01",
                "hauler": "H1",
                "destination": "S-INC",
                "route": "I1",
                "planned_kg": 12_000,
                **more,
            }
        )
        return self.act("plant", lambda ctx: manifests.issue(ctx, command)).stream.name

    def offer(self, who: str, number: str, command: c.Command) -> handoffs.Shown:
        """Somebody offers figures."""
        return self.act(who, lambda ctx: handoffs.make_offer(ctx, KEY, number, command))

    def confirm(self, shown: handoffs.Shown, who: str = "driver", secret: str | None = None) -> Receipt:
        """The driver types the code."""
        return self.act(who, lambda ctx: handoffs.confirm(ctx, KEY, shown.offer.id, secret or shown.code))

    def load(self, number: str, net_kg: int = 12_000, **more: Any) -> Receipt:
        """The plant weighs out, the driver confirms."""
        figures = {
            "event_id": new_id(),
            "plate": "豫G12345",
            "net_out_kg": net_kg,
            "gross_out_kg": net_kg + 12_000,
            "tare_out_kg": 12_000,
            "moisture_out_bp": 8000,
            "ticket_out": "A-0001",
            "seal": "S778",
            **more,
        }
        return self.confirm(self.offer("plant", number, c.LoadTruck(**figures)))

    def receive(self, number: str, net_kg: int = 12_000, accepted_kg: int | None = None, **more: Any) -> Receipt:
        """The site weighs in and accepts (all unless said otherwise), the driver confirms."""
        taken = net_kg if accepted_kg is None else accepted_kg
        decision = "accepted" if taken == net_kg else "partial" if taken else "refused"
        figures = {
            "event_id": new_id(),
            "decision": decision,
            "net_in_kg": net_kg,
            "gross_in_kg": net_kg + 12_000,
            "tare_in_kg": 12_000,
            "moisture_in_bp": 8000,
            "accepted_kg": taken,
            "reason": None if decision == "accepted" else "含水率超标",
            **more,
        }
        return self.confirm(self.offer("site", number, c.ReceiveLoad(**figures)))

    def take_back(self, number: str, kg: int) -> Receipt:
        """The plant takes back what was refused, the driver confirms."""
        command = c.ReturnLoad(event_id=new_id(), returned_kg=kg, reason="处置单位拒收")
        return self.confirm(self.offer("plant", number, command))

    def dispose(self, lot: str, wet_kg: int, **more: Any) -> Receipt:
        """The incinerator burns (part of) a lot today."""
        figures = {
            "event_id": new_id(),
            "facility": "S-INC",
            "disposal": f"D-{new_id()[-12:]}",
            "lot": lot,
            "route": "I1",
            "day": self.clock().date(),
            "wet_kg": wet_kg,
            "final": True,
            **more,
        }
        return self.act("site", lambda ctx: facility_acts.record_disposal(ctx, c.RecordDisposal(**figures)))

    def hand_out_numbers(self, count: int = 2) -> Receipt:
        """The plant hands a block of numbers to its guard."""
        command = c.HandOutNumbers(event_id=new_id(), facility="P01", count=count, handed_to="门卫")
        return self.act("plant", lambda ctx: facility_acts.hand_out_numbers(ctx, command))

    def delivered(self, net_kg: int = 12_000) -> str:
        """A manifest that went all the way to the incinerator's gate and in."""
        number = self.issue()
        self.load(number, net_kg)
        self.clock.forward(minutes=50)
        self.receive(number, net_kg)
        return number


def found_city(engine: Engine, clock: Clock) -> City:
    """Register the city's organisations, facilities, vehicles and people."""
    ids = {who: new_id() for who in PEOPLE}
    with tx.unit_of_work(engine) as connection:
        organisations = [
            registering.organisation_registration(new_id(), code, fields) for code, fields in ORGANISATIONS.items()
        ]
        registering.register(connection, organisations, clock())
        for code, fields in FACILITIES.items():
            owner = fields["organisation"]
            values = {k: v for k, v in fields.items() if k != "organisation"} | {"code": code, "zone": "Asia/Shanghai"}
            facility = registering.facility_registration(connection, new_id(), owner, values)
            registering.register(connection, [facility], clock())
        vehicles = [
            registering.in_organisation(
                new_id(), owner, Register.VEHICLE, {"plate": plate, "rated_kg": 18_000, "tare_kg": 12_000}
            )
            for plate, owner in VEHICLES.items()
        ]
        people = [
            registering.person_registration(
                new_id(),
                organisation,
                {"id": ids[who], "roles": [str(role) for role in roles]},
                {"login": who, "name": name, "phone": "13800000000"},
            )
            for who, (organisation, name, roles) in PEOPLE.items()
        ]
        registering.register(connection, [*vehicles, *people], clock())
    return City(engine, clock, {who: _actor(ids[who], who) for who in PEOPLE})


def _actor(person: str, who: str) -> Actor:
    organisation, _, roles = PEOPLE[who]
    said = ORGANISATIONS[organisation]
    kind = OrganisationKind(said["kind"])
    division = said["division"] if kind is OrganisationKind.AUTHORITY else ""
    facilities = frozenset(code for code, fields in FACILITIES.items() if fields["organisation"] == organisation)
    return Actor(person, organisation, kind, frozenset(roles), facilities, division)
