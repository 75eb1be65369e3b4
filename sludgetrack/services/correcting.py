"""更正: a wrong figure of an event is corrected by a proposal that every other party of it approves.

Until then nothing changes; refused and withdrawn proposals stay visible. When it takes effect the event's bookings are
taken back and made anew with the corrected figures, on their legal day or, where that is locked, on the first open one;
then the authority has to approve as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from uuid_utils import uuid7

from sludgetrack.domain import commands as c
from sludgetrack.domain.correcting import Outcome, Proposal, answered, proposal_of
from sludgetrack.domain.decide import Decision
from sludgetrack.domain.errors import CorrectionOpen, CorrectionOver, NotAParty, NotFound, NothingChanges, StaleState
from sludgetrack.domain.events import Claim, Confirmation, Entry, EventType, Method, Stream
from sludgetrack.domain.identity import Actor
from sludgetrack.domain.permissions import BY_EVENT, require
from sludgetrack.services.cases import fingerprint
from sludgetrack.services.context import Context
from sludgetrack.services.correctable import AUTHORITY, Correctable, open_correctable
from sludgetrack.services.manifests import make_claim, own_word
from sludgetrack.store import corrections, people
from sludgetrack.store.append import Appending, Draft, Receipt, append, find

__all__ = ["AUTHORITY", "Preview", "Waiting", "answer", "preview", "propose", "waits_for"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who has to answer a proposal before it takes effect: organisations by code, and whether an authority."""

    organisations: frozenset[str]
    authority: bool

    @property
    def nobody(self) -> bool:
        """Whether it takes effect now."""
        return not self.organisations and not self.authority


@dataclass(frozen=True, slots=True)
class Preview:
    """What a proposal would do: the event as it counts now, the changed figures, who would be asked.

    ``locked``: what the event booked lies in a locked period, so that the difference counts on the first open day.
    """

    present: Entry
    changes: tuple[dict[str, Any], ...]
    waiting: Waiting
    locked: bool


def propose(ctx: Context, subject: Stream, command: c.ProposeCorrection) -> Receipt:
    """提出更正. What needs nobody's approval takes effect at once; otherwise it waits for the other parties.

    Raises NotFound, NotPermitted, NotAParty, NotCorrectable, NothingChanges, CorrectionOpen, CorrectionImpossible, and
    InvalidFigures naming every figure that would be wrong.
    """
    found = open_correctable(ctx, subject, command.corrects)
    print_ = fingerprint(ctx.actor, str(subject), command)
    replay = find(ctx.connection, command.event_id, print_)
    if replay:
        return replay
    changes = _wanted(ctx, found, command)
    figures = {
        "corrects": command.corrects,
        "of": str(found.present.claim.type),
        "changes": changes,
        "reason": command.reason,
        "approvers": sorted(found.speaking - {ctx.actor.organisation}),
        "party_name": _party(ctx, ctx.actor.organisation),
        **({"remark": command.remark} if command.remark else {}),
    }
    claim = _claim(ctx, subject, command, figures)
    proposal = proposal_of(claim)
    return _append(ctx, found, claim, proposal, print_)


def preview(ctx: Context, subject: Stream, command: c.ProposeCorrection) -> Preview:
    """What a proposal would change and who would be asked; nothing is recorded. Raises as ``propose``."""
    found = open_correctable(ctx, subject, command.corrects)
    changes = _wanted(ctx, found, command)
    others = found.speaking - {ctx.actor.organisation}
    return Preview(found.present, tuple(changes), Waiting(others, found.is_locked), found.is_locked)


def _wanted(ctx: Context, found: Correctable, command: c.ProposeCorrection) -> list[dict[str, Any]]:
    """The changes of a proposal that this person may make now, and that are possible."""
    _require_current(found, command)
    require(ctx.actor, BY_EVENT[command.event], found.parties)
    if ctx.actor.organisation not in found.speaking:
        raise NotAParty(parties=sorted(found.speaking))
    waiting = corrections.open_proposal(ctx.connection, command.corrects)
    if waiting:
        raise CorrectionOpen(field="corrects", proposal=waiting)
    changes = found.changes(command.changes)
    if not changes:
        raise NothingChanges(field="changes")
    found.check(ctx, changes)
    return changes


def answer(
    ctx: Context, subject: Stream, command: c.ApproveCorrection | c.RefuseCorrection | c.WithdrawCorrection
) -> Receipt:
    """同意、拒绝或撤回更正. The last approval makes it take effect.

    Raises NotFound for a proposal there is none of, CorrectionOver where it has been answered, NotPermitted and
    NotAParty for whoever is not asked, and CorrectionImpossible where it can no longer take effect.
    """
    proposal = _proposal(ctx, command.proposal)
    found = open_correctable(ctx, subject, proposal.corrects)
    print_ = fingerprint(ctx.actor, str(subject), command)
    replay = find(ctx.connection, command.event_id, print_)
    if replay:
        return replay
    _require_current(found, command)
    proposal = _proposal(ctx, command.proposal)
    if proposal.outcome is not Outcome.OPEN:
        raise CorrectionOver(field="proposal", outcome=str(_ENDED_BY[proposal.outcome]))
    require(ctx.actor, BY_EVENT[command.event], found.parties)
    _require_asked(ctx.actor, found, proposal, command.event)
    figures = {**command.figures(), "party_name": _party(ctx, ctx.actor.organisation)}
    return _append(ctx, found, _claim(ctx, subject, command, figures), proposal, print_)


