"""The way through its pages that each of a town's people takes: along the links, one page of every kind."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urldefrag, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import MapAdapter

WALKERS = ("plant", "dispatcher", "driver", "site", "regulator", "administrator", "registrar", "nobody")
NOT_PAGES = frozenset(
    {
        "static",
        # files
        "manifests.sheet",
        "manifests.export",
        "site.disposal_sheet",
        "paper.blanks",
        "photos.of_facility",
        "photos.of_manifest",
        "regulator.rates_file",
        "regulator.behind_file",
        "regulator.picture_file",
        "regulator.report",
        "own_pictures.file",
        "ledgers.facility_file",
        "ledgers.hauler_file",
        "labs.file",
        "labs.quality_file",
        # what a page asks in the background
        "handing.state",
        "handing.sheet_state",
        "site.code_state",
        "driver.handover_state",
        "settling.sheet_state",
        # a step to another page
        "paper.find",
        "public.find",
        "labs.named",
    }
)
"""What answers a GET and is not a page."""
VARIED = {
    "manifests.page": 4,
    "driver.load": 3,
    "public.manifest": 6,
    "handing.code": 2,
    "regulator.lot": 2,
    "regulator.behind": 2,
    "regulator.roadside": 3,
    "regulator.trace": 2,
    "site.find": 2,
    "ledgers.of_facility": 3,
    "confirming.scanned": 2,
}
"""Pages that differ by the state of what they show: how many of each belong to a tour. Of others it is one."""
LOOKED_INTO = 12
"""How many pages of a kind are searched for links."""


@dataclass
class Tour:
    """Addresses in the order they were found, and the names their pages have in the program."""

    addresses: list[str] = field(default_factory=list)
    pages: Counter[str] = field(default_factory=Counter)


def tour(client: FlaskClient, starts: Iterable[str]) -> Tour:
    """One page of every kind that can be reached by links from these addresses. A link that leads nowhere fails."""
    found, looked_into = Tour(), Counter[str]()
    names = client.application.url_map.bind("127.0.0.1")
    waiting = deque(starts)
    known = set(waiting)
    while waiting:
        address = waiting.popleft()
        looked_into[_name(names, address)] += 1
        if looked_into[_name(names, address)] > LOOKED_INTO:
            continue
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 200, f"{address} answers {answer.status_code}"
        _keep(found, _name(names, answer.request.path), address)
        links = [link for link in _links(answer.text) if link not in known and _is_page(names, link)]
        known.update(links)
        waiting.extend(dict.fromkeys(links))
    return found


def pages_of(app: Flask) -> set[str]:
    """The names of all pages of the application."""
    rules = app.url_map.iter_rules()
    return {rule.endpoint for rule in rules if "GET" in (rule.methods or ()) and not _is_other(rule.endpoint)}


def _keep(found: Tour, name: str, address: str) -> None:
    if found.pages[name] < VARIED.get(name, 1):
        found.pages[name] += 1
        found.addresses.append(address)


def _links(page: str) -> Iterator[str]:
    """Where a page's links lead within this system, but for the switch of its language."""
    for href in re.findall(r'<a [^>]*?href="([^"]*)"', page):
        address = urldefrag(unescape(href)).url
        if address.startswith("/") and "lang=" not in address:
            yield address


def _is_page(names: MapAdapter, address: str) -> bool:
    return not _is_other(_name(names, address))


def _is_other(name: str) -> bool:
    return name in NOT_PAGES or name.startswith("api")


def _name(names: MapAdapter, address: str) -> str:
    """A page's name; a link to none of them is a fault of the page it stands on."""
    name, _arguments = names.match(urlsplit(address).path, method="GET")
    return str(name)
