"""Who asks, signing in and out, and one's own password."""

from __future__ import annotations

from typing import Any

from flask import Response, session
from flask_wtf.csrf import generate_csrf

from sludgetrack.access import passwords, sessions
from sludgetrack.access.actors import SignedIn, signed_in
from sludgetrack.access.tokens import Scope
from sludgetrack.api import problems
from sludgetrack.api.access import TOKEN, Access, caller, scopes
from sludgetrack.api.accounts import MeSchema
from sludgetrack.api.parts import parts, run, run_for
from sludgetrack.api.routing import Gives, Takes, operation
from sludgetrack.domain.errors import BadLogin
from sludgetrack.domain.identity import Role
from sludgetrack.schemas import bodies
from sludgetrack.services.context import Context

TAG = "Session"
_OWN = Access(Scope.READ)


@operation("GET", "/me", tag=TAG, access=_OWN, gives=Gives(schema=MeSchema()))
def read_me() -> dict[str, Any]:
    """Who is asking, and with what rights

    With a session, `csrf_token` is what the header X-CSRFToken has to carry in requests that write.
    """
    return _me(caller(), scopes())


@operation(
    "POST",
    "/session",
    tag=TAG,
    access=Access(None),
    takes=Takes(body=bodies.SignInSchema(strict=True)),
    gives=Gives(schema=MeSchema(), refusals=(401, 429)),
)
def sign_in(body: dict[str, str]) -> dict[str, Any]:
    """Begin a session

    The cookie set is that of the pages. Wrong tries are counted and lock the login for longer and longer.
    """
    here = parts()
    person = passwords.require_password(
        run(lambda c: passwords.check_password(c, body["login"], body["password"], here.now()))
    )
    known = run(lambda c: signed_in(c, person))
    if known is None:
        raise BadLogin(field="login")
    session.clear()
    session.permanent = True
    session[TOKEN] = run(lambda c: sessions.begin(c, person, here.now()))
    return _me(known, None)


@operation("POST", "/session/end", tag=TAG, access=Access(Scope.READ, in_person=True), gives=Gives(status=204))
def sign_out() -> Response:
    """End this session"""
    token = session.pop(TOKEN, "")
    run(lambda c: sessions.end(c, token))
    session.clear()
    return Response(status=204)


@operation(
    "POST",
    "/me/password",
    tag=TAG,
    access=Access(Scope.WRITE, in_person=True),
    takes=Takes(body=bodies.PasswordSchema(strict=True)),
    gives=Gives(schema=MeSchema(), refusals=(429,)),
)
def change_password(body: dict[str, str]) -> Response | dict[str, Any]:
    """Change one's own password

    Every other session of the person ends. A wrong present password counts as a wrong try.
    """
    me, here = caller(), parts()
    found = run_for(me.actor, lambda ctx: passwords.check_password(ctx.connection, me.login, body["current"], ctx.now))
    if found is None:
        return problems.refusal(BadLogin(field="current"), status=422)

    def renew(ctx: Context) -> str:
        passwords.set_password(ctx.connection, me.actor.person, me.login, body["password"])
        sessions.end_all(ctx.connection, me.actor.person)
        return sessions.begin(ctx.connection, me.actor.person, here.now())

    session[TOKEN] = run_for(me.actor, renew)
    return _me(me, None)


def _me(known: SignedIn, token_scopes: frozenset[Scope] | None) -> dict[str, Any]:
    actor = known.actor
    return {
        "id": actor.person,
        "login": known.login,
        "name": known.name,
        "organisation": actor.organisation,
        "organisation_name": known.organisation_name,
        "organisation_kind": actor.kind,
        "roles": [role for role in Role if actor.has(role)],
        "facilities": sorted(actor.facilities),
        "division": actor.division or None,
        "scopes": None if token_scopes is None else sorted(token_scopes),
        "csrf_token": generate_csrf() if token_scopes is None else None,
    }
