from __future__ import annotations

import pytest

from sludgetrack.ledgerfiles.canonical import values
from sludgetrack.ledgerfiles.columns import DISPOSALS, MOVEMENTS, PARTIES
from sludgetrack.ledgerfiles.stages import Comparison, Difference, compare
from tests.ledgerfiles.making import ISSUED, LOADED, PARTLY, RECEIVED, RETURNED, VOIDED, movement, read

ASSIGNED = ISSUED | {"plate": "豫G10000", "driver": "张师傅"}
RETURNED_UNRECEIVED = LOADED | {"returned_at": "2025-02-01 12:00", "returned_t": "16", "reason": "道路封闭"}
DISPOSED = {"disposal": "D1", "site": "S", "lot": "L1", "route": "I1", "date": "2025-02-02", "wet_t": "10"}
SITE = {"code": "S", "kind": "site", "division": "410702"}


def change(old: dict[str, str], new: dict[str, str]) -> Comparison:
    return compare(MOVEMENTS, values(MOVEMENTS, movement(old)), values(MOVEMENTS, movement(new)))


@pytest.mark.parametrize("cells", [ISSUED, LOADED, RECEIVED, RETURNED, VOIDED])
def test_the_same_row_again_changes_nothing(cells: dict[str, str]) -> None:
    assert change(cells, cells).is_unchanged


@pytest.mark.parametrize(
    ("old", "new", "filled"),
    [
        (ISSUED, ASSIGNED, ("assigned",)),
        (ISSUED, LOADED, ("assigned", "loaded")),
        (ASSIGNED, LOADED, ("loaded",)),
        (LOADED, RECEIVED, ("received",)),
        (ISSUED, RETURNED, ("assigned", "loaded", "received", "returned")),
        (PARTLY, RETURNED, ("returned",)),
        (ISSUED, VOIDED, ("voided",)),
        (ASSIGNED, ASSIGNED | VOIDED, ("voided",)),
        (LOADED, RETURNED_UNRECEIVED, ("returned",)),
        (PARTLY | {"reason": ""}, RETURNED, ("returned",)),
    ],
)
def test_filling_blank_stages_is_an_update(old: dict[str, str], new: dict[str, str], filled: tuple[str, ...]) -> None:
    comparison = change(old, new)

    assert comparison.is_update
    assert comparison.filled == filled


@pytest.mark.parametrize(
    ("old", "new", "conflicts"),
    [
        (LOADED, LOADED | {"out_moisture_pct": "79"}, [("out_moisture_pct", "80.13", "79.00")]),
        (LOADED | {"out_moisture_pct": ""}, LOADED, [("out_moisture_pct", "", "80.13")]),
        (ISSUED, ISSUED | {"route": "B1"}, [("route", "I1", "B1")]),
        (ASSIGNED, ASSIGNED | {"driver": "李师傅"}, [("driver", "张师傅", "李师傅")]),
        (ISSUED | {"batch": "B1"}, ISSUED, [("batch", "B1", "")]),
        (PARTLY, PARTLY | {"reason": "异味"}, [("reason", "含水率不符", "异味")]),
        (PARTLY | {"reason": ""}, PARTLY, [("reason", "", "含水率不符")]),
        (VOIDED, VOIDED | {"plate": "豫G10000"}, [("plate", "", "豫G10000")]),
    ],
)
def test_changing_what_is_recorded_is_a_conflict(
    old: dict[str, str], new: dict[str, str], conflicts: list[tuple[str, str, str]]
) -> None:
    comparison = change(old, new)

    assert not comparison.is_update
    assert list(comparison.conflicts) == [Difference(*conflict) for conflict in conflicts]


def test_an_update_with_a_change_in_it_is_a_conflict() -> None:
    comparison = change(LOADED, RECEIVED | {"hauler": "H2"})

    assert comparison.filled == ("received",)
    assert comparison.conflicts == (Difference("hauler", "H1", "H2"),)
    assert not comparison.is_update


def test_a_receipt_cannot_be_filled_in_before_a_recorded_return() -> None:
    received_too = RETURNED_UNRECEIVED | {name: RETURNED[name] for name in RETURNED if name not in RETURNED_UNRECEIVED}
    received_too |= {"returned_t": "6.000", "reason": "道路封闭"}

    columns = {difference.column for difference in change(RETURNED_UNRECEIVED, received_too).conflicts}

    assert {"received_at", "decision", "accepted_t"} <= columns


def test_taking_back_a_stage_is_a_conflict() -> None:
    assert not change(RECEIVED, LOADED).is_update
    assert len(change(RECEIVED, LOADED).conflicts) == 7


def test_finishing_a_lot_is_an_update() -> None:
    rows, _ = read(DISPOSALS, DISPOSED | {"final": ""}, DISPOSED | {"final": "yes"}, DISPOSED | {"final": "no"})
    left, finished, not_finished = (values(DISPOSALS, row) for row in rows)

    assert compare(DISPOSALS, left, finished).filled == ("final",)
    assert compare(DISPOSALS, left, not_finished).is_unchanged
    assert compare(DISPOSALS, finished, left).conflicts == (Difference("final", "yes", ""),)


def test_a_party_is_not_changed_by_import() -> None:
    rows, _ = read(PARTIES, SITE | {"permit_no": ""}, SITE | {"permit_no": "X1"})
    old, new = (values(PARTIES, row) for row in rows)

    assert compare(PARTIES, old, new).conflicts == (Difference("permit_no", "", "X1"),)


def test_columns_the_record_did_not_know_count_as_blank() -> None:
    rows, _ = read(DISPOSALS, DISPOSED | {"decided_by": ""})
    recorded = values(DISPOSALS, rows[0])

    assert compare(DISPOSALS, recorded[:-1], recorded).is_unchanged
