"""The worked example of the rates, booked into a database: three plants, five ways of disposal, one quarter.

Treatment and lab reports have no acts of their own here: each step is booked by the functions of the domain and put
into the record under an event that says nothing of mass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection, Engine

from sludgetrack import tx
from sludgetrack.domain.booking import (
    Booking,
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
from sludgetrack.domain.events import Claim, EventType, Stream, StreamKind
from sludgetrack.domain.holdings import Holding
from sludgetrack.domain.mass import Account, Weighed
from sludgetrack.services import registering
from sludgetrack.store import streams
from sludgetrack.store.append import Appending, Draft, append
from sludgetrack.store.books import Books
from sludgetrack.store.directory import Directory
from tests.support.city import new_id

BEFORE, DAY = date(2024, 12, 31), date(2025, 1, 15)
NOW = datetime(2025, 1, 15, 4, 0, tzinfo=UTC)
PLANTS = {"A": ("140105", "prefecture"), "B": ("140105", "county_city"), "C": ("140181", None)}

Make = Callable[["Work"], Booking]


@dataclass
class Work:
    """One step's books."""

    books: Books
    directory: Directory

    def lot(self, name: str) -> Holding:
        """A lot at the site."""
        found = self.books.holding(name, Account.SITE_STOCK)
        assert found is not None
        return found


@dataclass
class Example:
    """Somebody who books a step at a time."""

    engine: Engine

    def produce(self, batch: str, plant: str, wet_kg: int, moisture_bp: int, *, day: date = DAY) -> None:
        mass = Weighed(wet_kg, moisture_bp)
        self._book(
            plant,
            day,
            lambda work: produce(batch, mass, work.directory.facility(plant).place, stamp=work.books.stamp(day)),
        )

    def move(self, load: str, plant: str, wet_kg: int, moisture_bp: int, *, arriving_kg: int | None = None) -> None:
        mass = Weighed(wet_kg, moisture_bp)

        def loaded(work: Work) -> Booking:
            giver = work.directory.facility(plant)
            lying = work.books.lying(giver, mass.dry)
            return load_oldest(load, mass, lying, at=giver.place, stamp=work.books.stamp(DAY))

        def received(work: Work) -> Booking:
            net = wet_kg if arriving_kg is None else arriving_kg
            on_the_road = work.books.holding(load, Account.TRANSIT)
            assert on_the_road is not None
            site = work.directory.facility("S1").place
            return receive(on_the_road, Received(net, moisture_bp, net), at=site, stamp=work.books.stamp(DAY))

        self._book(plant, DAY, loaded)
        self._book("S1", DAY, received)

    def compost(self, lot: str, output: Output, *, additives: int) -> None:
        self._book(
            "S1",
            DAY,
            lambda work: treat(
                Run([Input(work.lot(lot))], [output], additives, stabilises=True),
                at=work.directory.facility("S1").place,
                stamp=work.books.stamp(DAY),
            ),
        )

    def dispose(self, lot: str, route: str, wet_kg: int, moisture_bp: int, *, compliant: bool = True) -> None:
        disposal = Disposal(route, wet_kg, moisture_bp, compliant=compliant)
        self._book("S1", DAY, lambda work: dispose(work.lot(lot), disposal))

    def _book(self, facility: str, day: date, make: Make) -> None:
        """One event of a facility that books what ``make`` makes."""
        with tx.unit_of_work(self.engine) as connection:
            directory = Directory(connection)
            books = Books(connection, directory)
            stream = Stream(StreamKind.FACILITY, facility)
            claim = Claim(new_id(), EventType.TURNED_AWAY, stream, NOW, None, "O", {})
            books.put(claim.event_id, make(Work(books, directory)), day=day)
            heads = streams.lock(connection, [stream])
            append(connection, directory, Appending([Draft(claim)], heads, {}, books), NOW)


def book_worked_example(engine: Engine) -> None:
    """The whole example."""
    with tx.unit_of_work(engine) as connection:
        _register(connection)
    city = Example(engine)
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
    city.dispose("wet", "F2", 500_000, 8000, compliant=False)


def _register(connection: Connection) -> None:
    owner = {"name": "太原水务", "kind": "operator", "division": "140105"}
    registering.register(connection, [registering.organisation_registration(new_id(), "O", owner)], NOW)
    places = {code: ("plant", *where) for code, where in PLANTS.items()} | {"S1": ("site", "140105", None)}
    for code, (kind, division, city_class) in places.items():
        fields = {"code": code, "name": code, "kind": kind, "division": division, "city_class": city_class}
        fields_of_all = {"routes": [], "zone": "Asia/Shanghai"}
        facility = registering.facility_registration(connection, new_id(), "O", {**fields, **fields_of_all})
        registering.register(connection, [facility], NOW)
