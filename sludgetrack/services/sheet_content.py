"""What a manifest's sheet shows after one of its events: a function of that event and of what was on record before.

Nothing here knows the clock, a later entry or a register as it is now. Names and addresses are those the claims
carry, people those of the personal data the entries commit to. The names of routes come from the shipped table, which
the template's version stands for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, cast

from sludgetrack.documents import content as doc
from sludgetrack.documents.content import Words
from sludgetrack.documents.show import Clock
from sludgetrack.domain import tolerance
from sludgetrack.domain.events import Entry, EventType
from sludgetrack.domain.manifest import REWRITES, ManifestState, fold
from sludgetrack.domain.quantities import dry_units
from sludgetrack.domain.times import LEGAL_ZONE
from sludgetrack.domain.tolerance import Measure
from sludgetrack.services.sheet_corrections import (
    Superseded,
    correction_details,
    corrections,
    counted,
    revised,
)
from sludgetrack.services.sheet_custody import custody
from sludgetrack.services.sheet_details import details, remarks
from sludgetrack.services.sheet_routes import route_words
from sludgetrack.store.draws import Drawn
from sludgetrack.store.log import Head

Personal = Mapping[str, Mapping[str, Any]]
"""Personal data by event id."""

KINDS: Mapping[str, Words] = {
    "plant_sludge": Words("污水厂污泥", "plant sludge"),
    "sewer_sludge": Words("管网清掏污泥", "sewer-cleaning sludge"),
    "product": Words("处理产物", "treated product"),
}
"""Kinds of sludge as the sheets name them."""

MEASURES: Mapping[Measure, Words] = {
    Measure.WEIGHT: Words("湿重", "wet mass"),
    Measure.MOISTURE: Words("含水率", "moisture"),
    Measure.DRY: Words("干固体", "dry solids"),
}
"""What can lie beyond its tolerance."""

AS_LOADED, AS_RECEIVED = Words("按出厂", "as loaded"), Words("按进厂", "as received")
"""Where a moisture comes from that was not measured anew."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What ties a sheet to the record: the event's leaf, the head of its own append, and the sheet before."""

    position: int
    head: Head
    previous_sheet: bytes | None
    template_version: str
    public_address: str


@dataclass(frozen=True, slots=True)
class Source:
    """All that a manifest's sheet is made from.

    ``entries``: those of the manifest in order, the sheet's event last. ``personal``: what stands beside them.
    ``drawn``: what the loading took, by event id, and as it counts after a decision or correction, by that one's.
    ``ordinal``: which of the manifest's sheets this is. ``superseded``: of a correction, the sheet it replaces.
    """

    entries: tuple[Entry, ...]
    personal: Personal
    drawn: Mapping[str, Sequence[Drawn]]
    ordinal: int
    anchor: Anchor
    superseded: Superseded | None = None


@dataclass(frozen=True, slots=True)
class _View:
    """A source, folded: the state after the event, all entries with the corrections made, and those that count."""

    source: Source
    state: ManifestState
    entries: tuple[Entry, ...]
    effective: tuple[Entry, ...]

    @property
    def entry(self) -> Entry:
        """The sheet's event."""
        return self.source.entries[-1]

    def last(self, *types: EventType) -> Entry | None:
        """The newest entry of these types that counts."""
        return next((entry for entry in reversed(self.effective) if entry.claim.type in types), None)

    def said(self, name: str) -> Any:
        """The newest value of a figure that counts, or None."""
        return self.state.figures.get(name)

    def person(self, entry: Entry | None, key: str) -> str | None:
        """Something personal said beside an entry."""
        return None if entry is None else self.source.personal.get(entry.claim.event_id, {}).get(key)


def sheet_content(source: Source) -> doc.SheetContent:
    """The content of the sheet of the last of the source's entries."""
    view = _view(source)
    entry, anchor = view.entry, source.anchor
    out = _weighed_out(view)
    into = _weighed_in(view, out)
    return doc.SheetContent(
        number=entry.stream.name,
        external_number=view.said("external_number"),
        address=anchor.public_address,
        public_code=view.said("public_code"),
        event=str(entry.claim.type),
        event_n=entry.seq,
        ordinal=source.ordinal,
        sheets=source.ordinal,
        zone=view.said("zone") or LEGAL_ZONE,
        producer=_producer(view, out),
        hauler=_hauler(view),
        receiver=_receiver(view),
        evidence=evidence(entry, anchor),
        custody=custody(view.entries, source.personal),
        weighed_out=out,
        weighed_in=into,
        returned=_weighed_back(view, into, out),
        details=_details(view),
        remarks=remarks(view.entries),
        corrections=corrections(view.entries, source.personal),
        flags=_flags(view),
        revised=revised(source.entries),
    )


