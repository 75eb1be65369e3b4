"""Photos: kept first, then named by their digest in what they go with; shown to the parties alone."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import Schema

from sludgetrack.access.tokens import Scope
from sludgetrack.api.access import Access, caller
from sludgetrack.api.parts import parts, run_for
from sludgetrack.api.problems import Refused
from sludgetrack.api.routing import READ, Gives, Takes, operation
from sludgetrack.domain.permissions import Action
from sludgetrack.schemas.answers import digest
from sludgetrack.services import photos

TAG = "Manifests"
_BINARY: dict[str, Any] = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in photos.KINDS}


class PhotoSchema(Schema):
    """A picture that was kept."""

    photo = digest()


@operation(
    "POST",
    "/photos",
    tag=TAG,
    access=Access(Scope.WRITE),
    takes=Takes(media=_BINARY),
    gives=Gives(status=201, schema=PhotoSchema(), refusals=(413, 415, 422)),
)
def keep_photo() -> dict[str, str]:
    """Keep a picture, up to 8 MB

    The digest goes into `photo` of what it belongs to.
    """
    if request.mimetype not in photos.KINDS:
        raise Refused("wrong_media_type", wanted=", ".join(photos.KINDS))
    request.max_content_length = photos.MOST_BYTES
    return {"photo": photos.keep(parts().blobs, request.get_data(cache=False))}


@operation(
    "GET",
    "/manifests/<number:number>/photos/<digest:digest>",
    tag=TAG,
    access=Access(Scope.READ, Action.READ),
    gives=Gives(content_type="image/jpeg", refusals=(*READ, 422), description="The picture, of its own kind"),
)
def read_photo(number: str, digest: str) -> Response:
    """A picture that an event or an offer of a manifest names"""
    blobs = parts().blobs
    found = run_for(caller().actor, lambda ctx: photos.of_manifest(ctx, blobs, number, digest))
    return Response(found.content, mimetype=found.media_type)
