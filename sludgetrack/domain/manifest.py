"""A manifest's life: its state as a pure fold of its events, and custody of every part of its load.

Nothing here is ever set; a state is what the entries say. Exactly one party holds each part of a load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sludgetrack.domain.correcting import ASIDE, with_correction
from sludgetrack.domain.events import Entry, EventType, Mark
from sludgetrack.domain.fields import BY_NAME


class Status(StrEnum):
    """Where a manifest is in its life."""

    NEW = "new"
    ISSUED = "issued"
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"
    HOLDING = "holding"
    DELIVERED = "delivered"
    RETURNED = "returned"
    LOST = "lost"
    VOID = "void"


class HolderKind(StrEnum):
    """Which party holds a part of a load."""

    GIVER = "giver"
    DRIVER = "driver"
    DESTINATION = "destination"
    NOBODY = "nobody"
    """Lost: no party answers for it any more, the authority's finding does."""


@dataclass(frozen=True, slots=True)
class Custody:
    """A part of a load and who holds it. ``name``: facility code, or the driver's person id where known."""

    kg: int
    holder: HolderKind
    name: str | None


@dataclass(frozen=True, slots=True)
class Weighing:
    """A weighing of the load: whole kilograms, moisture in basis points or None where none was measured."""

    at: datetime
    net_kg: int
    gross_kg: int | None = None
    tare_kg: int | None = None
    moisture_bp: int | None = None
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """One decision of a destination about what stood at its gate. Unweighed refusals carry the mass loaded."""

    event_id: str
    facility: str
    decision: str
    weighing: Weighing
    weighed: bool
    accepted_kg: int
    refused_kg: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class ManifestState:
    """What a manifest's entries say, read at one moment."""

    number: str = ""
    status: Status = Status.NEW
    claimed: Mapping[str, EventType] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    custody: tuple[Custody, ...] = ()
    loaded: Weighing | None = None
    receipts: tuple[Receipt, ...] = ()
    returned: Weighing | None = None
    times: Mapping[EventType, datetime] = field(default_factory=dict)
    disputes: tuple[str, ...] = ()
    effective: tuple[str, ...] = ()
    decided: bool = False
    """Whether a decision was ever made on contradicting claims, so that some event may not count."""
    seq: int = 0
    head: bytes = bytes(32)

    @property
    def disputed(self) -> bool:
        """Whether contradicting claims wait for a decision."""
        return bool(self.disputes)

    @property
    def held_kg(self) -> int:
        """What drivers hold now, whole kilograms."""
        return sum(part.kg for part in self.custody if part.holder is HolderKind.DRIVER)

    @property
    def accepted_kg(self) -> int:
        """What destinations have taken in, whole kilograms."""
        return sum(receipt.accepted_kg for receipt in self.receipts)

    @property
    def driver(self) -> str | None:
        """The person id of the driver who holds the load, or is assigned to it."""
        held = next((part.name for part in self.custody if part.holder is HolderKind.DRIVER), None)
        return held or self.figures.get("driver")


REWRITES = frozenset((EventType.RESOLVED, EventType.CORRECTED))
"""Events after which a state has to be folded anew, since they change which events count, or what they say."""

ALLOWED: Mapping[EventType, frozenset[Status]] = {
    EventType.ISSUED: frozenset((Status.NEW,)),
    EventType.ASSIGNED: frozenset((Status.ISSUED,)),
    EventType.LOADED: frozenset((Status.ISSUED,)),
    EventType.TRANSFERRED: frozenset((Status.IN_TRANSIT, Status.HOLDING)),
    EventType.REDIRECTED: frozenset((Status.IN_TRANSIT, Status.HOLDING)),
    EventType.ARRIVED: frozenset((Status.IN_TRANSIT,)),
    EventType.RECEIVED: frozenset((Status.IN_TRANSIT, Status.ARRIVED)),
    EventType.RETURNED: frozenset((Status.IN_TRANSIT, Status.HOLDING)),
    EventType.LOST: frozenset((Status.IN_TRANSIT, Status.HOLDING)),
    EventType.VOIDED: frozenset((Status.ISSUED,)),
    EventType.INSPECTED: frozenset(Status) - {Status.NEW},
}
"""The states in which each event may happen online. ``resolved`` hangs on a dispute instead of a state."""


def allowed_events(state: ManifestState) -> tuple[EventType, ...]:
    """What may happen to a manifest now, in the order of its life."""
    events = tuple(event for event, statuses in ALLOWED.items() if state.status in statuses)
    return (*events, EventType.RESOLVED) if state.disputed else events


