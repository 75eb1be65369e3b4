from datetime import date, timedelta
from decimal import Decimal

import pytest

from sludgetrack.domain.labs import (
    LabVerdict,
    Lapse,
    Reading,
    Report,
    held_against,
    in_unit,
    is_known_unit,
    is_possible,
    moisture_bp,
    units_of,
    verdict,
)
from sludgetrack.domain.limits import Limit

DAY = date(2025, 6, 1)


def test_a_report_within_every_limit_passes() -> None:
    assert _judge(_report("A", Cd="19.9", Hg="1")).passes


def test_a_report_over_one_limit_fails_and_says_by_how_much() -> None:
    judged = _judge(_report("A", Cd="20", Hg="1"))

    assert not judged.passes
    assert [(one.limit.parameter, one.lapse, one.measured) for one in judged.failing] == [
        ("Cd", Lapse.OVER_LIMIT, Decimal(20))
    ]


def test_a_report_must_state_every_limited_parameter() -> None:
    judged = _judge(_report("A", Cd="1"))

    assert [(one.limit.parameter, one.lapse) for one in judged.failing] == [("Hg", Lapse.NOT_REPORTED)]


def test_the_newest_report_decides_whatever_older_ones_said() -> None:
    judged = _judge(_report("good", days_ago=9, Cd="1", Hg="1"), _report("bad", days_ago=2, Cd="99", Hg="1"))

    assert not judged.passes
    assert judged.report is not None
    assert judged.report.id == "bad"


def test_of_one_day_the_later_row_decides() -> None:
    assert _judge(_report("bad", order=1, Cd="99", Hg="1"), _report("good", order=2, Cd="1", Hg="1")).passes


def test_a_report_that_states_no_limited_parameter_is_not_one() -> None:
    judged = _judge(_report("full", days_ago=9, Cd="1", Hg="1"), _report("moisture", days_ago=1, moisture="79"))

    assert judged.passes


@pytest.mark.parametrize(("days_ago", "passes"), [(0, True), (365, True), (366, False), (-1, False)])
def test_a_report_is_in_force_from_its_sampling_day_for_a_year(days_ago: int, passes: bool) -> None:
    judged = _judge(_report("A", days_ago=days_ago, Cd="1", Hg="1"))

    assert judged.passes is passes


def test_without_a_report_nothing_passes() -> None:
    assert _judge() == LabVerdict(None, (), passes=False)


def test_a_route_without_limits_passes_without_a_report() -> None:
    assert verdict([], [], DAY).passes


def test_the_strictest_of_several_limits_on_a_parameter_decides() -> None:
    acid_and_other = [_limit("Cd", "<", "5"), _limit("Cd", "<", "20")]

    assert not verdict(acid_and_other, [_report("A", Cd="7")], DAY).passes
    assert verdict(acid_and_other, [_report("A", Cd="4")], DAY).passes


def test_a_value_in_another_unit_is_converted_where_that_is_certain() -> None:
    assert in_unit(Reading(Decimal("0.002"), "g/kg"), "mg/kg dry") == 2
    assert in_unit(Reading(Decimal(250), "g/kg"), "%") == 25
    assert in_unit(Reading(Decimal(3)), "mg/kg dry") == 3
    assert in_unit(Reading(Decimal(3), "mg/L"), "mg/kg dry") is None


def test_a_value_in_an_unknown_unit_meets_no_limit() -> None:
    report = Report("A", "S1", DAY, 0, {"Cd": Reading(Decimal(1), "mg/L"), "Hg": Reading(Decimal(1))})

    assert [(one.limit.parameter, one.lapse) for one in _judge(report).failing] == [("Cd", Lapse.UNIT_UNKNOWN)]


def test_a_reports_moisture_is_in_basis_points() -> None:
    assert moisture_bp(_report("A", moisture="79.13")) == 7913
    assert moisture_bp(_report("A", Cd="1")) is None


def _judge(*reports: Report) -> LabVerdict:
    return verdict([_limit("Cd", "<", "20"), _limit("Hg", "<=", "5")], reports, DAY)


def _limit(parameter: str, op: str = "<", value: str = "20") -> Limit:
    return Limit("standard", frozenset({"F2"}), parameter, op, Decimal(value), "mg/kg dry", "", "medium", "")


def _report(name: str, *, days_ago: int = 0, order: int = 0, **values: str) -> Report:
    readings = {parameter: Reading(Decimal(value)) for parameter, value in values.items()}
    return Report(name, "S1", DAY - timedelta(days=days_ago), order, readings)


def test_every_limit_is_answered_in_its_order() -> None:
    held = held_against([_limit("Hg"), _limit("Cd"), _limit("As")], _report("A", Cd="19.9", As="99"))

    assert [(one.limit.parameter, one.measured, one.lapse) for one in held] == [
        ("Hg", None, Lapse.NOT_REPORTED),
        ("Cd", Decimal("19.9"), None),
        ("As", Decimal(99), Lapse.OVER_LIMIT),
    ]


def test_a_parameter_may_have_its_limits_unit_or_one_that_can_be_read_in_it() -> None:
    units = units_of([_limit("Cd")])

    assert units == {"Cd": ["mg/kg dry", "mg/kg", "g/kg", "g/kg dry"], "moisture": ["%"]}
    assert all(is_known_unit(unit, units["Cd"]) for unit in ("", "mg/kg", "g/kg dry"))
    assert not is_known_unit("mg/l", units["Cd"])


@pytest.mark.parametrize(
    ("parameter", "value", "possible"),
    [("moisture", "100", True), ("moisture", "100.1", False), ("pH", "14", True), ("pH", "15", False)],
)
def test_some_parameters_have_an_end(parameter: str, value: str, possible: bool) -> None:
    assert is_possible(parameter, Decimal(value)) is possible
