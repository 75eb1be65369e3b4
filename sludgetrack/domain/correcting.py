"""更正: what of an event may be corrected, who has to agree, and the event as it stands afterwards.

A correction is proposed by one party of the corrected handoff and takes effect when every other party has approved,
and after a period lock also the authority. What was first said stays on record beside it. [design]
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sludgetrack.domain.events import EventType

if TYPE_CHECKING:
    from sludgetrack.domain.events import Claim, Entry

E = EventType

CORRECTABLE: Mapping[EventType, tuple[str, ...]] = {
    E.ISSUED: ("planned_kg", "planned_minutes", "contract"),
    E.LOADED: (
        "gross_out_kg",
        "tare_out_kg",
        "net_out_kg",
        "moisture_out_bp",
        "moisture_method",
        "ticket_out",
        "seal",
        "plate",
    ),
    E.TRANSFERRED: ("place", "plate", "reason"),
    E.ARRIVED: ("gross_arrival_kg",),
    E.RECEIVED: (
        "gross_in_kg",
        "tare_in_kg",
        "net_in_kg",
        "moisture_in_bp",
        "decision",
        "accepted_kg",
        "reason",
        "ticket_in",
        "seal_intact",
        "unload_point",
    ),
    E.RETURNED: ("returned_kg", "reason"),
    E.PRODUCED: ("day", "wet_kg", "moisture_bp", "treated_m3"),
    E.TREATED: ("day", "inputs.kg", "outputs.wet_kg", "outputs.moisture_bp", "additives.dry_kg"),
    E.DISPOSED: ("day", "route", "wet_kg", "moisture_bp", "final", "evidence", "decided_by"),
    E.COUNTED: ("day", "wet_kg", "moisture_bp"),
}
"""The figures of each event that may be corrected. Of a list, ``outputs.wet_kg`` stands for that of any of its lines,
which a change names by its place: ``outputs.0.wet_kg``. Who the parties are is no figure."""

JUDGED = ("assumed_bp", "compliant", "breaches", "banned", "stabilises", "kept_bp", "plausible")
"""What the record itself adds to a claim, judged anew with the corrected figures."""

ASIDE = frozenset((E.CORRECTION_PROPOSED, E.CORRECTION_APPROVED, E.CORRECTION_REFUSED, E.CORRECTION_WITHDRAWN))
"""Events that change no state: what is proposed is not yet so."""


class Outcome(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    IN_EFFECT = "in_effect"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed correction as the entries about it say.

    ``id``: its event. ``corrects``: the event, of type ``of``. ``organisation`` proposes; ``approvers`` are the other
    parties of the corrected handoff, ``approved`` who has agreed so far, an authority included. ``reason``: why;
    ``answer``: why it was refused or withdrawn.
    """

    id: str
    corrects: str
    of: EventType
    changes: tuple[Mapping[str, Any], ...]
    organisation: str
    approvers: frozenset[str]
    reason: str
    approved: tuple[str, ...] = ()
    outcome: Outcome = Outcome.OPEN
    answer: str | None = None

    def waits_for(self) -> frozenset[str]:
        """The parties that have not answered."""
        return self.approvers - frozenset(self.approved) if self.outcome is Outcome.OPEN else frozenset()


def proposal_of(claim: Claim) -> Proposal:
    """What a ``correction_proposed`` claim proposes."""
    figures = claim.figures
    return Proposal(
        claim.event_id,
        figures["corrects"],
        EventType(figures["of"]),
        tuple(figures["changes"]),
        claim.organisation,
        frozenset(figures.get("approvers", ())),
        figures["reason"],
    )


def answered(proposal: Proposal, claim: Claim) -> Proposal:
    """The proposal after one more event about it."""
    if claim.type is E.CORRECTION_APPROVED:
        return replace(proposal, approved=(*proposal.approved, claim.organisation))
    if claim.type is E.CORRECTED:
        return replace(proposal, outcome=Outcome.IN_EFFECT)
    outcome = Outcome.REFUSED if claim.type is E.CORRECTION_REFUSED else Outcome.WITHDRAWN
    return replace(proposal, outcome=outcome, answer=claim.figures.get("reason"))


