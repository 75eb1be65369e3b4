"""Nineteen real batches of four plants, judged by the standards: published in g/kg, as laboratories often report."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal

import pytest

from sludgetrack import reference
from sludgetrack.domain.labs import Lapse, Reading, Report, held_against, verdict
from sludgetrack.domain.limits import Limits
from tests.domain.shared import RIO, needs_rio

pytestmark = needs_rio

DAY = date(2025, 6, 1)
METALS = ("Cd", "Pb", "Cr", "As", "Ni", "Zn", "Cu")
P2O5_OF_P, K2O_OF_K = Decimal("2.2914"), Decimal("1.2046")


def batches() -> dict[str, Report]:
    with RIO.open(encoding="utf-8-sig", newline="") as file:
        return {row["batch"]: _report(row) for row in csv.DictReader(file)}


def _report(row: dict[str, str]) -> Report:
    nutrients = Decimal(row["N"]) + Decimal(row["P"]) * P2O5_OF_P + Decimal(row["K"]) * K2O_OF_K
    readings = {metal: Reading(Decimal(row[metal]), "g/kg") for metal in METALS}
    readings |= {
        "pH": Reading(Decimal(row["pH"])),
        "organic_matter": Reading(Decimal(row["MO"]), "%"),
        "nutrients_NPK": Reading(nutrients, "g/kg"),
    }
    return Report(row["batch"], row["wwtp"], DAY, 0, readings)


def beyond(route: str, parameters: tuple[str, ...], grade: str | None = None) -> dict[str, list[str]]:
    """By batch, what lies beyond a route's limits; ``grade`` narrows them to the rows of one condition."""
    limits = [one for one in Limits(reference.limits()).of(route) if one.parameter in parameters]
    limits = [one for one in limits if grade is None or one.condition == grade]
    found = {}
    for name, report in batches().items():
        over = [held.limit.parameter for held in held_against(limits, report) if held.lapse is Lapse.OVER_LIMIT]
        if over:
            found[name] = over
    return found


def test_there_are_nineteen() -> None:
    assert len(batches()) == 19


def test_zinc_keeps_four_batches_from_the_stricter_grade_of_farmland() -> None:
    assert beyond("L3", METALS, "A") == {name: ["Zn"] for name in ("A1", "A6", "B2", "B4")}


@pytest.mark.parametrize(("route", "grade"), [("L3", "B"), ("L4", None), ("F2", None), ("L1", None), ("B1", None)])
def test_no_metal_is_beyond_the_other_standards(route: str, grade: str | None) -> None:
    assert beyond(route, METALS, grade) == {}


def test_sour_batches_are_below_the_least_ph_of_farmland() -> None:
    assert set(beyond("L3", ("pH",))) == {"A1", "A2", "A4", "A6", "I2", "I6", "I7"}


def test_every_batch_but_one_has_the_organic_matter_of_farmland() -> None:
    assert set(beyond("L3", ("organic_matter",))) == {"I7"}


@pytest.mark.parametrize("route", ["L1", "L2", "L3", "L4", "F1", "F2", "B1", "B2"])
def test_without_mercury_no_batch_passes_anywhere(route: str) -> None:
    limits = Limits(reference.limits()).of(route)
    for report in batches().values():
        judged = verdict(limits, [report], DAY)

        assert not judged.passes
        assert ("Hg", Lapse.NOT_REPORTED) in [(one.limit.parameter, one.lapse) for one in judged.failing]
