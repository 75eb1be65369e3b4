"""Problems, receipts and everything about manifests and handoffs as it stands on the wire.

Whatever an answer always has is required in its description; what may be unknown is null.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from sludgetrack.domain.events import EventType, Mark, Method
from sludgetrack.domain.manifest import HolderKind, Status
from sludgetrack.schemas.fields import HASH_PATTERN, DryTonnes, Instant, Percent, Tonnes
from sludgetrack.store.offers import OfferState

EVENTS = [str(event) for event in EventType]
NUMBER = {"pattern": "^[0-9]{20}$", "description": "A manifest's number, 20 digits"}


def text(description: str = "", **kwargs: Any) -> fields.String:
    """Text that is always there."""
    metadata = {"description": description} if description else {}
    return fields.String(required=True, metadata=metadata, **kwargs)


def maybe(description: str = "", **kwargs: Any) -> fields.String:
    """Text, or null where it is not known."""
    return text(description, allow_none=True, **kwargs)


def digest(**kwargs: Any) -> fields.String:
    """A SHA-256 digest in hex."""
    return fields.String(required=True, metadata={"pattern": HASH_PATTERN}, **kwargs)


def one_of(*choices: str, **kwargs: Any) -> fields.String:
    """One of some words."""
    return fields.String(required=True, validate=validate.OneOf(choices), **kwargs)


def instant(**kwargs: Any) -> Instant:
    """An instant that is always there."""
    return Instant(required=True, **kwargs)


def yes_no(**kwargs: Any) -> fields.Boolean:
    """Yes or no."""
    return fields.Boolean(required=True, **kwargs)


def count(**kwargs: Any) -> fields.Integer:
    """A whole number that is always there."""
    return fields.Integer(required=True, **kwargs)


def list_of(item: Any, **kwargs: Any) -> fields.List[Any]:
    """A list that is always there, empty or not."""
    return fields.List(item, required=True, **kwargs)


def nested(schema: type[Schema], **kwargs: Any) -> fields.Nested:
    """An object that is always there."""
    return fields.Nested(schema, required=True, **kwargs)


def tonnes(attribute: str, **kwargs: Any) -> Tonnes:
    """A wet mass under its wire name, null where unknown."""
    return Tonnes(attribute=attribute, required=True, allow_none=True, **kwargs)


def signed_tonnes(attribute: str) -> Tonnes:
    """A difference of wet masses, null where unknown."""
    pattern = r"^-?[0-9]{1,6}\.[0-9]{3}$"
    return Tonnes(attribute=attribute, required=True, allow_none=True, metadata={"pattern": pattern})


def percent(attribute: str, **kwargs: Any) -> Percent:
    """A moisture under its wire name, null where unknown."""
    return Percent(attribute=attribute, required=True, allow_none=True, **kwargs)


def dry(attribute: str) -> DryTonnes:
    """Dry solids, null where unknown."""
    return DryTonnes(attribute=attribute, required=True, allow_none=True)


class FieldErrorSchema(Schema):
    """One wrong value: a JSON pointer into the body, or the name of a parameter."""

    pointer = fields.String()
    parameter = fields.String()
    code = text("Stable; what is wrong")
    detail = text("What would be right, in the reader's language")


class ProblemSchema(Schema):
    """A refusal, RFC 9457."""

    type = text("Where this kind of problem is explained: /problems/ and the code")
    title = text()
    status = count()
    detail = text("What is wrong and what would be right, in the reader's language")
    code = text("Stable; the kind of problem")
    errors = fields.List(fields.Nested(FieldErrorSchema))
    facts = fields.Dict(metadata={"description": "What the sentence is made of"})


class ReceiptSchema(Schema):
    """What the writer of an event gets back, the same however often it asks; ``replayed`` from the second time on."""

    event_id = text()
    subject = fields.String(attribute="stream", required=True)
    name = fields.String(
        attribute="stream.name", required=True, metadata={"description": "The manifest's number or the facility's code"}
    )
    seq = count()
    entry_hash = fields.Function(lambda receipt: receipt.entry_hash.hex(), required=True)
    recorded_at = instant()
    log_position = count()
    replayed = yes_no()


def page_of(item: type[Schema]) -> type[Schema]:
    """A part of a list; ``next`` is the ``cursor`` of the following part, null at the end."""
    name = item.__name__.removesuffix("Schema") + "PageSchema"
    members = {"items": list_of(fields.Nested(item)), "next": maybe("The cursor of the next part, null at the end")}
    made = type(name, (Schema,), members)
    made.__doc__ = "A part of a list."
    return made


class ManifestRowSchema(Schema):
    """A manifest in a list. ``overdue`` by its running clock, which ends at ``due_at`` and waits for ``awaiting``."""

    number = fields.String(required=True, metadata=NUMBER)
    external_number = maybe()
    status = one_of(*map(str, Status))
    disputed = yes_no()
    closed = yes_no()
    giver = text("Facility code")
    giver_name = text()
    hauler = text("Hauler code")
    hauler_name = text()
    destination = text("Facility code")
    destination_name = text()
    route = text()
    plate = maybe()
    driver = maybe(attribute="driver_id")
    driver_name = maybe()
    planned_t = tonnes("planned_kg")
    planned_minutes = count(allow_none=True)
    net_out_t = tonnes("net_out_kg")
    moisture_out_pct = percent("moisture_out_bp")
    net_in_t = tonnes("net_in_kg")
    moisture_in_pct = percent("moisture_in_bp")
    accepted_t = tonnes("accepted_kg")
    held_t = tonnes("held_kg")
    returned_t = tonnes("returned_kg")
    issued_at = instant()
    loaded_at = instant(allow_none=True)
    arrived_at = instant(allow_none=True)
    received_at = instant(allow_none=True)
    returned_at = instant(allow_none=True)
    marks = list_of(one_of(*map(str, Mark)))
    grades = list_of(one_of(*map(str, Method)))
    awaiting = maybe(attribute="deadline.stage", dump_default=None)
    due_at = instant(attribute="deadline.due_at", allow_none=True, dump_default=None)
    overdue = yes_no()


ManifestPageSchema = page_of(ManifestRowSchema)


class HeldSchema(Schema):
    """A part of the load and who holds it."""

    mass_t = tonnes("kg")
    holder = one_of(*map(str, HolderKind))
    id = maybe("Facility code or person id")
    name = maybe()


class WeighingSchema(Schema):
    """A weighing of the load."""

    at = instant()
    net_t = tonnes("net_kg")
    gross_t = tonnes("gross_kg")
    tare_t = tonnes("tare_kg")
    moisture_pct = percent("moisture_bp")
    ticket = maybe()


class DifferenceSchema(Schema):
    """In less out; null where one side is unknown. Moisture in percentage points."""

    net_t = signed_tonnes("net_kg")
    moisture_points = Percent(
        attribute="moisture_bp", required=True, allow_none=True, metadata={"pattern": r"^-?[0-9]{1,3}\.[0-9]{2}$"}
    )
    dry_t = dry("dry_units")


class ManifestSchema(Schema):
    """A manifest as its events say; nothing here changes without a new event.

    What changes by itself (overdue, closed) is in the list, offers and sheets have addresses of their own.
    """

    number = fields.String(required=True, metadata=NUMBER)
    printed = text("The number as printed")
    public_code = text("The six characters printed beside the number")
    address = text("What the sheets' QR holds")
    external_number = maybe()
    status = one_of(*map(str, Status))
    disputed = yes_no()
    disputes = list_of(fields.String(), metadata={"description": "Ids of the contradicting events"})
    giver = text("Facility code")
    giver_name = text()
    hauler = text("Hauler code")
    hauler_name = text()
    destination = text("Facility code")
    destination_name = text()
    route = text()
    plate = maybe()
    driver = maybe("Person id")
    driver_name = maybe()
    planned_t = tonnes("planned_kg")
    planned_minutes = count(allow_none=True)
    out = nested(WeighingSchema, allow_none=True)
    into = nested(WeighingSchema, allow_none=True, data_key="in")
    difference = nested(DifferenceSchema)
    accepted_t = tonnes("accepted_kg")
    held_t = tonnes("held_kg")
    returned_t = tonnes("returned_kg")
    custody = list_of(fields.Nested(HeldSchema))
    seq = count()
    head = digest()
    allowed = list_of(one_of(*EVENTS), metadata={"description": "What the asking person may do now"})


class WordSchema(Schema):
    """One party's word to an event; ``reason`` is why nobody confirmed where the method is none."""

    party = text("Organisation code")
    party_name = text()
    person = maybe()
    method = one_of(*map(str, Method))
    at = instant()
    reason = maybe()


