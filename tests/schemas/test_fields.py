"""Fields of the wire and of forms: what they take, strictly and kindly, and that nothing passes for a float."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from sludgetrack.schemas.base import WireSchema
from sludgetrack.schemas.fields import (
    DryTonnes,
    EventId,
    Instant,
    LegalDay,
    Percent,
    PersonId,
    Tonnes,
    Whole,
    YesNo,
    digest_text,
    short_text,
)

UUID7 = "0194000a-0000-7000-8000-00000000000b"


class Sample(WireSchema):
    mass = Tonnes()
    moisture = Percent()
    at = Instant()
    day = LegalDay()
    event = EventId()
    person = PersonId()
    minutes = Whole()
    sealed = YesNo()
    text = short_text(10)
    digest = digest_text()
    dry = DryTonnes(dump_only=True)


def load(*, strict: bool, **values: Any) -> dict[str, Any]:
    return dict(Sample(strict=strict).load(values))


def errors(*, strict: bool, **values: Any) -> set[str]:
    with pytest.raises(ValidationError) as refusal:
        Sample(strict=strict).load(values)
    return set(refusal.value.messages_dict)


TAKEN: list[tuple[str, Any, Any]] = [
    ("mass", "16.46", 16_460),
    ("mass", "0", 0),
    ("moisture", "80.13", 8_013),
    ("moisture", "100", 10_000),
    ("at", "2026-03-02T09:05:00+08:00", datetime(2026, 3, 2, 1, 5, tzinfo=UTC)),
    ("at", "2026-03-02T01:05:00.250Z", datetime(2026, 3, 2, 1, 5, 0, 250_000, tzinfo=UTC)),
    ("day", "2026-03-02", date(2026, 3, 2)),
    ("event", UUID7, UUID7),
    ("person", "01940000-0000-4000-8000-000000000001", "01940000-0000-4000-8000-000000000001"),
    ("minutes", 60, 60),
    ("sealed", True, True),
    ("text", "豫G12345", "豫G12345"),
    ("digest", "0f" * 32, "0f" * 32),
]
KINDLY: list[tuple[str, Any, Any]] = [
    ("mass", " １６．４６ ", 16_460),
    ("moisture", "80.13%", 8_013),
    ("moisture", "８０％", 8_000),
    ("event", UUID7.upper(), UUID7),
    ("minutes", "60", 60),
    ("sealed", "on", True),
    ("text", "　豫G12345 ", "豫G12345"),
]
WRONG: dict[str, tuple[Any, ...]] = {
    "mass": (16.46, 16, True, "-1", "1e3", "1.2345", "1,5", "NaN", "1234567", [], {}),
    "moisture": (80.13, "100.01", "80.123", "-1", "101"),
    "at": (
        *("2026-03-02T09:05:00", "2026-03-02", "yesterday", 1, "1999-12-31T23:59:59Z"),
        *("2026-02-30T00:00:00Z", "2026-03-02T25:00:00Z", "2026-03-02T00:00:00+99:00"),
    ),
    "day": ("2026-02-30", "20260302", "02/03/2026", "1999-12-31", 20_260_302),
    "event": ("1", "01940000-0000-4000-8000-000000000001", "{" + UUID7 + "}", 7),
    "person": ("1", UUID7.replace("-", ""), 5),
    "minutes": ("sixty", 60.5, [60]),
    "sealed": ("perhaps", 2, []),
    "text": ("a\nb", "a\x00", "\x9f", "x" * 11, "\ud800", 5),
    "digest": ("0f", "0F" * 32, "zz" * 32, "0f" * 32 + "\n"),
    "dry": ("1.000",),
    "unknown": ("1",),
}
REFUSED = [(field, value) for field, values in WRONG.items() for value in values]


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(("field", "text", "value"), TAKEN)
def test_what_the_description_says_is_taken(field: str, text: Any, value: Any, strict: bool) -> None:
    assert load(strict=strict, **{field: text}) == {field: value}


@pytest.mark.parametrize(("field", "text", "value"), KINDLY)
def test_a_form_is_read_kindly_and_the_wire_is_not(field: str, text: Any, value: Any) -> None:
    assert load(strict=False, **{field: text}) == {field: value}
    if field != "text":
        assert errors(strict=True, **{field: text}) == {field}


@pytest.mark.parametrize(("field", "value"), REFUSED)
def test_anything_else_is_refused_by_the_wire(field: str, value: Any) -> None:
    assert errors(strict=True, **{field: value}) == {field}


@pytest.mark.parametrize("blank", ["", "  ", "\u3000"])
@pytest.mark.parametrize("field", ["mass", "at", "event", "text"])
def test_a_blank_of_a_form_was_not_given(field: str, blank: str) -> None:
    assert load(strict=False, **{field: blank}) == {}


@pytest.mark.parametrize("field", ["mass", "at", "event", "text"])
def test_a_blank_on_the_wire_is_refused(field: str) -> None:
    assert errors(strict=True, **{field: ""}) == {field}


@given(st.integers(0, 999_999_999), st.integers(0, 10_000))
def test_quantities_go_out_and_come_in_again(kg: int, bp: int) -> None:
    wire = Sample().dump({"mass": kg, "moisture": bp})

    assert load(strict=True, **wire) == {"mass": kg, "moisture": bp}


def test_dry_solids_go_out_rounded_once() -> None:
    assert Sample().dump({"dry": 32_706_020}) == {"dry": "3.271"}


@given(st.datetimes(datetime(2000, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_instants_go_out_and_come_in_again(at: datetime) -> None:
    assert load(strict=True, **Sample().dump({"at": at})) == {"at": at}


@given(st.dictionaries(st.sampled_from(sorted(Sample._declared_fields)), st.text() | st.integers() | st.floats()))
def test_whatever_comes_in_is_taken_or_refused(values: dict[str, Any]) -> None:
    try:
        taken = Sample().load(values)
    except ValidationError:
        return
    assert not any(isinstance(value, float) for value in taken.values())
