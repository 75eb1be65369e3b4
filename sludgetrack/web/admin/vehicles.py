"""车辆: the trucks of an organisation, what they may carry, and until when their permits last."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.identity import Role
from sludgetrack.domain.quantities import tonnes_from_kg
from sludgetrack.schemas.registrations import AddVehicleSchema, ChangeVehicleSchema
from sludgetrack.services import vehicles
from sludgetrack.services.context import Context
from sludgetrack.services.reading import admin as reading
from sludgetrack.store import registry_reading as registry
from sludgetrack.store.registry_reading import VehicleRow
from sludgetrack.web import forms
from sludgetrack.web.acting import acting, do
from sludgetrack.web.admin.desk import blueprint, posted, say, today_and_soon
from sludgetrack.web.format import plate as plate_text
from sludgetrack.web.forms import Form
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _


@blueprint.get("/vehicles", endpoint="vehicles")
@signed_in_only(Role.ADMINISTRATOR)
def fleet() -> ResponseReturnValue:
    """Every truck, those in service first."""
    code = acting().actor.organisation
    found = do(lambda ctx: registry.vehicles_of(ctx.connection, code))
    return render_template("admin/vehicles.html", vehicles=found, **today_and_soon())


@blueprint.get("/vehicles/new")
@signed_in_only(Role.ADMINISTRATOR)
def new_vehicle() -> ResponseReturnValue:
    """The form for a new truck."""
    return _new_page(forms.fresh())


@blueprint.post("/vehicles/new")
@signed_in_only(Role.ADMINISTRATOR)
def add_vehicle() -> ResponseReturnValue:
    """Enter a truck."""
    form = posted()
    new = form.load(AddVehicleSchema())
    if new is not None:
        outcome = form.guard(lambda: do(lambda ctx: vehicles.add_vehicle(ctx, new)))
        if outcome:
            say(outcome, _("%(plate)s 已登记，现在就能派车。", plate=plate_text(new.plate)))
            return redirect(url_for("admin.vehicles"))
    return _new_page(form)


@blueprint.get("/vehicles/<plate>")
@signed_in_only(Role.ADMINISTRATOR)
def vehicle(plate: str) -> ResponseReturnValue:
    """One truck: its figures, and what was changed so far."""
    found = do(lambda ctx: _own(ctx, plate))
    proposed = {
        "rated_t": _typed(found.rated_kg),
        "tare_t": _typed(found.tare_kg),
        "permit_no": found.permit_no,
        "valid_to": found.valid_to.isoformat() if found.valid_to else None,
        "active": "true" if found.active else "false",
    }
    return _page(found, forms.fresh(proposed))


@blueprint.post("/vehicles/<plate>")
@signed_in_only(Role.ADMINISTRATOR)
def change_vehicle(plate: str) -> ResponseReturnValue:
    """Other figures, or out of service."""
    form = posted()
    change = form.load(ChangeVehicleSchema(), {"plate": plate})
    if change is not None:
        outcome = form.guard(lambda: do(lambda ctx: vehicles.change_vehicle(ctx, change)))
        if outcome:
            say(outcome, _("已改好，并记入本单位的变更记录。"))
            return redirect(url_for("admin.vehicle", plate=plate))
    return _page(do(lambda ctx: _own(ctx, plate)), form)


def _own(ctx: Context, plate: str) -> VehicleRow:
    found = registry.vehicle(ctx.connection, plate)
    if found is None or found.organisation != ctx.actor.organisation:
        raise NotFound(kind="vehicle", name=plate)
    return found


def _typed(kg: int | None) -> str | None:
    return None if kg is None else tonnes_from_kg(kg)


def _new_page(form: Form) -> ResponseReturnValue:
    return render_template("admin/vehicle_new.html", form=form), form.status


def _page(found: VehicleRow, form: Form) -> ResponseReturnValue:
    own = acting().actor.organisation

    def read(ctx: Context) -> list[reading.Change]:
        return [change for change in reading.organisation_history(ctx, own) if change.key == found.plate]

    return render_template("admin/vehicle.html", vehicle=found, form=form, changes=do(read)), form.status
