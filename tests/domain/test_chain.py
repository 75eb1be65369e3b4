"""Canonical bytes against RFC 8785, and what the chain of a stream shows of tampering."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from sludgetrack.domain import chain
from sludgetrack.domain.chain import NotCanonical, canonical_bytes, claim_hash, commitment, verify
from sludgetrack.domain.events import Confirmation, Entry, Mark, Method
from tests.domain.life import MORNING, arrive, issue, lived, load, receive
from tests.domain.shared import SHARED

VECTORS = SHARED / "vectors" / "jcs"
needs_vectors = pytest.mark.skipif(not VECTORS.exists(), reason=f"no vectors at {VECTORS}")

BIGGEST = 2**53 - 1
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-BIGGEST, BIGGEST) | texts,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="ascii")), inner, max_size=4)
    ),
    max_leaves=12,
)
documents = st.dictionaries(st.text(st.characters(codec="ascii"), max_size=12), values, max_size=6)


@given(documents)
def test_canonical_bytes_are_those_of_rfc_8785(document: dict[str, Any]) -> None:
    assert canonical_bytes(document) == rfc8785.dumps(document)


@needs_vectors
@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_the_library_that_judges_gives_the_published_bytes(name: str) -> None:
    document, expected = _vector(name)

    assert rfc8785.dumps(document) == expected


@needs_vectors
def test_a_published_document_of_whole_numbers_and_plain_names_gives_the_published_bytes() -> None:
    document, expected = _vector("unicode")

    assert canonical_bytes(document) == expected


@needs_vectors
@pytest.mark.parametrize("name", ["french", "structures", "values", "weird"])
def test_a_published_document_with_floats_or_foreign_names_is_refused_rather_than_written_wrong(name: str) -> None:
    with pytest.raises(NotCanonical):
        canonical_bytes(_vector(name)[0])


@pytest.mark.parametrize(
    "ambiguous",
    [1.0, 2**53, -(2**53), [1, [0.5]], {"a": {"b": 1e3}}, {"质量": 1}, ({"net": float("nan")},)],
)
def test_what_could_be_written_in_two_ways_is_refused(ambiguous: object) -> None:
    with pytest.raises(NotCanonical):
        canonical_bytes({"value": ambiguous})


def test_the_order_of_names_does_not_change_a_claims_hash() -> None:
    assert claim_hash({"a": 1, "b": [2]}) == claim_hash({"b": [2], "a": 1})


def test_the_hash_of_a_claim_is_over_its_canonical_bytes() -> None:
    assert claim_hash({"net_kg": 5}) == hashlib.sha256(b'{"net_kg":5}').digest()


def test_a_commitment_says_nothing_without_its_salt() -> None:
    card = {"name": "张㛃"}

    assert commitment(b"a" * 16, card) != commitment(b"b" * 16, card)


def test_a_true_chain_has_no_findings() -> None:
    assert verify(_chain()) == []


def test_an_empty_chain_has_no_findings() -> None:
    assert verify([]) == []


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (lambda e: replace(e, claim=replace(e.claim, figures={**e.claim.figures, "net_out_kg": 9})), "claim_changed"),
        (lambda e: replace(e, claim=replace(e.claim, occurred_at=MORNING)), "claim_changed"),
        (lambda e: replace(e, claim=replace(e.claim, actor="somebody else")), "claim_changed"),
        (lambda e: replace(e, recorded_at=e.recorded_at + timedelta(seconds=1)), "entry_changed"),
        (lambda e: replace(e, personal_hash=bytes(32)), "entry_changed"),
        (lambda e: replace(e, marks=(Mark.PAPER,)), "entry_changed"),
        (lambda e: replace(e, confirmations=()), "entry_changed"),
        (lambda e: replace(e, confirmations=(*e.confirmations, _word())), "entry_changed"),
    ],
)
def test_any_change_of_an_entry_is_found_where_it_is(change: Any, finding: str) -> None:
    entries = _chain()

    found = verify([entries[0], change(entries[1]), *entries[2:]])

    assert [(f.code, f.where) for f in found] == [(finding, f"{entries[1].stream} #2")]


def test_a_changed_claim_with_its_hash_made_anew_is_still_found() -> None:
    entries = _chain()
    claim = replace(entries[1].claim, actor="somebody else")
    entries[1] = replace(entries[1], claim=claim, claim_hash=claim_hash(claim.document()))

    assert [f.code for f in verify(entries)] == ["entry_changed"]


def test_a_whole_entry_made_anew_breaks_the_chain_behind_it() -> None:
    entries = _chain()
    claim = replace(entries[1].claim, actor="somebody else")
    changed = replace(entries[1], claim=claim, claim_hash=claim_hash(claim.document()))
    entries[1] = replace(changed, hash=chain.entry_hash(changed))

    assert [(f.code, f.where[-2:]) for f in verify(entries)] == [("chain_broken", "#3")]


def test_a_removed_entry_is_found() -> None:
    entries = _chain()

    assert {f.code for f in verify([entries[0], *entries[2:]])} == {"entry_missing", "chain_broken"}


def test_a_removed_beginning_is_found() -> None:
    assert {f.code for f in verify(_chain()[1:])} == {"entry_missing", "chain_broken"}


def test_a_changed_order_is_found() -> None:
    first, second, *rest = _chain()

    assert verify([second, first, *rest])


@given(st.integers(0, 3), st.integers(0, 255), st.sampled_from(["hash", "previous_hash", "claim_hash"]))
def test_any_flipped_bit_of_any_hash_is_found(place: int, bit: int, name: str) -> None:
    entries = _chain()
    flipped = int.from_bytes(getattr(entries[place], name)) ^ (1 << bit)
    change: dict[str, Any] = {name: flipped.to_bytes(32)}
    entries[place] = replace(entries[place], **change)

    assert verify(entries)


def _chain() -> list[Entry]:
    return lived(issue(), load(), arrive(), receive()).entries


def _word() -> Confirmation:
    return Confirmation("O-SITE", "somebody", Method.SCANNED, MORNING)


def _vector(name: str) -> tuple[Any, bytes]:
    document = json.loads((VECTORS / f"input_{name}.json").read_text(encoding="utf-8"))
    return document, bytes.fromhex((VECTORS / f"outhex_{name}.txt").read_text(encoding="ascii"))
