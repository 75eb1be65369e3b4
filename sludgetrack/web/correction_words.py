"""Corrections in words: figures as they are called and typed, what a change comes to, what became of a proposal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import url_for

from sludgetrack import reference
from sludgetrack.domain.correcting import Outcome, figure_of
from sludgetrack.domain.events import Entry, StreamKind
from sludgetrack.domain.figures import figure_name, is_mass, is_moisture
from sludgetrack.domain.mass import Account
from sludgetrack.domain.quantities import dry_units
from sludgetrack.schemas.changes import change_name, change_value, correctable_names
from sludgetrack.services.reading.corrections import CorrectionSeen
from sludgetrack.web.format import DASH, dry_mass, dry_tonnes, mass, moisture, number_text, points
from sludgetrack.web.forms import reading
from sludgetrack.web.manifest_words import decision_word
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import event_word, is_english, route_word

NEW = "new."
"""Before the name on the wire of every figure in the form: an event may have a ``reason`` of its own to correct."""

WEIGHED = (("net_out_kg", "moisture_out_bp"), ("net_in_kg", "moisture_in_bp"), ("wet_kg", "moisture_bp"))
"""Masses with the moisture that their dry solids follow from."""


@dataclass(frozen=True, slots=True)
class Input:
    """A figure in the form: its field's name, label, what stands, how it is typed; ``options`` to choose from."""

    name: str
    label: str
    value: str
    unit: str = ""
    kind: str = "text"
    options: Sequence[tuple[str, str]] = field(default=())


@dataclass(frozen=True, slots=True)
class Change:
    """A changed figure in words: old, new, and the difference where there is one."""

    label: str
    old: str
    new: str
    difference: str


def figure_label(name: str) -> str:
    """A figure as a change names it."""
    called = figure_name(name)
    return called.en if is_english() else called.zh


def figure_text(name: str, value: Any) -> str:
    """A figure's value with its unit."""
    if value is None:
        return DASH
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, int) and (is_mass(name) or is_moisture(name)):
        return mass(value) if is_mass(name) else moisture(value)
    written: dict[str, Callable[[Any], str]] = {"decision": decision_word, "route": route_word, "day": _day}
    write = written.get(name)
    return write(value) if write else str(value)


def _day(iso: str) -> str:
    return reading().day(date.fromisoformat(iso))


def inputs(event: Entry) -> list[Input]:
    """The figures of an event that may be corrected, as they stand."""
    figures = event.claim.figures
    return [_input(name, figure_of(figures, name)) for name in correctable_names(event.claim.type, figures)]


def _input(name: str, value: Any) -> Input:
    shown = change_value(name, value)
    typed = (
        ""
        if shown is None
        else {True: "true", False: "false"}.get(shown, str(shown))
        if isinstance(shown, bool)
        else str(shown)
    )
    last = name.rpartition(".")[2]
    options: dict[str, list[tuple[str, str]]] = {
        "decision": [(code, decision_word(code)) for code in ("accepted", "partial", "refused")],
        "route": [(code, route_word(code)) for code in reference.routes()],
        "final": _yes_no(),
        "seal_intact": [("", DASH), *_yes_no()],
    }
    unit = "t" if is_mass(name) else "%" if is_moisture(name) else ""
    kind = "choice" if last in options else "date" if last == "day" else "figure" if unit or _is_whole(last) else "text"
    return Input(NEW + change_name(name), figure_label(name), typed, unit, kind, options.get(last, ()))


def _yes_no() -> list[tuple[str, str]]:
    return [("true", _("是")), ("false", _("否"))]


def _is_whole(name: str) -> bool:
    return name in ("planned_minutes", "treated_m3")


