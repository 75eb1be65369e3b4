"""Whatever happens to sludge, nothing appears and nothing vanishes: generated histories, checked at every cut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sludgetrack.domain.booking import (
    Booking,
    Disposal,
    Input,
    Named,
    Output,
    Received,
    Run,
    count,
    dispose,
    give_back,
    load_named,
    load_oldest,
    lose,
    produce,
    receive,
    restate,
    treat,
    undo,
)
from sludgetrack.domain.holdings import Holding, Kind, Nature, Stamp
from sludgetrack.domain.mass import Account, Place, Weighed
from sludgetrack.domain.rates import difference
from tests.domain.book import Book

PLANTS = (Place.plant("P1"), Place.plant("P2"))
SITES = (Place.site("S1"), Place.site("S2"))
PLACES = (*PLANTS, *SITES)
BEGIN = date(2025, 1, 1)

KILOGRAMS = st.integers(1, 60_000)
MOISTURES = st.integers(0, 10_000)
WEIGHED = st.builds(Weighed, KILOGRAMS, MOISTURES)


class Histories(RuleBasedStateMachine):
    """Production, loads, refusals, returns, losses, runs, disposals, counts and corrections in any order."""

    @initialize()
    def begin(self) -> None:
        self.book = Book()
        self.day = BEGIN
        self.made = 0
        self.receipts: dict[str, Booking] = {}

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule(place=st.sampled_from(PLANTS), mass=WEIGHED, kind=st.sampled_from([Kind.PLANT_SLUDGE, Kind.SEWER_SLUDGE]))
    def a_plant_produces(self, place: Place, mass: Weighed, kind: Kind) -> None:
        batch = self._name("B")
        self._write(batch, produce(batch, mass, place, stamp=self._stamp(), nature=Nature(kind)))

    @rule(place=st.sampled_from(PLACES), mass=WEIGHED)
    def a_truck_loads_the_oldest(self, place: Place, mass: Weighed) -> None:
        load = self._name("M")
        booking = load_oldest(load, mass, self.book.lying(place), at=place, stamp=self._stamp())
        self.book.write_loading(self.day, load, booking)

    @precondition(lambda self: self.book.lots)
    @rule(data=st.data(), mass=WEIGHED, masses=st.lists(KILOGRAMS, min_size=1, max_size=3))
    def a_truck_loads_named_batches(self, data: st.DataObject, mass: Weighed, masses: list[int]) -> None:
        load, lying = self._name("M"), self._somewhere(data)
        lines = [Named(holding, kg) for holding, kg in zip(lying, masses, strict=False)]
        self.book.write_loading(self.day, load, load_named(load, mass, lines, stamp=self._stamp()))

    @precondition(lambda self: self.book.road)
    @rule(
        data=st.data(),
        place=st.sampled_from(PLACES),
        net=st.none() | KILOGRAMS,
        moisture=st.none() | MOISTURES,
        accepted=st.sampled_from([0, 1, 2, 3]),
    )
    def a_load_is_received(
        self, data: st.DataObject, place: Place, net: int | None, moisture: int | None, accepted: int
    ) -> None:
        load = self._on_the_road(data)
        weighed = load.wet_kg if net is None else net
        name = self._name("L")
        received = Received(net, moisture, weighed * accepted // 3)
        booking = receive(load, received, at=place, stamp=self._stamp(), lot=name)
        self._write(name, booking)
        self.receipts[name] = booking

    @precondition(lambda self: self.book.road)
    @rule(data=st.data(), share=st.sampled_from([0, 50, 100, 110]))
    def a_load_comes_back(self, data: st.DataObject, share: int) -> None:
        load = self._on_the_road(data)
        sources, draws = self.book.sources(load.id), self.book.draws[load.id]
        self._write(load.id, give_back(load, load.wet_kg * share // 100, sources, draws=draws))

    @precondition(lambda self: self.book.road)
    @rule(data=st.data(), found_dumped=st.booleans())
    def a_load_is_lost(self, data: st.DataObject, found_dumped: bool) -> None:
        load = self._on_the_road(data)
        self._write(load.id, lose(load, found_dumped=found_dumped))

    @precondition(lambda self: self.book.lots)
    @rule(
        data=st.data(),
        outputs=st.lists(WEIGHED, min_size=1, max_size=2),
        additives=st.integers(0, 10**8),
        masses=st.lists(st.none() | KILOGRAMS, min_size=1, max_size=3),
    )
    def a_site_treats(
        self, data: st.DataObject, outputs: list[Weighed], additives: int, masses: list[int | None]
    ) -> None:
        lying = self._somewhere(data)
        inputs = [Input(holding, kg) for holding, kg in zip(lying, masses, strict=False)]
        run = Run(inputs, [Output(self._name("R"), mass) for mass in outputs], additives)
        place = Place(str(lying[0].facility), lying[0].account)
        self._write(self._name("run"), treat(run, at=place, stamp=self._stamp()))

    @precondition(lambda self: self.book.lots)
    @rule(data=st.data(), mass=WEIGHED, final=st.booleans(), compliant=st.booleans())
    def a_site_disposes(self, data: st.DataObject, mass: Weighed, final: bool, compliant: bool) -> None:
        lot = data.draw(st.sampled_from(list(self.book.lots.values())))
        banned = frozenset(list(lot.made)[:1])
        disposal = Disposal("I1", mass.wet_kg, mass.moisture_bp, final, compliant, banned)
        self._write(self._name("D"), dispose(lot, disposal))

    @rule(place=st.sampled_from(PLACES), counted=WEIGHED)
    def a_stock_is_counted(self, place: Place, counted: Weighed) -> None:
        booking = count(self.book.lying(place), counted, at=place, stamp=self._stamp())
        self._write(self._name("count"), booking)

    @precondition(lambda self: self.receipts)
    @rule(data=st.data(), net=KILOGRAMS, moisture=MOISTURES, refuses=st.booleans())
    def a_receipt_is_corrected(self, data: st.DataObject, net: int, moisture: int, refuses: bool) -> None:
        name = data.draw(st.sampled_from(list(self.receipts)))
        receipt = self.receipts.pop(name)
        road = undo(receipt.postings, [self.book.road[receipt.holdings[0].id]])[0]
        place = Place(*_received_at(receipt))
        received = Received(net, moisture, 0 if refuses else net)
        again = receive(road, received, at=place, stamp=self._stamp(), lot=name)
        lots = [self.book.lots[name]] if name in self.book.lots else []
        self._write(name, restate(receipt.postings, [again], lots))

    @invariant()
    def holdings_are_what_the_postings_say(self) -> None:
        units: dict[tuple[str | None, Account], int] = defaultdict(int)
        physical: dict[tuple[str | None, Account], int] = defaultdict(int)
        for _, _, posting in self.book.entries:
            if posting.lot:
                units[posting.lot, posting.account] += posting.origin_units
                physical[posting.lot, posting.account] += posting.physical_units
        for holding in (*self.book.lots.values(), *self.book.road.values()):
            assert units[holding.id, holding.account] == holding.origin_left
            assert physical[holding.id, holding.account] == holding.physical_left

    @invariant()
    def the_fates_of_a_batch_add_up_to_it(self) -> None:
        produced: dict[str, int] = defaultdict(int)
        for _, _, posting in self.book.entries:
            if posting.account is Account.PRODUCED:
                produced[posting.origin] -= posting.origin_units
        for batch in self.book.origins:
            assert sum(self.book.fates(batch).values()) == produced[batch]

    def teardown(self) -> None:
        """The balance closes for every plant at every cut."""
        days = sorted({entry.day for entry in self.book.entries})
        for first, last in ((first, last) for first in days[:4] for last in days[-4:] if first <= last):
            for facility, sums in self.book.sums(first, last).items():
                assert difference(sums) == 0, facility

    def _write(self, event: str, booking: Booking) -> None:
        self.book.write(self.day, event, booking)

    def _name(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix}{self.made:04}"

    def _stamp(self) -> Stamp:
        return Stamp(self.day, self.made)

    def _on_the_road(self, data: st.DataObject) -> Holding:
        return data.draw(st.sampled_from(list(self.book.road.values())))

    def _somewhere(self, data: st.DataObject) -> Sequence[Holding]:
        """What lies at one facility that has something, in an order of its own."""
        stocked = [list(lots.values()) for lots in self.book.at.values() if lots]
        return data.draw(st.permutations(data.draw(st.sampled_from(stocked))))


def _received_at(receipt: Booking) -> tuple[str, Account]:
    stocked = [holding for holding in receipt.holdings if holding.facility]
    return (str(stocked[0].facility), stocked[0].account) if stocked else ("S1", Account.SITE_STOCK)


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
