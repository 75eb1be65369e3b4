"""Whether a command may become an event of a manifest, decided by one table.

Online, a command is judged against the present state and refused with the reason. A late claim (offline, or entered
from paper) is a fact: it is always recorded, and marked where it contradicts what is known. Figures that contradict
themselves are refused either way, since whoever types them can mend them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import (
    AcceptedMismatch,
    BeforeDeparture,
    DomainError,
    InTheFuture,
    InvalidFigures,
    MissingField,
    NetMismatch,
    NoDispute,
    NotAllowedNow,
    OutOfRange,
    ReasonMissing,
    ReasonUnexpected,
    SameParty,
    SealedField,
    TooMuchReturned,
)
from sludgetrack.domain.events import EventType, Mark
from sludgetrack.domain.fields import BY_NAME, FieldKind, is_sealed, required_by
from sludgetrack.domain.manifest import ALLOWED, ManifestState, allowed_events

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far ahead of the server an online claim may lie."""
ROAD_LIMIT_KG = 40_000
OVERLOAD_PERCENT = 105
"""A load above this share of the vehicle's rated load, or above the road limit, is flagged."""
DECISIONS = ("accepted", "partial", "refused")

_AFTER_DEPARTURE = frozenset(
    (EventType.TRANSFERRED, EventType.REDIRECTED, EventType.ARRIVED, EventType.RECEIVED, EventType.RETURNED)
)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision needs to know beside state and command: the server's time, and what the registers say.

    ``paper`` says that a late claim was written on paper first.
    """

    now: datetime
    late: bool = False
    paper: bool = False
    rated_kg: int | None = None
    overlapping: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The event may be recorded, at this time and with these marks."""

    occurred_at: datetime
    marks: tuple[Mark, ...]


def decide(state: ManifestState, command: c.Command, around: Circumstances) -> Decision:
    """Whether ``command`` becomes the next event of a manifest.

    Raises NotAllowedNow, NoDispute, InTheFuture, BeforeDeparture, or InvalidFigures naming every wrong field.
    """
    occurred_at = command.occurred_at or around.now
    marks: list[Mark] = [mark for mark, holds in ((Mark.PAPER, around.paper), (Mark.LATE, around.late)) if holds]
    for refusal, mark in _circumstantial(state, command, occurred_at, around):
        if not around.late:
            raise refusal
        marks.append(mark)
    contradictions = tuple(_contradictions(state, command))
    if contradictions and around.late:
        marks.append(Mark.CONTRADICTS)
    problems = (*figure_problems(state, command), *(() if around.late else contradictions))
    if problems:
        raise InvalidFigures(problems)
    return Decision(occurred_at, tuple(dict.fromkeys((*marks, *_flags(state, command, around)))))


def _circumstantial(
    state: ManifestState, command: c.Command, occurred_at: datetime, around: Circumstances
) -> Iterator[tuple[DomainError, Mark]]:
    """What refuses a command online and only marks a late claim."""
    event = command.event
    if event is EventType.RESOLVED:
        if not state.disputed:
            raise NoDispute
    elif state.status not in ALLOWED[event]:
        allowed = [str(e) for e in allowed_events(state)]
        yield NotAllowedNow(status=str(state.status), event=str(event), allowed=allowed), Mark.CONTRADICTS
    if occurred_at > around.now + CLOCK_TOLERANCE:
        yield InTheFuture(field="occurred_at", occurred_at=occurred_at, now=around.now), Mark.FUTURE
    departed = state.loaded.at if state.loaded else None
    # Forms take times to the minute: what happened within the minute of the departure did not happen before it.
    if departed and event in _AFTER_DEPARTURE and occurred_at < departed.replace(second=0, microsecond=0):
        refusal = BeforeDeparture(field="occurred_at", occurred_at=occurred_at, departed_at=departed)
        yield refusal, Mark.BEFORE_DEPARTURE


def _contradictions(state: ManifestState, command: c.Command) -> Iterator[DomainError]:
    """Figures against what earlier events claimed: refused online, a dispute where the claim is late."""
    for name, value in command.figures().items():
        if is_sealed(name, command.event, state.claimed) and state.figures.get(name) != value:
            yield SealedField(field=name, sealed_by=str(state.claimed[name]), value=state.figures.get(name))
    if isinstance(command, c.ReturnLoad) and 0 < state.held_kg < command.returned_kg:
        yield TooMuchReturned(field="returned_kg", returned_kg=command.returned_kg, held_kg=state.held_kg)


def _flags(state: ManifestState, command: c.Command, around: Circumstances) -> Iterator[Mark]:
    """What is noted, not refused, of the truck a load is put on."""
    if not isinstance(command, (c.LoadTruck, c.TransferLoad)):
        return
    kg = command.net_out_kg if isinstance(command, c.LoadTruck) else state.held_kg
    if kg > ROAD_LIMIT_KG or (around.rated_kg and kg * 100 > around.rated_kg * OVERLOAD_PERCENT):
        yield Mark.OVERLOAD
    if around.overlapping:
        yield Mark.OVERLAP


