from __future__ import annotations

from collections.abc import Mapping

import pytest

from sludgetrack.ledgerfiles.columns import MOVEMENTS
from sludgetrack.ledgerfiles.movement_rules import refused_kg
from tests.ledgerfiles.making import ISSUED, LOADED, PARTLY, RECEIVED, RETURNED, VOIDED, codes, movement, read

REFUSED = RECEIVED | {"decision": "refused", "accepted_t": "0", "reason": "异味"}
UNWEIGHED = REFUSED | {"in_gross_t": "", "in_tare_t": "", "in_net_t": "", "accepted_t": ""}


@pytest.mark.parametrize(
    "cells",
    [
        ISSUED,
        LOADED,
        RECEIVED,
        PARTLY,
        RETURNED,
        VOIDED,
        REFUSED,
        UNWEIGHED,
        LOADED | {"out_gross_t": "", "out_tare_t": ""},
        LOADED | {"out_net_t": ""},
        LOADED | {"out_moisture_pct": ""},
        LOADED | {"driver": ""},
        LOADED | {"batch": "B1"},
        LOADED | {"batch": "B1:12.5;B2:5.1"},
        LOADED | {"loaded_at": "2025-02-01 06:00"},
        LOADED | {"returned_at": "2025-02-01 12:00", "returned_t": "16.460", "reason": "道路封闭"},
        PARTLY | {"reason": ""},
        RECEIVED | {"in_gross_t": "29.000", "in_net_t": "17.000", "accepted_t": "17.000"},
        RECEIVED | {"received_at": "2025-02-01 06:59"},
        RECEIVED | {"accepted_t": ""},
        RETURNED | {"returned_t": "0"},
        RETURNED | {"returned_t": "6.400"},
        UNWEIGHED | {"returned_at": "2025-02-01 12:21", "returned_t": "16.460"},
        VOIDED | {"void_reason": ""},
    ],
)
def test_a_right_movement_has_no_findings(cells: Mapping[str, str]) -> None:
    movement(cells)


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        (LOADED | {"out_net_t": "16.459"}, "out_net_t", "net_mismatch"),
        (RECEIVED | {"in_net_t": "16.000", "accepted_t": "16.000"}, "in_net_t", "net_mismatch"),
        (LOADED | {"out_tare_t": ""}, "out_tare_t", "gross_or_tare_missing"),
        (LOADED | {"out_gross_t": ""}, "out_gross_t", "gross_or_tare_missing"),
        (RECEIVED | {"in_tare_t": ""}, "in_tare_t", "gross_or_tare_missing"),
        (LOADED | {"out_gross_t": "11", "out_net_t": ""}, "out_gross_t", "gross_below_tare"),
        (LOADED | {"out_gross_t": "", "out_tare_t": "", "out_net_t": ""}, "out_net_t", "net_missing"),
        (LOADED | {"out_gross_t": "12", "out_net_t": "0"}, "out_net_t", "net_zero"),
        (LOADED | {"loaded_at": ""}, "loaded_at", "time_of_stage_missing"),
        (LOADED | {"plate": ""}, "plate", "plate_missing"),
        (LOADED | {"batch": "B1;B2"}, "batch", "share_without_mass"),
        (LOADED | {"batch": "B1:5;B2"}, "batch", "share_without_mass"),
        (LOADED | {"batch": "B1:0;B2:0"}, "batch", "shares_without_mass"),
        (RECEIVED | {"received_at": ""}, "received_at", "time_of_stage_missing"),
        (LOADED | {"reason": "含水率不符"}, "received_at", "time_of_stage_missing"),
        (RECEIVED | {"decision": ""}, "decision", "decision_missing"),
        (RECEIVED | {"in_gross_t": "", "in_tare_t": "", "in_net_t": ""}, "in_net_t", "net_missing"),
        (RECEIVED | {"accepted_t": "16.401"}, "accepted_t", "accepted_above_net"),
        (PARTLY | {"accepted_t": "16.401"}, "accepted_t", "accepted_above_net"),
        (RECEIVED | {"accepted_t": "16.399"}, "accepted_t", "accepted_not_net"),
        (PARTLY | {"accepted_t": "16.400"}, "accepted_t", "partial_not_partial"),
        (PARTLY | {"accepted_t": "0"}, "accepted_t", "partial_not_partial"),
        (PARTLY | {"accepted_t": ""}, "accepted_t", "accepted_missing"),
        (REFUSED | {"accepted_t": "0.001"}, "accepted_t", "refused_but_accepted"),
        (RECEIVED | {"received_at": "2025-02-01 06:58:59"}, "received_at", "receipt_before_load"),
        (RETURNED | {"returned_t": "6.401"}, "returned_t", "returned_above_refused"),
        (RETURNED | {"returned_t": ""}, "returned_t", "returned_missing"),
        (RETURNED | {"returned_at": ""}, "returned_at", "time_of_stage_missing"),
        (RETURNED | {"returned_at": "2025-02-01 09:20"}, "returned_at", "return_before_receipt"),
        (RECEIVED | {"returned_at": "2025-02-01 12:21", "returned_t": "0"}, "returned_at", "return_without_refusal"),
        (RECEIVED | {"returned_at": "2025-02-01 12:21", "returned_t": "1"}, "returned_t", "returned_above_refused"),
        (ISSUED | {"returned_at": "2025-02-01 12:21", "returned_t": "1"}, "returned_at", "return_without_load"),
        (LOADED | {"returned_at": "2025-02-01 12:00", "returned_t": "16.461"}, "returned_t", "returned_above_refused"),
        (LOADED | {"returned_at": "2025-02-01 06:00", "returned_t": "16"}, "returned_at", "return_before_load"),
        (LOADED | {"void_at": "2025-02-01 12:00"}, "void_at", "void_after_load"),
        (ISSUED | {"void_reason": "车辆故障"}, "void_at", "time_of_stage_missing"),
    ],
)
def test_a_wrong_movement_has_one_finding_where_it_is_wrong(cells: Mapping[str, str], column: str, code: str) -> None:
    rows, findings = read(MOVEMENTS, cells)

    assert rows == []
    assert codes(findings) == [(column, code)]


