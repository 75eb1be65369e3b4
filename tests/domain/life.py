"""A manifest's life in memory: commands decided, chained into entries, folded, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sludgetrack.domain import chain
from sludgetrack.domain import commands as c
from sludgetrack.domain.decide import Circumstances, Decision, decide
from sludgetrack.domain.events import Claim, Confirmation, Entry, EventType, Mark, Method, Stream, StreamKind
from sludgetrack.domain.manifest import ManifestState, Status, fold

NUMBER = "20254107210010000129"
STREAM = Stream(StreamKind.MANIFEST, NUMBER)
MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def event_id(n: int) -> str:
    """The n-th id of a test."""
    return f"01940000-0000-7000-8000-{n:012d}"


def issue(n: int = 1, **more: Any) -> c.IssueManifest:
    figures = {"giver": "P01", "hauler": "H1", "destination": "S-INC", "route": "I1", "planned_kg": 12_000}
    return c.IssueManifest(**{"event_id": event_id(n), **figures, **more})


def assign(n: int = 1, **more: Any) -> c.AssignTruck:
    return c.AssignTruck(**{"event_id": event_id(n), "plate": "豫G12345", "driver": "driver", **more})


def load(n: int = 1, net_kg: int = 12_000, **more: Any) -> c.LoadTruck:
    return c.LoadTruck(**{"event_id": event_id(n), "plate": "豫G12345", "net_out_kg": net_kg, **more})


def transfer(n: int = 1, **more: Any) -> c.TransferLoad:
    figures = {"place": "服务区", "plate": "豫G54321", "reason": "车辆故障"}
    return c.TransferLoad(**{"event_id": event_id(n), **figures, **more})


def redirect(n: int = 1, **more: Any) -> c.RedirectLoad:
    figures = {"destination": "S-CEM", "route": "B1", "reason": "焚烧炉检修"}
    return c.RedirectLoad(**{"event_id": event_id(n), **figures, **more})


def arrive(n: int = 1, **more: Any) -> c.ArriveAtGate:
    return c.ArriveAtGate(**{"event_id": event_id(n), **more})


def receive(n: int = 1, net_kg: int = 12_000, accepted_kg: int | None = None, **more: Any) -> c.ReceiveLoad:
    """The destination weighs ``net_kg`` and takes all of it, or ``accepted_kg``; a reason where it refuses a part."""
    taken = net_kg if accepted_kg is None else accepted_kg
    decision = "accepted" if taken == net_kg else "partial" if taken else "refused"
    figures = {
        "decision": decision,
        "net_in_kg": net_kg,
        "accepted_kg": taken,
        "reason": None if decision == "accepted" else "含水率超标",
    }
    return c.ReceiveLoad(**{"event_id": event_id(n), **figures, **more})


def give_back(n: int = 1, kg: int = 12_000, **more: Any) -> c.ReturnLoad:
    return c.ReturnLoad(**{"event_id": event_id(n), "returned_kg": kg, "reason": "处置单位拒收", **more})


def lose(n: int = 1, **more: Any) -> c.DeclareLost:
    return c.DeclareLost(**{"event_id": event_id(n), "finding": "车辆翻入河道", **more})


def void(n: int = 1, **more: Any) -> c.VoidManifest:
    return c.VoidManifest(**{"event_id": event_id(n), "reason": "车辆故障", **more})


def inspect(n: int = 1, **more: Any) -> c.RecordInspection:
    return c.RecordInspection(**{"event_id": event_id(n), "place": "国道107", "finding": "未见异常", **more})


def resolve(n: int, stands: str, **more: Any) -> c.ResolveDispute:
    return c.ResolveDispute(**{"event_id": event_id(n), "stands": stands, "reason": "以地磅记录为准", **more})


WAYS: dict[Status, tuple[c.Command, ...]] = {
    Status.NEW: (),
    Status.ISSUED: (issue(),),
    Status.IN_TRANSIT: (issue(), load()),
    Status.ARRIVED: (issue(), load(), arrive()),
    Status.HOLDING: (issue(), load(), receive(accepted_kg=0)),
    Status.DELIVERED: (issue(), load(), receive()),
    Status.RETURNED: (issue(), load(), give_back()),
    Status.LOST: (issue(), load(), lose()),
    Status.VOID: (issue(), void()),
}
"""The shortest way into each state."""

ACTS: dict[EventType, c.Command] = {
    EventType.ISSUED: issue(50),
    EventType.ASSIGNED: assign(50),
    EventType.LOADED: load(50),
    EventType.TRANSFERRED: transfer(50),
    EventType.REDIRECTED: redirect(50),
    EventType.ARRIVED: arrive(50),
    EventType.RECEIVED: receive(50),
    EventType.RETURNED: give_back(50),
    EventType.LOST: lose(50),
    EventType.VOIDED: void(50),
    EventType.INSPECTED: inspect(50),
}
"""One command for each event, right in itself."""

HANDOFFS = (EventType.LOADED, EventType.TRANSFERRED, EventType.RECEIVED, EventType.RETURNED)


@dataclass
class Life:
    """The entries of one manifest so far, and the server's time. Every command comes a minute after the last."""

    entries: list[Entry] = field(default_factory=list)
    now: datetime = MORNING

    @property
    def state(self) -> ManifestState:
        """What the entries say."""
        return fold(self.entries)

    def decided(self, command: c.Command, **around: Any) -> Decision:
        """The decision on a command as things are."""
        return decide(self.state, command, Circumstances(**{"now": self.now, **around}))

    def say(self, command: c.Command, *, taker: str | None = "driver", late: bool = False, **around: Any) -> Entry:
        """Record a command under a fresh id if its decision allows it. ``taker`` confirms handoffs."""
        self.now += MINUTE
        command = replace(command, event_id=event_id(len(self.entries) + 1))
        decision = self.decided(command, late=late, **around)
        made = entry_of(command, self.entries, decision, now=self.now, taker=taker)
        self.entries.append(made)
        return made


