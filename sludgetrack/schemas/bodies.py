"""Bodies that only the API takes: acts whose facility stands in the address, handoffs by event, words to an offer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, fields, post_load, validate

from sludgetrack.domain.commands import Command
from sludgetrack.domain.events import EventType
from sludgetrack.schemas import commands as s
from sludgetrack.schemas.base import WireSchema
from sludgetrack.schemas.commands import SCHEMAS, CommandSchema
from sludgetrack.schemas.fields import short_text

HANDOFF_EVENTS = (EventType.LOADED, EventType.TRANSFERRED, EventType.RECEIVED, EventType.RETURNED)
OFFERED_EVENTS = (*HANDOFF_EVENTS, EventType.RESOLVED)
"""What one party offers and another confirms: the handoffs, and which of contradicting claims stands."""


class _AtFacility:
    """The facility stands in the address."""

    exclude = ("facility",)
    unknown = RAISE


class BatchSchema(s.DeclareProductionSchema):
    """产生: a batch of sludge pressed on a legal day. Missing moisture is estimated and marked so."""

    class Meta(_AtFacility):
        """The facility stands in the address."""


class RunSchema(s.RecordRunSchema):
    """处理: lots of the facility become other lots there; never disposal."""

    class Meta(_AtFacility):
        """The facility stands in the address."""


class CountSchema(s.CountStockSchema):
    """盘点: all that lies at the facility was measured at the end of a legal day."""

    class Meta(_AtFacility):
        """The facility stands in the address."""


class DisposalSchema(s.RecordDisposalSchema):
    """处置: the final act on a lot."""

    class Meta(_AtFacility):
        """The facility stands in the address."""


class SampleSchema(s.RecordSampleSchema):
    """检测: a lab report. Its name is its own; values are decimal text, each parameter stands once."""

    class Meta(_AtFacility):
        """The facility stands in the address."""


class TurnedAwaySchema(s.TurnAwayTruckSchema):
    """无联单拒入: a truck without a manifest was turned away at the gate."""

    class Meta(_AtFacility):
        """The facility stands in the address."""


class NumberBlockSchema(s.HandOutNumbersSchema):
    """领用编号: a block of numbers for pre-printed paper sheets."""

    class Meta(_AtFacility):
        """The facility stands in the address."""


class _OfCorrection:
    """The proposal stands in the address."""

    exclude = ("proposal",)
    unknown = RAISE


class CorrectionApprovalSchema(s.ApproveCorrectionSchema):
    """同意更正: another party agrees; the last one makes it take effect."""

    class Meta(_OfCorrection):
        """The proposal stands in the address."""


class CorrectionRefusalSchema(s.RefuseCorrectionSchema):
    """拒绝更正: another party does not agree."""

    class Meta(_OfCorrection):
        """The proposal stands in the address."""


class CorrectionWithdrawalSchema(s.WithdrawCorrectionSchema):
    """撤回更正: whoever proposed takes it back."""

    class Meta(_OfCorrection):
        """The proposal stands in the address."""


def _offered(event: EventType) -> CommandSchema:
    """The schema of figures offered for a second party's word; ``event`` tells for what."""
    base = SCHEMAS[event]

    @post_load
    def make(self: CommandSchema, data: dict[str, Any], **kwargs: Any) -> Command:  # noqa: ARG001 - as marshmallow calls
        return self.command(**{name: value for name, value in data.items() if name != "event"})

    members = {"event": _event(event), "_make": make, "__doc__": base.__doc__}
    made: CommandSchema = type(f"{event.title()}OfferSchema", (base,), members)(strict=True)
    return made


def _unconfirmed(event: EventType) -> CommandSchema:
    """The schema of a handoff nobody could confirm: its figures, and why."""
    base = SCHEMAS[event]
    apart = ("event", "unconfirmed_reason")

    @post_load
    def make(self: CommandSchema, data: dict[str, Any], **kwargs: Any) -> tuple[Command, str]:  # noqa: ARG001 - marshmallow's
        figures = {name: value for name, value in data.items() if name not in apart}
        return self.command(**figures), data["unconfirmed_reason"]

    why = short_text(400, required=True, metadata={"description": "Why nobody could confirm"})
    members = {"event": _event(event), "unconfirmed_reason": why, "_make": make, "__doc__": base.__doc__}
    made: CommandSchema = type(f"{event.title()}UnconfirmedSchema", (base,), members)(strict=True)
    return made


def _event(event: EventType) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf((str(event),)))


OFFERS: Mapping[str, CommandSchema] = {str(event): _offered(event) for event in OFFERED_EVENTS}
UNCONFIRMED: Mapping[str, CommandSchema] = {str(event): _unconfirmed(event) for event in HANDOFF_EVENTS}


class ByCodeSchema(WireSchema):
    """The six digits typed."""

    code = fields.String(
        required=True, validate=validate.Regexp(r"[0-9]{6}\Z"), metadata={"pattern": "^[0-9]{6}$", "minLength": 6}
    )

    @post_load
    def _make(self, data: dict[str, str], **kwargs: Any) -> str:  # noqa: ARG002 - marshmallow's signature
        return data["code"]


class ByTokenSchema(WireSchema):
    """The token scanned: the last part of the QR's address."""

    token = fields.String(
        required=True,
        validate=validate.Regexp(r"[0-9A-Fa-f]{32}-[0-9A-Fa-f]{20}\Z"),
        metadata={"pattern": "^[0-9A-Fa-f]{32}-[0-9A-Fa-f]{20}$"},
    )

    @post_load
    def _make(self, data: dict[str, str], **kwargs: Any) -> str:  # noqa: ARG002 - marshmallow's signature
        return data["token"]


class RefusalSchema(WireSchema):
    """Why somebody does not agree with the figures."""

    reason = short_text(120, required=True)


class SignInSchema(WireSchema):
    """Login and password."""

    login = short_text(60, required=True)
    password = short_text(200, required=True)


class PasswordSchema(WireSchema):
    """One's present password and the one wanted."""

    current = short_text(200, required=True)
    password = short_text(200, required=True)
