"""台账: whose ledgers somebody may open, and the day, month or year an address asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.identity import Role
from sludgetrack.domain.times import legal_day
from sludgetrack.services.context import Context
from sludgetrack.services.reading import haulage
from sludgetrack.services.reading.ledger_rows import By, Span
from sludgetrack.store import haulage_reading
from sludgetrack.store.directory import Facility
from sludgetrack.store.registry_reading import FacilityRow, facilities_under
from sludgetrack.web import register_words
from sludgetrack.web.acting import acting, do
from sludgetrack.web.forms import reading
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _

blueprint = Blueprint("ledgers", __name__, url_prefix="/ledgers")

READERS = (Role.CLERK, Role.OPERATOR, Role.DISPATCHER, Role.INSPECTOR, Role.ADMINISTRATOR)
MOST_LISTED = 200
_DAY = re.compile(r"20\d\d-\d\d-\d\d|21\d\d-\d\d-\d\d")
_PARTS = {By.DAY: By.DAY, By.MONTH: By.DAY, By.YEAR: By.MONTH}
"""What the rows of a ledger of a day, a month or a year stand for."""


@dataclass(frozen=True, slots=True)
class Whose:
    """A facility or hauler whose ledger may be opened."""

    name: str
    code: str
    kind: str
    place: str
    href: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """The day, month or year an address asks for: ``by`` which, and the first and last day of it."""

    by: By
    first: date
    last: date
    today: date

    @property
    def span(self) -> Span:
        """As the services take it: a month by its days, a year by its months."""
        return Span(self.first, self.last, _PARTS[self.by])

    @property
    def title(self) -> str:
        """2026年3月."""
        told = reading()
        if self.by is By.YEAR:
            return _("%(year)s年", year=self.first.year)
        return told.month(self.first) if self.by is By.MONTH else told.day(self.first)

    @property
    def code(self) -> str:
        """2026-03-02, 2026-03 or 2026."""
        return self.first.isoformat()[: {By.DAY: 10, By.MONTH: 7, By.YEAR: 4}[self.by]]

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen in it but what is entered late."""
        return self.last < self.today


def wanted() -> Wanted:
    """What the address asks for: this month where it asks for nothing, or for no day there is."""
    today = legal_day(runtime().now())
    by = request.args.get("by", "")
    return around(By(by) if by in set(By) else By.MONTH, _typed_day() or today, today)


def around(by: By, day: date, today: date) -> Wanted:
    """The day, month or year around a day."""
    if by is By.DAY:
        return Wanted(by, day, day, today)
    first = day.replace(day=1) if by is By.MONTH else day.replace(month=1, day=1)
    later = first + timedelta(days=31 if by is By.MONTH else 366)
    return Wanted(by, first, later.replace(day=1) - timedelta(days=1), today)


def address(endpoint: str, asked: Wanted, **more: Any) -> str:
    """The address of a page about the same period."""
    return url_for(endpoint, **{"by": str(asked.by), "day": asked.first.isoformat(), **more})


def steps(endpoint: str, asked: Wanted, **more: Any) -> dict[str, Any]:
    """The ways from a period to others: the one before and after, and the day, month and year around it."""
    words = {By.DAY: _("日台账"), By.MONTH: _("月台账"), By.YEAR: _("年台账")}
    day = min(max(asked.first, asked.today), asked.last)
    before, after = asked.first - timedelta(days=1), asked.last + timedelta(days=1)
    links = {
        "tabs": [
            {
                "href": address(endpoint, around(by, day, asked.today), **more),
                "label": label,
                "current": by is asked.by,
            }
            for by, label in words.items()
        ],
        "before": address(endpoint, around(asked.by, before, asked.today), **more) if before.year >= 2000 else "",
        "after": address(endpoint, around(asked.by, after, asked.today), **more) if after <= asked.today else "",
    }
    return {**links, "now": "" if asked.first <= asked.today <= asked.last else url_for(endpoint, by=asked.by, **more)}


@blueprint.get("/")
@signed_in_only(*READERS)
def index() -> ResponseReturnValue:
    """Whose ledgers there are to open; a single one opens at once."""
    text = request.args.get("q", "").strip()
    facilities, haulers = do(_open_to)
    if len(facilities) + len(haulers) == 1:
        return redirect((facilities or haulers)[0].href)
    found = [one for one in facilities if text in one.name or text.upper() in one.code.upper()]
    carrying = [one for one in haulers if text in one.name or text.upper() in one.code.upper()]
    return render_template(
        "ledgers/index.html",
        text=text,
        facilities=found[:MOST_LISTED],
        haulers=carrying[:MOST_LISTED],
        more=len(found) > MOST_LISTED or len(carrying) > MOST_LISTED,
        none=not facilities and not haulers,
    )


def _typed_day() -> date | None:
    text = request.args.get("day", "")
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _open_to(ctx: Context) -> tuple[list[Whose], list[Whose]]:
    """The facilities and haulers whose ledgers the reader may open: the own ones, or the authority's."""
    if ctx.actor.is_authority:
        found = [_facility(row) for row in facilities_under(ctx.connection, ctx.actor.division)]
        haulers = haulage_reading.haulers_of(ctx.connection, ctx.actor)
    else:
        ctx.directory.load_facilities(codes=sorted(ctx.actor.facilities))
        found = [_facility(ctx.directory.facility(code)) for code in sorted(ctx.actor.facilities)]
        haulers = haulage.own(ctx)
    return found, [_hauler(code, name) for code, name in haulers]


def _facility(row: FacilityRow | Facility) -> Whose:
    kind = register_words.facility_kinds().get(str(row.kind), "")
    return Whose(row.name, row.code, kind, row.division, url_for("ledgers.of_facility", code=row.code))


def _hauler(code: str, name: str) -> Whose:
    return Whose(name, code, _("运输单位"), "", url_for("ledgers.of_hauler", code=code))


def log_line(log_size: int) -> str:
    """What a ledger is made of, and when: printed under it."""
    at = reading().moment(runtime().now())
    return _("由记录生成：%(at)s，日志第 %(size)s 条为止。", at=at, size=log_size)


def maker() -> str:
    """Who prints it: proposed as who drew it up."""
    return acting().name