def evidence(entry: Entry, anchor: Anchor) -> doc.Evidence:
    """The digests that tie a sheet to its event and to the log."""
    return doc.Evidence(
        event_id=entry.claim.event_id,
        event_sha256=entry.claim_hash.hex(),
        entry_hash=entry.hash.hex(),
        log_position=anchor.position,
        log_size=anchor.head.size,
        log_root=anchor.head.root.hex(),
        previous_sheet=anchor.previous_sheet.hex() if anchor.previous_sheet else None,
        template_version=anchor.template_version,
        recorded_at=entry.recorded_at,
    )


def _view(source: Source) -> _View:
    state, entries = fold(source.entries), counted(source.entries)
    by_id = {entry.claim.event_id: entry for entry in entries}
    return _View(source, state, entries, tuple(by_id[event_id] for event_id in state.effective))


def _details(view: _View) -> tuple[doc.Detail, ...]:
    source, entry = view.source, view.entry
    if entry.claim.type is not EventType.CORRECTED:
        return details(view.entries, source.personal.get(entry.claim.event_id, {}))
    clock = Clock(view.said("zone") or LEGAL_ZONE, entry.recorded_at)
    return correction_details(view.entries, source.personal, source.superseded, clock)


def _producer(view: _View, out: doc.Weighing | None) -> doc.Producer:
    issued = view.last(EventType.ISSUED)
    drawn = _drawn(view)
    return doc.Producer(
        party=doc.Party(
            name=view.said("giver_name") or view.said("giver"),
            code=view.said("giver"),
            credit_code=view.said("giver_credit_code"),
            permit=view.said("giver_permit"),
            address=view.said("giver_address"),
            person=view.person(issued, "name"),
        ),
        batches=_batches(view, drawn),
        kind=_kind(drawn),
        moisture=out.moisture if out else None,
        contract=view.said("contract"),
        planned_kg=view.said("planned_kg"),
    )


def _drawn(view: _View) -> Sequence[Drawn]:
    """What the loading took, as it counts after the last decision or correction."""
    loaded = view.last(EventType.LOADED)
    rewrites = [entry.claim.event_id for entry in reversed(view.entries) if entry.claim.type in REWRITES]
    known = (view.source.drawn[event_id] for event_id in rewrites if event_id in view.source.drawn)
    return next(known, view.source.drawn.get(loaded.claim.event_id, ())) if loaded else ()


def _batches(view: _View, drawn: Sequence[Drawn]) -> tuple[doc.BatchLine, ...]:
    """Those named at issue, else those the load turned out to be drawn from, oldest first."""
    named = view.said("batches")
    if named:
        return tuple(doc.BatchLine(line["batch"], line["kg"]) for line in named)
    return tuple(doc.BatchLine(each.name) for each in drawn)


def _kind(drawn: Sequence[Drawn]) -> Words | None:
    kinds = [KINDS[kind] for kind in dict.fromkeys(each.kind for each in drawn)]
    return Words("、".join(kind.zh for kind in kinds), ", ".join(kind.en for kind in kinds)) if kinds else None


def _hauler(view: _View) -> doc.Hauler:
    loaded = view.last(EventType.LOADED)
    driving = view.last(EventType.LOADED, EventType.TRANSFERRED)
    truck = view.last(EventType.ASSIGNED, EventType.LOADED, EventType.TRANSFERRED)
    return doc.Hauler(
        name=view.said("hauler_name") or view.said("hauler"),
        credit_code=view.said("hauler_credit_code"),
        road_licence=view.said("hauler_licence"),
        plate=view.said("plate"),
        rated_load_kg=truck.claim.figures.get("rated_kg") if truck else None,
        driver=view.person(driving, "driver_name"),
        driver_licence=view.person(driving, "driver_licence"),
        seal=loaded.claim.figures.get("seal") if loaded else None,
        planned_minutes=view.said("planned_minutes"),
    )


def _receiver(view: _View) -> doc.Receiver:
    named = view.last(EventType.ISSUED, EventType.REDIRECTED)
    assert named is not None  # noqa: S101 - every manifest begins with its issue
    planned, route = _destination(named), route_words(named.claim.figures["route"])
    if not view.state.receipts:
        return doc.Receiver(planned=planned, route=route, arrived_at=_arrived(view, len(view.effective)))
    receipt = view.state.receipts[-1]
    at, entry = next((n, each) for n, each in enumerate(view.effective) if each.claim.event_id == receipt.event_id)
    figures = entry.claim.figures
    return doc.Receiver(
        planned=planned,
        route=route,
        actual=_destination(_heading_for(view, at), person=view.person(entry, "name")),
        arrived_at=_arrived(view, at),
        seal_intact=figures.get("seal_intact"),
        decision=cast("Literal['accepted', 'partial', 'refused']", receipt.decision),
        accepted_kg=receipt.accepted_kg,
        refused_kg=receipt.refused_kg if receipt.weighed else None,
        reason=receipt.reason,
        unload_point=figures.get("unload_point"),
    )


