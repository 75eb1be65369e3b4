"""Bodies of requests: JSON only, read strictly, before a schema sees them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from flask import Request
from marshmallow import Schema, ValidationError
from webargs.core import missing
from webargs.flaskparser import FlaskParser, is_json_request

from sludgetrack.api.problems import Refused

MOST_BYTES = 1024 * 1024
"""No body of figures is larger."""


class BodyParser(FlaskParser):
    """Reads JSON and nothing else; a body of another kind is 415, one that cannot be read 400."""

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002 - webargs' signature
        """The document, or ``missing`` where there is no body."""
        return read(req)


def read(req: Request) -> Any:
    """The JSON document of a request; ``missing`` where it has no body. Raises Refused."""
    if not is_json_request(req):
        if req.content_length or req.content_type or "chunked" in req.headers.get("Transfer-Encoding", ""):
            raise Refused("wrong_media_type", wanted="application/json")
        return missing
    body = req.get_data(cache=True)
    if not body:
        return missing
    try:
        return json.loads(body, parse_constant=_no_constant, object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as error:  # not JSON, not UTF-8, too deep, a number of thousands of digits
        raise Refused("malformed_body") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice would mean one thing to us and another to somebody else."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


class OneOf(Schema):
    """A body that is one of several: ``choose`` tells by the document which schema reads it, or None.

    In the description it stands as ``oneOf`` of them.
    """

    def __init__(self, choose: Callable[[Mapping[str, Any]], Schema | None], otherwise: Mapping[str, str]) -> None:
        super().__init__()
        self._choose = choose
        self._otherwise = dict(otherwise)

    def load(self, data: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - marshmallow's signature
        """What the chosen schema makes of the document. Raises ValidationError."""
        if not isinstance(data, Mapping):
            raise ValidationError({"_schema": ["Invalid input type."]})
        chosen = self._choose(data)
        if chosen is None:
            raise ValidationError({field: [message] for field, message in self._otherwise.items()})
        return chosen.load(data)
