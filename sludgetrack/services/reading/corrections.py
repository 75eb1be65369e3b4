"""Corrections as people see them: what should change, who said what to it, who is waited for, and what it moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sludgetrack.domain.correcting import ASIDE, CORRECTABLE, Outcome, Proposal, answered, proposal_of
from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.events import Entry, EventType, Stream, StreamKind
from sludgetrack.domain.permissions import Action, Parties, may
from sludgetrack.services.cases import open_case
from sludgetrack.services.context import Context
from sludgetrack.services.manifests import owner_of
from sludgetrack.store import correction_reading as store
from sludgetrack.store import corrections, personal, streams
from sludgetrack.store.correction_reading import Moved, Named


@dataclass(frozen=True, slots=True)
class Said:
    """One party's word about a correction: proposed, approved, refused or withdrawn; ``reason`` where one is given."""

    event: EventType
    event_id: str
    party: str
    party_name: str
    person: str | None
    at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionSeen:
    """A proposed correction and what became of it.

    ``event``: the corrected one as it was first said. ``waits_for``: names of organisations that have not answered, by
    code; ``waits_for_authority``: after a period lock. ``effect``: the event by which it took effect. ``seq``: the
    corrected event's in its history. ``closed_through``: where what the event booked lies in a locked
    period, the last day of it.
    """

    id: str
    stream: Stream
    head: str
    corrects: str
    of: EventType
    event: Entry
    changes: tuple[Mapping[str, Any], ...]
    reason: str
    outcome: Outcome
    said: tuple[Said, ...]
    waits_for: Mapping[str, str]
    waits_for_authority: bool
    closed_through: date | None
    effect: str | None
    moved: tuple[Moved, ...]
    may_answer: bool
    may_withdraw: bool

    @property
    def proposed(self) -> Said:
        """The proposer's word."""
        return self.said[0]


@dataclass(frozen=True, slots=True)
class ForDesk:
    """Corrections on somebody's desk: those to answer, and one's own that wait for others."""

    to_answer: tuple[CorrectionSeen, ...]
    own: tuple[CorrectionSeen, ...]


def corrections_of(ctx: Context, subject: Stream) -> list[CorrectionSeen]:
    """Every correction proposed in a history, the oldest first. Raises NotFound where it may not be read."""
    parties = readable(ctx, subject)
    head = streams.peek(ctx.connection, [subject])[subject]
    return _seen(ctx, store.of_stream(ctx.connection, head.id), {subject: parties})


def correction(ctx: Context, subject: Stream, proposal: str) -> CorrectionSeen:
    """One correction of a history. Unknown, of another history and foreign ones alike raise NotFound."""
    found = store.one(ctx.connection, proposal)
    if found is None or found.stream != subject:
        readable(ctx, subject)
        raise NotFound(kind="correction", name=proposal)
    return _seen(ctx, [found], {subject: readable(ctx, subject)})[0]


def correction_by_id(ctx: Context, proposal: str) -> CorrectionSeen:
    """One correction by its id alone. Raises NotFound, also for whoever may not read its history."""
    found = store.one(ctx.connection, proposal)
    if found is None:
        raise NotFound(kind="correction", name=proposal)
    try:
        return correction(ctx, found.stream, proposal)
    except NotFound:
        raise NotFound(kind="correction", name=proposal) from None


def subject_of(ctx: Context, proposal: str) -> Stream:
    """The history a proposal is about. Raises NotFound, also for whoever may not read that."""
    return correction_by_id(ctx, proposal).stream


def for_desk(ctx: Context) -> ForDesk:
    """What waits for this person's answer, and what their organisation waits for."""
    found = []
    for named in store.waiting(ctx.connection, ctx.actor):
        try:
            found.append(correction(ctx, named.stream, named.id))
        except NotFound:  # asked once, but not to be read any more
            continue
    own = (one for one in found if one.proposed.party == ctx.actor.organisation)
    return ForDesk(tuple(one for one in found if one.may_answer), tuple(own))


def readable(ctx: Context, subject: Stream) -> Parties:
    """The parties of a history that this person may read. Raises NotANumber and NotFound."""
    if subject.kind is StreamKind.MANIFEST:
        return open_case(ctx, subject.name, lock=False).parties
    facility = ctx.directory.facility(subject.name)
    parties = owner_of(ctx, facility)
    if not may(ctx.actor, Action.READ, parties):
        raise NotFound(kind="facility", name=subject.name)
    return parties


