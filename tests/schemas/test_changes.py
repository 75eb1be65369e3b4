"""Corrected figures on the wire: every correctable figure has one name and one way to be read there."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from sludgetrack.domain.commands import ChangeLine
from sludgetrack.domain.correcting import CORRECTABLE, is_correctable
from sludgetrack.domain.events import EventType
from sludgetrack.schemas.changes import (
    ChangeLineSchema,
    change_field,
    change_name,
    correctable_names,
    wire_change,
)

FIGURES = {"inputs": [{"lot": "L1"}], "outputs": [{"lot": "A"}, {"lot": "B"}], "additives": []}


@pytest.mark.parametrize("event", CORRECTABLE)
def test_every_correctable_figure_has_a_name_on_the_wire_that_leads_back_to_it(event: EventType) -> None:
    names = correctable_names(event, FIGURES)

    assert names
    assert [change_field(change_name(name)) for name in names] == names
    assert all(is_correctable(event, name) for name in names)


def test_the_lines_of_a_run_are_named_by_their_place() -> None:
    assert correctable_names(EventType.TREATED, FIGURES) == [
        "day",
        "inputs.0.kg",
        "outputs.0.wet_kg",
        "outputs.1.wet_kg",
        "outputs.0.moisture_bp",
        "outputs.1.moisture_bp",
    ]
    assert change_name("inputs.0.kg") == "inputs.0.wet_t"


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ({"field": "net_out_t", "value": "12.340"}, ChangeLine("net_out_kg", 12_340)),
        ({"field": "moisture_in_pct", "value": "80.5"}, ChangeLine("moisture_in_bp", 8050)),
        ({"field": "outputs.1.wet_t", "value": "3"}, ChangeLine("outputs.1.wet_kg", 3000)),
        ({"field": "inputs.0.wet_t", "value": "3"}, ChangeLine("inputs.0.kg", 3000)),
        ({"field": "day", "value": "2025-01-05"}, ChangeLine("day", "2025-01-05")),
        ({"field": "final", "value": True}, ChangeLine("final", True)),
        ({"field": "planned_minutes", "value": 45}, ChangeLine("planned_minutes", 45)),
        ({"field": "seal", "value": None}, ChangeLine("seal", None)),
    ],
)
def test_a_program_sends_figures_as_they_stand_elsewhere(sent: dict[str, Any], meant: ChangeLine) -> None:
    assert ChangeLineSchema(strict=True).load(sent) == meant


@pytest.mark.parametrize(
    ("sent", "blamed"),
    [
        ({"field": "net_out_kg", "value": "12.340"}, "field"),
        ({"field": "giver", "value": "P02"}, "field"),
        ({"field": "outputs.x.wet_t", "value": "1"}, "field"),
        ({"field": "outputs.wet_t", "value": "1"}, "field"),
        ({"field": "net_out_t", "value": 12.34}, "value"),
        ({"field": "net_out_t", "value": "12.3456"}, "value"),
        ({"field": "moisture_in_pct", "value": "100.5"}, "value"),
        ({"field": "decision", "value": "maybe"}, "value"),
        ({"field": "day", "value": "5.1.2025"}, "value"),
        ({"field": "final", "value": "yes"}, "value"),
        ({"field": "seal", "value": "a" * 41}, "value"),
    ],
)
def test_what_is_no_figure_to_correct_or_no_value_of_it_is_refused(sent: dict[str, Any], blamed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        ChangeLineSchema(strict=True).load(sent)

    assert list(refusal.value.messages_dict) == [blamed]


def test_people_type_figures_as_in_any_form() -> None:
    assert ChangeLineSchema().load({"field": "net_out_t", "value": " １２．３４ "}) == ChangeLine("net_out_kg", 12_340)
    assert ChangeLineSchema().load({"field": "final", "value": "true"}) == ChangeLine("final", True)


def test_a_change_on_record_is_read_with_its_old_value() -> None:
    change = {"field": "net_out_kg", "old": 12_430, "new": 12_340}

    assert wire_change(change) == {"field": "net_out_t", "old": "12.430", "value": "12.340"}
    assert wire_change({"field": "seal", "old": None, "new": "S1"}) == {"field": "seal", "old": None, "value": "S1"}
