"""What a disposal's sheet shows: a function of its event and of the history of the lot up to it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sludgetrack import reference
from sludgetrack.documents.content import DisposalContent, Draw, Gate, Moisture, Party, Words
from sludgetrack.domain.events import Entry
from sludgetrack.domain.gates import Breach
from sludgetrack.domain.numbers import PUBLIC_ALPHABET, PUBLIC_LENGTH
from sludgetrack.domain.quantities import FULL_BP
from sludgetrack.domain.times import LEGAL_ZONE, legal_day
from sludgetrack.services.sheet_content import KINDS, Anchor, evidence
from sludgetrack.services.sheet_corrections import corrections, counted, revised
from sludgetrack.services.sheet_routes import route_words
from sludgetrack.store.draws import Disposed

BREACHES: Mapping[str, Words] = {
    Breach.ROUTE_BANNED: Words("当地禁止该方式", "route banned here"),
    Breach.ORIGIN_BANNED: Words("产地禁止该方式", "route banned at the origin"),
    Breach.MOISTURE_TOO_HIGH: Words("含水率超限", "moisture too high"),
    Breach.NO_LAB_REPORT: Words("无检测报告", "no lab report"),
    Breach.LAB_REPORT_FAILS: Words("检测报告不合格", "lab report fails"),
    Breach.NOT_STABILISED: Words("未经稳定化", "not stabilised"),
    Breach.UNDECIDED: Words("无主管部门认定", "no authority decided"),
    Breach.NEVER_HARMLESS: Words("不属无害化处置", "never harmless"),
}
"""What a disposal can break, as its sheet says it."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A manifest's receipt that the lot goes back to.

    ``issued`` and ``received`` are the manifest's entries, ``origin_units`` what it stands for in this disposal.
    """

    issued: Entry
    received: Entry
    origin_units: int


@dataclass(frozen=True, slots=True)
class DisposalSource:
    """All that a disposal's sheet is made from.

    ``entry``: the disposal as it was first said. ``people``: the personal data by event. ``said``: the disposal, the
    corrections of it in effect so far, and everybody's word to them, in order; the last is the sheet's event.
    """

    entry: Entry
    people: Mapping[str, Mapping[str, Any]]
    taken: Disposed
    brought: Sequence[Brought]
    anchor: Anchor
    said: tuple[Entry, ...] = ()


def disposal_content(source: DisposalSource) -> DisposalContent:
    """The content of a disposal's sheet: the figures as they count after the last correction on it."""
    entries = counted(source.said or (source.entry,))
    entry, anchor, taken = entries[0], source.anchor, source.taken
    said = entry.claim.figures
    route = reference.routes().get(said["route"])
    breaches = said.get("breaches", ())
    return DisposalContent(
        disposal=said["disposal"],
        address=anchor.public_address,
        public_path=public_path(entry),
        zone=_zone(entry),
        occurred_at=entry.claim.occurred_at,
        site=_site(entry, source.people),
        lot=said["lot"],
        route=route_words(said["route"]),
        evidence=evidence(entries[-1], anchor),
        standard=route.standard or None if route else None,
        lot_kind=KINDS[taken.kind],
        wet_kg=said["wet_kg"],
        moisture=disposal_moisture(entry, taken),
        dry_units=taken.physical,
        origin_units=sum(taken.origin.values()),
        final=said.get("final", False),
        compliant=said["compliant"],
        why="；".join(dict.fromkeys(BREACHES[each["breach"]].zh for each in breaches)) or None,
        proof=said.get("evidence"),
        decided_by=said.get("decided_by"),
        gates=tuple(_gate(each) for each in breaches),
        draws=tuple(draw(each) for each in source.brought),
        remarks=_remarks(entry),
        corrections=corrections(entries, source.people),
        flags=tuple(map(str, entry.marks)),
        revised=revised(entries),
    )


def public_path(entry: Entry) -> str:
    """Where a disposal's public view lies: its id, and six characters."""
    return f"D/{entry.claim.figures['disposal']}/{public_code(entry)}"


def public_code(entry: Entry) -> str:
    """Six characters that open a disposal's public view, and that nobody guesses who has not seen the sheet.

    They follow from the entry's hash, which depends on the random part of the event's id.
    """
    value = int.from_bytes(hashlib.sha256(b"public view" + entry.hash).digest(), "big")
    code = ""
    for _ in range(PUBLIC_LENGTH):
        value, place = divmod(value, len(PUBLIC_ALPHABET))
        code += PUBLIC_ALPHABET[place]
    return code


def _zone(entry: Entry) -> str:
    zone: str = entry.claim.figures.get("zone") or LEGAL_ZONE
    return zone


def _site(entry: Entry, people: Mapping[str, Mapping[str, Any]]) -> Party:
    said = entry.claim.figures
    return Party(
        name=said.get("facility_name") or said["facility"],
        code=said["facility"],
        credit_code=said.get("facility_credit_code"),
        permit=said.get("facility_permit"),
        address=said.get("facility_address"),
        person=people.get(entry.claim.event_id, {}).get("name"),
    )


def disposal_moisture(entry: Entry, taken: Disposed) -> Moisture | None:
    """The moisture measured at disposal, else the lot's, which the dry solids booked tell exactly.

    None where nothing was disposed of: a lot only found to be finished.
    """
    said = entry.claim.figures
    if said.get("moisture_bp") is not None:
        return Moisture(said["moisture_bp"])
    if not said["wet_kg"]:
        return None
    return Moisture(FULL_BP - taken.physical // said["wet_kg"], Words("按料批", "the lot's"))


def _gate(breach: Mapping[str, Any]) -> Gate:
    """A gate that the disposal did not pass, as judged when it was recorded."""
    wanted = " ".join(part for part in (breach["limit"], breach["source"]) if part)
    return Gate(BREACHES[breach["breach"]], wanted or None, breach["measured"] or None, passed=False)


def draw(brought: Brought) -> Draw:
    """A manifest that a disposal draws on, as the manifest itself said when it was issued."""
    said = brought.issued.claim.figures
    zone = said.get("zone") or LEGAL_ZONE
    return Draw(
        manifest=brought.issued.stream.name,
        external_number=said.get("external_number"),
        producer=said.get("giver_name") or said["giver"],
        received_on=legal_day(brought.received.claim.occurred_at, zone),
        origin_units=brought.origin_units,
    )


def _remarks(entry: Entry) -> tuple[str, ...]:
    """The remark, the day where the claim was made on another, and the origins whose own division forbids the route."""
    said = entry.claim.figures
    texts = [said["remark"]] if said.get("remark") else []
    if date.fromisoformat(said["day"]) != legal_day(entry.claim.occurred_at, _zone(entry)):
        texts.append(f"处置日 {said['day']}")
    if said.get("banned"):
        texts.append(f"来自以下批次的份额因产地禁令计为不合规：{'、'.join(said['banned'])}")
    return tuple(texts)
