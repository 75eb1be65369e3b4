"""The worked example of the rates: three plants, five ways of disposal, one quarter, every figure."""

from datetime import date
from decimal import Decimal
from functools import reduce

import pytest

from sludgetrack import reference
from sludgetrack.domain.booking import (
    Disposal,
    Input,
    Output,
    Received,
    Run,
    dispose,
    load_oldest,
    produce,
    receive,
    treat,
)
from sludgetrack.domain.gates import Act, Rulebook
from sludgetrack.domain.holdings import Stamp
from sludgetrack.domain.labs import Reading, Report
from sludgetrack.domain.limits import Limits
from sludgetrack.domain.mass import Account, Place, Weighed
from sludgetrack.domain.policy import Policy
from sludgetrack.domain.rates import RateRow, Sums, add, difference, rate_row
from tests.domain.book import Book

BEFORE, DAY = date(2024, 12, 31), date(2025, 1, 15)
QUARTER = (date(2025, 1, 1), date(2025, 3, 31))
SITE = Place.site("S1")


@pytest.fixture(scope="module")
def book() -> Book:
    city = Example()
    city.produce("A0", "A", 1_250_000, 8000, day=BEFORE)
    city.produce("A1", "A", 9_000_000, 8000)
    city.produce("B1", "B", 2_000_000, 6000)
    city.produce("C1", "C", 500_000, 8500)
    city.move("burned", "A", 7_000_000, 8000)
    city.move("kiln", "B", 1_250_000, 6000)
    city.move("compost", "A", 2_000_000, 8000)
    city.move("pressed", "B", 400_000, 5000)
    city.move("wet", "A", 500_000, 8000)
    city.move("spilt", "A", 250_000, 8000, arriving_kg=0)
    city.compost("compost", Output("soil", Weighed(608_000, 3750)), additives=Weighed(80_000, 0).dry)
    city.dispose("burned", "I1", 7_000_000, 8000)
    city.dispose("kiln", "B1", 1_250_000, 6000)
    city.dispose("soil", "L1", 608_000, 3750)
    city.dispose("pressed", "F2", 400_000, 5000)
    city.dispose("wet", "F2", 500_000, 8000)
    return city.book


@pytest.fixture(scope="module")
def sums(book: Book) -> Sums:
    return reduce(add, book.sums(*QUARTER).values())


@pytest.fixture(scope="module")
def row(sums: Sums) -> RateRow:
    return rate_row("total", sums, reference.routes())


def test_production_and_stock_are_those_of_the_example(row: RateRow) -> None:
    assert (row["produced"], row["opening_stock"], row["closing_stock"]) == ("2675.000", "250.000", "275.000")


def test_what_was_disposed_and_what_is_missing(row: RateRow) -> None:
    assert (row["harmless"], row["noncompliant"], row["landfilled"]) == ("2500.000", "100.000", "300.000")
    assert row["unaccounted_by_cause"] == {"receipt": "50.000"}


def test_compost_counts_with_the_origin_it_stands_for_not_with_its_bulking_agent(row: RateRow) -> None:
    assert row["by_route"] == {"B1": "500.000", "F2": "300.000", "I1": "1400.000", "L1": "400.000"}


def test_the_balance_closes(sums: Sums) -> None:
    assert difference(sums) == 0


def test_every_rate_of_the_example(row: RateRow) -> None:
    assert row["harmless_rate"] == "93.46"
    assert row["harmless_rate_stock_adjusted"] == "94.34"
    assert row["landfill_rate"] == "11.21"
    assert row["landfill_rate_of_disposed"] == "11.54"
    assert row["resource_rate"] == "33.64"
    assert row["resource_rate_broad"] == "85.98"


def test_wet_tonnes_would_have_given_another_rate(row: RateRow) -> None:
    compliant_wet, produced_wet = Decimal(7000 + 1250 + 608 + 400), Decimal(9000 + 2000 + 500)

    assert round(compliant_wet * 100 / produced_wet, 2) == Decimal("80.50")
    assert row["harmless_rate"] != "80.50"


def test_the_cohort_leaves_out_what_was_cleared_of_old_stock(book: Book, row: RateRow) -> None:
    old_stock = book.fates("A0")["disposed:I1"]

    assert old_stock == Weighed(1_250_000, 8000).dry
    assert row["harmless_rate_cohort"] == "84.11"


class Example:
    """A plant's sludge on its way, as the example tells it."""

    def __init__(self) -> None:
        self.book = Book()
        self.order = 0
        self.rules = Rulebook(reference.routes(), Limits(reference.limits()), Policy(reference.policies()))

    def produce(self, batch: str, plant: str, wet_kg: int, moisture_bp: int, *, day: date = DAY) -> None:
        mass = Weighed(wet_kg, moisture_bp)
        self.book.write(day, batch, produce(batch, mass, Place.plant(plant), stamp=self._stamp(day)))

    def move(self, load: str, plant: str, wet_kg: int, moisture_bp: int, *, arriving_kg: int | None = None) -> None:
        place, mass = Place.plant(plant), Weighed(wet_kg, moisture_bp)
        loading = load_oldest(load, mass, self.book.lying(place), at=place, stamp=self._stamp(DAY))
        self.book.write_loading(DAY, load, loading)
        net = wet_kg if arriving_kg is None else arriving_kg
        received = Received(net, moisture_bp, net)
        self.book.write(DAY, load, receive(self.book.road[load], received, at=SITE, stamp=self._stamp(DAY)))

    def compost(self, lot: str, output: Output, *, additives: int) -> None:
        run = Run([Input(self.book.lots[lot])], [output], additives, reference.treatments()["T3"].stabilises)
        self.book.write(DAY, "run", treat(run, at=SITE, stamp=self._stamp(DAY)))

    def dispose(self, lot: str, route: str, wet_kg: int, moisture_bp: int) -> None:
        holding = self.book.lots[lot]
        act = Act(route, "140100", DAY, moisture_bp, holding.stabilised)
        judgement = self.rules.judge(act, [_passing_report(route)])
        disposal = Disposal(route, wet_kg, moisture_bp, compliant=judgement.compliant)
        self.book.write(DAY, f"disposal of {lot}", dispose(holding, disposal))

    def _stamp(self, day: date) -> Stamp:
        self.order += 1
        return Stamp(day, self.order)


def _passing_report(route: str) -> Report:
    """A report well within every limit of a route: half of a maximum, twice a minimum."""
    limits = Limits(reference.limits()).of(route)
    readings: dict[str, Reading] = {}
    for limit in limits:
        value = limit.value * 2 if ">" in limit.op else limit.value / 2
        readings.setdefault(limit.parameter, Reading(value))
    return Report("R", "S1", DAY, 0, readings)


def test_the_books_postings_never_touch_a_rate_through_additives(book: Book) -> None:
    additives = [entry.posting for entry in book.entries if entry.posting.account is Account.ADDITIVES]

    assert sum(posting.physical_units for posting in additives) == -Weighed(80_000, 0).dry
    assert {posting.origin_units for posting in additives} == {0}
