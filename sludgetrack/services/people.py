"""The people of an organisation: added, changed, let go and taken back, each an event said by who did it.

Passwords are not this module's: whoever calls ``add_person`` or ``reset_password`` sets one in the same unit of work.
Login, name, phone and licence stand beside the claim, where they can be erased.
"""

from __future__ import annotations

import re

from sludgetrack.domain.errors import LastAdministrator, NameTaken, NotFound, NotPermitted, OutOfRange
from sludgetrack.domain.identity import OrganisationKind, Role
from sludgetrack.domain.permissions import Action, Parties, may, require
from sludgetrack.domain.registrations import AddPerson, ChangePerson, Request, ResetPassword, SwitchPerson
from sludgetrack.services.administering import Outcome, differing, once
from sludgetrack.services.context import Context
from sludgetrack.services.registering import Registration, person_registration
from sludgetrack.store import registry_reading as registry
from sludgetrack.store.directory import Organisation
from sludgetrack.store.registers import PERSONAL
from sludgetrack.store.registry_reading import PersonRow

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")

_OPERATOR_ROLES = frozenset((Role.CLERK, Role.OPERATOR, Role.ADMINISTRATOR))
_HAULER_ROLES = frozenset((Role.DISPATCHER, Role.DRIVER, Role.ADMINISTRATOR))
_AUTHORITY_ROLES = frozenset((Role.INSPECTOR, Role.ADMINISTRATOR))


def roles_in(organisation: Organisation) -> frozenset[Role]:
    """The roles people of an organisation can have: what it does decides."""
    if organisation.kind is OrganisationKind.AUTHORITY:
        return _AUTHORITY_ROLES
    runs = _OPERATOR_ROLES if organisation.kind is OrganisationKind.OPERATOR else _HAULER_ROLES
    return runs | _HAULER_ROLES if organisation.hauler_code else runs


def add_person(ctx: Context, new: AddPerson) -> Outcome:
    """A new person, whose id is that of the event. Raises NotPermitted, NotFound, NameTaken and OutOfRange.

    An authority's administrator may give an organisation of the division its first administrator.
    """

    def make() -> Registration:
        organisation = ctx.directory.organisation_by_code(new.organisation)
        _require_adding(ctx, organisation, new.roles)
        return entered(ctx, organisation, new)

    return once(ctx, new, make)


def invite_driver(ctx: Context, new: AddPerson) -> Outcome:
    """A new driver of the dispatcher's own organisation. Raises NotPermitted, NameTaken and OutOfRange."""
    require(ctx.actor, Action.ASSIGN, Parties(giver="", hauler=new.organisation))
    if new.roles != {Role.DRIVER}:
        raise NotPermitted(action=str(Action.ADMINISTER))
    return once(ctx, new, lambda: entered(ctx, ctx.directory.organisation_by_code(new.organisation), new))


def entered(ctx: Context, organisation: Organisation, new: AddPerson) -> Registration:
    """The registration of a new person, checked for everything but who asks. Raises NameTaken and OutOfRange."""
    if not LOGIN.fullmatch(new.login):
        raise OutOfRange(field="login", value=new.login, wanted="a–z 0–9 . _ -, 3–40")
    if registry.login_taken(ctx.connection, new.login):
        raise NameTaken(field="login", name=new.login)
    _check_roles(organisation, new.roles)
    stated = new.stated("organisation", "roles")
    personal = {key: value for key, value in stated.items() if value is not None}
    figures = {"id": new.event_id, "roles": sorted(map(str, new.roles))}
    return person_registration(new.event_id, organisation.code, figures, personal)


def change_person(ctx: Context, change: ChangePerson) -> Outcome:
    """Another name, phone, licence or other roles. Raises NotPermitted, NotFound, OutOfRange, LastAdministrator."""
    before = _administered(ctx, change.person)

    def make() -> Registration | None:
        _check_roles(ctx.directory.organisation_by_code(before.organisation), change.roles)
        if Role.ADMINISTRATOR not in change.roles:
            _require_another_administrator(ctx, before)
        return _changed(change, before, differing(before, change.stated("person")))

    return once(ctx, change, make)


def switch_person(ctx: Context, switch: SwitchPerson) -> Outcome:
    """Somebody leaves or comes back. What they did stays under their name.

    Raises NotPermitted, NotFound and LastAdministrator.
    """
    before = _administered(ctx, switch.person)

    def make() -> Registration | None:
        if not switch.active:
            _require_another_administrator(ctx, before)
        return _changed(switch, before, differing(before, {"active": switch.active}))

    return once(ctx, switch, make)


def reset_password(ctx: Context, reset: ResetPassword) -> Outcome:
    """That somebody is given a new password goes on record, the password does not. Raises NotPermitted, NotFound."""
    before = _administered(ctx, reset.person)
    return once(ctx, reset, lambda: _changed(reset, before, {"password_reset": True}))


def _changed(request: Request, before: PersonRow, stated: dict[str, object]) -> Registration | None:
    if not stated:
        return None
    personal = {key: value for key, value in stated.items() if key in PERSONAL}
    figures = {"id": before.id, **{key: value for key, value in stated.items() if key not in PERSONAL}}
    return person_registration(request.event_id, before.organisation, figures, personal, changed=True)


def _administered(ctx: Context, person_id: str) -> PersonRow:
    """A person the actor administers; somebody else's does not exist for them."""
    require(ctx.actor, Action.ADMINISTER, Parties(giver=ctx.actor.organisation))
    found = registry.person(ctx.connection, person_id)
    if found is None or found.organisation != ctx.actor.organisation:
        raise NotFound(kind="person", name=person_id)
    return found


def _require_adding(ctx: Context, organisation: Organisation, roles: frozenset[Role]) -> None:
    parties = Parties(giver=organisation.code, divisions=(organisation.division,))
    if may(ctx.actor, Action.ADMINISTER, parties):
        return
    require(ctx.actor, Action.REGISTER, parties)
    led = any(one.administers for one in registry.people_of(ctx.connection, organisation.code))
    if led or Role.ADMINISTRATOR not in roles:
        raise NotPermitted(action=str(Action.ADMINISTER))


def _require_another_administrator(ctx: Context, besides: PersonRow) -> None:
    others = registry.people_of(ctx.connection, besides.organisation)
    if besides.administers and not any(one.administers for one in others if one.id != besides.id):
        raise LastAdministrator(field="roles")


def _check_roles(organisation: Organisation, roles: frozenset[Role]) -> None:
    possible = roles_in(organisation)
    wrong = sorted(map(str, roles - possible))
    if wrong or not roles:
        wanted = [str(role) for role in Role if role in possible]
        raise OutOfRange(field="roles", value=wrong[0] if wrong else "—", wanted=wanted)
