from __future__ import annotations

from collections.abc import Mapping

import pytest

from sludgetrack.documents import words
from sludgetrack.documents.content import Words
from sludgetrack.domain.events import KINDS, Mark, Method


def test_every_event_that_leaves_a_sheet_has_words() -> None:
    assert {str(kind.type) for kind in KINDS.values()} <= set(words.EVENTS)
    assert words.EVENTS["loaded"] == Words("装运", "Loaded")


def test_every_mark_of_the_record_has_words() -> None:
    assert set(map(str, Mark)) <= set(words.FLAGS)


def test_every_way_to_confirm_has_words() -> None:
    assert set(words.METHODS) == set(map(str, Method))


@pytest.mark.parametrize("table", [words.EVENTS, words.DECISIONS, words.METHODS, words.FLAGS])
def test_all_words_are_in_both_languages(table: Mapping[str, Words]) -> None:
    assert all(each.zh and each.en for each in table.values())


def test_a_key_without_words_is_printed_as_it_is() -> None:
    assert words.of(words.FLAGS, "new_mark") == Words("new_mark")
