"""设施: what is registered of plants and sites, who may take what by which route, and who said so."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack import reference
from sludgetrack.domain.identity import FacilityKind, OrganisationKind, Role
from sludgetrack.domain.permissions import Action, Parties, may
from sludgetrack.domain.quantities import tonnes_from_kg
from sludgetrack.schemas.registrations import ChangeFacilitySchema, RegisterFacilitySchema
from sludgetrack.services import facilities
from sludgetrack.services.context import Context
from sludgetrack.services.reading import admin as reading
from sludgetrack.store import registry_reading as registry
from sludgetrack.store.registry_reading import FacilityRow, PermitRow
from sludgetrack.web import forms, register_words
from sludgetrack.web.acting import acting, do
from sludgetrack.web.admin.desk import blueprint, is_authority, posted, say, today_and_soon
from sludgetrack.web.forms import Form
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import route_word


@blueprint.get("/facilities", endpoint="facilities")
@signed_in_only(Role.ADMINISTRATOR)
def overview() -> ResponseReturnValue:
    """The facilities of the organisation, of an authority those of its division, and the organisation's permits."""
    actor = acting().actor

    def read(ctx: Context) -> tuple[list[FacilityRow], list[PermitRow]]:
        shown = (
            registry.facilities_under(ctx.connection, actor.division)
            if actor.is_authority
            else registry.facilities_of(ctx.connection, actor.organisation)
        )
        return shown, registry.permits_of(ctx.connection, actor.organisation)

    found, permits = do(read)
    return render_template(
        "admin/facilities.html",
        facilities=found,
        permits=permits,
        kinds=register_words.facility_kinds(),
        permit_kinds=register_words.permit_kinds(),
        is_authority=actor.is_authority,
        **today_and_soon(),
    )


@blueprint.get("/facilities/new")
@signed_in_only(Role.ADMINISTRATOR)
def new_facility() -> ResponseReturnValue:
    """The form for a new facility; for authorities."""
    proposed = {"organisation": request.args.get("organisation"), "storage_days": "30", "kind": "plant"}
    return _new_page(forms.fresh(proposed))


@blueprint.post("/facilities/new")
@signed_in_only(Role.ADMINISTRATOR)
def register_facility() -> ResponseReturnValue:
    """Register a plant, site or transfer station."""
    form = posted()
    new = form.load(RegisterFacilitySchema(), {"routes": form.chosen("routes")})
    if new is not None:
        outcome = form.guard(lambda: do(lambda ctx: facilities.register_facility(ctx, new)), _words())
        if outcome:
            say(outcome, _("%(name)s 已登记，可以开始使用。", name=new.name))
            return redirect(url_for("admin.facility", code=new.code))
    return _new_page(form)


@blueprint.get("/facilities/<code>")
@signed_in_only(Role.ADMINISTRATOR)
def facility(code: str) -> ResponseReturnValue:
    """One facility: its facts, and who changed them."""
    found = do(lambda ctx: facilities.amendable(ctx, code))
    capacity = found.capacity_t80_kg_d
    proposed = {
        "name": found.name,
        "address": found.address,
        "city_class": found.city_class,
        "capacity_t80_d": None if capacity is None else tonnes_from_kg(capacity),
        "storage_days": str(found.storage_days),
        "permit_no": found.permit_no,
        "permit_valid_to": found.permit_valid_to.isoformat() if found.permit_valid_to else None,
    }
    form = forms.fresh(proposed)
    form.lists = {"routes": list(found.routes)}
    return _page(found, form)


@blueprint.post("/facilities/<code>")
@signed_in_only(Role.ADMINISTRATOR)
def change_facility(code: str) -> ResponseReturnValue:
    """Other facts."""
    form = posted()
    change = form.load(ChangeFacilitySchema(), {"facility": code, "routes": form.chosen("routes")})
    if change is not None:
        outcome = form.guard(lambda: do(lambda ctx: facilities.change_facility(ctx, change)), _words())
        if outcome:
            say(outcome, _("已改好，主管部门和变更记录里都能看到是谁改的。"))
            return redirect(url_for("admin.facility", code=code))
    return _page(do(lambda ctx: facilities.amendable(ctx, code)), form)


def _words() -> dict[str, str]:
    return {code: route_word(code) for code in reference.routes()} | dict(register_words.city_classes())


def _routes() -> list[tuple[str, str]]:
    return [(code, route_word(code)) for code in reference.routes() if code != facilities.DUMPED]


def _new_page(form: Form) -> ResponseReturnValue:
    actor = acting().actor
    if not may(actor, Action.REGISTER, Parties("", divisions=(actor.division,))):
        return render_template("errors/forbidden.html"), 403
    owners = do(lambda ctx: registry.organisations_under(ctx.connection, actor.division))
    page = render_template(
        "admin/facility_new.html",
        form=form,
        owners=[(o.code, f"{o.name} {o.code}") for o in owners if o.kind is OrganisationKind.OPERATOR],
        kinds=list(register_words.facility_kinds().items()),
        classes=[("", "—"), *register_words.city_classes().items()],
        routes=_routes(),
        division=actor.division,
    )
    return page, form.status


def _page(found: FacilityRow, form: Form) -> ResponseReturnValue:
    changes = do(lambda ctx: reading.facility_history(ctx, [found.code]))
    page = render_template(
        "admin/facility.html",
        facility=found,
        form=form,
        kinds=register_words.facility_kinds(),
        classes=[("", "—"), *register_words.city_classes().items()],
        routes=_routes() if found.kind is not FacilityKind.TRANSFER else [],
        changes=changes,
        is_own=found.organisation == acting().actor.organisation,
        is_authority=is_authority(),
    )
    return page, form.status
