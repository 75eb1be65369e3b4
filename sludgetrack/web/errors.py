"""What a person sees when something cannot be done: a page with a way on, never a trace."""

from __future__ import annotations

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from sludgetrack.domain.errors import DomainError
from sludgetrack.problems import problem_of, sentence
from sludgetrack.telemetry import REQUEST_FAILED, log
from sludgetrack.web.words import code_words


def init(app: Flask) -> None:
    """Answer refusals and errors of pages; the API answers its own."""
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(404, _missing)
    app.register_error_handler(405, _missing)
    app.register_error_handler(413, _too_large)
    app.register_error_handler(500, _broken)


def _refused(error: DomainError) -> ResponseReturnValue:
    problem = problem_of(error)
    page = render_template("errors/refused.html", title=_(problem.title), detail=sentence(error, _, code_words()))
    return page, problem.status


def _stale_form(error: CSRFError) -> ResponseReturnValue:  # noqa: ARG001 - Flask's signature
    return render_template(
        "errors/refused.html", title=_("页面已过期"), detail=_("页面开得太久了，请返回刷新后再提交。")
    ), 400


def _missing(error: HTTPException) -> ResponseReturnValue:
    return render_template(
        "errors/refused.html", title=_("没有这个页面"), detail=_("地址可能写错了，或者内容已移走。")
    ), error.code or 404


def _too_large(error: HTTPException) -> ResponseReturnValue:  # noqa: ARG001 - Flask's signature
    return render_template("errors/refused.html", title=_("文件太大"), detail=_("每次最多上传 12 MB。")), 413


def _broken(error: HTTPException) -> ResponseReturnValue:
    cause = getattr(error, "original_exception", None)
    log().error(REQUEST_FAILED, path=request.path, error=type(cause or error).__name__)
    return render_template(
        "errors/refused.html", title=_("系统出错了"), detail=_("没有写入任何内容。请再试一次；仍不行请联系管理员。")
    ), 500
