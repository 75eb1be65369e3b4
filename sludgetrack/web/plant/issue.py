"""开具联单: a new manifest with three fields usually, and the sheet's QR at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack import reference
from sludgetrack.documents import qr
from sludgetrack.domain.events import EventType
from sludgetrack.domain.holdings import Kind
from sludgetrack.domain.identity import Role
from sludgetrack.domain.quantities import tonnes_from_kg
from sludgetrack.services import manifests
from sludgetrack.services.context import Context
from sludgetrack.services.reading.issuing import Choices, DestinationChoice, Truck, choices, contract_of
from sludgetrack.services.reading.manifests import manifest_view
from sludgetrack.services.reading.plant import Stock, givers_of, stock_of
from sludgetrack.store.directory import Facility
from sludgetrack.web import forms
from sludgetrack.web.acting import do
from sludgetrack.web.format import mass, moisture, plate
from sludgetrack.web.forms import Form
from sludgetrack.web.plant.desk import blueprint, here, tabs
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.stock_words import kind_words
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import route_word

BETWEEN = "|"
"""Between hauler and plate in the value of the field of vehicles."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the form stands on: the facility, its stock and what may be chosen."""

    own: tuple[Facility, ...]
    at: Facility
    stock: Stock
    choices: Choices


@blueprint.get("/issue")
@signed_in_only(Role.CLERK)
def issue() -> ResponseReturnValue:
    """The form, filled in as far as the last manifests suggest."""
    desk = do(_desk)
    if desk is None:
        return render_template("plant/no_facility.html")
    form = do(lambda ctx: _proposed(ctx, desk))
    form.lists = {"batches": request.args.getlist("lot")}
    return _page(desk, form)


@blueprint.post("/issue")
@signed_in_only(Role.CLERK)
def issue_it() -> ResponseReturnValue:
    """Issue, and show the QR; or say beside the field what would be right."""
    desk = do(_desk)
    if desk is None:
        return render_template("plant/no_facility.html")
    form = forms.posted()
    hauler, _between, chosen_plate = form["vehicle"].partition(BETWEEN)
    site = desk.choices.destination(form["destination"])
    receipt = form.attempt(
        EventType.ISSUED,
        lambda command: do(lambda ctx: manifests.issue(ctx, command)),
        fixed=_fixed(desk, form, hauler, site),
        words={choice.code: choice.name for choice in desk.choices.destinations},
    )
    if receipt is not None:
        number = receipt.stream.name
        return redirect(url_for("plant.issued", number=number, plate=chosen_plate or None))
    _blame_shown_fields(form, desk, site)
    return _page(desk, form)


@blueprint.get("/issued/<number>")
@signed_in_only(Role.CLERK)
def issued(number: str) -> ResponseReturnValue:
    """The new manifest with its QR, to be printed or scanned; then the next truck."""
    view = do(lambda ctx: manifest_view(ctx, number))
    address = runtime().settings.public_address
    code = qr.svg(qr.manifest_url(address, view.row.number, view.row.public_code), _("联单二维码"))
    sheet = next((entry.sheet for entry in view.timeline if entry.event is EventType.ISSUED), None)
    chosen_plate = request.args.get("plate") or view.row.plate
    again = url_for("plant.issue", destination=view.row.destination, vehicle=view.row.hauler + BETWEEN)
    return render_template("plant/issued.html", view=view, qr=code, sheet=sheet, plate=chosen_plate, again=again)


def _desk(ctx: Context) -> Desk | None:
    own = givers_of(ctx)
    at = here(own)
    return None if at is None else Desk(own, at, stock_of(ctx, at), choices(ctx, at))


def _proposed(ctx: Context, desk: Desk) -> Form:
    """The newest manifest's destination and hauler, unless the address names others."""
    site = desk.choices.destination(request.args.get("destination", "")) or next(iter(desk.choices.destinations), None)
    vehicle = request.args.get("vehicle") or _usual_hauler(desk.choices, site)
    if site is None:
        return forms.fresh({"vehicle": vehicle})
    before = site.before
    return forms.fresh(
        {
            "vehicle": vehicle,
            "destination": site.code,
            "planned_t": _planned(desk.choices, vehicle, site),
            "planned_minutes": str(site.minutes) if site.minutes else None,
            "contract": contract_of(ctx, before.number) if before else None,
        }
    )


