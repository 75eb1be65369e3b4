"""Commands: what somebody asks the record to take in, one frozen object for API, form and offer alike.

Every command names its event, carries the id its writer made, when it happened by the writer's clock, and optionally
the hash of the subject's last entry the writer had seen (``based_on``). The remaining fields are the figures claimed.
Masses are whole kilograms, moisture basis points, instants aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, ClassVar

from sludgetrack.domain.events import EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What every command has. ``occurred_at`` None means: now, by the server."""

    event: ClassVar[EventType]
    event_id: str
    occurred_at: datetime | None = None
    based_on: str | None = None
    remark: str | None = None

    def figures(self) -> dict[str, Any]:
        """The claimed fields that were given, as they stand in a claim."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self) if self._is_given(f.name)}

    def _is_given(self, name: str) -> bool:
        return name not in _META and getattr(self, name) not in (None, ())


_META = frozenset(("event_id", "occurred_at", "based_on"))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Line):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, slots=True)
class Line:
    """A flat object in a list of a claim."""


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


@dataclass(frozen=True, slots=True)
class ChangeLine(Line):
    """A figure of an event that was wrong, and what it should say; None where nothing should be stated.

    ``field`` is the claim's, of a list with the line's place: ``outputs.0.wet_kg``. Masses are whole kilograms,
    moisture basis points, days ISO dates.
    """

    field: str
    new: str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeCorrection(Command):
    """提出更正: the figures of an event (its id) were wrong; ``changes`` say what they should be."""

    event = EventType.CORRECTION_PROPOSED
    corrects: str
    changes: tuple[ChangeLine, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveCorrection(Command):
    """同意更正: another party agrees to a proposal (the id of its event); the last one makes it take effect."""

    event = EventType.CORRECTION_APPROVED
    proposal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseCorrection(Command):
    """拒绝更正: another party does not agree; the figures stay and the proposal stays visible."""

    event = EventType.CORRECTION_REFUSED
    proposal: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawCorrection(Command):
    """撤回更正: whoever proposed takes it back; the proposal stays visible."""

    event = EventType.CORRECTION_WITHDRAWN
    proposal: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareProduction(Command):
    """产生: a batch of sludge pressed on a legal day, or a by-product (``what``: one of ``BYPRODUCTS``).

    Missing moisture is estimated and marked so.
    """

    event = EventType.PRODUCED
    facility: str
    batch: str
    day: date
    wet_kg: int
    moisture_bp: int | None = None
    kind: str = "plant_sludge"
    what: str | None = None
    treated_m3: int | None = None
    stabilised_by: str | None = None


@dataclass(frozen=True, slots=True)
class InputLine(Line):
    """A lot put into a treatment run: all that is left of it, or ``kg`` (wet) of it at the lot's moisture."""

    lot: str
    kg: int | None = None


@dataclass(frozen=True, slots=True)
class OutputLine(Line):
    """A lot that came out of a treatment run, as it was weighed and tested."""

    lot: str
    wet_kg: int
    moisture_bp: int


@dataclass(frozen=True, slots=True)
class AdditiveLine(Line):
    """Dry solids added to a run that are nobody's sludge; ``what`` is one of ``ADDITIVES``."""

    what: str
    dry_kg: int


ADDITIVES = ("bulking_agent", "kitchen_waste", "lime", "other")
"""What can be added to a run: bulking agent 调理剂, kitchen waste 餐厨垃圾, lime 石灰, anything else."""
BYPRODUCTS = ("ash", "slag", "compost_product", "other")
"""What a by-product can be: 灰 ash, 渣 slag, 堆肥产品 compost product, anything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRun(Command):
    """处理: lots go into a process and lots come out; never disposal. ``process`` is a code of the treatments."""

    event = EventType.TREATED
    facility: str
    run: str
    process: str
    day: date
    inputs: tuple[InputLine, ...]
    outputs: tuple[OutputLine, ...]
    additives: tuple[AdditiveLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CountStock(Command):
    """盘点: all that lies at a facility was measured at the end of a legal day."""

    event = EventType.COUNTED
    facility: str
    day: date
    wet_kg: int
    moisture_bp: int


@dataclass(frozen=True, slots=True)
class ReadingLine(Line):
    """A parameter of a lab report: the value as decimal text; without a unit, the limit's."""

    parameter: str
    value: str
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSample(Command):
    """检测: a lab report on a batch, a lot or a facility. ``file`` is the SHA-256 of the report as uploaded.

    ``sample_of`` is what was sampled: the facility's code, or the name of what lies or lay there.
    """

    event = EventType.SAMPLED
    facility: str
    report: str
    sample_of: str
    sampled_on: date
    readings: tuple[ReadingLine, ...]
    lab: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDisposal(Command):
    """处置: the final act on a lot. ``final``: the lot is finished. ``decided_by`` names the authority for X2."""

    event = EventType.DISPOSED
    facility: str
    disposal: str
    lot: str
    route: str
    day: date
    wet_kg: int
    moisture_bp: int | None = None
    final: bool = False
    evidence: str | None = None
    decided_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnAwayTruck(Command):
    """无联单拒入: a truck without a manifest was turned away at the gate."""

    event = EventType.TURNED_AWAY
    facility: str
    plate: str
    finding: str | None = None
    photo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOutNumbers(Command):
    """领用编号: a block of numbers for pre-printed paper sheets, handed to a named person or device."""

    event = EventType.NUMBERS_HANDED
    facility: str
    count: int
    handed_to: str


COMMANDS: Mapping[EventType, type[Command]] = {
    command.event: command
    for command in (
        IssueManifest,
        AssignTruck,
        LoadTruck,
        TransferLoad,
        RedirectLoad,
        ArriveAtGate,
        ReceiveLoad,
        ReturnLoad,
        DeclareLost,
        VoidManifest,
        ResolveDispute,
        RecordInspection,
        ProposeCorrection,
        ApproveCorrection,
        RefuseCorrection,
        WithdrawCorrection,
        DeclareProduction,
        RecordRun,
        CountStock,
        RecordSample,
        RecordDisposal,
        TurnAwayTruck,
        HandOutNumbers,
    )
}
