"""Ledgers over the API: the same figures and the same permissions as on the pages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import ProgramOf
from tests.support.city import City

PERIOD = "from=2026-03-01&to=2026-03-31"
PLANT, SITE, HAULER = "/ledgers/facilities/P01", "/ledgers/facilities/S-INC", "/ledgers/haulers/H1"


def delivered(city: City) -> str:
    city.produce("B1", 100_000)
    return city.delivered(12_000)


def read(program: ProgramOf, who: str, path: str, asked: str = PERIOD) -> Any:
    answer = program(who).get(f"{path}?{asked}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def test_a_plants_ledger_balances_on_the_wire(program: ProgramOf, city: City) -> None:
    delivered(city)

    ledger = read(program, "plant", PLANT)

    (row,) = ledger["rows"]
    assert (ledger["facility"], ledger["by"], row["from"], row["to"]) == ("P01", "day", "2026-03-02", "2026-03-02")
    assert row["produced"] == {"count": 1, "wet_t": "100.000", "dry_t": "20.000", "moisture_pct": "80.00"}
    assert row["sent"] == {"count": 1, "wet_t": "12.000", "dry_t": "2.400", "moisture_pct": "80.00"}
    assert (row["opening_dry_t"], row["closing_dry_t"], row["difference_dry_t"]) == ("0.000", "17.600", "0.000")
    assert [(way["facility"], way["route"], way["amount"]["wet_t"]) for way in ledger["sent_to"]] == [
        ("S-INC", "I1", "12.000")
    ]


@pytest.mark.parametrize(("by", "rows"), [("day", 2), ("month", 2), ("year", 1)])
def test_rows_stand_for_days_months_or_years(program: ProgramOf, city: City, by: str, rows: int) -> None:
    lot = delivered(city)
    city.clock.forward(days=31)
    city.dispose(lot, 12_000)

    ledger = read(program, "site", SITE, f"from=2026-01-01&to=2026-12-31&by={by}")

    assert len(ledger["rows"]) == rows
    assert ledger["total"]["harmless"]["dry_t"] == "2.400"
    assert [one["route"] for one in ledger["disposed_by"]] == ["I1"]


def test_a_haulers_ledger_names_drivers_to_the_hauler_only(program: ProgramOf, city: City) -> None:
    delivered(city)

    own, authority = read(program, "dispatcher", HAULER), read(program, "regulator", HAULER)

    assert (own["total"]["trips"], own["total"]["loaded_t"], own["total"]["mean_minutes"]) == (1, "12.000", 50)
    assert [driver["name"] for driver in own["drivers"]] == ["张㛃"]
    assert (authority["drivers"], authority["total"]) == (None, own["total"])


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("outsider", PLANT),
        ("far_regulator", PLANT),
        ("dispatcher", PLANT),
        ("driver", PLANT),
        ("site", PLANT),
        ("outsider", HAULER),
        ("driver", HAULER),
        ("plant", HAULER),
        ("plant", "/ledgers/facilities/NOWHERE"),
        ("dispatcher", "/ledgers/haulers/NOBODY"),
    ],
)
def test_to_anybody_else_a_ledger_is_not_there(program: ProgramOf, city: City, who: str, path: str) -> None:
    delivered(city)

    assert program(who).get(f"{path}?{PERIOD}").status_code == 404


@pytest.mark.parametrize("path", [PLANT, HAULER])
def test_nobody_reads_a_ledger_without_a_token(program: ProgramOf, path: str) -> None:
    assert program("nobody").get(f"{path}?{PERIOD}").status_code == 401


@pytest.mark.parametrize(
    "asked",
    ["", "from=2026-03-01", "from=2026-03-31&to=2026-03-01", "from=2020-01-01&to=2026-03-01", f"{PERIOD}&by=week"],
)
def test_a_period_that_is_none_is_refused(program: ProgramOf, asked: str) -> None:
    assert program("plant").get(f"{PLANT}?{asked}").status_code == 422
