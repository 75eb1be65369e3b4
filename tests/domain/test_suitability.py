"""What a report says for every route: it passes, fails, or is about something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from sludgetrack import reference
from sludgetrack.domain.gates import Rulebook
from sludgetrack.domain.labs import Reading, Report
from sludgetrack.domain.limits import Limit, Limits
from sludgetrack.domain.policy import Policy
from sludgetrack.domain.suitability import Outcome, verdicts, without_limits


def rulebook(*limits: Limit) -> Rulebook:
    return Rulebook(reference.routes(), Limits(limits or reference.limits()), Policy([]))


def limit(route: str, parameter: str, value: str) -> Limit:
    return Limit("S", frozenset((route,)), parameter, "<", Decimal(value), "mg/kg dry", "", "high", "")


def report(**values: str) -> Report:
    readings = {parameter: Reading(Decimal(value)) for parameter, value in values.items()}
    return Report("R", "P01", date(2026, 3, 2), 1, readings)


def outcomes(book: Rulebook, stated: Report) -> dict[str, Outcome]:
    return {one.route.code: one.outcome for one in verdicts(book, stated)}


def test_each_route_with_limits_has_a_verdict_of_its_own() -> None:
    book = rulebook(limit("L1", "Cd", "5"), limit("F2", "Cd", "20"), limit("B2", "Hg", "5"))

    assert outcomes(book, report(Cd="9")) == {"L1": Outcome.FAILS, "F2": Outcome.PASSES, "B2": Outcome.SILENT}


def test_one_parameter_not_reported_is_enough_to_fail() -> None:
    book = rulebook(limit("F2", "Cd", "20"), limit("F2", "Hg", "25"))

    assert outcomes(book, report(Cd="9")) == {"F2": Outcome.FAILS}


def test_routes_stand_in_the_order_of_their_table_and_those_without_limits_apart() -> None:
    book = rulebook()

    assert [one.route.code for one in verdicts(book, report(Cd="1"))] == [
        "L1",
        "L2",
        "L3",
        "L4",
        "F1",
        "F2",
        "B1",
        "B2",
    ]
    assert [route.code for route in without_limits(book)] == ["F2c", "B3", "I1", "I2", "I3", "X2", "X9"]


def test_a_route_is_unverified_until_every_limit_of_it_was_checked() -> None:
    first, second = limit("F2", "Cd", "20"), limit("F2", "Hg", "25")
    checked = replace(first, checked_by="周监管")

    assert [one.is_unverified for one in verdicts(rulebook(checked, second), report(Cd="1"))] == [True]
    assert [one.is_unverified for one in verdicts(rulebook(checked), report(Cd="1"))] == [False]
