"""What was done at a facility and may be corrected, the newest first, beside the corrections of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sludgetrack.domain.correcting import CORRECTABLE
from sludgetrack.domain.events import KINDS, Entry, Stream, StreamKind
from sludgetrack.domain.permissions import Action, may
from sludgetrack.services.context import Context
from sludgetrack.services.reading.corrections import CorrectionSeen, corrections_of, readable
from sludgetrack.store import corrections, streams

NEWEST = 40
"""How many of each kind are shown."""
_NAMES = ("batch", "run", "disposal")


@dataclass(frozen=True, slots=True)
class Act:
    """An act as it counts now; ``name``: of its batch, run or disposal; ``corrected``: how often it was."""

    present: Entry
    name: str
    corrected: int
    waits: str | None


@dataclass(frozen=True, slots=True)
class Acts:
    """A facility's newest acts and every correction proposed of any."""

    code: str
    facility: str
    acts: tuple[Act, ...]
    corrections: tuple[CorrectionSeen, ...]
    may_propose: bool


def acts_at(ctx: Context, code: str) -> Acts:
    """The acts at a facility for whoever may read them. Raises NotFound."""
    subject = Stream(StreamKind.FACILITY, code)
    parties = readable(ctx, subject)
    head = streams.peek(ctx.connection, [subject])[subject]
    kinds = [event for event in CORRECTABLE if StreamKind.FACILITY in KINDS[event].stream]
    found = [entry for event in kinds for entry in streams.newest(ctx.connection, [head.id], event, NEWEST)]
    found.sort(key=lambda entry: (entry.claim.figures["day"], entry.seq), reverse=True)
    proposed = corrections_of(ctx, subject)
    waits = {one.corrects: one.id for one in proposed if one.outcome == "open"}
    known = corrections.revisions(ctx.connection, [entry.claim.event_id for entry in found])
    acts = [_act(known[entry.claim.event_id], waits.get(entry.claim.event_id)) for entry in found]
    at = ctx.directory.facility(code)
    proposes = may(ctx.actor, Action.PROPOSE_CORRECTION, parties)
    return Acts(code, at.name, tuple(acts), tuple(reversed(proposed)), proposes)


def _act(revision: Any, waits: str | None) -> Act:
    figures = revision.first.claim.figures
    name = next((figures[key] for key in _NAMES if key in figures), "")
    return Act(revision.present, name, len(revision.corrections), waits)
