"""The whole API against its own description, asked by people of every kind, with every check on.

Everyday examples are few and always the same; ``make campaign`` asks many more, and others each time.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import sqlalchemy as sa
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from schemathesis import AuthContext, AuthProvider, Case
from schemathesis.config import SchemathesisConfig
from schemathesis.core.transport import Response
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.schemas import BaseSchema
from schemathesis.transport.wsgi import WSGITransport

from sludgetrack import tx
from sludgetrack.access import sessions
from sludgetrack.api.access import TOKEN
from sludgetrack.app import create_app
from sludgetrack.domain import commands as c
from sludgetrack.services import treating
from sludgetrack.settings import Settings
from sludgetrack.store.embedded import Cluster
from tests.api.conftest import token_of
from tests.conftest import TEMPLATE
from tests.support.city import KEY, City, found_city, new_id
from tests.support.clock import Clock
from tests.support.labs import sample

Known = dict[str, list[str]]
AnyCase = Case[Any]

EVERYDAY, CAMPAIGN = 5, 400
LEAST_ASKED = 150
SLOWEST_S = 20.0
SOCKET_SETTINGS = ("max_redirects", "verify", "cert", "proxies")
BEARERS = ("plant", "site", "driver", "regulator", "administrator")
EVERY_EDGE = ("administrator",)
"""For whom every edge of every field is tried in the everyday suite."""
IN_SESSION = "dispatcher"
"""Who asks with a session's cookie and its CSRF mark instead of a token."""


@pytest.fixture(scope="module")
def asked_city(cluster: Cluster) -> Iterator[City]:
    """A city of this module's own, with loads in several states."""
    name = f"asked_{os.getpid()}"
    superuser = sa.create_engine(cluster.superuser_url, isolation_level="AUTOCOMMIT")
    with superuser.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} OWNER sludgetrack_owner TEMPLATE {TEMPLATE}"))
    engine = tx.make_engine(cluster.url("sludgetrack_app", name))
    clock = Clock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    yield found_city(engine, clock)
    engine.dispose()
    with superuser.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    superuser.dispose()


@pytest.fixture(scope="module")
def asked_app(asked_city: City, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application of that city."""
    home: Path = tmp_path_factory.mktemp("asked")
    made = create_app(
        Settings(home=home, blobs=str(home / "blobs"), given_secret=KEY), asked_city.engine, now=asked_city.clock
    )
    made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    return made


@pytest.fixture(autouse=True)
def _no_socket_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Schemathesis hands a probe of the application in this process settings that only sockets have."""
    send = WSGITransport.send

    def without(self: WSGITransport, case: AnyCase, **kwargs: Any) -> Response:
        return send(self, case, **{name: value for name, value in kwargs.items() if name not in SOCKET_SETTINGS})

    monkeypatch.setattr(WSGITransport, "send", without)


def _treated(city: City) -> list[str]:
    """A treatment run at the incinerator, by its name, and what came out of it."""
    lot = city.delivered()
    command = c.RecordRun(
        event_id=new_id(),
        facility="S-INC",
        run="R-1",
        process="T3",
        day=city.clock().date(),
        inputs=(c.InputLine(lot, 6_000),),
        outputs=(c.OutputLine("R-1-A", 2_500, 4_000),),
        additives=(c.AdditiveLine("bulking_agent", 600),),
    )
    city.act("site", lambda ctx: treating.record_run(ctx, command))
    return ["R-1", "R-1-A"]


@pytest.fixture(scope="module")
def known(asked_city: City) -> Known:
    """Things that exist, to be asked for by name."""
    asked_city.produce()
    numbers = [asked_city.issue(), asked_city.issue(), asked_city.delivered()]
    on_the_road = asked_city.issue()
    asked_city.load(on_the_road)
    command = c.LoadTruck(event_id=new_id(), plate="豫G12345", net_out_kg=12_000)
    offer = asked_city.offer("plant", numbers[0], command).offer
    return {
        "name": [*_treated(asked_city), numbers[2]],
        "number": [*numbers, on_the_road],
        "id": [offer.id, asked_city.people["driver"].person, sample(asked_city).event_id],
        "code": ["P01", "S-INC", "P-FAR"],
        "plate": ["豫G12345"],
        "giver": ["P01"],
        "hauler": ["H1"],
        "destination": ["S-INC"],
        "route": ["I1"],
        "lot": [numbers[2]],
        "driver": [asked_city.people["driver"].person],
        "planned_t": ["12"],
        "occurred_at": ["2026-03-02T01:00:00Z"],
        "day": ["2026-03-02"],
    }


def _configuration(examples: int, *, edges: bool) -> SchemathesisConfig:
    """Every check on, and, with ``edges``, every edge of every field tried.

    Beside the usual statuses a well-formed request may meet a state (409, 410), an If-Match that is not the last (412)
    and the rules of the trade (422); a malformed one may meet them first.
    """
    return SchemathesisConfig.from_dict(
        {
            "checks": {
                "positive_data_acceptance": {
                    "expected-statuses": ["2xx", 304, 401, 403, 404, 409, 410, 412, 422],
                },
                "negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 409, 410, 412, 415, 422]},
                "max_response_time": SLOWEST_S,
            },
            "phases": {"coverage": {"enabled": edges}},
            "generation": {"max-examples": examples, "deterministic": examples == EVERYDAY},
        }
    )


def _schema(app: Flask, city: City, known: Known, who: str, examples: int) -> BaseSchema:
    config = _configuration(examples, edges=examples == CAMPAIGN or who in EVERY_EDGE)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)
    schema.auth(refresh_interval=None, retry_on=[])(_signing_in(app, city, who))
    schema.hooks.register_hook_with_name(_naming(known), "map_case")
    return schema