def test_a_receipt_without_a_load_is_refused() -> None:
    received_only = ISSUED | {name: cell for name, cell in RECEIVED.items() if name not in LOADED}

    assert codes(read(MOVEMENTS, received_only)[1]) == [("received_at", "receipt_without_load")]


def test_every_problem_of_a_row_is_listed() -> None:
    wrong = RECEIVED | {"out_net_t": "1", "accepted_t": "20", "received_at": "2025-01-01 00:00"}

    assert codes(read(MOVEMENTS, wrong)[1]) == [
        ("out_net_t", "net_mismatch"),
        ("accepted_t", "accepted_above_net"),
        ("received_at", "receipt_before_load"),
    ]


def test_net_and_accepted_follow_from_the_other_figures() -> None:
    accepted = movement(RECEIVED | {"out_net_t": "", "in_net_t": "", "accepted_t": ""})
    refused = movement(UNWEIGHED)

    assert (accepted.net_out_kg, accepted.net_in_kg, accepted.accepted_kg) == (16460, 16400, 16400)
    assert (refused.net_in_kg, refused.accepted_kg) == (None, 0)


def test_what_the_driver_still_holds() -> None:
    assert refused_kg(movement(PARTLY)) == 6400
    assert refused_kg(movement(UNWEIGHED)) == 16460
    assert refused_kg(movement(LOADED)) == 16460
    assert refused_kg(movement(RECEIVED)) == 0


def test_times_with_offsets_are_compared_as_instants() -> None:
    times = {"loaded_at": "2025-02-01T07:00:00+08:00", "received_at": "2025-01-31T22:59:59Z"}

    assert codes(read(MOVEMENTS, RECEIVED | times)[1]) == [("received_at", "receipt_before_load")]


def test_a_local_time_and_an_instant_are_not_compared_before_their_zone_is_known() -> None:
    movement(RECEIVED | {"loaded_at": "2025-02-01 06:59", "received_at": "2025-01-31T23:30:00Z"})
