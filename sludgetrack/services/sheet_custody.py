"""The custody table of a sheet: one row for each entry of a manifest, who gave to whom, and how it was confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from sludgetrack.documents.content import Handoff, Words
from sludgetrack.domain.correcting import ASIDE
from sludgetrack.domain.events import Entry, EventType, Mark, Method
from sludgetrack.services.handoffs import AGREED

PROPOSED, AGREED_TO = Words("提出", "Proposed"), Words("同意", "Agreed")
"""The two sides of a settlement."""

_DRIVES = (EventType.LOADED, EventType.TRANSFERRED)


def custody(entries: Sequence[Entry], personal: Mapping[str, Mapping[str, Any]]) -> tuple[Handoff, ...]:
    """A row for every entry, numbered as the record numbers them. ``personal`` is by event id."""
    road = _Road()
    rows = []
    for entry in entries:
        people = personal.get(entry.claim.event_id, {})
        after = road.after(entry, people)
        rows.append(_row(_Step(road, after, entry, people)))
        road = road if Mark.CONTRADICTS in entry.marks else after
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class _Road:
    """Who is who as the entries have it so far: names of parties, the hauler's code, and who drives what."""

    giver: str = ""
    hauler: str = ""
    hauler_code: str | None = None
    destination: str = ""
    driver: str | None = None
    plate: str | None = None

    def after(self, entry: Entry, people: Mapping[str, Any]) -> _Road:
        """The same after one more entry."""
        said, drives = entry.claim.figures, entry.claim.type in _DRIVES
        return _Road(
            giver=said.get("giver_name") or said.get("giver") or self.giver,
            hauler=said.get("hauler_name") or said.get("hauler") or self.hauler,
            hauler_code=entry.confirmations[-1].party if drives and entry.grade else self.hauler_code,
            destination=said.get("destination_name") or said.get("destination") or self.destination,
            driver=people.get("driver_name") if drives else self.driver,
            plate=said.get("plate") or self.plate,
        )

    def drives(self, name: str | None, plate: str | None = None) -> str:
        """A driver as the table names them: without a name, the company."""
        return _joined("驾驶员", name, plate) if name else _joined(self.hauler, plate)


@dataclass(frozen=True, slots=True)
class _Step:
    """One entry with the people beside it, and who was who before and after it."""

    before: _Road
    after: _Road
    entry: Entry
    people: Mapping[str, Any]

    @property
    def name(self) -> str | None:
        """Who claims it."""
        return self.people.get("name")

    @property
    def driver(self) -> str | None:
        """The driver who confirmed it, else the one who has the load."""
        return self.people.get("driver_name") or self.before.driver


def _row(step: _Step) -> Handoff:
    entry = step.entry
    giver, taker = _PASSINGS.get(entry.claim.type, _by_giver)(step)
    grade = None if entry.claim.type is EventType.CORRECTED else entry.grade
    return Handoff(
        n=entry.seq,
        event=str(entry.claim.type),
        at=entry.claim.occurred_at,
        giver=giver,
        taker=taker,
        method=cast("Literal['scanned', 'typed', 'none'] | None", grade and str(grade)),
        reason=entry.confirmations[-1].reason if grade is Method.NONE else None,
        place=entry.claim.figures.get("place"),
        marks=tuple(map(str, entry.marks)),
    )


_Passing = tuple[str, str | None]
"""Who handed over to whom; only who did it, where nothing changed hands."""


def _by_giver(step: _Step) -> _Passing:
    return _joined(step.after.giver, step.name), None


def _by_authority(step: _Step) -> _Passing:
    claim = step.entry.claim
    return _joined(claim.figures.get("authority_name") or claim.organisation, step.name), None


def _by_party(step: _Step) -> _Passing:
    """Who says something about a correction; the correction itself is told in the proposer's name."""
    claim = step.entry.claim
    person = None if claim.type is EventType.CORRECTED else step.name
    return _joined(claim.figures.get("party_name") or claim.organisation, person), None


def _resolved(step: _Step) -> _Passing:
    """An authority decides alone; the parties by a proposal and the other party's agreement."""
    if not step.entry.grade:
        return _by_authority(step)
    parties = (f"{who}（{act.zh}）" for act, who in settling(step.entry, step.people))
    return "、".join(parties), None


def settling(entry: Entry, people: Mapping[str, Any]) -> tuple[tuple[Words, str], tuple[Words, str]]:
    """Who proposed a settlement and who agreed to it: the organisation's name and the person's."""
    figures, (first, second) = entry.claim.figures, entry.confirmations
    return (
        (PROPOSED, _joined(figures.get("proposing_name", first.party), people.get("name"))),
        (AGREED_TO, _joined(figures.get("agreeing_name", second.party), people.get(f"{AGREED}name"))),
    )


def _assigned(step: _Step) -> _Passing:
    return _joined(step.after.hauler, step.name), None


def _loaded(step: _Step) -> _Passing:
    return _joined(step.after.giver, step.name), step.after.drives(step.after.driver)


def _transferred(step: _Step) -> _Passing:
    giving = step.before.drives(step.name or step.before.driver, step.before.plate)
    return giving, step.after.drives(step.after.driver, step.after.plate)


def _arrived(step: _Step) -> _Passing:
    if step.entry.claim.organisation == step.before.hauler_code:
        return step.after.drives(step.name), None
    return _joined(step.after.destination, step.name), None


def _received(step: _Step) -> _Passing:
    return step.after.drives(step.driver), _joined(step.after.destination, step.name)


def _returned(step: _Step) -> _Passing:
    return step.after.drives(step.driver), _joined(step.after.giver, step.name)


_PASSINGS: Mapping[EventType, Callable[[_Step], _Passing]] = {
    EventType.ASSIGNED: _assigned,
    EventType.LOADED: _loaded,
    EventType.TRANSFERRED: _transferred,
    EventType.ARRIVED: _arrived,
    EventType.RECEIVED: _received,
    EventType.RETURNED: _returned,
    EventType.LOST: _by_authority,
    EventType.RESOLVED: _resolved,
    EventType.INSPECTED: _by_authority,
    **dict.fromkeys((*ASIDE, EventType.CORRECTED), _by_party),
}
"""What stands in the row of each event; every other is done by the giver."""


def _joined(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)
