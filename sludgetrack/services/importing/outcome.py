"""What an import says of itself: how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """What an import is doing."""

    READING = "reading"
    CHECKING = "checking"
    RECORDING = "recording"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: ``done`` of ``total`` (None where that is not known yet) rows of ``file``, or steps."""

    stage: Stage
    done: int = 0
    total: int | None = None
    file: str = ""


Watch = Callable[[Progress], None]
"""Told now and then how far the import is."""


@dataclass(frozen=True, slots=True)
class FileCounts:
    """Rows of one file: never imported before, with blank stages filled, and saying nothing new."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an import. ``findings``: how many there were; then nothing is recorded and ``events`` is 0."""

    findings: int
    files: Mapping[str, FileCounts]
    events: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether every file was clean."""
        return self.findings == 0
