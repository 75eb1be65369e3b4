"""人员: who works here and may do what. Initial passwords are shown once, to whoever made them."""

from __future__ import annotations

import secrets

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.access import passwords, sessions
from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.identity import Role
from sludgetrack.domain.registrations import AddPerson, ResetPassword, SwitchPerson
from sludgetrack.schemas.registrations import AddPersonSchema, ChangePersonSchema
from sludgetrack.services import people
from sludgetrack.services.administering import Outcome
from sludgetrack.services.context import Context
from sludgetrack.services.facilities import amendable_organisation
from sludgetrack.services.reading import admin as reading
from sludgetrack.store import registry_reading as registry
from sludgetrack.store.directory import Organisation
from sludgetrack.store.registry_reading import PersonRow
from sludgetrack.web import forms, register_words
from sludgetrack.web.acting import acting, do
from sludgetrack.web.admin.desk import blueprint, posted, say
from sludgetrack.web.forms import Form
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import role_word

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""No 0 o 1 i l: read aloud and copied by hand."""
GROUPS = 4


def new_password() -> str:
    """A password of four groups of four, about 79 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _i in range(4)) for _g in range(GROUPS))


@blueprint.get("/people", endpoint="people")
@signed_in_only(Role.ADMINISTRATOR)
def everybody() -> ResponseReturnValue:
    """Everybody of the organisation, those who left below."""
    code = acting().actor.organisation
    found = do(lambda ctx: registry.people_of(ctx.connection, code))
    wanted = request.args.get("role", "")
    shown = [one for one in found if not wanted or wanted in one.roles]
    return render_template("admin/people.html", people=shown, wanted=wanted, chips=_role_chips(found, wanted))


@blueprint.get("/people/new")
@signed_in_only(Role.ADMINISTRATOR)
def new_person() -> ResponseReturnValue:
    """The form for a new person; of one's own organisation, or the first administrator of another."""
    form = forms.fresh({"password": new_password(), "organisation": request.args.get("organisation", "")})
    if form["organisation"]:
        form.lists = {"roles": [str(Role.ADMINISTRATOR)]}
    return _new_page(form)


@blueprint.post("/people/new")
@signed_in_only(Role.ADMINISTRATOR)
def add_person() -> ResponseReturnValue:
    """Enter somebody and show their initial password, which stands nowhere else."""
    form = posted(name=_("姓名"))
    form.values["login"] = form["login"].lower()
    new = form.load(AddPersonSchema(), {"organisation": _organisation(form), "roles": form.chosen("roles")})
    if new is not None and form.guard(lambda: do(lambda ctx: _enter(ctx, new, form["password"])), _words()) is not None:
        return render_template("admin/person_added.html", person=new, password=form["password"], again=False)
    if "password" in form.errors:
        form.values["password"] = new_password()
        form.errors["login"] = form.errors.pop("password")
    return _new_page(form)


@blueprint.get("/people/<uuid:person_id>")
@signed_in_only(Role.ADMINISTRATOR)
def person(person_id: object) -> ResponseReturnValue:
    """One person: facts, roles, password, leaving, and what was changed so far."""
    found = do(lambda ctx: _own(ctx, str(person_id)))
    form = forms.fresh({"name": found.name, "phone": found.phone, "licence": found.licence})
    form.lists = {"roles": sorted(map(str, found.roles))}
    return _person_page(found, form)


@blueprint.post("/people/<uuid:person_id>")
@signed_in_only(Role.ADMINISTRATOR)
def change_person(person_id: object) -> ResponseReturnValue:
    """Other facts or roles."""
    form = posted(name=_("姓名"))
    change = form.load(ChangePersonSchema(), {"person": str(person_id), "roles": form.chosen("roles")})
    if change is not None:
        outcome = form.guard(lambda: do(lambda ctx: people.change_person(ctx, change)), _words())
        if outcome:
            say(outcome, _("已改好，并记入本单位的变更记录。"))
            return redirect(url_for("admin.person", person_id=person_id))
    return _person_page(do(lambda ctx: _own(ctx, str(person_id))), form)


@blueprint.post("/people/<uuid:person_id>/active")
@signed_in_only(Role.ADMINISTRATOR)
def switch_person(person_id: object) -> ResponseReturnValue:
    """Somebody leaves, and is signed out everywhere, or comes back."""
    form = posted(name=_("姓名"))
    switch = SwitchPerson(event_id=form.event_id, person=str(person_id), active=form["active"] == "yes")
    outcome = form.guard(lambda: do(lambda ctx: _switch(ctx, switch)), _words())
    if outcome is None:
        return _person_page(do(lambda ctx: _own(ctx, str(person_id))), _kept(form, person_id))
    text = (
        _("已恢复，可以用原来的密码登录。") if switch.active else _("已停用，所有登录都已退出；做过的记录仍在其名下。")
    )
    say(outcome, text)
    return redirect(url_for("admin.person", person_id=person_id))


