"""单位: the organisations of an authority's division, registered by it; and the facts of one's own."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.identity import Role
from sludgetrack.schemas.registrations import ChangeOrganisationSchema, RegisterOrganisationSchema
from sludgetrack.services import facilities
from sludgetrack.services.context import Context
from sludgetrack.services.reading import admin as reading
from sludgetrack.store import registry_reading as registry
from sludgetrack.store.registry_reading import FacilityRow, OrganisationRow
from sludgetrack.web import forms, register_words
from sludgetrack.web.acting import acting, do
from sludgetrack.web.admin.desk import blueprint, is_authority, posted, say
from sludgetrack.web.forms import Form
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _


@blueprint.get("/organisations", endpoint="organisations")
@signed_in_only(Role.ADMINISTRATOR)
def overview() -> ResponseReturnValue:
    """The organisations of the division; whoever has none sees their own."""
    actor = acting().actor
    if not actor.is_authority:
        return redirect(url_for("admin.organisation", code=actor.organisation))
    found = do(lambda ctx: registry.organisations_under(ctx.connection, actor.division))
    return render_template("admin/organisations.html", organisations=found, kinds=register_words.organisation_kinds())


@blueprint.get("/organisations/new")
@signed_in_only(Role.ADMINISTRATOR)
def new_organisation() -> ResponseReturnValue:
    """The form for a new organisation; for authorities."""
    return _new_page(forms.fresh({"kind": "operator", "division": acting().actor.division}))


@blueprint.post("/organisations/new")
@signed_in_only(Role.ADMINISTRATOR)
def register_organisation() -> ResponseReturnValue:
    """Register it, and go on to its first administrator."""
    form = posted()
    new = form.load(RegisterOrganisationSchema())
    if new is not None:
        outcome = form.guard(lambda: do(lambda ctx: facilities.register_organisation(ctx, new)))
        if outcome:
            say(outcome, _("%(name)s 已登记。接下来请指定其第一位管理员。", name=new.name))
            return redirect(url_for("admin.new_person", organisation=new.code))
    return _new_page(form)


@blueprint.get("/organisations/<code>")
@signed_in_only(Role.ADMINISTRATOR)
def organisation(code: str) -> ResponseReturnValue:
    """One organisation: its facts, facilities, and what was changed so far."""
    found = do(lambda ctx: facilities.amendable_organisation(ctx, code))
    proposed = {
        "name": found.name,
        "credit_code": found.credit_code,
        "address": found.address,
        "licence": found.licence,
    }
    return _page(found, forms.fresh(proposed))


@blueprint.post("/organisations/<code>")
@signed_in_only(Role.ADMINISTRATOR)
def change_organisation(code: str) -> ResponseReturnValue:
    """Other facts."""
    form = posted()
    change = form.load(ChangeOrganisationSchema(), {"organisation": code})
    if change is not None:
        outcome = form.guard(lambda: do(lambda ctx: facilities.change_organisation(ctx, change)))
        if outcome:
            say(outcome, _("已改好，并记入变更记录。"))
            return redirect(url_for("admin.organisation", code=code))
    return _page(do(lambda ctx: facilities.amendable_organisation(ctx, code)), form)


def _new_page(form: Form) -> ResponseReturnValue:
    if not is_authority():
        return render_template("errors/forbidden.html"), 403
    page = render_template(
        "admin/organisation_new.html",
        form=form,
        kinds=list(register_words.organisation_kinds().items()),
        division=acting().actor.division,
    )
    return page, form.status


def _page(found: OrganisationRow, form: Form) -> ResponseReturnValue:
    def read(ctx: Context) -> tuple[list[FacilityRow], list[reading.Change], bool]:
        led = any(one.administers for one in registry.people_of(ctx.connection, found.code))
        changes = [c for c in reading.organisation_history(ctx, found.code) if c.what == "organisation"]
        return registry.facilities_of(ctx.connection, found.code), changes, led

    runs, changes, led = do(read)
    page = render_template(
        "admin/organisation.html",
        organisation=found,
        form=form,
        kinds=register_words.organisation_kinds(),
        facility_kinds=register_words.facility_kinds(),
        facilities=runs,
        changes=changes,
        led=led,
        is_authority=is_authority(),
    )
    return page, form.status
