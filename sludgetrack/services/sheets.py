"""Sheets on the record: rendered once after their event, kept for good, their digests in the log.

A sheet may be made by the worker, or by whoever first asks for one of an imported event. It comes out the same, since
it is made only from what was on record at its event; whoever records it first has recorded it. Each names the sheet
before it, so that a manifest's sheets are made in their order, the missing ones before the one that is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sludgetrack.documents import disposal, sheet
from sludgetrack.domain.chain import commitment
from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.events import Entry, EventType, StreamKind, leaves_sheet
from sludgetrack.domain.manifest import REWRITES
from sludgetrack.services.cases import open_case
from sludgetrack.services.context import Context
from sludgetrack.services.disposal_content import Brought, DisposalSource, disposal_content
from sludgetrack.services.sheet_content import Anchor, Source, sheet_content
from sludgetrack.services.sheet_corrections import Superseded
from sludgetrack.store import draws, streams
from sludgetrack.store import sheets as store
from sludgetrack.store.blobs import BlobStore
from sludgetrack.store.log import Head
from sludgetrack.store.sheets import Aside, Listed, Sheet, Spot


class RecordedOtherwise(RuntimeError):
    """Somebody recorded one of these sheets meanwhile, and with other bytes: another try builds on that one.

    Happens only where two writers render with different public addresses or templates at the same moment.
    """


class PersonalDataChanged(ValueError):
    """What stands beside an entry is not what the entry commits to; the event's id says which."""


@dataclass(frozen=True, slots=True)
class Press:
    """Where sheets are kept and with which public address they are printed. ``now`` is when they are recorded."""

    connection: Connection
    blobs: BlobStore
    now: datetime
    public_address: str

    def printed(self, spot: Spot, ordinal: int, anchor: Anchor, rendering: bytes) -> Sheet:
        """Keep a rendering and give the row that records it. Nothing is signed yet, so it is the file as it is."""
        digest = self.blobs.put(rendering)
        return Sheet(
            id=store.sheet_id(spot.event_id),
            event_id=spot.event_id,
            stream_id=spot.stream_id,
            ordinal=ordinal,
            template_version=anchor.template_version,
            public_address=anchor.public_address,
            log_size=anchor.head.size,
            log_root=anchor.head.root,
            rendering_digest=digest,
            file_digest=digest,
            size=len(rendering),
            recorded_at=self.now,
        )


def render_and_record(press: Press, event_ids: Collection[str]) -> dict[str, Sheet]:
    """The sheets of these events by event id, rendered and recorded where they are not yet.

    The log's lock is taken last, once for all of them. If the transaction does not commit, nothing remains but files
    that nothing refers to, which the next try puts again. Raises LookupError for an event that leaves no sheet.
    """
    wanted = set(event_ids)
    missing = wanted - store.of_events(press.connection, wanted).keys()
    if missing:
        _record(press, list(_made(press, missing)))
    return store.of_events(press.connection, wanted)


def sheet_on_demand(press: Press, event_id: str) -> Sheet:
    """The sheet of an event; of imported history it is made now and stays. Raises LookupError."""
    return render_and_record(press, [event_id])[event_id]


def sheets_of(connection: Connection, stream_id: int) -> list[Listed]:
    """The events of a manifest that leave a sheet, in order, each with its sheet if it has been made."""
    return store.listed(connection, stream_id)


def open_sheet(ctx: Context, press: Press, number: str, ordinal: int) -> tuple[Sheet, bytes]:
    """A sheet of a manifest that the actor may see, with its file.

    Raises NotFound, NotANumber, and BlobMissing or BlobDamaged where the file is not what was recorded.
    """
    case = open_case(ctx, number, lock=False)
    events = [entry.claim.event_id for entry in case.entries if leaves_sheet(entry.claim)]
    if not 1 <= ordinal <= len(events):
        raise NotFound(kind="sheet", name=str(ordinal))
    found = sheet_on_demand(press, events[ordinal - 1])
    return found, press.blobs.get(found.file_digest)


