"""A real browser, and the application it talks to over a database of the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine

from tests.browser.people import Crowd
from tests.browser.serving import Served, serving
from tests.conftest import TEMPLATE
from tests.support.city import City, found_city
from tests.support.clock import Clock

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--headless",
    "--no-sandbox",  # tests may run as root
    "--no-proxy-server",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium. It is closed after this folder's tests, together with the loop that drives it."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.fail(f"these tests need a browser, and none of {', '.join(PROGRAMS)} is there: run .ci/debian", False)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=list(OPTIONS))
        yield running
        running.close()


@pytest.fixture
def clock() -> Clock:
    """When the city was founded: a while ago by the machine's clock, which the served application goes by."""
    return Clock(datetime.now(UTC) - timedelta(minutes=1))


@pytest.fixture
def template() -> str:
    """An empty database: this folder's city is founded by the machine's clock."""
    return TEMPLATE


@pytest.fixture
def city(engine: Engine, clock: Clock) -> City:
    """The small city, registered before the first request."""
    return found_city(engine, clock)


@pytest.fixture
def served(engine: Engine, city: City, tmp_path: Path) -> Iterator[Served]:
    """The running application with its worker."""
    with serving(city.engine, tmp_path) as running:
        yield running


@pytest.fixture
def crowd(browser: Browser, served: Served, city: City) -> Iterator[Crowd]:
    """People of the city, each with a browser of their own. At the end nothing may have gone wrong in any of them."""
    with Crowd(browser, served.address, city) as people:
        yield people
