"""What pages do on behalf of whoever is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import abort

from sludgetrack.access.actors import SignedIn
from sludgetrack.services.context import Context
from sludgetrack.web.runtime import run_as
from sludgetrack.web.signing_in import current

T = TypeVar("T")


def acting() -> SignedIn:
    """Who is signed in; for pages that only those see who are."""
    who = current()
    if who is None:
        abort(401)
    return who


def do(work: Callable[[Context], T]) -> T:
    """One unit of work on behalf of whoever is signed in."""
    return run_as(acting().actor, work)
