"""One schema for each command: the same for the API's JSON and for a page's form.

A schema knows the shape only; whether the figures make sense is the domain's to say. Names on the wire carry the unit
people use: ``net_out_t`` tonnes for the command's ``net_out_kg``, ``moisture_out_pct`` for ``moisture_out_bp``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields, post_load, validate

from sludgetrack.domain import commands as c
from sludgetrack.domain.events import EventType
from sludgetrack.domain.fields import BY_NAME
from sludgetrack.schemas.base import WireSchema
from sludgetrack.schemas.changes import ChangeLineSchema
from sludgetrack.schemas.fields import EventId, Instant, LegalDay, PersonId, Whole, YesNo, digest_text, short_text
from sludgetrack.schemas.lines import (
    AdditiveLineSchema,
    BatchLineSchema,
    InputLineSchema,
    OutputLineSchema,
    ReadingLineSchema,
    percent,
    tonnes,
)
from sludgetrack.schemas.naming import wire_name

__all__ = ["SCHEMAS", "CommandSchema", "percent", "tonnes", "wire_name"]


def _text_of(name: str, **kwargs: Any) -> fields.String:
    return short_text(BY_NAME[name].max_length, **kwargs)


class CommandSchema(WireSchema):
    """What every command has.

    Fields named in ``Meta.exclude`` stand in the address instead of the body: the command has them empty until they
    are filled in.
    """

    command: ClassVar[type[c.Command]]

    event_id = EventId(required=True)
    occurred_at = Instant()
    based_on = digest_text()
    remark = _text_of("remark")

    @post_load
    def _make(self, data: dict[str, Any], **kwargs: Any) -> c.Command:  # noqa: ARG002 - marshmallow's signature
        return self.command(**self.in_address(), **data)


class IssueManifestSchema(CommandSchema):
    """开具."""

    command = c.IssueManifest
    giver = short_text(60, required=True)
    hauler = short_text(60, required=True)
    destination = short_text(60, required=True)
    route = short_text(8, required=True)
    planned_kg = tonnes("planned_kg", required=True)
    planned_minutes = Whole(validate=validate.Range(1, 10_000))
    batches = fields.List(fields.Nested(BatchLineSchema), validate=validate.Length(max=50))
    external_number = _text_of("external_number")
    contract = _text_of("contract")

    @post_load
    def _make(self, data: dict[str, Any], **kwargs: Any) -> c.Command:  # noqa: ARG002 - marshmallow's signature
        return c.IssueManifest(**{**data, "batches": tuple(data.get("batches", ()))})


class AssignTruckSchema(CommandSchema):
    """派车."""

    command = c.AssignTruck
    plate = _text_of("plate", required=True)
    driver = PersonId()
    hauler = short_text(60)


class LoadTruckSchema(CommandSchema):
    """装运."""

    command = c.LoadTruck
    plate = _text_of("plate", required=True)
    net_out_kg = tonnes("net_out_kg", required=True)
    gross_out_kg = tonnes("gross_out_kg")
    tare_out_kg = tonnes("tare_out_kg")
    moisture_out_bp = percent("moisture_out_bp")
    moisture_method = short_text(40)
    ticket_out = _text_of("ticket_out")
    seal = _text_of("seal")
    driver = PersonId()


class TransferLoadSchema(CommandSchema):
    """转交."""

    command = c.TransferLoad
    place = _text_of("place", required=True)
    plate = _text_of("plate", required=True)
    reason = _text_of("reason", required=True)
    driver = PersonId()


class RedirectLoadSchema(CommandSchema):
    """改运."""

    command = c.RedirectLoad
    destination = short_text(60, required=True)
    route = short_text(8, required=True)
    reason = _text_of("reason", required=True)


class ArriveAtGateSchema(CommandSchema):
    """到厂."""

    command = c.ArriveAtGate
    gross_arrival_kg = tonnes("gross_arrival_kg")


class ReceiveLoadSchema(CommandSchema):
    """接收."""

    command = c.ReceiveLoad
    decision = fields.String(required=True, validate=validate.OneOf(("accepted", "partial", "refused")))
    net_in_kg = tonnes("net_in_kg")
    gross_in_kg = tonnes("gross_in_kg")
    tare_in_kg = tonnes("tare_in_kg")
    moisture_in_bp = percent("moisture_in_bp")
    accepted_kg = tonnes("accepted_kg")
    reason = _text_of("reason")
    ticket_in = _text_of("ticket_in")
    seal_intact = YesNo()
    unload_point = _text_of("unload_point")
    photo = digest_text()


class ReturnLoadSchema(CommandSchema):
    """退运."""

    command = c.ReturnLoad
    returned_kg = tonnes("returned_kg", required=True)
    reason = _text_of("reason", required=True)
    photo = digest_text()


class DeclareLostSchema(CommandSchema):
    """灭失."""

    command = c.DeclareLost
    finding = _text_of("finding", required=True)
    dumped = YesNo()


class VoidManifestSchema(CommandSchema):
    """作废."""

    command = c.VoidManifest
    reason = _text_of("reason", required=True)


class ResolveDisputeSchema(CommandSchema):
    """裁定."""

    command = c.ResolveDispute
    stands = EventId(required=True)
    reason = _text_of("reason", required=True)


class RecordInspectionSchema(CommandSchema):
    """抽查."""

    command = c.RecordInspection
    place = _text_of("place", required=True)
    finding = _text_of("finding", required=True)
    photo = digest_text()


class ProposeCorrectionSchema(CommandSchema):
    """提出更正."""

    command = c.ProposeCorrection
    corrects = EventId(required=True)
    changes = fields.List(fields.Nested(ChangeLineSchema), required=True, validate=validate.Length(1, 50))
    reason = _text_of("reason", required=True)

    @post_load
    def _make(self, data: dict[str, Any], **kwargs: Any) -> c.Command:  # noqa: ARG002 - marshmallow's signature
        return c.ProposeCorrection(**{**data, "changes": tuple(data["changes"])})


class ApproveCorrectionSchema(CommandSchema):
    """同意更正."""

    command = c.ApproveCorrection
    proposal = EventId(required=True)


class RefuseCorrectionSchema(CommandSchema):
    """拒绝更正."""

    command = c.RefuseCorrection
    proposal = EventId(required=True)
    reason = _text_of("reason", required=True)


class WithdrawCorrectionSchema(CommandSchema):
    """撤回更正."""

    command = c.WithdrawCorrection
    proposal = EventId(required=True)
    reason = _text_of("reason", required=True)


class DeclareProductionSchema(CommandSchema):
    """产生."""

    command = c.DeclareProduction
    facility = short_text(60, required=True)
    batch = short_text(60, required=True)
    day = LegalDay(required=True)
    wet_kg = tonnes("wet_kg", required=True)
    moisture_bp = percent("moisture_bp")
    kind = fields.String(
        validate=validate.OneOf(("plant_sludge", "sewer_sludge", "byproduct")), load_default="plant_sludge"
    )
    what = fields.String(validate=validate.OneOf(c.BYPRODUCTS))
    treated_m3 = Whole(validate=validate.Range(0, 100_000_000))
    stabilised_by = short_text(8)


class RecordRunSchema(CommandSchema):
    """处理."""

    command = c.RecordRun
    facility = short_text(60, required=True)
    run = short_text(60, required=True)
    process = short_text(8, required=True)
    day = LegalDay(required=True)
    inputs = fields.List(fields.Nested(InputLineSchema), required=True, validate=validate.Length(1, 200))
    outputs = fields.List(fields.Nested(OutputLineSchema), required=True, validate=validate.Length(1, 200))
    additives = fields.List(fields.Nested(AdditiveLineSchema), validate=validate.Length(max=200))

    @post_load
    def _make(self, data: dict[str, Any], **kwargs: Any) -> c.Command:  # noqa: ARG002 - marshmallow's signature
        lines = {name: tuple(data.get(name, ())) for name in ("inputs", "outputs", "additives")}
        return c.RecordRun(**{**self.in_address(), **data, **lines})


class CountStockSchema(CommandSchema):
    """盘点."""

    command = c.CountStock
    facility = short_text(60, required=True)
    day = LegalDay(required=True)
    wet_kg = tonnes("wet_kg", required=True)
    moisture_bp = percent("moisture_bp", required=True)


class RecordDisposalSchema(CommandSchema):
    """处置."""

    command = c.RecordDisposal
    facility = short_text(60, required=True)
    disposal = short_text(60, required=True)
    lot = short_text(60, required=True)
    route = short_text(8, required=True)
    day = LegalDay(required=True)
    wet_kg = tonnes("wet_kg", required=True)
    moisture_bp = percent("moisture_bp")
    final = YesNo(load_default=False)
    evidence = short_text(400)
    decided_by = short_text(120)


class RecordSampleSchema(CommandSchema):
    """检测."""

    command = c.RecordSample
    facility = short_text(60, required=True)
    report = short_text(40, required=True)
    sample_of = short_text(60, required=True)
    sampled_on = LegalDay(required=True)
    readings = fields.List(fields.Nested(ReadingLineSchema), required=True, validate=validate.Length(min=1, max=60))
    lab = short_text(120)
    file = digest_text()

    @post_load
    def _make(self, data: dict[str, Any], **kwargs: Any) -> c.Command:  # noqa: ARG002 - marshmallow's signature
        return c.RecordSample(**{**self.in_address(), **data, "readings": tuple(data["readings"])})


class TurnAwayTruckSchema(CommandSchema):
    """无联单拒入."""

    command = c.TurnAwayTruck
    facility = short_text(60, required=True)
    plate = _text_of("plate", required=True)
    finding = _text_of("finding")
    photo = digest_text()


class HandOutNumbersSchema(CommandSchema):
    """领用编号."""

    command = c.HandOutNumbers
    facility = short_text(60, required=True)
    count = Whole(required=True, validate=validate.Range(1, 200))
    handed_to = short_text(120, required=True)


SCHEMAS: Mapping[EventType, type[CommandSchema]] = {
    schema.command.event: schema
    for schema in (
        IssueManifestSchema,
        AssignTruckSchema,
        LoadTruckSchema,
        TransferLoadSchema,
        RedirectLoadSchema,
        ArriveAtGateSchema,
        ReceiveLoadSchema,
        ReturnLoadSchema,
        DeclareLostSchema,
        VoidManifestSchema,
        ResolveDisputeSchema,
        RecordInspectionSchema,
        ProposeCorrectionSchema,
        ApproveCorrectionSchema,
        RefuseCorrectionSchema,
        WithdrawCorrectionSchema,
        DeclareProductionSchema,
        RecordRunSchema,
        CountStockSchema,
        RecordSampleSchema,
        RecordDisposalSchema,
        TurnAwayTruckSchema,
        HandOutNumbersSchema,
    )
}
