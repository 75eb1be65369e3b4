"""更正: a wrong figure is proposed to be corrected, answered by the other parties, and shown with all that was said."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.correcting import Outcome
from sludgetrack.domain.errors import DomainError, InvalidFigures, NotAParty
from sludgetrack.domain.events import EventType, StreamKind
from sludgetrack.domain.identity import Role
from sludgetrack.schemas.naming import wire_name
from sludgetrack.services import correcting
from sludgetrack.services.context import Context
from sludgetrack.services.correcting import Preview
from sludgetrack.services.reading import correctable_acts
from sludgetrack.services.reading import corrections as reading
from sludgetrack.services.reading.corrections import CorrectionSeen, Target
from sludgetrack.store import organisation_reading
from sludgetrack.web import correction_words as words
from sludgetrack.web import forms, proposals
from sludgetrack.web.acting import do
from sludgetrack.web.correction_words import NEW, Input
from sludgetrack.web.forms import Form
from sludgetrack.web.signing_in import current, signed_in_only
from sludgetrack.web.texts import gettext as _

blueprint = Blueprint("correcting", __name__, url_prefix="/corrections")

PROPOSERS = (Role.CLERK, Role.OPERATOR, Role.DISPATCHER)
ANSWERS = {
    "approve": EventType.CORRECTION_APPROVED,
    "refuse": EventType.CORRECTION_REFUSED,
    "withdraw": EventType.CORRECTION_WITHDRAWN,
}


def init(app: Flask) -> None:
    """Let every desk's template ask for the corrections that wait for an answer."""
    app.context_processor(lambda: {"corrections_to_answer": _to_answer})


def _to_answer() -> tuple[CorrectionSeen, ...]:
    return do(reading.for_desk).to_answer if current() is not None else ()


@blueprint.get("/")
@signed_in_only()
def index() -> ResponseReturnValue:
    """What waits for one's own answer, and what one's organisation waits for."""
    desk = do(reading.for_desk)
    return render_template("correcting/index.html", layout=proposals.layout(), desk=desk, words=words)


@blueprint.get("/at/<code>")
@signed_in_only()
def records(code: str) -> ResponseReturnValue:
    """What was declared, treated, disposed of and counted at a facility, each to be corrected; and its corrections."""
    seen = do(lambda ctx: correctable_acts.acts_at(ctx, code))
    return render_template("correcting/records.html", seen=seen, words=words, may_propose=seen.may_propose)


@blueprint.get("/new/<event_id>")
@signed_in_only(*PROPOSERS)
def form(event_id: str) -> ResponseReturnValue:
    """The event's figures as they stand."""
    target = do(lambda ctx: reading.target(ctx, event_id))
    known = words.inputs(target.present)
    return _form_page(target, known, forms.fresh({one.name: one.value for one in known} | {"based_on": target.head}))


@blueprint.post("/new/<event_id>")
@signed_in_only(*PROPOSERS)
def propose(event_id: str) -> ResponseReturnValue:
    """First what would change and who would be asked, and only then the proposal."""
    typed = forms.posted()
    target = do(lambda ctx: reading.target(ctx, event_id))
    known = words.inputs(target.present)
    command = _command(typed, target, known)
    if command is None or typed["step"] == "change":
        return _form_page(target, known, typed)
    if typed["step"] == "record":
        receipt = _guarded(typed, known, lambda ctx: correcting.propose(ctx, target.stream, command))
        if receipt is not None:
            return redirect(url_for(".page", proposal=receipt.event_id))
        return _form_page(target, known, typed)
    preview = _guarded(typed, known, lambda ctx: correcting.preview(ctx, target.stream, command))
    return _form_page(target, known, typed, preview)


@blueprint.get("/<proposal>")
@signed_in_only()
def page(proposal: str) -> ResponseReturnValue:
    """A correction: what changes, who said what to it, what it moved."""
    return _page(proposal, forms.fresh())


