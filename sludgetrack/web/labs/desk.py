"""What the pages of lab reports share: who may see them, who may add to them, and the words they use."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, request

from sludgetrack.domain.identity import Role
from sludgetrack.domain.labs import Held, Lapse
from sludgetrack.domain.suitability import Outcome, RouteVerdict
from sludgetrack.store.directory import Facility
from sludgetrack.store.lab_reading import ReportRow
from sludgetrack.web.acting import acting
from sludgetrack.web.lab_words import condition_word, limit_word, number, parameter_word, standard_word, unit_word
from sludgetrack.web.texts import gettext as _

__all__ = ["condition_word", "limit_word", "number", "parameter_word", "standard_word", "unit_word"]
"""Words the templates reach through this module."""

blueprint = Blueprint("labs", __name__, url_prefix="/labs")

READERS = (Role.CLERK, Role.OPERATOR, Role.INSPECTOR)
WRITERS = (Role.CLERK, Role.OPERATOR)
AT = "at"
"""The field for the facility somebody works at."""


def may_write() -> bool:
    """Whether whoever is signed in records reports."""
    actor = acting().actor
    return any(actor.has(role) for role in WRITERS) and bool(actor.facilities)


def chosen(own: Sequence[Facility]) -> Facility | None:
    """The facility asked for, else the first; None where there is none."""
    asked = request.values.get(AT, "")
    return next((facility for facility in own if facility.code == asked), next(iter(own), None))


def lapse_word(held: Held) -> tuple[str, str, str]:
    """What one row says: its word, tone and icon."""
    words = {
        None: (_("符合"), "good", "check"),
        Lapse.OVER_LIMIT: (_("不符合"), "danger", "danger"),
        Lapse.NOT_REPORTED: (_("没有测"), "warning", "unknown"),
        Lapse.UNIT_UNKNOWN: (_("单位对不上"), "warning", "unknown"),
    }
    return words[held.lapse]


def outcome_word(verdict: RouteVerdict) -> tuple[str, str, str]:
    """What a report says for a route: its word, tone and icon. One that is only incomplete is told from a bad one."""
    if verdict.outcome is Outcome.SILENT:
        return _("没有测这些项目"), "plain", "unknown"
    if verdict.outcome is Outcome.PASSES:
        return _("合格"), "good", "check"
    if any(held.lapse is Lapse.OVER_LIMIT for held in verdict.held):
        return _("不合格"), "danger", "danger"
    return _("项目不全，不能作数"), "warning", "warning"


def worst_first(verdict: RouteVerdict) -> list[Held]:
    """The rows of a route: what is not met, what is not known, and then the rest, each in the standard's order."""
    rank = {Lapse.OVER_LIMIT: 0, Lapse.UNIT_UNKNOWN: 1, Lapse.NOT_REPORTED: 1, None: 2}
    return sorted(verdict.held, key=lambda held: rank[held.lapse])


def everything() -> str:
    """The chip that narrows nothing."""
    return _("全部")


def subject_word(row: ReportRow) -> str:
    """What was sampled, in words."""
    return _("本设施") if row.of_facility else row.subject
