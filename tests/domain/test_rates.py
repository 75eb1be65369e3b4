from functools import reduce

import pytest

from sludgetrack import reference
from sludgetrack.domain.quantities import UNITS_PER_TONNE
from sludgetrack.domain.rates import ByRoute, RateRow, Sums, add, difference, landfilled, rate_row, route_row

T = UNITS_PER_TONNE
ROUTES = reference.routes()
BOOK = Sums(
    produced=100 * T,
    opening=20 * T,
    closing=15 * T,
    disposed={
        "I1": ByRoute(60 * T, 0),
        "L1": ByRoute(10 * T, 5 * T),
        "F2": ByRoute(0, 20 * T),
        "F2c": ByRoute(4 * T, 0),
    },
    unaccounted={"receipt": 8 * T, "count": -2 * T},
    estimated=10 * T,
    cohort=55 * T,
)


def test_both_sides_of_the_balance_agree() -> None:
    assert difference(BOOK) == 0
    assert difference(Sums(produced=5, closing=4)) == 1


def test_every_variant_of_a_rate_has_its_own_numerator_and_denominator() -> None:
    row = _row(BOOK)

    assert row["harmless_rate"] == "74.00"
    assert row["harmless_rate_stock_adjusted"] == "70.48"
    assert row["harmless_rate_cohort"] == "55.00"
    assert row["landfill_rate"] == "24.00"
    assert row["landfill_rate_of_disposed"] == "24.24"
    assert row["resource_rate"] == "10.00"
    assert row["resource_rate_broad"] == "70.00"
    assert row["estimated_share"] == "10.00"


def test_by_route_is_everything_disposed_compliant_or_not_in_order_of_code() -> None:
    by_route = _row(BOOK)["by_route"]

    assert by_route == {"F2": "20.000", "F2c": "4.000", "I1": "60.000", "L1": "15.000"}
    assert list(by_route) == sorted(by_route)


def test_landfilled_counts_cover_soil_and_what_was_not_compliant() -> None:
    assert landfilled(BOOK, ROUTES) == 24 * T


def test_unaccounted_is_told_by_cause_and_signed() -> None:
    row = _row(BOOK)

    assert row["unaccounted"] == "6.000"
    assert row["unaccounted_by_cause"] == {"count": "-2.000", "receipt": "8.000"}


def test_a_rate_may_exceed_one_hundred_percent() -> None:
    assert _row(Sums(produced=T, opening=T, disposed={"I1": ByRoute(2 * T, 0)}))["harmless_rate"] == "200.00"


def test_a_rate_without_a_denominator_is_none() -> None:
    row = _row(Sums(opening=T, closing=T))

    nulls = [name for name, value in row.items() if value is None]
    assert nulls == [
        "estimated_share",
        "harmless_rate",
        "harmless_rate_stock_adjusted",
        "harmless_rate_cohort",
        "landfill_rate",
        "landfill_rate_of_disposed",
        "resource_rate",
        "resource_rate_broad",
    ]


@pytest.mark.parametrize(("harmless", "rate"), [(12_345, "12.34"), (12_355, "12.36"), (12_346, "12.35")])
def test_rates_are_rounded_once_half_even(harmless: int, rate: str) -> None:
    assert _row(Sums(produced=100_000, disposed={"I1": ByRoute(harmless, 0)}))["harmless_rate"] == rate


def test_a_row_by_route_knows_disposal_only() -> None:
    row = route_row("F2", ByRoute(T, 2 * T), ROUTES)

    told = {name: value for name, value in row.items() if value is not None}
    assert told == {"group": "F2", "harmless": "1.000", "noncompliant": "2.000", "landfilled": "3.000"}
    assert route_row("I1", ByRoute(T, 0), ROUTES)["landfilled"] == "0.000"


def test_groups_add_up_to_a_total() -> None:
    total = reduce(add, [BOOK, BOOK, Sums(produced=T, disposed={"X9": ByRoute(0, T)})])

    assert total.produced == 201 * T
    assert total.disposed["I1"] == ByRoute(120 * T, 0)
    assert total.disposed["X9"] == ByRoute(0, T)
    assert total.unaccounted == {"receipt": 16 * T, "count": -4 * T}
    assert difference(total) == 0


def _row(sums: Sums) -> RateRow:
    return rate_row("total", sums, ROUTES)
