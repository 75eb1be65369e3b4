"""Photos that go with an event: kept whole and unchanged under their digest, shown to the parties alone.

The claim states the digest, so the chain vouches for the picture as it was taken.
"""

from __future__ import annotations

from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.events import Stream, StreamKind
from sludgetrack.domain.permissions import Action, may
from sludgetrack.services import kept_files
from sludgetrack.services.cases import open_case
from sludgetrack.services.context import Context
from sludgetrack.services.kept_files import MEGABYTE, KeptFile, Wanted
from sludgetrack.services.manifests import owner_of
from sludgetrack.store import offers, streams
from sludgetrack.store.blobs import BlobStore

MOST_BYTES = 8 * MEGABYTE
FIGURE = "photo"
"""The figure of a claim that states a photo's digest."""

KINDS = ("image/jpeg", "image/png", "image/webp")


def keep(blobs: BlobStore, content: bytes) -> str:
    """Keep a picture and return its digest in hex. Raises OutOfRange, field ``photo``, for too much or another kind."""
    return kept_files.keep(blobs, content, _wanted())


def _wanted() -> Wanted:
    return Wanted(FIGURE, KINDS, MOST_BYTES)


def of_manifest(ctx: Context, blobs: BlobStore, number: str, digest: str) -> KeptFile:
    """A picture that an event or an offer of a manifest states. Raises NotFound, also for whoever may not see it."""
    case = open_case(ctx, number, lock=False)
    stated = streams.claims(ctx.connection, case.head.id, FIGURE, digest)
    if not stated and digest not in offers.command_values(ctx.connection, case.head.id, FIGURE):
        raise _not_found(digest)
    return _read(blobs, digest)


def of_facility(ctx: Context, blobs: BlobStore, code: str, digest: str) -> KeptFile:
    """A picture that an act on a facility states, for whoever runs it or supervises it. Raises NotFound."""
    at = ctx.directory.facility(code)
    stream = Stream(StreamKind.FACILITY, code)
    if not may(ctx.actor, Action.READ, owner_of(ctx, at)):
        raise _not_found(digest)
    head = streams.peek(ctx.connection, [stream])[stream]
    if not streams.claims(ctx.connection, head.id, FIGURE, digest):
        raise _not_found(digest)
    return _read(blobs, digest)


def _read(blobs: BlobStore, digest: str) -> KeptFile:
    return kept_files.read(blobs, digest, _wanted())


def _not_found(digest: str) -> NotFound:
    return kept_files.not_found(digest, _wanted())