def _record(press: Press, made: Sequence[Sheet]) -> None:
    added = store.add(press.connection, made, press.now)
    raced = {each.event_id: each.file_digest for each in made if each.event_id not in added}
    for event_id, recorded in store.of_events(press.connection, raced).items():
        if recorded.file_digest != raced[event_id]:
            raise RecordedOtherwise(event_id)


def _made(press: Press, event_ids: Collection[str]) -> Iterator[Sheet]:
    spots = store.spots(press.connection, event_ids)
    if len(spots) < len(event_ids):
        raise LookupError(f"not on record: {sorted(set(event_ids) - spots.keys())}")
    manifests = [spot for spot in spots.values() if spot.stream.kind is StreamKind.MANIFEST]
    if manifests:
        yield from _manifest_sheets(press, manifests)
    yield from _disposal_sheets(press, [spot for spot in spots.values() if spot not in manifests])


def _manifest_sheets(press: Press, wanted: Iterable[Spot]) -> Iterator[Sheet]:
    """The missing sheets of some manifests up to the wanted events, manifest by manifest, in order."""
    upto: dict[int, int] = {}
    for spot in wanted:
        upto[spot.stream_id] = max(upto.get(spot.stream_id, 0), spot.seq)
    read = _Read.of(press.connection, upto)
    for history in read.histories.values():
        if not leaves_sheet(history[-1].claim):
            raise LookupError(f"{history[-1].claim.event_id} leaves no sheet")
        yield from _history_sheets(press, read, history)


@dataclass(frozen=True, slots=True)
class _Read:
    """Some manifests' entries up to the wanted ones, and all that the missing ones of their sheets are made from."""

    histories: Mapping[int, Sequence[Entry]]
    recorded: Mapping[str, Sheet]
    spots: Mapping[str, Spot]
    heads: Mapping[int, Head]
    personal: Mapping[str, Mapping[str, Any]]
    drawn: Mapping[str, Sequence[draws.Drawn]]

    @staticmethod
    def of(connection: Connection, upto: Mapping[int, int]) -> _Read:
        """``upto``: the last wanted seq by manifest."""
        whole = streams.entries(connection, upto)
        histories = {i: [entry for entry in whole[i] if entry.seq <= seq] for i, seq in upto.items()}
        entries = [entry for history in histories.values() for entry in history]
        recorded = store.of_streams(connection, upto)
        ids = [e.claim.event_id for e in entries if leaves_sheet(e.claim) and e.claim.event_id not in recorded]
        spots = store.spots(connection, ids)
        loadings = [e.claim.event_id for e in entries if e.claim.type is EventType.LOADED]
        return _Read(
            histories,
            recorded,
            spots,
            store.heads(connection, [spot.position for spot in spots.values()]),
            _committed(entries, store.asides(connection, [e.claim.event_id for e in entries])),
            {**draws.batches(connection, loadings), **dict(_drawn_anew(connection, histories.values()))},
        )


def _drawn_anew(
    connection: Connection, histories: Iterable[Sequence[Entry]]
) -> Iterator[tuple[str, Sequence[draws.Drawn]]]:
    """What each loading took as it counts after each decision and correction, by the id of that one."""
    for history in histories:
        loading: str | None = None
        events: list[str] = []
        for entry in history:
            if entry.claim.type is EventType.LOADED:
                loading, events = entry.claim.event_id, [entry.claim.event_id]
            elif loading is not None and entry.claim.type in REWRITES:
                events.append(entry.claim.event_id)
                yield entry.claim.event_id, draws.batches_after(connection, loading, events)


