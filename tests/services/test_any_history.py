"""Whatever people do in whatever order, the books add up: generated histories through the services, then audited.

Everyday histories are few and always the same; ``make campaign`` makes many more and longer ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import DomainError
from sludgetrack.domain.events import EventType, Stream, StreamKind
from sludgetrack.domain.identity import Role
from sludgetrack.domain.rates import difference
from sludgetrack.domain.registrations import LockPeriod
from sludgetrack.services import counting, facility_acts, handoffs, locking, manifests, reporting, treating
from sludgetrack.services.correcting import answer, propose
from sludgetrack.services.reporting import Grouping, Period
from sludgetrack.store import scan
from sludgetrack.store.append import Receipt
from sludgetrack.store.tables.manifests import manifest
from sludgetrack.store.tables.mass import holding, posting
from sludgetrack.store.tables.registry import facility
from tests.services.test_rebooking import is_sound
from tests.support.city import City, new_id

PLANTS = ("P01", "P02")
SITES = {"S-INC": "I1", "S-CEM": "B1", "S-FILL": "F2"}
DIVISIONS = ("", "41", "410702", "410721")
CORRECTED = {
    EventType.LOADED: ("net_out_kg", "moisture_out_bp"),
    EventType.RECEIVED: ("net_in_kg", "moisture_in_bp"),
    EventType.RETURNED: ("returned_kg",),
    EventType.PRODUCED: ("wet_kg", "moisture_bp"),
    EventType.TREATED: ("outputs.0.wet_kg", "outputs.0.moisture_bp"),
    EventType.DISPOSED: ("wet_kg", "moisture_bp"),
    EventType.COUNTED: ("wet_kg",),
}


@dataclass
class History:
    """People of a city doing one thing after another, as chance has it; what is refused changes nothing."""

    city: City
    random: Random
    names: int = 0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    said: list[tuple[Stream, EventType, str]] = field(default_factory=list)

    def go_on(self, steps: int) -> None:
        """So many things happen."""
        acts: list[Callable[[], None]] = [
            *[self.produce] * 3,
            *[self.issue_and_load] * 4,
            *[self.receive] * 4,
            self.take_back,
            self.lose,
            *[self.treat] * 2,
            *[self.dispose] * 3,
            self.count,
            *[self.correct] * 3,
            self.lock,
            *[self.wait] * 3,
        ]
        for _ in range(steps):
            act = self.random.choice(acts)
            try:
                act()
                self.done[act.__name__] += 1
            except DomainError as refusal:
                self.refused[refusal.code] += 1
            except Nothing:
                self.refused["nothing"] += 1

    def wait(self) -> None:
        self.city.clock.forward(hours=self.random.choice((5, 30, 200)))

    def produce(self) -> None:
        kind = self.random.choice(("plant_sludge",) * 4 + ("sewer_sludge",))
        moisture = self.random.choice((None, self.bp()))
        batch, plant = self.name("B"), self.random.choice(PLANTS)
        self.note(self.city.produce(batch, self.kg(60_000), facility=plant, moisture_bp=moisture, kind=kind))

    def issue_and_load(self) -> None:
        giver = self.random.choice((*PLANTS, *PLANTS, "S-INC"))
        site = self.random.choice([one for one in SITES if one != giver])
        named = self.lots(giver) if self.random.random() < 0.3 else []
        lines = (c.BatchLine(named[0]),) if named else ()
        who = "plant" if giver in PLANTS else "clerk"
        number = self.issue(who, giver, site, lines)
        net = self.kg(30_000)
        command = c.LoadTruck(
            event_id=new_id(),
            plate="豫G12345",
            net_out_kg=net,
            gross_out_kg=net + 9_000,
            tare_out_kg=9_000,
            moisture_out_bp=self.bp(),
        )
        self.hand_over(who, number, command)

    def issue(self, who: str, giver: str, site: str, lines: tuple[c.BatchLine, ...]) -> str:
        command = c.IssueManifest(
            event_id=new_id(),
            giver=giver,
            hauler="H1",
            destination=site,
            route=SITES[site],
            planned_kg=10_000,
            batches=lines,
        )
        return self.city.act(who, lambda ctx: manifests.issue(ctx, command)).stream.name

    def hand_over(self, who: str, number: str, command: c.Command) -> None:
        work = self.city.act(who, lambda ctx: handoffs.record_unconfirmed(ctx, number, command, "手机没电"))
        self.said.append((work.stream, command.event, work.event_id))

    def receive(self) -> None:
        found = self.one_of("in_transit")
        net = self.kg(30_000)
        taken = self.random.choice((net, net, net, net // 2, 0))
        decision = "accepted" if taken == net else "partial" if taken else "refused"
        moisture = self.random.choice((None, self.bp()))
        command = c.ReceiveLoad(
            event_id=new_id(),
            decision=decision,
            net_in_kg=net,
            gross_in_kg=net + 9_000,
            tare_in_kg=9_000,
            moisture_in_bp=moisture,
            accepted_kg=taken,
            reason=None if decision == "accepted" else "含水率超标",
        )
        self.city.clock.forward(minutes=40)
        self.hand_over("site", found.number, command)

    def take_back(self) -> None:
        found = self.one_of("holding")
        kg = self.random.choice((found.held_kg, max(1, found.held_kg // 2)))
        who = "plant" if self.code(found.giver_id) in PLANTS else "clerk"
        self.hand_over(who, found.number, c.ReturnLoad(event_id=new_id(), returned_kg=kg, reason="拒收退回"))

    def lose(self) -> None:
        found = self.one_of("in_transit")
        dumped = self.random.random() < 0.5
        command = c.DeclareLost(event_id=new_id(), finding="车辆翻入河道", dumped=dumped or None)
        self.city.act("regulator", lambda ctx: manifests.act(ctx, found.number, command))

    def treat(self) -> None:
        site = self.random.choice(list(SITES))
        lots = self.lots(site)[: self.random.choice((1, 2))]
        inputs = tuple(c.InputLine(lot, self.random.choice((None, self.kg(3_000)))) for lot in lots)
        outputs = tuple(
            c.OutputLine(self.name("R"), self.kg(9_000), self.bp()) for _ in range(self.random.choice((1, 2)))
        )
        additives = (c.AdditiveLine("lime", self.kg(500)),) if self.random.random() < 0.3 else ()
        command = c.RecordRun(
            event_id=new_id(),
            facility=site,
            run=self.name("run"),
            process=self.random.choice(("T3", "T4", "T6")),
            day=self.day(),
            inputs=inputs,
            outputs=outputs,
            additives=additives,
        )
        self.note(self.city.act("site", lambda ctx: treating.record_run(ctx, command)))

    def dispose(self) -> None:
        site = self.random.choice(list(SITES))
        lots = self.lots(site)
        if not lots:
            return
        command = c.RecordDisposal(
            event_id=new_id(),
            facility=site,
            disposal=self.name("D"),
            lot=self.random.choice(lots),
            route=SITES[site],
            day=self.day(),
            wet_kg=self.kg(15_000),
            moisture_bp=self.random.choice((None, self.bp())),
            final=self.random.random() < 0.4,
        )
        self.note(self.city.act("site", lambda ctx: facility_acts.record_disposal(ctx, command)))

    def count(self) -> None:
        at = self.random.choice((*PLANTS, *SITES))
        command = c.CountStock(
            event_id=new_id(), facility=at, day=self.day(), wet_kg=self.kg(90_000), moisture_bp=self.bp()
        )
        who = "plant" if at in PLANTS else "site"
        self.note(self.city.act(who, lambda ctx: counting.count_stock(ctx, command)))

    def correct(self) -> None:
        if not self.said:
            return
        subject, event, event_id = self.random.choice(self.said)
        changes = [c.ChangeLine(name, self.figure(name)) for name in CORRECTED[event]]
        changes += self.weighed(changes)
        command = c.ProposeCorrection(event_id=new_id(), corrects=event_id, changes=tuple(changes), reason="录错")
        who = self.speaker(subject, event)
        proposal = self.city.act(who, lambda ctx: propose(ctx, subject, command)).event_id
        for other in ("dispatcher", "regulator"):
            answered = c.ApproveCorrection(event_id=new_id(), proposal=proposal)
            if self.random.random() < 0.1:
                return
            try:
                self.city.act(other, partial(answer, subject=subject, command=answered))
            except DomainError as refusal:
                self.refused[refusal.code] += 1

    def weighed(self, changes: list[c.ChangeLine]) -> list[c.ChangeLine]:
        """Gross and tare to a corrected net mass; all of it accepted, since anything else rarely fits what followed."""
        more = []
        for change in changes:
            if change.field in {"net_out_kg", "net_in_kg"} and isinstance(change.new, int):
                side = change.field.split("_")[1]
                more += [c.ChangeLine(f"gross_{side}_kg", change.new + 9_000), c.ChangeLine(f"tare_{side}_kg", 9_000)]
                if side == "in":
                    more += [
                        c.ChangeLine("accepted_kg", change.new),
                        c.ChangeLine("decision", "accepted"),
                        c.ChangeLine("reason", None),
                    ]
        return more

    def lock(self) -> None:
        """A month is locked seldom, or little would be left to happen."""
        if self.random.random() < 0.3:
            month = (self.city.clock().date().replace(day=1) - timedelta(days=1)).replace(day=1)
            division = self.random.choice(("4107", "410702"))
            said = LockPeriod(event_id=new_id(), division=division, month=f"{month:%Y-%m}")
            self.city.act("regulator", lambda ctx: locking.lock_period(ctx, said))

    # What there is to do it with

    def note(self, receipt: Receipt) -> None:
        """Remember what moved mass, to be corrected one day."""
        with self.city.engine.connect() as connection:
            found = connection.execute(select(posting.c.event_id).where(posting.c.event_id == receipt.event_id)).first()
            if found is not None:
                event = scan.headers(connection, [receipt.event_id])[receipt.event_id].type
                self.said.append((receipt.stream, event, receipt.event_id))

    def speaker(self, subject: Stream, event: EventType) -> str:
        if subject.kind is StreamKind.FACILITY:
            return "plant" if subject.name in PLANTS else "site"
        return "site" if event is EventType.RECEIVED else self.giver_of(subject.name)

    def giver_of(self, number: str) -> str:
        with self.city.engine.connect() as connection:
            query = select(facility.c.code).join(manifest, manifest.c.giver_id == facility.c.id)
            code = connection.execute(query.where(manifest.c.number == number)).scalar_one()
        return "plant" if code in PLANTS else "clerk"

    def code(self, facility_id: int) -> str:
        with self.city.engine.connect() as connection:
            return str(connection.execute(select(facility.c.code).where(facility.c.id == facility_id)).scalar_one())

    def one_of(self, status: str) -> Any:
        with self.city.engine.connect() as connection:
            found = connection.execute(select(manifest).where(manifest.c.status == status)).all()
        if not found:
            raise Nothing
        return self.random.choice(found)

    def lots(self, code: str) -> list[str]:
        with self.city.engine.connect() as connection:
            query = select(holding.c.name).join(facility, facility.c.id == holding.c.facility_id)
            query = query.where(facility.c.code == code, holding.c.physical_left > 0).order_by(holding.c.id)
            names = list(connection.execute(query).scalars())
        self.random.shuffle(names)
        return names

    def figure(self, name: str) -> int:
        return self.bp() if name.endswith("bp") else self.kg(30_000)

    def kg(self, most: int) -> int:
        return self.random.randint(1, most)

    def bp(self) -> int:
        return self.random.choice((8000, self.random.randint(3000, 9500)))

    def day(self) -> date:
        return self.city.clock().date() - timedelta(days=self.random.choice((0, 0, 0, 3, 40)))

    def name(self, prefix: str) -> str:
        self.names += 1
        return f"{prefix}{self.names:04}"


class Nothing(Exception):
    """There is nothing to do it with."""


def check(engine: Engine, random: Random) -> None:
    """Everything the books promise, for every division and for splits of the period as chance has it."""
    assert is_sound(engine)
    with engine.connect() as connection:
        first, last = _span(connection)
        months = Period(first.replace(day=1), last)
        for division in DIVISIONS:
            whole = reporting.grouped_sums(connection, months, Grouping.TOTAL, division)[1]
            by_month, total = reporting.grouped_sums(connection, months, Grouping.MONTH, division)
            assert total.produced == whole.produced == sum(one.produced for one in by_month.values())
            assert whole.harmless == sum(one.harmless for one in by_month.values())
            assert whole.missing == sum(one.missing for one in by_month.values())
            _check_split(connection, months, division, random)
        for origin, units in _fates(connection).items():
            assert units == 0, origin


def _check_split(connection: Connection, period: Period, division: str, random: Random) -> None:
    """Two parts of a period close, the second opens with what the first closed with, and flows add up to the whole."""
    if period.last == period.first:
        return
    cut = period.first + timedelta(days=random.randrange((period.last - period.first).days))
    parts = [Period(period.first, cut), Period(cut + timedelta(days=1), period.last)]
    one, other = (reporting.grouped_sums(connection, part, Grouping.TOTAL, division)[1] for part in parts)
    whole = reporting.grouped_sums(connection, period, Grouping.TOTAL, division)[1]
    for sums in (one, other, whole):
        assert difference(sums) == 0
    assert (one.opening, one.closing, other.closing) == (whole.opening, other.opening, whole.closing)
    assert one.produced + other.produced == whole.produced
    assert one.noncompliant + other.noncompliant == whole.noncompliant


def _span(connection: Connection) -> tuple[date, date]:
    days = sorted(connection.execute(select(posting.c.booked_on)).scalars())
    return days[0], days[-1]


def _fates(connection: Connection) -> Counter[int]:
    """Of each batch, what it was produced with less all that became of it."""
    left: Counter[int] = Counter()
    for row in connection.execute(select(posting.c.origin_id, posting.c.origin_units)):
        left[row.origin_id] += row.origin_units
    return left


@pytest.fixture
def history(city: City, request: pytest.FixtureRequest) -> History:
    """The site has a clerk, too, who issues manifests from it."""
    city.people["clerk"] = replace(city.people["site"], roles=frozenset((Role.CLERK,)))
    return History(city, Random(request.param))  # noqa: S311 - an order of events, no secret


@pytest.mark.parametrize("history", [1, 2, 3], indirect=True)
def test_the_books_add_up_after_any_history(history: History, engine: Engine) -> None:
    history.go_on(120)

    assert history.done["correct"] > 0
    assert history.done["treat"] > 0
    check(engine, history.random)


@pytest.mark.campaign
@pytest.mark.parametrize("history", range(100, 160), indirect=True)
def test_the_books_add_up_after_any_long_history(history: History, engine: Engine) -> None:
    for _ in range(3):
        history.go_on(150)
        check(engine, history.random)
