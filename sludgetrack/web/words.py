"""Codes in the reader's words, for pages; the words themselves are shared with the API."""

from __future__ import annotations

from sludgetrack.words import (
    code_words,
    event_word,
    field_word,
    is_english,
    role_word,
    route_word,
    source_word,
    state_words,
)

__all__ = [
    "code_words",
    "event_word",
    "field_word",
    "is_english",
    "role_word",
    "route_word",
    "source_word",
    "state_words",
]
