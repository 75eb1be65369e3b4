"""Balance and rates over the database: the worked example by every grouping, every figure computed by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from sludgetrack.domain.mass import Weighed
from sludgetrack.services import reporting
from sludgetrack.services.reporting import BalanceReport, Grouping, Period, RateReport
from sludgetrack.store.embedded import Cluster
from tests.support.city import City
from tests.support.place import Place, place_in
from tests.support.worked_example import book_worked_example

QUARTER = Period(date(2025, 1, 1), date(2025, 3, 31))
LATER = datetime(2026, 1, 1, tzinfo=UTC)
MASS = ("produced", "opening_stock", "closing_stock")
RATES = (
    "harmless_rate",
    "harmless_rate_stock_adjusted",
    "harmless_rate_cohort",
    "landfill_rate",
    "landfill_rate_of_disposed",
    "resource_rate",
    "resource_rate_broad",
)


@pytest.fixture(scope="module")
def place(cluster: Cluster) -> Iterator[Place]:
    """The worked example, which no test changes for good."""
    with place_in(cluster) as place:
        book_worked_example(place.engine)
        yield place


@pytest.fixture
def example(place: Place) -> Engine:
    return place.engine


def test_the_worked_example_in_total(example: Engine) -> None:
    total = rates(example, Grouping.TOTAL).total

    assert told(total, MASS) == ("2675.000", "250.000", "275.000")
    assert (total["harmless"], total["noncompliant"], total["landfilled"]) == ("2500.000", "100.000", "300.000")
    assert total["unaccounted_by_cause"] == {"receipt": "50.000"}
    assert total["by_route"] == {"B1": "500.000", "F2": "300.000", "I1": "1400.000", "L1": "400.000"}
    assert told(total, RATES) == ("93.46", "94.34", "84.11", "11.21", "11.54", "33.64", "85.98")


@pytest.mark.parametrize(
    "period",
    [
        Period(date(2025, 1, 1), date(2025, 1, 31)),
        Period(date(2025, 1, 10), date(2025, 1, 20)),
        Period(date(2025, 1, 15), date(2025, 1, 15)),
        Period(date(2025, 1, 2), date(2025, 12, 30)),
        Period(date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_every_period_around_the_same_events_has_the_same_figures(example: Engine, period: Period) -> None:
    total = rates(example, Grouping.TOTAL, period).total

    assert total == rates(example, Grouping.TOTAL).total


def test_what_was_produced_before_the_period_is_its_opening_stock(example: Engine) -> None:
    with_december = rates(example, Grouping.TOTAL, Period(date(2024, 12, 31), date(2025, 1, 31))).total
    february = rates(example, Grouping.TOTAL, Period(date(2025, 2, 1), date(2025, 2, 28))).total

    assert told(with_december, MASS) == ("2925.000", "0.000", "275.000")
    assert told(february, MASS) == ("0.000", "275.000", "275.000")
    assert told(february, RATES) == (None,) * len(RATES)


def test_divisions_are_the_producing_plants_own(example: Engine) -> None:
    report = rates(example, Grouping.DIVISION)

    assert groups(report) == ["140105", "140181"]
    first, second = report.rows
    assert told(first, MASS) == ("2600.000", "250.000", "200.000")
    assert told(first, RATES) == ("96.15", "94.34", "86.54", "11.54", "11.54", "34.62", "88.46")
    assert told(second, MASS) == ("75.000", "0.000", "75.000")
    assert told(second, RATES) == ("0.00", None, "0.00", "0.00", None, "0.00", "0.00")


def test_plants(example: Engine) -> None:
    report = rates(example, Grouping.PLANT)

    assert groups(report) == ["A", "B", "C"]
    a, b, _ = report.rows
    assert told(a, MASS) == ("1800.000", "250.000", "100.000")
    assert (a["harmless"], a["noncompliant"], a["unaccounted"]) == ("1800.000", "100.000", "50.000")
    assert told(a, RATES) == ("100.00", "92.31", "86.11", "5.56", "5.26", "22.22", "100.00")
    assert told(b, RATES) == ("87.50", "100.00", "87.50", "25.00", "28.57", "62.50", "62.50")


def test_city_classes_and_plants_without_one(example: Engine) -> None:
    report = rates(example, Grouping.CITY_CLASS)

    assert groups(report) == ["county_city", "prefecture", "unclassed"]
    assert [row["produced"] for row in report.rows] == ["800.000", "1800.000", "75.000"]


def test_routes_know_disposal_only(example: Engine) -> None:
    report = rates(example, Grouping.ROUTE)

    assert groups(report) == ["B1", "F2", "I1", "L1"]
    f2 = {name: value for name, value in report.rows[1].items() if value is not None}
    assert f2 == {"group": "F2", "harmless": "200.000", "noncompliant": "100.000", "landfilled": "300.000"}
    assert report.total == rates(example, Grouping.TOTAL).total


def test_months_open_with_what_the_one_before_closed_with(example: Engine) -> None:
    report = rates(example, Grouping.MONTH, Period(date(2024, 12, 31), date(2025, 3, 15)))

    assert groups(report) == ["2024-12", "2025-01", "2025-02", "2025-03"]
    assert [row["opening_stock"] for row in report.rows] == ["0.000", "250.000", "275.000", "275.000"]
    assert [row["closing_stock"] for row in report.rows] == ["250.000", "275.000", "275.000", "275.000"]
    december, january = report.rows[:2]
    assert (december["harmless_rate"], december["harmless_rate_cohort"]) == ("0.00", "100.00")
    assert january == {**rates(example, Grouping.TOTAL).total, "group": "2025-01"}


def test_the_total_of_months_is_that_of_the_period(example: Engine) -> None:
    period = Period(date(2024, 12, 31), date(2025, 3, 15))

    assert rates(example, Grouping.MONTH, period).total == rates(example, Grouping.TOTAL, period).total


@pytest.mark.parametrize(("prefix", "produced"), [("14", "2675.000"), ("1401", "2675.000"), ("140181", "75.000")])
def test_a_division_prefix_names_everything_under_it(example: Engine, prefix: str, produced: str) -> None:
    with example.connect() as connection:
        report = reporting.rates(connection, QUARTER, Grouping.DIVISION, division_prefix=prefix, now=LATER)

    assert report.total["produced"] == produced


def test_a_division_without_plants_has_no_rows_and_a_total_of_nothing(example: Engine) -> None:
    with example.connect() as connection:
        report = reporting.rates(connection, QUARTER, Grouping.PLANT, division_prefix="1_", now=LATER)

    assert (report.rows, report.total["produced"], report.total["harmless_rate"]) == ([], "0.000", None)


def test_both_sides_of_the_balance_agree(example: Engine) -> None:
    report = balance(example, Grouping.PLANT)

    assert report.differences == {}
    assert [(row["left"], row["right"], row["difference"]) for row in report.rows] == [
        ("2050.000", "2050.000", "0.000"),
        ("800.000", "800.000", "0.000"),
        ("75.000", "75.000", "0.000"),
    ]
    assert (report.total["left"], report.total["unaccounted_by_cause"]) == ("2925.000", {"receipt": "50.000"})


def test_the_balance_of_a_route_is_what_was_disposed(example: Engine) -> None:
    row = balance(example, Grouping.ROUTE).rows[1]

    assert (row["group"], row["harmless"], row["noncompliant"], row["left"]) == ("F2", "200.000", "100.000", None)


def test_a_book_that_is_wrong_says_by_how_much(place: Place) -> None:
    with place.superuser.connect() as connection:
        connection.exec_driver_sql("UPDATE month_sum SET origin_units = origin_units - 3 WHERE account = 'produced'")
        report = reporting.balance(connection, QUARTER, Grouping.PLANT)
        connection.rollback()

    assert report.differences == {"A": 3, "B": 3, "C": 3, "total": 9}


@pytest.mark.parametrize(
    ("now", "provisional"),
    [
        (datetime(2025, 4, 30, 15, 59, tzinfo=UTC), ["harmless_rate_cohort"]),
        (datetime(2025, 4, 30, 16, 0, tzinfo=UTC), []),
    ],
)
def test_the_cohort_is_provisional_until_thirty_legal_days_are_over(
    example: Engine, now: datetime, provisional: list[str]
) -> None:
    with example.connect() as connection:
        report = reporting.rates(connection, QUARTER, Grouping.TOTAL, now=now)

    assert report.provisional == provisional


def test_estimated_moisture_is_told_and_sewer_sludge_kept_out(city: City, engine: Engine) -> None:
    city.produce("B1", 10_000)
    city.produce("B2", 10_000, moisture_bp=None)
    city.produce("SEWER", 50_000, kind="sewer_sludge")
    day = city.clock().date()

    total = rates(engine, Grouping.TOTAL, Period(day, day)).total

    assert (total["produced"], total["closing_stock"], total["estimated_share"]) == ("4.000", "4.000", "50.00")


def test_the_cohort_counts_a_batch_up_to_what_it_was_produced_with(city: City, engine: Engine) -> None:
    city.produce("B1", 10_000)
    lot = city.delivered(11_000)
    city.dispose(lot, 11_000)
    day = city.clock().date()

    total = rates(engine, Grouping.TOTAL, Period(day, day)).total

    assert total["harmless"] == f"{Weighed(11_000, 8000).dry / 10_000_000:.3f}"
    assert (total["harmless_rate"], total["harmless_rate_cohort"]) == ("110.00", "100.00")


def test_what_is_disposed_of_later_than_thirty_days_misses_its_cohort(city: City, engine: Engine) -> None:
    city.produce("B1", 10_000)
    day = city.clock().date()
    lot = city.delivered(10_000)
    city.clock.forward(days=30)
    city.dispose(lot, 4_000, final=False)
    city.clock.forward(days=1)
    city.dispose(lot, 6_000)

    assert rates(engine, Grouping.TOTAL, Period(day, day)).total["harmless_rate_cohort"] == "40.00"
    assert rates(engine, Grouping.TOTAL, Period(day, date(2026, 4, 30))).total["harmless_rate_cohort"] == "100.00"


def test_the_document_has_the_head_of_the_contract(example: Engine) -> None:
    document = rates(example, Grouping.TOTAL).document()

    assert list(document) == ["basis", "from", "to", "by", "provisional", "locked_through", "rows", "total"]
    assert (document["basis"], document["from"], document["to"], document["by"]) == (
        "tDS",
        "2025-01-01",
        "2025-03-31",
        "total",
    )
    assert (document["locked_through"], [row["group"] for row in document["rows"]]) == (None, ["total"])


def rates(engine: Engine, by: Grouping, period: Period = QUARTER) -> RateReport:
    with engine.connect() as connection:
        return reporting.rates(connection, period, by, now=LATER)


def balance(engine: Engine, by: Grouping) -> BalanceReport:
    with engine.connect() as connection:
        return reporting.balance(connection, QUARTER, by)


def told(row: Any, names: tuple[str, ...]) -> tuple[str | None, ...]:
    return tuple(row[name] for name in names)


def groups(report: RateReport) -> list[str]:
    return [row["group"] for row in report.rows]
