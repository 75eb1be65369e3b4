"""Handoffs: figures offered with a one-time code, the other party's word to them, and handoffs nobody could confirm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sludgetrack.access.tokens import Scope
from sludgetrack.api.access import Access, caller
from sludgetrack.api.parsing import OneOf
from sludgetrack.api.parts import parts, run_for
from sludgetrack.api.preconditions import ETAG, IfMatchSchema, based, held_to
from sludgetrack.api.receipts import Answer, receipt_answer
from sludgetrack.api.routing import ACT, HANDOFF, READ, Gives, Takes, operation
from sludgetrack.api.v1.acts import LINKS
from sludgetrack.documents import qr
from sludgetrack.domain.commands import Command
from sludgetrack.domain.errors import WrongCode
from sludgetrack.domain.permissions import Action
from sludgetrack.schemas import answers, bodies
from sludgetrack.schemas.wire import wire_figures
from sludgetrack.services import handoffs
from sludgetrack.services.cases import open_case
from sludgetrack.services.context import Context
from sludgetrack.services.reading import driver
from sludgetrack.services.reading.driver import Offered
from sludgetrack.store import offers
from sludgetrack.store.offers import OfferState

TAG = "Handoffs"
BY_CODE, BY_TOKEN = bodies.ByCodeSchema(strict=True), bodies.ByTokenSchema(strict=True)


def _by_event(schemas: Mapping[str, Any]) -> OneOf:
    def choose(document: Mapping[str, Any]) -> Any:
        event = document.get("event")
        return schemas.get(event) if isinstance(event, str) else None

    return OneOf(choose, {"event": f"Must be one of: {', '.join(schemas)}."})


_SECRET = OneOf(lambda document: BY_TOKEN if "token" in document else BY_CODE, {})
_OFFER_LINKS = {
    "read": {"operationId": "read_offer", "parameters": {"id": "$response.body#/id"}},
    "confirm": {
        "operationId": "confirm_offer",
        "parameters": {"id": "$response.body#/id"},
        "requestBody": {"code": "$response.body#/code"},
    },
    "decline": {"operationId": "decline_offer", "parameters": {"id": "$response.body#/id"}},
}


@operation(
    "POST",
    "/manifests/<number:number>/offers",
    tag=TAG,
    access=Access(Scope.WRITE, Action.RELEASE),
    takes=Takes(one_of=_by_event(bodies.OFFERS), variants=tuple(bodies.OFFERS.values()), headers=IfMatchSchema()),
    gives=Gives(status=201, schema=answers.OfferShownSchema(), refusals=ACT, links=_OFFER_LINKS),
)
def make_offer(headers: object, command: Command, number: str) -> dict[str, Any]:
    """Offer figures of a handoff

    Loading, transfer, receipt and return: whoever enters the figures shows the code, six digits or QR, for five
    minutes; the driver confirms exactly these figures. Of contradicting claims, the giver or the destination offers
    which stands and why, and somebody of another party agrees. Other figures need another offer, which ends this one.
    The same request again gives the same offer and code.
    """
    key, address, ready = parts().key, parts().settings.public_address, based(command)

    def work(ctx: Context) -> dict[str, Any]:
        shown = handoffs.make_offer(ctx, key, number, ready)
        document = _document(ctx, driver.offered(ctx, shown.offer))
        scanned = qr.public_url(address, f"O/{shown.token}")
        return {**document, "code": shown.code, "token": shown.token, "address": scanned}

    return held_to(lambda: run_for(caller().actor, work))


@operation(
    "GET",
    "/manifests/<number:number>/offers",
    tag=TAG,
    access=Access(Scope.READ, Action.READ),
    gives=Gives(schema=answers.OfferListSchema(), refusals=(*READ, 422)),
)
def list_offers(number: str) -> dict[str, Any]:
    """The offer a manifest waits with, if any"""

    def work(ctx: Context) -> list[dict[str, Any]]:
        open_case(ctx, number, lock=False)
        waiting = offers.open_by_number(ctx.connection, [number]).get(number)
        return [_document(ctx, driver.offered(ctx, waiting))] if waiting else []

    return {"items": run_for(caller().actor, work)}


@operation(
    "GET",
    "/offers",
    tag=TAG,
    access=Access(Scope.READ, Action.CONFIRM),
    gives=Gives(schema=answers.OfferListSchema()),
)
def list_offers_to_confirm() -> dict[str, Any]:
    """The offers one may confirm now

    A driver those of the hauler's manifests; every party what another proposes about contradicting claims.
    """

    def work(ctx: Context) -> list[dict[str, Any]]:
        return [_document(ctx, driver.offered(ctx, offer)) for offer in driver.to_confirm(ctx)]

    return {"items": run_for(caller().actor, work)}


@operation(
    "GET",
    "/offers/<id:id>",
    tag=TAG,
    access=Access(Scope.READ, Action.READ),
    gives=Gives(schema=answers.OfferSchema(), refusals=READ),
)
def read_offer(id: str) -> dict[str, Any]:
    """What became of an offer"""
    return run_for(caller().actor, lambda ctx: _document(ctx, driver.offered_by_id(ctx, id)))


@operation(
    "POST",
    "/offers/<id:id>/confirmation",
    tag=TAG,
    access=Access(Scope.WRITE, Action.CONFIRM),
    takes=Takes(one_of=_SECRET, variants=(BY_CODE, BY_TOKEN)),
    gives=Gives(status=201, schema=answers.ReceiptSchema(), again=True, refusals=HANDOFF, headers=ETAG, links=LINKS),
)
def confirm_offer(secret: str, id: str) -> Answer:
    """The second party's word to exactly these figures

    The driver's to a handoff, another party's to a settlement. The same person asking again gets the same receipt;
    everybody else finds the offer used. Five wrong codes end it.
    """
    key = parts().key
    outcome = run_for(caller().actor, lambda ctx: handoffs.confirm_or_count(ctx, key, id, secret))
    if isinstance(outcome, WrongCode):
        raise outcome
    return receipt_answer(outcome)


@operation(
    "POST",
    "/offers/<id:id>/refusal",
    tag=TAG,
    access=Access(Scope.WRITE, Action.CONFIRM),
    takes=Takes(body=bodies.RefusalSchema(strict=True)),
    gives=Gives(schema=answers.OfferSchema(), refusals=HANDOFF),
)
def decline_offer(body: dict[str, str], id: str) -> dict[str, Any]:
    """The second party does not agree with the figures"""

    def work(ctx: Context) -> dict[str, Any]:
        handoffs.decline(ctx, id, body["reason"])
        return _document(ctx, driver.offered_by_id(ctx, id))

    return run_for(caller().actor, work)


@operation(
    "POST",
    "/manifests/<number:number>/unconfirmed-handoffs",
    tag=TAG,
    access=Access(Scope.WRITE, Action.RELEASE),
    takes=Takes(
        one_of=_by_event(bodies.UNCONFIRMED), variants=tuple(bodies.UNCONFIRMED.values()), headers=IfMatchSchema()
    ),
    gives=Gives(status=201, schema=answers.ReceiptSchema(), again=True, refusals=ACT, headers=ETAG, links=LINKS),
)
def record_unconfirmed(headers: object, said: tuple[Command, str], number: str) -> Answer:
    """A handoff nobody could confirm

    No phone, no signal, an empty battery: it is recorded with grade none and the reason, and counted.
    """
    ready, reason = based(said[0]), said[1]
    return receipt_answer(
        held_to(lambda: run_for(caller().actor, lambda ctx: handoffs.record_unconfirmed(ctx, number, ready, reason)))
    )


def _document(ctx: Context, found: Offered) -> dict[str, Any]:
    offer = found.offer
    is_open = offer.state is OfferState.OPEN
    return {
        "id": offer.id,
        "number": offer.number,
        "event": offer.event,
        "state": offer.state,
        "expired": is_open and ctx.now >= offer.expires_at,
        "party": offer.organisation,
        "party_name": found.party,
        "made_at": offer.made_at,
        "expires_at": offer.expires_at,
        "tries_left": max(0, handoffs.WRONG_TRIES - offer.wrong_tries) if is_open else 0,
        "decided_at": offer.decided_at,
        "reason": offer.reason,
        "figures": wire_figures(found.command.figures()),
        "may_confirm": found.may_confirm,
    }
