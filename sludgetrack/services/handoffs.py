"""Handoffs by two parties: one offers figures with a one-time code, the other sees exactly those and confirms.

An offer is not an event. Its code and its token follow from the offer's id and the installation's key, so neither is
stored; both are bound to the figures, since changed figures make a new offer.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sludgetrack.domain import commands as c
from sludgetrack.domain.chain import canonical_bytes
from sludgetrack.domain.errors import (
    IdempotencyConflict,
    MissingField,
    NoDispute,
    NotFound,
    NotPermitted,
    OfferDead,
    OfferExpired,
    OfferUsed,
    OwnOffer,
    WrongCode,
)
from sludgetrack.domain.events import Confirmation, EventType, Method
from sludgetrack.domain.identity import Actor
from sludgetrack.domain.permissions import BY_EVENT, Action, Parties, require
from sludgetrack.services.cases import Case, fingerprint, open_case, require_current
from sludgetrack.services.commands import load_command, store_command
from sludgetrack.services.context import Context
from sludgetrack.services.manifests import Witness, own_word, prepare, record
from sludgetrack.store import offers, people
from sludgetrack.store.append import Receipt, find, receipt_of
from sludgetrack.store.offers import Offer, OfferState

LIFETIME = timedelta(minutes=5)
WRONG_TRIES = 5
CODE_DIGITS = 6

HANDOFFS: Mapping[EventType, Action] = {
    EventType.LOADED: Action.RELEASE,
    EventType.TRANSFERRED: Action.TRANSFER,
    EventType.RECEIVED: Action.RECEIVE,
    EventType.RETURNED: Action.TAKE_BACK,
    EventType.RESOLVED: Action.SETTLE,
}
"""The events a second party confirms, and who may offer them. A driver confirms each handoff.

