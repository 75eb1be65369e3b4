"""Claimed figures as they are read on the wire."""

from __future__ import annotations

from sludgetrack.schemas.wire import wire_figures


def test_kilograms_go_as_tonnes_and_basis_points_as_percent() -> None:
    assert wire_figures({"net_out_kg": 16_460, "moisture_out_bp": 8_013}) == {
        "net_out_t": "16.460",
        "moisture_out_pct": "80.13",
    }


def test_everything_else_goes_as_it_is() -> None:
    figures = {"plate": "豫G12345", "final": True, "planned_minutes": 60}

    assert wire_figures(figures) == figures


def test_what_is_not_stated_is_left_out() -> None:
    assert wire_figures({"plate": "豫G12345", "reason": None}) == {"plate": "豫G12345"}


def test_the_lines_of_a_list_go_by_the_same_rule() -> None:
    batches = [{"batch": "B1", "kg": 5_000}, {"batch": "B2", "kg": None}]

    assert wire_figures({"batches": batches, "banned": ["B1"]}) == {
        "batches": [{"batch": "B1", "wet_t": "5.000"}, {"batch": "B2"}],
        "banned": ["B1"],
    }
