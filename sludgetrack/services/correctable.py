"""An event that may be corrected, as a command finds it: locked, as it counts now, and who may speak about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sludgetrack.domain import commands as c
from sludgetrack.domain.correcting import (
    CORRECTABLE,
    JUDGED,
    Change,
    corrected_figures,
    figure_of,
    is_correctable,
    parties_of,
    with_correction,
)
from sludgetrack.domain.decide import figure_problems
from sludgetrack.domain.errors import (
    CorrectionImpossible,
    InvalidFigures,
    NotAllowedNow,
    NotCorrectable,
    NotFound,
    OutOfRange,
)
from sludgetrack.domain.events import Claim, Entry, EventType, Stream, StreamKind
from sludgetrack.domain.manifest import ManifestState, history_of, is_possible, replay
from sludgetrack.domain.permissions import Action, Parties, may
from sludgetrack.services import facility_corrections, rebooking
from sludgetrack.services.cases import Case, open_case
from sludgetrack.services.commands import command_of
from sludgetrack.services.context import Context
from sludgetrack.services.manifests import ENDS, owner_of
from sludgetrack.store import corrections, streams
from sludgetrack.store.booked import is_locked
from sludgetrack.store.books import Books
from sludgetrack.store.streams import StreamHead

AUTHORITY = "authority"
"""Stands for any authority of the division where an authority has to approve."""
Figures = dict[str, Any]
Changes = Sequence[Mapping[str, Any]]


@dataclass(slots=True)
class Correctable:
    """An event and all that its correction needs.

    ``present``: the event as it counts now; ``history``: of a manifest, the events that count; ``entries``: all of its
    entries. ``speaking``: the organisations whose word the event is. ``is_locked``: whether what it booked lies in a
    locked period.
    """

    stream: Stream
    head: StreamHead
    present: Entry
    parties: Parties
    speaking: frozenset[str]
    is_locked: bool
    entries: tuple[Entry, ...] = ()
    history: tuple[Entry, ...] = ()
    states: Mapping[Stream, ManifestState] = field(default_factory=dict)

    @property
    def is_of_manifest(self) -> bool:
        """Whether it is an event of a manifest; else an act on a facility."""
        return self.stream.kind is StreamKind.MANIFEST

    def changes(self, lines: Sequence[c.ChangeLine]) -> list[Figures]:
        """What differs from what stands, each figure with its old and new value. Raises NotCorrectable."""
        event, figures = self.present.claim.type, self.present.claim.figures
        found: dict[str, Change] = {}
        for line in lines:
            try:
                old = figure_of(figures, line.field)
            except LookupError:
                old = None
            if not is_correctable(event, line.field) or (old is None and "." in line.field):
                raise NotCorrectable(field="changes", name=line.field, wanted=list(CORRECTABLE.get(event, ())))
            found[line.field] = Change(line.field, old, line.new)
        return [one.document() for one in found.values() if one.old != one.new]

    def check(self, ctx: Context, changes: Changes) -> Figures:
        """Whether the corrected event could have been recorded, and what followed it.

        Returns what the record adds to it (``JUDGED``). Raises InvalidFigures and CorrectionImpossible.
        """
        judged = self._judged(ctx, changes)
        figures = corrected_figures(self.present.claim.figures, changes, judged)
        claim = Claim(**{**_said(self.present.claim), "figures": figures})
        _check_kinds(changes)
        if self.is_of_manifest:
            self._check_history(changes, judged, claim)
        return judged

    def book(self, ctx: Context, correction: Claim) -> Books:
        """Book what the correction changes, in books of its own."""
        books = Books(ctx.connection, ctx.directory)
        if self.is_of_manifest:
            facilities = {e.claim.figures[end] for e in self.entries for end in ENDS if end in e.claim.figures}
            ctx.directory.lock_facilities(sorted(facilities))
            rebooking.book_correction(books, correction, self.entries)
            return books
        ctx.directory.lock_facilities([self.stream.name])
        before = streams.corrections_of(ctx.connection, [self.present.claim.event_id])
        ids = [one.claim.event_id for one in before.get(self.present.claim.event_id, ())]
        rebooking.book_facility_correction(books, correction, self.present, ids)
        return books

    def about(self, ctx: Context, proposal: str) -> list[Entry]:
        """The entries that propose and approve a correction, as far as they are recorded."""
        return streams.about_proposal(ctx.connection, proposal)

    def authorities(self, organisations: frozenset[str]) -> frozenset[str]:
        """Those of the organisations that are no party: only an authority approves beside them."""
        return organisations - self.speaking

    def _judged(self, ctx: Context, changes: Changes) -> Figures:
        figures = self.present.claim.figures
        kept = {name: figures[name] for name in JUDGED if name in figures}
        if {change["field"] for change in changes} & _MEASURED:
            kept.pop("assumed_bp", None)
        if self.is_of_manifest:
            return kept
        after = Claim(**{**_said(self.present.claim), "figures": corrected_figures(figures, changes, kept)})
        return kept | facility_corrections.judged(ctx, self.stream.name, after)

    def _check_history(self, changes: Changes, judged: Figures, claim: Claim) -> None:
        earlier = []
        for entry in self.history:
            if entry.claim.event_id == claim.event_id:
                break
            earlier.append(entry)
        problems = tuple(figure_problems(replay(earlier), command_of(claim)))
        if problems:
            raise InvalidFigures(problems)
        figures = {"corrects": claim.event_id, "changes": changes, **judged}
        probe = Claim(**{**_said(claim), "type": EventType.CORRECTED, "figures": figures})
        if not is_possible(with_correction(self.history, probe)):
            raise CorrectionImpossible(field="changes")


_MEASURED = frozenset(("moisture_bp", "moisture_out_bp"))


def open_correctable(ctx: Context, subject: Stream, event_id: str) -> Correctable:
    """An event of a manifest or an act on a facility, locked. Raises NotFound for what somebody may not see."""
    if subject.kind is StreamKind.MANIFEST:
        return _of_manifest(ctx, subject, event_id)
    if subject.kind is StreamKind.FACILITY:
        return _of_facility(ctx, subject, event_id)
    raise NotFound(field="corrects", kind="event", name=event_id)


def _of_manifest(ctx: Context, subject: Stream, event_id: str) -> Correctable:
    case = open_case(ctx, subject.name)
    if case.state.disputed:
        raise NotAllowedNow(status="disputed", event=str(EventType.CORRECTED), allowed=[str(EventType.RESOLVED)])
    history = history_of(case.entries)
    present = next((entry for entry in history if entry.claim.event_id == event_id), None)
    if present is None or present.claim.type not in CORRECTABLE:
        raise NotFound(field="corrects", kind="event", name=event_id)
    p = case.parties
    speaking = parties_of(present.claim.type, giver=p.giver, hauler=p.hauler, destination=_taker(ctx, case, present))
    return Correctable(
        case.stream,
        case.head,
        present,
        p,
        speaking,
        is_locked(ctx.connection, event_id),
        case.entries,
        history,
        {case.stream: case.state},
    )


def _taker(ctx: Context, case: Case, present: Entry) -> str:
    """Who runs the destination that an event was claimed at: the manifest may have been sent on since."""
    for receipt in case.state.receipts:
        if receipt.event_id == present.claim.event_id:
            site = ctx.directory.facility(receipt.facility)
            return ctx.directory.organisation(site.organisation_id).code
    return str(case.parties.destination)


def _of_facility(ctx: Context, subject: Stream, event_id: str) -> Correctable:
    facility = ctx.directory.facility(subject.name)
    parties = owner_of(ctx, facility)
    if not may(ctx.actor, Action.READ, parties):
        raise NotFound(kind="facility", name=subject.name)
    head = streams.lock(ctx.connection, [subject])[subject]
    found = corrections.revision(ctx.connection, event_id)
    if found is None or found.first.stream != subject or found.present.claim.type not in CORRECTABLE:
        raise NotFound(field="corrects", kind="event", name=event_id)
    speaking = frozenset((parties.giver,))
    return Correctable(subject, head, found.present, parties, speaking, is_locked(ctx.connection, event_id))


def _said(claim: Claim) -> dict[str, Any]:
    names = ("event_id", "type", "subject", "occurred_at", "actor", "organisation", "based_on", "version")
    return {name: getattr(claim, name) for name in names}


def _check_kinds(changes: Changes) -> None:
    """A mass, a moisture or a day cannot be corrected to nothing."""
    problems = [
        OutOfRange(field="changes", value="—", wanted=change["field"])
        for change in changes
        if change["new"] is None and change["old"] is not None and not isinstance(change["old"], (str, bool))
    ]
    if problems:
        raise InvalidFigures(tuple(problems))
