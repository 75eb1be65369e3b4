"""Commands about a manifest: its handoffs, and what one party does alone."""

from __future__ import annotations

from dataclasses import dataclass

from sludgetrack.domain.commands.base import Command, Line
from sludgetrack.domain.events import EventType


@dataclass(frozen=True, slots=True)
class BatchLine(Line):
    """A batch or lot to load from; ``kg`` (wet) shares the load in proportion where several are named."""

    batch: str
    kg: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueManifest(Command):
    """开具: one truckload from ``giver`` to ``destination`` by ``hauler``. No batches means oldest first."""

    event = EventType.ISSUED
    giver: str
    hauler: str
    destination: str
    route: str
    planned_kg: int
    planned_minutes: int | None = None
    batches: tuple[BatchLine, ...] = ()
    external_number: str | None = None
    contract: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignTruck(Command):
    """派车: the hauler names vehicle and driver (a person's id)."""

    event = EventType.ASSIGNED
    plate: str
    driver: str | None = None
    hauler: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadTruck(Command):
    """装运: what was weighed out. Gross and tare may be missing together where only the net mass is known."""

    event = EventType.LOADED
    plate: str
    net_out_kg: int
    gross_out_kg: int | None = None
    tare_out_kg: int | None = None
    moisture_out_bp: int | None = None
    moisture_method: str | None = None
    ticket_out: str | None = None
    seal: str | None = None
    driver: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLoad(Command):
    """转交: the load passes to another driver and truck on the road."""

    event = EventType.TRANSFERRED
    place: str
    plate: str
    reason: str
    driver: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectLoad(Command):
    """改运: the giver names another destination."""

    event = EventType.REDIRECTED
    destination: str
    route: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArriveAtGate(Command):
    """到厂: the truck stands at the destination's gate."""

    event = EventType.ARRIVED
    gross_arrival_kg: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveLoad(Command):
    """接收: what was weighed in and decided. ``decision`` is accepted, partial or refused.

    The net mass may be missing when everything is refused unweighed.
    """

    event = EventType.RECEIVED
    decision: str
    net_in_kg: int | None = None
    gross_in_kg: int | None = None
    tare_in_kg: int | None = None
    moisture_in_bp: int | None = None
    accepted_kg: int | None = None
    reason: str | None = None
    ticket_in: str | None = None
    seal_intact: bool | None = None
    unload_point: str | None = None
    photo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLoad(Command):
    """退运: the refused or undelivered part is back at the giver, weighed."""

    event = EventType.RETURNED
    returned_kg: int
    reason: str
    photo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareLost(Command):
    """灭失: the authority's finding; ``dumped`` where the sludge was found dumped (booked to X9)."""

    event = EventType.LOST
    finding: str
    dumped: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidManifest(Command):
    """作废: never after loading."""

    event = EventType.VOIDED
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveDispute(Command):
    """裁定: which of the contradicting claims stands (its event id), and why."""

    event = EventType.RESOLVED
    stands: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInspection(Command):
    """抽查: an inspector's finding about a load, at any time, closed manifests included."""

    event = EventType.INSPECTED
    place: str
    finding: str
    photo: str | None = None
