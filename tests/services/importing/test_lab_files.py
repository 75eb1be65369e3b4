"""Lab reports of a ledger: as they are recorded, as disposals are judged by them, and as they give moistures."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from sludgetrack import reference
from sludgetrack.domain.limits import Limits
from tests.services.importing.making import (
    BATCH,
    BURNT,
    CHARRED,
    DRIED,
    LOADED,
    RECEIVED,
    SAMPLED,
    Files,
    Row,
    rows,
    run,
    small_city,
    write,
)

FILLED = BURNT | {"site": "S-FILL", "route": "F2", "moisture_pct": "55"}
"""A disposal that asks for a lab report."""
NO_REPORT = "no_lab_report"


def breaches(engine: Engine) -> list[str]:
    """What the one disposal breaks of what it is asked by a laboratory."""
    ((reasons,),) = rows(engine, "SELECT reasons FROM disposal")
    return [reason["breach"] for reason in reasons if "lab" in reason["breach"]]


def passing(subject: str, **cells: str) -> list[Row]:
    """A report that meets every limit of a landfill."""
    limits = Limits(reference.limits()).of("F2")
    values = {limit.parameter: "0" if limit.op.startswith("<") else f"{limit.value}" for limit in limits}
    values |= {"pH": "7"} if "pH" in values else {}
    sample = SAMPLED | {"subject": subject} | cells
    return [sample | {"parameter": parameter, "value": value} for parameter, value in values.items()]


def landfilled(labs: list[Row]) -> Files:
    """A lot that came straight from its plant is landfilled."""
    wet = RECEIVED | {"to": "S-FILL", "route": "F2"}
    return small_city(movements=[wet], disposals=[FILLED], labs=labs)


def test_without_a_report_a_disposal_that_asks_for_one_is_not_compliant(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "l", landfilled([])))

    assert breaches(engine) == [NO_REPORT]


@pytest.mark.parametrize("subject", ["M1", "S-FILL", "P01"])
@pytest.mark.parametrize("steps", [1, 100])
def test_a_report_on_the_lot_the_site_or_the_plant_is_looked_at(
    engine: Engine, tmp_path: Path, subject: str, steps: int
) -> None:
    imported = run(engine, write(tmp_path / "l", landfilled(passing(subject))), steps=steps)

    assert imported.codes == []
    assert breaches(engine) == []


@pytest.mark.parametrize("subject", ["P02", "B1", "S-INC"])
def test_a_report_on_anything_else_is_not(engine: Engine, tmp_path: Path, subject: str) -> None:
    run(engine, write(tmp_path / "l", landfilled(passing(subject))))

    assert breaches(engine) == [NO_REPORT]


@pytest.mark.parametrize(
    ("sampled_on", "found"),
    [("2025-02-02", []), ("2025-02-03", [NO_REPORT]), ("2024-02-03", []), ("2024-02-02", [NO_REPORT])],
)
def test_a_report_counts_from_its_sampling_day_on_for_a_year(
    engine: Engine, tmp_path: Path, sampled_on: str, found: list[str]
) -> None:
    run(engine, write(tmp_path / "l", landfilled(passing("S-FILL", sampled_on=sampled_on))))

    assert breaches(engine) == found


@pytest.mark.parametrize("fails_later", [True, False])
def test_of_one_day_the_later_report_counts(engine: Engine, tmp_path: Path, *, fails_later: bool) -> None:
    good, bad = passing("M1"), [SAMPLED | {"report": "Q2", "subject": "P01", "value": "9999"}]
    run(engine, write(tmp_path / "l", landfilled(good + bad if fails_later else bad + good)))

    assert bool(breaches(engine)) == fails_later


def test_a_report_is_one_event_at_the_facility_where_its_subject_lies(engine: Engine, tmp_path: Path) -> None:
    values = [SAMPLED | {"subject": "M1", "value": "2.50", "unit": "mg/kg"}, SAMPLED | {"subject": "M1"}]
    values[1] |= {"parameter": "Hg", "value": "1"}
    run(engine, write(tmp_path / "l", small_city(labs=values)))

    ((claim, marks),) = rows(engine, "SELECT claim, marks FROM entry WHERE type = 'sampled'")
    assert (claim["subject"], claim["facility"], claim["sample_of"]) == ("facility:S-INC", "S-INC", "M1")
    assert (claim["report"], claim["sampled_on"], marks) == ("Q1", "2025-01-01", ["imported"])
    assert claim["readings"] == [
        {"parameter": "Cd", "value": "2.5", "unit": "mg/kg"},
        {"parameter": "Hg", "value": "1", "unit": None},
    ]
    assert rows(engine, "SELECT name, subject FROM lab_report") == [("Q1", "M1")]


def test_a_report_on_what_came_with_an_earlier_import_is_taken(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "first", small_city(treatments=[DRIED, CHARRED])))
    later = [SAMPLED | {"report": f"Q-{subject}", "subject": subject} for subject in ("B1", "M1", "M1-CHAR", "P02")]

    imported = run(engine, write(tmp_path / "second", {"labs": later}))

    assert imported.codes == []
    places = rows(engine, "SELECT r.subject, f.code FROM lab_report r JOIN facility f ON f.id = r.facility_id")
    assert dict(places) | {"B1": "P01", "M1": "S-INC", "M1-CHAR": "S-INC", "P02": "P02"} == dict(places)


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"value": "4"}, "value", "changed"),
        ({"unit": "g/kg"}, "unit", "changed"),
        ({"subject": "S-FILL"}, "subject", "changed"),
        ({"parameter": "Hg"}, "report", "report_complete"),
    ],
)
def test_a_report_on_record_stays_as_it_is(
    engine: Engine, tmp_path: Path, change: dict[str, str], column: str, code: str
) -> None:
    run(engine, write(tmp_path / "first", small_city(labs=[SAMPLED])))

    imported = run(engine, write(tmp_path / "second", {"labs": [SAMPLED | change]}))

    assert imported.codes == [("labs.csv", 2, column, code)]


@pytest.mark.parametrize(
    ("sampled_on", "assumed"), [("2025-02-01", 7_512), ("2025-01-25", 7_512), ("2025-01-24", 8_000)]
)
@pytest.mark.parametrize("subject", ["P01", "P02"])
def test_a_missing_moisture_is_the_plant_s_newest_of_a_week(
    engine: Engine, tmp_path: Path, subject: str, sampled_on: str, assumed: int
) -> None:
    lab = SAMPLED | {"subject": subject, "sampled_on": sampled_on, "parameter": "moisture", "value": "75.12"}
    files = small_city(
        production=[BATCH | {"moisture_pct": ""}],
        movements=[LOADED | {"out_moisture_pct": ""}],
        disposals=[],
        labs=[lab],
    )
    run(engine, write(tmp_path / "l", files))

    expected = assumed if subject == "P01" else 8_000
    found = rows(engine, "SELECT name, moisture_bp, estimated FROM holding ORDER BY name")
    assert found == [("B1", expected, True), ("M1", expected, True)]