@blueprint.post("/<proposal>/<word>")
@signed_in_only()
def answer(proposal: str, word: str) -> ResponseReturnValue:
    """同意、拒绝或撤回."""
    typed = forms.posted()
    seen = do(lambda ctx: reading.correction_by_id(ctx, proposal))
    if word not in ANSWERS:
        return render_template("errors/refused.html", title=_("没有这个网页"), detail=""), 404
    command = typed.command(ANSWERS[word], {"proposal": proposal})
    if command is None:
        typed.move_error("reason", f"{word}_reason")
        return _page(proposal, typed)
    receipt = _guarded(typed, [], lambda ctx: correcting.answer(ctx, seen.stream, command))
    if receipt is None:
        return _page(proposal, typed)
    after = do(lambda ctx: reading.correction_by_id(ctx, proposal))
    flash(_done(after, word), "good")
    return redirect(url_for(".page", proposal=proposal))


def _done(after: CorrectionSeen, word: str) -> str:
    if word == "refuse":
        return _("已拒绝。数字不变，提议和理由保留在记录里。")
    if word == "withdraw":
        return _("已撤回。提议和理由保留在记录里。")
    if after.outcome is Outcome.IN_EFFECT:
        return _("各方都已同意，更正已生效。原来的数字仍然保留。")
    return _("已同意，还要等%(who)s。", who=words.awaited(after))


def _command(typed: Form, target: Target, known: list[Input]) -> Any:
    lines = words.changed_lines(known, typed.values)
    fixed = {"corrects": target.present.claim.event_id, "changes": lines}
    if not lines:
        typed.blame("", _("还没有改任何一项。"))
        typed.command(EventType.CORRECTION_PROPOSED, fixed | {"changes": [_ANY]})
        return None
    command = typed.command(EventType.CORRECTION_PROPOSED, fixed)
    for n, line in enumerate(lines):
        for part in ("value", "field", ""):
            typed.move_error(f"changes/{n}/{part}".rstrip("/"), NEW + line["field"])
    typed.labels.update({one.name: one.label for one in known})
    return command


_ANY = {"field": "reason", "value": None}
"""A change in place of none, so that what else is wrong is found as well."""


def _guarded(typed: Form, known: list[Input], work: Any) -> Any:
    """What the work gives, or None with every wrong figure noted at its field."""
    names = {one.name for one in known}
    try:
        return do(work)
    except InvalidFigures as error:
        for problem in error.problems:
            place = NEW + wire_name(problem.field or "").replace("/", ".")
            typed.blame(place if place in names else "", forms.said(problem))
    except NotAParty as error:
        typed.blame("", forms.said(NotAParty(parties=_called(error.facts["parties"]))), 403)
    except DomainError as error:
        typed.refuse(error)
        for name in ("changes", "corrects", "proposal"):
            typed.move_error(name, "")
    return None


def _called(codes: Any) -> list[str]:
    """Organisations by name."""
    names = do(lambda ctx: organisation_reading.names_of(ctx.connection, codes))
    return [names.get(code, _("主管部门")) for code in codes]


def _form_page(target: Target, known: list[Input], typed: Form, preview: Preview | None = None) -> ResponseReturnValue:
    names = do(lambda ctx: _names(ctx, preview)) if preview else []
    shown = render_template(
        "correcting/form.html",
        target=target,
        known=known,
        form=typed,
        preview=preview,
        changes=words.changes(preview.present, preview.changes) if preview else [],
        asked=words.waiting_text(names, authority=preview.waiting.authority) if preview else "",
        first_open=words.first_open(target.closed_through),
        back=words.subject_address(target.stream.kind, target.stream.name),
        is_manifest=target.stream.kind is StreamKind.MANIFEST,
        words=words,
    )
    return shown, typed.status


def _names(ctx: Context, preview: Preview) -> list[str]:
    return list(organisation_reading.names_of(ctx.connection, preview.waiting.organisations).values())


def _page(proposal: str, typed: Form) -> ResponseReturnValue:
    seen = do(lambda ctx: reading.correction_by_id(ctx, proposal))
    shown = render_template(
        "correcting/page.html",
        layout=proposals.layout(),
        seen=seen,
        form=typed,
        words=words,
        back=_back(seen),
    )
    return shown, typed.status


def _back(seen: CorrectionSeen) -> str:
    if proposals.is_on_the_road():
        return url_for("driver.loads")
    return words.subject_address(seen.stream.kind, seen.stream.name)
