"""派车: the hauler's board, sending a truck, and inviting a driver."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.access import passwords
from sludgetrack.documents import qr
from sludgetrack.domain.errors import NotAllowedNow
from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Role
from sludgetrack.domain.manifest import Status
from sludgetrack.domain.registrations import AddPerson
from sludgetrack.services import manifests
from sludgetrack.services import people as people_service
from sludgetrack.services.administering import Outcome
from sludgetrack.services.context import Context
from sludgetrack.services.reading import dispatch as reading
from sludgetrack.services.reading import handing
from sludgetrack.services.reading.dispatch import Assigning, Board, Trip, TruckLine
from sludgetrack.web import forms
from sludgetrack.web.acting import acting, do
from sludgetrack.web.format import plate
from sludgetrack.web.forms import Form
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _

blueprint = Blueprint("dispatch", __name__, url_prefix="/dispatch")

PASSWORD_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # noqa: S105 - what an initial password is made of
PASSWORD_GROUPS = 4
MORNING, EVENING = 6 * 60, 20 * 60


@blueprint.get("/")
@signed_in_only(Role.DISPATCHER)
def board() -> ResponseReturnValue:
    """The board."""
    day = do(reading.board)
    rows = _time_line(day)
    first, last = _hours(rows)
    return render_template(
        "dispatch/board.html", board=day, rows=rows, first=first, last=last, now=_minute(runtime().now())
    )


@blueprint.get("/assign/<number>")
@signed_in_only(Role.DISPATCHER)
def assign(number: str) -> ResponseReturnValue:
    """Which truck and who drives it; the truck chosen brings its usual driver."""
    found = _open_for(number)
    if not isinstance(found, Assigning):
        return found
    free = next((truck for truck in found.trucks if not truck.expired), None)
    chosen = request.args.get("plate") or found.row.plate or (free.plate if free else None)
    driver = found.row.driver_id or found.usual.get(chosen or "")
    return _assign_page(found, forms.fresh({"plate": chosen, "driver": driver}))


@blueprint.post("/assign/<number>")
@signed_in_only(Role.DISPATCHER)
def assign_it(number: str) -> ResponseReturnValue:
    """派车: plant and driver see it at once."""
    form = forms.posted()
    receipt = form.attempt(EventType.ASSIGNED, lambda command: do(lambda ctx: manifests.act(ctx, number, command)))
    if receipt is not None:
        flash(_("已派 %(plate)s，驾驶员手机上能看到这一单。", plate=plate(form["plate"])), "good")
        return redirect(url_for("dispatch.board"))
    found = _open_for(number)
    return _assign_page(found, form) if isinstance(found, Assigning) else found


@blueprint.get("/drivers/new")
@signed_in_only(Role.DISPATCHER)
def invite() -> ResponseReturnValue:
    """The form of a new driver."""
    return _invite_page(forms.fresh())


@blueprint.post("/drivers/new")
@signed_in_only(Role.DISPATCHER)
def invite_it() -> ResponseReturnValue:
    """A new driver with an initial password, shown this once."""
    form = forms.posted()
    new = _new_driver(form)
    if new is None:
        return _invite_page(form)
    password = _initial_password()

    def work(ctx: Context) -> Outcome:
        outcome = people_service.invite_driver(ctx, new)
        if outcome is Outcome.RECORDED:
            passwords.set_password(ctx.connection, new.event_id, new.login, password)
        return outcome

    outcome = form.guard(lambda: do(work))
    if outcome is None:
        return _invite_page(form)
    shown = password if outcome is Outcome.RECORDED else ""
    address = runtime().settings.public_address + url_for("signing_in.login")
    code = qr.svg(qr.public_url(runtime().settings.public_address, url_for("signing_in.login")))
    return render_template("dispatch/invited.html", form=form, password=shown, address=address, qr=code)


def _open_for(number: str) -> Assigning | ResponseReturnValue:
    """What to choose from, or the way to the manifest where it needs no truck any more."""
    try:
        do(lambda ctx: handing.case_for(ctx, number, EventType.ASSIGNED))
    except NotAllowedNow as error:
        flash(forms.said(error), "warning")
        return redirect(url_for("manifests.page", number=number))
    return do(lambda ctx: reading.assigning(ctx, number))


def _assign_page(found: Assigning, form: Form) -> ResponseReturnValue:
    page = render_template(
        "dispatch/assign.html",
        form=form,
        row=found.row,
        trucks=[(truck.plate, _truck_word(truck)) for truck in found.trucks],
        drivers=[(driver.id, _driver_word(driver.name, busy=driver.now is not None)) for driver in found.drivers],
    )
    return page, form.status


def _truck_word(truck: TruckLine) -> str:
    parts = [plate(truck.plate)]
    if truck.now:
        parts.append(_("在途：%(site)s", site=truck.now.destination_name))
    elif truck.next:
        parts.append(_("已派：%(plant)s", plant=truck.next.giver_name))
    else:
        parts.append(_("空闲"))
    if truck.expired:
        parts.append(_("道路运输证已过期"))
    return " · ".join(parts)


def _driver_word(name: str, *, busy: bool) -> str:
    return f"{name} · {_('在途')}" if busy else f"{name} · {_('空闲')}"


def _new_driver(form: Form) -> AddPerson | None:
    for name in ("name", "phone", "login"):
        if not form[name]:
            form.blame(name, _("这一项必须填写。"))
    if form.errors:
        return None
    return AddPerson(
        event_id=form.event_id,
        organisation=acting().actor.organisation,
        login=form["login"].lower(),
        name=form["name"],
        phone=form["phone"],
        licence=form["licence"] or None,
        roles=frozenset((Role.DRIVER,)),
    )


def _invite_page(form: Form) -> ResponseReturnValue:
    return render_template("dispatch/invite.html", form=form), form.status


def _initial_password() -> str:
    """Sixteen characters in groups of four, easy to read aloud."""
    groups = ["".join(secrets.choice(PASSWORD_ALPHABET) for _n in range(4)) for _group in range(PASSWORD_GROUPS)]
    return "-".join(groups)


# The time line


@dataclass(frozen=True, slots=True)
class Span:
    """A trip on the time line, in minutes of the legal day."""

    start: int
    end: int
    tone: str
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """A truck's day."""

    label: str
    spans: list[Span]


