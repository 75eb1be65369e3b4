"""What anyone may see of a manifest or a disposal, without signing in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields

from sludgetrack.api.access import Access
from sludgetrack.api.parts import parts, run
from sludgetrack.api.routing import READ, Gives, operation
from sludgetrack.domain.manifest import Status
from sludgetrack.domain.quantities import EIGHTY_PERCENT_FACTOR
from sludgetrack.schemas.answers import (
    EVENTS,
    NUMBER,
    WeighingSchema,
    count,
    digest,
    dry,
    instant,
    list_of,
    maybe,
    nested,
    one_of,
    percent,
    text,
    tonnes,
    yes_no,
)
from sludgetrack.schemas.fields import HASH_PATTERN, LegalDay
from sludgetrack.schemas.registry_answers import ReasonSchema
from sludgetrack.services.reading import public
from sludgetrack.services.reading.public import Check, Flaw, PublicView
from sludgetrack.services.reading.public_disposal import PublicDisposal, public_disposal

TAG = "Public"
ANYONE = Access(None)


class PublicSheetSchema(Schema):
    """A sheet by the digest of its file, null as long as it is being made.

    A correction leaves a new edition of its event's sheet; what was printed before stays, and is not the newest.
    """

    event = one_of(*EVENTS)
    occurred_at = instant()
    digest = fields.String(required=True, allow_none=True, metadata={"pattern": HASH_PATTERN})
    edition = count()
    newest = yes_no()


class CheckSchema(Schema):
    """What was found when the record was checked just now, and the log's head at that moment."""

    intact = yes_no()
    flaws = list_of(one_of(*map(str, Flaw)))
    entries = count()
    sheets = count()
    unread = count(metadata={"description": "Sheets whose file could not be read just now"})
    log_size = count()
    log_root = digest()


class PublicContentsSchema(Schema):
    """What the six characters open. No names of people, no phones, no plates."""

    giver = text("The plant's name")
    hauler = text("The hauler's name")
    destination = text("The site's name")
    route = text()
    issued_at = instant()
    out = nested(WeighingSchema, allow_none=True)
    into = nested(WeighingSchema, allow_none=True, data_key="in")
    accepted_t = tonnes("accepted_kg")
    held_t = tonnes("held_kg")
    returned_t = tonnes("returned_kg")
    sheets = list_of(fields.Nested(PublicSheetSchema))
    check = nested(CheckSchema)


class PublicSchema(Schema):
    """A manifest as anyone sees it; ``contents`` is null without the right six characters."""

    number = fields.String(required=True, metadata=NUMBER)
    status = one_of(*map(str, Status))
    disputed = yes_no()
    closed = yes_no()
    contents = nested(PublicContentsSchema, allow_none=True)


class PublicSourceSchema(Schema):
    """A manifest that a disposal draws on; its number alone opens its state only."""

    number = fields.String(required=True, metadata=NUMBER)
    producer = maybe("The producing plant's name")
    received_on = LegalDay(required=True, allow_none=True)
    origin_t = dry("origin_units")


class PublicDisposalSchema(Schema):
    """A disposal as its sheet's holder sees it. No names of people, no proof, no remarks.

    ``moisture_pct`` is the lot's where ``measured`` is false. ``log_position`` is null where the event's leaf is gone.
    """

    disposal = text()
    site = text("The site's name")
    route = text()
    day = LegalDay(required=True)
    wet_t = tonnes("wet_kg")
    moisture_pct = percent("moisture_bp")
    measured = yes_no()
    dry_t = dry("dry_units")
    t80_t = dry("t80_units")
    final = yes_no()
    compliant = yes_no()
    reasons = list_of(fields.Nested(ReasonSchema))
    sources = list_of(fields.Nested(PublicSourceSchema))
    recorded_at = instant()
    log_position = count(allow_none=True)
    digest = fields.String(required=True, allow_none=True, metadata={"pattern": HASH_PATTERN})
    sheets = list_of(fields.Nested(PublicSheetSchema))
    check = nested(CheckSchema)


_GIVES = Gives(schema=PublicSchema(), refusals=(*READ, 422))


@operation("GET", "/public/manifests/<number:number>", tag=TAG, access=ANYONE, gives=_GIVES)
def read_public(number: str) -> dict[str, Any]:
    """A manifest's state, for anyone"""
    return _view(number, None)


@operation("GET", "/public/manifests/<number:number>/<public_code:public_code>", tag=TAG, access=ANYONE, gives=_GIVES)
def read_public_contents(number: str, public_code: str) -> dict[str, Any]:
    """A manifest for whoever has its sheet in hand

    Wrong characters are answered like none.
    """
    return _view(number, public_code)


@operation(
    "GET",
    "/public/disposals/<disposal:disposal>/<public_code:public_code>",
    tag=TAG,
    access=ANYONE,
    gives=Gives(schema=PublicDisposalSchema(), refusals=READ),
)
def read_public_disposal(disposal: str, public_code: str) -> dict[str, Any]:
    """A disposal for whoever has its sheet in hand

    Wrong characters are answered like an unknown disposal.
    """
    blobs = parts().blobs
    return _disposal(run(lambda connection: public_disposal(connection, blobs, disposal, public_code)))


def _view(number: str, code: str | None) -> dict[str, Any]:
    blobs = parts().blobs
    return _document(run(lambda connection: public.public_view(connection, blobs, number, code)))


_OF_CONTENTS = ("giver", "hauler", "destination", "route", "issued_at", "accepted_kg", "held_kg", "sheets")


def _document(seen: PublicView) -> dict[str, Any]:
    contents = None
    if seen.contents is not None:
        found = seen.contents
        receipt, returned = found.receipt, found.returned
        contents = {
            **_slots(found, _OF_CONTENTS),
            "out": found.loaded,
            "into": receipt.weighing if receipt and receipt.weighed else None,
            "returned_kg": returned.net_kg if returned else None,
            "check": _check(found.check),
        }
    return {**_slots(seen, ("number", "status", "disputed", "closed")), "contents": contents}


def _check(found: Check) -> dict[str, Any]:
    return {
        **_slots(found, ("intact", "entries", "sheets", "unread")),
        "flaws": sorted(found.flaws),
        "log_size": found.head.size,
        "log_root": found.head.root.hex(),
    }


def _disposal(seen: PublicDisposal) -> dict[str, Any]:
    return {
        **_slots(seen, [name for name in seen.__slots__ if name not in ("position", "check")]),
        "t80_units": seen.dry_units * EIGHTY_PERCENT_FACTOR,
        "log_position": seen.position,
        "check": _check(seen.check),
    }


def _slots(found: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(found, name) for name in names}