def _usual_hauler(found: Choices, site: DestinationChoice | None) -> str:
    if site and site.before:
        return site.before.hauler + BETWEEN
    return found.haulers[0].code + BETWEEN if found.haulers else ""


def _planned(found: Choices, vehicle: str, site: DestinationChoice) -> str | None:
    """The truck's last load, else the last load to this destination."""
    chosen = vehicle.partition(BETWEEN)[2]
    truck = next((truck for truck in found.trucks if truck.plate == chosen), None)
    kg = (truck.last_kg if truck else None) or (site.before.planned_kg if site.before else None)
    return None if kg is None else tonnes_from_kg(kg)


def _fixed(desk: Desk, form: Form, hauler: str, site: DestinationChoice | None) -> dict[str, Any]:
    return {
        "giver": desk.at.code,
        "hauler": hauler,
        "route": form["route"] or (site.route if site else None) or "",
        "batches": [{"batch": name} for name in form.chosen("batches")],
    }


def _blame_shown_fields(form: Form, desk: Desk, site: DestinationChoice | None) -> None:
    """What concerns hauler and route is said at the field they were chosen by, with a way out of a ban."""
    form.labels.update(vehicle=_("运输单位和车辆"), destination=_("去向"))
    form.move_error("hauler", "vehicle")
    if site is None:
        form.errors.pop("route", None)
    if "route" in form.errors and not form["route"] and site is not None and site.route:
        form.move_error("route", "destination")
    if site is not None and site.bans:
        free = [choice.name for choice in desk.choices.destinations if choice.route and choice.route not in choice.bans]
        where = "destination" if "destination" in form.errors else "route"
        if where in form.errors and free:
            form.errors[where] += " " + _("现在可以运往：%(names)s。", names=_("、").join(free[:4]))


def _page(desk: Desk, form: Form) -> ResponseReturnValue:
    page = render_template(
        "plant/issue.html",
        form=form,
        at=desk.at,
        tabs=tabs(desk.own, desk.at, "plant.issue"),
        vehicles=_vehicle_options(desk.choices),
        destinations=[(choice.code, _destination_word(choice)) for choice in desk.choices.destinations],
        routes=[("", _("按去向的许可")), *((code, route_word(code)) for code in reference.routes())],
        batches=_batch_options(desk.stock),
        oldest=desk.stock.oldest,
        bans=[(choice, list(choice.bans.values())) for choice in desk.choices.destinations if choice.bans],
        trucks=desk.choices.trucks,
    )
    return page, form.status


def _vehicle_options(found: Choices) -> list[tuple[str, str]]:
    trucks = [(truck.hauler + BETWEEN + truck.plate, _truck_word(truck)) for truck in found.trucks]
    haulers = [(hauler.code + BETWEEN, _("%(hauler)s（由对方派车）", hauler=hauler.name)) for hauler in found.haulers]
    return [*haulers[:1], *trucks, *haulers[1:]]


def _truck_word(truck: Truck) -> str:
    parts = [plate(truck.plate), truck.hauler_name]
    if truck.rated_kg:
        parts.append(_("核载 %(mass)s", mass=mass(truck.rated_kg)))
    if truck.on_road:
        parts.append(_("在途"))
    if truck.expired:
        parts.append(_("道路运输证已过期"))
    return " · ".join(parts)


def _destination_word(choice: DestinationChoice) -> str:
    if choice.route is None:
        return choice.name
    banned = _(" · 现在禁止") if choice.route in choice.bans else ""
    return _("%(name)s（%(more)s）", name=choice.name, more=route_word(choice.route) + banned)


def _batch_options(stock: Stock) -> list[tuple[str, str]]:
    kinds = kind_words()
    return [
        (
            line.name,
            _(
                "%(batch)s · %(mass)s · 含水率 %(moisture)s",
                batch=line.name,
                mass=mass(line.wet_kg),
                moisture=moisture(line.moisture_bp),
            )
            + (f" · {kinds[line.kind]}" if line.kind is not Kind.PLANT_SLUDGE else ""),
        )
        for line in stock.lines
        if line.dry_units > 0 and not line.undeclared
    ]
