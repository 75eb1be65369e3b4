"""The reference tables as they stand on a legal day: the shipped rows, and over them what authorities have set since.

A set row names a table, the key of one of its rows, and the values that hold from a day on. Of every value the newest
row in force counts; of rows of one day the one set later. Nothing is taken away: a later row overrides an earlier one.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from sludgetrack.domain.limits import Limit, limit_key, new_limit, reading_of
from sludgetrack.domain.routes import Harmless, Route, Treatment
from sludgetrack.domain.tables import is_yes, percent_or_none
from sludgetrack.domain.targets import Target, new_target, target_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

T = TypeVar("T")


class TableName(StrEnum):
    """The tables that can be set. ``checks`` are words of people that a limit reads as the printed standard does."""

    ROUTES = "routes"
    TREATMENTS = "treatments"
    LIMITS = "limits"
    CHECKS = "checks"
    TARGETS = "targets"


@dataclass(frozen=True, slots=True)
class TableRow:
    """``values`` of the row ``key`` of a table hold from ``valid_from`` on. ``by`` names who set it, for checks."""

    table: str
    key: str
    valid_from: date
    source: str
    values: Mapping[str, str]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Shipped:
    """The tables this version came with."""

    routes: Mapping[str, Route]
    treatments: Mapping[str, Treatment]
    limits: Sequence[Limit]
    targets: Sequence[Target]


class Tables:
    """The shipped tables with the rows set since, ready to be asked about any day."""

    def __init__(self, shipped: Shipped, rows: Iterable[TableRow] = ()) -> None:
        self._shipped = shipped
        self._rows: dict[str, list[TableRow]] = {}
        for row in sorted(rows, key=_valid_from):
            self._rows.setdefault(row.table, []).append(row)
        self._known: dict[tuple[str, int], Any] = {}

    def routes(self, day: date) -> Mapping[str, Route]:
        """The routes of disposal by code, in table order."""
        rows = self._in_force(TableName.ROUTES, day)
        return self._once(TableName.ROUTES, len(rows), lambda: _changed(self._shipped.routes, rows, _route))

    def treatments(self, day: date) -> Mapping[str, Treatment]:
        """The treatment processes by code, in table order."""
        rows = self._in_force(TableName.TREATMENTS, day)
        return self._once(TableName.TREATMENTS, len(rows), lambda: _changed(self._shipped.treatments, rows, _treatment))

    def targets(self, day: date) -> Sequence[Target]:
        """The targets that have been set by a day and not been given up."""
        rows = self._in_force(TableName.TARGETS, day)
        return self._once(TableName.TARGETS, len(rows), lambda: _targets(self._shipped.targets, rows))

    def limits(self, day: date) -> Sequence[Limit]:
        """The limits, each with who last checked it as it reads now; those given up left out."""
        rows, checks = self._in_force(TableName.LIMITS, day), self._in_force(TableName.CHECKS, day)
        known = f"{TableName.LIMITS} {len(checks)}"
        return self._once(known, len(rows), lambda: _limits(self._shipped.limits, rows, checks))

    def rows(self, table: str) -> Sequence[TableRow]:
        """Every row set of a table, in the order in which they come into force."""
        return self._rows.get(table, [])

    def _in_force(self, table: str, day: date) -> Sequence[TableRow]:
        rows = self._rows.get(table, [])
        return rows[: bisect_right(rows, day, key=_valid_from)]

    def _once(self, table: str, rows: int, make: Callable[[], T]) -> T:
        """What is made of the same first rows of a table is made once."""
        if (table, rows) not in self._known:
            self._known[table, rows] = make()
        made: T = self._known[table, rows]
        return made


def _targets(shipped: Iterable[Target], rows: Iterable[TableRow]) -> Sequence[Target]:
    found = {target_key(target): target for target in shipped}
    for row in rows:
        found.pop(row.key, None)
        if row.values.get("used") != "N":
            found[row.key] = new_target(row.key, row.values, row.source)
    return tuple(found.values())


def _limits(shipped: Iterable[Limit], rows: Iterable[TableRow], checks: Iterable[TableRow]) -> Sequence[Limit]:
    found = {limit_key(limit): limit for limit in shipped}
    for row in rows:
        if row.values.get("used") == "N":
            found.pop(row.key, None)
        else:
            found[row.key] = new_limit(row.key, row.values)
    return tuple(_checked(found, checks).values())


def _checked(limits: Mapping[str, Limit], checks: Iterable[TableRow]) -> Mapping[str, Limit]:
    """The limits with the newest check of each that found the very reading it has now."""
    found = dict(limits)
    for check in checks:
        for key, reading in check.values.items():
            limit = found.get(f"{check.key}|{key}")
            if limit is not None and reading_of(limit) == reading:
                found[f"{check.key}|{key}"] = replace(
                    limit, checked_by=check.by, checked_on=check.valid_from, check_source=check.source
                )
    return found


def _changed(shipped: Mapping[str, T], rows: Sequence[TableRow], change: Callable[[T, TableRow], T]) -> Mapping[str, T]:
    """The rows of a table whose keys are fixed, with the values set since."""
    if not rows:
        return shipped
    found = dict(shipped)
    for row in rows:
        if row.key in found:
            found[row.key] = change(found[row.key], row)
    return found


ROUTE_VALUES: Mapping[str, Callable[[str], Any]] = {
    "harmless": Harmless,
    "resource_narrow": is_yes,
    "resource_broad": is_yes,
    "landfill": is_yes,
    "needs_lab": is_yes,
    "needs_stabilisation": is_yes,
    "moisture_max_pct": percent_or_none,
    "moisture_op": str,
    "standard": str,
}
"""What can be set of a route, and how its text is read."""

TREATMENT_VALUES: Mapping[str, Callable[[str], Any]] = {
    "stabilises": is_yes,
    "kept_min_pct": lambda text: int(text) * 100,
    "kept_max_pct": lambda text: int(text) * 100,
}
"""What can be set of a treatment process, and how its text is read."""

_FIELDS = {"moisture_max_pct": "moisture_max_bp", "kept_min_pct": "kept_min_bp", "kept_max_pct": "kept_max_bp"}


def _route(route: Route, row: TableRow) -> Route:
    return replace(route, **_read(ROUTE_VALUES, row))


def _treatment(treatment: Treatment, row: TableRow) -> Treatment:
    return replace(treatment, **_read(TREATMENT_VALUES, row))


def _read(known: Mapping[str, Callable[[str], Any]], row: TableRow) -> dict[str, Any]:
    return {_FIELDS.get(name, name): read(row.values[name]) for name, read in known.items() if name in row.values}


def _valid_from(row: TableRow) -> date:
    return row.valid_from
