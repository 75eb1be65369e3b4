"""What the clerk's pages share: who works, at which facility, and the manifest something is to be done to."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.errors import NotAllowedNow
from sludgetrack.domain.events import EventType
from sludgetrack.services.cases import Case
from sludgetrack.services.reading import handing
from sludgetrack.store.directory import Facility
from sludgetrack.web import forms
from sludgetrack.web.acting import do

blueprint = Blueprint("plant", __name__, url_prefix="/plant")

AT = "at"
"""The session's key for the facility somebody works at."""


def here(own: tuple[Facility, ...]) -> Facility | None:
    """The facility somebody works at: asked for, else remembered, else the first; None where there is none."""
    by_code = {facility.code: facility for facility in own}
    asked = request.values.get(AT, "")
    if asked in by_code:
        session[AT] = asked
    return by_code.get(session.get(AT, "")) or next(iter(own), None)


def tabs(own: tuple[Facility, ...], at: Facility | None, endpoint: str) -> list[dict[str, object]]:
    """Links to the same page at each of several facilities; none where there is one."""
    if len(own) < 2:
        return []
    return [
        {"href": url_for(endpoint, at=facility.code), "label": facility.name, "current": facility is at}
        for facility in own
    ]


def open_for(number: str, event: EventType) -> Case | ResponseReturnValue:
    """The manifest something is to be done to, or the way to its page where its state does not allow it any more."""
    try:
        return do(lambda ctx: handing.case_for(ctx, number, event))
    except NotAllowedNow as error:
        flash(forms.said(error), "warning")
        return redirect(url_for("manifests.page", number=number))
