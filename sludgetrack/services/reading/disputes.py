"""A dispute as its parties and the authority see it: contradicting claims, and what follows from each choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sludgetrack.domain.errors import NoDispute
from sludgetrack.domain.events import Entry, EventType, Mark
from sludgetrack.domain.manifest import ManifestState, Status, decided, replay
from sludgetrack.domain.permissions import Action, may
from sludgetrack.services.cases import Case, open_case
from sludgetrack.services.context import Context
from sludgetrack.store import organisation_reading, people, personal
from sludgetrack.store.offers import Offer


@dataclass(frozen=True, slots=True)
class ClaimSeen:
    """One claim: what, by whom, when it happened and when it reached the record, with which figures."""

    event_id: str
    event: EventType
    party: str
    person: str | None
    occurred_at: datetime
    recorded_at: datetime
    marks: tuple[Mark, ...]
    figures: dict[str, Any]
    confirmed_by: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be decided: ``stands`` is the id to send, ``sets_aside`` what no longer counts then."""

    stands: str
    is_history: bool
    claims: tuple[ClaimSeen, ...]
    status: Status
    held_kg: int
    accepted_kg: int
    sets_aside: tuple[ClaimSeen, ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    """A disputed manifest. The first choice leaves the history as it is. ``may_settle``: propose one of the choices."""

    case: Case
    choices: tuple[Choice, ...]
    may_settle: bool

    def choice(self, stands: str) -> Choice:
        """What follows where this claim stands; any event of the history stands for all of it."""
        return next((one for one in self.choices if one.stands == stands), self.choices[0])


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a party proposes about a dispute: the choice, why, and who says so."""

    dispute: Dispute
    choice: Choice
    reason: str
    party: str
    person: str | None


def dispute(ctx: Context, number: str) -> Dispute:
    """The dispute over a manifest, for whoever may read it. Raises NotANumber, NotFound, and NoDispute without one."""
    case = open_case(ctx, number, lock=False)
    if not case.state.disputed:
        raise NoDispute
    seen = _seen(ctx, case.entries)
    history = _choice(case, case.state.effective[-1], seen, is_history=True)
    others = [_choice(case, event_id, seen, is_history=False) for event_id in case.state.disputes]
    return Dispute(case, (history, *others), may(ctx.actor, Action.SETTLE, case.parties))


def proposal(ctx: Context, offer: Offer) -> Proposal:
    """A settlement that was offered, as it is read. Raises NotFound and NoDispute."""
    seen = dispute(ctx, offer.number)
    card = people.cards(ctx.connection, [offer.made_by]).get(offer.made_by, {})
    return Proposal(
        dispute=seen,
        choice=seen.choice(offer.command["stands"]),
        reason=offer.command["reason"],
        party=ctx.directory.organisation_by_code(offer.organisation).name,
        person=card.get("name"),
    )


def _choice(case: Case, stands: str, seen: dict[str, ClaimSeen], *, is_history: bool) -> Choice:
    after = _decided(case, stands)
    lost = [event_id for event_id in (*case.state.effective, *case.state.disputes) if event_id not in after.effective]
    shown = _disputed_part(case, seen) if is_history else (seen[stands],)
    return Choice(
        stands=stands,
        is_history=is_history,
        claims=shown,
        status=after.status,
        held_kg=after.held_kg,
        accepted_kg=after.accepted_kg,
        sets_aside=tuple(seen[event_id] for event_id in lost),
    )


def _decided(case: Case, stands: str) -> ManifestState:
    """The state once this claim stands."""
    return replay(decided(case.entries, stands))


def _disputed_part(case: Case, seen: dict[str, ClaimSeen]) -> tuple[ClaimSeen, ...]:
    """The events of the history that some contradicting claim would set aside; at least the last one."""
    kept = [set(_decided(case, claim).effective) for claim in case.state.disputes]
    part = [e for e in case.state.effective if any(e not in effective for effective in kept)]
    return tuple(seen[event_id] for event_id in part or case.state.effective[-1:])


def _seen(ctx: Context, entries: tuple[Entry, ...]) -> dict[str, ClaimSeen]:
    cards = personal.beside(ctx.connection, [entry.claim.event_id for entry in entries])
    names = organisation_reading.names_of(ctx.connection, {entry.claim.organisation for entry in entries})
    return {
        entry.claim.event_id: ClaimSeen(
            event_id=entry.claim.event_id,
            event=entry.claim.type,
            party=names.get(entry.claim.organisation, entry.claim.organisation),
            person=cards.get(entry.claim.event_id, {}).get("name"),
            occurred_at=entry.claim.occurred_at,
            recorded_at=entry.recorded_at,
            marks=entry.marks,
            figures=dict(entry.claim.figures),
            confirmed_by=len(entry.confirmations),
        )
        for entry in entries
    }
