"""What tests ask of a page: its words, what its fields hold, and following where a form leads."""

from __future__ import annotations

import html
import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def words(answer: TestResponse) -> str:
    """The visible text of a page on one line, with plain spaces."""
    body = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", answer.text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " ").split())


def fields(answer: TestResponse) -> dict[str, str]:
    """The values of a page's inputs, selects and text areas by name; of radios and boxes those that are chosen."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", answer.text):
        given = {key: html.unescape(value) for key, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if given.get("type") in ("radio", "checkbox") and not re.search(r"\bchecked\b", tag):
            continue
        if "name" in given:
            found.setdefault(given["name"], given.get("value", ""))
    for name, body in re.findall(r'(?s)<select[^>]*name="([^"]*)".*?>(.*?)</select>', answer.text):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = html.unescape(chosen[1]) if chosen else ""
    for name, body in re.findall(r'(?s)<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', answer.text):
        found[name] = html.unescape(body)
    return found


def error(answer: TestResponse, name: str) -> str:
    """What a page says is wrong with a field."""
    found = re.search(rf'(?s)id="e-{name}">(.*?)</p>', answer.text)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def send(client: FlaskClient, address: str, **typed: Any) -> TestResponse:
    """Fill in the form at an address and send it there, as a browser without scripts would."""
    follow = typed.pop("follow", False)
    form = fields(client.get(address))
    return client.post(address, data={**form, **typed}, follow_redirects=follow)
