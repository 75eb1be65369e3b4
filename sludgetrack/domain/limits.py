"""Pollutant and quality limits of the disposal standards, and which of them a route asks of a lab report."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sludgetrack.domain.tables import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
"""What a table's operator means."""

NOT_OF_A_REPORT = frozenset({"moisture", "dose"})
"""Judged on the disposal itself, not on a lab report."""

_NOT_USED = ("superseded", "plant outlet")


@dataclass(frozen=True, slots=True)
class Limit:
    """One row of a standard: ``parameter op value unit`` for the routes it applies to.

    ``checked_by`` is empty until a named person has compared the row with the printed standard; until then reports
    call it unverified.
    """

    standard: str
    routes: frozenset[str]
    parameter: str
    op: str
    value: Decimal
    unit: str
    condition: str
    confidence: str
    checked_by: str

    def is_met_by(self, value: Decimal) -> bool:
        """Whether a value in the limit's own unit is within it."""
        return COMPARE[self.op](value, self.value)


class Limits:
    """The limits a lab report is held to, by route."""

    def __init__(self, limits: Iterable[Limit]) -> None:
        self._by_route: dict[str, list[Limit]] = {}
        for limit in limits:
            if limit.parameter not in NOT_OF_A_REPORT:
                for route in limit.routes:
                    self._by_route.setdefault(route, []).append(limit)

    def of(self, route: str) -> list[Limit]:
        """Every limit of a route; where they depend on soil or grade, all of them, so that the strictest decides."""
        return self._by_route.get(route, [])


def parse_limits(text: str) -> list[Limit]:
    """Every row of the table. Raises ValueError on a cell it cannot read."""
    return [_limit(row) for row in rows(text)]


def _limit(row: dict[str, str]) -> Limit:
    return Limit(
        standard=row["standard"],
        routes=_routes(row["route"]),
        parameter=row["parameter"],
        op=row["op"],
        value=Decimal(row["value"]),
        unit=row["unit"],
        condition=row["condition"],
        confidence=row["confidence"],
        checked_by=row["checked_by"],
    )


def _routes(text: str) -> frozenset[str]:
    """The route codes a row lists; none for superseded standards and those of a plant's outlet."""
    if any(mark in text for mark in _NOT_USED):
        return frozenset()
    return frozenset(text.split())
