"""What one party alone does to a manifest: a truck assigned, another destination, arrival, loss, voiding and so on."""

from __future__ import annotations

from collections.abc import Callable

from sludgetrack.access.tokens import Scope
from sludgetrack.api.access import Access, caller
from sludgetrack.api.parts import run_for
from sludgetrack.api.preconditions import ETAG, IfMatchSchema, based, held_to
from sludgetrack.api.receipts import Answer, receipt_answer
from sludgetrack.api.routing import ACT, Gives, Takes, V, operation
from sludgetrack.domain.commands import Command
from sludgetrack.domain.permissions import BY_EVENT
from sludgetrack.schemas import answers
from sludgetrack.schemas import commands as s
from sludgetrack.services import manifests

LINKS = {"read": {"operationId": "read_manifest", "parameters": {"number": "$response.body#/name"}}}


def _act(path: str, schema: type[s.CommandSchema]) -> Callable[[V], V]:
    """The route of an act on a manifest."""
    return operation(
        "POST",
        f"/manifests/<number:number>/{path}",
        tag="Manifests",
        access=Access(Scope.WRITE, BY_EVENT[schema.command.event]),
        takes=Takes(body=schema(strict=True), headers=IfMatchSchema()),
        gives=Gives(status=201, schema=answers.ReceiptSchema(), again=True, refusals=ACT, headers=ETAG, links=LINKS),
    )


def _done(number: str, command: Command) -> Answer:
    ready = based(command)
    return receipt_answer(held_to(lambda: run_for(caller().actor, lambda ctx: manifests.act(ctx, number, ready))))


@_act("assignments", s.AssignTruckSchema)
def assign_truck(headers: object, command: Command, number: str) -> Answer:
    """Assign truck and driver"""
    return _done(number, command)


@_act("redirections", s.RedirectLoadSchema)
def redirect_load(headers: object, command: Command, number: str) -> Answer:
    """Send a load to another destination"""
    return _done(number, command)


@_act("arrivals", s.ArriveAtGateSchema)
def arrive(headers: object, command: Command, number: str) -> Answer:
    """A truck stands at the destination's gate"""
    return _done(number, command)


@_act("losses", s.DeclareLostSchema)
def declare_lost(headers: object, command: Command, number: str) -> Answer:
    """An authority finds a load lost, or dumped"""
    return _done(number, command)


@_act("voidings", s.VoidManifestSchema)
def void_manifest(headers: object, command: Command, number: str) -> Answer:
    """Void a manifest that was never loaded"""
    return _done(number, command)


@_act("inspections", s.RecordInspectionSchema)
def inspect(headers: object, command: Command, number: str) -> Answer:
    """An inspector's finding, at any time"""
    return _done(number, command)


@_act("resolutions", s.ResolveDisputeSchema)
def resolve(headers: object, command: Command, number: str) -> Answer:
    """Decide which of the contradicting claims stands"""
    return _done(number, command)
