"""Events: immutable facts in the history of a manifest, a facility or an organisation.

An event has two layers. The **claim** is what a party says, flat and small, with an id its writer made. The **entry**
is what the record adds: place in the stream, hashes, server time and who confirmed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sludgetrack.domain.times import parse_rfc3339, rfc3339


class StreamKind(StrEnum):
    """Whose history a stream is."""

    MANIFEST = "manifest"
    FACILITY = "facility"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True, order=True)
class Stream:
    """A history by its kind and name (manifest number, facility code, organisation code)."""

    kind: StreamKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    @staticmethod
    def parse(text: str) -> Stream:
        """The stream a claim's ``subject`` names."""
        kind, _, name = text.partition(":")
        return Stream(StreamKind(kind), name)


class EventType(StrEnum):
    """Every kind of fact, named in the past tense."""

    ISSUED = "issued"
    ASSIGNED = "assigned"
    LOADED = "loaded"
    TRANSFERRED = "transferred"
    REDIRECTED = "redirected"
    ARRIVED = "arrived"
    RECEIVED = "received"
    RETURNED = "returned"
    LOST = "lost"
    VOIDED = "voided"
    RESOLVED = "resolved"
    INSPECTED = "inspected"
    CORRECTION_PROPOSED = "correction_proposed"
    CORRECTION_APPROVED = "correction_approved"
    CORRECTION_REFUSED = "correction_refused"
    CORRECTION_WITHDRAWN = "correction_withdrawn"
    CORRECTED = "corrected"
    PRODUCED = "produced"
    TREATED = "treated"
    DISPOSED = "disposed"
    COUNTED = "counted"
    SAMPLED = "sampled"
    TURNED_AWAY = "turned_away"
    NUMBERS_HANDED = "numbers_handed"
    REGISTERED = "registered"
    CHANGED = "changed"
    POLICY_SET = "policy_set"
    TABLE_SET = "table_set"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class EventKind:
    """What is fixed for a type of event: its stream, its Chinese and English name, and whether it leaves a sheet."""

    type: EventType
    stream: tuple[StreamKind, ...]
    zh: str
    en: str
    sheet: bool = False


_M, _F, _O = StreamKind.MANIFEST, StreamKind.FACILITY, StreamKind.ORGANISATION

KINDS: Mapping[EventType, EventKind] = {
    kind.type: kind
    for kind in (
        EventKind(EventType.ISSUED, (_M,), "开具", "issued", sheet=True),
        EventKind(EventType.ASSIGNED, (_M,), "派车", "assigned"),
        EventKind(EventType.LOADED, (_M,), "装运", "loaded", sheet=True),
        EventKind(EventType.TRANSFERRED, (_M,), "转交", "transferred", sheet=True),
        EventKind(EventType.REDIRECTED, (_M,), "改运", "redirected", sheet=True),
        EventKind(EventType.ARRIVED, (_M,), "到厂", "arrived"),
        EventKind(EventType.RECEIVED, (_M,), "接收", "received", sheet=True),
        EventKind(EventType.RETURNED, (_M,), "退运", "returned", sheet=True),
        EventKind(EventType.LOST, (_M,), "灭失", "lost", sheet=True),
        EventKind(EventType.VOIDED, (_M,), "作废", "voided", sheet=True),
        EventKind(EventType.RESOLVED, (_M,), "裁定", "resolved", sheet=True),
        EventKind(EventType.INSPECTED, (_M,), "抽查", "inspected"),
        EventKind(EventType.CORRECTION_PROPOSED, (_M, _F), "提出更正", "correction proposed"),
        EventKind(EventType.CORRECTION_APPROVED, (_M, _F), "同意更正", "correction approved"),
        EventKind(EventType.CORRECTION_REFUSED, (_M, _F), "拒绝更正", "correction refused"),
        EventKind(EventType.CORRECTION_WITHDRAWN, (_M, _F), "撤回更正", "correction withdrawn"),
        EventKind(EventType.CORRECTED, (_M, _F), "更正", "corrected", sheet=True),
        EventKind(EventType.PRODUCED, (_F,), "产生", "produced"),
        EventKind(EventType.TREATED, (_F,), "处理", "treated"),
        EventKind(EventType.DISPOSED, (_F,), "处置", "disposed", sheet=True),
        EventKind(EventType.COUNTED, (_F,), "盘点", "counted"),
        EventKind(EventType.SAMPLED, (_F,), "检测", "sampled"),
        EventKind(EventType.TURNED_AWAY, (_F,), "无联单拒入", "turned away"),
        EventKind(EventType.NUMBERS_HANDED, (_F,), "领用编号", "numbers handed out"),
        EventKind(EventType.REGISTERED, (_F, _O), "登记", "registered"),
        EventKind(EventType.CHANGED, (_F, _O), "变更", "changed"),
        EventKind(EventType.POLICY_SET, (_O,), "政策", "policy set"),
        EventKind(EventType.TABLE_SET, (_O,), "参数表", "table set"),
        EventKind(EventType.LOCKED, (_O,), "期间锁定", "period locked"),
    )
}


