"""Photos: taken in with a form, and shown to whoever may read what they belong to."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from sludgetrack.services import photos
from sludgetrack.services.kept_files import KeptFile
from sludgetrack.web.acting import do
from sludgetrack.web.forms import Form
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only

blueprint = Blueprint("photos", __name__, url_prefix="/photos")

FILE = "photo_file"
"""The name of a form's file field; the digest of what was kept goes on as ``photo``."""


@blueprint.get("/manifests/<number>/<digest>")
@signed_in_only()
def of_manifest(number: str, digest: str) -> ResponseReturnValue:
    """A photo of a manifest's event or offer."""
    return _answer(do(lambda ctx: photos.of_manifest(ctx, runtime().blobs, number, digest)))


@blueprint.get("/facilities/<code>/<digest>")
@signed_in_only()
def of_facility(code: str, digest: str) -> ResponseReturnValue:
    """A photo of an act on a facility."""
    return _answer(do(lambda ctx: photos.of_facility(ctx, runtime().blobs, code, digest)))


def take_in(form: Form) -> None:
    """Keep the photo sent with a form, before anything else is looked at: a form sent back still has it."""
    sent = request.files.get(FILE)
    if sent is None or not sent.filename:
        return
    digest = form.guard(lambda: photos.keep(runtime().blobs, sent.stream.read(photos.MOST_BYTES + 1)))
    if digest is not None:
        form.values[photos.FIGURE] = digest


def _answer(photo: KeptFile) -> Response:
    answer = Response(photo.content, mimetype=photo.media_type)
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
