"""Every refusal of the API as an RFC 9457 problem, in the reader's language, with each wrong field by JSON pointer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError

from sludgetrack.domain.errors import DomainError, InvalidFigures
from sludgetrack.domain.times import rfc3339
from sludgetrack.i18n import CHINESE, HTML_LANG
from sludgetrack.problems import N_, PROBLEMS, Problem, problem_of, sentence
from sludgetrack.schemas.commands import wire_name
from sludgetrack.telemetry import REQUEST_FAILED, log
from sludgetrack.words import code_words

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"
TYPES = "/problems/"
"""Under this address every kind of problem is explained; ``type`` is this and the code."""

OWN: Mapping[str, Problem] = {
    "unauthenticated": Problem(401, N_("没有登录"), N_("请先登录，或者带上有效的访问令牌。")),
    "scope_missing": Problem(403, N_("令牌范围不够"), N_("这个访问令牌不能做这一步，需要的范围：{scope}。")),
    "csrf_failed": Problem(
        403, N_("缺少防伪标记"), N_("用会话登录时，写入须带 X-CSRFToken 请求头，取自 GET /api/v1/me。")
    ),
    "session_needed": Problem(403, N_("须本人登录"), N_("这一步要本人登录后做，不能用访问令牌。")),
    "malformed_body": Problem(400, N_("内容无法读取"), N_("请求的内容不是正确的 JSON。")),
    "bad_request": Problem(400, N_("请求有误"), N_("服务器看不懂这个请求。")),
    "unknown_address": Problem(404, N_("没有这个地址"), N_("没有这个地址，或者您看不到它。")),
    "method_not_allowed": Problem(405, N_("不支持这种方法"), N_("这个地址不支持 {method}。")),
    "too_large": Problem(413, N_("内容太大"), N_("请求的内容太大。")),
    "wrong_media_type": Problem(415, N_("内容类型不对"), N_("请求的内容须为 {wanted}。")),
    "invalid_request": Problem(422, N_("填写有误"), N_("有 {count} 处需要改正。")),
    "precondition_failed": Problem(412, N_("联单已有变化"), N_("您看到之后又有了新的记录，请重新读取后再做。")),
    "broken": Problem(500, N_("系统出错了"), N_("没有写入任何内容。请再试一次；仍不行请联系管理员。")),
    "unavailable": Problem(503, N_("暂时不可用"), N_("没有写入任何内容。请稍后再试。")),
}
"""What the API refuses beside the domain's refusals."""

BY_STATUS = {
    400: "bad_request",
    401: "unauthenticated",
    404: "unknown_address",
    405: "method_not_allowed",
    413: "too_large",
    415: "wrong_media_type",
    500: "broken",
    503: "unavailable",
}
RETRY_SECONDS = 5

FieldError = dict[str, str]


class Refused(Exception):
    """A refusal of the API itself. ``facts`` fill the sentence, ``headers`` go with the answer."""

    def __init__(self, code: str, *, headers: Mapping[str, str] | None = None, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.headers = dict(headers or {})
        self.facts = facts


_PLAIN: tuple[tuple[str, str, str], ...] = (
    (r"Missing data for required field\.|Field may not be null\.", "field_missing", N_("这一项必须填写。")),
    (r"Unknown field\.", "unknown_field", N_("没有这一项。")),
    (r"Not a valid integer\.", "wrong_type", N_("应为整数，不带小数和单位。")),
    (r"Not a valid boolean\.", "wrong_type", N_("应为 true 或 false。")),
    (r"Not a valid (string|list)\.|Invalid input type\.", "wrong_type", N_("类型不对。")),
    (r"Must be one of: (?P<wanted>.*)\.", "not_a_choice", N_("应为以下之一：%(wanted)s。")),
    (r"Longer than maximum length (?P<n>\d+)\.", "wrong_length", N_("太长了，最多 %(n)s 个。")),
    (r"Shorter than minimum length (?P<n>\d+)\.", "wrong_length", N_("太短了，至少 %(n)s 个。")),
    (r"Length must be between (?P<low>\d+) and (?P<n>\d+)\.", "wrong_length", N_("长度应在 %(low)s 到 %(n)s 之间。")),
    (
        r"Must be greater than or equal to (?P<low>\d+) and less than or equal to (?P<high>\d+)\.",
        "out_of_range",
        N_("应在 %(low)s 到 %(high)s 之间。"),
    ),
)
"""What the schemas' own messages become: code and sentence. Other messages are texts of the catalogue already."""


def init(app: Flask) -> None:
    """Answer every error under the API's addresses as a problem; what others registered stays for their pages."""
    for handlers in list(app.error_handler_spec[None].values()):
        for kind, pages in list(handlers.items()):
            handlers[kind] = _for_api_or(pages)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _for_api_or(lambda error: error))
    app.after_request(_never_html)