_ENDED_BY = {
    Outcome.IN_EFFECT: EventType.CORRECTED,
    Outcome.REFUSED: EventType.CORRECTION_REFUSED,
    Outcome.WITHDRAWN: EventType.CORRECTION_WITHDRAWN,
}


def waits_for(found: Correctable, proposal: Proposal) -> Waiting:
    """Who has not yet answered a proposal. An authority is asked once what it changes lies in a locked period."""
    if proposal.outcome is not Outcome.OPEN:
        return Waiting(frozenset(), authority=False)
    approved = frozenset(proposal.approved)
    return Waiting(proposal.waits_for(), found.is_locked and not approved & found.authorities(approved))


def _append(ctx: Context, found: Correctable, claim: Claim, proposal: Proposal, print_: bytes) -> Receipt:
    """Record what was said and, where nobody else is asked any more, the correction itself."""
    personal = people.card(ctx.connection, ctx.actor.person)
    drafts = [Draft(claim, (own_word(ctx),), (), personal, print_)]
    books = None
    after = _after(claim, proposal)
    if claim.type in _SUPPORTING and waits_for(found, after).nobody:
        effect = _effect(ctx, found, after)
        books = found.book(ctx, effect)
        drafts.append(Draft(effect, _words(ctx, found, after, claim), (), personal))
    work = Appending(drafts, {found.stream: found.head}, dict(found.states), books)
    return append(ctx.connection, ctx.directory, work, ctx.now)[0]


_SUPPORTING = frozenset((EventType.CORRECTION_PROPOSED, EventType.CORRECTION_APPROVED))
"""What can make a correction take effect."""


def _after(claim: Claim, proposal: Proposal) -> Proposal:
    return proposal if claim.type is EventType.CORRECTION_PROPOSED else answered(proposal, claim)


def _effect(ctx: Context, found: Correctable, proposal: Proposal) -> Claim:
    """The correction itself, said by the record once everybody has agreed, in the proposer's name."""
    figures = {
        "proposal": proposal.id,
        "corrects": proposal.corrects,
        "of": str(proposal.of),
        "changes": [dict(change) for change in proposal.changes],
        "reason": proposal.reason,
        "party_name": _party(ctx, proposal.organisation),
        **found.check(ctx, proposal.changes),
    }
    return Claim(
        str(uuid7()), EventType.CORRECTED, found.stream, ctx.now, ctx.actor.person, proposal.organisation, figures
    )


def _words(ctx: Context, found: Correctable, proposal: Proposal, last: Claim) -> tuple[Confirmation, ...]:
    """The word of whoever proposed and of everybody who approved, each as they gave it."""
    said = [
        Confirmation(entry.claim.organisation, entry.claim.actor, Method.TYPED, entry.recorded_at)
        for entry in found.about(ctx, proposal.id)
    ]
    return (*said, Confirmation(last.organisation, last.actor, Method.TYPED, ctx.now))


def _require_asked(actor: Actor, found: Correctable, proposal: Proposal, event: EventType) -> None:
    """Only who proposed may withdraw, only who is asked may approve or refuse. Raises NotAParty."""
    if event is EventType.CORRECTION_WITHDRAWN:
        if actor.organisation != proposal.organisation:
            raise NotAParty(parties=[proposal.organisation])
        return
    waiting = waits_for(found, proposal)
    asked = actor.organisation in waiting.organisations or (actor.is_authority and waiting.authority)
    if not asked:
        raise NotAParty(parties=[*sorted(waiting.organisations), *([AUTHORITY] if waiting.authority else [])])


def _proposal(ctx: Context, proposal_id: str) -> Proposal:
    found = corrections.find_proposal(ctx.connection, proposal_id)
    if found is None:
        raise NotFound(field="proposal", kind="correction", name=proposal_id)
    return found


def _party(ctx: Context, code: str) -> str:
    """How an organisation is called at the moment: what is printed of it later."""
    return ctx.directory.organisation_by_code(code).name


def _claim(ctx: Context, subject: Stream, command: c.Command, figures: Any) -> Claim:
    return make_claim(ctx, command, subject, Decision(command.occurred_at or ctx.now, ()), figures)


def _require_current(found: Correctable, command: c.Command) -> None:
    head = found.head.hash.hex()
    if command.based_on is not None and command.based_on != head:
        raise StaleState(field="based_on", based_on=command.based_on, head=head)