``resolved`` is the parties' own settlement: somebody of another party agrees to it. The authority decides alone.
"""

AGREED = "agreed_"
"""Before the keys of the card of whoever agreed to a settlement; a confirming driver's begin with ``driver_``."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the giver's screen shows: the code as six digits, and the token its QR address ends in."""

    offer: Offer
    code: str
    token: str


def make_offer(ctx: Context, key: str, number: str, command: c.Command) -> Shown:
    """Offer figures for the second party to confirm. Everything is decided now, so that a wrong figure shows at once.

    A settlement is bound to the claims there are now: one more makes it stale. An open offer of the same manifest ends:
    changed figures need a new code. The same request again gives the same offer; other figures under the same event id
    raise IdempotencyConflict.
    """
    case = open_case(ctx, number)
    require(ctx.actor, _offering(command.event), case.parties)
    again = offers.by_event(ctx.connection, command.event_id)
    figures_hash = fingerprint(ctx.actor, case.stream.name, command)
    if again is not None and again.figures_hash == figures_hash:
        return show(again, key)
    if again is not None:
        raise IdempotencyConflict(field="event_id", event_id=command.event_id)
    find(ctx.connection, command.event_id, figures_hash)
    prepare(ctx, case, command)
    offers.replace_open(ctx.connection, case.head.id, ctx.now)
    offer = Offer(
        id=command.event_id,
        manifest_id=case.head.id,
        number=case.stream.name,
        event=command.event,
        command=store_command(_bound(case, command)),
        figures_hash=figures_hash,
        organisation=ctx.actor.organisation,
        made_by=ctx.actor.person,
        made_at=ctx.now,
        expires_at=ctx.now + LIFETIME,
        wrong_tries=0,
        state=OfferState.OPEN,
    )
    offers.add(ctx.connection, offer, ctx.directory.organisation_by_code(ctx.actor.organisation).id)
    return show(offer, key)


def show(offer: Offer, key: str) -> Shown:
    """The code and token of an offer."""
    return Shown(offer, _code(offer, key), _token(offer, key))


def open_by_token(ctx: Context, key: str, token: str) -> Offer:
    """The offer a scanned address names. Raises NotFound for a token nobody made."""
    found = offers.by_id(ctx.connection, token.partition("-")[0].lower())
    if found is None or not hmac.compare_digest(_token(found, key), token.upper()):
        raise NotFound(kind="offer", name="")
    return found


def look(ctx: Context, key: str, offer_id: str, secret: str) -> Offer:
    """An open offer's figures, to be read before confirming, for whoever may and knows its code or token.

    Raises WrongCode (to be counted by the caller), OfferExpired, OfferDead, OfferUsed, NotPermitted, OwnOffer, and for
    a settlement NoDispute and StaleState. Writes nothing.
    """
    seen = _seen(ctx, offer_id)
    case = open_case(ctx, seen.number, lock=False)
    require_second_party(ctx.actor, seen, case.parties)
    _require_open(seen, ctx.now)
    if _method(seen, key, secret) is None:
        raise _wrong(seen)
    _require_same_dispute(seen, case)
    return seen


def confirm(ctx: Context, key: str, offer_id: str, secret: str) -> Receipt:
    """The second party's word to an offer: ``secret`` is the six digits typed, or the token scanned.

    The same person asking again gets the same receipt; everybody else then gets OfferUsed. Raises WrongCode (counted),
    OfferExpired, OfferDead, OfferUsed, NotPermitted, OwnOffer, and what ``decide`` raises if the state has moved on.
    """
    case, offer = _open_offer(ctx, offer_id)
    method = _method(offer, key, secret)
    if offer.state is OfferState.CONFIRMED and offer.decided_by == ctx.actor.person and method:
        return receipt_of(ctx.connection, offer.id)
    _require_open(offer, ctx.now)
    if method is None:
        raise _wrong(offer)
    _require_same_dispute(offer, case)
    return _record(ctx, case, offer, Confirmation(ctx.actor.organisation, ctx.actor.person, method, ctx.now))


def confirm_or_count(ctx: Context, key: str, offer_id: str, secret: str) -> Receipt | WrongCode:
    """As ``confirm``, but a wrong code is counted and returned, for the caller to raise once this unit is committed.

    Counting under the offer's lock leaves no moment in which many guesses at once would each be the first.
    """
    try:
        return confirm(ctx, key, offer_id, secret)
    except WrongCode as refusal:
        offers.count_wrong_try(ctx.connection, offer_id, WRONG_TRIES)
        return refusal


def count_wrong_try(ctx: Context, offer_id: str) -> None:
    """Count a wrong code, in a unit of work of its own, since the refused one is rolled back."""
    offers.count_wrong_try(ctx.connection, offer_id, WRONG_TRIES)


def decline(ctx: Context, offer_id: str, reason: str) -> None:
    """The second party does not agree with the figures. Who offered them sees why and makes a new offer."""
    _, offer = _open_offer(ctx, offer_id)
    _require_open(offer, ctx.now)
    offers.decide(ctx.connection, offer_id, OfferState.DECLINED, by=ctx.actor.person, at=ctx.now, reason=reason)


def record_unconfirmed(ctx: Context, number: str, command: c.Command, reason: str) -> Receipt:
    """A handoff nobody could confirm (no phone, no signal, a dead battery): grade none, with the reason."""
    if command.event is EventType.RESOLVED:
        raise NotPermitted(action=str(Action.RESOLVE))
    if not reason.strip():
        raise MissingField(field="unconfirmed_reason", event=str(command.event))
    case = open_case(ctx, number)
    print_ = fingerprint(ctx.actor, case.stream.name, command, unconfirmed=reason)
    replay = find(ctx.connection, command.event_id, print_)
    if replay:
        return replay
    require(ctx.actor, _offering(command.event), case.parties)
    prepared = prepare(ctx, case, command)
    offers.replace_open(ctx.connection, case.head.id, ctx.now)
    absent = Confirmation(case.parties.hauler, None, Method.NONE, ctx.now, reason)
    words = (own_word(ctx), absent)
    return record(ctx, case, prepared, Witness(words, people.card(ctx.connection, ctx.actor.person), print_))


def _open_offer(ctx: Context, offer_id: str) -> tuple[Case, Offer]:
    """The manifest and then its offer, locked in this order by everybody, for somebody who may confirm."""
    seen = _seen(ctx, offer_id)
    case = open_case(ctx, seen.number)
    require_second_party(ctx.actor, seen, case.parties)
    return case, offers.lock(ctx.connection, seen.id)


def require_second_party(actor: Actor, offer: Offer, parties: Parties) -> None:
    """Raises NotPermitted for whoever may not confirm this offer: a driver may, or to a settlement another party.

    Raises OwnOffer where their own organisation proposes the settlement.
    """
    if offer.event is not EventType.RESOLVED:
        require(actor, Action.CONFIRM, parties)
        return
    require(actor, Action.AGREE, parties)
    if actor.organisation == offer.organisation:
        raise OwnOffer


def may_confirm(actor: Actor, offer: Offer, parties: Parties) -> bool:
    """Whether the actor is the second party that an offer waits for."""
    try:
        require_second_party(actor, offer, parties)
    except (NotPermitted, OwnOffer):
        return False
    return offer.event is not EventType.TRANSFERRED or offer.made_by != actor.person


def _bound(case: Case, command: c.Command) -> c.Command:
    """A settlement as one of the claims there are now; other figures as they were sent."""
    if command.event is not EventType.RESOLVED:
        return command
    return replace(command, based_on=case.head.hash.hex())


def _require_same_dispute(offer: Offer, case: Case) -> None:
    """A settlement is of the claims that were known when it was proposed. Raises NoDispute and StaleState."""
    if offer.event is not EventType.RESOLVED:
        return
    if not case.state.disputed:
        raise NoDispute
    require_current(case, load_command(offer.event, offer.command))


def _seen(ctx: Context, offer_id: str) -> Offer:
    seen = offers.by_id(ctx.connection, offer_id)
    if seen is None:
        raise NotFound(kind="offer", name="")
    return seen


def _wrong(offer: Offer) -> WrongCode:
    return WrongCode(field="code", tries_left=max(0, WRONG_TRIES - offer.wrong_tries - 1))


def _record(ctx: Context, case: Case, offer: Offer, second: Confirmation) -> Receipt:
    if offer.event is EventType.TRANSFERRED and offer.made_by == ctx.actor.person:
        raise NotPermitted(action=str(Action.CONFIRM))
    spoken = _speaking_for(ctx, offer)
    prepared = prepare(spoken, case, load_command(offer.event, offer.command))
    if offer.event is EventType.RESOLVED:
        agreeing = ctx.directory.organisation_by_code(ctx.actor.organisation).name
        prepared = replace(prepared, figures={**prepared.figures, "agreeing_name": agreeing})
    first = Confirmation(offer.organisation, offer.made_by, Method.TYPED, offer.made_at)
    witness = Witness((first, second), _cards(ctx, offer), offer.figures_hash)
    receipt = record(spoken, case, prepared, witness)
    offers.decide(ctx.connection, offer.id, OfferState.CONFIRMED, by=ctx.actor.person, at=ctx.now)
    return receipt


def _speaking_for(ctx: Context, offer: Offer) -> Context:
    """The claim is the offering party's word, though it is the second party's request that records it."""
    actor = replace(ctx.actor, person=offer.made_by, organisation=offer.organisation)
    spoken = Context(ctx.connection, actor, ctx.now)
    spoken.directory = ctx.directory
    return spoken


def _cards(ctx: Context, offer: Offer) -> dict[str, Any]:
    """Both people's cards, to stand beside the claim."""
    both = people.cards(ctx.connection, [offer.made_by, ctx.actor.person])
    first, second = both.get(offer.made_by, {}), both.get(ctx.actor.person, {})
    prefix = AGREED if offer.event is EventType.RESOLVED else "driver_"
    return {**first, **{f"{prefix}{key}": value for key, value in second.items()}}