def _naming(known: Known) -> Callable[..., AnyCase]:
    """Let well-formed requests name things that exist, or hardly any would get past the first look-up."""
    turns = itertools.count()

    def map_case(context: object, case: AnyCase) -> AnyCase:
        if case.meta is None or not case.meta.generation.mode.is_positive:
            return case
        turn = next(turns)
        _name(case.path_parameters, known, turn)
        if isinstance(case.body, dict):
            _name(case.body, known, turn)
            if "event_id" in case.body and turn % 4:
                case.body["event_id"] = new_id()
            if turn % 2:
                case.body.pop("based_on", None)
                case.headers.pop("If-Match", None)
        return case

    return map_case


def _name(values: dict[str, Any], known: Known, turn: int) -> None:
    for name in values:
        if name in known:
            values[name] = known[name][turn % len(known[name])]


def _signing_in(app: Flask, city: City, who: str) -> type[AuthProvider[str]]:
    """Credentials of somebody, new ones for every request: some requests end the ones they come with."""
    person, cookie = city.people[who].person, app.config["SESSION_COOKIE_NAME"]

    class Signing:
        def get(self, _case: AnyCase, _context: AuthContext) -> str:
            if who != IN_SESSION:
                return token_of(city, who)
            return tx.run(city.engine, lambda connection: sessions.begin(connection, person, city.clock()))

        def set(self, case: AnyCase, data: str, _context: AuthContext) -> None:
            if who != IN_SESSION:
                case.headers["Authorization"] = f"Bearer {data}"
                return
            serializer = SecureCookieSessionInterface().get_signing_serializer(app)
            assert serializer is not None
            with app.test_request_context():
                session[TOKEN] = data
                case.headers["X-CSRFToken"] = generate_csrf()
                case.cookies[cookie] = serializer.dumps(dict(session))

    return Signing


def _flaws(schema: BaseSchema) -> tuple[list[str], int]:
    """Whatever an answer had wrong, and how many requests were asked."""
    found, asked = [], 0
    for event in from_schema(schema).execute():
        if isinstance(event, ScenarioFinished):
            asked += len(event.recorder.cases)
            found += _of_scenario(event.recorder)
        elif isinstance(event, NonFatalError):
            found.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, FatalError):
            raise event.exception
    return found, asked


def _of_scenario(recorder: ScenarioRecorder) -> list[str]:
    return [
        f"{recorder.label}: {check.name}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
        for checks in recorder.checks.values()
        for check in checks
        if check.failure_info is not None
    ]


@pytest.mark.parametrize("who", [*BEARERS, IN_SESSION])
def test_every_answer_is_as_described(asked_app: Flask, asked_city: City, known: Known, who: str) -> None:
    found, asked = _flaws(_schema(asked_app, asked_city, known, who, EVERYDAY))

    assert found == []
    assert asked > LEAST_ASKED


@pytest.mark.campaign
@pytest.mark.parametrize("who", [*BEARERS, IN_SESSION])
def test_every_answer_is_as_described_at_length(asked_app: Flask, asked_city: City, known: Known, who: str) -> None:
    found, _ = _flaws(_schema(asked_app, asked_city, known, who, CAMPAIGN))

    assert found == []
