"""One manifest in words: its figures, its timeline, the differences, who is waited for, what may be done next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import url_for

from sludgetrack.domain.clocks import Stage
from sludgetrack.domain.events import EventType, Mark
from sludgetrack.domain.fields import BY_NAME, FieldKind
from sludgetrack.domain.manifest import HolderKind, Status, Weighing
from sludgetrack.domain.quantities import dry_units
from sludgetrack.domain.tolerance import Difference, Measure, Measured, differences
from sludgetrack.services.reading.manifests import Compared, ManifestView, TimelineEntry, Word
from sludgetrack.web.format import (
    DASH,
    dry_tonnes,
    kilograms,
    mass,
    moisture,
    percent,
    plate,
    points,
    t80_tonnes,
    tonnes,
)
from sludgetrack.web.forms import reading
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import event_word, field_word, route_word

ICONS: Mapping[EventType, str] = {
    EventType.ISSUED: "sheet",
    EventType.ASSIGNED: "truck",
    EventType.LOADED: "scale",
    EventType.TRANSFERRED: "swap",
    EventType.REDIRECTED: "split",
    EventType.ARRIVED: "flag",
    EventType.RECEIVED: "scale",
    EventType.RETURNED: "return",
    EventType.LOST: "lost",
    EventType.VOIDED: "refused",
    EventType.RESOLVED: "shield",
    EventType.INSPECTED: "search",
    EventType.CORRECTION_PROPOSED: "edit",
    EventType.CORRECTION_REFUSED: "refused",
    EventType.CORRECTION_WITHDRAWN: "back",
    EventType.CORRECTED: "edit",
}
GIVEN_BACK = frozenset((EventType.RECEIVED, EventType.RETURNED))
"""Handoffs that the taking side offers: the driver, who confirms, is the giver."""

HIDDEN = frozenset(
    (
        *("number", "name", "public_code", "zone", "giver", "hauler", "destination", "driver", "batches", "photo"),
        *("assumed_bp", "decision", "accepted_kg", "remark", "reason", "stands", "corrects", "changes", "proposal"),
        *("route", "planned_minutes", "contract", "external_number", "moisture_method", "ticket_out", "ticket_in"),
        *("gross_out_kg", "tare_out_kg", "gross_in_kg", "tare_in_kg", "gross_arrival_kg"),
    )
)
"""Figures that a line of the timeline leaves out: said elsewhere on the page, or no use to a reader."""


def mark_word(mark: str) -> str:
    """A mark of the record."""
    words = {
        Mark.IMPORTED: _("历史导入"),
        Mark.PAPER: _("纸质补录"),
        Mark.LATE: _("补记"),
        Mark.CONTRADICTS: _("与已有记录矛盾"),
        Mark.OVERLOAD: _("超载"),
        Mark.OVERLAP: _("车次重叠"),
        Mark.OVERDRAFT: _("透支库存"),
        Mark.FUTURE: _("时间超前"),
        Mark.BEFORE_DEPARTURE: _("早于启运"),
        Mark.ROUTE_NOT_PERMITTED: _("途径不在许可内"),
    }
    return words.get(Mark(mark), mark) if mark in set(Mark) else mark


def decision_word(decision: str) -> str:
    """What a site decided."""
    return {"accepted": _("接收"), "partial": _("部分接收"), "refused": _("拒收")}.get(decision, decision)


def figure_text(name: str, value: Any) -> str:
    """A claimed figure with its unit."""
    named: dict[str, Callable[[Any], str]] = {
        "decision": decision_word,
        "plate": plate,
        "route": route_word,
        "planned_minutes": lambda minutes: _("%(n)s 分钟", n=minutes),
    }
    kinds: dict[FieldKind, Callable[[Any], str]] = {
        FieldKind.MASS: mass,
        FieldKind.MOISTURE: moisture,
        FieldKind.FLAG: lambda yes: _("是") if yes else _("否"),
    }
    rule = BY_NAME.get(name)
    write = named.get(name) or (kinds.get(rule.kind) if rule else None) or str
    return write(value)


def figure_rows(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every figure that has a name people know, in the order of the form."""
    return [
        (field_word(name), figure_text(name, figures[name]))
        for name in BY_NAME
        if figures.get(name) is not None
        and name not in ("giver", "hauler", "destination", "driver", "batches", "photo")
    ]


# The timeline


def timeline(view: ManifestView) -> list[dict[str, object]]:
    """What happened, and what is still to come."""
    return [*(item(view, entry) for entry in view.timeline), *to_come(view)]


