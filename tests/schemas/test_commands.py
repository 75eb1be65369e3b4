"""One schema for each command: the same fields, demanded alike, and a command comes in as it went out."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from sludgetrack.domain.commands import (
    ADDITIVES,
    BYPRODUCTS,
    COMMANDS,
    AdditiveLine,
    BatchLine,
    ChangeLine,
    Command,
    InputLine,
    OutputLine,
    ReadingLine,
)
from sludgetrack.domain.events import EventType
from sludgetrack.domain.fields import BY_NAME, required_by
from sludgetrack.domain.times import rfc3339
from sludgetrack.schemas.commands import SCHEMAS, wire_name
from sludgetrack.schemas.wire import wire_figures
from sludgetrack.services.commands import load_command, store_command

UUID7 = "01940000-0000-7000-8000-000000000001"
instants = st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
plain = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=8)
lines = st.lists(st.builds(BatchLine, plain, st.none() | st.integers(1, 10_000)), max_size=3).map(tuple)
masses = st.integers(0, 999_999)
inputs = st.lists(st.builds(InputLine, plain, st.none() | masses), min_size=1, max_size=3).map(tuple)
outputs = st.lists(st.builds(OutputLine, plain, masses, st.integers(0, 10_000)), min_size=1, max_size=3).map(tuple)
additives = st.lists(st.builds(AdditiveLine, st.sampled_from(ADDITIVES), masses), max_size=3).map(tuple)
days = st.dates(date(2001, 1, 1), date(2100, 1, 1))
decimals = st.decimals(0, 999_999, places=3, allow_nan=False).map(lambda value: f"{value:f}")
readings = st.lists(st.builds(ReadingLine, plain, decimals, st.none() | plain), min_size=1, max_size=3).map(tuple)
changed = st.one_of(
    st.builds(ChangeLine, st.sampled_from(["net_out_kg", "outputs.0.wet_kg", "inputs.12.kg"]), st.none() | masses),
    st.builds(ChangeLine, st.just("outputs.3.moisture_bp"), st.integers(0, 10_000)),
    st.builds(ChangeLine, st.just("day"), days.map(date.isoformat)),
    st.builds(ChangeLine, st.just("seal_intact"), st.none() | st.booleans()),
    st.builds(ChangeLine, st.just("planned_minutes"), st.integers(1, 10_000)),
    st.builds(ChangeLine, st.just("seal"), st.none() | plain),
)
CHOICES = {
    "changes": st.lists(changed, min_size=1, max_size=3).map(tuple),
    "corrects": st.just(UUID7),
    "proposal": st.just(UUID7),
    "decision": st.sampled_from(["accepted", "partial", "refused"]),
    "kind": st.sampled_from(["plant_sludge", "sewer_sludge", "byproduct"]),
    "what": st.sampled_from(BYPRODUCTS),
    "inputs": inputs,
    "outputs": outputs,
    "additives": additives,
    "photo": st.just("ab" * 32),
    "stands": st.just(UUID7),
    "driver": st.just(UUID7),
    "based_on": st.just("cd" * 32),
    "event_id": st.just(UUID7),
    "occurred_at": instants,
    "batches": lines,
    "day": days,
    "sampled_on": days,
    "readings": readings,
    "file": st.just("ef" * 32),
    "count": st.integers(1, 200),
    "planned_minutes": st.integers(1, 10_000),
    "treated_m3": st.integers(0, 10**6),
}


def _value(name: str, hint: Any) -> st.SearchStrategy[Any]:
    if name in CHOICES:
        return CHOICES[name]
    if name.endswith("_bp"):
        return st.integers(0, 10_000)
    if name.endswith("_kg"):
        return st.integers(0, 999_999)
    return st.booleans() if "bool" in str(hint) else plain


@st.composite
def commands(draw: st.DrawFn) -> Command:
    """Any command with any of its fields."""
    command = draw(st.sampled_from(sorted(COMMANDS.values(), key=lambda c: c.__name__)))
    hints = get_type_hints(command)
    values: dict[str, Any] = {}
    for field in dataclasses.fields(command):
        value = _value(field.name, hints[field.name])
        needed = field.default is dataclasses.MISSING
        values[field.name] = draw(value if needed else st.just(field.default) | value)
    return command(**values)


@given(commands(), st.booleans())
def test_a_command_comes_in_as_it_went_out(command: Command, strict: bool) -> None:
    occurred = {"occurred_at": rfc3339(command.occurred_at)} if command.occurred_at else {}
    based = {"based_on": command.based_on} if command.based_on else {}
    wire = {**wire_figures(command.figures()), "event_id": command.event_id, **occurred, **based}

    assert SCHEMAS[command.event](strict=strict).load(wire) == command


@given(commands())
def test_a_command_that_waits_with_an_offer_is_read_as_it_was_stored(command: Command) -> None:
    assert load_command(command.event, store_command(command)) == command


@pytest.mark.parametrize("event", COMMANDS)
def test_a_schema_has_exactly_the_fields_of_its_command(event: EventType) -> None:
    declared = SCHEMAS[event]().load_fields

    assert set(declared) == {field.name for field in dataclasses.fields(COMMANDS[event])}


@pytest.mark.parametrize("event", COMMANDS)
def test_a_schema_demands_what_its_command_cannot_do_without(event: EventType) -> None:
    required = {name for name, field in SCHEMAS[event]().load_fields.items() if field.required}

    needed = {f.name for f in dataclasses.fields(COMMANDS[event]) if f.default is dataclasses.MISSING}
    assert required == needed
    assert set(required_by(event)) <= required


@pytest.mark.parametrize("event", COMMANDS)
def test_an_unknown_field_is_refused(event: EventType) -> None:
    with pytest.raises(ValidationError) as refusal:
        SCHEMAS[event]().load({"event_id": UUID7, "status": "delivered"})

    assert "status" in refusal.value.messages_dict


@pytest.mark.parametrize(
    ("field", "name"),
    [("net_out_kg", "net_out_t"), ("moisture_bp", "moisture_pct"), ("plate", "plate"), ("wet_kg", "wet_t")],
)
def test_names_on_the_wire_carry_the_units_people_use(field: str, name: str) -> None:
    assert wire_name(field) == name


@pytest.mark.parametrize("event", COMMANDS)
def test_a_text_may_be_as_long_as_the_table_of_fields_says(event: EventType) -> None:
    schema = SCHEMAS[event]()
    for name in set(schema.load_fields) & {"reason", "finding", "plate", "seal", "ticket_out", "remark"}:
        length = BY_NAME[name].max_length

        assert schema.fields[name].deserialize("x" * length) == "x" * length
        with pytest.raises(ValidationError):
            schema.fields[name].deserialize("x" * (length + 1))