@blueprint.post("/people/<uuid:person_id>/password")
@signed_in_only(Role.ADMINISTRATOR)
def reset_password(person_id: object) -> ResponseReturnValue:
    """A new initial password, shown once; every session of theirs ends."""
    form = posted(name=_("姓名"))
    found = do(lambda ctx: _own(ctx, str(person_id)))
    reset = ResetPassword(event_id=form.event_id, person=found.id)
    if form.guard(lambda: do(lambda ctx: _reset(ctx, reset, found, form["password"]))):
        return render_template("admin/person_added.html", person=found, password=form["password"], again=True)
    flash(_("密码没有重设，请再试一次。"), "danger")
    return redirect(url_for("admin.person", person_id=person_id))


def _enter(ctx: Context, new: AddPerson, password: str) -> Outcome:
    outcome = people.add_person(ctx, new)
    if outcome is Outcome.RECORDED:
        passwords.set_password(ctx.connection, new.event_id, new.login, password)
    return outcome


def _switch(ctx: Context, switch: SwitchPerson) -> Outcome:
    outcome = people.switch_person(ctx, switch)
    if not switch.active:
        sessions.end_all(ctx.connection, switch.person)
    return outcome


def _reset(ctx: Context, reset: ResetPassword, whose: PersonRow, password: str) -> Outcome:
    outcome = people.reset_password(ctx, reset)
    if outcome is Outcome.RECORDED:
        passwords.set_password(ctx.connection, whose.id, whose.login, password)
        sessions.end_all(ctx.connection, whose.id)
    return outcome


def _own(ctx: Context, person_id: str) -> PersonRow:
    found = registry.person(ctx.connection, person_id)
    if found is None or found.organisation != ctx.actor.organisation:
        raise NotFound(kind="person", name=person_id)
    return found


def _organisation(form: Form) -> str:
    return form["organisation"] or acting().actor.organisation


def _words() -> dict[str, str]:
    return dict(register_words.roles())


def _role_chips(found: list[PersonRow], wanted: str) -> list[dict[str, object]]:
    counts = {role: sum(1 for one in found if role in one.roles) for role in Role}
    every = {"href": url_for("admin.people"), "label": _("全部"), "count": len(found), "current": not wanted}
    return [
        every,
        *(
            {
                "href": url_for("admin.people", role=role),
                "label": role_word(role),
                "count": n,
                "current": wanted == role,
            }
            for role, n in counts.items()
            if n
        ),
    ]


def _choices(organisation: Organisation, *, only: bool) -> list[tuple[str, str]]:
    possible = {Role.ADMINISTRATOR} if only else people.roles_in(organisation)
    return [(str(role), role_word(role)) for role in Role if role in possible]


def _new_page(form: Form) -> ResponseReturnValue:
    own = acting().actor.organisation
    where = do(lambda ctx: _where(ctx, _organisation(form)))
    roles = _choices(where, only=where.code != own)
    page = render_template(
        "admin/person_new.html", form=form, roles=roles, organisation=where, is_own=where.code == own
    )
    return page, form.status


def _where(ctx: Context, code: str) -> Organisation:
    """An organisation whose people the actor may add to; what they may not see does not exist."""
    return ctx.directory.organisation_by_code(amendable_organisation(ctx, code).code)


def _kept(form: Form, person_id: object) -> Form:
    """The page's main form as it stands registered, under the refusal of another form of the page."""
    found = do(lambda ctx: _own(ctx, str(person_id)))
    shown = forms.fresh({"name": found.name, "phone": found.phone, "licence": found.licence})
    shown.lists = {"roles": sorted(map(str, found.roles))}
    shown.errors, shown.status = form.errors, form.status
    return shown


def _person_page(found: PersonRow, form: Form) -> ResponseReturnValue:
    own = acting().actor.organisation

    def read(ctx: Context) -> tuple[Organisation, list[reading.Change]]:
        changes = [change for change in reading.organisation_history(ctx, own) if change.key == found.id]
        return ctx.directory.organisation_by_code(own), changes

    organisation, changes = do(read)
    page = render_template(
        "admin/person.html",
        person=found,
        form=form,
        roles=_choices(organisation, only=False),
        changes=changes,
        is_me=found.id == acting().actor.person,
        password=new_password(),
        ids=[forms.new_id(), forms.new_id()],
    )
    return page, form.status
