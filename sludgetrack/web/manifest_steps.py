"""What somebody may do to a manifest next, and on which page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for

from sludgetrack.domain.events import EventType
from sludgetrack.domain.manifest import Status
from sludgetrack.services.reading.manifests import ManifestView
from sludgetrack.web.acting import acting
from sludgetrack.web.manifest_words import ICONS
from sludgetrack.web.texts import gettext as _


@dataclass(frozen=True, slots=True)
class Step:
    """Something this person may do now, the next one first. ``kind`` is the button's."""

    label: str
    href: str
    icon: str
    kind: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """Who may do what about contradicting claims, and the way on: its address and its words."""

    text: str
    link: tuple[str, str]


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
    for event, at, kind in _STEPS if view.row.status is Status.HOLDING else _STEPS[1:] + _STEPS[:1]:
        page = _page_of(event, at)
        if event in view.allowed and page in current_app.view_functions:
            shown = kind if kind != "primary" or not found else "secondary"
            href = url_for(page, number=view.row.number)
            found.append(Step(words[event], href, ICONS[event], shown))
    return found


def settlement(view: ManifestView) -> Settlement | None:
    """What the page of a disputed manifest says of who may decide what, and the way on; None without a dispute."""
    if not view.row.disputed:
        return None
    number, offer = view.row.number, view.offer
    side_by_side = (url_for("settling.settle", number=number), _("看互相矛盾的记录"))
    if offer is None or offer.expired or offer.event is not EventType.RESOLVED:
        return Settlement(_who_may(view), side_by_side)
    party = view.parties.get(offer.organisation, offer.organisation)
    if offer.organisation == acting().actor.organisation:
        own = (url_for("handing.code", number=number, offer_id=offer.id), _("看验证码"))
        return Settlement(_("本单位已提出以哪一份为准，等另一方扫码同意。"), own)
    if offer.may_confirm:
        code = (url_for("settling.enter", number=number), _("输入 6 位验证码"))
        return Settlement(_("%(party)s已提出以哪一份为准，等你们同意：扫对方屏幕上的码，或输码。", party=party), code)
    return Settlement(_("%(party)s已提出以哪一份为准，等另一方同意。", party=party), side_by_side)


def _who_may(view: ManifestView) -> str:
    row = view.row
    return _(
        "可以由%(giver)s或%(site)s提出以哪一份为准，由另一方（%(hauler)s也可以）同意；主管部门也可以单独裁定。",
        giver=row.giver_name,
        site=row.destination_name,
        hauler=row.hauler_name,
    )


def _page_of(event: EventType, page: str) -> str:
    """A decision on contradicting claims is the authority's alone, or a party's proposal."""
    return page if event is not EventType.RESOLVED or acting().actor.is_authority else "settling.settle"


def _step_words() -> dict[EventType, str]:
    return {
        EventType.RETURNED: _("收回退运"),
        EventType.LOADED: _("放行"),
        EventType.RECEIVED: _("过磅接收"),
        EventType.ASSIGNED: _("派车"),
        EventType.RESOLVED: _("裁定争议") if acting().actor.is_authority else _("商定争议"),
        EventType.ARRIVED: _("登记到厂"),
        EventType.INSPECTED: _("记录抽查"),
        EventType.REDIRECTED: _("改运"),
        EventType.TRANSFERRED: _("转交"),
        EventType.VOIDED: _("作废"),
        EventType.LOST: _("认定灭失"),
    }
