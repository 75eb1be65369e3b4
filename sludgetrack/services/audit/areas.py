"""What an audit looks at, and what it found there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sludgetrack.domain.events import Finding

Progress = Callable[["Area", int], None]
"""Told now and then how many rows of an area have been read."""

STEP = 500


class Area(StrEnum):
    """The parts of the record and of what follows from it, in the order they are checked."""

    CHAINS = "chains"
    """Every stream: claims, entries, personal data against their hashes, in order, up to the stream's head."""
    MANIFESTS = "manifests"
    PARTIES = "parties"
    LOG = "log"
    """Leaves, checkpoints, head; that everything recorded has a leaf; heads kept elsewhere."""
    REGISTERS = "registers"
    """Organisations, facilities, vehicles, people, permits, policy."""
    NAMES = "names"
    POSTINGS = "postings"
    HOLDINGS = "holdings"
    DISPOSALS = "disposals"
    CORRECTIONS = "corrections"
    NUMBERS = "numbers"
    SUMS = "sums"
    SHEETS = "sheets"


@dataclass(slots=True)
class Outcome:
    """One area: rows looked at, disagreements found, and the first of them. ``stopped``: it gave up counting."""

    area: Area
    checked: int = 0
    found: int = 0
    first: Finding | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Every area's outcome, and the head of the log that was audited."""

    outcomes: tuple[Outcome, ...]
    log_size: int
    log_root: bytes

    @property
    def agrees(self) -> bool:
        """Whether nothing disagrees anywhere."""
        return not any(outcome.found for outcome in self.outcomes)

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "agrees": self.agrees,
            "log": {"size": self.log_size, "root": self.log_root.hex()},
            "areas": [_document(outcome) for outcome in self.outcomes],
        }


class Notes:
    """Where the checks write down what they look at and what disagrees."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.outcomes = {area: Outcome(area) for area in Area}
        self._progress = progress

    def disagree(self, area: Area, code: str, where: str, detail: str) -> None:
        """Count a disagreement; the first of an area is kept."""
        outcome = self.outcomes[area]
        outcome.found += 1
        if outcome.first is None:
            outcome.first = Finding(code, where, detail)

    def checked(self, area: Area, count: int = 1) -> None:
        """Count rows that were looked at."""
        outcome = self.outcomes[area]
        before = outcome.checked
        outcome.checked += count
        if self._progress is not None and before // STEP != outcome.checked // STEP:
            self._progress(area, outcome.checked)


def differing(stored: Mapping[str, Any], expected: Mapping[str, Any]) -> str:
    """The columns in which a stored row differs from the expected one, in words; empty where it does not."""
    return "; ".join(
        f"{column} is {stored[column]!r} instead of {value!r}"
        for column, value in expected.items()
        if stored[column] != value
    )


def _document(outcome: Outcome) -> dict[str, Any]:
    first = outcome.first
    return {
        "area": str(outcome.area),
        "checked": outcome.checked,
        "found": outcome.found,
        "stopped": outcome.stopped,
        "first": None if first is None else {"code": first.code, "where": first.where, "detail": first.detail},
    }
