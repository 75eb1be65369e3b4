"""Signing in and out, and who a request comes from."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Connection

from sludgetrack import tx
from sludgetrack.access import passwords, sessions
from sludgetrack.access.actors import SignedIn, signed_in
from sludgetrack.domain.errors import DomainError
from sludgetrack.domain.identity import Role
from sludgetrack.problems import sentence
from sludgetrack.web.runtime import runtime

P = ParamSpec("P")
Page = Callable[P, ResponseReturnValue]

blueprint = Blueprint("signing_in", __name__)

TOKEN = "token"  # noqa: S105 - the cookie's key, not a token
HOMES = (
    (Role.CLERK, "plant.today"),
    (Role.OPERATOR, "site.arrivals"),
    (Role.DISPATCHER, "dispatch.board"),
    (Role.DRIVER, "driver.loads"),
    (Role.INSPECTOR, "regulator.overview"),
    (Role.ADMINISTRATOR, "admin.people"),
)
"""The first page of each role; of several roles the first counts."""


def current() -> SignedIn | None:
    """Who is signed in, or None; looked up once a request."""
    if "signed_in" not in g:
        g.signed_in = _look_up(session.get(TOKEN))
    return g.signed_in if g.signed_in is None or isinstance(g.signed_in, SignedIn) else None


def signed_in_only(*roles: Role) -> Callable[[Page[P]], Page[P]]:
    """A page for people who are signed in, in one of these roles where any are named."""

    def decorate(page: Page[P]) -> Page[P]:
        @wraps(page)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            who = current()
            if who is None:
                return redirect(url_for("signing_in.login", next=request.full_path.rstrip("?")))
            if roles and not who.actor.roles & set(roles):
                return render_template("errors/forbidden.html"), 403
            return page(*args, **kwargs)

        return guarded

    return decorate


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """The sign-in form."""
    if current() is not None:
        return redirect(url_for("home.index"))
    return render_template("login.html", next=request.args.get("next", ""), login="", error="")


@blueprint.post("/login")
def sign_in() -> ResponseReturnValue:
    """Check login and password, begin a session, and go where the person wanted to."""
    name, password = request.form.get("login", "").strip(), request.form.get("password", "")
    parts = runtime()
    try:
        person = passwords.require_password(
            tx.run(parts.engine, lambda c: passwords.check_password(c, name, password, parts.now()))
        )
    except DomainError as error:
        page = render_template("login.html", next=request.form.get("next", ""), login=name, error=sentence(error, _))
        return page, 401
    session.clear()
    session.permanent = True
    session[TOKEN] = tx.run(parts.engine, lambda c: sessions.begin(c, person, parts.now()))
    return redirect(_local(request.form.get("next", "")) or url_for("home.index"))


@blueprint.post("/logout")
def sign_out() -> ResponseReturnValue:
    """End the session on the server and in the browser."""
    token = session.pop(TOKEN, None)
    if token:
        tx.run(runtime().engine, lambda c: sessions.end(c, token))
    session.clear()
    return redirect(url_for("signing_in.login"))


def home_of(who: SignedIn) -> str:
    """The address of somebody's first page."""
    endpoint = next((page for role, page in HOMES if who.actor.has(role)), "account.page")
    return url_for(endpoint)


def _look_up(token: str | None) -> SignedIn | None:
    if not token:
        return None
    parts = runtime()

    def find(connection: Connection) -> SignedIn | None:
        person = sessions.person_of(connection, token, parts.now())
        return signed_in(connection, person) if person else None

    return tx.run(parts.engine, find)


def _local(address: str) -> str:
    """The address, if it is a path of this system; nobody is sent elsewhere after signing in."""
    parts = urlsplit(address)
    return address if address.startswith("/") and not address.startswith("//") and not parts.netloc else ""