def item(view: ManifestView, entry: TimelineEntry) -> dict[str, object]:
    """An event for the timeline."""
    giver, taker = _sides(entry)
    contradicts = Mark.CONTRADICTS in entry.marks
    return {
        "title": event_word(entry.event),
        "at": entry.occurred_at,
        "giver": giver,
        "taker": taker,
        "grade": str(entry.grade) if entry.grade else "",
        "reason": entry.words[-1].reason if len(entry.words) > 1 else "",
        "note": " · ".join(_notes(entry)),
        "sheet": sheet_address(view, entry),
        "icon": ICONS.get(entry.event, "check"),
        "tone": "danger" if contradicts or entry.event is EventType.LOST else _tone(entry),
    }


def _tone(entry: TimelineEntry) -> str:
    refused = entry.figures.get("decision") in ("partial", "refused")
    return "warning" if refused or not entry.stands else ""


def sheet_address(view: ManifestView, entry: TimelineEntry) -> str:
    """Where the sheet of an event lies, once it is made."""
    return url_for("manifests.sheet", number=view.row.number, event_id=entry.event_id) if entry.sheet else ""


def _sides(entry: TimelineEntry) -> tuple[str, str]:
    names = [_party(word) for word in entry.words] or [entry.party_name]
    if len(names) == 1 or entry.event is EventType.RESOLVED:
        return _("、").join(names), ""
    return (names[1], names[0]) if entry.event in GIVEN_BACK else (names[0], names[1])


def _party(word: Word) -> str:
    return f"{word.party_name} {word.person}" if word.person else word.party_name


def _notes(entry: TimelineEntry) -> Iterator[str]:
    figures = entry.figures
    if entry.event is EventType.RECEIVED:
        yield _decided(figures)
    elif entry.event is EventType.REDIRECTED:
        yield _("改往%(site)s", site=figures.get("destination_name", figures.get("destination", "")))
        yield route_word(figures.get("route"))
    for name in BY_NAME:
        if figures.get(name) is not None and name not in HIDDEN:
            yield f"{field_word(name)} {figure_text(name, figures[name])}"
    for name in ("reason", "remark"):
        if figures.get(name):
            yield _("%(name)s：%(said)s", name=field_word(name), said=figures[name])
    if figures.get("assumed_bp"):
        yield _("含水率未测，按 %(assumed)s 估计", assumed=moisture(figures["assumed_bp"]))
    yield from (mark_word(mark) for mark in entry.marks)
    if not entry.stands and Mark.CONTRADICTS not in entry.marks:
        yield _("已由裁定撤销")


def _decided(figures: Mapping[str, Any]) -> str:
    accepted = figures.get("accepted_kg") or 0
    return f"{decision_word(figures['decision'])} {mass(accepted)}" if accepted else decision_word(figures["decision"])


def to_come(view: ManifestView) -> list[dict[str, object]]:
    """What is still to come."""
    if view.row.closed:
        return []
    awaited = {
        Status.ISSUED: [EventType.LOADED, EventType.RECEIVED],
        Status.IN_TRANSIT: [EventType.RECEIVED],
        Status.ARRIVED: [EventType.RECEIVED],
        Status.HOLDING: [EventType.RETURNED],
        Status.DELIVERED: [EventType.DISPOSED],
    }
    return [{"title": event_word(event), "status": "next"} for event in awaited.get(view.row.status, [])]


# Where it is, who has it, who is waited for


def where(view: ManifestView) -> str:
    """Where the load is now."""
    row = view.row
    places = {
        Status.ISSUED: row.giver_name,
        Status.IN_TRANSIT: _("去%(site)s的路上", site=row.destination_name),
        Status.ARRIVED: _("%(site)s门口", site=row.destination_name),
        Status.HOLDING: _("车上，等退回%(plant)s", plant=row.giver_name),
        Status.DELIVERED: row.destination_name,
        Status.RETURNED: row.giver_name,
        Status.LOST: _("不明"),
    }
    return places.get(row.status, "")


def holders(view: ManifestView) -> str:
    """Who has which part."""
    if view.row.status is Status.VOID:
        return ""
    whole = len(view.custody) == 1
    return _("；").join(_held(view, part.holder, part.name, None if whole else part.kg) for part in view.custody)


def _held(view: ManifestView, holder: HolderKind, name: str | None, kg: int | None) -> str:
    who = name or (view.row.hauler_name if holder is HolderKind.DRIVER else _("无人"))
    if holder is HolderKind.DRIVER:
        who = _("驾驶员 %(name)s", name=who) if name else who
        who = _("%(name)s（%(more)s）", name=who, more=plate(view.row.plate)) if view.row.plate else who
    return who if kg is None else f"{who} {mass(kg)}"