def answer(
    code: str,
    problem: Problem,
    detail: str,
    *,
    errors: Iterable[FieldError] = (),
    facts: Mapping[str, Any] | None = None,
) -> Response:
    """A problem as a response. ``facts`` are what the sentence was made of, for programs."""
    document: dict[str, Any] = {
        "type": TYPES + code,
        "title": _(problem.title),
        "status": problem.status,
        "detail": detail,
        "code": code,
    }
    found = list(errors)
    if found:
        document["errors"] = found
    if facts:
        document["facts"] = {key: _plain(value) for key, value in facts.items()}
    response = Response(json.dumps(document, ensure_ascii=False), problem.status, mimetype=MEDIA_TYPE)
    response.headers["Content-Language"] = HTML_LANG[str(get_locale() or CHINESE)]
    return response


def refusal(error: DomainError, *, status: int | None = None) -> Response:
    """The problem of a domain's refusal; ``status`` where it is another than usual."""
    problem = problem_of(error)
    if status is not None:
        problem = Problem(status, problem.title, problem.detail)
    response = answer(
        error.code, problem, sentence(error, _, code_words()), errors=_errors_of(error), facts=error.facts
    )
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="sludgetrack"'
    return response


def _errors_of(error: DomainError) -> list[FieldError]:
    if isinstance(error, InvalidFigures):
        return [found for each in error.problems for found in _errors_of(each)]
    if error.field is None:
        return []
    place = _place("json" if request.method == "POST" else "query", wire_name(error.field).split("/"))
    return [{**place, "code": error.code, "detail": sentence(error, _, code_words())}]


def _place(location: str, path: Iterable[object]) -> FieldError:
    """Where a wrong value stands: a JSON pointer into the body, or a parameter's name."""
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in path]
    if location == "json":
        return {"pointer": "".join(f"/{step}" for step in steps)}
    return {"parameter": steps[0] if steps else location}


def invalid(messages: Mapping[str, Any]) -> Response:
    """The problem of a body or parameters that a schema refused: ``messages`` by location, then by field."""
    errors = [
        {**_place(location, path), **_worded(text)}
        for location, found in messages.items()
        for path, text in _flattened(found, ())
    ]
    problem = OWN["invalid_request"]
    return answer("invalid_request", problem, _(problem.detail).format(count=len(errors)), errors=errors)


def _flattened(found: object, path: tuple[object, ...]) -> Iterable[tuple[tuple[object, ...], str]]:
    if isinstance(found, Mapping):
        for key, value in found.items():
            yield from _flattened(value, path if key == "_schema" else (*path, key))
    elif isinstance(found, (list, tuple)):
        for value in found:
            yield from _flattened(value, path)
    else:
        yield path, str(found)


def _worded(message: str) -> dict[str, str]:
    for pattern, code, text in _PLAIN:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return {"code": code, "detail": _(text, **found.groupdict())}
    return {"code": "wrong_format", "detail": _(message)}


def _for_api_or(pages: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def handle(error: Exception) -> Any:
        return _answered(error) if request.path.startswith(PREFIX) else current_app.ensure_sync(pages)(error)

    return handle


def _answered(error: Exception) -> ResponseReturnValue:
    if isinstance(error, DomainError):
        return refusal(error)
    if isinstance(error, CSRFError):
        return own("csrf_failed")
    if isinstance(error, HTTPException):
        return _http(error)
    raise error


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response  # somebody answered already
    messages = getattr(error, "data", {}).get("messages")
    if error.code == 422 and messages:
        return invalid(messages)
    if isinstance(error, InternalServerError):
        return _failed(error)
    response = own(BY_STATUS.get(error.code or 500, "bad_request"), method=request.method, wanted="application/json")
    response.status_code = error.code or 500
    for name, value in error.get_headers(request.environ):
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def _failed(error: InternalServerError) -> Response:
    cause = error.original_exception
    log().error(REQUEST_FAILED, path=request.path, error=type(cause or error).__name__)
    if not isinstance(cause, (OperationalError, PoolTimeout)):
        return own("broken")
    response = own("unavailable")
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def own(code: str, **facts: str) -> Response:
    """One of the API's own problems."""
    problem = OWN[code]
    return answer(code, problem, _(problem.detail).format_map(facts))


def _refused(error: Refused) -> Response:
    response = own(error.code, **error.facts)
    response.headers.update(error.headers)
    return response


def _never_html(response: Response) -> Response:
    """Redirects and empty answers of the framework name HTML as their kind: under the API nothing is."""
    if request.path.startswith(PREFIX) and response.mimetype == "text/html":
        response.set_data(b"")
        del response.headers["Content-Type"]
    return response


def _plain(value: object) -> object:
    """A fact as JSON; kilograms stay kilograms, since their name says so."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)


def all_problems() -> dict[str, Problem]:
    """Every kind of problem the API answers, by code."""
    return {**PROBLEMS, **OWN}
