"""From rows to what their claims say, and who gave their word for it.

A ledger is the word of the facility that kept it. Nobody else was asked: the hauler's word is missing, with the reason.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from sludgetrack.domain.booking import kept_share
from sludgetrack.domain.decide import OVERLOAD_PERCENT, ROAD_LIMIT_KG
from sludgetrack.domain.events import Confirmation, Mark, Method
from sludgetrack.domain.identity import FacilityKind
from sludgetrack.domain.times import legal_instant
from sludgetrack.services.treating import kept_bp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sludgetrack.domain.booking import Run
    from sludgetrack.domain.routes import Treatment as Process
    from sludgetrack.ledgerfiles.rows import Disposal, Movement, Production, Stocktake, Treatment
    from sludgetrack.store.directory import Facility
    from sludgetrack.store.staging_labs import Report

Figures = dict[str, Any]

REASON: Final = "imported"
"""Why the hauler confirmed nothing."""
_LAST_SECOND = time(23, 59, 59)


class Words:
    """The confirmations of a chunk, one object for each party."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._own: dict[str, tuple[Confirmation, ...]] = {}
        self._absent: dict[str, tuple[Confirmation, ...]] = {}
        self._handoffs: dict[tuple[str, str], tuple[Confirmation, ...]] = {}

    def own(self, party: str) -> tuple[Confirmation, ...]:
        """The word of the party that keeps the ledger."""
        if party not in self._own:
            self._own[party] = (Confirmation(party, None, Method.TYPED, self._now),)
        return self._own[party]

    def absent(self, party: str) -> tuple[Confirmation, ...]:
        """A party that was not asked."""
        if party not in self._absent:
            self._absent[party] = (Confirmation(party, None, Method.NONE, self._now, REASON),)
        return self._absent[party]

    def handoff(self, party: str, hauler: str) -> tuple[Confirmation, ...]:
        """The word of the party that keeps the ledger; the driver's is missing."""
        if (party, hauler) not in self._handoffs:
            self._handoffs[party, hauler] = (*self.own(party), *self.absent(hauler))
        return self._handoffs[party, hauler]


def issued(row: Movement, naming: Figures, parties: Figures, rated_kg: int | None) -> Figures:
    """What is claimed at issue. The manifest is named by its external number."""
    figures = {
        **parties,
        **naming,
        "name": row.manifest,
        "external_number": row.manifest,
        "giver": row.giver,
        "hauler": row.hauler,
        "destination": row.destination,
        "route": row.route,
        "planned_kg": planned_kg(row, rated_kg),
    }
    if row.batches:
        figures["batches"] = [{"batch": share.id, "kg": share.wet_kg} for share in row.batches]
    return figures


def planned_kg(row: Movement, rated_kg: int | None) -> int:
    """No ledger states what was planned: what was loaded stands in, else what was to come from the named batches, else
    what the truck may carry, else nothing (0)."""
    if row.net_out_kg:
        return row.net_out_kg
    named = sum(share.wet_kg or 0 for share in row.batches)
    return named or rated_kg or 0


def loaded(row: Movement, rated_kg: int | None, assumed_bp: int) -> Figures:
    """What was weighed out; without a moisture, what the rules assume for it."""
    assumed = assumed_bp if row.moisture_out_bp is None else None
    return given(
        plate=row.plate,
        net_out_kg=row.net_out_kg,
        gross_out_kg=row.gross_out_kg,
        tare_out_kg=row.tare_out_kg,
        moisture_out_bp=row.moisture_out_bp,
        assumed_bp=assumed,
        rated_kg=rated_kg,
    )


def received(row: Movement) -> Figures:
    """What was weighed in and decided."""
    return given(
        decision=row.decision,
        net_in_kg=row.net_in_kg,
        gross_in_kg=row.gross_in_kg,
        tare_in_kg=row.tare_in_kg,
        moisture_in_bp=row.moisture_in_bp,
        accepted_kg=row.accepted_kg,
        reason=row.reason,
    )


def returned(row: Movement) -> Figures:
    """What came back."""
    return given(returned_kg=row.returned_kg, reason=row.reason)


