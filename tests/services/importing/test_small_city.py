"""A small city's ledger, as it stands in the record after its import."""

from __future__ import annotations

from datetime import UTC, date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from sludgetrack.domain import numbers
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
    marks,
    rows,
    run,
    small_city,
    sums_by_account,
    write,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "ledger", small_city())


def test_a_clean_ledger_is_recorded_whole(engine: Engine, folder: Path) -> None:
    imported = run(engine, folder)

    assert imported.findings == []
    # 7 parties are 7 organisations and 5 facilities; 2 vehicles; a batch, four events of the truckload, a disposal.
    assert imported.outcome.events == 7 + 5 + 2 + 1 + 4 + 1
    assert rows(engine, "SELECT status, accepted_kg FROM manifest") == [("delivered", 16_400)]


def test_every_event_is_marked_imported_and_said_by_nobody_in_person(engine: Engine, folder: Path) -> None:
    run(engine, folder)

    assert rows(engine, "SELECT count(*) FROM entry WHERE NOT 'imported' = ANY(marks)") == [(0,)]
    assert rows(engine, "SELECT DISTINCT claim->>'actor' FROM entry") == [(None,)]


def test_a_handoff_has_the_word_of_the_ledger_s_keeper_and_none_of_the_driver_s(engine: Engine, folder: Path) -> None:
    run(engine, folder)

    words = rows(engine, "SELECT confirmations FROM entry WHERE type IN ('loaded', 'received') ORDER BY type")
    found = [[(c["party"], c["method"], c["reason"]) for c in entry] for (entry,) in words]
    assert found == [
        [("P01", "typed", None), ("H1", "none", "imported")],
        [("S-INC", "typed", None), ("H1", "none", "imported")],
    ]
    assert rows(engine, "SELECT grades FROM manifest") == [(["none", "none"],)]


def test_the_driver_s_name_stands_beside_the_load_and_not_in_it(engine: Engine, folder: Path) -> None:
    run(engine, folder)

    query = "SELECT e.type, p.data FROM personal p JOIN entry e USING (event_id)"
    assert rows(engine, query) == [("loaded", {"driver_name": "张师傅"})]
    assert rows(engine, "SELECT count(*) FROM entry WHERE claim::text LIKE '%张师傅%'") == [(0,)]


def test_a_manifest_is_named_by_its_external_number_and_numbered_by_its_year(engine: Engine, folder: Path) -> None:
    run(engine, folder)

    ((number, name, external, code),) = rows(engine, "SELECT number, name, external_number, public_code FROM manifest")
    assert (name, external) == ("M1", "M1")
    assert numbers.parse(number) == numbers.ManifestNumber(2025, "410702", 1, 1)
    assert len(code) == 6


def test_the_number_s_year_is_that_of_the_issue_in_legal_time(engine: Engine, tmp_path: Path) -> None:
    new_year = LOADED | {"issued_at": "2025-01-01 00:10", "loaded_at": "2025-01-01 00:40"}
    run(engine, write(tmp_path / "l", small_city(movements=[new_year], disposals=[])))

    assert [number[:4] for (number,) in rows(engine, "SELECT number FROM manifest")] == ["2025"]


def test_the_mass_book_is_that_of_the_ledger(engine: Engine, folder: Path) -> None:
    run(engine, folder)

    dry = 2_000  # 20 % of a tonne, in units of 0.1 g a kilogram
    assert sums_by_account(engine) == {
        ("P01", "produced"): -100_000 * dry,
        ("P01", "plant_stock"): (100_000 - 16_460) * dry,
        ("P01", "disposed"): 16_400 * dry,
        ("P01", "unaccounted"): 60 * dry,
    }


def test_a_refused_part_goes_back_to_its_batch(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "l", small_city(movements=[RETURNED], disposals=[BURNT | {"wet_t": "10"}])))

    assert rows(engine, "SELECT status, accepted_kg, returned_kg FROM manifest") == [("delivered", 10_000, 6_380)]
    ((left,),) = rows(engine, "SELECT physical_left FROM holding WHERE name = 'B1'")
    assert left == (100_000 - 16_460 + 6_380) * 2_000