def _require_open(offer: Offer, now: datetime) -> None:
    if offer.state is OfferState.CONFIRMED:
        raise OfferUsed
    if offer.state is not OfferState.OPEN or offer.wrong_tries >= WRONG_TRIES:
        raise OfferDead(why=str(offer.state))
    if now >= offer.expires_at:
        raise OfferExpired


def _offering(event: EventType) -> Action:
    if event not in HANDOFFS:
        raise NotPermitted(action=str(BY_EVENT[event]))
    return HANDOFFS[event]


def _method(offer: Offer, key: str, secret: str) -> Method | None:
    """How the second party got hold of the offer, or None where the secret is not this offer's."""
    if hmac.compare_digest(_code(offer, key), secret.strip()):
        return Method.TYPED
    if hmac.compare_digest(_token(offer, key), secret.strip().upper()):
        return Method.SCANNED
    return None


def _code(offer: Offer, key: str) -> str:
    return str(int.from_bytes(_mac(offer, key, "code")[:8], "big") % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def _token(offer: Offer, key: str) -> str:
    return f"{offer.id.replace('-', '')}-{_mac(offer, key, 'token').hex()[:20]}".upper()


def _mac(offer: Offer, key: str, purpose: str) -> bytes:
    document = canonical_bytes({"offer": offer.id, "figures": offer.figures_hash.hex(), "purpose": purpose})
    return hmac.new(key.encode(), document, hashlib.sha256).digest()