def _history_sheets(press: Press, read: _Read, history: Sequence[Entry]) -> Iterator[Sheet]:
    """The missing sheets of one manifest, each built upon the one before it."""
    previous: bytes | None = None
    newest: dict[str, Superseded] = {}
    ordinal = 0
    for length, entry in enumerate(history, start=1):
        if not leaves_sheet(entry.claim):
            continue
        ordinal += 1
        about = entry.claim.figures.get("corrects", entry.claim.event_id)
        made = read.recorded.get(entry.claim.event_id)
        if made is None:
            spot = read.spots[entry.claim.event_id]
            head = read.heads[spot.position]
            anchor = Anchor(spot.position, head, previous, sheet.TEMPLATE, press.public_address)
            source = Source(tuple(history[:length]), read.personal, read.drawn, ordinal, anchor, newest.get(about))
            made = press.printed(spot, ordinal, anchor, sheet.render(sheet_content(source)))
            yield made
        previous = made.file_digest
        newest[about] = Superseded(ordinal, previous)


def _disposal_sheets(press: Press, wanted: Iterable[Spot]) -> Iterator[Sheet]:
    """The missing sheets of some disposals up to the wanted editions, disposal by disposal, in order."""
    entries = store.entries(press.connection, [spot.event_id for spot in wanted])
    upto: dict[str, int] = {}
    for spot in wanted:
        entry = entries[spot.event_id]
        if not leaves_sheet(entry.claim):
            raise LookupError(f"{spot.event_id} leaves no sheet")
        about = entry.claim.figures.get("corrects", spot.event_id)
        upto[about] = max(upto.get(about, 0), entry.seq)
    for about, seq in upto.items():
        yield from _editions(press, about, seq)


def _editions(press: Press, event_id: str, upto: int) -> Iterator[Sheet]:
    """The missing sheets of one disposal: its own, and one for each correction of it."""
    connection = press.connection
    first = store.entries(connection, [event_id])[event_id]
    made_since = streams.corrections_of(connection, [event_id]).get(event_id, [])
    editions = [entry for entry in (first, *made_since) if entry.seq <= upto]
    recorded = store.of_events(connection, [entry.claim.event_id for entry in editions])
    previous: bytes | None = None
    for ordinal, entry in enumerate(editions, start=1):
        made = recorded.get(entry.claim.event_id)
        if made is None:
            made = _disposal_sheet(press, editions[:ordinal], previous)
            yield made
        previous = made.file_digest


def _disposal_sheet(press: Press, editions: Sequence[Entry], previous: bytes | None) -> Sheet:
    """The sheet of the last of these: a disposal and the corrections of it so far."""
    connection = press.connection
    first, *made_since = editions
    said = [each for one in made_since for each in streams.about_proposal(connection, one.claim.figures["proposal"])]
    entries = sorted((*editions, *said), key=lambda entry: entry.seq)
    people = _committed(entries, store.asides(connection, [entry.claim.event_id for entry in entries]))
    taken = draws.disposed(connection, first.claim.event_id, [one.claim.event_id for one in made_since])
    last = editions[-1].claim.event_id
    spot = store.spots(connection, [last])[last]
    head = store.heads(connection, [spot.position])[spot.position]
    anchor = Anchor(spot.position, head, previous, disposal.TEMPLATE, press.public_address)
    source = DisposalSource(first, people, taken, brought(connection, taken), anchor, tuple(entries))
    return press.printed(spot, len(editions), anchor, disposal.render(disposal_content(source)))


def brought(connection: Connection, taken: draws.Disposed) -> list[Brought]:
    """The receipts behind a disposal, the earliest first."""
    units = draws.receipts_behind(connection, taken)
    received, issued = store.entries(connection, units), store.first_entries(connection, units)
    found = [Brought(issued[event_id], received[event_id], units[event_id]) for event_id in units]
    return sorted(found, key=lambda each: (each.received.claim.occurred_at, each.issued.stream.name))


def _committed(entries: Iterable[Entry], asides: Mapping[str, Aside]) -> dict[str, Mapping[str, Any]]:
    """The personal data beside entries, held against what they commit to; what was erased is missing."""
    people: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        aside = asides.get(entry.claim.event_id)
        if aside is None or entry.personal_hash is None:
            continue
        if commitment(aside.salt, aside.data) != entry.personal_hash:
            raise PersonalDataChanged(entry.claim.event_id)
        people[entry.claim.event_id] = aside.data
    return people
