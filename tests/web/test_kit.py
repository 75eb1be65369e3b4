"""The kit renders alone, without the application: every page of templates/kit in both languages."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
import qrcode
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader

from sludgetrack.i18n import CATALOGUES, CHINESE, ENGLISH, HTML_LANG, LOCALES, language_links
from sludgetrack.web.format import Reading, install

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
PAGES = sorted(path.stem for path in (TEMPLATES / "kit").glob("[!_]*.html"))
NOW = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)


@cache
def catalogue(locale: str) -> NullTranslations:
    """The texts of a locale, compiled in memory from the catalogue's source."""
    if locale == CHINESE:
        return NullTranslations()
    binary = io.BytesIO()
    with (CATALOGUES / locale / "LC_MESSAGES" / "messages.po").open("rb") as source:
        write_mo(binary, read_po(source))
    binary.seek(0)
    return Translations(binary)


def sample_qr() -> str:
    """A QR of the address a sheet carries, as one filled path."""
    code = qrcode.QRCode(border=0)
    code.add_data("HTTPS://EXAMPLE.INVALID/M/20254107210010000129/K7M2QX")
    rows = code.get_matrix()
    dots = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return f'<svg viewBox="0 0 {len(rows)} {len(rows)}" shape-rendering="crispEdges"><path d="{dots}"/></svg>'


@cache
def environment(locale: str) -> Environment:
    env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, extensions=["jinja2.ext.i18n"])
    texts = catalogue(locale)
    env.install_gettext_callables(texts.ugettext, texts.ungettext, newstyle=True)  # type: ignore[attr-defined]
    install(env, lambda: Reading(locale=locale, now=NOW))
    env.globals.update(
        url_for=lambda _endpoint, filename: f"/static/{filename}",
        csrf_token=lambda: "token",
        at=lambda **ago: NOW - timedelta(**ago),
        t=lambda chinese, english: chinese if locale == CHINESE else english,
        sample_qr=sample_qr(),
    )
    return env


def render(page: str, locale: str = CHINESE) -> str:
    """One page of the kit as a browser would get it."""
    links = language_links(f"/{page}", {}, locale)
    return environment(locale).get_template(f"kit/{page}.html").render(html_lang=HTML_LANG[locale], languages=links)
