"""Sheets in tests: a place for their files, and what the record gives a sheet to be made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, select

from sludgetrack import tx
from sludgetrack.documents.content import DisposalContent, SheetContent
from sludgetrack.domain.events import KINDS, Entry, Stream, StreamKind, leaves_sheet
from sludgetrack.services import sheets
from sludgetrack.services.disposal_content import DisposalSource, disposal_content
from sludgetrack.services.sheet_content import Anchor, Source, sheet_content
from sludgetrack.services.sheets import Press, render_and_record
from sludgetrack.store import draws, personal, streams
from sludgetrack.store.blobs import FolderBlobs
from sludgetrack.store.log import Head
from sludgetrack.store.sheets import Sheet
from sludgetrack.store.tables.manifests import sheet
from sludgetrack.store.tables.record import entry, outbox

ADDRESS = "https://ludan.example.cn"
DISPOSAL_ANCHOR = Anchor(7, Head(9, bytes(32)), None, "disposal-1", ADDRESS)


@dataclass
class Archive:
    """A database, a folder for its sheets, and the time they are recorded."""

    engine: Engine
    folder: Path
    now: Callable[[], datetime]

    @property
    def blobs(self) -> FolderBlobs:
        """The files."""
        return FolderBlobs(self.folder)

    def press(self, connection: Connection, address: str = ADDRESS) -> Press:
        """What sheets are printed with."""
        return Press(connection, self.blobs, self.now(), address)

    def record(self, *event_ids: str) -> list[Sheet]:
        """The sheets of these events, recorded."""
        with tx.unit_of_work(self.engine) as connection:
            made = render_and_record(self.press(connection), event_ids)
        return [made[event_id] for event_id in event_ids]

    def rehearse(self, event_id: str) -> Sheet:
        """The sheet of an event as it would be recorded now; nothing is."""
        with self.engine.connect() as connection:
            return render_and_record(self.press(connection), [event_id])[event_id]

    def sheets(self) -> list[Sheet]:
        """Every recorded sheet."""
        with self.engine.connect() as connection:
            return [Sheet(**row._mapping) for row in connection.execute(select(sheet).order_by(sheet.c.log_size))]

    def asked_for(self) -> list[Any]:
        """What waits in the outbox."""
        with self.engine.connect() as connection:
            return list(connection.execute(select(outbox).order_by(outbox.c.id)))

    def with_sheet(self) -> list[str]:
        """The ids of all events that leave a sheet."""
        kinds = [str(kind.type) for kind in KINDS.values() if kind.sheet]
        with self.engine.connect() as connection:
            return list(connection.scalars(select(entry.c.event_id).where(entry.c.type.in_(kinds))))

    def forget_requests(self) -> None:
        """As after an import, which asks for no sheets."""
        with self.engine.begin() as connection:
            connection.execute(delete(outbox))


def history(engine: Engine, number: str) -> list[Entry]:
    """The entries of a manifest."""
    stream = Stream(StreamKind.MANIFEST, number)
    with engine.connect() as connection:
        head = streams.peek(connection, [stream])[stream]
        return streams.entries(connection, [head.id])[head.id]


def source(engine: Engine, number: str) -> Source:
    """What the sheet of a manifest's last event is made from."""
    entries = history(engine, number)
    ids = [each.claim.event_id for each in entries]
    with engine.connect() as connection:
        beside, drawn = personal.beside(connection, ids), draws.batches(connection, ids)
    ordinal = sum(leaves_sheet(each.claim) for each in entries)
    return Source(tuple(entries), beside, drawn, ordinal, Anchor(7, Head(9, bytes(32)), None, "sheet-1", ADDRESS))


def content(engine: Engine, number: str) -> SheetContent:
    """The content of the sheet of a manifest's last event."""
    return sheet_content(source(engine, number))


def content_at(engine: Engine, number: str, seq: int) -> SheetContent:
    """The content of the sheet of a manifest's event with this seq."""
    whole = source(engine, number)
    return sheet_content(replace(whole, entries=whole.entries[:seq]))


def disposal(engine: Engine, event_id: str) -> DisposalContent:
    """The content of a disposal's sheet."""
    with engine.connect() as connection:
        entry_ = streams.one(connection, event_id)
        assert entry_ is not None
        people = personal.beside(connection, [event_id])
        taken = draws.disposed(connection, event_id)
        brought = sheets.brought(connection, taken)
    return disposal_content(DisposalSource(entry_, people, taken, brought, DISPOSAL_ANCHOR))
