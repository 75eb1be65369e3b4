"""Handing over, as the offering side sees it: its code on the screen, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sludgetrack.domain.errors import NotAllowedNow, NotFound
from sludgetrack.domain.events import EventType
from sludgetrack.domain.manifest import ALLOWED, allowed_events
from sludgetrack.domain.permissions import BY_EVENT
from sludgetrack.services import handoffs
from sludgetrack.services.cases import Case, open_case, require_permission
from sludgetrack.services.context import Context
from sludgetrack.services.handoffs import WRONG_TRIES, Shown
from sludgetrack.store import offers
from sludgetrack.store.offers import Offer, OfferState


class ScreenState(StrEnum):
    """What the screen of an offer says."""

    WAITING = "waiting"
    EXPIRED = "expired"
    DECLINED = "declined"
    DEAD = "dead"
    REPLACED = "replaced"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class OfferScreen:
    """An offer of the actor's own organisation. ``shown`` holds its code only as long as it may be used.

    ``newer`` is the id of the manifest's newest offer where this one was replaced.
    """

    case: Case
    offer: Offer
    state: ScreenState
    shown: Shown | None
    newer: str | None


def case_for(ctx: Context, number: str, event: EventType) -> Case:
    """The manifest somebody wants to do this to. Raises NotFound, NotPermitted and, for its state, NotAllowedNow."""
    case = open_case(ctx, number, lock=False)
    require_permission(ctx, BY_EVENT[event], case)
    if case.state.status not in ALLOWED[event]:
        allowed = [str(e) for e in allowed_events(case.state)]
        raise NotAllowedNow(status=str(case.state.status), event=str(event), allowed=allowed)
    return case


def offer_screen(ctx: Context, key: str, number: str, offer_id: str) -> OfferScreen:
    """An offer and what became of it. Its code is for those who offer: for everybody else there is no such offer."""
    case = open_case(ctx, number, lock=False)
    offer = offers.by_id(ctx.connection, offer_id)
    if offer is None or offer.manifest_id != case.head.id or offer.organisation != ctx.actor.organisation:
        raise NotFound(kind="offer", name="")
    state = _state(ctx, case, offer)
    newest = offers.newest_of(ctx.connection, case.head.id)
    return OfferScreen(
        case=case,
        offer=offer,
        state=state,
        shown=handoffs.show(offer, key) if state is ScreenState.WAITING else None,
        newer=newest.id if newest and newest.id != offer.id else None,
    )


def _state(ctx: Context, case: Case, offer: Offer) -> ScreenState:
    recorded = {entry.claim.event_id for entry in case.entries}
    if offer.state is OfferState.CONFIRMED or offer.id in recorded:
        return ScreenState.DONE
    if offer.state is not OfferState.OPEN:
        return ScreenState(str(offer.state))
    if offer.wrong_tries >= WRONG_TRIES:
        return ScreenState.DEAD
    return ScreenState.EXPIRED if ctx.now >= offer.expires_at else ScreenState.WAITING
