"""The order in which the events of a legal day are booked, whatever order they were recorded or imported in."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date


class Phase(IntEnum):
    """What an event books. Movements are in the order of their times, the later ones here last at equal times."""

    PRODUCTION = 0
    LOADING = 1
    RECEIPT = 2
    RETURN = 3
    LOSS = 4
    TREATMENT = 5
    DISPOSAL = 6
    COUNT = 7


MOVEMENTS = frozenset({Phase.LOADING, Phase.RECEIPT, Phase.RETURN, Phase.LOSS})
NO_TIME = datetime.min.replace(tzinfo=UTC)


class Turn(NamedTuple):
    """A sort key: production, then movements by time, then runs, disposals and counts, each in record order."""

    day: date
    group: int
    at: datetime
    phase: int
    order: int


def turn(day: date, phase: Phase, order: int, at: datetime | None = None) -> Turn:
    """When an event is booked. ``at`` is a movement's instant (required there, ignored elsewhere)."""
    if phase not in MOVEMENTS:
        return Turn(day, phase, NO_TIME, phase, order)
    if at is None:
        raise ValueError("a movement has a time")
    return Turn(day, Phase.LOADING, at, phase, order)