def produced(row: Production, assumed_bp: int, processes: Mapping[str, Process]) -> Figures:
    """A batch; without a moisture, what the rules assume for it. ``processes`` are those of its day."""
    process = processes[row.stabilised_by] if row.stabilised_by else None
    return given(
        facility=row.plant,
        batch=row.batch,
        day=row.day.isoformat(),
        wet_kg=row.wet_kg,
        moisture_bp=row.moisture_bp,
        assumed_bp=assumed_bp if row.moisture_bp is None else None,
        kind=row.kind,
        treated_m3=row.treated_m3,
        stabilised_by=row.stabilised_by,
        stabilised=process.stabilises if process else None,
    )


def treated(row: Treatment, process: Process) -> Figures:
    """A run, without what it kept. No ledger states what was added."""
    added = row.additive_dry_kg
    return given(
        facility=row.site,
        run=row.run,
        process=row.process,
        day=row.day.isoformat(),
        inputs=[{"lot": share.id, "kg": share.wet_kg} for share in row.inputs],
        outputs=[{"lot": lot.id, "wet_kg": lot.wet_kg, "moisture_bp": lot.moisture_bp} for lot in row.outputs],
        additives=[{"what": "other", "dry_kg": added}] if added else None,
        stabilises=process.stabilises,
    )


def kept(run: Run, process: Process) -> Figures:
    """What a run kept of the dry solids that went in, held against what is usual for its process."""
    return given(kept_bp=kept_bp(run), plausible=process.is_plausible(*kept_share(run)))


def counted(row: Stocktake) -> Figures:
    """What was measured of all that lies at a facility."""
    return given(facility=row.facility, day=row.day.isoformat(), wet_kg=row.wet_kg, moisture_bp=row.moisture_bp)


def sampled(report: Report) -> Figures:
    """A lab report, with the units as they were stated."""
    return given(
        facility=report.facility,
        report=report.name,
        sample_of=report.subject,
        sampled_on=report.sampled_on.isoformat(),
        readings=[{"parameter": name, "value": value, "unit": unit} for name, value, unit in report.readings],
    )


def disposed(row: Disposal) -> Figures:
    """The final act on a lot, without its judgement."""
    return given(
        facility=row.site,
        disposal=row.disposal,
        lot=row.lot,
        route=row.route,
        day=row.day.isoformat(),
        wet_kg=row.wet_kg,
        moisture_bp=row.moisture_bp,
        final=row.final,
        evidence=row.evidence,
        decided_by=row.decided_by,
    )


def finished(row: Disposal) -> Figures:
    """A lot found to be finished by a disposal that is on record: a further one of nothing, named after it."""
    return {**disposed(row), "disposal": f"{row.disposal}/final", "wet_kg": 0, "final": True}


def given(**figures: Any) -> Figures:
    """The figures that were said."""
    return {name: value for name, value in figures.items() if value is not None}


def is_overloaded(net_kg: int, rated_kg: int | None) -> bool:
    """Above the vehicle's rated load by more than a twentieth, or above what the road allows."""
    return net_kg > ROAD_LIMIT_KG or (rated_kg is not None and net_kg * 100 > rated_kg * OVERLOAD_PERCENT)


def route_marks(destination: Facility, route: str) -> tuple[Mark, ...]:
    """A permit that does not name the route is flagged; a transfer station takes any."""
    if destination.kind is FacilityKind.TRANSFER or not destination.routes or route in destination.routes:
        return ()
    return (Mark.ROUTE_NOT_PERMITTED,)


def start_of(day: date, zone: str) -> datetime:
    """When what was produced or sampled on a legal day is said to be there: a ledger states the day alone."""
    return legal_instant(datetime.combine(day, time.min), zone)


def end_of(day: date, zone: str) -> datetime:
    """When what was treated, disposed of or counted on a legal day is said to be so: after all that was received."""
    return legal_instant(datetime.combine(day, _LAST_SECOND), zone)


def legal_year(at: datetime, zone: str) -> int:
    """The year of a manifest's number."""
    return at.astimezone(ZoneInfo(zone)).year
