"""Texts of the catalogue for code, as templates have them: always formatted, so that ``%%`` is a percent sign."""

from __future__ import annotations

import flask_babel


def gettext(text: str, **named: object) -> str:
    """The text in the reader's language, with its named places filled."""
    translated: str = flask_babel.gettext(text)
    return translated % named


def ngettext(one: str, many: str, number: int, **named: object) -> str:
    """The text for one or for many in the reader's language; ``%(num)s`` is the number."""
    translated: str = flask_babel.ngettext(one, many, number, **named)
    return translated
