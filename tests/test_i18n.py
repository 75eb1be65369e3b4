"""The language of a page: asked for, remembered, preferred, else Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import LanguageAccept

from sludgetrack import i18n
from sludgetrack.i18n import CHINESE, ENGLISH, choose, init_i18n, language_links

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient


def accepted(*languages: str) -> LanguageAccept:
    return LanguageAccept([(language, 1 - i / 10) for i, language in enumerate(languages)])


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, catalogues: Path) -> FlaskClient:
    monkeypatch.setattr(i18n, "CATALOGUES", catalogues)
    i18n.compile_catalogues()
    app = Flask(__name__)
    init_i18n(app)
    app.add_url_rule("/", view_func=lambda: render_template_string("{{ html_lang }} {{ _('已接收') }}"))
    return app.test_client()


@pytest.fixture
def catalogues(tmp_path: Path) -> Path:
    target = tmp_path / ENGLISH / "LC_MESSAGES" / "messages.po"
    target.parent.mkdir(parents=True)
    target.write_bytes((i18n.CATALOGUES / ENGLISH / "LC_MESSAGES" / "messages.po").read_bytes())
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "remembered", "accepts", "locale"),
    [
        ("en", "zh-CN", accepted("zh"), ENGLISH),
        (None, "en", accepted("zh-CN"), ENGLISH),
        ("klingon", "zh", accepted("en"), CHINESE),
        (None, None, accepted("en-GB", "zh"), ENGLISH),
        (None, None, accepted("de", "en"), ENGLISH),
        (None, None, accepted("zh-TW", "en"), CHINESE),
        (None, None, accepted("de"), CHINESE),
        (None, None, accepted(), CHINESE),
    ],
)
def test_what_is_asked_for_beats_what_is_remembered_beats_what_is_preferred(
    asked: str | None, remembered: str | None, accepts: LanguageAccept, locale: str
) -> None:
    assert choose(asked, remembered, accepts) == locale


def test_a_language_link_keeps_the_page_and_its_filters() -> None:
    links = language_links("/联单", {"state": ["void", "lost"], "lang": ["en"]}, ENGLISH)

    assert [link["href"] for link in links] == [
        "/%E8%81%94%E5%8D%95?state=void&state=lost&lang=zh-CN",
        "/%E8%81%94%E5%8D%95?state=void&state=lost&lang=en",
    ]
    assert [link["current"] for link in links] == [False, True]


def test_a_page_is_chinese_unless_something_says_otherwise(client: FlaskClient) -> None:
    assert client.get("/").text == "zh-CN 已接收"
    assert client.get("/", headers={"Accept-Language": "en"}).text == "en delivered"


def test_a_choice_is_remembered(client: FlaskClient) -> None:
    client.get("/?lang=en")

    assert client.get("/", headers={"Accept-Language": "zh-CN"}).text == "en delivered"


def test_caches_are_told_what_a_page_depends_on(client: FlaskClient) -> None:
    assert {"Accept-Language", "Cookie"} <= set(client.get("/").vary)


def test_only_a_stale_catalogue_is_compiled(monkeypatch: pytest.MonkeyPatch, catalogues: Path) -> None:
    monkeypatch.setattr(i18n, "CATALOGUES", catalogues)

    assert [path.name for path in i18n.compile_catalogues()] == ["messages.mo"]
    assert i18n.compile_catalogues() == []
