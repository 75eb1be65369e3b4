"""Judging a disposal: what it breaks, in a form that can be shown before it is booked.

A disposal that breaks a gate is a fact and is recorded all the same: non-compliant, it counts as not harmless. Gates
are those of the disposal site's division; a ban of a producing plant's division concerns only that plant's share.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from sludgetrack.domain.labs import verdict
from sludgetrack.domain.limits import COMPARE, Limits
from sludgetrack.domain.policy import Rule
from sludgetrack.domain.quantities import percent_from_bp
from sludgetrack.domain.routes import Harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sludgetrack.domain.dated import Tables
    from sludgetrack.domain.labs import LabVerdict, Report
    from sludgetrack.domain.policy import Policy, PolicyRow
    from sludgetrack.domain.routes import Route


class Breach(StrEnum):
    """What a disposal breaks."""

    ROUTE_BANNED = "route_banned"
    ORIGIN_BANNED = "origin_banned"
    MOISTURE_TOO_HIGH = "moisture_too_high"
    NO_LAB_REPORT = "no_lab_report"
    LAB_REPORT_FAILS = "lab_report_fails"
    NOT_STABILISED = "not_stabilised"
    UNDECIDED = "undecided"
    NEVER_HARMLESS = "never_harmless"


@dataclass(frozen=True, slots=True)
class Reason:
    """One breach with its facts: what was measured, the limit it is held to, and who says so.

    ``subject`` is the parameter, the lab report or the division concerned. Texts, so that they can be shown and sent
    as they are; empty where the breach has no such fact.
    """

    breach: Breach
    source: str
    subject: str = ""
    measured: str = ""
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a disposal breaks as a whole, and by the divisions of producing plants whose ban concerns their share.

    ``report`` is the lab report that decided, where one was asked for and there is one.
    """

    reasons: Sequence[Reason] = ()
    by_division: Mapping[str, Reason] = field(default_factory=dict)
    report: Report | None = None

    @property
    def compliant(self) -> bool:
        """Whether the disposal as a whole counts as harmless."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Act:
    """A disposal as far as its gates are concerned.

    ``division`` is the site's, ``moisture_bp`` that measured at disposal (else the lot's), ``decided_by`` the
    authority that decided on a route needing a decision.
    """

    route: str
    division: str
    day: date
    moisture_bp: int
    stabilised: bool
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The tables a disposal is judged by."""

    routes: Mapping[str, Route]
    limits: Limits
    policy: Policy

    def needs_lab(self, act: Act) -> bool:
        """Whether a lab report is asked for, so that a caller reads reports only then."""
        return self._needs(act, Rule.NEEDS_LAB, by_route=self.routes[act.route].needs_lab)

    def judge(self, act: Act, reports: Iterable[Report] = (), producers: Iterable[str] = ()) -> Judgement:
        """Judge a disposal.

        ``reports`` are those for the lot, the site and, for a lot received straight from it, the plant; ``producers``
        the divisions of the plants the lot stands for. Raises KeyError for a route that is not in the table.
        """
        reasons = [*self._of_route(act), *self._of_moisture(act), *self._of_stability(act)]
        lab = verdict(self.limits.of(act.route), reports, act.day) if self.needs_lab(act) else None
        if lab is not None:
            reasons += _of_lab(act, lab)
        return Judgement(reasons, self._of_producers(act, producers), None if lab is None else lab.report)

    def _of_route(self, act: Act) -> list[Reason]:
        reasons = []
        harmless = self.routes[act.route].harmless
        if harmless is Harmless.NO:
            reasons.append(Reason(Breach.NEVER_HARMLESS, "", act.route))
        if harmless is Harmless.MANUAL and not act.decided_by:
            reasons.append(Reason(Breach.UNDECIDED, "", act.route))
        ban = self.policy.ban(act.division, act.route, act.day)
        if ban:
            reasons.append(Reason(Breach.ROUTE_BANNED, ban.source, ban.division))
        return reasons

    def _of_moisture(self, act: Act) -> list[Reason]:
        route = self.routes[act.route]
        row = self.policy.rule(act.division, act.route, Rule.MOISTURE_MAX_PCT, act.day)
        if row is None and route.moisture_max_bp is None:
            return []
        limit = _percent(row) if row else Decimal(route.moisture_max_bp or 0) / 100
        if COMPARE[route.moisture_op](Decimal(act.moisture_bp) / 100, limit):
            return []
        source = row.source if row else route.standard
        allowed = f"{route.moisture_op} {limit:f}"
        return [Reason(Breach.MOISTURE_TOO_HIGH, source, "moisture", percent_from_bp(act.moisture_bp), allowed)]

    def _of_stability(self, act: Act) -> list[Reason]:
        needed = self._needs(act, Rule.NEEDS_STABILISATION, by_route=self.routes[act.route].needs_stabilisation)
        if act.stabilised or not needed:
            return []
        row = self.policy.rule(act.division, act.route, Rule.NEEDS_STABILISATION, act.day)
        return [Reason(Breach.NOT_STABILISED, row.source if row else self.routes[act.route].standard)]

    def _of_producers(self, act: Act, producers: Iterable[str]) -> dict[str, Reason]:
        bans = {division: self.policy.ban(division, act.route, act.day) for division in producers}
        return {
            division: Reason(Breach.ORIGIN_BANNED, ban.source, ban.division) for division, ban in bans.items() if ban
        }

    def _needs(self, act: Act, rule: Rule, *, by_route: bool) -> bool:
        row = self.policy.rule(act.division, act.route, rule, act.day)
        return row.value == "Y" if row else by_route


class Rulebooks:
    """The rules with their dates: a rulebook for every day something was done."""

    def __init__(self, tables: Tables, policy: Policy) -> None:
        self._tables = tables
        self._policy = policy
        self._known: dict[tuple[int, int], Rulebook] = {}

    def on(self, day: date) -> Rulebook:
        """The rules of a legal day. Days on which the same tables were in force share one rulebook."""
        routes, limits = self._tables.routes(day), self._tables.limits(day)
        key = (id(routes), id(limits))
        if key not in self._known:
            self._known[key] = Rulebook(routes, Limits(limits), self._policy)
        return self._known[key]


def _percent(row: PolicyRow) -> Decimal:
    return Decimal(row.value)


def _of_lab(act: Act, lab: LabVerdict) -> list[Reason]:
    if lab.passes:
        return []
    if lab.report is None:
        return [Reason(Breach.NO_LAB_REPORT, "", act.route)]
    return [
        Reason(
            Breach.LAB_REPORT_FAILS,
            failing.limit.standard,
            failing.limit.parameter,
            "" if failing.measured is None else f"{failing.measured:f}",
            f"{failing.limit.op} {failing.limit.value:f} {failing.limit.unit}".rstrip(),
        )
        for failing in lab.failing
    ]
