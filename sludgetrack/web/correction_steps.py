"""A manifest's timeline with its corrections: what may be corrected, what was, and the way to each proposal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for

from sludgetrack.domain.correcting import ASIDE, CORRECTABLE
from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Role
from sludgetrack.services.reading.manifests import ManifestView, TimelineEntry
from sludgetrack.web.acting import acting
from sludgetrack.web.correction_words import figure_label, figure_text
from sludgetrack.web.manifest_words import item
from sludgetrack.web.texts import gettext as _

_PROPOSERS = frozenset((Role.CLERK, Role.OPERATOR, Role.DISPATCHER))


def timeline(view: ManifestView) -> list[dict[str, object]]:
    """What happened, each handoff with its corrections in effect and the way to correct it."""
    corrected = [entry for entry in view.timeline if entry.event is EventType.CORRECTED]
    return [_item(view, entry, corrected) for entry in view.timeline]


def _item(view: ManifestView, entry: TimelineEntry, corrected: Iterable[TimelineEntry]) -> dict[str, object]:
    shown = item(view, entry)
    proposal = str(entry.figures.get("proposal", entry.event_id))
    if entry.event is EventType.CORRECTED or entry.event in ASIDE:
        about = [shown["note"]] if shown["note"] else []
        lines = changes_text(entry.figures.get("changes", ()))
        more = (url_for("correcting.page", proposal=proposal), _("看这份更正"))
        if entry.event is EventType.CORRECTED:
            shown |= {"giver": _("、").join(dict.fromkeys(word.party_name for word in entry.words)), "taker": ""}
        return {**shown, "grade": "", "note": " · ".join([*filter(None, [lines]), *map(str, about)]), "more": more}
    now = [changes_text(one.figures["changes"]) for one in corrected if one.figures["corrects"] == entry.event_id]
    notes = [*filter(None, [shown["note"]]), *(_("已更正：%(changes)s", changes=text) for text in now)]
    more_ = (url_for("correcting.form", event_id=entry.event_id), _("更正这一条")) if _may_propose(entry) else None
    return {**shown, "note": " · ".join(map(str, notes)), "more": more_}


def changes_text(changes: Iterable[Mapping[str, Any]]) -> str:
    """Changed figures, old and new, in one line."""
    lines = [
        (figure_label(one["field"]), figure_text(one["field"], one["old"]), figure_text(one["field"], one["new"]))
        for one in changes
    ]
    return _("；").join(f"{label} {old} → {new}" for label, old, new in lines)


def _may_propose(entry: TimelineEntry) -> bool:
    """Whether somebody's organisation gave its word to an event that counts, and they may say so."""
    actor = acting().actor
    spoke = actor.organisation in {word.party for word in entry.words}
    return spoke and entry.stands and entry.event in CORRECTABLE and bool(actor.roles & _PROPOSERS)
