"""Refusals: a stable code each, facts for the sentence, the field they concern."""

from __future__ import annotations

from sludgetrack.domain.errors import DomainError, InvalidFigures, MissingField, NetMismatch, NoDispute


def every_error() -> list[type[DomainError]]:
    """All refusals the domain knows."""
    found = [DomainError]
    for error in found:
        found += error.__subclasses__()
    return found[1:]


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = [error.code for error in every_error()]

    assert len(set(codes)) == len(codes) > 25


def test_a_code_is_a_plain_word() -> None:
    assert all(error.code.replace("_", "").isalpha() and error.code.islower() for error in every_error())


def test_every_refusal_says_what_it_means() -> None:
    assert all(error.__doc__ and error.__doc__ != DomainError.__doc__ for error in every_error())


def test_facts_and_field_are_kept_apart() -> None:
    refusal = NetMismatch(field="net_in_kg", gross_kg=3, tare_kg=1, net_kg=1)

    assert refusal.field == "net_in_kg"
    assert refusal.facts == {"gross_kg": 3, "tare_kg": 1, "net_kg": 1}
    assert str(refusal) == "net_mismatch: {'gross_kg': 3, 'tare_kg': 1, 'net_kg': 1}"


def test_a_refusal_without_facts_is_its_code() -> None:
    assert str(NoDispute()) == "no_dispute"


def test_several_wrong_figures_are_one_refusal_naming_each() -> None:
    refusal = InvalidFigures((MissingField(field="plate", event="loaded"), MissingField(field="seal", event="loaded")))

    assert str(refusal) == "plate: field_missing: {'event': 'loaded'}; seal: field_missing: {'event': 'loaded'}"
