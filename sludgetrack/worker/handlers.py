"""What is done for each topic of the outbox. A handler gets the events of a batch and works in its transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from sludgetrack.services.sheets import Press, render_and_record
from sludgetrack.store.blobs import BlobStore
from sludgetrack.store.outbox import Topic

Handler = Callable[[Connection, Sequence[str], datetime], None]
"""Does the work about some events. Doing it twice must be the same as doing it once."""


def handlers(blobs: BlobStore, public_address: str) -> Mapping[Topic, Handler]:
    """Every topic with what is done about it."""

    def record_sheets(connection: Connection, refs: Sequence[str], now: datetime) -> None:
        render_and_record(Press(connection, blobs, now, public_address), refs)

    return {Topic.SHEET: record_sheets}