def awaited(view: ManifestView) -> str:
    """Who is waited for, and until when."""
    row = view.row
    due = view.row.deadline
    if row.status is Status.ISSUED:
        text = (
            _("等%(hauler)s派车", hauler=row.hauler_name)
            if not row.plate
            else _("等车到%(plant)s装运", plant=row.giver_name)
        )
    elif due is None:
        return ""
    else:
        words = {
            Stage.LOADING: _("等装运"),
            Stage.ARRIVAL: _("等车到%(site)s", site=row.destination_name),
            Stage.DECISION: _("等%(site)s过磅、作出结论", site=row.destination_name),
            Stage.DISPOSAL: _("等%(site)s处置", site=row.destination_name),
        }
        text = words[due.stage] if row.status is not Status.HOLDING else _("等%(plant)s收回", plant=row.giver_name)
    return (
        text
        if due is None or row.status is Status.HOLDING
        else _("%(awaited)s，最迟 %(by)s", awaited=text, by=reading().moment(due.due_at))
    )


# What was weighed


def weighings(compared: Compared) -> list[tuple[str, str, str, str] | tuple[str, str, str, str, bool]]:
    """The lines of the table of figures: label, out, in, difference."""
    out, into = compared.out, compared.into
    return [
        (_("毛重 t"), *_pair(out, into, "gross_kg")),
        (_("皮重 t"), *_pair(out, into, "tare_kg")),
        (_("净重 t"), *_pair(out, into, "net_kg"), True),
        (_("含水率"), _bp(out), _bp(into), _signed_points(compared.moisture_bp)),
        (
            _("干固体 t"),
            dry_tonnes(_dry(out)),
            dry_tonnes(_dry(into)),
            _signed(dry_tonnes(compared.dry_units), compared.dry_units),
        ),
        (
            _("折80%% t"),
            t80_tonnes(_dry(out)),
            t80_tonnes(_dry(into)),
            _signed(t80_tonnes(compared.dry_units), compared.dry_units),
        ),
    ]


def _pair(out: Weighing | None, into: Weighing | None, name: str) -> tuple[str, str, str]:
    left, came = (getattr(side, name) if side else None for side in (out, into))
    apart = came - left if left is not None and came is not None else None
    return tonnes(left), tonnes(came), _signed(tonnes(apart), apart)


def _signed(text: str, amount: int | None) -> str:
    return f"+{text}" if amount is not None and amount > 0 else text


def _signed_points(bp: int | None) -> str:
    return DASH if bp is None else _signed(points(bp), bp)


def _bp(side: Weighing | None) -> str:
    return moisture(side.moisture_bp) if side else DASH


def _dry(side: Weighing | None) -> int | None:
    return None if side is None or side.moisture_bp is None else dry_units(side.net_kg, side.moisture_bp)


def verdict(compared: Compared) -> tuple[str, str]:
    """The difference in a sentence, with its tone; nothing where there is nothing to compare."""
    if compared.out is None or compared.into is None:
        return "", "plain"
    found = differences(
        Measured(compared.out.net_kg, compared.out.moisture_bp),
        Measured(compared.into.net_kg, compared.into.moisture_bp),
    )
    beyond = [difference for difference in found if difference.exceeds]
    if beyond:
        return _("；").join(_beyond(difference) for difference in beyond), "danger"
    return _("；").join(_within(difference) for difference in found[:1]), "good"


def _within(weight: Difference) -> str:
    if weight.amount == 0:
        return _("与出厂一致")
    return _("%(difference)s，正常", difference=_less_or_more(weight))


def _beyond(difference: Difference) -> str:
    if difference.measure is Measure.MOISTURE:
        by = points(abs(difference.amount))
        text = (
            _("含水率高 %(points)s 个百分点", points=by)
            if difference.amount > 0
            else _("含水率低 %(points)s 个百分点", points=by)
        )
    elif difference.measure is Measure.DRY:
        share = _share(difference)
        text = _("干固体多 %(share)s", share=share) if difference.amount > 0 else _("干固体少 %(share)s", share=share)
    else:
        text = _less_or_more(difference)
    return _("%(difference)s，超出容差", difference=text)


def _less_or_more(weight: Difference) -> str:
    by, share = kilograms(abs(weight.amount)), _share(weight)
    if weight.amount > 0:
        return _("多 %(mass)s，%(share)s", mass=by, share=share)
    return _("少 %(mass)s，%(share)s", mass=by, share=share)


def _share(difference: Difference) -> str:
    tenths = difference.permille
    return DASH if tenths is None else percent(f"{tenths // 10}.{tenths % 10}")
