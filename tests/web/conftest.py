"""The application on a test's own database, and browsers of the city's people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from sludgetrack import tx
from sludgetrack.access import sessions
from sludgetrack.app import create_app
from sludgetrack.settings import Settings
from sludgetrack.web.signing_in import TOKEN
from tests.support.city import KEY, City
from tests.support.clock import Clock

ADDRESS = "http://ludan.example.cn"

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture
def app(engine: Engine, clock: Clock, tmp_path: Path) -> Flask:
    """The web application; its time is the test's clock."""
    settings = Settings(home=tmp_path, blobs=str(tmp_path / "blobs"), given_secret=KEY, public_address=ADDRESS)
    made = create_app(settings, engine, now=clock)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return made


@pytest.fixture
def client_as(app: Flask, city: City) -> ClientAs:
    """The browser of one of the city's people, signed in; ``nobody`` for a browser without a session."""

    def browser(persona: str) -> FlaskClient:
        client = app.test_client()
        if persona == "nobody":
            return client
        person = city.people[persona].person
        token = tx.run(city.engine, lambda connection: sessions.begin(connection, person, city.clock()))
        with client.session_transaction() as session:
            session[TOKEN] = token
        return client

    return browser
