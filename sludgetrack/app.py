"""The web application: the one place where settings, database, pages and API meet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from flask_wtf import CSRFProtect
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from sludgetrack import api, assets, web
from sludgetrack.i18n import init_i18n
from sludgetrack.settings import Settings
from sludgetrack.store.blobs import open_blobs
from sludgetrack.web import security
from sludgetrack.web.runtime import Runtime

FIELDS_BESIDE_FILES = 2 * 1024 * 1024
"""The most bytes that a form may have beside its largest file."""


def utc_now() -> datetime:
    """The server's time."""
    return datetime.now(UTC)


def create_app(settings: Settings, engine: Engine, *, now: Callable[[], datetime] = utc_now) -> Flask:
    """The application on a migrated database."""
    app = Flask("sludgetrack", template_folder=str(assets.templates_dir()), static_folder=str(assets.static_dir()))
    app.config.update(
        SECRET_KEY=settings.secret_key(),
        SESSION_COOKIE_NAME="__Host-session" if settings.cookie_secure else "session",
        SESSION_COOKIE_SECURE=settings.cookie_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=max(10, settings.report_file_mb) * 1024 * 1024 + FIELDS_BESIDE_FILES,
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's documented way
    blobs = open_blobs(settings.blobs)
    app.extensions["sludgetrack"] = Runtime(settings, engine, blobs, now, settings.secret_key())
    init_i18n(app)
    csrf = CSRFProtect(app)
    security.init(app)
    web.init(app)
    api.init(app, csrf)
    return app
