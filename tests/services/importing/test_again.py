"""The same ledger again, with more in it or with something changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from sludgetrack import tx
from sludgetrack.domain.errors import NotAllowedNow
from sludgetrack.services.importing import FileCounts, ImportRunning
from sludgetrack.store import staging
from tests.services.importing.making import (
    BATCH,
    BURNT,
    ISSUED,
    LOADED,
    PARTIES,
    PARTLY,
    RECEIVED,
    RETURNED,
    VEHICLES,
    VOIDED,
    Import,
    Row,
    marks,
    picture,
    rows,
    run,
    small_city,
    sums_by_account,
    write,
)
from tests.support.city import City

UPDATED = FileCounts(new=0, updated=1, unchanged=0)
UNCHANGED = FileCounts(new=0, updated=0, unchanged=1)


def again(engine: Engine, tmp_path: Path, first: Row, second: Row) -> Import:
    """A movement imported, and then another version of it."""
    run(engine, write(tmp_path / "first", small_city(movements=[first], disposals=[])))
    return run(engine, write(tmp_path / "second", {"movements": [second]}))


def types(engine: Engine) -> list[str]:
    query = "SELECT e.type FROM entry e JOIN manifest m ON m.id = e.stream_id ORDER BY e.seq"
    return [type_ for (type_,) in rows(engine, query)]


@pytest.mark.parametrize(
    ("first", "second", "added"),
    [
        (ISSUED, LOADED, ["assigned", "loaded"]),
        (ISSUED, RECEIVED, ["assigned", "loaded", "received"]),
        (ISSUED, ISSUED | {"plate": "豫G10000", "driver": "张师傅"}, ["assigned"]),
        (ISSUED | {"plate": "豫G10000", "driver": "张师傅"}, LOADED, ["loaded"]),
        (ISSUED, VOIDED, ["voided"]),
        (LOADED, RECEIVED, ["received"]),
        (LOADED, RETURNED, ["received", "returned"]),
        (PARTLY, RETURNED, ["returned"]),
    ],
)
def test_a_filled_stage_adds_its_event(
    engine: Engine, tmp_path: Path, first: Row, second: Row, added: list[str]
) -> None:
    run(engine, write(tmp_path / "first", small_city(movements=[first], disposals=[])))
    before = types(engine)

    imported = run(engine, write(tmp_path / "second", {"movements": [second]}))

    assert (imported.codes, imported.counts("movements")) == ([], UPDATED)
    assert imported.outcome.events == len(added)
    assert types(engine) == [*before, *added]


def test_a_ledger_filled_step_by_step_comes_to_the_same_as_at_once(
    engine: Engine, other_engine: Engine, tmp_path: Path
) -> None:
    for n, movement in enumerate((LOADED, PARTLY, RETURNED)):
        run(engine, write(tmp_path / str(n), small_city(movements=[movement], disposals=[])))
    run(other_engine, write(tmp_path / "once", small_city(movements=[RETURNED], disposals=[])))

    assert picture(engine) == picture(other_engine)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("in_net_t", "16.401"),
        ("out_moisture_pct", "80.01"),
        ("driver", "李师傅"),
        ("loaded_at", "2025-02-01 07:00"),
        ("to", "S-FILL"),
        ("batch", "B1"),
        ("received_at", ""),
    ],
)
def test_a_changed_field_is_refused_with_its_place(engine: Engine, tmp_path: Path, column: str, value: str) -> None:
    changed = RECEIVED | {column: value}
    if column == "in_net_t":
        changed |= {"in_gross_t": "28.401", "accepted_t": value}
    if column == "received_at":
        changed |= dict.fromkeys(
            ("in_gross_t", "in_tare_t", "in_net_t", "in_moisture_pct", "decision", "accepted_t"), ""
        )

    imported = again(engine, tmp_path, RECEIVED, changed)

    assert ("movements.csv", 2, column, "changed") in imported.codes
    assert imported.outcome.events == 0


def test_one_altered_kilogram_is_named_with_both_figures(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "first", small_city()))

    imported = run(engine, write(tmp_path / "second", small_city(production=[BATCH | {"wet_t": "100.001"}])))

    (finding,) = imported.findings
    assert (finding.file, finding.line, finding.column, finding.code) == ("production.csv", 2, "wet_t", "changed")
    assert finding.facts == {"old": "100.000", "new": "100.001"}


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("parties", PARTIES[0] | {"city_class": "town"}),
        ("vehicles", VEHICLES[0] | {"rated_t": "19"}),
        ("disposals", BURNT | {"evidence": "照片"}),
    ],
)
def test_a_changed_master_or_disposal_is_refused(engine: Engine, tmp_path: Path, file: str, change: Row) -> None:
    run(engine, write(tmp_path / "first", small_city()))

    imported = run(engine, write(tmp_path / "second", {file: [change]}))

    assert [code for *_, code in imported.codes] == ["changed"]


def test_other_spellings_of_the_same_values_are_the_same_row(engine: Engine, tmp_path: Path) -> None:
    spelt = RECEIVED | {
        "plate": "豫G·10000",
        "loaded_at": "2025-01-31T22:59:00Z",
        "received_at": "2025年2月1日 9:21",
        "out_net_t": "16.460 t",
        "out_moisture_pct": "80.00%",
        "decision": "接收",
    }

    imported = again(engine, tmp_path, RECEIVED, spelt)

    assert (imported.codes, imported.counts("movements")) == ([], UNCHANGED)


def test_a_lot_found_to_be_finished_later_leaves_nothing_over(engine: Engine, tmp_path: Path) -> None:
    part = BURNT | {"wet_t": "10", "final": ""}
    run(engine, write(tmp_path / "first", small_city(disposals=[part])))

    imported = run(engine, write(tmp_path / "second", {"disposals": [part | {"final": "yes"}]}))

    assert (imported.codes, imported.counts("disposals"), imported.outcome.events) == ([], UPDATED, 1)
    assert sums_by_account(engine)["P01", "unaccounted"] == (60 + 6_400) * 2_000
    assert rows(engine, "SELECT name, wet_kg, final FROM disposal ORDER BY name") == [
        ("D1", 10_000, False),
        ("D1/final", 0, True),
    ]


def test_a_final_disposal_cannot_be_made_unfinished(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "first", small_city()))

    imported = run(engine, write(tmp_path / "second", {"disposals": [BURNT | {"final": ""}]}))

    assert imported.codes == [("disposals.csv", 2, "final", "changed")]


def test_a_truck_back_by_now_does_not_flag_the_next_trip(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "first", small_city(movements=[LOADED], disposals=[])))
    later = LOADED | {"manifest": "M2", "loaded_at": "2025-02-01 10:00"}
    run(engine, write(tmp_path / "second", {"movements": [RECEIVED, later]}))

    assert marks(engine, "loaded", "M2") == {"imported"}


def test_new_rows_are_booked_on_what_earlier_imports_left(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "first", small_city()))
    load = LOADED | {"manifest": "M2", "loaded_at": "2025-02-02 08:00", "plate": "豫G10001"}

    imported = run(engine, write(tmp_path / "second", {"movements": [load]}))

    assert imported.codes == []
    assert sums_by_account(engine)["P01", "plant_stock"] == (100_000 - 2 * 16_460) * 2_000


def test_a_stage_somebody_recorded_in_the_system_cannot_be_filled_any_more(
    city: City, engine: Engine, tmp_path: Path
) -> None:
    city.produce(batch="B-LIVE")
    issued = ISSUED | {"issued_at": "2026-03-02 08:00", "batch": "B-LIVE"}
    run(engine, write(tmp_path / "first", {"movements": [issued]}))
    ((number,),) = rows(engine, "SELECT number FROM manifest")
    city.load(number)
    times = {"loaded_at": "2026-03-02 08:10", "received_at": "2026-03-02 08:50"}

    imported = run(engine, write(tmp_path / "second", {"movements": [RECEIVED | issued | times]}))

    assert imported.codes == [("movements.csv", 2, "plate", "stage_closed")]
    assert imported.findings[0].facts == {"status": "in_transit"}


def test_two_imports_at_once_are_refused(engine: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path / "l", small_city())
    with tx.session(engine) as other:
        assert tx.run_on(other, staging.prepare)

        with pytest.raises(ImportRunning):
            run(engine, folder)

    assert run(engine, folder).codes == []


def test_who_goes_on_with_a_manifest_between_check_and_record_stops_the_import(
    city: City, engine: Engine, tmp_path: Path
) -> None:
    city.produce(batch="B-LIVE")
    issued = ISSUED | {"issued_at": "2026-03-02 08:00", "batch": "B-LIVE"}
    run(engine, write(tmp_path / "first", {"movements": [issued]}))
    ((number,),) = rows(engine, "SELECT number FROM manifest")
    folder = write(tmp_path / "second", {"movements": [LOADED | issued | {"loaded_at": "2026-03-02 08:10"}]})

    with pytest.raises(NotAllowedNow) as refusal:
        run(engine, folder, meanwhile=lambda: city.load(number))

    assert refusal.value.facts["name"] == "M1"
    assert types(engine) == ["issued", "loaded"]