def proposals(entries: Iterable[Entry]) -> dict[str, Proposal]:
    """Every proposal among these entries, in their order, by its id."""
    found: dict[str, Proposal] = {}
    for entry in entries:
        claim = entry.claim
        if claim.type is E.CORRECTION_PROPOSED:
            found[claim.event_id] = proposal_of(claim)
        elif claim.type in ASIDE or claim.type is E.CORRECTED:
            known = found.get(claim.figures["proposal"])
            if known is not None:
                found[known.id] = answered(known, claim)
    return found


def parties_of(event: EventType, *, giver: str, hauler: str, destination: str) -> frozenset[str]:
    """The organisations whose word an event of a manifest is: both sides of a handoff, else who claimed it."""
    if event in {E.LOADED, E.RETURNED}:
        return frozenset((giver, hauler))
    if event is E.RECEIVED:
        return frozenset((destination, hauler))
    if event is E.TRANSFERRED:
        return frozenset((hauler,))
    return frozenset((destination if event is E.ARRIVED else giver,))


def is_correctable(event: EventType, name: str) -> bool:
    """Whether a figure of an event may be corrected; ``name`` as a change names it."""
    parts = name.split(".")
    plain = ".".join((parts[0], parts[-1])) if len(parts) == _IN_A_LINE and parts[1].isdigit() else name
    return plain in CORRECTABLE.get(event, ())


def figure_of(figures: Mapping[str, Any], name: str) -> Any:
    """A figure as it stands, None where nothing is stated. Raises LookupError for a line that is not there."""
    parts = name.split(".")
    if len(parts) < _IN_A_LINE:
        return figures.get(name)
    lines: Sequence[Mapping[str, Any]] = figures.get(parts[0], ())
    return lines[int(parts[1])].get(parts[2])


_IN_A_LINE = 3


def corrected_figures(
    figures: Mapping[str, Any], changes: Iterable[Mapping[str, Any]], judged: Mapping[str, Any]
) -> dict[str, Any]:
    """Figures after a correction: the changes made, what was judged anew in place of what was judged first."""
    after = {name: value for name, value in figures.items() if name not in JUDGED}
    for change in changes:
        _set(after, change["field"], change["new"])
    return after | {name: judged[name] for name in JUDGED if judged.get(name) is not None}


def _set(figures: dict[str, Any], name: str, value: Any) -> None:
    parts = name.split(".")
    if len(parts) == _IN_A_LINE:
        lines = [dict(line) for line in figures[parts[0]]]
        lines[int(parts[1])][parts[2]] = value
        figures[parts[0]] = lines
    elif value is None:
        figures.pop(name, None)
    else:
        figures[name] = value


def corrected(entry: Entry, correction: Claim) -> Entry:
    """An entry as it counts once a ``corrected`` claim about it is recorded; its hash stays that of what was said."""
    figures = corrected_figures(entry.claim.figures, correction.figures["changes"], correction.figures)
    return replace(entry, claim=replace(entry.claim, figures=figures))


def with_correction(history: Collection[Entry], correction: Claim) -> list[Entry]:
    """A history with one of its events corrected."""
    about = correction.figures["corrects"]
    return [corrected(entry, correction) if entry.claim.event_id == about else entry for entry in history]


@dataclass(frozen=True, slots=True)
class Change:
    """One corrected figure: as it stood and as it stands."""

    field: str
    old: Any
    new: Any

    def document(self) -> dict[str, Any]:
        """As it stands in a claim."""
        return {"field": self.field, "old": self.old, "new": self.new}


@dataclass(frozen=True, slots=True)
class Revision:
    """An event with what was said of it over time: the claim as it was first said, and the corrections in effect."""

    first: Entry
    corrections: tuple[Claim, ...] = field(default=())

    @property
    def present(self) -> Entry:
        """The event as it counts now."""
        entry = self.first
        for correction in self.corrections:
            entry = corrected(entry, correction)
        return entry
