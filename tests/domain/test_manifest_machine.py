"""Whatever people do, in whatever order: custody is held by one, mass never appears or vanishes, the record agrees."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sludgetrack.domain import commands as c
from sludgetrack.domain.chain import verify
from sludgetrack.domain.decide import Circumstances, Decision, decide
from sludgetrack.domain.errors import NotAllowedNow
from sludgetrack.domain.events import Claim, Entry, EventType, Stream, StreamKind
from sludgetrack.domain.identity import FacilityKind
from sludgetrack.domain.manifest import HolderKind, ManifestState, Status, advance, allowed_events, fold
from sludgetrack.domain.quantities import dry_units
from sludgetrack.domain.rates import difference
from sludgetrack.domain.times import legal_day
from sludgetrack.services import booking
from tests.domain.life import (
    ACTS,
    MORNING,
    arrive,
    entry_of,
    give_back,
    inspect,
    issue,
    lose,
    receive,
    redirect,
    transfer,
    void,
)
from tests.domain.life import load as load_truck
from tests.domain.memory import MemoryBooks, facility

PLANTS = ("P01", "P02")
SITES = ("S-INC", "S-CEM", "T-HUB")
HELD = (HolderKind.GIVER, HolderKind.DRIVER, HolderKind.DESTINATION, HolderKind.NOBODY)

plants, sites = st.sampled_from(PLANTS), st.sampled_from(SITES)
kilograms = st.integers(1, 30_000)
moisture = st.none() | st.sampled_from([0, 4_000, 6_500, 7_900, 8_000, 8_013, 9_950, 10_000])
shares = st.sampled_from([0, 1, 300, 999, 1_000, 1_000, 1_000])
"""Per mille of a mass."""


@dataclass
class Manifest:
    """One manifest as the record has it, and as a plain reading of the specification says it should be."""

    name: str
    entries: list[Entry] = field(default_factory=list)
    state: ManifestState = field(default_factory=ManifestState)
    held: Counter[HolderKind] = field(default_factory=Counter)


class City(RuleBasedStateMachine):
    """Two plants, two sites, a transfer station, and any number of manifests between them."""

    def __init__(self) -> None:
        super().__init__()
        kinds = {**dict.fromkeys(PLANTS, FacilityKind.PLANT), **dict.fromkeys(SITES, FacilityKind.SITE)}
        self.books = MemoryBooks({code: facility(code, kind) for code, kind in kinds.items()})
        self.every: list[Manifest] = []
        self.ids = itertools.count(1)
        self.now: datetime = MORNING

    # At the plants

    @rule(plant=plants, kg=kilograms, bp=moisture, sewer=st.booleans())
    def declare_production(self, plant: str, kg: int, bp: int | None, sewer: bool) -> None:
        kind = "sewer_sludge" if sewer else "plant_sludge"
        day = self.today.isoformat()
        figures = {"facility": plant, "batch": f"B{next(self.ids)}", "day": day, "wet_kg": kg, "kind": kind}
        self._book_at(plant, EventType.PRODUCED, {**figures, **_measured(bp, "moisture_bp")})

    @rule(plant=plants, site=sites, kg=kilograms, bp=moisture, data=st.data())
    def issue_and_load(self, plant: str, site: str, kg: int, bp: int | None, data: st.DataObject) -> None:
        manifest = Manifest(f"M{next(self.ids)}")
        self.every.append(manifest)
        lines = self._named_batches(plant, data)
        assert self._do(manifest, issue(giver=plant, destination=site, batches=lines, planned_kg=9_000))
        manifest.held[HolderKind.GIVER] = 9_000
        if data.draw(st.integers(0, 7)):
            assert self._do(manifest, load_truck(net_kg=kg, moisture_out_bp=bp), taker="driver")
            manifest.held = Counter({HolderKind.DRIVER: kg})

    def _named_batches(self, plant: str, data: st.DataObject) -> tuple[c.BatchLine, ...]:
        batches = sorted(self.books.book.at[plant])
        if not batches or data.draw(st.booleans()):
            return ()
        kg = data.draw(st.none() | st.integers(1, 9_000))
        chosen = data.draw(st.lists(st.sampled_from(batches), min_size=1, max_size=2, unique=True))
        return tuple(c.BatchLine(batch, kg) for batch in chosen)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        manifest = data.draw(st.sampled_from(self.waiting))
        assert self._do(manifest, void())
        manifest.held.clear()

    # On the road

    @precondition(lambda self: self.travelling)
    @rule(data=st.data(), site=sites, what=st.sampled_from(["transfer", "redirect", "arrive"]))
    def on_the_way(self, data: st.DataObject, site: str, what: str) -> None:
        acts: dict[str, c.Command] = {
            "transfer": transfer(),
            "redirect": redirect(destination=site),
            "arrive": arrive(),
        }
        self._do(data.draw(st.sampled_from(self.travelling)), acts[what], taker="second driver")

    @precondition(lambda self: self.travelling)
    @rule(data=st.data(), off=st.integers(-500, 500), share=shares, bp=moisture)
    def receive(self, data: st.DataObject, off: int, share: int, bp: int | None) -> None:
        manifest = data.draw(st.sampled_from(self.travelling))
        net = max(1, manifest.state.held_kg + off)
        accepted = net * share // 1_000
        if self._do(manifest, receive(net_kg=net, accepted_kg=accepted, moisture_in_bp=bp), taker="driver"):
            manifest.held[HolderKind.DESTINATION] += accepted
            manifest.held[HolderKind.DRIVER] = net - accepted

    @precondition(lambda self: self.travelling)
    @rule(data=st.data())
    def refuse_unweighed(self, data: st.DataObject) -> None:
        refusal = receive(decision="refused", accepted_kg=0, net_in_kg=None, reason="满仓")
        self._do(data.draw(st.sampled_from(self.travelling)), refusal, taker="driver")

    @precondition(lambda self: self.travelling)
    @rule(data=st.data(), share=shares.filter(bool))
    def give_back(self, data: st.DataObject, share: int) -> None:
        manifest = data.draw(st.sampled_from(self.travelling))
        kg = max(1, manifest.state.held_kg * share // 1_000)
        if self._do(manifest, give_back(kg=kg), taker="driver"):
            manifest.held[HolderKind.DRIVER] = 0
            manifest.held[HolderKind.GIVER] = kg

    @precondition(lambda self: self.travelling)
    @rule(data=st.data(), dumped=st.booleans())
    def declare_lost(self, data: st.DataObject, dumped: bool) -> None:
        manifest = data.draw(st.sampled_from(self.travelling))
        if self._do(manifest, lose(dumped=dumped)):
            manifest.held[HolderKind.NOBODY] = manifest.held.pop(HolderKind.DRIVER)

    # Anything at any time

    @precondition(lambda self: self.every)
    @rule(data=st.data(), event=st.sampled_from(sorted(ACTS)))
    def try_what_is_not_allowed(self, data: st.DataObject, event: EventType) -> None:
        manifest = data.draw(st.sampled_from(self.every))
        if event not in allowed_events(manifest.state):
            assert not self._do(manifest, ACTS[event])

    @precondition(lambda self: self.every)
    @rule(data=st.data())
    def inspect(self, data: st.DataObject) -> None:
        assert self._do(data.draw(st.sampled_from(self.every)), inspect())

    @property
    def today(self) -> date:
        return legal_day(self.now)

    @property
    def waiting(self) -> list[Manifest]:
        return [m for m in self.every if m.state.status is Status.ISSUED]

    @property
    def travelling(self) -> list[Manifest]:
        return [m for m in self.every if m.state.held_kg]

    # At the sites

    @rule(site=sites, share=shares, bp=moisture, final=st.booleans(), compliant=st.booleans(), data=st.data())
    def dispose(self, site: str, share: int, bp: int | None, final: bool, compliant: bool, data: st.DataObject) -> None:
        lots = sorted(self.books.book.at[site])
        if not lots:
            return
        lot = data.draw(st.sampled_from(lots))
        figures = {"facility": site, "disposal": f"D{next(self.ids)}", "lot": lot, "route": "I1", "final": final}
        said = {"day": self.today.isoformat(), "wet_kg": 1 + 9 * share, "moisture_bp": bp, "compliant": compliant}
        self._book_at(site, EventType.DISPOSED, {**figures, **said, "banned": []})

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    # What always holds

    @invariant()
    def each_part_of_a_load_has_one_holder_and_nothing_is_lost_between_them(self) -> None:
        for manifest in self.every:
            parts = manifest.state.custody
            assert all(part.kg > 0 and part.holder in HELD for part in parts)
            held: Counter[HolderKind] = Counter()
            for part in parts:
                held[part.holder] += part.kg
            assert held == +manifest.held

    @invariant()
    def nothing_but_an_inspection_comes_after_the_end(self) -> None:
        for manifest in self.every:
            for end in (EventType.VOIDED, EventType.LOST, EventType.RETURNED):
                types = [entry.claim.type for entry in manifest.entries]
                after = types[types.index(end) + 1 :] if end in types else []
                assert set(after) <= {EventType.INSPECTED}

    @invariant()
    def all_entries_folded_give_the_state_they_were_advanced_to(self) -> None:
        assert all(fold(manifest.entries) == manifest.state for manifest in self.every)

    @invariant()
    def every_chain_holds(self) -> None:
        assert all(verify(manifest.entries) == [] for manifest in self.every)

    @invariant()
    def on_the_road_lies_what_the_drivers_hold(self) -> None:
        for manifest in self.every:
            load = self.books.book.road.get(manifest.name)
            held_kg = manifest.state.held_kg
            assert (load.physical_left if load else 0) == (dry_units(held_kg, load.moisture_bp) if load else 0)
            if load and not held_kg:
                assert load.is_empty

    @invariant()
    def what_was_produced_and_lay_there_is_disposed_of_unaccounted_or_still_there(self) -> None:
        for first in (date.min, MORNING.date() + timedelta(days=2)):
            assert all(difference(sums) == 0 for sums in self.books.book.sums(first, self.today).values())

    def _do(self, manifest: Manifest, command: c.Command, *, taker: str | None = None) -> bool:
        """Decide, record and book a command; False where it was refused, which must change nothing."""
        self.now += timedelta(minutes=1)
        command = replace(command, event_id=f"01940000-0000-7000-8000-{next(self.ids):012d}")
        try:
            decision = decide(manifest.state, command, Circumstances(now=self.now))
        except NotAllowedNow:
            return False
        entry = self._entry(manifest, command, decision, taker)
        booking.book(self.books, entry.claim, manifest.state)
        manifest.entries.append(entry)
        manifest.state = advance(manifest.state, entry)
        return True

    def _entry(self, manifest: Manifest, command: c.Command, decision: Decision, taker: str | None) -> Entry:
        figures: dict[str, Any] = {}
        if isinstance(command, c.IssueManifest):
            figures = {"name": manifest.name}
        if isinstance(command, c.LoadTruck) and command.moisture_out_bp is None:
            figures = {"assumed_bp": 8_000}
        return entry_of(command, manifest.entries, decision, now=self.now, taker=taker, more=figures)

    def _book_at(self, code: str, event: EventType, figures: dict[str, Any]) -> None:
        stream = Stream(StreamKind.FACILITY, code)
        claim = Claim(f"F{next(self.ids)}", event, stream, self.now, "somebody", "O", figures)
        booking.book(self.books, claim, ManifestState())


def _measured(bp: int | None, name: str) -> dict[str, int]:
    return {"assumed_bp": 8_000} if bp is None else {name: bp}


City.TestCase.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestAnythingThatPeopleMayDo = City.TestCase