def test_what_was_never_loaded_is_issued_assigned_or_void(engine: Engine, tmp_path: Path) -> None:
    assigned = ISSUED | {"manifest": "M2", "plate": "豫G10001", "driver": "李师傅"}
    voided = VOIDED | {"manifest": "M3"}
    run(engine, write(tmp_path / "l", small_city(movements=[ISSUED, assigned, voided], disposals=[])))

    found = rows(engine, "SELECT name, status, plate, planned_kg FROM manifest ORDER BY name")
    assert found == [
        ("M1", "issued", None, 0),
        ("M2", "issued", "豫G10001", 18_000),
        ("M3", "void", None, 0),
    ]


def test_what_was_planned_is_what_was_loaded_or_what_named_batches_were_to_give(engine: Engine, tmp_path: Path) -> None:
    named = ISSUED | {"manifest": "M2", "batch": "B1:5;B2:7.5"}
    files = small_city(production=[BATCH, BATCH | {"batch": "B2"}], movements=[LOADED, named], disposals=[])
    run(engine, write(tmp_path / "l", files))

    found = rows(engine, "SELECT name, planned_kg FROM manifest ORDER BY name")
    assert found == [("M1", 16_460), ("M2", 12_500)]


def test_named_batches_give_what_they_are_said_to(engine: Engine, tmp_path: Path) -> None:
    second = BATCH | {"batch": "B2", "date": "2025-01-31"}
    named = LOADED | {"batch": "B1:12;B2:4.46"}
    run(engine, write(tmp_path / "l", small_city(production=[BATCH, second], movements=[named], disposals=[])))

    found = rows(engine, "SELECT name, physical_left FROM holding WHERE account = 'plant_stock' ORDER BY name")
    assert found == [("B1", 88_000 * 2_000), ("B2", 95_540 * 2_000)]


def test_a_missing_moisture_is_estimated_and_says_so(engine: Engine, tmp_path: Path) -> None:
    batch, load = BATCH | {"moisture_pct": ""}, LOADED | {"out_moisture_pct": ""}
    run(engine, write(tmp_path / "l", small_city(production=[batch], movements=[load], disposals=[])))

    found = rows(engine, "SELECT name, moisture_bp, estimated FROM holding ORDER BY name")
    assert found == [("B1", 8000, True), ("M1", 8000, True)]
    claims = rows(engine, "SELECT claim->>'assumed_bp' FROM entry WHERE type IN ('produced', 'loaded')")
    assert claims == [("8000",), ("8000",)]


def test_sludge_stabilised_at_the_plant_stays_stabilised(engine: Engine, tmp_path: Path) -> None:
    batch = BATCH | {"stabilised_by": "T2"}
    run(engine, write(tmp_path / "l", small_city(production=[batch])))

    assert set(rows(engine, "SELECT stabilised FROM holding")) == {(True,)}


def test_a_plant_may_dispose_of_its_own_batch_without_a_manifest(engine: Engine, tmp_path: Path) -> None:
    burnt = BURNT | {"site": "P01", "lot": "B1", "wet_t": "40", "final": ""}
    run(engine, write(tmp_path / "l", small_city(movements=[], disposals=[burnt])))

    assert sums_by_account(engine)["P01", "disposed"] == 40_000 * 2_000


def test_a_lot_travels_on_from_a_transfer_station(engine: Engine, tmp_path: Path) -> None:
    to_hub = RECEIVED | {"to": "T-HUB"}
    onward = RECEIVED | {
        "manifest": "M2",
        "from": "T-HUB",
        "loaded_at": "2025-02-01 10:00",
        "received_at": "2025-02-01 12:00",
        **dict.fromkeys(("out_gross_t", "out_tare_t", "in_gross_t", "in_tare_t"), ""),
        "out_net_t": "16.40",
    }
    run(engine, write(tmp_path / "l", small_city(movements=[to_hub, onward], disposals=[BURNT | {"lot": "M2"}])))

    assert sums_by_account(engine)["P01", "disposed"] == 16_400 * 2_000
    assert rows(engine, "SELECT kind FROM facility WHERE code = 'T-HUB'") == [("transfer",)]


def test_a_disposal_is_judged_by_imported_policy_and_never_refused(engine: Engine, tmp_path: Path) -> None:
    ban = {
        "division": "4107",
        "route": "I1",
        "rule": "ban",
        "value": "Y",
        "valid_from": "2025-01-01",
        "source": "豫1号",
    }
    run(engine, write(tmp_path / "l", small_city(policies=[ban])))

    ((compliant, reasons),) = rows(engine, "SELECT compliant, reasons FROM disposal")
    assert not compliant
    # The site's division bans it as a whole, the plant's its share.
    assert [(r["breach"], r["source"]) for r in reasons] == [
        ("route_banned", "豫1号"),
        ("origin_banned", "豫1号"),
    ]


