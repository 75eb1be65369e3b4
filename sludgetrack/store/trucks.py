"""What the registers and the road say about a truck."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, literal, select

from sludgetrack.store.tables.manifests import manifest
from sludgetrack.store.tables.registry import vehicle

ON_THE_ROAD = ("in_transit", "holding", "arrived")


@dataclass(frozen=True, slots=True)
class Truck:
    """A plate's rated load in kilograms (None where it is not registered), and whether another trip of it is open."""

    rated_kg: int | None
    is_elsewhere: bool


def truck(connection: Connection, plate: str, besides: int) -> Truck:
    """A plate as it is now; ``besides`` is the manifest that asks."""
    m = manifest.c
    rated = select(vehicle.c.rated_kg).where(vehicle.c.plate == plate).scalar_subquery()
    elsewhere = select(literal(1)).where(m.plate == plate, m.id != besides, m.status.in_(ON_THE_ROAD)).exists()
    row = connection.execute(select(rated.label("rated_kg"), elsewhere.label("elsewhere"))).one()
    return Truck(row.rated_kg, bool(row.elsewhere))
