"""Commands: frozen, named by their events, and what they say as figures of a claim."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from sludgetrack.domain.commands import COMMANDS, BatchLine, Command, DeclareProduction, RecordDisposal
from sludgetrack.domain.events import CLAIM_KEYS, EventType
from tests.domain.life import MORNING, arrive, event_id, issue, load

REGISTERING = {
    EventType.REGISTERED,
    EventType.CHANGED,
    EventType.POLICY_SET,
    EventType.TABLE_SET,
    EventType.LOCKED,
}
CONSEQUENCES = {EventType.CORRECTED}
"""Nobody asks for them: a correction takes effect with the last approval."""


def test_every_event_that_is_asked_for_has_its_command() -> None:
    assert set(COMMANDS) == set(EventType) - REGISTERING - CONSEQUENCES


@pytest.mark.parametrize("command", COMMANDS.values())
def test_a_command_cannot_be_changed(command: type[Command]) -> None:
    assert dataclasses.is_dataclass(command)
    assert command.__dataclass_params__.frozen  # type: ignore[attr-defined]


def test_figures_are_what_was_given_and_nothing_about_the_request() -> None:
    command = arrive(occurred_at=MORNING, based_on="ab" * 32, remark="雨天")

    assert command.figures() == {"remark": "雨天"}


def test_what_was_not_said_is_not_claimed() -> None:
    assert load().figures() == {"plate": "豫G12345", "net_out_kg": 12_000}


def test_a_no_and_a_nought_were_said() -> None:
    disposal = RecordDisposal(
        event_id=event_id(1),
        facility="S-INC",
        disposal="D1",
        lot="L1",
        route="I1",
        day=date(2026, 3, 2),
        wet_kg=0,
        moisture_bp=0,
    )

    assert {"final": False, "wet_kg": 0, "moisture_bp": 0}.items() <= disposal.figures().items()


def test_batches_are_claimed_as_a_list_of_flat_objects() -> None:
    command = issue(batches=(BatchLine("B1", 5_000), BatchLine("B2")))

    assert command.figures()["batches"] == [{"batch": "B1", "kg": 5_000}, {"batch": "B2", "kg": None}]


def test_a_day_is_claimed_as_its_text() -> None:
    command = DeclareProduction(event_id=event_id(1), facility="P01", batch="B1", day=date(2026, 3, 2), wet_kg=1)

    assert command.figures()["day"] == "2026-03-02"


@pytest.mark.parametrize("command", COMMANDS.values())
def test_no_figure_is_named_like_what_every_claim_has(command: type[Command]) -> None:
    figures = {field.name for field in dataclasses.fields(command)} - {"event_id", "occurred_at", "based_on"}

    assert not figures & CLAIM_KEYS
