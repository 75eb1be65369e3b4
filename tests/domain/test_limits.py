from decimal import Decimal

from sludgetrack import reference
from sludgetrack.domain.limits import Limit, Limits


def test_a_row_can_list_several_routes() -> None:
    standards = {route: {limit.standard for limit in _of(route)} for route in ("F1", "F2")}

    assert standards == {"F1": {"GBT23485-2009"}, "F2": {"GBT23485-2009"}}


def test_superseded_rows_and_those_of_a_plants_outlet_are_not_used() -> None:
    assert {limit.standard for limit in _of("L3")} == {"GB4284-2018"}
    assert _of("plant") == _of("outlet") == _of("farm") == []


def test_moisture_and_dose_are_not_asked_of_a_report() -> None:
    assert {limit.parameter for limit in _of("L3")}.isdisjoint({"moisture", "dose"})


def test_incineration_asks_nothing_of_a_report() -> None:
    assert _of("I1") == []


def test_where_a_limit_depends_on_soil_or_grade_all_of_its_rows_apply() -> None:
    assert sorted(limit.value for limit in _of("L1") if limit.parameter == "Cd") == [5, 20]


def test_a_limit_compares_with_its_own_operator() -> None:
    below = next(limit for limit in _of("F2") if limit.parameter == "Cd")
    at_most = next(limit for limit in _of("L4") if limit.parameter == "Cd")

    assert not below.is_met_by(Decimal(20))
    assert at_most.is_met_by(Decimal(20))


def test_no_shipped_limit_claims_to_have_been_checked() -> None:
    assert {limit.checked_by for limit in reference.limits()} == {""}


def _of(route: str) -> list[Limit]:
    return Limits(reference.limits()).of(route)
