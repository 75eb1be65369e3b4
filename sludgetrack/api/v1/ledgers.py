"""The ledgers of facilities and haulers by day, month and year."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from sludgetrack.access.tokens import Scope
from sludgetrack.api.access import Access, caller
from sludgetrack.api.parts import run_for
from sludgetrack.api.routing import READ, Gives, Takes, operation
from sludgetrack.domain.permissions import Action
from sludgetrack.schemas.base import WireSchema
from sludgetrack.schemas.fields import LegalDay
from sludgetrack.schemas.ledger_answers import BY, FacilityLedgerSchema, HaulerLedgerSchema
from sludgetrack.services.reading import haulage, ledgers
from sludgetrack.services.reading.haulage import HaulerLedger
from sludgetrack.services.reading.ledger_rows import By, Ledger, Span

TAG = "Reports"
_ACCESS = Access(Scope.READ, Action.READ)


class LedgerQuery(WireSchema):
    """A period of inclusive legal days, at most 400 by day, and what a row stands for."""

    first = LegalDay(data_key="from", required=True)
    last = LegalDay(data_key="to", required=True)
    by = fields.String(validate=validate.OneOf(BY), load_default=str(By.DAY))


@operation(
    "GET",
    "/ledgers/facilities/<code:code>",
    tag=TAG,
    access=_ACCESS,
    takes=Takes(query=LedgerQuery(strict=True)),
    gives=Gives(schema=FacilityLedgerSchema(), refusals=READ),
)
def read_facility_ledger(query: dict[str, Any], code: str) -> Ledger:
    """The ledger of a plant, transfer station or disposal site

    For whoever runs it or supervises it.
    """
    span = _span(query)
    return run_for(caller().actor, lambda ctx: ledgers.facility_ledger(ctx, code, span))


@operation(
    "GET",
    "/ledgers/haulers/<code:code>",
    tag=TAG,
    access=_ACCESS,
    takes=Takes(query=LedgerQuery(strict=True)),
    gives=Gives(schema=HaulerLedgerSchema(), refusals=READ),
)
def read_hauler_ledger(query: dict[str, Any], code: str) -> HaulerLedger:
    """The ledger of a hauler's trips

    For the hauler itself whole, for an authority what touches its division.
    """
    span = _span(query)
    return run_for(caller().actor, lambda ctx: haulage.hauler_ledger(ctx, code, span))


def _span(query: dict[str, Any]) -> Span:
    return Span(query["first"], query["last"], By(query["by"]))
