"""How a route is declared: its address, who may use it, what it takes and answers, all of it in the description too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema

from sludgetrack.api.access import Access, admit
from sludgetrack.api.parsing import MOST_BYTES, BodyParser, OneOf
from sludgetrack.domain.errors import NotFound

View = Callable[..., object]
V = TypeVar("V", bound=View)

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.ARGUMENTS_PARSER = BodyParser()

PARSER = blueprint.ARGUMENTS_PARSER
HANDOFF = (404, 409, 410, 412)
ACT = (404, 409, 412)
READ = (404,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Takes:
    """What a route takes beside its address. ``body`` and ``query`` are read strictly."""

    body: Schema | None = None
    one_of: OneOf | None = None
    variants: tuple[Schema, ...] = ()
    """The schemas of ``one_of``, as described."""
    media: Mapping[str, Any] | None = None
    """Kinds of content that are no JSON, as described."""
    query: Schema | None = None
    headers: Schema | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gives:
    """What a route answers when all is well. ``again``: 200 with the same for a request that was done before.

    ``refusals`` are the statuses of its own refusals; those every route has are added.
    """

    status: int = 200
    schema: Schema | None = None
    description: str = ""
    content_type: str | None = None
    again: bool = False
    unchanged: bool = False
    refusals: tuple[int, ...] = ()
    links: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)


NOTHING_TAKEN = Takes()


def operation(
    method: str, rule: str, *, tag: str, access: Access, gives: Gives, takes: Takes = NOTHING_TAKEN
) -> Callable[[V], V]:
    """Declare a view as the route of ``method`` and ``rule``. Parsed query, headers and body follow, in this order."""

    def declare(view: V) -> V:
        routed = _answering(view, gives)
        routed = _taking(routed, takes)
        routed = _documented(routed, view.__name__, access, takes, gives, method)
        guarded = _guarded(routed, access)
        blueprint.route(rule, methods=[method], tags=[tag], endpoint=view.__name__)(guarded)
        return view

    return declare


def _answering(view: View, gives: Gives) -> View:
    described: dict[str, Any] = {"description": gives.description or HTTPStatus(gives.status).phrase}
    if gives.headers:
        described["headers"] = dict(gives.headers)
    if gives.content_type:
        binary = {"type": "string", "format": "binary"}
        routed = blueprint.response(gives.status, binary, content_type=gives.content_type, **described)(view)
    else:
        routed = blueprint.response(gives.status, gives.schema, **described)(view)
    if gives.again:
        said = {"description": "Done before: the same answer as then", "schema": gives.schema}
        routed = blueprint.alt_response(200, **said)(routed)
    if gives.unchanged:
        routed = blueprint.alt_response(304, description="Unchanged since the version named")(routed)
    if gives.links:
        links = {"links": dict(gives.links)}
        statuses = (gives.status, 200) if gives.again else (gives.status,)
        routed = blueprint.doc(responses=dict.fromkeys(statuses, links))(routed)
    typed: View = routed
    return typed


def _taking(view: View, takes: Takes) -> View:
    """The innermost argument comes first in the call, so that the body is read last and handed over last."""
    routed: View = view
    if takes.body is not None:
        routed = blueprint.arguments(takes.body)(routed)
    if takes.one_of is not None:
        routed = _kept(routed, PARSER.use_args(takes.one_of, location="json")(routed))
        routed = blueprint.doc(requestBody=_body({"application/json": {"schema": {"oneOf": list(takes.variants)}}}))(
            routed
        )
    if takes.media is not None:
        routed = blueprint.doc(requestBody=_body(takes.media))(routed)
    if takes.headers is not None:
        routed = blueprint.arguments(takes.headers, location="headers")(routed)
    if takes.query is not None:
        routed = blueprint.arguments(takes.query, location="query", unknown="raise")(routed)
    return routed


def _body(content: Mapping[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": dict(content)}


def _kept(described: View, wrapped: View) -> View:
    """A wrapped view with the description the inner one has collected."""
    wrapped._apidoc = getattr(described, "_apidoc", {})  # type: ignore[attr-defined]  # noqa: SLF001 - where flask-smorest keeps it
    return wrapped


def _documented(view: View, name: str, access: Access, takes: Takes, gives: Gives, method: str) -> View:
    routed = view
    for status in sorted(_statuses(access, takes, method) | set(gives.refusals)):
        routed = blueprint.alt_response(status, response=HTTPStatus(status).name)(routed)
    described: dict[str, Any] = {"security": _security(access, method), "operationId": name}
    if access.action is not None:
        described["x-action"] = str(access.action)
    typed: View = blueprint.doc(**described)(routed)
    return typed


def _statuses(access: Access, takes: Takes, method: str) -> set[int]:
    statuses = set()
    if access.scope is not None:
        statuses |= {401, 403}
    if takes.body is not None or takes.one_of is not None:
        statuses |= {400, 413, 415, 422}
    if takes.query is not None or method == "POST":
        statuses |= {422}
    return statuses


def _security(access: Access, method: str) -> list[dict[str, list[str]]]:
    if access.scope is None:
        return []
    session: dict[str, list[str]] = {"session": []} if method == "GET" else {"session": [], "csrf": []}
    return [session] if access.in_person else [{"bearer": [str(access.scope)]}, session]


def _guarded(view: View, access: Access) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> object:
        request.max_content_length = MOST_BYTES
        admit(access)
        _refuse_strange_names(kwargs)
        return view(*args, **kwargs)

    guarded.access = access  # type: ignore[attr-defined]  # a function carries what the description reads
    return guarded


def _refuse_strange_names(in_address: Mapping[str, Any]) -> None:
    """No name has control characters: what holds some names nothing, and a database would not even look for it."""
    for value in in_address.values():
        if isinstance(value, str) and not value.isprintable():
            raise NotFound(kind="name", name="")


def with_headers(body: object, status: int, **headers: str) -> tuple[object, int, dict[str, str]]:
    """An answer with headers, named in Python's manner."""
    return body, status, {name.replace("_", "-"): value for name, value in headers.items()}


def not_modified(etag: str) -> Response:
    """304 for somebody who has this version."""
    response = Response(status=304)
    response.set_etag(etag)
    return response
