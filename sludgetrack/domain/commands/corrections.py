"""Commands about a wrong figure of an event: proposed, approved, refused, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass

from sludgetrack.domain.commands.base import Command, Line
from sludgetrack.domain.events import EventType


@dataclass(frozen=True, slots=True)
class ChangeLine(Line):
    """A figure of an event that was wrong, and what it should say; None where nothing should be stated.

    ``field`` is the claim's, of a list with the line's place: ``outputs.0.wet_kg``. Masses are whole kilograms,
    moisture basis points, days ISO dates.
    """

    field: str
    new: str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeCorrection(Command):
    """提出更正: the figures of an event (its id) were wrong; ``changes`` say what they should be."""

    event = EventType.CORRECTION_PROPOSED
    corrects: str
    changes: tuple[ChangeLine, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveCorrection(Command):
    """同意更正: another party agrees to a proposal (the id of its event); the last one makes it take effect."""

    event = EventType.CORRECTION_APPROVED
    proposal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseCorrection(Command):
    """拒绝更正: another party does not agree; the figures stay and the proposal stays visible."""

    event = EventType.CORRECTION_REFUSED
    proposal: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawCorrection(Command):
    """撤回更正: whoever proposed takes it back; the proposal stays visible."""

    event = EventType.CORRECTION_WITHDRAWN
    proposal: str
    reason: str
