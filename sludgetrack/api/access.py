"""Who asks: a session's cookie with its CSRF mark, or a bearer token; and what each route wants of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from flask import current_app, g, request, session
from flask_wtf import CSRFProtect
from sqlalchemy import Connection

from sludgetrack.access import sessions, tokens
from sludgetrack.access.actors import SignedIn, signed_in
from sludgetrack.access.tokens import Scope
from sludgetrack.api.parts import parts, run
from sludgetrack.api.problems import Refused
from sludgetrack.domain.permissions import Action

TOKEN = "token"  # noqa: S105 - the key in the signed cookie that pages use too, not a token
_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
_CHALLENGE = 'Bearer realm="sludgetrack"'


@dataclass(frozen=True, slots=True)
class Access:
    """What a route wants: a token's scope (None: anyone, without signing in) and the action it is about.

    The action is judged by the service behind the route, against the parties; here it is declared. ``action`` None
    stands for what concerns nobody but the person who asks. ``in_person``: not with a token.
    """

    scope: Scope | None
    action: Action | None = None
    in_person: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody known. ``token_scopes`` is None for a session, which may do all its person may."""

    signed_in: SignedIn
    token_scopes: frozenset[Scope] | None = field(default=None)


def caller() -> SignedIn:
    """Who asks, on a route that wants somebody."""
    return cast("Caller", g.caller).signed_in


def admit(access: Access) -> None:
    """Let the request in or raise Refused."""
    if access.scope is None:
        return
    known = _caller()
    if known is None:
        raise Refused("unauthenticated", headers={"WWW-Authenticate": _CHALLENGE})
    if known.token_scopes is None:
        if request.method not in _SAFE:
            cast("CSRFProtect", current_app.extensions["csrf"]).protect()
    elif access.in_person:
        raise Refused("session_needed")
    elif access.scope not in known.token_scopes:
        challenge = f'{_CHALLENGE}, error="insufficient_scope", scope="{access.scope}"'
        raise Refused("scope_missing", headers={"WWW-Authenticate": challenge}, scope=str(access.scope))
    g.caller = known


def _caller() -> Caller | None:
    """A token that is given counts, and no cookie beside it: a dead token is not replaced by somebody's session."""
    given = request.headers.get("Authorization")
    if given is not None:
        kind, _, token = given.partition(" ")
        return _bearer(token.strip()) if kind.lower() == "bearer" else None
    kept = session.get(TOKEN)
    return _session(kept) if isinstance(kept, str) else None


def _bearer(token: str) -> Caller | None:
    if not token.startswith(tokens.PREFIX) or not token.isascii():
        return None

    def find(connection: Connection) -> Caller | None:
        bearer = tokens.bearer_of(connection, token, parts().now())
        return Caller(bearer.signed_in, bearer.scopes) if bearer else None

    return run(find)


def _session(token: str) -> Caller | None:
    def find(connection: Connection) -> Caller | None:
        person = sessions.person_of(connection, token, parts().now())
        known = signed_in(connection, person) if person else None
        return Caller(known) if known else None

    return run(find)


def scopes() -> frozenset[Scope] | None:
    """The scopes of the token used; None for a session."""
    return cast("Caller", g.caller).token_scopes