def fold(entries: Iterable[Entry]) -> ManifestState:
    """The state that a manifest's entries, in order of seq, give."""
    read = tuple(entries)
    history, disputed = _read(read)
    state = replay(history)
    if not read:
        return state
    was_decided = any(entry.claim.type is EventType.RESOLVED for entry in read)
    return replace(state, seq=read[-1].seq, head=read[-1].hash, disputes=tuple(disputed), decided=was_decided)


def history_of(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The events that count, in the order in which they do: what contradicts them counts once it is decided so."""
    return _read(entries)[0]


def decided(entries: Iterable[Entry], stands: str) -> tuple[Entry, ...]:
    """The events that count once the claim ``stands`` (an event id) stands in the dispute there is now."""
    history, disputed = _read(entries)
    return tuple(_settle(list(history), disputed, stands))


def _read(entries: Iterable[Entry]) -> tuple[tuple[Entry, ...], dict[str, Entry]]:
    """The history, and the contradicting claims no decision has been made on."""
    history: list[Entry] = []
    disputed: dict[str, Entry] = {}
    for entry in entries:
        if Mark.CONTRADICTS in entry.marks:
            disputed[entry.claim.event_id] = entry
        elif entry.claim.type is EventType.RESOLVED:
            history = _settle(history, disputed, entry.claim.figures["stands"])
            disputed = {}
        elif entry.claim.type is EventType.CORRECTED:
            history = with_correction(history, entry.claim)
        elif entry.claim.type not in ASIDE:
            history.append(entry)
    return tuple(history), disputed


def advance(state: ManifestState, entry: Entry) -> ManifestState:
    """The next state of an undisputed manifest; equal to folding all its entries again.

    Not for what changes the history itself: a decision, or a correction (``REWRITES``).
    """
    if entry.claim.type in ASIDE:
        return replace(state, seq=entry.seq, head=entry.hash)
    if Mark.CONTRADICTS in entry.marks:
        disputes = (*state.disputes, entry.claim.event_id)
        return replace(state, disputes=disputes, seq=entry.seq, head=entry.hash)
    return apply(state, entry)


def is_possible(history: Iterable[Entry]) -> bool:
    """Whether each of these events was allowed when it happened, and no more came back than was held."""
    state = ManifestState()
    for entry in history:
        held = state.held_kg
        if state.status not in ALLOWED[entry.claim.type]:
            return False
        if entry.claim.type is EventType.RETURNED and entry.claim.figures["returned_kg"] > held:
            return False
        state = apply(state, entry)
    return True


def replay(history: Iterable[Entry]) -> ManifestState:
    """The state after these events, all of which count."""
    state = ManifestState()
    for entry in history:
        state = apply(state, entry)
    return state


def _settle(history: list[Entry], disputed: Mapping[str, Entry], stands: str) -> list[Entry]:
    """The events that count once one claim stands.

    A contradicting claim that stands takes the place of the event that made it impossible: it follows the longest
    beginning of the history after which it was allowed, and what came later stays as far as it is possible then.
    Otherwise the history stands as it is.
    """
    claim = disputed.get(stands)
    if claim is None:
        return history
    for length in range(len(history), 0, -1):
        if _is_possible(claim, history[:length]):
            return _with_possible([*history[:length], claim], history[length + 1 :])
    return history


def _is_possible(entry: Entry, history: Iterable[Entry]) -> bool:
    return replay(history).status in ALLOWED[entry.claim.type]


def _with_possible(history: list[Entry], later: Iterable[Entry]) -> list[Entry]:
    for entry in later:
        if _is_possible(entry, history):
            history = [*history, entry]
    return history


def apply(state: ManifestState, entry: Entry) -> ManifestState:
    """The state after one more event, however it came to be allowed."""
    event = entry.claim.type
    given = {name: value for name, value in entry.claim.figures.items() if value is not None}
    base = replace(
        state,
        seq=entry.seq,
        head=entry.hash,
        claimed={**state.claimed, **{name: event for name in given if name in BY_NAME}},
        figures={**state.figures, **given},
        times={**state.times, event: entry.claim.occurred_at},
        effective=(*state.effective, entry.claim.event_id),
    )
    change = _CHANGES.get(event)
    return change(base, entry) if change else base


def _issued(state: ManifestState, entry: Entry) -> ManifestState:
    giver = Custody(state.figures["planned_kg"], HolderKind.GIVER, state.figures["giver"])
    return replace(state, number=entry.stream.name, status=Status.ISSUED, custody=(giver,))


def _loaded(state: ManifestState, entry: Entry) -> ManifestState:
    figures = entry.claim.figures
    weighing = Weighing(
        at=entry.claim.occurred_at,
        net_kg=figures["net_out_kg"],
        gross_kg=figures.get("gross_out_kg"),
        tare_kg=figures.get("tare_out_kg"),
        moisture_bp=figures.get("moisture_out_bp"),
        ticket=figures.get("ticket_out"),
    )
    driver = _taking_driver(entry) or state.figures.get("driver")
    held = Custody(weighing.net_kg, HolderKind.DRIVER, driver)
    return replace(state, status=Status.IN_TRANSIT, loaded=weighing, custody=(held,))


def _taking_driver(entry: Entry) -> str | None:
    """Who confirmed is who took the load; without a confirmation, whom the claim names, or nobody known."""
    confirmed = entry.confirmations[-1].actor if len(entry.confirmations) > 1 else None
    return confirmed or entry.claim.figures.get("driver")


def _transferred(state: ManifestState, entry: Entry) -> ManifestState:
    taking = _taking_driver(entry)
    parts = tuple(replace(part, name=taking) if part.holder is HolderKind.DRIVER else part for part in state.custody)
    return replace(state, custody=parts, figures={**state.figures, "driver": taking})


def _redirected(state: ManifestState, entry: Entry) -> ManifestState:  # noqa: ARG001 - one signature for all changes
    return replace(state, status=Status.IN_TRANSIT)


def _arrived(state: ManifestState, entry: Entry) -> ManifestState:  # noqa: ARG001 - one signature for all changes
    return replace(state, status=Status.ARRIVED)


def _received(state: ManifestState, entry: Entry) -> ManifestState:
    receipt = receipt_of(state, entry)
    driver = next((part.name for part in state.custody if part.holder is HolderKind.DRIVER), None)
    kept = tuple(part for part in state.custody if part.holder is not HolderKind.DRIVER)
    parts = [*kept]
    if receipt.accepted_kg:
        parts.append(Custody(receipt.accepted_kg, HolderKind.DESTINATION, receipt.facility))
    if receipt.refused_kg:
        parts.append(Custody(receipt.refused_kg, HolderKind.DRIVER, driver))
    status = Status.HOLDING if receipt.refused_kg else Status.DELIVERED
    return replace(state, status=status, custody=tuple(parts), receipts=(*state.receipts, receipt))


def receipt_of(state: ManifestState, entry: Entry) -> Receipt:
    """The receipt an entry claims. Everything refused unweighed counts as what the driver held."""
    figures = entry.claim.figures
    net = figures.get("net_in_kg")
    weighing = Weighing(
        at=entry.claim.occurred_at,
        net_kg=state.held_kg if net is None else net,
        gross_kg=figures.get("gross_in_kg"),
        tare_kg=figures.get("tare_in_kg"),
        moisture_bp=figures.get("moisture_in_bp"),
        ticket=figures.get("ticket_in"),
    )
    accepted = figures.get("accepted_kg") or 0
    return Receipt(
        event_id=entry.claim.event_id,
        facility=state.figures["destination"],
        decision=figures["decision"],
        weighing=weighing,
        weighed=net is not None,
        accepted_kg=accepted,
        refused_kg=weighing.net_kg - accepted,
        reason=figures.get("reason"),
    )


def _returned(state: ManifestState, entry: Entry) -> ManifestState:
    kg = entry.claim.figures["returned_kg"]
    giver = Custody(kg, HolderKind.GIVER, state.figures["giver"])
    kept = tuple(part for part in state.custody if part.holder is not HolderKind.DRIVER)
    status = Status.DELIVERED if state.accepted_kg else Status.RETURNED
    weighing = Weighing(at=entry.claim.occurred_at, net_kg=kg)
    return replace(state, status=status, custody=(*kept, giver), returned=weighing)


def _lost(state: ManifestState, entry: Entry) -> ManifestState:  # noqa: ARG001 - one signature for all changes
    parts = tuple(
        Custody(part.kg, HolderKind.NOBODY, None) if part.holder is HolderKind.DRIVER else part
        for part in state.custody
    )
    return replace(state, status=Status.LOST, custody=parts)


def _voided(state: ManifestState, entry: Entry) -> ManifestState:  # noqa: ARG001 - one signature for all changes
    return replace(state, status=Status.VOID, custody=())


_CHANGES: Mapping[EventType, Callable[[ManifestState, Entry], ManifestState]] = {
    EventType.ISSUED: _issued,
    EventType.LOADED: _loaded,
    EventType.TRANSFERRED: _transferred,
    EventType.REDIRECTED: _redirected,
    EventType.ARRIVED: _arrived,
    EventType.RECEIVED: _received,
    EventType.RETURNED: _returned,
    EventType.LOST: _lost,
    EventType.VOIDED: _voided,
}
