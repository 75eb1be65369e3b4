"""The application on a test's own database, and programs that speak to its API for the city's people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from sludgetrack import tx
from sludgetrack.access import passwords, tokens
from sludgetrack.access.tokens import Scope, Wanted
from sludgetrack.app import create_app
from sludgetrack.settings import Settings
from tests.support.city import KEY, City, new_id
from tests.support.clock import Clock

ADDRESS = "https://ludan.example.cn"
PASSWORD = "sechs Wörter, die niemand errät"
ALL = frozenset(Scope)


@dataclass
class Program:
    """Somebody's program: JSON in, JSON out, with its token."""

    client: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> TestResponse:
        """GET under /api/v1; header names with underscores for hyphens."""
        return self.client.get(f"/api/v1{path}", headers={**self.headers, **_named(headers)})

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        """POST a JSON body under /api/v1."""
        return self.client.post(f"/api/v1{path}", json=body, headers={**self.headers, **_named(headers)})


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


ProgramOf = Callable[[str], Program]


@pytest.fixture
def app(engine: Engine, clock: Clock, tmp_path: Path) -> Flask:
    """The application; its time is the test's clock."""
    settings = Settings(home=tmp_path, blobs=str(tmp_path / "blobs"), given_secret=KEY, public_address=ADDRESS)
    made = create_app(settings, engine, now=clock)
    made.config.update(TESTING=True)
    return made


def token_of(city: City, who: str, scopes: frozenset[Scope] = ALL, life: timedelta = timedelta(days=30)) -> str:
    """A token of one of the city's people."""
    wanted = Wanted(new_id(), city.people[who].person, "test", scopes, life)
    return tx.run(city.engine, lambda connection: tokens.create(connection, wanted, city.clock()))


@pytest.fixture
def program(app: Flask, city: City) -> ProgramOf:
    """The program of one of the city's people; ``nobody`` has no token."""

    def make(who: str) -> Program:
        client = app.test_client(use_cookies=False)
        return Program(client, {} if who == "nobody" else {"Authorization": f"Bearer {token_of(city, who)}"})

    return make


@pytest.fixture
def browser(app: Flask, city: City) -> ProgramOf:
    """A browser of one of the city's people, signed in with their password, which sends the CSRF mark."""

    def make(who: str) -> Program:
        person = city.people[who].person
        tx.run(city.engine, lambda connection: passwords.set_password(connection, person, who, PASSWORD))
        made = Program(app.test_client())
        me = made.post("/session", {"login": who, "password": PASSWORD})
        assert me.status_code == 200, me.get_data(as_text=True)
        made.headers["X-CSRFToken"] = me.get_json()["csrf_token"]
        made.headers["Referer"] = f"{ADDRESS}/"
        return made

    return make


@pytest.fixture
def issue_body() -> Callable[..., dict[str, Any]]:
    """What the plant's program sends to issue a manifest to the incinerator."""

    def make(**more: Any) -> dict[str, Any]:
        said = {"giver": "P01", "hauler": "H1", "destination": "S-INC", "route": "I1", "planned_t": "12.000"}
        return {"event_id": new_id(), **said, **more}

    return make


def load_body(**more: Any) -> dict[str, Any]:
    """What the plant's program sends to offer a loaded truck."""
    weighed = {"gross_out_t": "24.000", "tare_out_t": "12.000", "net_out_t": "12.000", "moisture_out_pct": "80.00"}
    return {"event_id": new_id(), "event": "loaded", "plate": "豫G12345", **weighed, **more}


def receive_body(**more: Any) -> dict[str, Any]:
    """What the site's program sends to offer its receipt."""
    weighed = {"net_in_t": "11.900", "moisture_in_pct": "80.50", "accepted_t": "11.900"}
    return {"event_id": new_id(), "event": "received", "decision": "accepted", **weighed, **more}
