"""The first page: somebody's own, or what anyone may do."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from sludgetrack.web.signing_in import current, home_of

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Their own first page for people who are signed in; for anyone else, checking a sheet and signing in."""
    who = current()
    return redirect(home_of(who)) if who else render_template("home.html")
