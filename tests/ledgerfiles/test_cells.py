from __future__ import annotations

import pytest

from sludgetrack.ledgerfiles.cells import parser_of
from sludgetrack.ledgerfiles.columns import DISPOSALS, MOVEMENTS, PARTIES, PRODUCTION, TREATMENTS
from sludgetrack.ledgerfiles.text import BadCell

DECISION = parser_of(MOVEMENTS.column("decision"))
ROUTE = parser_of(MOVEMENTS.column("route"))
ROUTES = parser_of(PARTIES.column("routes"))
FINAL = parser_of(DISPOSALS.column("final"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("accepted", "accepted"),
        ("接收", "accepted"),
        ("Accepted ", "accepted"),
        ("部分接收", "partial"),
        ("拒 收", "refused"),
        ("ｒｅｆｕｓｅｄ", "refused"),
        ("", None),
        ("\u3000", None),
    ],
)
def test_a_decision_in_any_spelling(written: str, meant: str | None) -> None:
    assert DECISION(written) == meant


def test_an_unknown_decision_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadCell) as refusal:
        DECISION("maybe")

    assert refusal.value.code == "unknown_code"
    assert refusal.value.facts == {"shown": "maybe", "known": "accepted, partial, refused"}


@pytest.mark.parametrize(
    ("written", "meant"), [("I1", "I1"), ("i1", "I1"), ("F2C", "F2c"), ("单独焚烧", "I1"), ("Ｉ１", "I1")]
)
def test_a_route_by_code_or_name(written: str, meant: str) -> None:
    assert ROUTE(written) == meant


@pytest.mark.parametrize("written", ["I1;B1", "I1；B1", "I1、B1", "I1，B1", "I1; B1;", "单独焚烧;制水泥"])
def test_routes_of_a_site(written: str) -> None:
    assert ROUTES(written) == ("I1", "B1")


@pytest.mark.parametrize(("written", "refused_as"), [("I1;I9", "unknown_code"), ("I1;I1", "listed_twice")])
def test_wrong_routes_of_a_site_are_refused(written: str, refused_as: str) -> None:
    with pytest.raises(BadCell) as refusal:
        ROUTES(written)

    assert refusal.value.code == refused_as


@pytest.mark.parametrize(
    ("written", "meant"), [("yes", True), ("是", True), ("TRUE", True), ("no", False), ("", False)]
)
def test_a_lot_is_finished_or_not(written: str, meant: bool) -> None:
    assert FINAL(written) is meant


def test_a_blank_kind_of_sludge_is_the_plants() -> None:
    assert parser_of(PRODUCTION.column("kind"))(" ") == "plant_sludge"


def test_batches_with_and_without_masses() -> None:
    batches = parser_of(MOVEMENTS.column("batch"))

    assert batches("B1") == (("B1", None),)
    assert batches("B1:12.5；B2：5.1;") == (("B1", 12500), ("B2", 5100))
    assert batches(" ") == ()


@pytest.mark.parametrize(
    ("written", "refused_as"),
    [
        ("B1:", "not_a_list"),
        (":5", "not_a_list"),
        ("B1:1:2", "not_a_number"),
        ("B1:x", "not_a_number"),
        ("B1:-2", "negative"),
        ("B1:1;B1:2", "listed_twice"),
    ],
)
def test_wrong_batches_are_refused(written: str, refused_as: str) -> None:
    with pytest.raises(BadCell) as refusal:
        parser_of(MOVEMENTS.column("batch"))(written)

    assert refusal.value.code == refused_as


def test_outputs_of_a_run() -> None:
    outputs = parser_of(TREATMENTS.column("outputs"))

    assert outputs("L1:12.5:38.00;L2:5.1:38%") == (("L1", 12500, 3800), ("L2", 5100, 3800))
    for wrong in ("L1", "L1:12.5", "L1::38"):
        with pytest.raises(BadCell):
            outputs(wrong)


def test_too_long_and_too_far_are_refused() -> None:
    with pytest.raises(BadCell) as long:
        parser_of(MOVEMENTS.column("manifest"))("M" * 41)
    with pytest.raises(BadCell) as far:
        parser_of(PARTIES.column("lat"))("91")

    assert (long.value.code, far.value.code) == ("too_long", "out_of_range")
    assert parser_of(MOVEMENTS.column("manifest"))("M" * 40) == "M" * 40
