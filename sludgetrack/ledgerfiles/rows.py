"""The typed rows of ledger files: masses in whole kilograms, moistures in basis points, blank cells None.

``line`` is where the row begins in its file, counted from 1. Times without an offset are naive local legal times of
the facility; times with one are aware. The fields after ``line`` stand in the order of the file's columns.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

PartyKind = Literal["plant", "hauler", "site", "regulator"]
SludgeKind = Literal["plant_sludge", "sewer_sludge"]
Decision = Literal["accepted", "partial", "refused"]


class Share(NamedTuple):
    """A batch or lot something is drawn from; without a mass, as much as there is to draw."""

    id: str
    wet_kg: int | None


class Output(NamedTuple):
    """A lot a treatment run made."""

    id: str
    wet_kg: int
    moisture_bp: int


class Party(NamedTuple):
    """A facility, a hauler or an authority. ``capacity_kg_d``: kilograms a day at 80 % moisture."""

    line: int
    code: str
    name: str | None
    kind: PartyKind
    division: str | None
    city_class: str | None
    credit_code: str | None
    lon: Decimal | None
    lat: Decimal | None
    capacity_kg_d: int | None
    storage_days: int | None
    routes: tuple[str, ...]
    permit_no: str | None
    permit_valid_to: date | None


class Vehicle(NamedTuple):
    """A truck of a hauler."""

    line: int
    plate: str
    hauler: str
    rated_kg: int | None
    tare_kg: int | None
    valid_to: date | None


class Production(NamedTuple):
    """A batch of one kind of sludge, of one legal day."""

    line: int
    batch: str
    plant: str
    day: date
    wet_kg: int
    moisture_bp: int | None
    kind: SludgeKind
    treated_m3: int | None
    stabilised_by: str | None


class Movement(NamedTuple):
    """A truckload: issue, assigned truck, load, receipt, return, void. No ``batches``: the oldest first."""

    line: int
    manifest: str
    giver: str
    batches: tuple[Share, ...]
    hauler: str
    plate: str | None
    driver: str | None
    destination: str
    route: str
    issued_at: datetime
    loaded_at: datetime | None
    gross_out_kg: int | None
    tare_out_kg: int | None
    net_out_kg: int | None
    moisture_out_bp: int | None
    received_at: datetime | None
    gross_in_kg: int | None
    tare_in_kg: int | None
    net_in_kg: int | None
    moisture_in_bp: int | None
    decision: Decision | None
    accepted_kg: int | None
    reason: str | None
    returned_at: datetime | None
    returned_kg: int | None
    void_at: datetime | None
    void_reason: str | None


class Treatment(NamedTuple):
    """A run that turned lots into lots."""

    line: int
    run: str
    site: str
    process: str
    day: date
    inputs: tuple[Share, ...]
    outputs: tuple[Output, ...]
    additive_dry_kg: int | None


class Disposal(NamedTuple):
    """The final act on a lot, or on a part of it; ``final``: the lot is finished."""

    line: int
    disposal: str
    site: str
    lot: str
    route: str
    day: date
    wet_kg: int
    moisture_bp: int | None
    final: bool
    evidence: str | None
    decided_by: str | None


class Stocktake(NamedTuple):
    """What was counted at a facility on a day."""

    line: int
    facility: str
    day: date
    wet_kg: int
    moisture_bp: int


class LabValue(NamedTuple):
    """One parameter of a lab report on a batch, a lot or a facility."""

    line: int
    report: str
    subject: str
    sampled_on: date
    parameter: str
    value: Decimal
    unit: str | None


class PolicyRow(NamedTuple):
    """A rule of a division from a day on, for a route; without a route, a clock."""

    line: int
    division: str
    route: str | None
    rule: str
    value: str
    valid_from: date
    source: str | None