def test_a_disposal_says_where_it_was_and_when_at_the_latest(engine: Engine, folder: Path) -> None:
    run(engine, folder)

    ((claim, occurred_at),) = rows(engine, "SELECT claim, occurred_at FROM entry WHERE type = 'disposed'")
    assert (claim["facility_name"], claim["zone"], claim["day"]) == ("焚烧厂", "Asia/Shanghai", "2025-02-02")
    assert occurred_at.astimezone(UTC).isoformat() == "2025-02-02T15:59:59+00:00"


def test_production_is_said_of_the_beginning_of_its_day(engine: Engine, folder: Path) -> None:
    run(engine, folder)

    ((occurred_at,),) = rows(engine, "SELECT occurred_at FROM entry WHERE type = 'produced'")
    assert occurred_at.astimezone(UTC).isoformat() == "2025-01-31T16:00:00+00:00"
    assert rows(engine, "SELECT day FROM posting WHERE account = 'produced'") == [(date(2025, 2, 1),)]


def test_rows_of_one_credit_code_are_one_organisation(engine: Engine, tmp_path: Path) -> None:
    credit_code = "91410700000000001A"
    parties = [row | {"credit_code": credit_code} if row["code"] in {"P01", "P02", "H1"} else row for row in PARTIES]
    run(engine, write(tmp_path / "l", small_city(parties=parties)))

    found = rows(engine, 'SELECT code, kind, credit_code, hauler_code FROM organisation ORDER BY code COLLATE "C"')
    assert found[0] == (credit_code, "operator", credit_code, "H1")
    assert [code for code, *_ in found[1:]] == ["A-41", "S-FILL", "S-INC", "T-HUB"]
    assert rows(engine, "SELECT count(*) FROM facility f JOIN organisation o ON o.id = f.organisation_id"
                        " WHERE o.credit_code IS NOT NULL") == [(2,)]  # fmt: skip


def test_an_organisation_known_by_its_credit_code_gets_further_facilities(engine: Engine, tmp_path: Path) -> None:
    hauler = {"code": "H1", "name": "宏达运输", "kind": "hauler", "credit_code": "91410700000000001A"}
    plant = PARTIES[0] | {"credit_code": "91410700000000001A"}
    run(engine, write(tmp_path / "a", {"parties": [hauler]}))
    run(engine, write(tmp_path / "b", {"parties": [plant]}))

    assert rows(engine, "SELECT kind, hauler_code FROM organisation") == [("operator", "H1")]
    assert rows(engine, "SELECT code, number FROM facility") == [("P01", 1)]


def test_facilities_are_numbered_within_their_division_in_the_order_of_the_file(
    engine: Engine, folder: Path, tmp_path: Path
) -> None:
    run(engine, folder)
    more = PARTIES[0] | {"code": "P09"}
    run(engine, write(tmp_path / "more", {"parties": [more]}))

    found = rows(engine, "SELECT code, division, number FROM facility ORDER BY division, number")
    assert found == [
        ("P01", "410702", 1),
        ("S-INC", "410702", 2),
        ("T-HUB", "410702", 3),
        ("P09", "410702", 4),
        ("P02", "410721", 1),
        ("S-FILL", "410721", 2),
    ]


def test_an_overloaded_truck_is_flagged(engine: Engine, tmp_path: Path) -> None:
    heavy = LOADED | {"out_gross_t": "30.91", "out_net_t": "18.91"}
    lighter = LOADED | {"manifest": "M2", "plate": "豫G10001", "out_gross_t": "30.90", "out_net_t": "18.90"}
    run(engine, write(tmp_path / "l", small_city(movements=[heavy, lighter], disposals=[])))

    assert (marks(engine, "loaded"), marks(engine, "loaded", "M2")) == ({"imported", "overload"}, {"imported"})


