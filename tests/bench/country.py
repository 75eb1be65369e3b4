"""Ledger files of as many truckloads as wanted, row by row, the same for the same number.

Every plant declares its production by the month and sends truckloads all year by two routes to the sites of its city;
one load in ten arrives a little lighter than it left.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

YEAR = 2025
LOADS_OF_A_PLANT = 480
"""Truckloads of a plant and year: about what a plant of a county town sends."""
PLANTS_OF_A_CITY = 80
KG = 15_000
ROUTES = ("I1", "L2", "F2")
VEHICLES = 40

_HEADS = {
    "parties": "code,name,kind,division,city_class,capacity_t80_d,routes",
    "vehicles": "plate,hauler,rated_t,tare_t",
    "policies": "division,route,rule,value,valid_from,source",
    "production": "batch,plant,date,wet_t,moisture_pct",
    "movements": "manifest,from,hauler,plate,driver,to,route,issued_at,loaded_at,out_gross_t,out_tare_t,out_net_t,"
    "out_moisture_pct,received_at,in_gross_t,in_tare_t,in_net_t,in_moisture_pct,decision,accepted_t",
    "disposals": "disposal,site,lot,route,date,wet_t,moisture_pct,final",
}
Row = Sequence[object]


@dataclass(frozen=True)
class Plant:
    """A plant: the how-manieth, its city, and how many loads it sends."""

    n: int
    loads: int

    @property
    def city(self) -> int:
        return self.n // PLANTS_OF_A_CITY

    @property
    def code(self) -> str:
        return f"P{self.n:05d}"

    @property
    def division(self) -> str:
        """A district of the city's, forty plants in each."""
        return f"{_city(self.city)}{self.n // (PLANTS_OF_A_CITY // 2) % 2 + 1:02d}"


def write(folder: Path, truckloads: int) -> None:
    """Write every ledger file."""
    count = -(-truckloads // LOADS_OF_A_PLANT)
    plants = [Plant(n, min(LOADS_OF_A_PLANT, truckloads - n * LOADS_OF_A_PLANT)) for n in range(count)]
    cities = plants[-1].city + 1
    _file(folder, "parties", _parties(plants, cities))
    _file(
        folder,
        "vehicles",
        ((_plate(c, v), f"H{c}", "25.000", "11.000") for c in range(cities) for v in range(VEHICLES)),
    )
    _file(folder, "policies", _policies(cities))
    _file(folder, "production", (row for plant in plants for row in _production(plant)))
    _file(folder, "movements", (row for plant in plants for row in _movements(plant)))
    _file(folder, "disposals", (row for plant in plants for row in _disposals(plant)))


def _file(folder: Path, name: str, rows: Iterable[Row]) -> None:
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADS[name].split(","))
        writer.writerows(rows)


def _parties(plants: Sequence[Plant], cities: int) -> Iterator[Row]:
    for city in range(cities):
        yield f"H{city}", f"hauler {city}", "hauler", f"{_city(city)}01", "", "", ""
        for route in ROUTES:
            yield _site(city, route), f"site {city} {route}", "site", f"{_city(city)}01", "", 100_000, route
    for plant in plants:
        yield plant.code, f"plant {plant.n}", "plant", plant.division, ("prefecture", "county")[plant.n % 2], "", ""


def _vehicles(city: int) -> Iterator[Row]:
    return ((_plate(city, n), f"H{city}", "25.000", "11.000") for n in range(VEHICLES))


def _policies(cities: int) -> Iterator[Row]:
    rules = (("moisture_max_pct", "100"), ("needs_lab", "N"), ("needs_stabilisation", "N"))
    for city in range(cities):
        for route in ROUTES:
            for rule, value in rules:
                yield _city(city), route, rule, value, "2000-01-01", "bench"


def _production(plant: Plant) -> Iterator[Row]:
    for month in range(12):
        kg = plant.loads * KG // 12
        yield f"{plant.code}-{month + 1:02d}", plant.code, date(YEAR, month + 1, 1), _t(kg), "80.00"


def _movements(plant: Plant) -> Iterator[Row]:
    tare, hauler = "11.000", f"H{plant.city}"
    for k in range(plant.loads):
        start = datetime.combine(_day(plant, k), time(6 + (plant.n + k) % 10, (plant.n * 7 + k) % 60))
        net_in = KG - (k % 10 == 0) * 40
        plate = _plate(plant.city, (plant.n * 13 + k) % VEHICLES)
        sent = (_name(plant, k), plant.code, hauler, plate, f"driver {plate}", _site(plant.city, _route(plant, k)))
        out = (start - timedelta(minutes=20), start, _t(KG + 11_000), tare, _t(KG), "80.00")
        taken = (start + timedelta(minutes=55), _t(net_in + 11_000), tare, _t(net_in), "80.00", "accepted", _t(net_in))
        yield *sent, _route(plant, k), *out, *taken


def _disposals(plant: Plant) -> Iterator[Row]:
    for k in range(plant.loads):
        route, day = _route(plant, k), _day(plant, k) + timedelta(days=1)
        net_in, name = KG - (k % 10 == 0) * 40, _name(plant, k)
        yield f"D-{name}", _site(plant.city, route), name, route, day, _t(net_in), "80.00", "yes"


def _day(plant: Plant, k: int) -> date:
    return date(YEAR, 1, 2) + timedelta(days=k * 362 // plant.loads)


def _route(plant: Plant, k: int) -> str:
    return ROUTES[2] if plant.n % 7 == 0 and k % 3 == 0 else ROUTES[(plant.n + k) % 2]


def _name(plant: Plant, k: int) -> str:
    return f"{plant.code}-{k:05d}"


def _site(city: int, route: str) -> str:
    return f"S{city}-{route}"


def _plate(city: int, n: int) -> str:
    return f"豫A{city:02d}{n:03d}"


def _city(n: int) -> str:
    return f"{41 + n // 80}{n % 80 + 10:02d}"


def _t(kg: int) -> str:
    return f"{kg / 1000:.3f}"