class SheetSchema(Schema):
    """A recorded sheet of an event."""

    id = text()
    event_id = text()
    ordinal = count()
    digest = digest()
    size = count(metadata={"description": "Bytes"})
    recorded_at = instant()


class EventSchema(Schema):
    """An event in a history. ``figures`` under their wire names, masses in tonnes, moisture in percent.

    ``stands`` is false for a claim that contradicts, or that a decision has set aside.
    """

    event_id = text()
    seq = count()
    event = one_of(*EVENTS)
    occurred_at = instant()
    recorded_at = instant()
    party = text("Organisation code")
    party_name = text()
    person = maybe()
    words = list_of(fields.Nested(WordSchema))
    grade = one_of(*map(str, Method), allow_none=True)
    marks = list_of(one_of(*map(str, Mark)))
    figures = fields.Dict(required=True)
    stands = yes_no()
    hash = digest()


class EventListSchema(Schema):
    """A manifest's whole history."""

    items = list_of(fields.Nested(EventSchema))


class SheetOfEventSchema(Schema):
    """An event that leaves a sheet; ``sheet`` is null as long as it is being made."""

    event_id = text()
    event = one_of(*EVENTS)
    ordinal = count()
    sheet = nested(SheetSchema, allow_none=True)


class SheetListSchema(Schema):
    """A manifest's sheets, in order."""

    items = list_of(fields.Nested(SheetOfEventSchema))


class OfferSchema(Schema):
    """Figures offered by one party for the other's word. ``expired`` tells an open offer whose time is over."""

    id = text()
    number = fields.String(required=True, metadata=NUMBER)
    event = one_of(*EVENTS)
    state = one_of(*map(str, OfferState))
    expired = yes_no()
    party = text("The offering organisation")
    party_name = text()
    made_at = instant()
    expires_at = instant()
    tries_left = count()
    decided_at = instant(allow_none=True)
    reason = maybe("Why it was declined")
    figures = fields.Dict(required=True)
    may_confirm = yes_no(metadata={"description": "By the asking person, once they know the code"})


class OfferListSchema(Schema):
    """The offer a manifest waits with, if any."""

    items = list_of(fields.Nested(OfferSchema))


class OfferShownSchema(OfferSchema):
    """An offer as its maker sees it, with what the other party types or scans."""

    code = fields.String(required=True, metadata={"pattern": "^[0-9]{6}$"})
    token = text()
    address = text("What the QR holds")
