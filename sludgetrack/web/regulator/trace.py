"""追溯: one box for everything, a batch or lot from where it came to where it went, a facility."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.mass import Account
from sludgetrack.domain.quantities import percent_of
from sludgetrack.services.reading import tracing
from sludgetrack.services.reading.tracing import LotView, Movement, Traced
from sludgetrack.store.lot_reading import FateRow, HoldingRow
from sludgetrack.web import register_words
from sludgetrack.web.acting import do
from sludgetrack.web.format import dry_mass
from sludgetrack.web.regulator import words
from sludgetrack.web.regulator.desk import blueprint, for_inspectors
from sludgetrack.web.stock_words import kind_words
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import event_word, route_word


@blueprint.get("/trace")
@for_inspectors
def trace() -> ResponseReturnValue:
    """What a text names; the only thing it names is opened at once."""
    text = request.args.get("q", "")
    found = do(lambda ctx: tracing.trace(ctx, text))
    only = _only(found) if request.args.get("open", "1") == "1" else None
    if only:
        return redirect(only)
    return render_template(
        "regulator/trace.html",
        found=found,
        facility_kinds=register_words.facility_kinds(),
        accounts=words.accounts(),
    )


@blueprint.get("/trace/lots/<path:name>")
@for_inspectors
def lot(name: str) -> ResponseReturnValue:
    """One batch or lot."""
    seen = do(lambda ctx: tracing.lot_view(ctx, name))
    return render_template(
        "regulator/lot.html",
        seen=seen,
        lying=seen.holdings[0],
        accounts=words.accounts(),
        fates=[_fate(fate, seen.made) for fate in _by_size(seen.fates)],
        flow=_flow(seen),
        movements=[_movement(one, seen.holdings[0]) for one in seen.movements],
        onward=seen.onward,
        is_batch=seen.is_origin and seen.number is None,
    )


@blueprint.get("/trace/facilities/<code>")
@for_inspectors
def facility(code: str) -> ResponseReturnValue:
    """One facility."""
    seen = do(lambda ctx: tracing.facility_view(ctx, code))
    return render_template(
        "regulator/facility.html",
        seen=seen,
        row=seen.row,
        kinds=register_words.facility_kinds(),
        classes=register_words.city_classes(),
        routes_text=register_words.listed(route_word(route) for route in seen.row.routes),
        field_word_of=register_words.field_word_of,
        ordered=register_words.ordered,
        value_text=register_words.value_text,
        negative=[one for one in seen.holdings if one.is_negative],
        sorts=kind_words(),
    )


def _only(found: Traced) -> str | None:
    if found.found != 1:
        return None
    if found.manifests:
        return url_for("manifests.page", number=found.manifests[0].number)
    if found.facilities:
        return url_for("regulator.facility", code=found.facilities[0].code)
    return url_for("regulator.lot", name=found.holdings[0].name)


def _by_size(fates: Iterable[FateRow]) -> list[FateRow]:
    return sorted(fates, key=lambda fate: -fate.units)


def _fate(fate: FateRow, made: int) -> dict[str, Any]:
    return {
        "label": _fate_word(fate),
        "place": fate.facility_name or "",
        "units": fate.units,
        "share": percent_of(fate.units, made),
        "tone": _tone(fate),
    }


def _fate_word(fate: FateRow) -> str:
    if fate.account == Account.DISPOSED:
        word = route_word(fate.route)
        return word if fate.compliant else _("%(route)s · 不合规", route=word)
    if fate.account == Account.UNACCOUNTED and fate.cause:
        return _("去向不明 · %(cause)s", cause=words.causes()[fate.cause])
    return words.accounts()[fate.account]


def _tone(fate: FateRow) -> str:
    if fate.account == Account.DISPOSED:
        return "good" if fate.compliant else "danger"
    return "warning" if fate.account == Account.UNACCOUNTED else "plain"


def _flow(seen: LotView) -> dict[str, list[dict[str, Any]]]:
    """The batch, or the batches a lot stands for, on the left; what became of it on the right."""
    if not seen.is_origin:
        return {"sources": [], "sinks": [], "links": []}
    drawn = [(str(n), fate) for n, fate in enumerate(_by_size(seen.fates)) if fate.units > 0]
    total = sum(fate.units for _key, fate in drawn)
    return {
        "sources": [{"key": "batch", "label": seen.name, "text": dry_mass(total), "value": total, "tone": "good"}],
        "sinks": [_node(key, fate) for key, fate in drawn],
        "links": [{"source": "batch", "sink": key, "value": fate.units, "tone": _tone(fate)} for key, fate in drawn],
    }


def _node(key: str, fate: FateRow) -> dict[str, Any]:
    """A fate as an end of the flow picture: its name short, what is special about it beside the tonnes."""
    label, _separator, more = _fate_word(fate).partition(" · ")
    text = dry_mass(fate.units)
    return {
        "key": key,
        "label": label,
        "text": f"{text} · {more}" if more else text,
        "value": fate.units,
        "tone": _tone(fate),
    }


def _movement(one: Movement, lying: HoldingRow) -> dict[str, Any]:
    place = lying.facility_name if one.facility == lying.facility else one.facility
    return {"row": one, "word": event_word(one.event), "label": one.disposal or place or ""}
