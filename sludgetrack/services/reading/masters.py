"""Facilities and haulers page by page, for anybody who is signed in; people and vehicles for their own organisation."""

from __future__ import annotations

from sqlalchemy import Row

from sludgetrack.domain.identity import Role
from sludgetrack.domain.permissions import Action, Parties, may, require
from sludgetrack.services.context import Context
from sludgetrack.services.reading import paging
from sludgetrack.services.reading.paging import PageOf
from sludgetrack.store import master_reading
from sludgetrack.store import registry_reading as registry
from sludgetrack.store.master_reading import FacilityFilters
from sludgetrack.store.registry_reading import OrganisationRow, PersonRow, VehicleRow


def facilities(ctx: Context, filters: FacilityFilters, cursor: str | None, limit: int) -> PageOf[Row[object]]:
    """Facilities as registered now. Raises OutOfRange for a cursor or limit that is none."""
    wanted, after = paging.check_limit(limit), paging.decode(cursor)
    rows = master_reading.facility_rows(ctx.connection, filters, after=after, limit=wanted + 1)
    return paging.page([(row.id, row) for row in rows], wanted)


def haulers(ctx: Context, cursor: str | None, limit: int) -> PageOf[Row[object]]:
    """Organisations that haul. Raises OutOfRange for a cursor or limit that is none."""
    wanted, after = paging.check_limit(limit), paging.decode(cursor)
    rows = master_reading.hauler_rows(ctx.connection, after=after, limit=wanted + 1)
    return paging.page([(row.id, row) for row in rows], wanted)


def vehicles(ctx: Context, hauler: str | None) -> list[VehicleRow]:
    """The vehicles of one's own organisation, or of a hauler by its code. Raises NotFound."""
    owner = ctx.directory.hauler(hauler).code if hauler is not None else ctx.actor.organisation
    return registry.vehicles_of(ctx.connection, owner)


def people(ctx: Context) -> list[PersonRow]:
    """The people of one's own organisation: all for its administrators, its drivers for its dispatchers.

    Raises NotPermitted for everybody else.
    """
    own = Parties(giver=ctx.actor.organisation)
    found = registry.people_of(ctx.connection, ctx.actor.organisation)
    if may(ctx.actor, Action.ADMINISTER, own):
        return found
    if ctx.actor.has(Role.DISPATCHER):
        return [each for each in found if each.active and Role.DRIVER in each.roles]
    require(ctx.actor, Action.ADMINISTER, own)
    return []


def organisations(ctx: Context) -> list[OrganisationRow]:
    """The organisations an authority watches over; everybody else sees their own."""
    if ctx.actor.is_authority:
        return registry.organisations_under(ctx.connection, ctx.actor.division)
    own = registry.organisation(ctx.connection, ctx.actor.organisation)
    return [own] if own else []
