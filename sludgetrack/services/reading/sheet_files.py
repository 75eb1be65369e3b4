"""A recorded sheet's file for whoever may see what it is about."""

from __future__ import annotations

from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.events import StreamKind
from sludgetrack.domain.permissions import Action, may
from sludgetrack.services.cases import open_case
from sludgetrack.services.context import Context
from sludgetrack.services.manifests import owner_of
from sludgetrack.store import sheets
from sludgetrack.store.blobs import BlobStore
from sludgetrack.store.sheets import Sheet


def by_id(ctx: Context, blobs: BlobStore, sheet_id: str) -> tuple[Sheet, bytes]:
    """A sheet and its file. Raises NotFound, also for whoever may not see it, BlobMissing and BlobDamaged."""
    found = sheets.by_id(ctx.connection, sheet_id)
    spot = sheets.spots(ctx.connection, [found.event_id]).get(found.event_id) if found else None
    if found is None or spot is None:
        raise NotFound(kind="sheet", name=sheet_id)
    if spot.stream.kind is StreamKind.MANIFEST:
        _require_manifest(ctx, spot.stream.name, sheet_id)
    elif not may(ctx.actor, Action.READ, owner_of(ctx, ctx.directory.facility(spot.stream.name))):
        raise NotFound(kind="sheet", name=sheet_id)
    return found, blobs.get(found.file_digest)


def _require_manifest(ctx: Context, number: str, sheet_id: str) -> None:
    try:
        open_case(ctx, number, lock=False)
    except NotFound:
        raise NotFound(kind="sheet", name=sheet_id) from None
