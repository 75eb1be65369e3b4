"""Dated policy of a division: bans, moisture limits, what a route needs, and the clocks.

The longest division that names a place and has a row in force decides; among its rows the newest, and of rows of the
same division and day the one that comes later in the list.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sludgetrack.domain.tables import rows

if TYPE_CHECKING:
    from collections.abc import Iterable


class Rule(StrEnum):
    """What a policy row about a route can say. Rows without a route are clocks (see ``clocks``)."""

    BAN = "ban"
    MOISTURE_MAX_PCT = "moisture_max_pct"
    NEEDS_LAB = "needs_lab"
    NEEDS_STABILISATION = "needs_stabilisation"


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One decision of a division: ``rule`` of ``route`` (empty for clocks) is ``value`` from ``valid_from`` on."""

    division: str
    route: str
    rule: str
    value: str
    valid_from: date
    source: str


class Standing(StrEnum):
    """How a row stands on a day, for the very division it names."""

    IN_FORCE = "in_force"
    UPCOMING = "upcoming"
    REPLACED = "replaced"


class Policy:
    """The list of policy rows, ready to be asked."""

    def __init__(self, policy_rows: Iterable[PolicyRow]) -> None:
        self._rows: dict[tuple[str, str], dict[str, list[PolicyRow]]] = {}
        for row in sorted(policy_rows, key=lambda row: row.valid_from):
            by_division = self._rows.setdefault((row.route, row.rule), {})
            by_division.setdefault(row.division, []).append(row)

    def rule(self, division: str, route: str, rule: str, day: date) -> PolicyRow | None:
        """The row in force for a place on a legal day, or None where nothing is said."""
        by_division = self._rows.get((route, rule))
        if by_division is None:
            return None
        for length in range(len(division), -1, -1):
            dated = by_division.get(division[:length])
            if dated:
                in_force = bisect_right(dated, day, key=_valid_from)
                if in_force:
                    return dated[in_force - 1]
        return None

    def ban(self, division: str, route: str, day: date) -> PolicyRow | None:
        """The row that forbids a route to a place on a day, or None."""
        row = self.rule(division, route, Rule.BAN, day)
        return row if row and row.value == "Y" else None

    def bans_at_issue(self, giver: str, destination: str, route: str, day: date) -> list[PolicyRow]:
        """The bans that refuse a manifest, by the giver's and the destination's division."""
        found = [self.ban(division, route, day) for division in dict.fromkeys((giver, destination))]
        return [row for row in found if row]


def parse_policies(text: str) -> list[PolicyRow]:
    """Every row of a policy table, in its order. Raises ValueError on a day it cannot read."""
    return [
        PolicyRow(
            division=row["division"],
            route=row["route"],
            rule=row["rule"],
            value=row["value"],
            valid_from=date.fromisoformat(row["valid_from"]),
            source=row["source"],
        )
        for row in rows(text)
    ]


def _valid_from(row: PolicyRow) -> date:
    return row.valid_from