def entry_of(
    command: c.Command,
    before: list[Entry],
    decision: Decision,
    *,
    now: datetime,
    taker: str | None,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Entry:
    """A decided command as the next entry, ``more`` being the figures a service adds."""
    figures = command.figures()
    if command.event is EventType.ISSUED:
        figures |= {"name": NUMBER, "number": NUMBER, "public_code": "23456A"}
    figures |= more
    claim = Claim(command.event_id, command.event, STREAM, decision.occurred_at, "clerk", "O-PLANT", figures)
    words = [Confirmation("O-PLANT", "clerk", Method.TYPED, now)]
    if command.event in HANDOFFS:
        method = Method.SCANNED if taker else Method.NONE
        words.append(Confirmation("H1", taker, method, now, None if taker else "手机没电"))
    return linked(claim, before, words=tuple(words), marks=decision.marks, now=now)


def linked(
    claim: Claim,
    before: list[Entry],
    *,
    words: tuple[Confirmation, ...] = (),
    marks: tuple[Mark, ...] = (),
    now: datetime = MORNING,
) -> Entry:
    """A claim as the entry that follows these, with its hashes."""
    previous = before[-1].hash if before else chain.START
    unsealed = Entry(
        claim,
        claim.subject,
        len(before) + 1,
        previous,
        now,
        chain.claim_hash(claim.document()),
        None,
        words,
        marks,
        b"",
    )
    return replace(unsealed, hash=chain.entry_hash(unsealed))


def lived(*commands: c.Command) -> Life:
    """A life of these commands, every handoff confirmed by ``driver``."""
    life = Life()
    for command in commands:
        life.say(command)
    return life


def in_state(status: Status) -> Life:
    """A life that has come to a state by the shortest way."""
    return lived(*WAYS[status])
