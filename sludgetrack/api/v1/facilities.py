"""Facilities: who they are, what lies there, and what is done there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from marshmallow import fields, validate

from sludgetrack.access.tokens import Scope
from sludgetrack.api.access import Access, caller
from sludgetrack.api.parts import run_for
from sludgetrack.api.receipts import Answer, receipt_answer
from sludgetrack.api.routing import READ, Gives, Takes, V, operation
from sludgetrack.api.v1.manifests import PageQuery, next_link
from sludgetrack.domain import commands as c
from sludgetrack.domain.identity import FacilityKind
from sludgetrack.domain.permissions import BY_EVENT, Action
from sludgetrack.schemas import answers, bodies
from sludgetrack.schemas import registry_answers as registered
from sludgetrack.schemas.commands import CommandSchema
from sludgetrack.schemas.fields import short_text
from sludgetrack.services import facility_acts
from sludgetrack.services.context import Context
from sludgetrack.services.reading import masters, stock
from sludgetrack.services.reading.paging import PageOf
from sludgetrack.store.append import Receipt
from sludgetrack.store.master_reading import FacilityFilters

TAG = "Facilities"
_ANYBODY = Access(Scope.READ)


class FacilityQuery(PageQuery):
    """What a list of facilities is narrowed to."""

    kind = fields.String(validate=validate.OneOf([str(kind) for kind in FacilityKind]))
    division = fields.String(validate=validate.Regexp(r"[0-9]{1,6}\Z"), metadata={"pattern": "^[0-9]{1,6}$"})
    organisation = short_text(60)
    route = short_text(8)


@operation(
    "GET",
    "/facilities",
    tag=TAG,
    access=_ANYBODY,
    takes=Takes(query=FacilityQuery(strict=True)),
    gives=Gives(schema=registered.FacilityPageSchema()),
)
def list_facilities(query: dict[str, Any]) -> tuple[PageOf[Any], int, dict[str, str]]:
    """Plants, transfer stations and disposal sites"""
    filters = FacilityFilters(**{name: query.get(name) for name in ("kind", "division", "organisation", "route")})
    cursor, limit = query.get("cursor"), query["limit"]
    found = run_for(caller().actor, lambda ctx: masters.facilities(ctx, filters, cursor, limit))
    return found, 200, next_link(found.next)


@operation(
    "GET",
    "/haulers",
    tag=TAG,
    access=_ANYBODY,
    takes=Takes(query=PageQuery(strict=True)),
    gives=Gives(schema=registered.HaulerPageSchema()),
)
def list_haulers(query: dict[str, Any]) -> tuple[PageOf[Any], int, dict[str, str]]:
    """Who hauls, by the code a manifest names"""
    found = run_for(caller().actor, lambda ctx: masters.haulers(ctx, query.get("cursor"), query["limit"]))
    return found, 200, next_link(found.next)


@operation(
    "GET",
    "/facilities/<code:code>/stock",
    tag=TAG,
    access=Access(Scope.READ, Action.READ),
    gives=Gives(schema=registered.StockSchema(), refusals=READ),
)
def read_stock(code: str) -> dict[str, Any]:
    """What lies at a facility, oldest first

    For whoever runs it or supervises it.
    """
    return {"facility": code, "items": run_for(caller().actor, lambda ctx: stock.lots(ctx, code))}


def act_at(path: str, schema: type[CommandSchema]) -> Callable[[V], V]:
    """The route of an act at a facility."""
    return operation(
        "POST",
        f"/facilities/<code:code>/{path}",
        tag=TAG,
        access=Access(Scope.WRITE, BY_EVENT[schema.command.event]),
        takes=Takes(body=schema(strict=True)),
        gives=Gives(status=201, schema=answers.ReceiptSchema(), again=True, refusals=(404, 409)),
    )


def recorded(work: Callable[[Context], Receipt]) -> Answer:
    """The receipt of an act."""
    return receipt_answer(run_for(caller().actor, work))


@act_at("batches", bodies.BatchSchema)
def declare_production(command: c.DeclareProduction, code: str) -> Answer:
    """Declare a batch of sludge or of a by-product

    By-products (ash, slag, a finished compost) are declared wherever they come to be: kind ``byproduct``, and ``what``
    it is. They are in no rate and move when a manifest names them.
    """
    said = replace(command, facility=code)
    return recorded(lambda ctx: facility_acts.declare_production(ctx, said))


@act_at("disposals", bodies.DisposalSchema)
def record_disposal(command: c.RecordDisposal, code: str) -> Answer:
    """Record the disposal of a lot

    One that breaks a gate is recorded as non-compliant: facts are facts.
    """
    said = replace(command, facility=code)
    return recorded(lambda ctx: facility_acts.record_disposal(ctx, said))


@act_at("turned-away", bodies.TurnedAwaySchema)
def turn_away(command: c.TurnAwayTruck, code: str) -> Answer:
    """A truck without a manifest was turned away"""
    said = replace(command, facility=code)
    return recorded(lambda ctx: facility_acts.turn_away(ctx, said))


@act_at("number-blocks", bodies.NumberBlockSchema)
def hand_out_numbers(command: c.HandOutNumbers, code: str) -> Answer:
    """Hand out a block of numbers for paper sheets"""
    said = replace(command, facility=code)
    return recorded(lambda ctx: facility_acts.hand_out_numbers(ctx, said))


@operation(
    "POST",
    "/facilities/<code:code>/disposal-previews",
    tag=TAG,
    access=Access(Scope.READ, Action.DISPOSE),
    takes=Takes(body=bodies.DisposalSchema(strict=True)),
    gives=Gives(schema=registered.JudgementSchema(), refusals=READ),
)
def preview_disposal(command: c.RecordDisposal, code: str) -> dict[str, Any]:
    """What a disposal would break

    Nothing is recorded.
    """
    said = replace(command, facility=code)
    found = run_for(caller().actor, lambda ctx: facility_acts.preview_disposal(ctx, said))
    banned = [{"division": division, "reason": reason} for division, reason in found.by_division.items()]
    report = None if found.report is None else found.report.id
    return {
        "compliant": found.compliant,
        "reasons": found.reasons,
        "banned_origins": banned,
        "lab_report": report,
    }
