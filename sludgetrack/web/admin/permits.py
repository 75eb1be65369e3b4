"""许可: permits beside those of facilities and vehicles themselves."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.identity import Role
from sludgetrack.domain.registrations import WithdrawPermit
from sludgetrack.schemas.registrations import AddPermitSchema
from sludgetrack.services import permits
from sludgetrack.services.context import Context
from sludgetrack.store import registry_reading as registry
from sludgetrack.store.registry_reading import FacilityRow, VehicleRow
from sludgetrack.web import forms, register_words
from sludgetrack.web.acting import acting, do
from sludgetrack.web.admin.desk import blueprint, posted, say
from sludgetrack.web.format import plate
from sludgetrack.web.forms import Form
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _


@blueprint.get("/permits/new")
@signed_in_only(Role.ADMINISTRATOR)
def new_permit() -> ResponseReturnValue:
    """The form for a permit."""
    return _page(forms.fresh())


@blueprint.post("/permits/new")
@signed_in_only(Role.ADMINISTRATOR)
def add_permit() -> ResponseReturnValue:
    """Enter a permit."""
    form = posted()
    holder, _sep, name = form["holder"].partition(":")
    new = form.load(AddPermitSchema(), {holder: name} if name else {})
    if new is not None:
        outcome = form.guard(lambda: do(lambda ctx: permits.add_permit(ctx, new)))
        if outcome:
            say(outcome, _("许可 %(number)s 已登记，到期前 60 天会提醒。", number=new.number))
            return redirect(url_for("admin.facilities"))
    return _page(form)


@blueprint.post("/permits/<uuid:permit_id>/withdraw")
@signed_in_only(Role.ADMINISTRATOR)
def withdraw_permit(permit_id: object) -> ResponseReturnValue:
    """A permit that no longer holds."""
    withdrawal = WithdrawPermit(event_id=forms.posted().event_id, permit=str(permit_id))
    say(do(lambda ctx: permits.withdraw_permit(ctx, withdrawal)), _("许可已撤回，记录仍保留。"))
    return redirect(url_for("admin.facilities"))


def _page(form: Form) -> ResponseReturnValue:
    own = acting().actor.organisation

    def read(ctx: Context) -> tuple[list[FacilityRow], list[VehicleRow]]:
        return registry.facilities_of(ctx.connection, own), registry.vehicles_of(ctx.connection, own)

    facilities, vehicles = do(read)
    holders = [
        ("", _("本单位")),
        *((f"facility:{f.code}", f.name) for f in facilities),
        *((f"vehicle:{v.plate}", plate(v.plate)) for v in vehicles if v.active),
    ]
    kinds = list(register_words.permit_kinds().items())
    return render_template("admin/permit_new.html", form=form, kinds=kinds, holders=holders), form.status
