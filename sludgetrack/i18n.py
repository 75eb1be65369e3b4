"""The language of a page: chosen by the reader, else by the browser, else Chinese.

A text in code or templates is its Chinese wording; the English comes from the catalogue beside this file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, Request, Response, has_request_context, request
from flask_babel import Babel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import LanguageAccept

CHINESE: Final = "zh_Hans_CN"
ENGLISH: Final = "en"
LOCALES: Final = (CHINESE, ENGLISH)
COOKIE: Final = "lang"
ARGUMENT: Final = "lang"
COOKIE_SECONDS: Final = 400 * 24 * 3600
"""The longest life browsers grant a cookie."""

CATALOGUES: Final = Path(__file__).parent / "translations"

HTML_LANG: Final[Mapping[str, str]] = {CHINESE: "zh-CN", ENGLISH: "en"}
OWN_NAME: Final[Mapping[str, str]] = {CHINESE: "中文", ENGLISH: "English"}

_SHORT: Final[Mapping[str, str]] = {"zh": CHINESE, "zh-cn": CHINESE, "zh-hans": CHINESE, "en": ENGLISH}
_PRIMARY: Final[Mapping[str, str]] = {"zh": CHINESE, "en": ENGLISH}


def named(text: str | None) -> str | None:
    """The locale somebody asked for by name (``zh``, ``zh-CN``, ``zh_Hans_CN``, ``en``), or None."""
    if text is None:
        return None
    return text if text in LOCALES else _SHORT.get(text.replace("_", "-").lower())


def choose(asked: str | None, remembered: str | None, accepted: LanguageAccept) -> str:
    """The locale of a page: asked for in its address, else remembered, else preferred by the browser, else Chinese."""
    explicit = named(asked) or named(remembered)
    if explicit is not None:
        return explicit
    # best_match would prefer an exact zh of lower quality to en-GB
    primaries = (language.replace("_", "-").partition("-")[0].lower() for language in accepted.values())
    return next((_PRIMARY[primary] for primary in primaries if primary in _PRIMARY), CHINESE)


def locale_of(req: Request) -> str:
    """The locale of one request."""
    return choose(req.args.get(ARGUMENT), req.cookies.get(COOKIE), req.accept_languages)


def language_links(path: str, args: Mapping[str, list[str]], current: str) -> list[dict[str, object]]:
    """One link per language to this same page: ``href``, ``label`` (its own name), ``lang``, ``current``."""
    kept = {name: values for name, values in args.items() if name != ARGUMENT}
    return [
        {
            "href": f"{quote(path)}?{urlencode({**kept, ARGUMENT: HTML_LANG[locale]}, doseq=True)}",
            "label": OWN_NAME[locale],
            "lang": HTML_LANG[locale],
            "current": locale == current,
        }
        for locale in LOCALES
    ]


def page_language() -> dict[str, object]:
    """What every template needs to know of the language: ``html_lang`` and ``languages`` (the links to switch)."""
    if not has_request_context():
        return {"html_lang": HTML_LANG[CHINESE], "languages": []}
    locale = locale_of(request)
    links = language_links(request.path, request.args.to_dict(flat=False), locale)
    return {"html_lang": HTML_LANG[locale], "languages": links}


def init_i18n(app: Flask) -> Babel:
    """Set Flask-Babel up for an application: catalogues, locale choice, template variables, the remembering cookie."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGUES)
    babel = Babel(
        app, default_locale=CHINESE, default_timezone="Asia/Shanghai", locale_selector=lambda: locale_of(request)
    )
    app.context_processor(page_language)
    app.after_request(_remember)
    return babel


def compile_catalogues() -> list[Path]:
    """Write the binary catalogue beside each text one that is newer; returns what was written."""
    stale = [po for po in CATALOGUES.glob("*/LC_MESSAGES/*.po") if _is_stale(po)]
    return [_compiled(po) for po in stale]


def _compiled(po: Path) -> Path:
    target = po.with_suffix(".mo")
    with po.open("rb") as text, target.open("wb") as binary:
        write_mo(binary, read_po(text))
    return target


def _is_stale(po: Path) -> bool:
    binary = po.with_suffix(".mo")
    return not binary.exists() or binary.stat().st_mtime < po.stat().st_mtime


def _remember(response: Response) -> Response:
    locale = named(request.args.get(ARGUMENT))
    if locale is not None:
        response.set_cookie(
            COOKIE, HTML_LANG[locale], max_age=COOKIE_SECONDS, secure=request.is_secure, httponly=True, samesite="Lax"
        )
    response.vary.update(("Accept-Language", "Cookie"))
    return response
