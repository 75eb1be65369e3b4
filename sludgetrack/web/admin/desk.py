"""What the administrator's pages share: their words, and what is said after an act."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash

from sludgetrack.domain.identity import OrganisationKind
from sludgetrack.domain.times import legal_day
from sludgetrack.services.administering import Outcome
from sludgetrack.services.permits import SOON
from sludgetrack.web import forms, register_words
from sludgetrack.web.acting import acting
from sludgetrack.web.forms import Form
from sludgetrack.web.runtime import runtime
from sludgetrack.web.texts import gettext as _

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


def posted(**own: str) -> Form:
    """The form as it was sent; its errors name the fields of the registers, some by another name of their ``own``."""
    form = forms.posted()
    form.labels.update(register_words.form_labels(), **own)
    return form


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "field_word_of": register_words.field_word_of,
        "ordered": register_words.ordered,
        "value_text": register_words.value_text,
        "new_id": forms.new_id,
    }


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
