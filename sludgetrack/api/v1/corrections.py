"""Corrections of events: proposed by a party, answered by the others, listed with what became of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sludgetrack.access.tokens import Scope
from sludgetrack.api.access import Access, caller
from sludgetrack.api.parts import run_for
from sludgetrack.api.preconditions import ETAG, IfMatchSchema, based, held_to
from sludgetrack.api.receipts import Answer, receipt_answer
from sludgetrack.api.routing import ACT, READ, Gives, Takes, V, operation
from sludgetrack.domain import commands as c
from sludgetrack.domain import numbers
from sludgetrack.domain.events import Stream, StreamKind
from sludgetrack.domain.permissions import BY_EVENT, Action
from sludgetrack.schemas import answers, bodies
from sludgetrack.schemas import correction_answers as told
from sludgetrack.schemas.changes import wire_change
from sludgetrack.schemas.commands import CommandSchema, ProposeCorrectionSchema
from sludgetrack.services import correcting
from sludgetrack.services.reading import corrections as reading
from sludgetrack.services.reading.corrections import CorrectionSeen

TAG = "Corrections"
_READS = Access(Scope.READ, Action.READ)
_LINKS: dict[str, Any] = {
    "read": {"operationId": "read_correction", "parameters": {"id": "$response.body#/event_id"}},
    "approve": {"operationId": "approve_correction", "parameters": {"id": "$response.body#/event_id"}},
    "refuse": {"operationId": "refuse_correction", "parameters": {"id": "$response.body#/event_id"}},
    "withdraw": {"operationId": "withdraw_correction", "parameters": {"id": "$response.body#/event_id"}},
}


def _proposal(path: str) -> Callable[[V], V]:
    return operation(
        "POST",
        path,
        tag=TAG,
        access=Access(Scope.WRITE, Action.PROPOSE_CORRECTION),
        takes=Takes(body=ProposeCorrectionSchema(strict=True), headers=IfMatchSchema()),
        gives=Gives(status=201, schema=answers.ReceiptSchema(), again=True, refusals=ACT, headers=ETAG, links=_LINKS),
    )


def _list(path: str, *refusals: int) -> Callable[[V], V]:
    return operation(
        "GET", path, tag=TAG, access=_READS, gives=Gives(schema=told.CorrectionListSchema(), refusals=refusals)
    )


def _answer(word: str, schema: type[CommandSchema]) -> Callable[[V], V]:
    return operation(
        "POST",
        f"/corrections/<id:id>/{word}",
        tag=TAG,
        access=Access(Scope.WRITE, BY_EVENT[schema.command.event]),
        takes=Takes(body=schema(strict=True), headers=IfMatchSchema()),
        gives=Gives(status=201, schema=answers.ReceiptSchema(), again=True, refusals=ACT, headers=ETAG),
    )


def _of_manifest(number: str) -> Stream:
    return Stream(StreamKind.MANIFEST, str(numbers.parse(number)))


def _of_facility(code: str) -> Stream:
    return Stream(StreamKind.FACILITY, code)


@_proposal("/manifests/<number:number>/corrections")
def propose_correction(headers: object, command: c.ProposeCorrection, number: str) -> Answer:
    """Propose a correction of a manifest's event

    Both values stay on record. It takes effect once every other party of the event has approved, and after a period
    lock also an authority; what nobody else answers for takes effect at once.
    """
    return _propose(_of_manifest(number), command)


@_proposal("/facilities/<code:code>/corrections")
def propose_facility_correction(headers: object, command: c.ProposeCorrection, code: str) -> Answer:
    """Propose a correction of production, a treatment run, a disposal or a count

    It takes effect at once; after a period lock once an authority has approved.
    """
    return _propose(_of_facility(code), command)


def _propose(subject: Stream, command: c.ProposeCorrection) -> Answer:
    ready = based(command)
    return receipt_answer(held_to(lambda: run_for(caller().actor, lambda ctx: correcting.propose(ctx, subject, ready))))


@_list("/manifests/<number:number>/corrections", *READ, 422)
def list_corrections(number: str) -> dict[str, Any]:
    """The corrections of a manifest, refused and withdrawn ones among them"""
    return _listed(_of_manifest(number))


@_list("/facilities/<code:code>/corrections", *READ)
def list_facility_corrections(code: str) -> dict[str, Any]:
    """The corrections of what was done at a facility"""
    return _listed(_of_facility(code))


def _listed(subject: Stream) -> dict[str, Any]:
    found = run_for(caller().actor, lambda ctx: reading.corrections_of(ctx, subject))
    return {"items": [_document(one) for one in found]}


@_list("/corrections")
def list_corrections_to_answer() -> dict[str, Any]:
    """The corrections that wait for one's own answer"""
    found = run_for(caller().actor, reading.for_desk)
    return {"items": [_document(one) for one in found.to_answer]}


@operation(
    "GET",
    "/corrections/<id:id>",
    tag=TAG,
    access=_READS,
    gives=Gives(schema=told.CorrectionSchema(), refusals=READ),
)
def read_correction(id: str) -> dict[str, Any]:
    """A correction and what became of it"""
    return _document(run_for(caller().actor, lambda ctx: reading.correction_by_id(ctx, id)))


@_answer("approval", bodies.CorrectionApprovalSchema)
def approve_correction(headers: object, command: c.ApproveCorrection, id: str) -> Answer:
    """Another party agrees

    The last approval makes it take effect: it is booked, and a new edition of the event's sheet is made.
    """
    return _answered(id, command)


@_answer("refusal", bodies.CorrectionRefusalSchema)
def refuse_correction(headers: object, command: c.RefuseCorrection, id: str) -> Answer:
    """Another party does not agree: the figures stay, the proposal stays visible"""
    return _answered(id, command)


@_answer("withdrawal", bodies.CorrectionWithdrawalSchema)
def withdraw_correction(headers: object, command: c.WithdrawCorrection, id: str) -> Answer:
    """Whoever proposed takes it back; the proposal stays visible"""
    return _answered(id, command)


def _answered(proposal: str, command: c.ApproveCorrection | c.RefuseCorrection | c.WithdrawCorrection) -> Answer:
    ready = based(replace(command, proposal=proposal))

    def work(ctx: Any) -> Any:
        return correcting.answer(ctx, reading.subject_of(ctx, proposal), ready)

    return receipt_answer(held_to(lambda: run_for(caller().actor, work)))


def _document(seen: CorrectionSeen) -> dict[str, Any]:
    shown = {name: getattr(seen, name) for name in ("id", "corrects", "of", "reason", "outcome", "said", "effect")}
    return {
        **shown,
        "subject": seen.stream.kind,
        "name": seen.stream.name,
        "changes": [wire_change(change) for change in seen.changes],
        "waits_for": list(seen.waits_for),
        "waits_for_authority": seen.waits_for_authority,
        "closed_through": seen.closed_through,
        "moved": [
            {"month": f"{one.month:%Y-%m}", "account": one.account, "compliant": one.compliant, "units": one.units}
            for one in seen.moved
        ],
        "may_answer": seen.may_answer,
        "may_withdraw": seen.may_withdraw,
    }