def _time_line(day: Board) -> list[DayRow]:
    """One row for each truck that drives or drove today."""
    now = runtime().now()
    rows: dict[str, DayRow] = {}
    for trip in day.trips:
        rows.setdefault(trip.plate, DayRow(plate(trip.plate), [])).spans.append(_span(trip, now))
    return list(rows.values())


def _span(trip: Trip, now: datetime) -> Span:
    late = trip.end is None and now > trip.expected
    clock = forms.reading()
    start, end = _minute(trip.start), _minute(trip.end or now)
    return Span(
        start=start,
        end=max(end, start + 1),
        tone="warning" if late or trip.status is Status.HOLDING else "good",
        label=f"{clock.clock(trip.start)}–{clock.clock(trip.end) if trip.end else _going(trip, late=late)}",
        href=url_for("manifests.page", number=trip.number),
    )


def _going(trip: Trip, *, late: bool) -> str:
    """What a truck that is not back does now."""
    if trip.status is Status.HOLDING:
        return _("待退回")
    return _("在途，超时") if late else _("在途")


def _hours(rows: list[DayRow]) -> tuple[int, int]:
    """The part of the day that is shown, in minutes: six to eight, wider where trips need it."""
    spans = [span for row in rows for span in row.spans]
    first = min([MORNING, *(span.start // 60 * 60 for span in spans)])
    last = max([EVENING, *(-(-span.end // 60) * 60 for span in spans)])
    return first, last


def _minute(instant: datetime) -> int:
    """The minute of the legal day."""
    local = instant.astimezone(runtime().settings.time_zone)
    return local.hour * 60 + local.minute
