"""What must hold within one row of the other files."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sludgetrack.domain.quantities import percent_from_bp
from sludgetrack.ledgerfiles.codes import GATE_RULES
from sludgetrack.ledgerfiles.numbers import percent
from sludgetrack.ledgerfiles.shapes import Problem
from sludgetrack.ledgerfiles.text import BadCell, fold

if TYPE_CHECKING:
    from sludgetrack.ledgerfiles.rows import Party, PolicyRow, Production, Treatment

Same = TypeVar("Same")

_GATES = frozenset(rule.value for rule in GATE_RULES)
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
    """A run has inputs and outputs."""
    named = (("inputs", row.inputs), ("outputs", row.outputs))
    return [Problem(column, "missing_value") for column, listed in named if not listed]


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
