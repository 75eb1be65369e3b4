"""The clocks of a manifest: how long each stage may take, and which one is running now.

Overdue is derived from times and clock rows, never stored. The lengths are policy rows without a route, of the giver's
division; what no row says keeps its default.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sludgetrack.domain.policy import Policy

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Clocks:
    """How long each stage may take; every field is also the name of its policy rule.

    ``_h`` are hours, ``transit_factor`` multiplies the planned minutes, ``storage_days`` holds where a facility states
    no storage days of its own, ``paper_working_days`` are Mondays to Fridays.
    """

    issue_to_load_h: Decimal = Decimal(24)
    transit_factor: Decimal = Decimal("1.5")
    transit_slack_h: Decimal = Decimal(1)
    arrival_to_decision_h: Decimal = Decimal(24)
    storage_days: Decimal = Decimal(30)
    offline_sync_h: Decimal = Decimal(72)
    paper_working_days: Decimal = Decimal(10)


class Stage(StrEnum):
    """What a running clock waits for."""

    LOADING = "loading"
    ARRIVAL = "arrival"
    DECISION = "decision"
    DISPOSAL = "disposal"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a manifest is. Times are aware; None where it has not come to that yet.

    ``ended`` says that nothing is awaited any more: void, returned, lost, or nothing left of what was accepted.
    ``storage_days`` are those of the facility the load was accepted at.
    """

    issued_at: datetime
    loaded_at: datetime | None = None
    arrived_at: datetime | None = None
    received_at: datetime | None = None
    ended: bool = False
    planned_minutes: int = 0
    storage_days: int | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """What is awaited, and by when."""

    stage: Stage
    due_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Whether it is overdue."""
        return now > self.due_at


def clocks_of(policy: Policy, division: str, day: date) -> Clocks:
    """The clocks in force for a giver's division on a legal day. Raises InvalidOperation for a value not a number."""
    rows = {clock.name: policy.rule(division, "", clock.name, day) for clock in fields(Clocks)}
    return Clocks(**{name: Decimal(row.value) for name, row in rows.items() if row})


def deadline(progress: Progress, clocks: Clocks) -> Deadline | None:
    """The clock that is running, or None where nothing is awaited."""
    if progress.ended:
        return None
    if progress.received_at:
        days = clocks.storage_days if progress.storage_days is None else Decimal(progress.storage_days)
        return Deadline(Stage.DISPOSAL, progress.received_at + _hours(days * 24))
    if progress.arrived_at:
        return Deadline(Stage.DECISION, progress.arrived_at + _hours(clocks.arrival_to_decision_h))
    if progress.loaded_at:
        planned = clocks.transit_factor * progress.planned_minutes / 60
        return Deadline(Stage.ARRIVAL, progress.loaded_at + _hours(planned + clocks.transit_slack_h))
    return Deadline(Stage.LOADING, progress.issued_at + _hours(clocks.issue_to_load_h))


def is_late_sync(occurred_at: datetime, recorded_at: datetime, clocks: Clocks) -> bool:
    """Whether a claim made offline reached the record too late."""
    return recorded_at - occurred_at > _hours(clocks.offline_sync_h)


def is_late_paper(occurred_on: date, recorded_on: date, clocks: Clocks) -> bool:
    """Whether a paper manifest was entered too late; legal days. Public holidays are not known here."""
    return recorded_on > working_days_after(occurred_on, int(clocks.paper_working_days))


def working_days_after(day: date, count: int) -> date:
    """The working day (Monday to Friday) that is ``count`` of them after a day."""
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY:
            count -= 1
    return day


def _hours(hours: Decimal) -> timedelta:
    return timedelta(seconds=int(hours * 3600))
