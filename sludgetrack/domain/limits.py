"""Pollutant and quality limits of the disposal standards, and which of them a route asks of a lab report."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sludgetrack.domain.tables import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

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
    applies_to: str = ""
    """The routes as the table writes them, superseded standards and those of a plant's outlet named as such."""
    checked_on: date | None = None
    check_source: str = ""
    """The printed source the row was compared with."""

    @property
    def is_checked(self) -> bool:
        """Whether a named person has compared the row with the printed standard."""
        return bool(self.checked_by)

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
        applies_to=row["route"],
    )


SEPARATOR = "|"
"""Parts the key of a row in a table that has several columns for it."""


def limit_key(limit: Limit) -> str:
    """What names a limit for good: its standard, routes, parameter, direction and condition. Its value may change."""
    direction = {">": "min", ">=": "min", "=": "is"}.get(limit.op, "max")
    return SEPARATOR.join((limit.standard, limit.applies_to, limit.parameter, direction, limit.condition))


def reading_of(limit: Limit) -> str:
    """A limit as it reads: ``< 5 mg/kg dry``."""
    return f"{limit.op} {limit.value:f} {limit.unit}".rstrip()


def new_limit(key: str, values: Mapping[str, str]) -> Limit:
    """A limit by its key and the values set for it. Raises LookupError or ValueError where they do not make one."""
    standard, applies_to, parameter, _, condition = key.split(SEPARATOR)
    return Limit(
        standard=standard,
        routes=_routes(applies_to),
        parameter=parameter,
        op=values["op"],
        value=Decimal(values["value"]),
        unit=values.get("unit", ""),
        condition=condition,
        confidence="",
        checked_by="",
        applies_to=applies_to,
    )


def _routes(text: str) -> frozenset[str]:
    """The route codes a row lists; none for superseded standards and those of a plant's outlet."""
    if any(mark in text for mark in _NOT_USED):
        return frozenset()
    return frozenset(text.split())
