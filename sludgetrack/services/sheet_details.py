"""What a sheet says of its own event beside the figures of its parts, and the remarks of all events so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sludgetrack.documents import show, words
from sludgetrack.documents.content import Detail, Text, Words
from sludgetrack.domain.events import Entry, EventType, Mark
from sludgetrack.domain.fields import FieldKind, FieldRule, claimed_by
from sludgetrack.services.sheet_corrections import called, correction_remarks
from sludgetrack.services.sheet_custody import settling
from sludgetrack.services.sheet_routes import route_words

_REASON = Words("原因", "Reason")


def details(entries: Sequence[Entry], people: Mapping[str, Any]) -> tuple[Detail, ...]:
    """The facts of the last entry that no part of the sheet has a place for. ``people`` stand beside that entry.

    A claim that contradicts the record changes no part, so that all it claims stands here.
    """
    entry = entries[-1]
    if Mark.CONTRADICTS in entry.marks:
        return tuple(_claimed(entry))
    if entry.claim.type is EventType.RESOLVED and entry.grade:
        return (*_resolved(entries), *_settled(entry, people))
    make = _DETAILS.get(entry.claim.type)
    return make(entries) if make else ()


def remarks(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Every remark and finding, every receipt before the last, every correction that has not taken effect.

    Each with the entry it belongs to.
    """
    proposed = correction_remarks(entries)
    receipts = [entry for entry in entries if entry.claim.type is EventType.RECEIVED]
    texts = [
        (entry, text)
        for entry in entries
        for text in (*_texts(entry, is_earlier=entry in receipts[:-1]), proposed.get(entry.claim.event_id))
    ]
    return tuple(f"{called(entry)}：{text}" for entry, text in texts if text)


def _texts(entry: Entry, *, is_earlier: bool) -> list[str]:
    figures = entry.claim.figures
    finding = figures.get("finding") if entry.claim.type is EventType.INSPECTED else None
    receipt = _receipt(entry) if is_earlier else None
    return [str(text) for text in (receipt, finding, figures.get("remark")) if text]


def _receipt(entry: Entry) -> str:
    """A receipt that the sheet's parts no longer show, in words."""
    figures = entry.claim.figures
    parts = (
        words.of(words.DECISIONS, figures["decision"]).zh,
        show.tonnes(figures.get("accepted_kg") or None),
        figures.get("reason"),
    )
    return " · ".join(part for part in parts if part)


def _claimed(entry: Entry) -> list[Detail]:
    figures = entry.claim.figures
    rules = (rule for rule in claimed_by(entry.claim.type) if figures.get(rule.name) is not None)
    return [Detail(Words(rule.zh, rule.en.capitalize()), _shown(rule, figures[rule.name])) for rule in rules]


def _shown(rule: FieldRule, value: object) -> Text | None:
    if rule.kind is FieldKind.MASS and isinstance(value, int):
        return show.tonnes(value)
    if rule.kind is FieldKind.MOISTURE and isinstance(value, int):
        return show.percent(value)
    if isinstance(value, bool):
        return show.yes_no(value)
    return words.DECISIONS.get(str(value)) or str(value)


def _transferred(entries: Sequence[Entry]) -> tuple[Detail, ...]:
    before = next((e.claim.figures["plate"] for e in reversed(entries[:-1]) if e.claim.figures.get("plate")), None)
    return (_reason(entries[-1]), Detail(Words("原车辆", "From vehicle"), before))


def _redirected(entries: Sequence[Entry]) -> tuple[Detail, ...]:
    named = (EventType.ISSUED, EventType.REDIRECTED)
    was = next(e.claim.figures for e in reversed(entries[:-1]) if e.claim.type in named)
    name = was.get("destination_name") or was["destination"]
    return (Detail(Words("原去向", "Was"), f"{name} · {route_words(was['route']).zh}"), _reason(entries[-1]))


def _reasoned(entries: Sequence[Entry]) -> tuple[Detail, ...]:
    return (_reason(entries[-1]),)


def _lost(entries: Sequence[Entry]) -> tuple[Detail, ...]:
    figures = entries[-1].claim.figures
    dumped = Words("是，计入 X9", "yes, booked as X9") if figures.get("dumped") else words.NO
    finding = Detail(Words("认定", "Finding"), figures["finding"])
    return (finding, Detail(Words("查实倾倒", "Found dumped"), dumped))


def _resolved(entries: Sequence[Entry]) -> tuple[Detail, ...]:
    stands = entries[-1].claim.figures["stands"]
    chosen = next((called(e) for e in entries if e.claim.event_id == stands), stands)
    return (Detail(Words("采信", "Stands"), chosen), Detail(Words("理由", "Why"), entries[-1].claim.figures["reason"]))


def _settled(entry: Entry, people: Mapping[str, Any]) -> tuple[Detail, ...]:
    """The two parties that settled a dispute, each with how they gave their word."""
    both = zip(settling(entry, people), entry.confirmations, strict=True)
    return tuple(Detail(act, f"{who} · {words.of(words.METHODS, str(word.method)).zh}") for (act, who), word in both)


def _reason(entry: Entry) -> Detail:
    return Detail(_REASON, entry.claim.figures.get("reason"))


_DETAILS: Mapping[EventType, Callable[[Sequence[Entry]], tuple[Detail, ...]]] = {
    EventType.TRANSFERRED: _transferred,
    EventType.REDIRECTED: _redirected,
    EventType.RETURNED: _reasoned,
    EventType.VOIDED: _reasoned,
    EventType.LOST: _lost,
    EventType.RESOLVED: _resolved,
}
