"""What the administrator's pages share: who acts, one unit of work for them, what is said after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from flask import Blueprint, abort, flash

from sludgetrack.access.actors import SignedIn
from sludgetrack.domain.identity import OrganisationKind
from sludgetrack.domain.times import legal_day
from sludgetrack.services.administering import Outcome
from sludgetrack.services.context import Context
from sludgetrack.services.permits import SOON
from sludgetrack.web import forms, register_words
from sludgetrack.web.runtime import run_as, runtime
from sludgetrack.web.signing_in import current
from sludgetrack.web.texts import gettext as _

T = TypeVar("T")

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "field_word_of": register_words.field_word_of,
        "ordered": register_words.ordered,
        "value_text": register_words.value_text,
        "new_id": forms.new_id,
    }


def acting() -> SignedIn:
    """Who is signed in; for pages that only those see who are."""
    who = current()
    if who is None:
        abort(401)
    return who


def do(work: Callable[[Context], T]) -> T:
    """One unit of work by whoever is signed in."""
    return run_as(acting().actor, work)


def is_authority() -> bool:
    """Whether an authority's administrator is signed in, who looks after a division."""
    return acting().actor.kind is OrganisationKind.AUTHORITY


def today_and_soon() -> dict[str, date]:
    """The legal day, and until when an ending permit is pointed out."""
    today = legal_day(runtime().now())
    return {"today": today, "soon": today + SOON}


def say(outcome: Outcome, text: str) -> None:
    """Tell on the next page what came of a request."""
    if outcome is Outcome.UNCHANGED:
        flash(_("没有改动，没有写入任何内容。"), "info")
    else:
        flash(text, "good")
