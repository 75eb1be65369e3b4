"""Which plants of a division stand out, and over which months: twelve, up to the newest with anything in it."""

from __future__ import annotations

from datetime import date

from sludgetrack.domain.oddities import Oddity, stand_out
from sludgetrack.domain.times import legal_day
from sludgetrack.services.context import Context
from sludgetrack.store import plant_figures
from sludgetrack.store.rates import Period

MONTHS = 12


def present_month(ctx: Context) -> date:
    """This month; where nothing was produced in it or the one before, the newest month something was produced in."""
    today = legal_day(ctx.now)
    newest = plant_figures.newest_month(ctx.connection, ctx.actor)
    return today if newest is None or newest >= _before(today, 1) else newest


def year_to(month: Period) -> Period:
    """The twelve months that end with a month's days."""
    return Period(_before(month.first, MONTHS - 1), month.last)


def over(ctx: Context, year: Period) -> list[Oddity]:
    """Every plant of the division that stands out over whole months, those with the most at stake first."""
    found = plant_figures.plant_figures(ctx.connection, ctx.actor, year.first, year.last.replace(day=1))
    return stand_out(found, (year.last - year.first).days + 1)


def _before(day: date, months: int) -> date:
    """The first day of the month that many before a day's."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
