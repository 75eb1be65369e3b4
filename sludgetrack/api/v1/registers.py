"""The registers: people, vehicles, permits, facilities and organisations, for their administrators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from marshmallow import Schema

from sludgetrack.access import passwords, sessions
from sludgetrack.access.tokens import Scope
from sludgetrack.api.access import Access, caller
from sludgetrack.api.parts import run_for
from sludgetrack.api.routing import READ, Gives, Takes, V, operation
from sludgetrack.domain import registrations as r
from sludgetrack.domain.permissions import Action, Parties, require
from sludgetrack.schemas import registrations as s
from sludgetrack.schemas import registry_answers as registered
from sludgetrack.schemas import registry_bodies as bodies
from sludgetrack.schemas.base import WireSchema
from sludgetrack.schemas.fields import short_text
from sludgetrack.services import facilities, people, permits, vehicles
from sludgetrack.services.administering import Outcome
from sludgetrack.services.context import Context
from sludgetrack.services.reading import masters
from sludgetrack.store import registry_reading as registry

TAG = "Registers"
Answer = tuple[dict[str, str], int]


class VehicleQuery(WireSchema):
    """Whose vehicles."""

    hauler = short_text(60, metadata={"description": "Hauler code; default: one's own organisation"})


def _list(path: str, schema: type[Schema], action: Action | None = None) -> Callable[[V], V]:
    return operation("GET", path, tag=TAG, access=Access(Scope.READ, action), gives=Gives(schema=schema()))


def _request(path: str, schema: type[WireSchema], action: Action = Action.ADMINISTER) -> Callable[[V], V]:
    """The route of a request to the registers."""
    return operation(
        "POST",
        path,
        tag=TAG,
        access=Access(Scope.ADMINISTER, action),
        takes=Takes(body=schema(strict=True)),
        gives=Gives(status=201, schema=registered.OutcomeSchema(), again=True, refusals=(404, 409)),
    )


def _done(request: r.Request, work: Callable[[Context], Outcome]) -> Answer:
    outcome = run_for(caller().actor, work)
    said = {"event_id": request.event_id, "outcome": str(outcome)}
    return said, 201 if outcome is Outcome.RECORDED else 200


@_list("/people", registered.PersonListSchema)
def list_people() -> dict[str, Any]:
    """The people of one's own organisation

    All of them for administrators, the drivers for dispatchers.
    """
    return {"items": run_for(caller().actor, masters.people)}


@_request("/people", bodies.NewPersonSchema)
def add_person(said: tuple[r.AddPerson, str]) -> Answer:
    """Add a person"""
    new, password = said

    def work(ctx: Context) -> Outcome:
        outcome = people.add_person(ctx, new)
        if outcome is Outcome.RECORDED:
            passwords.set_password(ctx.connection, new.event_id, new.login, password)
        return outcome

    return _done(new, work)


@_request("/people/<id:id>/changes", bodies.PersonChangesSchema)
def change_person(body: r.ChangePerson, id: str) -> Answer:
    """Another name, phone, licence or other roles"""
    change = replace(body, person=id)
    return _done(change, lambda ctx: people.change_person(ctx, change))


@_request("/people/<id:id>/activity", bodies.PersonActivitySchema)
def switch_person(body: r.SwitchPerson, id: str) -> Answer:
    """Somebody leaves or comes back"""
    switch = replace(body, person=id)

    def work(ctx: Context) -> Outcome:
        outcome = people.switch_person(ctx, switch)
        if not switch.active:
            sessions.end_all(ctx.connection, switch.person)
        return outcome

    return _done(switch, work)


@_request("/people/<id:id>/password", bodies.NewPasswordSchema)
def reset_password(said: tuple[r.ResetPassword, str], id: str) -> Answer:
    """Give somebody a new password

    That it was done goes on record, the password does not. Every session of theirs ends.
    """
    reset, password = replace(said[0], person=id), said[1]

    def work(ctx: Context) -> Outcome:
        outcome = people.reset_password(ctx, reset)
        whose = registry.person(ctx.connection, id)
        if outcome is Outcome.RECORDED and whose is not None:
            passwords.set_password(ctx.connection, id, whose.login, password)
            sessions.end_all(ctx.connection, id)
        return outcome

    return _done(reset, work)


@operation(
    "GET",
    "/vehicles",
    tag=TAG,
    access=Access(Scope.READ),
    takes=Takes(query=VehicleQuery(strict=True)),
    gives=Gives(schema=registered.VehicleListSchema(), refusals=READ),
)
def list_vehicles(query: dict[str, str]) -> dict[str, Any]:
    """The vehicles of one's own organisation, or of a hauler"""
    return {"items": run_for(caller().actor, lambda ctx: masters.vehicles(ctx, query.get("hauler")))}


