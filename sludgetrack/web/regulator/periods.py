"""期间锁定: which months of which division are closed, and closing one for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.times import legal_day
from sludgetrack.schemas.registrations import LockPeriodSchema
from sludgetrack.services import locking, reporting
from sludgetrack.services.context import Context
from sludgetrack.services.reporting import BalanceRow, Grouping, Period
from sludgetrack.store import organisation_reading, registry_reading
from sludgetrack.store import periods as store
from sludgetrack.store.periods import Lock
from sludgetrack.web import forms
from sludgetrack.web.acting import acting, do
from sludgetrack.web.forms import Form
from sludgetrack.web.regulator import words
from sludgetrack.web.regulator.desk import blueprint, for_inspectors
from sludgetrack.web.runtime import runtime
from sludgetrack.web.texts import gettext as _

MONTHS = 12
"""How many months are shown, the present one first."""
FIGURES = ("produced", "opening_stock", "harmless", "noncompliant", "unaccounted", "closing_stock")


@dataclass(frozen=True, slots=True)
class Cell:
    """A month of a division: ``state`` locked, open or running, and the lock that closed it."""

    month: date
    state: str
    lock: Lock | None


@dataclass(frozen=True, slots=True)
class Line:
    """A division with its months; ``facilities`` names the plants of it."""

    division: str
    facilities: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Periods:
    """The months of the divisions of an authority, and every lock that concerns them."""

    months: tuple[date, ...]
    lines: tuple[Line, ...]
    locks: tuple[Lock, ...]
    names: dict[str, str]


@blueprint.get("/periods", endpoint="periods")
@for_inspectors
def periods() -> ResponseReturnValue:
    """Months by divisions, what a lock means, and the history."""
    return render_template("regulator/periods.html", seen=do(_read), own=acting().actor.division)


@blueprint.get("/periods/lock")
@for_inspectors
def lock() -> ResponseReturnValue:
    """The month's figures as they stand, before it is closed for ever."""
    wanted = {name: request.args.get(name, "") for name in ("division", "month")}
    return _lock_page(forms.fresh(wanted))


@blueprint.post("/periods/lock")
@for_inspectors
def lock_it() -> ResponseReturnValue:
    """锁定."""
    form = forms.posted()
    said = form.load(LockPeriodSchema())
    if said is not None and form["sure"] != "yes":
        form.blame("sure", _("请先勾选，确认你知道锁定不能撤销。"))
    elif said is not None:
        outcome = form.guard(lambda: do(lambda ctx: locking.lock_period(ctx, said)))
        if outcome is not None:
            flash(_("%(division)s 的 %(month)s 及以前已锁定。", division=said.division, month=said.month), "good")
            return redirect(url_for(".periods"))
    return _lock_page(form)


def _lock_page(form: Form) -> ResponseReturnValue:
    month = _month(form["month"])
    if month is None or not form["division"].startswith(acting().actor.division):
        flash(_("请从表里选一个月份。"), "warning")
        return redirect(url_for(".periods"))
    period = Period(month, store.last_day(month))
    balance = do(lambda ctx: _balance(ctx, period, form["division"]))
    figures = words.figures()
    form.labels.update(division=_("区划"), month=_("月份"))
    page = render_template(
        "regulator/period_lock.html",
        form=form,
        month=month,
        balance=balance,
        figures=[(figures[key], balance[key]) for key in FIGURES],  # type: ignore[literal-required]  # FIGURES are its keys
        exact=(balance["difference"] or "0").strip("-0.") == "",
        rates=_rates_of(period),
    )
    return page, form.status


def _rates_of(period: Period) -> str:
    days: dict[str, Any] = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    return url_for("regulator.rates", **days)


def _balance(ctx: Context, period: Period, division: str) -> BalanceRow:
    return reporting.balance(ctx.connection, period, Grouping.TOTAL, division_prefix=division).total


def _month(text: str) -> date | None:
    try:
        return locking.month_of(text)
    except ValueError:
        return None


def _read(ctx: Context) -> Periods:
    own = ctx.actor.division
    plants = [one for one in registry_reading.facilities_under(ctx.connection, own) if one.kind == "plant"]
    divisions = sorted({own, *(one.division[:n] for one in plants for n in locking.DIVISION_LENGTHS if n >= len(own))})
    months = _months(legal_day(ctx.now))
    locks = store.locks(ctx.connection, own)
    lines = [Line(one, _plants(plants, one), _cells(one, months, locks)) for one in divisions]
    names = organisation_reading.names_of(ctx.connection, {lock_.organisation for lock_ in locks})
    return Periods(months, tuple(lines), tuple(locks), names)


def _plants(plants: Sequence[Any], division: str) -> str:
    names = [one.name for one in plants if one.division == division]
    return _("、").join(names)


def _months(today: date) -> tuple[date, ...]:
    months = [today.replace(day=1)]
    while len(months) < MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return tuple(months)


def _cells(division: str, months: Sequence[date], locks: Sequence[Lock]) -> tuple[Cell, ...]:
    above = [one for one in locks if division.startswith(one.division)]
    return tuple(_cell(month, above) for month in months)


def _cell(month: date, locks: Sequence[Lock]) -> Cell:
    closing = min((one for one in locks if one.month >= month), key=lambda one: one.month, default=None)
    if closing is not None:
        return Cell(month, "locked", closing)
    over = store.last_day(month) < legal_day(runtime().now())
    return Cell(month, "open" if over else "running", None)
