"""The pages: server-rendered, Chinese first, working without JavaScript where a form can."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import get_locale

from sludgetrack.i18n import CHINESE
from sludgetrack.web import (
    account,
    admin,
    correcting,
    dispatch,
    driver,
    errors,
    handing,
    home,
    labs,
    ledgers,
    manifests,
    navigation,
    offers,
    own_pictures,
    paper,
    photos,
    plant,
    public,
    regulator,
    settling,
    signing_in,
    site,
)
from sludgetrack.web.format import Reading, install
from sludgetrack.web.runtime import runtime


def init(app: Flask) -> None:
    """Register every page, the filters they use, and what each template needs to know."""
    install(app.jinja_env, _reading)
    navigation.init(app)
    errors.init(app)
    for blueprint in (home.blueprint, signing_in.blueprint, account.blueprint, admin.blueprint):
        app.register_blueprint(blueprint)
    correcting.init(app)
    for pages in (public, offers, driver, site, photos, correcting):
        app.register_blueprint(pages.blueprint)
    for desk in (plant, handing, settling, manifests, dispatch, paper, regulator, ledgers, labs, own_pictures):
        app.register_blueprint(desk.blueprint)


def _reading() -> Reading:
    """Who reads this page, and when."""
    parts = runtime()
    zone = ZoneInfo(str(parts.settings.time_zone))
    return Reading(str(get_locale() or CHINESE), parts.now(), zone)