@_request("/vehicles", s.AddVehicleSchema)
def add_vehicle(new: r.AddVehicle) -> Answer:
    """Add a vehicle"""
    return _done(new, lambda ctx: vehicles.add_vehicle(ctx, new))


@_request("/vehicles/<code:plate>/changes", bodies.VehicleChangesSchema)
def change_vehicle(body: r.ChangeVehicle, plate: str) -> Answer:
    """Other figures of a vehicle, or its retirement"""
    change = replace(body, plate=plate)
    return _done(change, lambda ctx: vehicles.change_vehicle(ctx, change))


@_list("/permits", registered.PermitListSchema, Action.ADMINISTER)
def list_permits() -> dict[str, Any]:
    """The permits of one's own organisation"""

    def work(ctx: Context) -> list[registry.PermitRow]:
        require(ctx.actor, Action.ADMINISTER, Parties(giver=ctx.actor.organisation))
        return registry.permits_of(ctx.connection, ctx.actor.organisation)

    return {"items": run_for(caller().actor, work)}


@_request("/permits", s.AddPermitSchema)
def add_permit(new: r.AddPermit) -> Answer:
    """Add a permit"""
    return _done(new, lambda ctx: permits.add_permit(ctx, new))


@_request("/permits/<id:id>/withdrawal", bodies.WithdrawalSchema)
def withdraw_permit(body: r.WithdrawPermit, id: str) -> Answer:
    """A permit no longer holds"""
    withdrawal = replace(body, permit=id)
    return _done(withdrawal, lambda ctx: permits.withdraw_permit(ctx, withdrawal))


@_list("/organisations", registered.OrganisationListSchema)
def list_organisations() -> dict[str, Any]:
    """The organisations an authority watches over, or one's own"""
    return {"items": run_for(caller().actor, masters.organisations)}


@_request("/organisations", s.RegisterOrganisationSchema, Action.REGISTER)
def register_organisation(new: r.RegisterOrganisation) -> Answer:
    """Register an organisation of the division"""
    return _done(new, lambda ctx: facilities.register_organisation(ctx, new))


@_request("/organisations/<code:code>/changes", bodies.OrganisationChangesSchema, Action.AMEND)
def change_organisation(body: r.ChangeOrganisation, code: str) -> Answer:
    """Other facts of an organisation"""
    change = replace(body, organisation=code)
    return _done(change, lambda ctx: facilities.change_organisation(ctx, change))


@_request("/facilities", s.RegisterFacilitySchema, Action.REGISTER)
def register_facility(new: r.RegisterFacility) -> Answer:
    """Register a facility, with the next number of its division"""
    return _done(new, lambda ctx: facilities.register_facility(ctx, new))


@_request("/facilities/<code:code>/changes", bodies.FacilityChangesSchema, Action.AMEND)
def change_facility(body: r.ChangeFacility, code: str) -> Answer:
    """Other facts of a facility"""
    change = replace(body, facility=code)
    return _done(change, lambda ctx: facilities.change_facility(ctx, change))