def changed_lines(known: Iterable[Input], typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """What was typed over what stands, as lines for the schema; an emptied field states nothing."""
    return [
        {"field": one.name.removeprefix(NEW), "value": typed[one.name] or None}
        for one in known
        if one.name in typed and typed[one.name] != one.value
    ]


def changes(event: Entry, changed: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Old and new of each changed figure, and last what the dry solids come to where they change."""
    lines = list(changed)
    shown = [_change(line["field"], line["old"], line["new"]) for line in lines]
    before = event.claim.figures
    after = {**before, **{line["field"]: line["new"] for line in lines}}
    return [*shown, *_dry(before, after)]


def _change(name: str, old: Any, new: Any) -> Change:
    apart = ""
    if is_mass(name) and isinstance(old, int) and isinstance(new, int):
        apart = _signed(mass(new - old), new - old)
    elif is_moisture(name) and isinstance(old, int) and isinstance(new, int):
        apart = _("%(points)s 个百分点", points=_signed(points(new - old), new - old))
    return Change(figure_label(name), figure_text(name, old), figure_text(name, new), apart)


def _dry(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[Change]:
    for kg, bp in WEIGHED:
        old, new = (_dry_units(figures, kg, bp) for figures in (before, after))
        if old is not None and new is not None and old != new:
            yield Change(_("干固体"), dry_mass(old), dry_mass(new), _signed(dry_mass(new - old), new - old))


def _dry_units(figures: Mapping[str, Any], kg: str, bp: str) -> int | None:
    measured = figures.get(bp) if figures.get(bp) is not None else figures.get("assumed_bp")
    return None if figures.get(kg) is None or measured is None else dry_units(figures[kg], measured)


def _signed(text: str, amount: int) -> str:
    return f"+{text}" if amount > 0 else text


def outcome_word(outcome: Outcome) -> tuple[str, str, str]:
    """What became of a proposal: word, tone and icon."""
    words = {
        Outcome.OPEN: (_("等待答复"), "warning", "clock"),
        Outcome.IN_EFFECT: (_("已生效"), "good", "done"),
        Outcome.REFUSED: (_("已拒绝"), "danger", "refused"),
        Outcome.WITHDRAWN: (_("已撤回"), "plain", "back"),
    }
    return words[outcome]


def awaited(seen: CorrectionSeen) -> str:
    """Who has still to answer."""
    return waiting_text(list(seen.waits_for.values()), authority=seen.waits_for_authority)


def waiting_text(parties: Iterable[str], *, authority: bool) -> str:
    """Organisations by name, and the authority."""
    return _("、").join([*parties, *([_("主管部门")] if authority else [])])


def first_open(closed_through: date | None) -> str:
    """The first open day after a lock."""
    return "" if closed_through is None else reading().day(closed_through + timedelta(days=1))


def subject_text(seen: CorrectionSeen) -> str:
    """What is corrected: the event and whose it is."""
    name = number_text(seen.stream.name) if seen.stream.kind is StreamKind.MANIFEST else seen.stream.name
    return f"{name} · {event_word(seen.of)}"


def subject_address(kind: StreamKind, name: str) -> str:
    """The page of the manifest, or of the facility's records."""
    if kind is StreamKind.MANIFEST:
        return url_for("manifests.page", number=name)
    return url_for("correcting.records", code=name)


def moved_lines(seen: CorrectionSeen) -> list[tuple[str, str, str, bool]]:
    """What the correction moved: the month it counts in, the account, signed dry solids, whether it counts later."""
    return [
        (
            reading().month(one.month),
            account_word(one.account, one.compliant),
            _units(-one.units if one.account is Account.PRODUCED else one.units),
            (one.day.year, one.day.month) != (one.month.year, one.month.month),
        )
        for one in seen.moved
    ]


def _units(units: int) -> str:
    return _signed(dry_tonnes(units), units)


def account_word(account: Account, compliant: bool | None) -> str:
    """An account of the book of mass; what was disposed of by whether it complied."""
    if account is Account.DISPOSED:
        return _("处置（合规）") if compliant else _("处置（不合规）")
    words = {
        Account.PRODUCED: _("产生"),
        Account.PLANT_STOCK: _("厂内库存"),
        Account.TRANSIT: _("在途"),
        Account.SITE_STOCK: _("处置单位库存"),
        Account.UNACCOUNTED: _("去向不明"),
    }
    return words.get(account, str(account))
