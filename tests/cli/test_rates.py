"""``sludgetrack rates`` and ``sludgetrack balance``: what goes to standard output, and how wrong questions end."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sludgetrack.cli import main
from sludgetrack.cli.common import Session
from sludgetrack.cli.table import width
from sludgetrack.store.embedded import Cluster
from tests.support.place import Place, place_in
from tests.support.worked_example import book_worked_example

QUARTER = ("--from", "2025-01-01", "--to", "2025-03-31")


@pytest.fixture(scope="module")
def place(cluster: Cluster) -> Iterator[Place]:
    with place_in(cluster) as place:
        book_worked_example(place.engine)
        yield place


def ask(place: Place, *arguments: str, columns: int = 120) -> Result:
    environment = {"COLUMNS": str(columns)}
    return CliRunner(env=environment).invoke(main, list(arguments), obj=Session(engine=place.engine))


def document(place: Place, *arguments: str) -> dict[str, Any]:
    result = ask(place, *arguments, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    answered: dict[str, Any] = json.loads(result.stdout)
    return answered


def test_json_is_what_the_contract_says(place: Place) -> None:
    answer = document(place, "rates", *QUARTER, "--by", "total")

    assert answer["total"] == {
        "group": "total",
        "produced": "2675.000",
        "opening_stock": "250.000",
        "closing_stock": "275.000",
        "harmless": "2500.000",
        "noncompliant": "100.000",
        "landfilled": "300.000",
        "unaccounted": "50.000",
        "unaccounted_by_cause": {"receipt": "50.000"},
        "by_route": {"B1": "500.000", "F2": "300.000", "I1": "1400.000", "L1": "400.000"},
        "estimated_share": "0.00",
        "harmless_rate": "93.46",
        "harmless_rate_stock_adjusted": "94.34",
        "harmless_rate_cohort": "84.11",
        "landfill_rate": "11.21",
        "landfill_rate_of_disposed": "11.54",
        "resource_rate": "33.64",
        "resource_rate_broad": "85.98",
    }
    assert (answer["basis"], answer["by"], answer["provisional"], answer["locked_through"]) == (
        "tDS",
        "total",
        [],
        None,
    )


def test_divisions_are_the_default_and_sorted(place: Place) -> None:
    answer = document(place, "rates", *QUARTER)

    assert (answer["by"], [row["group"] for row in answer["rows"]]) == ("division", ["140105", "140181"])
    assert answer["rows"][1]["landfill_rate_of_disposed"] is None


def test_a_route_row_has_the_same_keys_most_of_them_null(place: Place) -> None:
    answer = document(place, "rates", *QUARTER, "--by", "route")

    row = answer["rows"][0]
    assert row.keys() == answer["total"].keys()
    assert {key for key, value in row.items() if value is not None} == {
        "group",
        "harmless",
        "noncompliant",
        "landfilled",
    }


def test_a_division_filters_by_producing_plant(place: Place) -> None:
    assert document(place, "rates", *QUARTER, "--division", "140181")["total"]["produced"] == "75.000"


def test_csv_has_the_same_columns_flattened(place: Place) -> None:
    result = ask(place, "rates", *QUARTER, "--by", "plant", "--format", "csv")

    rows = list(csv.DictReader(result.stdout.splitlines()))
    assert [row["group"] for row in rows] == ["A", "B", "C", "total"]
    assert [row["by_route.I1"] for row in rows] == ["1400.000", "", "", "1400.000"]
    assert [row["harmless_rate"] for row in rows] == ["100.00", "87.50", "0.00", "93.46"]
    assert list(rows[0])[:3] == ["group", "produced", "opening_stock"]


def test_the_total_alone_is_one_line_of_csv(place: Place) -> None:
    result = ask(place, "rates", *QUARTER, "--by", "total", "--format", "csv")

    assert len(result.stdout.splitlines()) == 2


def test_a_table_is_aligned_and_names_every_figure_in_both_languages(place: Place) -> None:
    result = ask(place, "rates", *QUARTER, "--by", "plant")

    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[1].split() == ["A", "B", "C", "total"]
    harmless = next(line for line in lines if " harmless_rate " in line)
    assert harmless.startswith("无害化处置率 harmless_rate %")
    assert harmless.split()[-4:] == ["100.00", "87.50", "0.00", "93.46"]
    assert len({width(line) for line in lines[1:]}) == 1


def test_a_narrow_terminal_gets_the_groups_below_each_other(place: Place) -> None:
    wide = ask(place, "rates", *QUARTER, "--by", "plant").stdout
    narrow = ask(place, "rates", *QUARTER, "--by", "plant", columns=60).stdout

    assert wide.count("无害化处置率 harmless_rate %") == 1
    assert narrow.count("无害化处置率 harmless_rate %") == 4


def test_a_route_table_leaves_out_what_no_route_knows(place: Place) -> None:
    lines = ask(place, "rates", *QUARTER, "--by", "route").stdout.splitlines()

    landfill = next(line for line in lines if " landfilled " in line)
    produced = next(line for line in lines if " produced " in line)
    assert landfill.split()[-5:] == ["0.000", "300.000", "0.000", "0.000", "300.000"]
    assert produced.split()[-5:] == ["–", "–", "–", "–", "2675.000"]


def test_nothing_at_all_is_a_table_too(place: Place) -> None:
    result = ask(place, "rates", *QUARTER, "--division", "15")

    assert result.exit_code == 0
    assert "0.000" in result.stdout


def test_the_balance_closes(place: Place) -> None:
    total = document(place, "balance", *QUARTER)["total"]

    assert (total["left"], total["right"], total["difference"]) == ("2925.000", "2925.000", "0.000")
    assert total["unaccounted_by_cause"] == {"receipt": "50.000"}


def test_a_balance_that_does_not_close_is_a_finding(place: Place) -> None:
    with place.superuser.begin() as connection:
        connection.exec_driver_sql("UPDATE month_sum SET origin_units = origin_units - 1 WHERE detail = 'I1'")
    result = ask(place, "balance", *QUARTER, "--by", "total")
    with place.superuser.begin() as connection:
        connection.exec_driver_sql("UPDATE month_sum SET origin_units = origin_units + 1 WHERE detail = 'I1'")

    assert result.exit_code == 1
    assert "total: the two sides differ by 1 x 0.1 g" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", "2025-03-31"), "--from"),
        (("--from", "2025-02-30", "--to", "2025-03-31"), "'2025-02-30' is no date such as 2025-01-31"),
        (("--from", "1.1.2025", "--to", "2025-03-31"), "'1.1.2025' is no date"),
        (("--from", "2025-01-01", "--to", "9999-12-31"), "outside the years 1900 to 2999"),
        (("--from", "2025-03-31", "--to", "2025-01-01"), "2025-01-01 lies before 2025-03-31"),
        ((*QUARTER, "--division", "41x"), "'41x' is no division prefix"),
        ((*QUARTER, "--division", "4107021"), "no division prefix"),
        ((*QUARTER, "--by", "hauler"), "'hauler' is not one of"),
        ((*QUARTER, "--format", "xml"), "'xml' is not one of"),
    ],
)
@pytest.mark.parametrize("command", ["rates", "balance"])
def test_a_wrong_question_is_wrong_usage(place: Place, command: str, arguments: tuple[str, ...], said: str) -> None:
    result = ask(place, command, *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
