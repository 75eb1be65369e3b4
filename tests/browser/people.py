"""People at a screen: what they see, press and type, and whether anything went wrong behind it."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from sludgetrack import tx
from sludgetrack.access import passwords
from tests.support.city import City

PASSWORD = "six brown sparrows"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
WAIT_MS = 20_000
RELOADS, RELOAD_MS = 40, 250

expect.set_options(timeout=WAIT_MS)


@dataclass
class Trouble:
    """What goes wrong behind a screen, as the browser tells it."""

    found: list[str] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    """The answers of 400 to 499 that a test has announced."""

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page of a context."""
        context.on("console", self._said)
        context.on("weberror", lambda error: self.found.append(f"uncaught: {error.error}"))
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        # what could not be loaded is told by its response
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.found.append(f"console at {message.page.url if message.page else '?'}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status in self.refusals:
            self.refusals.remove(response.status)
        elif response.status >= 400:
            self.found.append(f"{response.status} {response.request.method} {response.url}")


@dataclass
class Person:
    """Somebody with a browser of their own."""

    page: Page
    address: str
    trouble: Trouble

    # going

    def opens(self, address: str) -> Self:
        """Type an address, or a path of this system, into the browser."""
        self.page.goto(address if "://" in address.lower() else self.address + address)
        return self

    def signs_in(self, login: str) -> Self:
        """Fill in the sign-in form that is on the screen."""
        return self.types("登录名", login).types("密码", PASSWORD).presses("登录")

    def follows(self, name: str | re.Pattern[str]) -> Self:
        """Follow a link of the page itself."""
        self.page.get_by_role("main").get_by_role("link", name=name, exact=True).click()
        return self

    def turns_to(self, name: str) -> Self:
        """Follow a link of the navigation."""
        self.page.get_by_role("navigation", name="主导航").get_by_role("link", name=name).click()
        return self

    def presses(self, name: str) -> Self:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).click()
        return self

    # filling in

    def types(self, label: str, value: str) -> Self:
        """Write into a field, over what stands there."""
        self.page.get_by_label(_labelled(label)).fill(value)
        return self

    def picks(self, label: str, beginning: str) -> Self:
        """Choose the option that begins so."""
        box = self.page.get_by_label(_labelled(label))
        words = [text.strip() for text in box.locator("option").all_text_contents()]
        box.select_option(label=next(text for text in words if text.startswith(beginning)))
        return self

    def chooses(self, group: str, option: str) -> Self:
        """Tap one of several chips."""
        self.page.get_by_role("radiogroup", name=group).get_by_role("radio", name=option, exact=True).check()
        return self

    # seeing

    def sees(self, *texts: str) -> Self:
        """All these texts stand in the page, or will in a moment."""
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)
        return self

    def does_not_see(self, *texts: str) -> Self:
        """None of these texts stands in the page."""
        for text in texts:
            expect(self.page.locator("body")).not_to_contain_text(text)
        return self

    def reads(self, label: str, value: str) -> Self:
        """A definition list says this about that."""
        line = self.page.locator("dl > div", has=self.page.get_by_text(label, exact=True))
        expect(line.locator("dd")).to_contain_text(value)
        return self

    def scans(self) -> str:
        """What a camera held at the screen makes of the one QR code on it."""
        with Image.open(io.BytesIO(self.page.screenshot())) as picture:
            codes = zxingcpp.read_barcodes(picture.convert("L"))
        assert len(codes) == 1, f"{len(codes)} codes on {self.page.url}"
        return codes[0].text

    def number(self) -> str:
        """The manifest this page is about."""
        found = re.search(r"[0-9]{20}", urlsplit(self.page.url).path)
        assert found, self.page.url
        return found[0]

    def waits_for_sheets(self) -> Self:
        """Fetch the page again until no sheet is being made any more."""
        for _time in range(RELOADS):
            if not self.page.get_by_text("正在生成").count():
                return self
            self.page.wait_for_timeout(RELOAD_MS)
            self.page.reload()
        return self.does_not_see("正在生成")

    def downloads(self, name: str | re.Pattern[str]) -> bytes:
        """Save the PDF behind a link of the page."""
        link = self.page.get_by_role("main").get_by_role("link", name=name, exact=True)
        with self.page.expect_download() as saving:
            link.click(modifiers=["Alt"])
        return Path(saving.value.path()).read_bytes()


class Crowd:
    """Everybody with a browser in one test."""

    def __init__(self, browser: Browser, address: str, city: City) -> None:
        self._browser, self._address, self._city = browser, address, city
        self._contexts: list[BrowserContext] = []
        self.trouble = Trouble()

    def anyone(self, device: dict[str, Any] = PHONE, *, locale: str = "zh-CN") -> Person:
        """Somebody with a browser that was never here."""
        context = self._browser.new_context(**device, locale=locale, timezone_id="Asia/Shanghai")
        context.set_default_timeout(WAIT_MS)
        self._contexts.append(context)
        self.trouble.watch(context)
        return Person(context.new_page(), self._address, self.trouble)

    def with_password(self, who: str, device: dict[str, Any] = DESKTOP) -> Person:
        """One of the city's people, who has a password and is not signed in."""
        person = self._city.people[who].person
        tx.run(self._city.engine, lambda connection: passwords.set_password(connection, person, who, PASSWORD))
        return self.anyone(device)

    def signed_in(self, who: str, device: dict[str, Any] = DESKTOP) -> Person:
        """One of the city's people, at their first page."""
        return self.with_password(who, device).opens("/login").signs_in(who)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the browsers, and tell what went wrong behind the screens."""
        for context in self._contexts:
            context.close()
        if kind is None:
            assert self.trouble.found == []
            assert self.trouble.refusals == [], "an announced refusal never came"


def _labelled(label: str) -> re.Pattern[str]:
    """A field's label, with or without the word that it may stay empty."""
    return re.compile(rf"^\s*{re.escape(label)}(\s+可不填)?\s*$")
