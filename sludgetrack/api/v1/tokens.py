"""Access tokens: made in person, shown once, with scopes and an end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sludgetrack.access import tokens
from sludgetrack.access.tokens import Held, Scope, Wanted
from sludgetrack.api.access import Access, caller
from sludgetrack.api.accounts import TokenListSchema, TokenMadeSchema, TokenSchema, TokenWantedSchema
from sludgetrack.api.parts import run_for
from sludgetrack.api.routing import READ, Gives, Takes, operation
from sludgetrack.domain.errors import IdempotencyConflict, NotFound
from sludgetrack.services.context import Context

TAG = "Session"


@operation("GET", "/tokens", tag=TAG, access=Access(Scope.READ), gives=Gives(schema=TokenListSchema()))
def list_tokens() -> dict[str, Any]:
    """One's own tokens"""
    me = caller().actor
    return {"items": run_for(me, lambda ctx: tokens.of(ctx.connection, me.person))}


@operation(
    "POST",
    "/tokens",
    tag=TAG,
    access=Access(Scope.WRITE, in_person=True),
    takes=Takes(body=TokenWantedSchema(strict=True)),
    gives=Gives(
        status=201,
        schema=TokenMadeSchema(),
        refusals=(409,),
        links={"revoke": {"operationId": "revoke_token", "parameters": {"id": "$response.body#/id"}}},
    ),
)
def create_token(body: dict[str, Any]) -> dict[str, Any]:
    """Make a token

    It is shown this once and stored as a digest. Asked for again with the same `event_id`, because the answer was
    lost, it is made anew and the one before is dead.
    """
    me = caller().actor
    days = timedelta(days=body["days"])
    wanted = Wanted(body["event_id"], me.person, body["name"], frozenset(map(Scope, body["scopes"])), days)

    def work(ctx: Context) -> dict[str, Any]:
        token = tokens.create(ctx.connection, wanted, ctx.now)
        made = _own(ctx, wanted.id)
        if made is None or made.prefix != token[: tokens.SHOWN] or not made.is_live(ctx.now):
            raise IdempotencyConflict(field="event_id", event_id=wanted.id)
        return {**_shown(made), "token": token}

    return run_for(me, work)


@operation(
    "POST",
    "/tokens/<id:id>/revocation",
    tag=TAG,
    access=Access(Scope.WRITE),
    gives=Gives(schema=TokenSchema(), refusals=READ),
)
def revoke_token(id: str) -> Held:
    """End a token, for good and at once"""

    def work(ctx: Context) -> Held:
        tokens.revoke(ctx.connection, id, ctx.actor.person, ctx.now)
        found = _own(ctx, id)
        if found is None:
            raise NotFound(kind="token", name=id)
        return found

    return run_for(caller().actor, work)


def _own(ctx: Context, token_id: str) -> Held | None:
    return next((held for held in tokens.of(ctx.connection, ctx.actor.person) if held.id == token_id), None)


def _shown(held: Held) -> dict[str, Any]:
    return {name: getattr(held, name) for name in held.__slots__}