class Method(StrEnum):
    """How the other party confirmed a handoff: the handoff's grade."""

    SCANNED = "scanned"
    TYPED = "typed"
    NONE = "none"


class Mark(StrEnum):
    """What the record notes beside a claim; part of the entry's hash."""

    IMPORTED = "imported"
    PAPER = "paper"
    LATE = "late"
    CONTRADICTS = "contradicts"
    OVERLOAD = "overload"
    OVERLAP = "overlap"
    OVERDRAFT = "overdraft"
    FUTURE = "future"
    BEFORE_DEPARTURE = "before_departure"
    ROUTE_NOT_PERMITTED = "route_not_permitted"
    IMPLAUSIBLE_YIELD = "implausible_yield"
    NONCOMPLIANT = "noncompliant"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One party's word to an event. ``reason`` is why nobody confirmed when the method is none; times are UTC."""

    party: str
    actor: str | None
    method: Method
    at: datetime
    reason: str | None = None

    def document(self) -> dict[str, Any]:
        """As hashed and stored."""
        return {
            "party": self.party,
            "actor": self.actor,
            "method": str(self.method),
            "at": rfc3339(self.at),
            "reason": self.reason,
        }

    @staticmethod
    def parse(document: Mapping[str, Any]) -> Confirmation:
        """From its stored form."""
        return Confirmation(
            document["party"],
            document["actor"],
            Method(document["method"]),
            parse_rfc3339(document["at"]),
            document["reason"],
        )


CLAIM_KEYS = frozenset(
    ("event_id", "type", "version", "subject", "based_on", "occurred_at", "actor", "organisation"),
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a party says happened.

    ``event_id``: UUIDv7 text made by the writer, the idempotency key. ``based_on``: hex hash of the subject's last
    entry the writer had seen, or None. ``occurred_at``: aware UTC. ``figures``: the event's own fields, masses whole
    kilograms, moisture basis points, None for what was not said.
    """

    event_id: str
    type: EventType
    subject: Stream
    occurred_at: datetime
    actor: str | None
    organisation: str
    figures: Mapping[str, Any]
    based_on: str | None = None
    version: int = 1

    def document(self) -> dict[str, Any]:
        """The flat JSON object that is hashed and stored."""
        return {
            **self.figures,
            "event_id": self.event_id,
            "type": str(self.type),
            "version": self.version,
            "subject": str(self.subject),
            "based_on": self.based_on,
            "occurred_at": rfc3339(self.occurred_at),
            "actor": self.actor,
            "organisation": self.organisation,
        }

    @staticmethod
    def parse(document: Mapping[str, Any]) -> Claim:
        """From its stored form."""
        return Claim(
            event_id=document["event_id"],
            type=EventType(document["type"]),
            subject=Stream.parse(document["subject"]),
            occurred_at=parse_rfc3339(document["occurred_at"]),
            actor=document["actor"],
            organisation=document["organisation"],
            figures={k: v for k, v in document.items() if k not in CLAIM_KEYS},
            based_on=document["based_on"],
            version=document["version"],
        )


def leaves_sheet(claim: Claim) -> bool:
    """Whether an event leaves a sheet: a correction does where the event it corrects has one."""
    of = claim.figures["of"] if claim.type is EventType.CORRECTED else claim.type
    return KINDS[EventType(of)].sheet


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim in its stream, as the record keeps it. ``seq`` counts from 1; ``recorded_at`` is the server's UTC."""

    claim: Claim
    stream: Stream
    seq: int
    previous_hash: bytes
    recorded_at: datetime
    claim_hash: bytes
    personal_hash: bytes | None
    confirmations: tuple[Confirmation, ...]
    marks: tuple[Mark, ...]
    hash: bytes

    @property
    def grade(self) -> Method | None:
        """How the second party confirmed; None where the event has only one party."""
        return self.confirmations[-1].method if len(self.confirmations) > 1 else None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: what kind, where, and one sentence for the person who has to look."""

    code: str
    where: str
    detail: str