def test_a_load_beyond_what_any_road_allows_is_flagged_for_an_unknown_truck(engine: Engine, tmp_path: Path) -> None:
    heavy = LOADED | {"plate": "豫G99999", "out_gross_t": "", "out_tare_t": "", "out_net_t": "40.001"}
    run(engine, write(tmp_path / "l", small_city(movements=[heavy], disposals=[])))

    assert marks(engine, "loaded") == {"imported", "overload"}


def test_a_truck_that_leaves_before_it_was_back_is_flagged(engine: Engine, tmp_path: Path) -> None:
    early = RECEIVED | {"manifest": "M2", "loaded_at": "2025-02-01 09:20", "received_at": "2025-02-01 11:00"}
    on_time = RECEIVED | {"manifest": "M3", "loaded_at": "2025-02-01 11:00", "received_at": "2025-02-01 12:00"}
    run(engine, write(tmp_path / "l", small_city(movements=[RECEIVED, early, on_time])))

    assert [marks(engine, "loaded", name) for name in ("M1", "M2", "M3")] == [
        {"imported"},
        {"imported", "overlap"},
        {"imported"},
    ]


def test_a_truck_still_on_the_road_by_an_earlier_import_is_flagged(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "a", small_city(movements=[LOADED], disposals=[])))
    later = LOADED | {"manifest": "M2", "loaded_at": "2025-02-05 08:00"}
    run(engine, write(tmp_path / "b", {"movements": [later]}))

    assert marks(engine, "loaded", "M2") == {"imported", "overlap"}


def test_drawing_more_than_there_is_is_flagged_and_stays_visible(engine: Engine, tmp_path: Path) -> None:
    files = small_city(production=[BATCH | {"wet_t": "10"}], disposals=[BURNT | {"wet_t": "17"}])
    run(engine, write(tmp_path / "l", files))

    assert marks(engine, "loaded") == {"imported", "overdraft"}
    assert rows(engine, "SELECT marks FROM entry WHERE type = 'disposed'") == [(["imported", "overdraft"],)]
    assert rows(engine, "SELECT physical_left FROM holding WHERE name = 'B1'") == [(-6_460 * 2_000,)]


def test_a_route_the_destination_has_no_permit_for_is_flagged(engine: Engine, tmp_path: Path) -> None:
    files = small_city(movements=[RECEIVED | {"route": "F2"}], disposals=[])
    run(engine, write(tmp_path / "l", files))

    assert marks(engine, "issued") == {"imported", "route_not_permitted"}


def test_a_transfer_station_takes_any_route(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "l", small_city(movements=[RECEIVED | {"to": "T-HUB"}], disposals=[])))

    assert marks(engine, "issued") == {"imported"}


def test_no_sheet_is_made_before_it_is_asked_for(engine: Engine, folder: Path) -> None:
    run(engine, folder)

    assert rows(engine, "SELECT count(*) FROM outbox") == [(0,)]


def test_a_dry_run_writes_nothing(engine: Engine, folder: Path) -> None:
    imported = run(engine, folder, dry_run=True)

    assert (imported.outcome.is_clean, imported.counts("movements").new) == (True, 1)
    assert rows(engine, "SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM import_row)") == [(0,)]


def test_nothing_is_written_with_one_wrong_row_among_many(engine: Engine, tmp_path: Path) -> None:
    wrong = RECEIVED | {"manifest": "M2", "accepted_t": "17"}
    imported = run(engine, write(tmp_path / "l", small_city(movements=[RECEIVED, wrong])))

    assert imported.codes == [("movements.csv", 3, "accepted_t", "accepted_above_net")]
    assert rows(engine, "SELECT count(*) FROM entry") == [(0,)]


def test_vehicles_belong_to_their_haulers(engine: Engine, folder: Path) -> None:
    run(engine, folder)

    query = "SELECT v.plate, v.rated_kg, o.code FROM vehicle v JOIN organisation o ON o.id = v.organisation_id"
    assert sorted(rows(engine, query)) == [("豫G10000", 18_000, "H1"), ("豫G10001", 18_000, "H1")]
    assert len(VEHICLES) == 2


def test_partly_refused_loads_stay_with_the_driver_until_they_return(engine: Engine, tmp_path: Path) -> None:
    run(engine, write(tmp_path / "l", small_city(movements=[PARTLY], disposals=[BURNT | {"wet_t": "10"}])))

    assert rows(engine, "SELECT status, accepted_kg, held_kg FROM manifest") == [("holding", 10_000, 6_400)]
