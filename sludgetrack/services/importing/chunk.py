"""One chunk of an import: so many steps of the book in one transaction.

Everything the steps touch is locked and read first, in a handful of queries; then each step is put into its claims and
booked in order; then all of it is appended at once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sludgetrack.domain.errors import NotAllowedNow
from sludgetrack.domain.events import Claim, EventType, Mark, Stream, StreamKind
from sludgetrack.domain.manifest import ALLOWED, ManifestState, allowed_events
from sludgetrack.domain.times import legal_day
from sludgetrack.ledgerfiles.columns import DISPOSALS, MOVEMENTS, PRODUCTION, STOCKTAKES, TREATMENTS
from sludgetrack.services import booking
from sludgetrack.services.importing import claims
from sludgetrack.services.importing.cases import Memory, find_streams, states_of
from sludgetrack.services.importing.claims import Words
from sludgetrack.services.importing.codes import public_codes
from sludgetrack.services.importing.evidence import Evidence
from sludgetrack.services.importing.ids import event_id
from sludgetrack.services.importing.rows import Rows, read_rows
from sludgetrack.services.importing.snapshot import Snapshots
from sludgetrack.services.importing.stock import read_stock
from sludgetrack.store import numbering, staging, streams
from sludgetrack.store.append import Appending, Draft, append
from sludgetrack.store.books import Books
from sludgetrack.store.staging_order import Kind, Stages, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from sludgetrack.domain.dated import Tables
    from sludgetrack.domain.events import Confirmation
    from sludgetrack.ledgerfiles.rows import Disposal, Movement
    from sludgetrack.services.importing.judging import Judge
    from sludgetrack.store.directory import Directory, Facility
    from sludgetrack.store.streams import StreamHead

_IMPORTED = (Mark.IMPORTED,)
_IDS = {Kind.PRODUCE: 2, Kind.START: 2, Kind.RECEIVE: 2, Kind.TREAT: 4, Kind.COUNT: 1}
"""What a step usually takes from the sequence of holdings: rows and their places in age."""


@dataclass(slots=True)
class Desk:
    """What stays the same from chunk to chunk: registers, rules, and the manifests still in memory."""

    directory: Directory
    rated_kg: Mapping[str, int]
    tables: Tables
    judge: Judge
    memory: Memory = field(default_factory=Memory)


class Chunk:
    """The steps of one chunk on their way into the record."""

    def __init__(self, connection: Connection, desk: Desk, steps: Sequence[Step], now: datetime) -> None:
        self._connection = connection
        self._desk = desk
        self._directory = desk.directory
        self._steps = steps
        self._now = now
        self._books = Books(connection, desk.directory, pool=sum(_IDS.get(Kind(step.kind), 0) for step in steps) or 1)
        self._words = Words(now)
        self._snapshots = Snapshots(desk.directory)
        self._drafts: list[Draft] = []
        self._heads: dict[Stream, StreamHead] = {}
        self._made: dict[Stream, StreamHead] = {}
        self._states: dict[Stream, ManifestState] = {}
        self._manifests: dict[int, Stream] = {}
        self._begun: dict[int, ManifestState] = {}
        self._naming: dict[int, dict[str, Any]] = {}
        self._rows = Rows()

    def record(self) -> tuple[int, list[ManifestState]]:
        """Take every step. How many events that made, and what the manifests among them are now.

        Raises NotAllowedNow where somebody has gone on with a manifest since it was checked.
        """
        self._directory.load_all_again()
        self._rows = read_rows(self._connection, self._steps)
        self._lock()
        self._number()
        read_stock(self._books, self._directory, self._steps, self._rows, self._naming)
        self._evidence = Evidence(self._connection, self._directory, self._desk.judge, self._rows)
        for step in self._steps:
            _TAKE[Kind(step.kind)](self, step)
        self._remember()
        work = Appending(self._drafts, self._heads, self._states, self._books, sheets=False, unmade=self._made)
        append(self._connection, self._directory, work, self._now)
        return len(self._drafts), [self._states[stream] for stream in self._manifests.values()]

    # Before the first step

    def _lock(self) -> None:
        """Streams first, then facilities, each in the order of their ids, as all writers do."""
        known = self._known_movements()
        named = find_streams(self._connection, self._desk.memory, {row.manifest for row in known})
        facilities = {Stream(StreamKind.FACILITY, code) for code in self._facilities_acting()}
        self._heads = streams.lock(self._connection, [*named.values(), *facilities])
        self._states = states_of(self._connection, self._desk.memory, named, self._heads)
        for row in known:
            self._manifests[row.line] = named[row.manifest]
        self._directory.lock_facilities(list(self._facilities_touched()))

    def _known_movements(self) -> list[Movement]:
        """The movements whose manifests are on record already."""
        new = {step.line for step in self._starts() if step.stages & Stages.ISSUED}
        return [row for line, row in self._rows.movements.items() if line not in new]

    def _starts(self) -> Iterable[Step]:
        return (step for step in self._steps if step.kind == Kind.START)

    def _facilities_acting(self) -> set[str]:
        plants = {row.plant for row in self._rows.productions.values()}
        running = {row.site for row in self._rows.treatments.values()}
        disposing = {row.site for row in self._rows.disposals.values()}
        return plants | running | disposing | {row.facility for row in self._rows.stocktakes.values()}

    def _facilities_touched(self) -> set[str]:
        touched = self._facilities_acting()
        for step in self._steps:
            if step.kind in {Kind.START, Kind.RECEIVE, Kind.RETURN}:
                row = self._rows.movements[step.line]
                if step.kind != Kind.RECEIVE:
                    touched.add(row.giver)
                elif step.line in self._manifests:
                    touched.add(self._states[self._manifests[step.line]].figures["destination"])
                else:
                    touched.add(row.destination)
        return touched

    def _number(self) -> None:
        """Give the new manifests their numbers, in the order of the steps, and their streams."""
        new = [step.line for step in self._starts() if step.stages & Stages.ISSUED]
        series = [self._series(self._rows.movements[line]) for line in new]
        givers = {facility.id: facility for facility, _ in series}
        counts = Counter((facility.id, year) for facility, year in series)
        blocks = numbering.next_blocks(self._connection, counts, givers)
        taking = {key: iter(block) for key, block in blocks.items()}
        codes = public_codes(len(new))
        for line, (facility, year), code in zip(new, series, codes, strict=True):
            number = next(taking[facility.id, year])
            self._naming[line] = {"number": number, "public_code": code}
            self._manifests[line] = Stream(StreamKind.MANIFEST, number)
        self._made = streams.reserve(self._connection, [self._manifests[line] for line in new])
        self._heads |= self._made
        self._states |= dict.fromkeys(self._made, ManifestState())

    def _series(self, row: Movement) -> tuple[Facility, int]:
        giver = self._directory.facility(row.giver)
        return giver, claims.legal_year(row.issued_at, giver.zone)

    # The steps

    def _produce(self, step: Step) -> None:
        row = self._rows.productions[step.line]
        plant = self._directory.facility(row.plant)
        at = claims.start_of(row.day, plant.zone)
        figures = claims.produced(
            row, self._evidence.assumed_bp(row.plant, row.day), self._desk.tables.treatments(row.day)
        )
        self._act_of_facility(plant, EventType.PRODUCED, at, figures, event_id("production", row.batch, "produced", at))

    def _dispose(self, step: Step) -> None:
        self._end(self._rows.disposals[step.line], claims.disposed, "disposed")

    def _finish(self, step: Step) -> None:
        self._end(self._rows.disposals[step.line], claims.finished, "final")

    def _end(self, row: Disposal, said: Callable[[Disposal], dict[str, Any]], stage: str) -> None:
        site = self._directory.facility(row.site)
        at = claims.end_of(row.day, site.zone)
        lot = self._books.holding(row.lot, site.place.account)
        if lot is None:
            raise LookupError(f"no lot {row.lot} at {row.site}")
        reports = self._evidence.for_disposal(row)
        judgement = self._desk.judge.figures(self._books, site, lot, row, reports=reports)
        figures = {**said(row), **self._snapshots.of_site(row.site), **judgement}
        self._act_of_facility(site, EventType.DISPOSED, at, figures, event_id("disposals", row.disposal, stage, at))

    def _treat(self, step: Step) -> None:
        row = self._rows.treatments[step.line]
        site = self._directory.facility(row.site)
        at = claims.end_of(row.day, site.zone)
        process = self._desk.tables.treatments(row.day)[row.process]
        said = claims.treated(row, process)
        kept = claims.kept(booking.run_of(self._books, said, site), process)
        marks = () if kept["plausible"] else (Mark.IMPLAUSIBLE_YIELD,)
        self._act_of_facility(
            site, EventType.TREATED, at, said | kept, event_id("treatments", row.run, "treated", at), marks=marks
        )

    def _count(self, step: Step) -> None:
        row = self._rows.stocktakes[step.line]
        facility = self._directory.facility(row.facility)
        at = claims.end_of(row.day, facility.zone)
        key = f"{row.facility}|{row.day}"
        self._act_of_facility(
            facility, EventType.COUNTED, at, claims.counted(row), event_id("stocktakes", key, "counted", at)
        )

    def _act_of_facility(
        self,
        at: Facility,
        event: EventType,
        when: datetime,
        figures: dict[str, Any],
        event_id: str,
        *,
        marks: tuple[Mark, ...] = (),
    ) -> None:
        owner = self._directory.organisation(at.organisation_id).code
        claim = Claim(event_id, event, Stream(StreamKind.FACILITY, at.code), when, None, owner, figures)
        booked = booking.book(self._books, claim, ManifestState())
        overdraft = (Mark.OVERDRAFT,) if booked is not None and booked.overdraft else ()
        self._drafts.append(Draft(claim, self._words.own(owner), (*_IMPORTED, *marks, *overdraft)))

    def _start(self, step: Step) -> None:
        row = self._rows.movements[step.line]
        giver = self._owner(row.giver)
        hauler = self._directory.hauler(row.hauler).code
        stages = step.stages
        if stages & Stages.ISSUED:
            self._issue(row, giver)
        if stages & Stages.ASSIGNED:
            beside = None if stages & Stages.LOADED else _driver(row)
            claim = self._claim(row, EventType.ASSIGNED, row.loaded_at or row.issued_at, hauler, {"plate": row.plate})
            self._drafts.append(Draft(claim, self._words.absent(hauler), _IMPORTED, beside))
        if stages & Stages.LOADED:
            self._load(row, giver, self._words.handoff(giver, hauler), crossing=bool(stages & Stages.OVERLAP))
        if stages & Stages.VOIDED and row.void_at:
            claim = self._claim(row, EventType.VOIDED, row.void_at, giver, claims.given(reason=row.void_reason))
            self._drafts.append(Draft(claim, self._words.own(giver), _IMPORTED))

    def _issue(self, row: Movement, giver: str) -> None:
        parties = self._snapshots.of_manifest(row.giver, row.hauler, row.destination)
        figures = claims.issued(row, self._naming[row.line], parties, self._desk.rated_kg.get(row.plate or ""))
        self._begun[row.line] = ManifestState(figures=figures)
        claim = self._claim(row, EventType.ISSUED, row.issued_at, giver, figures)
        marks = _IMPORTED + claims.route_marks(self._directory.facility(row.destination), row.route)
        self._drafts.append(Draft(claim, self._words.own(giver), marks))

    def _load(self, row: Movement, giver: str, words: tuple[Confirmation, ...], *, crossing: bool) -> None:
        if row.loaded_at is None or row.net_out_kg is None:
            raise ValueError(f"line {row.line} has no load")
        rated_kg = self._desk.rated_kg.get(row.plate or "")
        day = legal_day(row.loaded_at, self._directory.facility(row.giver).zone)
        figures = claims.loaded(row, rated_kg, self._evidence.assumed_bp(row.giver, day))
        claim = self._claim(row, EventType.LOADED, row.loaded_at, giver, figures)
        booked = booking.book(self._books, claim, self._begun[row.line])
        marks = list(_IMPORTED)
        if claims.is_overloaded(row.net_out_kg, rated_kg):
            marks.append(Mark.OVERLOAD)
        if crossing:
            marks.append(Mark.OVERLAP)
        if booked is not None and booked.overdraft:
            marks.append(Mark.OVERDRAFT)
        self._drafts.append(Draft(claim, words, tuple(marks), _driver(row)))

    def _receive(self, step: Step) -> None:
        row = self._rows.movements[step.line]
        self._hand_over(row, EventType.RECEIVED, row.received_at, claims.received(row))

    def _return(self, step: Step) -> None:
        row = self._rows.movements[step.line]
        self._hand_over(row, EventType.RETURNED, row.returned_at, claims.returned(row))

    def _hand_over(self, row: Movement, event: EventType, at: datetime | None, figures: dict[str, Any]) -> None:
        if at is None:
            raise ValueError(f"line {row.line} has no {event}")
        state = self._state(row, event)
        taker = self._owner(state.figures["destination" if event is EventType.RECEIVED else "giver"])
        claim = self._claim(row, event, at, taker, figures)
        booking.book(self._books, claim, state)
        hauler = self._directory.hauler(row.hauler).code
        self._drafts.append(Draft(claim, self._words.handoff(taker, hauler), _IMPORTED))

    def _claim(
        self, row: Movement, event: EventType, at: datetime, organisation: str, figures: dict[str, Any]
    ) -> Claim:
        self._state(row, event)
        subject = self._manifests[row.line]
        return Claim(
            event_id("movements", row.manifest, str(event), at), event, subject, at, None, organisation, figures
        )

    def _state(self, row: Movement, event: EventType) -> ManifestState:
        """A manifest as its bookings need it: as it was when the chunk first came to it, with what its issue says."""
        state = self._begun.get(row.line)
        if state is None:
            state = self._begun[row.line] = self._states[self._manifests[row.line]]
            if state.status not in ALLOWED[event]:
                allowed = [str(e) for e in allowed_events(state)]
                raise NotAllowedNow(status=str(state.status), event=str(event), allowed=allowed, name=row.manifest)
        return state

    def _owner(self, facility: str) -> str:
        return self._directory.organisation(self._directory.facility(facility).organisation_id).code

    # After the last step

    def _remember(self) -> None:
        """Note of each row what is recorded of it by now, so that the next import finds the rest."""
        widths: dict[int, int] = {}
        for step in self._steps:
            if step.kind in {Kind.START, Kind.RECEIVE, Kind.RETURN}:
                widths[step.line] = _width(self._rows.movements[step.line], step.kind)
        staging.remember_staged(self._connection, "movements", widths)
        productions = dict.fromkeys(self._rows.productions, len(PRODUCTION.columns))
        staging.remember_staged(self._connection, "production", productions)
        treatments = dict.fromkeys(self._rows.treatments, len(TREATMENTS.columns))
        staging.remember_staged(self._connection, "treatments", treatments)
        disposals = dict.fromkeys(self._rows.disposals, len(DISPOSALS.columns))
        staging.remember_staged(self._connection, "disposals", disposals)
        stocktakes = dict.fromkeys(self._rows.stocktakes, len(STOCKTAKES.columns))
        staging.remember_staged(self._connection, "stocktakes", stocktakes)


def _driver(row: Movement) -> dict[str, str] | None:
    return {"driver_name": row.driver} if row.driver else None


_STAGES = [column.stage for column in MOVEMENTS.columns]
_UNTIL_RECEIPT = _STAGES.index("received")
_UNTIL_RETURN = _STAGES.index("returned")


def _width(row: Movement, kind: int) -> int:
    """How many leading columns of a row are on record once a step is taken."""
    if kind == Kind.START and (row.received_at or row.returned_at):
        return _UNTIL_RECEIPT
    if kind == Kind.RECEIVE and row.returned_at:
        return _UNTIL_RETURN
    return len(_STAGES)


_TAKE: Mapping[Kind, Callable[[Chunk, Step], None]] = {
    Kind.PRODUCE: Chunk._produce,
    Kind.START: Chunk._start,
    Kind.RECEIVE: Chunk._receive,
    Kind.RETURN: Chunk._return,
    Kind.DISPOSE: Chunk._dispose,
    Kind.FINISH: Chunk._finish,
    Kind.TREAT: Chunk._treat,
    Kind.COUNT: Chunk._count,
}
