"""What must hold within one row of the other files."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sludgetrack import reference
from sludgetrack.domain.labs import RANGES, Reading, in_unit, is_known_unit, is_possible, units_of
from sludgetrack.domain.quantities import percent_from_bp, tonnes_from_kg
from sludgetrack.ledgerfiles.codes import GATE_RULES
from sludgetrack.ledgerfiles.numbers import percent
from sludgetrack.ledgerfiles.shapes import Problem
from sludgetrack.ledgerfiles.text import BadCell, fold, narrow

if TYPE_CHECKING:
    from sludgetrack.ledgerfiles.rows import LabValue, Party, PolicyRow, Production, Treatment

Same = TypeVar("Same")

_GATES = frozenset(rule.value for rule in GATE_RULES)
_UNITS = units_of(reference.limits())
"""The units a parameter's value may have."""
MOST_KG = 2**31 - 1
"""What a load, a lot or a disposal may weigh; more no column holds."""
_YES_NO = {"y": "Y", "yes": "Y", "是": "Y", "true": "Y", "n": "N", "no": "N", "否": "N", "false": "N"}


def as_is(row: Same) -> Same:
    """Nothing follows from other cells."""
    return row


def nothing_wrong(_row: object) -> list[Problem]:
    """No rule beyond those of the cells."""
    return []


def check_party(row: Party) -> list[Problem]:
    """A facility's numbers of manifests hold the 6 digits of its division; a hauler's division may be any or none."""
    if row.kind in {"plant", "site"} and len(row.division or "") != 6:
        return [Problem("division", "division_of_facility")]
    return []


def check_treatment(row: Treatment) -> list[Problem]:
    """A run has inputs and outputs, each of more than nothing, and its lots have names of their own."""
    named = (("inputs", row.inputs), ("outputs", row.outputs))
    problems = [Problem(column, "missing_value") for column, listed in named if not listed]
    for column, listed in named:
        problems += [_of_nothing(column) for item in listed if item.wet_kg == 0]
    if any(output.id == row.run for output in row.outputs):
        problems.append(Problem("outputs", "output_of_own_name", {"shown": row.run}))
    return problems


def _of_nothing(column: str) -> Problem:
    return Problem(column, "out_of_range", {"shown": "0.000", "least": "0.001", "most": tonnes_from_kg(MOST_KG)})


def complete_lab_value(row: LabValue) -> LabValue:
    """A unit on narrow letters, as the limits have theirs."""
    return row if row.unit is None else row._replace(unit=narrow(row.unit) or None)


def check_lab_value(row: LabValue) -> list[Problem]:
    """A value is one the parameter can have, in a unit that its limits can be read in."""
    known = _UNITS[row.parameter]
    if not is_known_unit(row.unit or "", known):
        shown = {"shown": row.unit or "", "known": ", ".join(unit or "—" for unit in known)}
        return [Problem("unit", "unknown_unit", shown)]
    value = in_unit(Reading(row.value, row.unit or ""), known[0])
    if value is None or is_possible(row.parameter, value):
        return []
    shown = {"shown": f"{row.value:f}"}
    if row.parameter not in RANGES:
        return [Problem("value", "negative", shown)]
    least, most = RANGES[row.parameter]
    return [Problem("value", "out_of_range", {**shown, "least": f"{least}", "most": f"{most}"})]


def check_named(column: str, name: str) -> list[Problem]:
    """Ids that others list must not hold what parts a list."""
    used = [character for character in ";:" if character in name]
    return [Problem(column, "reserved_character", {"shown": name, "character": used[0]})] if used else []


def check_production(row: Production) -> list[Problem]:
    """A batch can be named in a list of batches."""
    return check_named("batch", row.batch)


def complete_policy(row: PolicyRow) -> PolicyRow:
    """Write the value of a route's rule in one way: Y or N, or percent without needless zeros."""
    if row.rule == "moisture_max_pct":
        try:
            limit = percent(row.value)
        except BadCell:
            return row
        return row if limit is None else row._replace(value=_short(percent_from_bp(limit)))
    if row.rule in _GATES:
        return row._replace(value=_YES_NO.get(fold(row.value), row.value))
    return row


def _short(decimal: str) -> str:
    return decimal.rstrip("0").rstrip(".")


def check_policy(row: PolicyRow) -> list[Problem]:
    """Rules of a route are the four gates with their values; without a route a rule is a clock, judged elsewhere."""
    if row.route is None:
        return [Problem("route", "route_missing", {"rule": row.rule})] if row.rule in _GATES else []
    if row.rule not in _GATES:
        return [Problem("rule", "rule_of_routes", {"known": ", ".join(sorted(_GATES))})]
    if row.rule == "moisture_max_pct":
        return _check_percent(row.value)
    return [] if row.value in {"Y", "N"} else [Problem("value", "unknown_code", {"shown": row.value, "known": "Y, N"})]


def _check_percent(value: str) -> list[Problem]:
    try:
        percent(value)
    except BadCell as bad:
        return [Problem("value", bad.code, bad.facts)]
    return []
