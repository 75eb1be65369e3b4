"""Refusals as they are answered: a status and a sentence for each, with every fact it names."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from sludgetrack.domain.errors import (
    DomainError,
    InTheFuture,
    InvalidFigures,
    MissingField,
    NetMismatch,
    NotAllowedNow,
    NotFound,
    RouteNotPermitted,
)
from sludgetrack.problems import PROBLEMS, problem_of, sentence
from tests.domain.test_errors import every_error


def as_it_is(text: str) -> str:
    return text


def test_every_refusal_is_answered_and_nothing_else_is() -> None:
    assert set(PROBLEMS) == {error.code for error in every_error()}


@pytest.mark.parametrize("code", PROBLEMS)
def test_an_answer_has_a_clients_status_a_title_and_a_whole_sentence(code: str) -> None:
    problem = PROBLEMS[code]

    assert 400 <= problem.status < 500
    assert problem.title
    assert problem.detail.endswith(("。", "}"))


@pytest.mark.parametrize("error", every_error(), ids=lambda error: error.code)
def test_a_sentence_names_only_facts_the_refusal_documents(error: type[DomainError]) -> None:
    named = set(re.findall(r"{(\w+)}", PROBLEMS[error.code].detail)) - {"count"}

    assert all(fact in (error.__doc__ or "") for fact in named)


def test_masses_are_said_in_tonnes() -> None:
    error = NetMismatch(field="net_out_kg", gross_kg=28_460, tare_kg=12_000, net_kg=16_000)

    assert sentence(error, as_it_is) == "净重应等于毛重减皮重：28.460 − 12.000 ≠ 16.000 t。"


def test_instants_are_said_with_their_zone() -> None:
    now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    said = sentence(InTheFuture(occurred_at=now, now=now), as_it_is)

    assert said.startswith("2026-03-02T01:00:00Z 晚于现在")


def test_codes_are_said_in_words_where_words_are_known() -> None:
    error = NotAllowedNow(status="void", event="loaded", allowed=["inspected"])

    said = sentence(error, as_it_is, {"void": "已作废", "loaded": "装运", "inspected": "抽查"})

    assert said == "联单现在的状态是“已作废”，不能装运；现在可以：抽查。"


def test_a_list_of_nothing_and_a_missing_fact_are_a_dash() -> None:
    assert "可选：—" in sentence(RouteNotPermitted(destination="S1", route="B1", permitted=[]), as_it_is)
    assert sentence(NotFound(), as_it_is).startswith("没有找到 —")


def test_several_wrong_figures_are_counted() -> None:
    error = InvalidFigures((MissingField(field="a"), MissingField(field="b")))

    assert sentence(error, as_it_is) == "有 2 处需要改正。"


def test_the_sentence_is_translated_before_the_facts_are_filled_in() -> None:
    english = {problem_of(NotFound()).detail: "There is no {name}, or you may not see it."}

    assert sentence(NotFound(kind="manifest", name="X"), english.__getitem__) == "There is no X, or you may not see it."


@pytest.mark.parametrize(
    ("code", "status"),
    [("not_found", 404), ("not_permitted", 403), ("event_id_taken", 409), ("stale_state", 409), ("bad_login", 401)],
)
def test_statuses_are_those_of_http(code: str, status: int) -> None:
    assert PROBLEMS[code].status == status
