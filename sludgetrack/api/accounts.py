"""People's own accounts on the wire: who is asking, and access tokens."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from sludgetrack.access.tokens import LONGEST_LIFE, Scope
from sludgetrack.domain.identity import OrganisationKind, Role
from sludgetrack.schemas.answers import instant, list_of, maybe, one_of, text
from sludgetrack.schemas.base import WireSchema
from sludgetrack.schemas.fields import EventId, Whole, short_text

SCOPES = [str(scope) for scope in Scope]


class MeSchema(Schema):
    """Who is asking. ``scopes`` is null for a session, ``csrf_token`` for a token."""

    id = text()
    login = text()
    name = text()
    organisation = text()
    organisation_name = text()
    organisation_kind = one_of(*map(str, OrganisationKind))
    roles = list_of(one_of(*map(str, Role)))
    facilities = list_of(fields.String())
    division = maybe("What an authority watches over")
    scopes = list_of(one_of(*SCOPES), allow_none=True)
    csrf_token = maybe()


class TokenWantedSchema(WireSchema):
    """A token somebody asks for."""

    event_id = EventId(required=True, metadata={"description": "UUIDv7; the token's id"})
    name = short_text(60, required=True)
    scopes = fields.List(
        fields.String(validate=validate.OneOf(SCOPES)), required=True, validate=validate.Length(1, len(SCOPES))
    )
    days = Whole(required=True, validate=validate.Range(1, LONGEST_LIFE.days))


class TokenSchema(Schema):
    """An access token as its owner sees it: never whole but once."""

    id = text()
    name = text()
    prefix = text("How it begins")
    scopes = list_of(one_of(*SCOPES))
    created_at = instant()
    expires_at = instant()
    revoked_at = instant(allow_none=True)


class TokenMadeSchema(TokenSchema):
    """A new token, whole, this once."""

    token = text("What goes into Authorization: Bearer …")


class TokenListSchema(Schema):
    """Somebody's tokens, the newest first."""

    items = list_of(fields.Nested(TokenSchema))
