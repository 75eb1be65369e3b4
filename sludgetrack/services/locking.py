"""期间锁定: a month that is over is closed for a division by its authority, and with it all months before.

What is booked later for a closed day counts on the first open one, so that a published figure never moves. A lock is
not undone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from sludgetrack.domain.errors import AlreadyLocked, OutOfRange, PeriodNotOver
from sludgetrack.domain.events import EventType, Stream, StreamKind
from sludgetrack.domain.permissions import Action, Parties, require
from sludgetrack.domain.registrations import LockPeriod
from sludgetrack.domain.times import legal_day
from sludgetrack.services.administering import Outcome, once
from sludgetrack.services.context import Context
from sludgetrack.services.registering import OPERATOR, Registration, register
from sludgetrack.store import periods

DIVISION_LENGTHS = (2, 4, 6)


def lock_period(ctx: Context, said: LockPeriod) -> Outcome:
    """Close a month for a division, by an authority whose own division it is or lies under.

    Raises NotPermitted, OutOfRange, PeriodNotOver and AlreadyLocked.
    """
    require(ctx.actor, Action.LOCK_PERIOD, Parties(giver="", divisions=(said.division,)))

    def make() -> Registration:
        return _registration(ctx.connection, ctx.actor.organisation, said, ctx.now)

    return once(ctx, said, make)


def lock_as_operator(connection: Connection, said: LockPeriod, now: datetime) -> None:
    """Close a month by the operator of the installation, on behalf of an authority. Raises as ``lock_period``."""
    register(connection, [_registration(connection, OPERATOR, said, now)], now)


def month_of(text: str) -> date:
    """The first day of a month written 2025-01. Raises ValueError."""
    return date.fromisoformat(f"{text}-01")


def _registration(connection: Connection, organisation: str, said: LockPeriod, now: datetime) -> Registration:
    _check(connection, said, now)
    figures: Mapping[str, Any] = {"division": said.division, "month": said.month}
    return Registration(Stream(StreamKind.ORGANISATION, organisation), said.event_id, EventType.LOCKED, figures)


def _check(connection: Connection, said: LockPeriod, now: datetime) -> None:
    if len(said.division) not in DIVISION_LENGTHS or not said.division.isdigit():
        raise OutOfRange(field="division", value=said.division, wanted="41, 4107, 410702")
    try:
        month = month_of(said.month)
    except ValueError:
        raise OutOfRange(field="month", value=said.month, wanted="2025-01") from None
    if periods.last_day(month) >= legal_day(now):
        raise PeriodNotOver(field="month", month=said.month)
    closed = periods.locked_through(connection, said.division)
    if closed is not None and closed >= periods.last_day(month):
        raise AlreadyLocked(field="month", division=said.division, month=f"{closed:%Y-%m}")
