"""What somebody may do to a manifest next, and on which page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for

from sludgetrack.domain.events import EventType
from sludgetrack.domain.manifest import Status
from sludgetrack.services.reading.manifests import ManifestView
from sludgetrack.web.manifest_words import ICONS
from sludgetrack.web.texts import gettext as _


@dataclass(frozen=True, slots=True)
class Step:
    """Something this person may do now, the next one first. ``kind`` is the button's."""

    label: str
    href: str
    icon: str
    kind: str


_STEPS: tuple[tuple[EventType, str, str], ...] = (
    (EventType.RETURNED, "plant.take_back", "primary"),
    (EventType.LOADED, "plant.release", "primary"),
    (EventType.RECEIVED, "site.receive", "primary"),
    (EventType.ASSIGNED, "dispatch.assign", "primary"),
    (EventType.RESOLVED, "regulator.resolve", "primary"),
    (EventType.ARRIVED, "site.arrive", "secondary"),
    (EventType.INSPECTED, "regulator.inspect", "secondary"),
    (EventType.REDIRECTED, "plant.redirected", "secondary"),
    (EventType.TRANSFERRED, "driver.transfer", "secondary"),
    (EventType.VOIDED, "plant.void", "quiet"),
    (EventType.LOST, "regulator.lost", "quiet"),
)


def steps(view: ManifestView) -> list[Step]:
    """What this person may do to the manifest now, as far as there is a page for it."""
    words = _step_words()
    found: list[Step] = []
    for event, page, kind in _STEPS if view.row.status is Status.HOLDING else _STEPS[1:] + _STEPS[:1]:
        if event in view.allowed and page in current_app.view_functions:
            shown = kind if kind != "primary" or not found else "secondary"
            href = url_for(page, number=view.row.number)
            found.append(Step(words[event], href, ICONS[event], shown))
    return found


def _step_words() -> dict[EventType, str]:
    return {
        EventType.RETURNED: _("收回退运"),
        EventType.LOADED: _("放行"),
        EventType.RECEIVED: _("过磅接收"),
        EventType.ASSIGNED: _("派车"),
        EventType.RESOLVED: _("裁定争议"),
        EventType.ARRIVED: _("登记到厂"),
        EventType.INSPECTED: _("记录抽查"),
        EventType.REDIRECTED: _("改运"),
        EventType.TRANSFERRED: _("转交"),
        EventType.VOIDED: _("作废"),
        EventType.LOST: _("认定灭失"),
    }
