"""Corrections and period locks as they stand on the wire."""

from __future__ import annotations

from marshmallow import Schema, fields

from sludgetrack.domain.correcting import CORRECTABLE, Outcome
from sludgetrack.domain.events import StreamKind
from sludgetrack.domain.mass import Account
from sludgetrack.schemas.answers import EVENTS, instant, list_of, maybe, one_of, text, yes_no
from sludgetrack.schemas.fields import DryTonnes, LegalDay

MONTH = {"pattern": "^[0-9]{4}-[0-9]{2}$"}


class ChangedSchema(Schema):
    """A figure by its name on the wire, as it stood and as it should stand; null where nothing is stated."""

    field = text()
    old = fields.Raw(required=True, allow_none=True)
    value = fields.Raw(required=True, allow_none=True)


class SaidSchema(Schema):
    """One party's word about a correction."""

    event = one_of(*EVENTS)
    event_id = text()
    party = text("Organisation code")
    party_name = text()
    person = maybe()
    at = instant()
    reason = maybe()


class CorrectionMovedSchema(Schema):
    """What a correction moved in the book, by the month it counts in; tonnes of origin dry solids, signed."""

    month = fields.String(required=True, metadata=MONTH)
    account = one_of(*map(str, Account))
    compliant = yes_no(allow_none=True)
    dry_t = DryTonnes(attribute="units", required=True)


class CorrectionSchema(Schema):
    """A proposed correction and what became of it."""

    id = text("The event by which it was proposed")
    subject = one_of(*map(str, StreamKind), metadata={"description": "Whose history the corrected event is in"})
    name = text("The manifest's number or the facility's code")
    corrects = text("The corrected event")
    of = one_of(*map(str, CORRECTABLE))
    changes = list_of(fields.Nested(ChangedSchema))
    reason = text()
    outcome = one_of(*map(str, Outcome))
    said = list_of(fields.Nested(SaidSchema), metadata={"description": "Everybody's word, the proposer's first"})
    waits_for = list_of(fields.String(), metadata={"description": "Codes of organisations that have not answered"})
    waits_for_authority = yes_no(metadata={"description": "After a period lock an authority approves as well"})
    closed_through = LegalDay(required=True, allow_none=True)
    effect = maybe("The event by which it took effect")
    moved = list_of(fields.Nested(CorrectionMovedSchema))
    may_answer = yes_no(metadata={"description": "By the asking person"})
    may_withdraw = yes_no(metadata={"description": "By the asking person"})


class CorrectionListSchema(Schema):
    """Corrections, the oldest first."""

    items = list_of(fields.Nested(CorrectionSchema))


class PeriodLockSchema(Schema):
    """A month closed for a division and everything under it, with all months before it."""

    event_id = text()
    division = text()
    month = fields.String(required=True, metadata=MONTH)
    at = instant()
    organisation = text("The authority's code")


class PeriodsSchema(Schema):
    """How far a division is closed, and the locks that concern it, the newest month first."""

    division = text()
    locked_through = maybe("The last month closed for every plant of the division")
    items = list_of(fields.Nested(PeriodLockSchema))
