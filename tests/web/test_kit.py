"""The kit renders alone, without the application: every page of templates/kit in both languages."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
import qrcode
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader

from sludgetrack.domain.quantities import dry_units, percent_from_bp, tonnes_from_kg
from sludgetrack.i18n import CATALOGUES, CHINESE, ENGLISH, HTML_LANG, LOCALES, language_links
from sludgetrack.web.format import Reading, dry_tonnes, install, t80_tonnes, tonnes

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
PAGES = sorted(path.stem for path in (TEMPLATES / "kit").glob("[!_]*.html"))
NODE = shutil.which("node")
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


class Page(HTMLParser):
    """What the tests ask of a page: its elements, its ids, its visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())

    def having(self, attribute: str) -> list[str]:
        return [attrs[attribute] for _, attrs in self.elements if attribute in attrs]


def component(source: str, **values: object) -> str:
    """One call of the kit, rendered."""
    text = environment(CHINESE).from_string('{% import "_kit.html" as kit %}' + source).render(values)
    return text.replace("\u00a0", " ")


every_page = pytest.mark.parametrize("page", PAGES)
every_locale = pytest.mark.parametrize("locale", LOCALES)


@every_page
@every_locale
def test_a_page_names_its_language_and_can_switch(page: str, locale: str) -> None:
    html = render(page, locale)

    assert f'<html lang="{HTML_LANG[locale]}">' in html
    assert html.count("data-language") == len(LOCALES)


@every_page
def test_ids_are_unique_and_everything_pointed_at_is_there(page: str) -> None:
    parsed = Page(render(page))
    ids = parsed.having("id")
    pointed = [
        name
        for attribute in ("for", "aria-describedby")
        for value in parsed.having(attribute)
        for name in value.split()
    ]

    assert len(ids) == len(set(ids))
    assert set(pointed) <= set(ids)


@every_page
def test_nothing_is_inline_that_a_strict_policy_forbids(page: str) -> None:
    parsed = Page(render(page))

    assert parsed.having("style") == []
    assert [name for _, attrs in parsed.elements for name in attrs if name.startswith("on")] == []
    assert all("src" in attrs for tag, attrs in parsed.elements if tag == "script")
    assert "style" not in {tag for tag, _ in parsed.elements}


@every_page
def test_every_sending_form_carries_its_token(page: str) -> None:
    html = render(page)

    assert html.count('method="post"') == html.count('name="csrf_token"')


@every_page
def test_english_pages_speak_english(page: str) -> None:
    visible = " ".join(Page(render(page, ENGLISH)).texts)

    assert set(re.findall("[\u4e00-\u9fff]+", visible)) <= {"中文", "豫"}


@every_page
def test_cells_of_lists_say_their_column_on_a_phone(page: str) -> None:
    for table in re.findall(r'<table class="list">(.*?)</table>', render(page), re.DOTALL):
        cells = re.findall(r"<td[^>]*>", table)
        assert cells
        assert all("data-label=" in cell for cell in cells)


def test_every_text_of_the_templates_has_its_english() -> None:
    found = {
        message if isinstance(message, str) else message[0]
        for _, _, message, _, _ in extract_from_dir(TEMPLATES, method_map=[("kit/**", "ignore"), ("**.html", "jinja2")])
    }
    with (CATALOGUES / ENGLISH / "LC_MESSAGES" / "messages.po").open("rb") as source:
        english = {(m.id if isinstance(m.id, str) else m.id[0]): m.string for m in read_po(source) if m.id}

    assert found
    assert {text for text in found if not english.get(text)} == set()


def test_every_macro_is_documented_with_its_signature() -> None:
    documented = set(re.findall(r"^ {4}(\w+)\((.*?)\)", kit_comment(), re.MULTILINE | re.DOTALL))
    exported = environment(CHINESE).get_template("_kit.html").module
    signatures = {name: tuple(getattr(exported, name).arguments) for name, _ in documented if name != "icon_names"}

    macros = {name for name, value in vars(exported).items() if hasattr(value, "arguments")}
    assert macros <= {name for name, _ in documented}
    for name, text in documented:
        named = tuple(part.split("=")[0].strip() for part in re.split(r",(?![^\[{]*[\]}])", text) if part.strip())
        assert signatures.get(name, ()) == named, name


def kit_comment() -> str:
    return (TEMPLATES / "_kit.html").read_text().split("-#}")[0]


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("issued", "已开具"),
        ("in_transit", "运输中"),
        ("arrived", "已到厂"),
        ("delivered", "已接收"),
        ("holding", "待处理余量"),
        ("returned", "已退运"),
        ("lost", "灭失"),
        ("void", "已作废"),
        ("disputed", "有争议"),
        ("closed", "已办结"),
    ],
)
def test_a_state_is_told_by_word_and_sign(state: str, word: str) -> None:
    badge = component(f"{{{{ kit.state('{state}') }}}}")

    assert word in badge
    assert "<svg" in badge


def test_a_dispute_stands_beside_the_state() -> None:
    assert re.findall(r"</svg>(\w+)<", component("{{ kit.state('arrived', disputed=true) }}")) == ["已到厂", "有争议"]


def test_an_unconfirmed_handoff_says_why() -> None:
    assert "未确认 · 手机没电" in component("{{ kit.grade('none', '手机没电') }}")


