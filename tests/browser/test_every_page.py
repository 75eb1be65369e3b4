"""Every page of every persona, in both languages, on a phone and on a desk: whoever needs help can use it too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine, text

from sludgetrack import reference, tx
from sludgetrack.access import sessions
from sludgetrack.store.embedded import Cluster
from sludgetrack.web.signing_in import TOKEN
from tests.browser.people import Trouble
from tests.browser.serving import Served, serving
from tests.browser.tours import WALKERS, Tour, pages_of, tour
from tests.browser.town import Doors, furnish
from tests.support.city import City, found_city
from tests.support.clock import Clock
from tests.support.place import place_in

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PHONE, DESK = 360, 1440
FIND_BARRIERS = """async () => {
    const found = await axe.run();
    return found.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.target).join(", ")}`);
}"""
"""All rules that axe has switched on, none left out."""
FIND_CHINESE = """() => {
    const han = /[\\u2e80-\\u9fff\\uff00-\\uffef]/, found = new Set([document.title]);
    const meant = (element) => element.closest("[translate=no], [lang^=zh]");
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const within = walker.currentNode.parentElement;
        if (!meant(within)) found.add((within.closest("svg")?.textContent ?? walker.currentNode.data).trim());
    }
    for (const name of ["aria-label", "title", "placeholder", "alt", "data-label"]) {
        for (const element of document.querySelectorAll(`[${name}]`)) {
            if (!meant(element)) found.add(element.getAttribute(name));
        }
    }
    return [...found].filter((text) => han.test(text));
}"""
"""Every Chinese text in the page, seen or read aloud, outside what is declared to be Chinese or a name.

The words of a picture are one text: in it a name goes over several lines.
"""
CHINESE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]+")


@dataclass
class Town:
    """A furnished town behind a real socket, and everybody's way through it."""

    served: Served
    city: City
    doors: Doors
    tours: dict[str, Tour]
    data: list[str]

    def cookies(self, who: str, language: str) -> list[Any]:
        """What somebody's browser has kept from the last visit."""
        kept = {"lang": language}
        if who != "nobody":
            session = self.client(who).get_cookie("session")
            assert session is not None
            kept["session"] = session.value
        return [{"name": name, "value": value, "url": self.served.address} for name, value in kept.items()]

    def client(self, who: str) -> FlaskClient:
        """A browser without a screen."""
        client = self.served.app.test_client()
        if who != "nobody":
            with client.session_transaction() as session:
                session[TOKEN] = self.token(who)
        return client

    def token(self, who: str) -> str:
        """A new session of somebody."""
        person, now = self.city.people[who].person, datetime.now(UTC)
        return tx.run(self.served.engine, lambda connection: sessions.begin(connection, person, now))

    def tour(self, who: str) -> Tour:
        """Somebody's way, looked for once."""
        if who not in self.tours:
            self.tours[who] = tour(self.client(who), ["/", *self.doors.behind.get(who, ())])
        return self.tours[who]


@pytest.fixture(scope="module")
def town(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Seeded once for all tests here, which change nothing in it."""
    with place_in(cluster) as place:
        city = found_city(place.engine, Clock(datetime.now(UTC)))
        doors = furnish(city)
        with serving(place.engine, tmp_path_factory.mktemp("town")) as served:
            yield Town(served, city, doors, {}, _data(place.engine))


def _data(engine: Engine) -> list[str]:
    """Everything Chinese that people have named and written, the longest first: it stays as it is in any language."""
    said = "SELECT claim FROM entry UNION ALL SELECT data FROM personal UNION ALL SELECT confirmations FROM entry"
    with engine.connect() as connection:
        found = set(_texts([row.claim for row in connection.execute(text(said))]))
    sources = {row.source for row in reference.policies()} | {row.source for row in reference.targets()}
    return sorted((each for each in found | sources | {"豫"} if CHINESE.search(each)), key=len, reverse=True)


def _texts(value: Any) -> Iterator[str]:
    """Every text within a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("who", WALKERS)
def test_every_page_can_be_read_and_used_by_everybody(
    browser: Browser, town: Town, who: str, language: str, width: int
) -> None:
    with _visitor(browser, town, who, language, width) as (page, trouble):
        for address in town.tour(who).addresses:
            page.goto(town.served.address + address)
            trouble.found.extend(f"{address}: {fault}" for fault in _faults(page, width, language, town.data))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(
    ("who", "address", "status"),
    [
        ("nobody", "/M/20264107020010999999", 404),
        ("nobody", "/D/D-1/222222", 404),
        ("nobody", "/find?number=1", 422),
        ("driver", "/plant/", 403),
        ("driver", "/O/NOBODYS-CODE", 404),
        ("plant", "/paper/find?number=1", 422),
        ("site", "/manifests/20264107020010999999", 422),
    ],
)
def test_a_refusal_is_a_page_too(
    browser: Browser, town: Town, who: str, address: str, status: int, language: str
) -> None:
    with _visitor(browser, town, who, language, PHONE) as (page, trouble):
        trouble.refusals.append(status)
        page.goto(town.served.address + address)
        trouble.found.extend(_faults(page, PHONE, language, town.data))


def test_no_page_is_left_out(town: Town) -> None:
    assert set().union(*(town.tour(who).pages for who in WALKERS)) == pages_of(town.served.app)


@contextmanager
def _visitor(browser: Browser, town: Town, who: str, language: str, width: int) -> Iterator[tuple[Page, Trouble]]:
    """Somebody signed in on a phone or at a desk; at the end nothing may have gone wrong."""
    phone = width == PHONE
    context = browser.new_context(viewport={"width": width, "height": 740}, is_mobile=phone, has_touch=phone)
    context.add_cookies(town.cookies(who, language))
    context.add_init_script(path=AXE)
    trouble = Trouble()
    trouble.watch(context)
    yield context.new_page(), trouble
    context.close()
    assert not trouble.found, "\n".join(trouble.found)
    assert trouble.refusals == [], "an announced refusal never came"


def _faults(page: Page, width: int, language: str, data: list[str]) -> Iterator[str]:
    yield from page.evaluate(FIND_BARRIERS)
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        yield f"scrolls sideways: {wide} px in {width} px"
    if page.evaluate("document.documentElement.lang") != language:
        yield f"is not in {language}"
    if language == "en":
        for words in page.evaluate(FIND_CHINESE):
            left = CHINESE.findall(_without(words, data))
            if left:
                yield f"is not translated: {''.join(left)} in “{words}”"


def _without(words: str, data: list[str]) -> str:
    """What is left of a text without what people have named and written in Chinese."""
    for each in data:
        words = words.replace(each, " ")
    return words