def _heading_for(view: _View, at: int) -> Entry:
    """The entry that named the destination in force before the ``at``-th that counts."""
    naming = (EventType.ISSUED, EventType.REDIRECTED)
    return next(entry for entry in reversed(view.effective[:at]) if entry.claim.type in naming)


def _destination(named: Entry, person: str | None = None) -> doc.Party:
    figures = named.claim.figures
    return doc.Party(
        name=figures.get("destination_name") or figures["destination"],
        code=figures["destination"],
        credit_code=figures.get("destination_credit_code"),
        permit=figures.get("destination_permit"),
        address=figures.get("destination_address"),
        person=person,
    )


def _arrived(view: _View, before: int) -> datetime | None:
    """When the truck came to the gate it stands at, as said before the ``before``-th entry that counts."""
    for entry in reversed(view.effective[:before]):
        if entry.claim.type is EventType.ARRIVED:
            return entry.claim.occurred_at
        if entry.claim.type in (EventType.REDIRECTED, EventType.RECEIVED):
            return None
    return None


def _weighed_out(view: _View) -> doc.Weighing | None:
    loaded = view.last(EventType.LOADED)
    if loaded is None:
        return None
    figures = loaded.claim.figures
    measured, assumed = figures.get("moisture_out_bp"), figures.get("assumed_bp")
    moisture = None
    if measured is not None:
        moisture = doc.Moisture(measured, figures.get("moisture_method"))
    elif assumed is not None:
        moisture = doc.Moisture(assumed, estimated=True)
    return _weighing(loaded, "out", figures["net_out_kg"], moisture)


def _weighed_in(view: _View, out: doc.Weighing | None) -> doc.Weighing | None:
    """The last weighing at a gate; a load refused unweighed has none. Without a moisture the loading's counts."""
    received = view.last(EventType.RECEIVED)
    if received is None or received.claim.figures.get("net_in_kg") is None:
        return None
    figures = received.claim.figures
    measured = figures.get("moisture_in_bp")
    moisture = _carried(out, AS_LOADED) if measured is None else doc.Moisture(measured)
    weighing = _weighing(received, "in", figures["net_in_kg"], moisture)
    return replace(weighing, verdict=_verdict(out, figures)) if out else weighing


def _verdict(out: doc.Weighing, figures: Mapping[str, Any]) -> Words:
    """What lies further apart than one trip explains. A moisture that nobody measured is not compared."""
    moisture = out.moisture.bp if out.moisture and not out.moisture.estimated else None
    left = tolerance.Measured(out.net_kg, moisture)
    came = tolerance.Measured(figures["net_in_kg"], figures.get("moisture_in_bp"))
    beyond = [MEASURES[each.measure] for each in tolerance.differences(left, came) if each.exceeds]
    if not beyond:
        return Words("在允差内", "within tolerance")
    return Words(
        f"{'、'.join(each.zh for each in beyond)}超出允差", f"beyond tolerance: {', '.join(each.en for each in beyond)}"
    )


def _weighed_back(view: _View, into: doc.Weighing | None, out: doc.Weighing | None) -> doc.Weighing | None:
    """What came back, booked at the moisture it was last weighed with."""
    returned = view.state.returned
    if returned is None:
        return None
    moisture = _carried(into, AS_RECEIVED) if into else _carried(out, AS_LOADED)
    dry = _dry(returned.net_kg, moisture)
    return doc.Weighing(net_kg=returned.net_kg, moisture=moisture, dry_units=dry, at=returned.at)


def _weighing(entry: Entry, way: str, net_kg: int, moisture: doc.Moisture | None) -> doc.Weighing:
    """The scale's figures of a loading (``way`` out) or a receipt (in)."""
    figures = entry.claim.figures
    return doc.Weighing(
        gross_kg=figures.get(f"gross_{way}_kg"),
        tare_kg=figures.get(f"tare_{way}_kg"),
        net_kg=net_kg,
        moisture=moisture,
        dry_units=_dry(net_kg, moisture),
        ticket=figures.get(f"ticket_{way}"),
        at=entry.claim.occurred_at,
    )


def _carried(earlier: doc.Weighing | None, how: Words) -> doc.Moisture | None:
    """The moisture of an earlier weighing, taken over for a later one without its own."""
    moisture = earlier.moisture if earlier else None
    return None if moisture is None else doc.Moisture(moisture.bp, how, estimated=moisture.estimated)


def _dry(net_kg: int, moisture: doc.Moisture | None) -> int | None:
    return None if moisture is None else dry_units(net_kg, moisture.bp)


def _flags(view: _View) -> tuple[str, ...]:
    """The marks of the event, whether the manifest is disputed after it, and whether the load was ever tested."""
    loaded = view.last(EventType.LOADED)
    estimated = loaded is not None and loaded.claim.figures.get("moisture_out_bp") is None
    standings = [*(["disputed"] if view.state.disputed else []), *(["estimated"] if estimated else [])]
    return tuple(dict.fromkeys([*map(str, view.entry.marks), *standings]))
