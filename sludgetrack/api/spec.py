"""The description of the API: OpenAPI 3.1, made from the same schemas that read and write."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Flask
from flask_smorest import Api
from flask_wtf import CSRFProtect
from werkzeug.routing import BaseConverter, ValidationError

from sludgetrack import __version__
from sludgetrack.access.tokens import PREFIX, Scope
from sludgetrack.api import problems
from sludgetrack.api.routing import blueprint
from sludgetrack.schemas import answers
from sludgetrack.schemas.fields import DryTonnes, EventId, Instant, LegalDay, Percent, PersonId, Tonnes, Whole, YesNo

DESCRIPTION = """\
The manifest that follows sewage sludge from plant to disposal, for the programs of plants, haulers, disposal sites and
authorities.

* Masses are decimal text in tonnes, moisture decimal text in percent, instants RFC 3339 in UTC.
* Whatever is recorded carries an `event_id`, a UUIDv7 of its writer. The same request again gets the same receipt, with
  200 instead of 201; another request under the same id is a conflict.
* `based_on` in a body, or `If-Match` with a manifest's ETag, refuses what was decided on an older state.
* What somebody may not see does not exist for them: unknown and foreign ids are answered alike.
* Every error is an RFC 9457 problem, in Chinese or English by `Accept-Language`.
"""

TAGS = (
    ("Session", "Who is asking, signing in and out, access tokens"),
    ("Manifests", "Manifests, their history and sheets, and what one party does to them alone"),
    ("Handoffs", "Figures offered by one party and confirmed by the other"),
    ("Facilities", "Stock, production, disposal, trucks turned away, numbers handed out"),
    ("Reports", "Rates, the balance of mass, and ledgers"),
    ("Registers", "People, vehicles, permits, facilities and organisations"),
    ("Public", "What anyone may see of a manifest or a disposal"),
)


class ManifestNumber(BaseConverter):
    """The 20 digits of a manifest's number; whether its check digit is right is told by the answer."""

    regex = "[0-9]{20}"


class Code(BaseConverter):
    """A code of the registers, or a plate."""

    regex = "[^/]{1,60}"


class Uuid(BaseConverter):
    """An id as it is written here: small letters, with hyphens."""

    regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class Digest(BaseConverter):
    """A SHA-256 digest in hex."""

    regex = "[0-9a-f]{64}"


class PublicCode(BaseConverter):
    """The six characters printed beside a number, in either case."""

    regex = "[0-9A-Za-z]{6}"


class DisposalName(BaseConverter):
    """A disposal's name, which may have slashes in it."""

    part_isolating = False
    regex = ".{1,60}"


class Ordinal(BaseConverter):
    """Which one, from 1 on."""

    regex = "[1-9][0-9]{0,2}"

    def to_python(self, value: str) -> int:
        """The number."""
        if not value.isascii():
            raise ValidationError
        return int(value)


def _text(pattern: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{pattern}$", **more}


CONVERTERS: dict[str, tuple[type[BaseConverter], dict[str, Any]]] = {
    "number": (ManifestNumber, _text(ManifestNumber.regex)),
    "code": (Code, _text("[^/\\x00-\\x1f\\x7f-\\x9f]{1,60}", minLength=1, maxLength=60)),
    "id": (Uuid, _text(Uuid.regex)),
    "digest": (Digest, _text(Digest.regex)),
    "disposal": (DisposalName, _text("[^\\x00-\\x1f\\x7f-\\x9f]{1,60}", minLength=1, maxLength=60)),
    "public_code": (PublicCode, _text(PublicCode.regex)),
    "ordinal": (Ordinal, {"type": "integer", "minimum": 1, "maximum": 999}),
}


class Description(Api):  # type: ignore[misc]  # flask-smorest has no types
    """The description; errors are answered by ``problems``, and described as what those answer."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """None here: this would answer for the pages too."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            content = {problems.MEDIA_TYPE: {"schema": answers.ProblemSchema}}
            response: dict[str, Any] = {"description": status.phrase}
            if status >= HTTPStatus.BAD_REQUEST:
                response["content"] = content
            self.spec.components.response(status.name, response, lazy=True)


def init(app: Flask, csrf: CSRFProtect) -> None:
    """Register every route and serve the description."""
    for name, (converter, _) in CONVERTERS.items():
        app.url_map.converters[name] = converter
    app.config.update(
        API_TITLE="sludgetrack",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"info": {"description": DESCRIPTION}, "servers": [{"url": "/"}], "tags": _tags()},
    )
    description = Description(app)
    for kind in (Tonnes, DryTonnes, Percent, EventId, PersonId):
        description.register_field(kind, "string", None)
    description.register_field(Instant, "string", "date-time")
    description.register_field(LegalDay, "string", "date")
    description.register_field(Whole, "integer", None)
    description.register_field(YesNo, "boolean", None)
    for converter, schema in CONVERTERS.values():
        description.register_converter(converter, lambda _, schema=schema: dict(schema))
    for name, scheme in _security_schemes(app).items():
        description.spec.components.security_scheme(name, scheme)
    description.register_blueprint(blueprint)
    csrf.exempt(blueprint)


def _tags() -> list[dict[str, str]]:
    return [{"name": name, "description": said} for name, said in TAGS]


def _security_schemes(app: Flask) -> dict[str, dict[str, str]]:
    scopes = ", ".join(scope.value for scope in Scope)
    return {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": f"An access token `{PREFIX}…` with an end and scopes ({scopes}); see POST /tokens",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": app.config["SESSION_COOKIE_NAME"],
            "description": "The cookie of a session; see POST /session",
        },
        "csrf": {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRFToken",
            "description": "`csrf_token` of GET /me: with a session, whatever writes has to carry it",
        },
    }
