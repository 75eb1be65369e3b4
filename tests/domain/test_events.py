"""Claims and confirmations as they are stored, streams and their names, kinds of events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sludgetrack.domain.events import (
    CLAIM_KEYS,
    KINDS,
    Claim,
    Confirmation,
    EventType,
    Method,
    Stream,
    StreamKind,
)
from tests.domain.life import issue, lived, load, transfer

names = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=10)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
streams = st.builds(Stream, st.sampled_from(StreamKind), st.text(min_size=1, max_size=20))
figures = st.dictionaries(
    names.filter(lambda name: name not in CLAIM_KEYS), st.none() | st.integers() | st.booleans() | st.text(max_size=9)
)
claims = st.builds(
    Claim,
    event_id=names,
    type=st.sampled_from(EventType),
    subject=streams,
    occurred_at=instants,
    actor=st.none() | names,
    organisation=names,
    figures=figures,
    based_on=st.none() | names,
)


@given(claims)
def test_a_claim_is_read_as_it_was_stored(claim: Claim) -> None:
    assert Claim.parse(claim.document()) == claim


@given(claims, st.sampled_from(sorted(CLAIM_KEYS)))
def test_no_figure_can_pass_for_what_every_claim_has(claim: Claim, key: str) -> None:
    forged = Claim(claim.event_id, claim.type, claim.subject, claim.occurred_at, claim.actor, "O-ME", {key: "forged"})

    assert forged.document()[key] != "forged"


@given(streams)
def test_a_stream_is_named_by_kind_and_name(stream: Stream) -> None:
    assert Stream.parse(str(stream)) == stream


@given(st.builds(Confirmation, names, st.none() | names, st.sampled_from(Method), instants, st.none() | names))
def test_a_confirmation_is_read_as_it_was_stored(word: Confirmation) -> None:
    assert Confirmation.parse(word.document()) == word


def test_a_claim_is_a_flat_object() -> None:
    claim = lived(issue(batches=())).entries[0].claim

    assert all(isinstance(value, (str, int, bool, type(None))) for value in claim.document().values())


@pytest.mark.parametrize("event", EventType)
def test_every_event_has_a_kind_with_a_name_in_both_languages(event: EventType) -> None:
    kind = KINDS[event]

    assert (kind.type, bool(kind.stream), bool(kind.zh), bool(kind.en)) == (event, True, True, True)


def test_every_handoff_and_every_disposal_leaves_a_sheet() -> None:
    assert {event for event, kind in KINDS.items() if kind.sheet} == {
        EventType.ISSUED,
        EventType.LOADED,
        EventType.TRANSFERRED,
        EventType.REDIRECTED,
        EventType.RECEIVED,
        EventType.RETURNED,
        EventType.LOST,
        EventType.VOIDED,
        EventType.RESOLVED,
        EventType.DISPOSED,
        EventType.CORRECTED,
    }


@pytest.mark.parametrize(("taker", "grade"), [("driver", Method.SCANNED), (None, Method.NONE)])
def test_a_handoffs_grade_is_how_the_second_party_confirmed(taker: str | None, grade: Method) -> None:
    life = lived(issue(), load())

    assert life.say(transfer(), taker=taker).grade is grade


def test_what_one_party_says_alone_has_no_grade() -> None:
    assert lived(issue()).entries[0].grade is None


def test_old_claims_stay_readable() -> None:
    """A claim as the first version wrote it; its meaning never changes."""
    stored: dict[str, Any] = {
        "event_id": "01940000-0000-7000-8000-000000000002",
        "type": "loaded",
        "version": 1,
        "subject": "manifest:20254107210010000129",
        "based_on": None,
        "occurred_at": "2025-02-01T06:34:00Z",
        "actor": "01940000-0000-7000-8000-00000000000a",
        "organisation": "O-PLANT",
        "plate": "豫G12345",
        "net_out_kg": 16460,
        "moisture_out_bp": 8013,
    }

    claim = Claim.parse(stored)

    assert (claim.type, claim.version) == (EventType.LOADED, 1)
    assert claim.subject == Stream(StreamKind.MANIFEST, "20254107210010000129")
    assert claim.occurred_at == datetime(2025, 2, 1, 6, 34, tzinfo=UTC)
    assert claim.figures == {"plate": "豫G12345", "net_out_kg": 16_460, "moisture_out_bp": 8_013}
    assert claim.document() == stored