def test_a_number_can_be_copied_whole_and_read_in_groups() -> None:
    number = component("{{ kit.number('20254107210010000129') }}")

    assert 'data-copy="20254107210010000129"' in number
    assert re.sub("<[^>]+>", "", number) == "2025 4107 2100 1000 012-9"


def test_a_mass_shows_dry_and_eighty_percent_only_where_they_are_known() -> None:
    assert "干" not in component("{{ kit.mass(16460) }}")
    assert "16.361 t" in component("{{ kit.mass(16460, 32722480) }}")


def test_an_error_stands_beside_its_field_with_what_was_typed() -> None:
    field = component("{{ kit.field('gross', '毛重', '3x', hint='吨', error='写成 31.80', unit='t', mode='decimal') }}")

    assert 'value="3x"' in field
    assert 'aria-describedby="h-gross e-gross"' in field
    assert 'aria-invalid="true"' in field
    assert 'inputmode="decimal"' in field


def test_a_sealed_field_cannot_be_typed_into_and_says_why() -> None:
    field = component("{{ kit.field('batch', '批次', 'T-1', sealed=true) }}")

    assert " readonly" in field
    assert "已确认，不能改" in field


def test_what_people_typed_is_never_markup() -> None:
    nasty = "<b>&"
    fields = component("{{ kit.field('a', 'A', typed) }}{{ kit.textarea('b', 'B', typed) }}", typed=nasty)

    assert nasty not in fields


def test_a_sorted_column_offers_the_other_direction() -> None:
    columns = "[{'key': 'net', 'label': '净重'}, {'key': 'at', 'label': '时间'}]"
    table = "{%% call kit.table(%s, '联单', %r, '?sort={key}') %%}{%% endcall %%}"

    up, down = component(table % (columns, "net")), component(table % (columns, "-net"))

    assert 'aria-sort="ascending"' in up
    assert re.findall('href="([^"]+)"', up) == ["?sort=-net", "?sort=at"]
    assert 'aria-sort="descending"' in down
    assert re.findall('href="([^"]+)"', down) == ["?sort=net", "?sort=at"]


def test_a_line_breaks_where_a_value_is_unknown() -> None:
    path = re.search(r'<path d="([^"]*)"', component("{{ kit.spark([1, 2, none, 3], '走势') }}"))

    assert path
    assert path[1].count("M") == 2


def test_ribbons_of_a_flow_start_where_the_last_one_ended() -> None:
    flow = component(
        "{{ kit.flow([{'key': 'a', 'label': 'A', 'text': '', 'value': 4}],"
        " [{'key': 'x', 'label': 'X', 'text': '', 'value': 1}, {'key': 'y', 'label': 'Y', 'text': '', 'value': 3}],"
        " [{'source': 'a', 'sink': 'x', 'value': 1}, {'source': 'a', 'sink': 'y', 'value': 3}], '去向') }}"
    )
    starts = [int(y) for y in re.findall(r'd="M161 (\d+)C', flow)]
    ends = [int(y) for y in re.findall(r" 161 (\d+)Z", flow)]

    assert starts[1] == ends[0]


def test_a_bar_never_leaves_its_frame() -> None:
    widths = re.findall(r'meter-part" width="(\d+)"', component("{{ kit.bar(30, 20, '') }}{{ kit.bar(1, 0, '') }}"))

    assert widths == ["100", "0"]


def colours(scheme: str) -> dict[str, str]:
    css = (ROOT / "static" / "css" / "base.css").read_text()
    light, dark = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark if scheme == "dark" else light))


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two #rrggbb colours."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((text, ground) for text in ("ink", "soft", "accent") for ground in ("ground", "surface", "sunken")),
        *((text, f"{text}-wash") for text in ("accent", "warning", "danger")),
        ("danger", "surface"),
        ("warning", "surface"),
        ("on-accent", "accent"),
    ],
)
def test_text_is_readable_in_sunlight(scheme: str, text: str, ground: str) -> None:
    palette = colours(scheme)

    assert contrast(palette[text], palette[ground]) >= 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("line", ["line-strong", "warning-line", "danger-line", "focus"])
def test_edges_of_controls_can_be_seen(scheme: str, line: str) -> None:
    palette = colours(scheme)

    assert contrast(palette[line], palette["surface"]) >= 3


@pytest.mark.skipif(NODE is None, reason="needs Node to run the page's own script")
def test_the_preview_computes_as_the_server_does() -> None:
    loads = [(31800, 15340, 8012), (40005, 15340, 8050), (20001, 2, 9999), (18500, 14000, 0), (17005, 17000, 7777)]
    script = (
        "import {scaled, net, dry, halfEven, written} from './static/js/weigh.mjs';"
        "for (const [g, t, m] of JSON.parse(process.argv[1])) {"
        " const wet = net(scaled(g, 3), scaled(t, 3)); const units = dry(wet, scaled(m, 2));"
        " console.log(written(wet), written(halfEven(units, 10000n)), written(halfEven(units * 5n, 10000n))); }"
    )
    typed = json.dumps([[tonnes_from_kg(g), tonnes_from_kg(t), percent_from_bp(m)] for g, t, m in loads])

    shown = subprocess.run(
        [str(NODE), "--input-type=module", "-e", script, typed], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()

    expected = [(g - t, dry_units(g - t, m)) for g, t, m in loads]
    assert shown == [f"{tonnes(wet)} {dry_tonnes(units)} {t80_tonnes(units)}" for wet, units in expected]
