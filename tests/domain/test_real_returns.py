"""A year of real returns of one state's plants, expanded into truckloads, must show the sums the returns state."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from sludgetrack import reference
from sludgetrack.domain.rates import Sums, add, rate_row
from tests.domain.ledger import replay
from tests.domain.shared import MAKE_LEDGERS, needs_returns

pytestmark = needs_returns


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger files of Colorado: 87 plants, 24,663 truckloads."""
    folder = tmp_path_factory.mktemp("returns")
    subprocess.run([sys.executable, MAKE_LEDGERS, "--state", "CO", "--out", folder], check=True, capture_output=True)
    return folder


def test_every_sum_and_rate_of_a_year_is_that_of_the_returns(folder: Path) -> None:
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    found = _rows(folder)

    assert expected["truckloads"] > 20_000
    assert [found[row["group"]] for row in expected["rows"]] == [_as_published(row) for row in expected["rows"]]


def _rows(folder: Path) -> dict[str, dict[str, Any]]:
    year = replay(folder)
    groups: dict[str, Sums] = defaultdict(Sums)
    for plant, sums in year.book.sums(date(2022, 1, 1), date(2022, 12, 31)).items():
        groups[year.divisions[plant]] = add(groups[year.divisions[plant]], sums)
    groups["total"] = reduce(add, groups.values())
    rows: dict[str, Any] = {group: rate_row(group, sums, reference.routes()) for group, sums in groups.items()}
    names = (
        *("group", "produced", "by_route", "landfilled", "harmless", "closing_stock"),
        *("harmless_rate", "landfill_rate", "resource_rate"),
    )
    return {group: {name: row[name] for name in names} for group, row in rows.items()}


def _as_published(row: dict[str, Any]) -> dict[str, Any]:
    """An expected row without the routes nothing was disposed of by, which are left out of a published one."""
    used = {route: tonnes for route, tonnes in row["by_route"].items() if tonnes != "0.000"}
    return {**row, "by_route": used}
