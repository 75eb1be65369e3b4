"""What anyone may open: a manifest by its number, all of it by the six characters its QR adds, a disposal by its QR.

Nothing here changes anything. A wrong code is answered like none; whoever is signed in also sees what they may do next.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack import tx
from sludgetrack.domain import numbers
from sludgetrack.domain.errors import NotANumber, NotFound
from sludgetrack.domain.identity import Role
from sludgetrack.services.reading import public, stock
from sludgetrack.services.reading.manifests import ManifestView, manifest_view, side_by_side
from sludgetrack.services.reading.public import PublicView
from sludgetrack.services.reading.public_disposal import PublicDisposal, public_disposal
from sludgetrack.web.manifest_steps import Step, steps
from sludgetrack.web.manifest_words import verdict, weighings
from sludgetrack.web.runtime import run_as, runtime
from sludgetrack.web.signing_in import current
from sludgetrack.web.site.disposing import breach_text
from sludgetrack.web.texts import gettext as _

blueprint = Blueprint("public", __name__)


@blueprint.get("/find")
def find() -> ResponseReturnValue:
    """From the number typed on the first page, or an address pasted there, to its manifest or disposal."""
    typed = request.args.get("number", "").strip()
    if printed := re.search(r"/[Dd]/(.+)/([0-9A-Za-z]{6})/?$", typed):
        return redirect(url_for("public.disposal", name=unquote(printed[1]), code=printed[2]))
    number, code = _parts(typed)
    try:
        found = str(numbers.parse(number))
    except NotANumber as error:
        return render_template("home.html", number=typed, error=mistyped(error)), 422
    return redirect(url_for("public.manifest", number=found, code=code or None))


@blueprint.get("/m/<number>")
@blueprint.get("/m/<number>/<code>")
@blueprint.get("/M/<number>")
@blueprint.get("/M/<number>/<code>")
def manifest(number: str, code: str | None = None) -> ResponseReturnValue:
    """A manifest for anyone: its state, and with the right six characters the rest."""
    parts = runtime()
    try:
        view = tx.run(parts.engine, lambda c: public.public_view(c, parts.blobs, number, code))
    except NotANumber as error:
        return render_template("public/unknown.html", number=number, hint=mistyped(error)), 404
    except NotFound:
        return _no_manifest_yet(number, code or "")
    return _page(view)


@blueprint.get("/d/<path:name>/<code>")
@blueprint.get("/D/<path:name>/<code>")
def disposal(name: str, code: str) -> ResponseReturnValue:
    """A disposal for whoever has its sheet in hand; without the right six characters there is none."""
    parts = runtime()
    try:
        view = tx.run(parts.engine, lambda c: public_disposal(c, parts.blobs, name, code))
    except NotFound:
        return render_template("public/unknown_disposal.html"), 404
    return render_template(
        "public/disposal.html",
        view=view,
        check=view.check,
        breaches=[breach_text(reason) for reason in view.reasons],
        steps=_disposal_steps(view),
        signed_in=current() is not None,
    )


def mistyped(error: NotANumber) -> str:
    """What is wrong with a number, as a hint for whoever typed it."""
    expected = error.facts.get("expected")
    if expected is None:
        return _("编号是 20 位数字，印在交接单的二维码下面。")
    return _("校验码对不上：前 19 位如果没错，最后一位应是 %(digit)s。请逐位核对。", digit=expected)


def _no_manifest_yet(number: str, code: str) -> ResponseReturnValue:
    """A pre-printed form that nobody has entered so far, for whoever has it in hand; else there is no such manifest."""
    plant = tx.run(runtime().engine, lambda c: public.blank_of(c, number, code))
    if plant is None:
        hint = _("编号的写法没错，但这里没有这张联单。请和交接单上的编号逐位核对。")
        return render_template("public/unknown.html", number=number, hint=hint), 404
    who = current()
    may_enter = who is not None and bool(who.actor.roles & {Role.CLERK, Role.OPERATOR})
    enter = url_for("paper.enter", number=numbers.compact(number), code=code) if may_enter else ""
    return render_template("public/blank.html", number=numbers.compact(number), plant=plant, enter=enter)


def _page(view: PublicView) -> ResponseReturnValue:
    contents = view.contents
    receipt = contents.receipt if contents else None
    into = receipt.weighing if receipt and receipt.weighed else None
    beside = side_by_side(contents.loaded if contents else None, into)
    return render_template(
        "public/manifest.html",
        view=view,
        contents=contents,
        lines=weighings(beside) if contents and contents.loaded else [],
        verdict=verdict(beside),
        signed_in=current() is not None,
        steps=_steps(view.number),
    )


def _steps(number: str) -> list[Step]:
    """What whoever is signed in may do next, the next step first; nothing for strangers."""
    who = current()
    if who is None:
        return []
    try:
        view = run_as(who.actor, lambda ctx: manifest_view(ctx, number))
    except NotFound:
        return []
    if who.actor.roles == {Role.DRIVER}:
        return [Step(_("打开这一车"), url_for("driver.load", number=number), "truck", "primary")]
    return [*steps(view), _whole(view)]


def _disposal_steps(view: PublicDisposal) -> list[Step]:
    """The way to the disposal's own page for those who may read it; nothing for strangers."""
    who = current()
    if who is None:
        return []
    try:
        run_as(who.actor, lambda ctx: stock.disposal(ctx, view.disposal))
    except NotFound:
        return []
    return [Step(_("看这次处置"), url_for("site.disposal", name=view.disposal), "flame", "primary")]


def _whole(view: ManifestView) -> Step:
    return Step(_("看整张联单"), url_for("manifests.page", number=view.row.number), "sheet", "secondary")


def _parts(typed: str) -> tuple[str, str]:
    """Number and code in what was typed: spaces and hyphens within, or a whole address from a QR."""
    address = re.search(r"/M/([0-9]{20})(?:/([0-9A-Z]{6}))?/?$", typed.upper())
    return (address[1], address[2] or "") if address else (typed, "")
