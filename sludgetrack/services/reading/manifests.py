"""Manifests as people see them: a list with filters, and one with its whole history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from sludgetrack.domain.clocks import Clocks, Deadline, Progress, clocks_of, deadline
from sludgetrack.domain.correcting import ASIDE
from sludgetrack.domain.errors import OutOfRange
from sludgetrack.domain.events import Entry, EventType, Mark, Method
from sludgetrack.domain.manifest import HolderKind, ManifestState, Status, Weighing, allowed_events
from sludgetrack.domain.permissions import BY_EVENT, may
from sludgetrack.domain.quantities import dry_units
from sludgetrack.domain.times import legal_day
from sludgetrack.services.cases import Case, open_case
from sludgetrack.services.context import Context
from sludgetrack.services.handoffs import AGREED, HANDOFFS, may_confirm
from sludgetrack.services.reading import paging
from sludgetrack.services.reading.paging import PageOf
from sludgetrack.store import manifest_reading, offers, organisation_reading, personal, rules
from sludgetrack.store.manifest_reading import DERIVED, ManifestFilters, SheetRow
from sludgetrack.store.offers import OfferState

__all__ = ["ManifestFilters", "ManifestRow", "ManifestView", "list_manifests", "manifest_view"]

ABOUT_OTHERS = frozenset((EventType.RESOLVED, EventType.CORRECTED, *ASIDE))
"""Events about other events: no part of the load's own way."""
_ENDED = (Status.VOID, Status.RETURNED, Status.LOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRow:
    """A manifest in a list. Masses in kilograms, moisture in basis points, instants UTC, None where not yet known.

    ``giver`` and ``destination`` are facility codes, ``hauler`` a hauler's code. ``closed``: nothing of what was
    accepted is left. ``deadline`` is the clock that runs now.
    """

    number: str
    public_code: str
    external_number: str | None
    status: Status
    disputed: bool
    closed: bool
    giver: str
    giver_name: str
    hauler: str
    hauler_name: str
    destination: str
    destination_name: str
    route: str
    plate: str | None
    driver_id: str | None
    driver_name: str | None
    planned_kg: int
    planned_minutes: int | None
    net_out_kg: int | None
    moisture_out_bp: int | None
    net_in_kg: int | None
    moisture_in_bp: int | None
    accepted_kg: int
    held_kg: int
    returned_kg: int | None
    issued_at: datetime
    loaded_at: datetime | None
    arrived_at: datetime | None
    received_at: datetime | None
    returned_at: datetime | None
    marks: tuple[str, ...]
    grades: tuple[str, ...]
    seq: int
    deadline: Deadline | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Word:
    """One party's word to an event, with names. ``reason`` is why nobody confirmed."""

    party: str
    party_name: str
    person: str | None
    method: Method
    at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """An event in a manifest's history. ``figures`` as claimed: kilograms, basis points.

    ``stands`` is false for a claim that contradicts, or that a decision has set aside.
    """

    event_id: str
    seq: int
    event: EventType
    occurred_at: datetime
    recorded_at: datetime
    party: str
    party_name: str
    person: str | None
    words: tuple[Word, ...]
    grade: Method | None
    marks: tuple[Mark, ...]
    figures: Mapping[str, Any]
    stands: bool
    hash: str
    sheet: SheetRow | None


@dataclass(frozen=True, slots=True)
class Held:
    """A part of the load and who holds it: facility or person, by id and name."""

    kg: int
    holder: HolderKind
    id: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """What was weighed out and in, and in minus out: wet kilograms, moisture basis points, dry units of 0.1 g.

    Differences are None where one side is unknown.
    """

    out: Weighing | None
    into: Weighing | None
    net_kg: int | None
    moisture_bp: int | None
    dry_units: int | None


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """Figures that wait for the second party's word. ``may_confirm``: by whoever is looking."""

    id: str
    event: EventType
    organisation: str
    made_at: datetime
    expires_at: datetime
    expired: bool
    may_confirm: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestView:
    """One manifest whole. ``head`` is the hash of its last entry; ``allowed`` what this person may do now."""

    row: ManifestRow
    state: ManifestState
    head: str
    parties: Mapping[str, str]
    """Names of organisations by code."""
    timeline: tuple[TimelineEntry, ...]
    custody: tuple[Held, ...]
    figures: Compared
    sheets: tuple[SheetRow, ...]
    allowed: tuple[EventType, ...]
    offer: OpenOffer | None


def list_manifests(
    ctx: Context, filters: ManifestFilters, cursor: str | None = None, limit: int = paging.USUAL
) -> PageOf[ManifestRow]:
    """The manifests this person may see, newest first. Raises OutOfRange for a cursor, limit or state that is none."""
    unknown = set(filters.states) - {*map(str, Status), *DERIVED}
    if unknown:
        raise OutOfRange(field="state", value=min(unknown), wanted=", ".join([*map(str, Status), *DERIVED]))
    wanted, before = paging.check_limit(limit), paging.decode(cursor)
    rows = manifest_reading.list_rows(ctx.connection, ctx.actor, filters, before=before, limit=wanted + 1)
    clocks = _clocks(ctx)
    return paging.page([(row.id, _row(row, clocks, ctx.now)) for row in rows], wanted)


def manifest_view(ctx: Context, number: str) -> ManifestView:
    """One manifest with all that is on record of it. Raises NotANumber and NotFound."""
    case = open_case(ctx, number, lock=False)
    row = _row(manifest_reading.one_row(ctx.connection, case.head.id), _clocks(ctx), ctx.now)
    sheets = tuple(manifest_reading.sheets_of(ctx.connection, case.head.id))
    cards = personal.beside(ctx.connection, [entry.claim.event_id for entry in case.entries])
    names = organisation_reading.names_of(ctx.connection, _organisations(case.entries))
    return ManifestView(
        row=row,
        state=case.state,
        head=case.head.hash.hex(),
        parties=names,
        timeline=_timeline(case, cards, names, sheets),
        custody=_custody(ctx, case, row),
        figures=compare(case.state),
        sheets=sheets,
        allowed=allowed_for(ctx, case),
        offer=_offer(ctx, case),
    )


def allowed_for(ctx: Context, case: Case) -> tuple[EventType, ...]:
    """What may happen to a manifest now, as far as this person may say it."""
    return tuple(event for event in allowed_events(case.state) if _may_say(ctx, event, case))


def _may_say(ctx: Context, event: EventType, case: Case) -> bool:
    """Contradicting claims are decided on by the authority, or settled by a party's offer."""
    actions = {BY_EVENT[event], HANDOFFS.get(event, BY_EVENT[event])}
    return any(may(ctx.actor, action, case.parties) for action in actions)


def compare(state: ManifestState) -> Compared:
    """The loading and the last receipt side by side. An unweighed refusal has nothing to compare."""
    receipt = state.receipts[-1] if state.receipts and state.receipts[-1].weighed else None
    return side_by_side(state.loaded, receipt.weighing if receipt else None)


def side_by_side(out: Weighing | None, into: Weighing | None) -> Compared:
    """Two weighings and in minus out."""
    if out is None or into is None:
        return Compared(out, into, None, None, None)
    net = into.net_kg - out.net_kg
    if out.moisture_bp is None or into.moisture_bp is None:
        return Compared(out, into, net, None, None)
    dry = dry_units(into.net_kg, into.moisture_bp) - dry_units(out.net_kg, out.moisture_bp)
    return Compared(out, into, net, into.moisture_bp - out.moisture_bp, dry)


def _clocks(ctx: Context) -> Callable[[str, datetime, str], Clocks]:
    """The clocks of a division on the legal day of an instant, looked up once a page."""
    policy = rules.policy(ctx.connection)
    known: dict[tuple[str, Any], Clocks] = {}

    def find(division: str, at: datetime, zone: str) -> Clocks:
        key = (division, legal_day(at, zone))
        if key not in known:
            known[key] = clocks_of(policy, *key)
        return known[key]

    return find


_LISTED = tuple(name for name in ManifestRow.__slots__ if name not in ("deadline", "overdue"))


def _row(row: Row[Any], clocks: Callable[[str, datetime, str], Clocks], now: datetime) -> ManifestRow:
    status = Status(row.status)
    progress = Progress(
        issued_at=row.issued_at,
        loaded_at=row.loaded_at,
        arrived_at=row.arrived_at,
        received_at=row.received_at,
        ended=row.closed or status in _ENDED,
        planned_minutes=row.planned_minutes or 0,
        storage_days=row.storage_days,
    )
    due = deadline(progress, clocks(row.giver_division, row.issued_at, row.zone))
    values = {name: getattr(row, name) for name in _LISTED}
    values |= {"status": status, "marks": tuple(row.marks), "grades": tuple(row.grades)}
    return ManifestRow(**values, deadline=due, overdue=due is not None and due.is_over(now))


def _organisations(entries: Iterable[Entry]) -> set[str]:
    named = {word.party for entry in entries for word in entry.confirmations}
    return named | {entry.claim.organisation for entry in entries}


def _timeline(
    case: Case, cards: Mapping[str, Mapping[str, Any]], names: Mapping[str, str], sheets: tuple[SheetRow, ...]
) -> tuple[TimelineEntry, ...]:
    by_event = {sheet.event_id: sheet for sheet in sheets}
    effective = set(case.state.effective)
    return tuple(
        TimelineEntry(
            event_id=entry.claim.event_id,
            seq=entry.seq,
            event=entry.claim.type,
            occurred_at=entry.claim.occurred_at,
            recorded_at=entry.recorded_at,
            party=entry.claim.organisation,
            party_name=names.get(entry.claim.organisation, entry.claim.organisation),
            person=cards.get(entry.claim.event_id, {}).get("name"),
            words=_words(entry, cards.get(entry.claim.event_id, {}), names),
            grade=entry.grade,
            marks=entry.marks,
            figures=entry.claim.figures,
            stands=entry.claim.event_id in effective or entry.claim.type in ABOUT_OTHERS,
            hash=entry.hash.hex(),
            sheet=by_event.get(entry.claim.event_id),
        )
        for entry in case.entries
    )


def _words(entry: Entry, card: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Word, ...]:
    """The claiming party's word first, then the second party's; the card beside the claim names both.

    A correction in effect is everybody's; who spoke for each stands with their own word to it.
    """
    people = (card.get("name"), card.get("driver_name", card.get(f"{AGREED}name")))
    if entry.claim.type is EventType.CORRECTED:
        people = (None, None)
    return tuple(
        Word(
            party=word.party,
            party_name=names.get(word.party, word.party),
            person=people[min(i, 1)] if word.actor else None,
            method=word.method,
            at=word.at,
            reason=word.reason,
        )
        for i, word in enumerate(entry.confirmations)
    )


def _custody(ctx: Context, case: Case, row: ManifestRow) -> tuple[Held, ...]:
    names = {row.giver: row.giver_name, row.destination: row.destination_name, row.driver_id: row.driver_name}
    return tuple(
        Held(part.kg, part.holder, part.name, _holder_name(ctx, part.holder, part.name, names))
        for part in case.state.custody
    )


def _holder_name(
    ctx: Context, holder: HolderKind, name: str | None, known: Mapping[str | None, str | None]
) -> str | None:
    """A former destination that kept a part is not among the present parties, so its name is looked up."""
    if name is None or name in known or holder is HolderKind.DRIVER:
        return known.get(name)
    return ctx.directory.facility(name).name


def _offer(ctx: Context, case: Case) -> OpenOffer | None:
    found = offers.open_of(ctx.connection, case.head.id)
    if found is None or found.state is not OfferState.OPEN:
        return None
    return OpenOffer(
        id=found.id,
        event=found.event,
        organisation=found.organisation,
        made_at=found.made_at,
        expires_at=found.expires_at,
        expired=ctx.now >= found.expires_at,
        may_confirm=may_confirm(ctx.actor, found, case.parties),
    )
