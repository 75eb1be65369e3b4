"""The one table of fields: what an event may carry, what it needs, and what is sealed."""

from __future__ import annotations

import dataclasses

import pytest

from sludgetrack.domain.commands import COMMANDS, Command
from sludgetrack.domain.events import KINDS, EventType, StreamKind
from sludgetrack.domain.fields import BY_NAME, RULES, FieldKind, claimed_by, is_sealed, required_by

E = EventType
OF_MANIFESTS = [event for event in COMMANDS if StreamKind.MANIFEST in KINDS[event].stream]

REQUIRED: dict[EventType, set[str]] = {
    E.ISSUED: {"giver", "hauler", "destination", "route", "planned_kg"},
    E.ASSIGNED: {"plate"},
    E.LOADED: {"plate", "net_out_kg"},
    E.TRANSFERRED: {"place", "plate", "reason"},
    E.REDIRECTED: {"destination", "route", "reason"},
    E.ARRIVED: set(),
    E.RECEIVED: {"decision"},
    E.RETURNED: {"returned_kg", "reason"},
    E.LOST: {"finding"},
    E.VOIDED: {"reason"},
    E.RESOLVED: {"stands", "reason"},
    E.INSPECTED: {"place", "finding"},
    E.CORRECTION_PROPOSED: {"corrects", "changes", "reason"},
    E.CORRECTION_APPROVED: {"proposal"},
    E.CORRECTION_REFUSED: {"proposal", "reason"},
    E.CORRECTION_WITHDRAWN: {"proposal", "reason"},
}


def fields_of(event: EventType) -> set[str]:
    """The figures a command of this event has."""
    common = {f.name for f in dataclasses.fields(Command)} - {"remark"}
    return {f.name for f in dataclasses.fields(COMMANDS[event])} - common


@pytest.mark.parametrize("event", OF_MANIFESTS)
def test_an_event_needs_what_the_specification_says(event: EventType) -> None:
    assert set(required_by(event)) == REQUIRED[event]


@pytest.mark.parametrize("event", OF_MANIFESTS)
def test_a_command_carries_exactly_the_fields_its_event_may_claim(event: EventType) -> None:
    assert fields_of(event) == {rule.name for rule in claimed_by(event)}


@pytest.mark.parametrize("event", OF_MANIFESTS)
def test_a_command_without_a_required_field_cannot_even_be_made(event: EventType) -> None:
    optional = {f.name for f in dataclasses.fields(COMMANDS[event]) if f.default is not dataclasses.MISSING}

    assert not set(required_by(event)) & optional


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_field_is_required_or_reopened_only_by_events_that_may_claim_it(rule: object) -> None:
    field = BY_NAME[getattr(rule, "name", "")]

    assert set(field.required_by) <= set(field.claimed_by)
    assert set(field.reopened_by) <= set(field.claimed_by)


def test_names_tell_kilograms_and_basis_points_from_everything_else() -> None:
    assert {r.name for r in RULES if r.kind is FieldKind.MASS} == {r.name for r in RULES if r.name.endswith("_kg")}
    assert {r.name for r in RULES if r.kind is FieldKind.MOISTURE} == {r.name for r in RULES if r.name.endswith("_bp")}


def test_a_field_nobody_has_claimed_is_open() -> None:
    assert not is_sealed("net_out_kg", E.LOADED, {})


def test_a_claimed_field_is_sealed_for_every_event_that_may_not_reopen_it() -> None:
    claimed = {"hauler": E.ISSUED, "destination": E.ISSUED, "plate": E.ASSIGNED}

    assert is_sealed("hauler", E.ASSIGNED, claimed)
    assert not is_sealed("destination", E.REDIRECTED, claimed)
    assert not is_sealed("plate", E.LOADED, claimed)


def test_what_was_weighed_out_is_sealed_for_good() -> None:
    weighed = ("gross_out_kg", "tare_out_kg", "net_out_kg", "moisture_out_bp", "ticket_out", "seal")

    assert all(BY_NAME[name].reopened_by == () for name in weighed)


def test_every_field_is_named_in_both_languages() -> None:
    assert all(rule.zh and rule.en for rule in RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_an_external_number_has_at_most_forty_characters() -> None:
    assert BY_NAME["external_number"].max_length == 40
