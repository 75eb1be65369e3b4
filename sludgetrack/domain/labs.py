"""Lab reports: which one is in force, and whether it passes for a route."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sludgetrack.domain.limits import Limit

IN_FORCE_DAYS = 365
"""A report is in force from its sampling day until this many days after it."""

MOISTURE = "moisture"

_PER_LIMIT_UNIT = {("g/kg", "mg/kg"): Decimal(1000), ("mg/kg", "g/kg"): Decimal("0.001"), ("g/kg", "%"): Decimal("0.1")}


@dataclass(frozen=True, slots=True)
class Reading:
    """A parameter's value; a blank unit is the limit's own."""

    value: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A lab report on a batch, a lot or a facility. ``order`` is its place in the record, later ones count."""

    id: str
    subject: str
    sampled_on: date
    order: int
    readings: Mapping[str, Reading]


class Lapse(StrEnum):
    """What is wrong with one parameter of a report."""

    NOT_REPORTED = "not_reported"
    UNIT_UNKNOWN = "unit_unknown"
    OVER_LIMIT = "over_limit"


@dataclass(frozen=True, slots=True)
class Failing:
    """A limit a report does not show to be met; ``measured`` is in the limit's unit, None where it is not known."""

    limit: Limit
    lapse: Lapse
    measured: Decimal | None


@dataclass(frozen=True, slots=True)
class Held:
    """What a report says held against one limit. ``measured`` is in the limit's unit; ``lapse`` None: it is met."""

    limit: Limit
    measured: Decimal | None
    lapse: Lapse | None


@dataclass(frozen=True, slots=True)
class LabVerdict:
    """The report that decides (None where there is no report) and the limits it fails."""

    report: Report | None
    failing: Sequence[Failing]
    passes: bool


def verdict(limits: Sequence[Limit], reports: Iterable[Report], day: date) -> LabVerdict:
    """Judge the newest report in force on a day against every limit of a route.

    ``reports`` are those for the lot, the disposal site and, for a lot received straight from it, the plant. A report
    that states none of the limited parameters is not one. A route without limits passes.
    """
    if not limits:
        return LabVerdict(None, (), passes=True)
    wanted = {limit.parameter for limit in limits}
    report = newest((report for report in reports if wanted & report.readings.keys()), day, IN_FORCE_DAYS)
    if report is None:
        return LabVerdict(None, (), passes=False)
    failing = [Failing(held.limit, held.lapse, held.measured) for held in held_against(limits, report) if held.lapse]
    return LabVerdict(report, failing, passes=not failing)


def held_against(limits: Iterable[Limit], report: Report) -> list[Held]:
    """A report against every one of these limits, in their order."""
    return [_held(limit, report.readings.get(limit.parameter)) for limit in limits]


def newest(reports: Iterable[Report], day: date, days: int) -> Report | None:
    """The newest report sampled on ``day`` or at most ``days`` days before; of one day the later in the record."""
    in_force = [report for report in reports if 0 <= (day - report.sampled_on).days <= days]
    return max(in_force, key=lambda report: (report.sampled_on, report.order), default=None)


def _held(limit: Limit, reading: Reading | None) -> Held:
    if reading is None:
        return Held(limit, None, Lapse.NOT_REPORTED)
    measured = in_unit(reading, limit.unit)
    if measured is None:
        return Held(limit, None, Lapse.UNIT_UNKNOWN)
    return Held(limit, measured, None if limit.is_met_by(measured) else Lapse.OVER_LIMIT)


def in_unit(reading: Reading, unit: str) -> Decimal | None:
    """The reading's value in another unit, None where the two cannot be compared."""
    given, wanted = _plain(reading.unit) or _plain(unit), _plain(unit)
    if given == wanted:
        return reading.value
    factor = _PER_LIMIT_UNIT.get((given, wanted))
    return None if factor is None else reading.value * factor


def _plain(unit: str) -> str:
    """Limits are on dry solids: a unit says the same with and without the word."""
    return unit.removesuffix(" dry").strip()


def moisture_bp(report: Report) -> int | None:
    """A report's moisture in basis points, rounded half-even, or None where it states none."""
    reading = report.readings.get(MOISTURE)
    percent = in_unit(reading, "%") if reading else None
    return None if percent is None else int((percent * 100).to_integral_value(ROUND_HALF_EVEN))


def units_of(limits: Iterable[Limit]) -> dict[str, list[str]]:
    """Every parameter of these limits, in their order, and the units its value may have, the usual one first.

    Limits are on dry solids, and a unit may say so or not. Moisture is always among them.
    """
    units: dict[str, list[str]] = {}
    for limit in limits:
        known = units.setdefault(limit.parameter, [])
        for unit in (limit.unit, *_convertible(limit.unit)):
            if unit not in known:
                known.append(unit)
    units.setdefault(MOISTURE, ["%"])
    return units


def _convertible(unit: str) -> list[str]:
    """The other units in which something with this unit can be read."""
    if not unit:
        return []
    plain = _plain(unit)
    others = [given for given, wanted in _PER_LIMIT_UNIT if wanted == plain]
    return [plain, *others, *(f"{other} dry" for other in others)]


def is_known_unit(unit: str, known: Iterable[str]) -> bool:
    """Whether a reading may have this unit; a blank one is the limit's own."""
    return not _plain(unit) or _plain(unit) in map(_plain, known)


RANGES: Mapping[str, tuple[Decimal, Decimal]] = {
    MOISTURE: (Decimal(0), Decimal(100)),
    "pH": (Decimal(0), Decimal(14)),
}
"""Between what a parameter's value can only lie, in its usual unit; any other is a share or a concentration."""


def is_possible(parameter: str, value: Decimal) -> bool:
    """Whether a parameter can have this value at all."""
    low, high = RANGES.get(parameter, (Decimal(0), None))
    return value >= low and (high is None or value <= high)
