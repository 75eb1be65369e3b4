"""The demo city's stage: registering it, and short words for what its people do at a moment in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import uuid_utils
from sqlalchemy import Connection, Engine, func, select

from sludgetrack import tx
from sludgetrack.access import passwords
from sludgetrack.access.actors import signed_in
from sludgetrack.demo import city
from sludgetrack.domain import commands as c
from sludgetrack.domain.identity import Actor
from sludgetrack.domain.quantities import FULL_BP
from sludgetrack.services import counting, facility_acts, handoffs, manifests, registering, sampling, treating
from sludgetrack.services.context import Context
from sludgetrack.services.reading import stock
from sludgetrack.store.registers import Register
from sludgetrack.store.tables.registry import organisation

T = TypeVar("T")

KEY = "only the demo's own hand-overs are made with this key"
ZONE = "Asia/Shanghai"


def new_id() -> str:
    """A fresh UUIDv7."""
    return str(uuid_utils.uuid7())


def is_empty(connection: Connection) -> bool:
    """Whether nobody is registered yet."""
    return connection.scalar(select(func.count()).select_from(organisation)) == 0


def register_city(engine: Engine, now: datetime) -> dict[str, str]:
    """Register everybody and everything; returns the person ids by login."""
    people = {login: new_id() for login in city.PEOPLE}
    with tx.unit_of_work(engine) as connection:
        registering.register(
            connection,
            [
                registering.organisation_registration(new_id(), code, fields)
                for code, fields in city.ORGANISATIONS.items()
            ],
            now,
        )
        for code, fields in city.FACILITIES.items():
            values = {key: value for key, value in fields.items() if key != "organisation"}
            one = registering.facility_registration(
                connection, new_id(), fields["organisation"], {**values, "code": code, "zone": ZONE}
            )
            registering.register(connection, [one], now)
        registering.register(connection, [*_vehicles(), *_people(people)], now)
        for login, person_id in people.items():
            passwords.set_password(connection, person_id, login, city.PASSWORD)
    return people


def _vehicles() -> list[registering.Registration]:
    return [
        registering.in_organisation(
            new_id(),
            fields["organisation"],
            Register.VEHICLE,
            {"plate": plate, **{key: value for key, value in fields.items() if key != "organisation"}},
        )
        for plate, fields in city.VEHICLES.items()
    ]


def _people(ids: dict[str, str]) -> list[registering.Registration]:
    return [
        registering.person_registration(
            new_id(),
            fields["organisation"],
            {"id": ids[login], "roles": fields["roles"]},
            {"login": login, **{key: fields[key] for key in ("name", "phone", "licence") if key in fields}},
        )
        for login, fields in city.PEOPLE.items()
    ]


@dataclass(slots=True)
class Stage:
    """The city with a clock of its own. ``now`` is moved by the play."""

    engine: Engine
    people: dict[str, str]
    now: datetime

    def act(self, login: str, work: Callable[[Context], T]) -> T:
        """One unit of work by somebody at the stage's time."""
        actor = self._actor(login)
        return tx.run(self.engine, lambda connection: work(Context(connection, actor, self.now)), actor)

    def _actor(self, login: str) -> Actor:
        with self.engine.connect() as connection:
            found = signed_in(connection, self.people[login])
        if found is None:
            raise LookupError(login)
        return found.actor

    def produce(self, who: str, plant: str, batch: str, wet_kg: int, moisture_bp: int | None) -> None:
        """A plant declares what it pressed today."""
        command = c.DeclareProduction(
            event_id=new_id(), facility=plant, batch=batch, day=self.now.date(), wet_kg=wet_kg, moisture_bp=moisture_bp
        )
        self.act(who, lambda ctx: facility_acts.declare_production(ctx, command))

    def produce_apart(self, who: str, command: c.DeclareProduction) -> None:
        """What stays out of the rates: sewer-cleaning sludge, ash."""
        self.act(who, lambda ctx: facility_acts.declare_production(ctx, command))

    def treat(self, who: str, command: c.RecordRun) -> None:
        """Lots become other lots."""
        self.act(who, lambda ctx: treating.record_run(ctx, command))

    def count(self, who: str, at: str, permille: int, moisture_bp: int) -> None:
        """Somebody measures so much of what the book says lies at a facility."""

        def measure(ctx: Context) -> None:
            there = ctx.directory.facility(at)
            lying = stock.counted(stock.lots(ctx, at), there)
            wet_kg = sum(lot.dry_units for lot in lying) * permille // 1000 // (FULL_BP - moisture_bp)
            command = c.CountStock(
                event_id=new_id(), facility=at, day=self.now.date(), wet_kg=wet_kg, moisture_bp=moisture_bp
            )
            counting.count_stock(ctx, command)

        self.act(who, measure)

    def sample(self, who: str, command: c.RecordSample) -> None:
        """A lab report, without its file."""
        self.act(who, lambda ctx: sampling.record_sample(ctx, None, command))

    def issue(self, who: str, command: c.IssueManifest) -> str:
        """A manifest; its number."""
        return self.act(who, lambda ctx: manifests.issue(ctx, command)).stream.name

    def do(self, who: str, number: str, command: c.Command) -> None:
        """An act of one party."""
        self.act(who, lambda ctx: manifests.act(ctx, number, command))

    def hand_over(self, who: str, driver: str, number: str, command: c.Command, *, scanned: bool = True) -> None:
        """A handoff both sides confirm."""
        shown = self.offer(who, number, command)
        secret = shown.token if scanned else shown.code
        self.act(driver, lambda ctx: handoffs.confirm(ctx, KEY, shown.offer.id, secret))

    def offer(self, who: str, number: str, command: c.Command) -> handoffs.Shown:
        """Figures waiting for the driver."""
        return self.act(who, lambda ctx: handoffs.make_offer(ctx, KEY, number, command))

    def unconfirmed(self, who: str, number: str, command: c.Command, reason: str) -> None:
        """A handoff nobody could confirm."""
        self.act(who, lambda ctx: handoffs.record_unconfirmed(ctx, number, command, reason))

    def dispose(self, who: str, command: c.RecordDisposal) -> None:
        """The final act on a lot."""
        self.act(who, lambda ctx: facility_acts.record_disposal(ctx, command))

    def turn_away(self, who: str, command: c.TurnAwayTruck) -> None:
        """A truck without a manifest."""
        self.act(who, lambda ctx: facility_acts.turn_away(ctx, command))

    def hand_out_numbers(self, who: str, facility: str, count: int, to: str) -> None:
        """A block of numbers on paper."""
        command = c.HandOutNumbers(event_id=new_id(), facility=facility, count=count, handed_to=to)
        self.act(who, lambda ctx: facility_acts.hand_out_numbers(ctx, command))
