"""Corrections on sheets: the figures as they count, what was said before, why, and who agreed.

A function of the entries up to the sheet's event, as everything on a sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sludgetrack.documents import show, words
from sludgetrack.documents.content import Correction, Detail, Revised, Words
from sludgetrack.documents.show import Clock
from sludgetrack.domain.correcting import ASIDE, with_correction
from sludgetrack.domain.events import KINDS, Entry, EventType, StreamKind
from sludgetrack.domain.figures import figure_name, is_mass, is_moisture
from sludgetrack.services.sheet_routes import route_words

Personal = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Superseded:
    """The sheet that a correction's sheet takes the place of: its number among the manifest's, and its digest."""

    ordinal: int
    digest: bytes


def counted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries with every correction among them made: as they count after the last."""
    read: list[Entry] = []
    for entry in entries:
        if entry.claim.type is EventType.CORRECTED:
            read = with_correction(read, entry.claim)
        read.append(entry)
    return tuple(read)


def figure_words(name: str) -> Words:
    """A figure that a change names, as people call it: ``产出 1 湿重``."""
    called = figure_name(name)
    return Words(called.zh, called.en)


def edition(entries: Sequence[Entry]) -> int:
    """Which edition of its event the last of these entries, a correction, makes: the first correction the second."""
    corrects: str = entries[-1].claim.figures["corrects"]
    return 1 + len([each for each in filter(_is_correction, entries) if each.claim.figures["corrects"] == corrects])


def revised(entries: Sequence[Entry]) -> Revised | None:
    """What the sheet of the last entry is a new edition of, if it is a correction."""
    if not _is_correction(entries[-1]):
        return None
    return Revised(entries[-1].claim.figures["of"], edition(entries))


def corrections(entries: Sequence[Entry], personal: Personal) -> tuple[Correction, ...]:
    """Every corrected figure so far: old and new value, why, when it took effect and who agreed to it."""
    by_id = {entry.claim.event_id: entry for entry in entries}
    found = []
    for entry in filter(_is_correction, entries):
        about = by_id.get(entry.claim.figures["corrects"])
        agreed = "、".join(who for _act, who, _at in _agreed(entry, entries, personal))
        found += [_line(entry, change, about, agreed) for change in entry.claim.figures["changes"]]
    return tuple(found)


def correction_details(
    entries: Sequence[Entry], personal: Personal, superseded: Superseded | None, clock: Clock
) -> tuple[Detail, ...]:
    """What a correction's own sheet says of it: what it corrects, why, each party's word, and the sheet before."""
    entry = entries[-1]
    about = next((e for e in entries if e.claim.event_id == entry.claim.figures["corrects"]), None)
    details = [
        Detail(Words("更正对象", "Corrects"), called(about) if about else entry.claim.figures["corrects"]),
        Detail(Words("原因", "Reason"), entry.claim.figures["reason"]),
    ]
    said = _agreed(entry, entries, personal)
    details += [Detail(act, " · ".join(filter(None, (who, clock.time(at))))) for act, who, at in said]
    if superseded is not None:
        former = f"交接单 {superseded.ordinal} · SHA-256 {superseded.digest.hex()}"
        details.append(Detail(Words("替代", "Supersedes"), former))
    return tuple(details)


def correction_remarks(entries: Sequence[Entry]) -> dict[str, str]:
    """What was proposed and did not take effect so far, and why it was refused or withdrawn, by event id."""
    done = {entry.claim.figures["proposal"] for entry in entries if _is_correction(entry)}
    by_id = {entry.claim.event_id: entry for entry in entries}
    found = {}
    for entry in entries:
        figures = entry.claim.figures
        proposal = figures.get("proposal", entry.claim.event_id)
        if entry.claim.type not in ASIDE or proposal in done:
            continue
        found[entry.claim.event_id] = _proposed(entry, by_id) if "changes" in figures else figures.get("reason", "")
    return found


def called(entry: Entry) -> str:
    """An entry as the remarks name it: ``第 2 条 装运``."""
    return f"第 {entry.seq} 条 {KINDS[entry.claim.type].zh}"


def value_text(name: str, value: Any) -> str:
    """A figure's value as it is printed; a dash where nothing is stated."""
    if value is None:
        return words.DASH
    if isinstance(value, bool):
        return (words.YES if value else words.NO).zh
    if isinstance(value, int) and (is_mass(name) or is_moisture(name)):
        return (show.tonnes(value) if is_mass(name) else show.percent(value)) or words.DASH
    named = {"decision": lambda code: words.of(words.DECISIONS, code), "route": route_words}.get(name)
    return named(value).zh if named else str(value)


def _line(entry: Entry, change: Mapping[str, Any], about: Entry | None, agreed: str) -> Correction:
    name = figure_words(change["field"])
    at = f"{called(about)} " if about and about.seq != entry.seq and entry.stream.kind is StreamKind.MANIFEST else ""
    old, new = (value_text(change["field"], change[which]) for which in ("old", "new"))
    reason = entry.claim.figures["reason"]
    return Correction(Words(f"{at}{name.zh}", name.en), old, new, reason, entry.recorded_at, agreed or None)


def _agreed(entry: Entry, entries: Iterable[Entry], personal: Personal) -> list[tuple[Words, str, datetime]]:
    """Everybody's word to a correction: what they did, who they are, and when."""
    proposal = entry.claim.figures["proposal"]
    acts = {EventType.CORRECTION_PROPOSED: _PROPOSED, EventType.CORRECTION_APPROVED: _APPROVED}
    said = []
    for each in entries:
        about = each.claim.figures.get("proposal", each.claim.event_id)
        if each.claim.type in acts and about == proposal:
            said.append((acts[each.claim.type], party(each, personal), each.recorded_at))
    return said


_PROPOSED, _APPROVED = Words("提出", "Proposed"), Words("同意", "Agreed")


def party(entry: Entry, personal: Personal) -> str:
    """Who says something about a correction: the organisation as it was called then, and the person."""
    name = entry.claim.figures.get("party_name") or entry.claim.organisation
    person = personal.get(entry.claim.event_id, {}).get("name")
    return f"{name} {person}" if person else name


def _proposed(entry: Entry, by_id: Mapping[str, Entry]) -> str:
    figures = entry.claim.figures
    about = by_id.get(figures["corrects"])
    lines = "；".join(
        f"{figure_words(one['field']).zh} {value_text(one['field'], one['old'])} → "
        f"{value_text(one['field'], one['new'])}"
        for one in figures["changes"]
    )
    return f"{called(about) + ' ' if about else ''}{lines}。{figures['reason']}"


def _is_correction(entry: Entry) -> bool:
    return entry.claim.type is EventType.CORRECTED
