from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from sludgetrack.ledgerfiles import canonical
from sludgetrack.ledgerfiles.columns import MOVEMENTS, PARTIES, POLICIES, PRODUCTION
from sludgetrack.ledgerfiles.movement_rules import check_times
from tests.ledgerfiles.making import LOADED, RECEIVED, movement, read

SHANGHAI = ZoneInfo("Asia/Shanghai")


def values(cells: dict[str, str]) -> dict[str, str]:
    names = [column.name for column in MOVEMENTS.columns]
    return dict(zip(names, canonical.values(MOVEMENTS, movement(cells)), strict=True))


def test_values_are_written_in_one_way() -> None:
    written = values(RECEIVED | {"batch": "B2:5.1;B1:12.5", "received_at": "2025-02-01T09:21:00+08:00"})

    assert written["batch"] == "B1:12.500;B2:5.100"
    assert written["issued_at"] == "2025-02-01T06:34:00"
    assert written["received_at"] == "2025-02-01T01:21:00Z"
    assert (written["out_net_t"], written["out_moisture_pct"]) == ("16.460", "80.13")
    assert (written["decision"], written["returned_t"]) == ("accepted", "")


@pytest.mark.parametrize(
    "noise",
    [
        {"out_net_t": " １６．４６ "},
        {"out_net_t": ""},
        {"out_moisture_pct": "80.13%"},
        {"plate": "豫G·10000"},
        {"issued_at": "2025/2/1 6:34"},
        {"manifest": "Ｐ01-1-000001"},
        {"route": "单独焚烧"},
    ],
)
def test_other_spellings_have_the_same_values(noise: dict[str, str]) -> None:
    assert values(LOADED | noise) == values(LOADED)


def test_a_blank_kind_is_the_default() -> None:
    row = {"batch": "B1", "plant": "P01", "date": "2025-01-01", "wet_t": "1", "kind": ""}
    (blank, named), _ = read(PRODUCTION, row, row | {"kind": "污水厂污泥"})

    assert canonical.values(PRODUCTION, blank) == canonical.values(PRODUCTION, named)


def test_numbers_and_lists_of_a_party() -> None:
    cells = {
        "code": "S",
        "kind": "site",
        "division": "410702",
        "lon": "113.90",
        "capacity_t80_d": "500",
        "routes": "I1;B1",
    }
    (party,), _ = read(PARTIES, cells)

    assert canonical.values(PARTIES, party) == (
        "S", "", "site", "410702", "", "", "113.9", "", "500.000", "", "B1;I1", "", "",
    )  # fmt: skip


def test_keys_are_the_key_columns() -> None:
    policy = {"division": "41", "route": "", "rule": "transit_h", "value": "1", "valid_from": "2025/1/1"}
    (row,), _ = read(POLICIES, policy)

    assert canonical.key(POLICIES, row) == ("41", "", "transit_h", "2025-01-01")
    assert canonical.key(MOVEMENTS, movement(LOADED)) == ("P01-1-000001",)


def test_local_times_in_their_zones_equal_their_instants() -> None:
    local = canonical.in_zones(MOVEMENTS, movement(RECEIVED), lambda _facility: SHANGHAI)
    instant = movement(RECEIVED | {"received_at": "2025-02-01T01:21:00Z"})
    instant = canonical.in_zones(MOVEMENTS, instant, lambda _facility: SHANGHAI)

    assert canonical.values(MOVEMENTS, local) == canonical.values(MOVEMENTS, instant)


def test_every_time_is_in_the_zone_of_its_facility() -> None:
    zones = {"P01": SHANGHAI, "S-INC": ZoneInfo("Asia/Urumqi")}
    row = canonical.in_zones(MOVEMENTS, movement(RECEIVED), zones.__getitem__)

    assert row.loaded_at is not None
    assert row.received_at is not None
    assert row.loaded_at.tzinfo is zones["P01"]
    assert row.received_at.tzinfo is zones["S-INC"]


def test_mixed_times_are_compared_once_zones_are_known() -> None:
    mixed = movement(RECEIVED | {"received_at": "2025-01-31T22:00:00Z"})
    zoned = canonical.in_zones(MOVEMENTS, mixed, lambda _facility: SHANGHAI)

    assert check_times(mixed) == []
    assert [problem.code for problem in check_times(zoned)] == ["receipt_before_load"]
