"""Photos that go with an event: kept whole and unchanged under their digest, shown to the parties alone.

The claim states the digest, so the chain vouches for the picture as it was taken.
"""

from __future__ import annotations

from dataclasses import dataclass

from sludgetrack.domain.errors import NotFound, OutOfRange
from sludgetrack.domain.events import Stream, StreamKind
from sludgetrack.domain.permissions import Action, may
from sludgetrack.services.cases import open_case
from sludgetrack.services.context import Context
from sludgetrack.services.manifests import owner_of
from sludgetrack.store import offers, streams
from sludgetrack.store.blobs import BlobMissing, BlobStore

MOST_BYTES = 8 * 1024 * 1024
FIGURE = "photo"
"""The figure of a claim that states a photo's digest."""

_WANTED = "JPEG / PNG / WebP, ≤ 8 MB"


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture's bytes and what kind of picture they are."""

    content: bytes
    media_type: str


def media_type(content: bytes) -> str | None:
    """The kind of picture by its first bytes, whatever its name says; None for anything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/webp" if content.startswith(b"RIFF") and content[8:12] == b"WEBP" else None


def keep(blobs: BlobStore, content: bytes) -> str:
    """Keep a picture and return its digest in hex. Raises OutOfRange, field ``photo``, for too much or another kind."""
    if len(content) > MOST_BYTES:
        raise OutOfRange(field=FIGURE, value=f"{len(content) / 1024 / 1024:.1f} MB", wanted=_WANTED)
    if media_type(content) is None:
        raise OutOfRange(field=FIGURE, value="?", wanted=_WANTED)
    return blobs.put(content).hex()


def of_manifest(ctx: Context, blobs: BlobStore, number: str, digest: str) -> Photo:
    """A picture that an event or an offer of a manifest states. Raises NotFound, also for whoever may not see it."""
    case = open_case(ctx, number, lock=False)
    stated = streams.claims(ctx.connection, case.head.id, FIGURE, digest)
    if not stated and digest not in offers.command_values(ctx.connection, case.head.id, FIGURE):
        raise _not_found(digest)
    return _read(blobs, digest)


def of_facility(ctx: Context, blobs: BlobStore, code: str, digest: str) -> Photo:
    """A picture that an act on a facility states, for whoever runs it or supervises it. Raises NotFound."""
    at = ctx.directory.facility(code)
    stream = Stream(StreamKind.FACILITY, code)
    if not may(ctx.actor, Action.READ, owner_of(ctx, at)):
        raise _not_found(digest)
    head = streams.peek(ctx.connection, [stream])[stream]
    if not streams.claims(ctx.connection, head.id, FIGURE, digest):
        raise _not_found(digest)
    return _read(blobs, digest)


def _read(blobs: BlobStore, digest: str) -> Photo:
    try:
        content = blobs.get(bytes.fromhex(digest))
    except BlobMissing:
        raise _not_found(digest) from None
    return Photo(content, media_type(content) or "application/octet-stream")


def _not_found(digest: str) -> NotFound:
    return NotFound(kind="photo", name=digest[:12])