def figure_problems(state: ManifestState, command: c.Command) -> Iterator[DomainError]:
    """Figures that are wrong in themselves, whenever they are claimed; ``state``: the manifest's before the event."""
    figures = command.figures()
    for name in required_by(command.event):
        if name not in figures:
            yield MissingField(field=name, event=str(command.event))
    for name, value in figures.items():
        yield from _range_problems(name, value)
    check = _CHECKS.get(command.event)
    if check:
        yield from check(state, command)


def _range_problems(name: str, value: object) -> Iterator[DomainError]:
    rule = BY_NAME.get(name)
    if rule is None:
        return
    if rule.kind is FieldKind.MASS and isinstance(value, int) and not 0 <= value < 1_000_000:
        yield OutOfRange(field=name, value=value, wanted="0–999.999 t")
    elif rule.kind is FieldKind.MOISTURE and isinstance(value, int) and not 0 <= value <= 10_000:
        yield OutOfRange(field=name, value=value, wanted="0–100 %")
    elif isinstance(value, str) and len(value) > rule.max_length:
        yield OutOfRange(field=name, value=len(value), wanted=f"≤ {rule.max_length}")


def _positive(name: str, kg: int | None) -> Iterator[DomainError]:
    if kg is not None and kg <= 0:
        yield OutOfRange(field=name, value=kg, wanted="> 0")


def _net(prefix: str, gross: int | None, tare: int | None, net: int | None) -> Iterator[DomainError]:
    """Gross and tare come together, and the net mass is their difference."""
    if (gross is None) != (tare is None):
        missing = "gross" if gross is None else "tare"
        yield MissingField(field=f"{missing}_{prefix}_kg", event="weighing")
    elif gross is not None and tare is not None and net is not None and gross - tare != net:
        yield NetMismatch(field=f"net_{prefix}_kg", gross_kg=gross, tare_kg=tare, net_kg=net)


def _check_issue(state: ManifestState, command: c.Command) -> Iterator[DomainError]:  # noqa: ARG001 - one signature
    assert isinstance(command, c.IssueManifest)  # noqa: S101 - narrows the type; the table pairs check and command
    yield from _positive("planned_kg", command.planned_kg)
    if command.giver == command.destination:
        yield SameParty(field="destination", name=command.giver)
    if len(command.batches) > 1 and len({line.kg is None for line in command.batches}) > 1:
        yield OutOfRange(field="batches", value=len(command.batches), wanted="all with a mass, or none")
    for line in command.batches:
        yield from _positive("batches", line.kg)


def _check_load(state: ManifestState, command: c.Command) -> Iterator[DomainError]:  # noqa: ARG001 - one signature
    assert isinstance(command, c.LoadTruck)  # noqa: S101 - narrows the type
    yield from _positive("net_out_kg", command.net_out_kg)
    yield from _net("out", command.gross_out_kg, command.tare_out_kg, command.net_out_kg)


def _check_receive(state: ManifestState, command: c.Command) -> Iterator[DomainError]:
    assert isinstance(command, c.ReceiveLoad)  # noqa: S101 - narrows the type
    if command.decision not in DECISIONS:
        yield OutOfRange(field="decision", value=command.decision, wanted=", ".join(DECISIONS))
        return
    yield from _net("in", command.gross_in_kg, command.tare_in_kg, command.net_in_kg)
    yield from _positive("net_in_kg", command.net_in_kg)
    if command.net_in_kg is None and (command.decision != "refused" or command.gross_in_kg is not None):
        yield MissingField(field="net_in_kg", event=str(command.event))
        return
    net = state.held_kg if command.net_in_kg is None else command.net_in_kg
    if not accepted_fits(command.decision, net, command.accepted_kg or 0):
        yield AcceptedMismatch(field="accepted_kg", net_kg=net, accepted_kg=command.accepted_kg or 0)
    if command.decision == "accepted" and command.reason:
        yield ReasonUnexpected(field="reason")
    if command.decision != "accepted" and not command.reason:
        yield ReasonMissing(field="reason")


def accepted_fits(decision: str, net_kg: int, accepted_kg: int) -> bool:
    """Whether an accepted mass belongs to a decision: all, some but not all, or nothing of the net mass."""
    if decision == "accepted":
        return accepted_kg == net_kg
    if decision == "refused":
        return accepted_kg == 0
    return 0 < accepted_kg < net_kg


def _check_return(state: ManifestState, command: c.Command) -> Iterator[DomainError]:  # noqa: ARG001 - one signature
    assert isinstance(command, c.ReturnLoad)  # noqa: S101 - narrows the type
    yield from _positive("returned_kg", command.returned_kg)


def _check_resolve(state: ManifestState, command: c.Command) -> Iterator[DomainError]:
    assert isinstance(command, c.ResolveDispute)  # noqa: S101 - narrows the type
    if command.stands not in (*state.disputes, *state.effective):
        yield OutOfRange(field="stands", value=command.stands, wanted=", ".join(state.disputes))


_CHECKS: Mapping[EventType, Callable[[ManifestState, c.Command], Iterator[DomainError]]] = {
    EventType.ISSUED: _check_issue,
    EventType.LOADED: _check_load,
    EventType.RECEIVED: _check_receive,
    EventType.RETURNED: _check_return,
    EventType.RESOLVED: _check_resolve,
}
