"""Permits beside those of facilities and vehicles themselves: entered, withdrawn, watched for their end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sludgetrack.domain.errors import NotFound, OutOfRange
from sludgetrack.domain.permissions import Action, Parties, require
from sludgetrack.domain.registrations import AddPermit, WithdrawPermit
from sludgetrack.services.administering import Outcome, once
from sludgetrack.services.context import Context
from sludgetrack.services.registering import Registration, in_organisation
from sludgetrack.store import registry_reading as registry
from sludgetrack.store.registers import Register

KINDS = ("discharge", "environmental", "road_transport", "vehicle", "disposal", "other")
"""排污许可证, 环评批复, 道路运输经营许可证, 道路运输证, 处置许可, 其他."""
SOON = timedelta(days=60)
"""How long ahead an ending permit is pointed out."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A permit that has ended or will soon: of which facility, vehicle or organisation, and its last legal day."""

    holder: str
    number: str | None
    valid_to: date


def add_permit(ctx: Context, new: AddPermit) -> Outcome:
    """A permit of the actor's organisation, its facility or its vehicle. Raises NotPermitted, NotFound, OutOfRange."""
    require(ctx.actor, Action.ADMINISTER, Parties(ctx.actor.organisation))

    def make() -> Registration:
        if new.kind not in KINDS:
            raise OutOfRange(field="kind", value=new.kind, wanted=list(KINDS))
        _require_own(ctx, new)
        figures = {"id": new.event_id, **new.stated()}
        return in_organisation(new.event_id, ctx.actor.organisation, Register.PERMIT, figures)

    return once(ctx, new, make)


def withdraw_permit(ctx: Context, withdrawal: WithdrawPermit) -> Outcome:
    """A permit no longer holds. Raises NotPermitted and NotFound."""
    require(ctx.actor, Action.ADMINISTER, Parties(ctx.actor.organisation))
    found = registry.permit(ctx.connection, withdrawal.permit)
    if found is None or found.organisation != ctx.actor.organisation:
        raise NotFound(kind="permit", name=withdrawal.permit)

    def make() -> Registration | None:
        if found.withdrawn:
            return None
        figures = {"id": found.id, "withdrawn": True}
        return in_organisation(withdrawal.event_id, ctx.actor.organisation, Register.PERMIT, figures, changed=True)

    return once(ctx, withdrawal, make)


def ending(ctx: Context, organisation: str, today: date) -> list[Ending]:
    """Everything of an organisation that has ended or ends within ``SOON``, the soonest first."""
    held = [
        *((f.code, f.permit_no, f.permit_valid_to) for f in registry.facilities_of(ctx.connection, organisation)),
        *((v.plate, v.permit_no, v.valid_to) for v in registry.vehicles_of(ctx.connection, organisation) if v.active),
        *(
            (p.facility or p.vehicle or organisation, p.number, p.valid_to)
            for p in registry.permits_of(ctx.connection, organisation)
            if not p.withdrawn
        ),
    ]
    soon = [Ending(holder, number, until) for holder, number, until in held if until and until <= today + SOON]
    return sorted(soon, key=lambda one: (one.valid_to, one.holder))


def _require_own(ctx: Context, new: AddPermit) -> None:
    if new.facility is not None and new.facility not in ctx.actor.facilities:
        raise NotFound(field="facility", kind="facility", name=new.facility)
    if new.vehicle is None:
        return
    found = registry.vehicle(ctx.connection, new.vehicle)
    if found is None or found.organisation != ctx.actor.organisation:
        raise NotFound(field="vehicle", kind="vehicle", name=new.vehicle)
