"""The vehicles of an organisation: added, changed, retired, each an event said by who did it."""

from __future__ import annotations

import re

from sludgetrack.domain.errors import DomainError, InvalidFigures, NameTaken, NotFound, OutOfRange
from sludgetrack.domain.permissions import Action, Parties, require
from sludgetrack.domain.registrations import AddVehicle, ChangeVehicle
from sludgetrack.services.administering import Outcome, differing, once
from sludgetrack.services.context import Context
from sludgetrack.services.registering import Registration, in_organisation
from sludgetrack.store import registry_reading as registry
from sludgetrack.store.registers import Register

PLATE = re.compile(r"[\u4e00-\u9fff][A-Z][A-Z0-9]{4,5}[A-Z0-9\u4e00-\u9fff]")
HEAVIEST_KG = 100_000
"""No road vehicle carries or weighs more; more is a slip of the pen (kilograms typed as tonnes)."""


def add_vehicle(ctx: Context, new: AddVehicle) -> Outcome:
    """A new vehicle of the actor's organisation. Raises NotPermitted, NameTaken and InvalidFigures."""
    _require_administrator(ctx)

    def make() -> Registration:
        if not PLATE.fullmatch(new.plate):
            raise OutOfRange(field="plate", value=new.plate, wanted="豫G12345")
        if registry.vehicle(ctx.connection, new.plate):
            raise NameTaken(field="plate", name=new.plate)
        _check(new)
        return in_organisation(new.event_id, ctx.actor.organisation, Register.VEHICLE, new.stated())

    return once(ctx, new, make)


def change_vehicle(ctx: Context, change: ChangeVehicle) -> Outcome:
    """Other figures of a vehicle, or its retirement. Raises NotPermitted, NotFound and InvalidFigures."""
    _require_administrator(ctx)
    before = registry.vehicle(ctx.connection, change.plate)
    if before is None or before.organisation != ctx.actor.organisation:
        raise NotFound(kind="vehicle", name=change.plate)

    def make() -> Registration | None:
        _check(change)
        stated = differing(before, change.stated("plate"))
        fields = {"plate": change.plate, **stated}
        if not stated:
            return None
        return in_organisation(change.event_id, ctx.actor.organisation, Register.VEHICLE, fields, changed=True)

    return once(ctx, change, make)


def _require_administrator(ctx: Context) -> None:
    require(ctx.actor, Action.ADMINISTER, Parties(giver=ctx.actor.organisation))


def _check(stated: AddVehicle | ChangeVehicle) -> None:
    problems: list[DomainError] = [
        OutOfRange(field=name, value=kg, wanted=f"> 0, < {HEAVIEST_KG // 1000} t")
        for name, kg in (("rated_kg", stated.rated_kg), ("tare_kg", stated.tare_kg))
        if kg is not None and not 0 < kg < HEAVIEST_KG
    ]
    if problems:
        raise InvalidFigures(tuple(problems))
