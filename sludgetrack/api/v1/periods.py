"""Period locks: which months of a division are closed, and closing one."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from sludgetrack.access.tokens import Scope
from sludgetrack.api.access import Access, caller
from sludgetrack.api.parts import run_for
from sludgetrack.api.routing import Gives, Takes, operation
from sludgetrack.api.v1.reports import division_asked
from sludgetrack.domain.permissions import Action
from sludgetrack.domain.registrations import LockPeriod
from sludgetrack.schemas import correction_answers as told
from sludgetrack.schemas.base import WireSchema
from sludgetrack.schemas.registrations import LockPeriodSchema
from sludgetrack.schemas.registry_answers import OutcomeSchema
from sludgetrack.services import locking
from sludgetrack.services.administering import Outcome
from sludgetrack.services.context import Context
from sludgetrack.services.reporting import locked_month
from sludgetrack.store import periods

TAG = "Reports"


class DivisionQuery(WireSchema):
    """A division; default: the authority's own."""

    division = fields.String(
        validate=validate.Regexp(r"[0-9]{1,6}\Z"), metadata={"pattern": "^[0-9]{1,6}$", "description": "Default: own"}
    )


@operation(
    "GET",
    "/periods",
    tag=TAG,
    access=Access(Scope.READ, Action.READ_RATES),
    takes=Takes(query=DivisionQuery(strict=True)),
    gives=Gives(schema=told.PeriodsSchema()),
)
def read_periods(query: dict[str, Any]) -> dict[str, Any]:
    """Which months of a division are closed"""
    division = division_asked(caller().actor, query)

    def work(ctx: Context) -> dict[str, Any]:
        return {
            "division": division,
            "locked_through": locked_month(ctx.connection, division),
            "items": [_lock(one) for one in periods.locks(ctx.connection, division)],
        }

    return run_for(caller().actor, work)


@operation(
    "POST",
    "/periods/locks",
    tag=TAG,
    access=Access(Scope.WRITE, Action.LOCK_PERIOD),
    takes=Takes(body=LockPeriodSchema(strict=True)),
    gives=Gives(status=201, schema=OutcomeSchema(), again=True, refusals=(409,)),
)
def lock_period(said: LockPeriod) -> tuple[dict[str, str], int]:
    """Close a month and all months before it

    For the division and everything under it. What is booked later for one of their days counts on the first open day;
    corrections need an authority's approval. This is not undone.
    """
    outcome = run_for(caller().actor, lambda ctx: locking.lock_period(ctx, said))
    return {"event_id": said.event_id, "outcome": str(outcome)}, 201 if outcome is Outcome.RECORDED else 200


def _lock(one: periods.Lock) -> dict[str, Any]:
    return {
        "event_id": one.event_id,
        "division": one.division,
        "month": f"{one.month:%Y-%m}",
        "at": one.recorded_at,
        "organisation": one.organisation,
    }
