"""A few weeks of a city's life by chance: everything that can happen to a load does, sooner or later."""

from __future__ import annotations

from random import Random

from sludgetrack.domain import commands as c
from sludgetrack.services.manifests import act
from tests.support.city import City, new_id


def live(city: City, seed: int, *, days: int = 40) -> None:
    """Some days with a few acts each. Masses are small and odd, so that shares never divide evenly."""
    chance = Random(seed)  # noqa: S311 - a history, not a secret
    lots: list[str] = []
    for day in range(days):
        city.clock.forward(days=chance.choice((0, 1, 1, 3)))
        moisture = chance.choice((None, 7_913, 8_047))
        kind = chance.choice(("plant_sludge",) * 5 + ("sewer_sludge",))
        city.produce(f"B{day}", chance.randrange(3_001, 30_011), moisture_bp=moisture, kind=kind)
        lots += _load(city, chance)
        if lots and chance.random() < 0.5:
            _dispose(city, chance, lots)


def _load(city: City, chance: Random) -> list[str]:
    """A truck that arrives, in part or not at all; the lot it made."""
    number, kg = city.issue(), chance.randrange(4_001, 20_011)
    city.load(number, kg, moisture_out_bp=chance.choice((None, 7_951, 8_020)))
    city.clock.forward(minutes=50)
    if chance.random() < 0.1:
        lost = c.DeclareLost(event_id=new_id(), finding="下落不明", dumped=chance.random() < 0.5)
        city.act("regulator", lambda ctx: act(ctx, number, lost))
        return []
    net = kg - chance.randrange(-50, 100)
    accepted = chance.choice((net, net, net // 3, 0))
    city.receive(number, net, accepted_kg=accepted, moisture_in_bp=chance.choice((None, 8_003)))
    if accepted < net and chance.random() < 0.8:
        city.take_back(number, net - accepted - chance.randrange(0, 40))
    return [number] if accepted else []


def _dispose(city: City, chance: Random, lots: list[str]) -> None:
    lot = chance.choice(lots)
    final = chance.random() < 0.6
    route = chance.choice(("I1", "I1", "F2"))
    city.dispose(lot, chance.randrange(501, 9_011), final=final, route=route)
    if final:
        lots.remove(lot)