@dataclass(frozen=True, slots=True)
class Target:
    """An event that somebody wants corrected: as it counts now, and the last closed day of what it booked, if any."""

    stream: Stream
    present: Entry
    head: str
    closed_through: date | None
    may_propose: bool


def target(ctx: Context, event_id: str) -> Target:
    """An event that may be corrected, for whoever may read its history. Raises NotFound, for foreign ones alike."""
    found = corrections.revision(ctx.connection, event_id)
    if found is None or found.present.claim.type not in CORRECTABLE:
        raise NotFound(kind="event", name=event_id)
    subject = found.first.stream
    try:
        parties = readable(ctx, subject)
    except NotFound:
        raise NotFound(kind="event", name=event_id) from None
    head = streams.peek(ctx.connection, [subject])[subject].hash.hex()
    closed = store.closed_through(ctx.connection, event_id)
    return Target(subject, found.present, head, closed, may(ctx.actor, Action.PROPOSE_CORRECTION, parties))


def _seen(ctx: Context, named: Sequence[Named], parties: Mapping[Stream, Parties]) -> list[CorrectionSeen]:
    ids = [one.id for one in named]
    about = _about(ctx, named)
    cards = personal.beside(ctx.connection, [e.claim.event_id for said in about.values() for e in said])
    events = streams.several(ctx.connection, [one.corrects for one in named])
    effects = store.effects(ctx.connection, ids)
    heads = streams.peek(ctx.connection, list(parties))
    return [
        _one(
            ctx,
            (events[one.corrects], about[one.id], effects.get(one.id)),
            parties[one.stream],
            cards,
            heads[one.stream].hash.hex(),
        )
        for one in named
    ]


def _about(ctx: Context, named: Sequence[Named]) -> dict[str, list[Entry]]:
    """The entries about each proposal, its own first."""
    heads = streams.peek(ctx.connection, list({one.stream for one in named}))
    found: dict[str, list[Entry]] = {one.id: [] for one in named}
    for entry in streams.about_corrections(ctx.connection, [head.id for head in heads.values()], list(found)):
        found[entry.claim.figures.get("proposal", entry.claim.event_id)].append(entry)
    return found


def _one(
    ctx: Context,
    record: tuple[Entry, Sequence[Entry], str | None],
    parties: Parties,
    cards: Mapping[str, Mapping[str, Any]],
    head: str,
) -> CorrectionSeen:
    event, entries, effect = record
    proposal = _folded(entries)
    closed = store.closed_through(ctx.connection, proposal.corrects)
    is_open = proposal.outcome is Outcome.OPEN
    speaking = proposal.approvers | {proposal.organisation}
    authority = is_open and closed is not None and not frozenset(proposal.approved) - speaking
    waits_for = {code: ctx.directory.organisation_by_code(code).name for code in sorted(proposal.waits_for())}
    asked = ctx.actor.organisation in waits_for or (authority and ctx.actor.is_authority)
    return CorrectionSeen(
        id=proposal.id,
        stream=event.stream,
        head=head,
        corrects=proposal.corrects,
        of=proposal.of,
        event=event,
        changes=proposal.changes,
        reason=proposal.reason,
        outcome=proposal.outcome,
        said=tuple(_said(entry, cards) for entry in entries if entry.claim.type in ASIDE),
        waits_for=waits_for,
        waits_for_authority=authority,
        closed_through=closed,
        effect=effect,
        moved=tuple(store.moved(ctx.connection, effect)) if effect else (),
        may_answer=asked and may(ctx.actor, Action.DECIDE_CORRECTION, parties),
        may_withdraw=is_open
        and ctx.actor.organisation == proposal.organisation
        and may(ctx.actor, Action.PROPOSE_CORRECTION, parties),
    )


def _folded(entries: Sequence[Entry]) -> Proposal:
    proposal = proposal_of(entries[0].claim)
    for entry in entries[1:]:
        proposal = answered(proposal, entry.claim)
    return proposal


def _said(entry: Entry, cards: Mapping[str, Mapping[str, Any]]) -> Said:
    claim = entry.claim
    name = claim.figures.get("party_name", claim.organisation)
    person = cards.get(claim.event_id, {}).get("name")
    reason = claim.figures.get("reason")
    return Said(claim.type, claim.event_id, claim.organisation, name, person, entry.recorded_at, reason)
