"""What the regulator's pages share: for whom they are, and how an authority is named on them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from sludgetrack.domain.identity import Role
from sludgetrack.web.acting import acting
from sludgetrack.web.signing_in import signed_in_only

P = ParamSpec("P")
Page = Callable[P, ResponseReturnValue]

blueprint = Blueprint("regulator", __name__, url_prefix="/regulator")


def for_inspectors(page: Page[P]) -> Page[P]:
    """A page for people of an authority who inspect."""

    @wraps(page)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not acting().actor.is_authority:
            return render_template("errors/forbidden.html"), 403
        return page(*args, **kwargs)

    return signed_in_only(Role.INSPECTOR)(guarded)
