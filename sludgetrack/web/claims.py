"""Contradicting claims on a page: each as a card, for whoever decides, proposes or agrees."""

from __future__ import annotations

from typing import Any

from sludgetrack.services.reading.disputes import ClaimSeen
from sludgetrack.web.manifest_words import figure_rows, mark_word
from sludgetrack.web.words import event_word


def claim_card(claim: ClaimSeen) -> dict[str, Any]:
    """A claim for a card: its words, figures and marks."""
    return {
        "event": event_word(claim.event),
        "who": f"{claim.party} {claim.person}" if claim.person else claim.party,
        "occurred_at": claim.occurred_at,
        "recorded_at": claim.recorded_at,
        "figures": figure_rows(claim.figures),
        "marks": [mark_word(mark) for mark in claim.marks],
        "alone": claim.confirmed_by < 2,
    }
