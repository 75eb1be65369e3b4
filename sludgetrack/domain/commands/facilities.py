"""Commands about a facility: what it produces, treats, disposes of, counts, tests and turns away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sludgetrack.domain.commands.base import Command, Line
from sludgetrack.domain.events import EventType


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
