"""What a document shows, as frozen values: the renderers read these and nothing else.

Masses are whole kilograms, moisture basis points of the wet mass, dry solids units of 0.1 g. Instants are aware;
they are printed in the legal zone the content names. None, or an empty tuple, is what is not known and prints as a
dash. A text may be plain or a pair of Chinese and English.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in Chinese and English; ``en`` may be empty."""

    zh: str
    en: str = ""


Text = str | Words


@dataclass(frozen=True, slots=True)
class Moisture:
    """A moisture in basis points, how it was measured, and whether it was only estimated."""

    bp: int
    method: Text | None = None
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """A facility or company as the sheet names it. ``person`` is who acted for it."""

    name: str
    code: str | None = None
    credit_code: str | None = None
    permit: str | None = None
    address: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch or lot the load was drawn from; ``net_kg`` where its own mass is named."""

    batch: str
    net_kg: int | None = None


@dataclass(frozen=True, slots=True)
class Producer:
    """Part I: who gives the load, and what it is. ``planned_kg`` is the mass announced at issue."""

    party: Party
    batches: tuple[BatchLine, ...] = ()
    kind: Text | None = None
    moisture: Moisture | None = None
    lab_report: str | None = None
    contract: str | None = None
    planned_kg: int | None = None


@dataclass(frozen=True, slots=True)
class Hauler:
    """Part II: who drives it. ``driver_licence`` is the professional qualification."""

    name: str
    credit_code: str | None = None
    road_licence: str | None = None
    plate: str | None = None
    rated_load_kg: int | None = None
    driver: str | None = None
    driver_licence: str | None = None
    seal: str | None = None
    planned_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Receiver:
    """Part III: where it was meant to go, and what was decided at the gate.

    ``actual`` is None until the load reached a site. ``refused_kg`` 0 means nothing was refused; a refused part is
    printed in words with ``reason``.
    """

    planned: Party
    route: Text | None = None
    actual: Party | None = None
    arrived_at: datetime | None = None
    seal_intact: bool | None = None
    decision: Literal["accepted", "partial", "refused"] | None = None
    accepted_kg: int | None = None
    refused_kg: int | None = None
    reason: Text | None = None
    unload_point: str | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """Part IV: one disposal of what was accepted. ``disposed_on`` is a legal day; ``why`` is given if not compliant."""

    site: str
    route: Text
    disposed_on: date
    wet_kg: int | None = None
    moisture: Moisture | None = None
    dry_units: int | None = None
    compliant: bool | None = None
    why: Text | None = None
    evidence: str | None = None
    confirmed_by: str | None = None
    decided_by: str | None = None


@dataclass(frozen=True, slots=True)
class Weighing:
    """One weighing of the load. ``verdict`` is what policy says of the difference to the weighing before it."""

    gross_kg: int | None = None
    tare_kg: int | None = None
    net_kg: int | None = None
    moisture: Moisture | None = None
    dry_units: int | None = None
    ticket: str | None = None
    scale: str | None = None
    at: datetime | None = None
    verdict: Text | None = None


@dataclass(frozen=True, slots=True)
class Handoff:
    """One row of the custody table. ``method`` is the grade of the confirmation, ``reason`` why there was none.

    ``event`` is an event type, ``marks`` are marks of the record (imported, paper, late ...).
    """

    n: int
    event: str
    at: datetime
    giver: str | None = None
    taker: str | None = None
    method: Literal["scanned", "typed", "none"] | None = None
    reason: str | None = None
    place: str | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """A corrected field, old and new. ``measure`` says what integers mean; texts are printed as they are."""

    field: Text
    old: str | int | None
    new: str | int | None
    reason: str | None = None
    at: datetime | None = None
    by: str | None = None
    measure: Literal["text", "kg", "bp"] = "text"


@dataclass(frozen=True, slots=True)
class Revised:
    """What a correction's sheet is a new edition of: an event type, and which edition, from 2 on."""

    event: str
    edition: int


@dataclass(frozen=True, slots=True)
class Detail:
    """A fact of the event that the sheet records: a reason, a finding, what was decided."""

    label: Words
    value: Text | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What ties a document to the record.

    Digests are lower-case hex. ``log_position`` is the event's leaf, ``log_size`` and ``log_root`` are the head of its
    own append. ``previous_sheet`` is the digest of the sheet before it on the same manifest, None for the first; of a
    corrected disposal that of the sheet it takes the place of.
    """

    event_id: str
    event_sha256: str
    entry_hash: str
    log_position: int
    log_size: int
    log_root: str
    previous_sheet: str | None
    template_version: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class SheetContent:
    """A handoff sheet: the manifest as it stood after the event numbered ``event_n`` in ``custody``.

    ``number``: 20 digits. ``address``: the public address stored with the event, such as ``https://ludan.example.cn``.
    ``public_code``: the six characters that open the public view. ``ordinal``: which of the manifest's ``sheets`` so
    far this is. ``zone``: zoneinfo name of the legal time. ``flags``: marks and standings, disputed among them.
    """

    number: str
    external_number: str | None
    address: str
    public_code: str
    event: str
    event_n: int
    ordinal: int
    sheets: int
    zone: str
    producer: Producer
    hauler: Hauler
    receiver: Receiver
    evidence: Evidence
    custody: tuple[Handoff, ...]
    fates: tuple[Fate, ...] = ()
    weighed_out: Weighing | None = None
    weighed_in: Weighing | None = None
    returned: Weighing | None = None
    details: tuple[Detail, ...] = ()
    remarks: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    flags: tuple[str, ...] = ()
    revised: Revised | None = None

    @property
    def handoff(self) -> Handoff:
        """The custody row of the event this sheet records. Raises StopIteration if ``custody`` lacks it."""
        return next(row for row in self.custody if row.n == self.event_n)


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate judged at disposal: what was wanted and what was found. ``passed`` None is not judged."""

    name: Text
    wanted: str | None
    found: str | None
    passed: bool | None


@dataclass(frozen=True, slots=True)
class Draw:
    """A manifest that a disposal draws on, with the origin dry solids that it contributes."""

    manifest: str
    external_number: str | None = None
    producer: str | None = None
    received_on: date | None = None
    origin_units: int | None = None


@dataclass(frozen=True, slots=True)
class DisposalContent:
    """A disposal sheet. ``public_path`` follows the public address, such as ``D/<id>/<six characters>``.

    ``final`` says that the lot is finished by this disposal.
    """

    disposal: str
    address: str
    public_path: str
    zone: str
    occurred_at: datetime
    site: Party
    lot: str
    route: Text
    evidence: Evidence
    standard: str | None = None
    lot_kind: Text | None = None
    wet_kg: int | None = None
    moisture: Moisture | None = None
    dry_units: int | None = None
    origin_units: int | None = None
    final: bool | None = None
    compliant: bool | None = None
    why: Text | None = None
    proof: str | None = None
    decided_by: str | None = None
    gates: tuple[Gate, ...] = ()
    draws: tuple[Draw, ...] = ()
    remarks: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    flags: tuple[str, ...] = ()
    revised: Revised | None = None


@dataclass(frozen=True, slots=True)
class BlankContent:
    """A pre-printed form for the day the system cannot be reached.

    ``held_by`` names the device or person the number was handed to. ``back_entry_days`` are working days.
    """

    number: str
    address: str
    public_code: str
    producer: Party
    held_by: str | None = None
    back_entry_days: int = 10
    template_version: str = "blank-1"


@dataclass(frozen=True, slots=True)
class Difference:
    """A weighing less the one before it; None where either is not known."""

    net_kg: int | None
    of_net_kg: int | None
    moisture_bp: int | None
    dry_units: int | None


def difference(before: Weighing, after: Weighing) -> Difference:
    """``after`` less ``before``; ``of_net_kg`` is the net mass that the difference is a share of."""
    return Difference(
        net_kg=_less(after.net_kg, before.net_kg),
        of_net_kg=before.net_kg,
        moisture_bp=_less(_bp(after.moisture), _bp(before.moisture)),
        dry_units=_less(after.dry_units, before.dry_units),
    )


def _less(after: int | None, before: int | None) -> int | None:
    return None if after is None or before is None else after - before


def _bp(moisture: Moisture | None) -> int | None:
    return None if moisture is None else moisture.bp
