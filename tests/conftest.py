"""What every test may use: one database server, a fresh migrated database for each test that asks, a small city."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine

from sludgetrack import tx
from sludgetrack.domain.identity import Actor
from sludgetrack.store import embedded, migrate
from sludgetrack.store.embedded import Cluster
from tests.support.city import City, found_city
from tests.support.clock import Clock
from tests.support.sheets import Archive

# the same examples on every machine, and no verdict by a busy one's clock
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

TEMPLATE, FOUNDED = "template_migrated", "template_founded"
ROOM = 4 * 2**30
"""Free bytes of a file system in memory that the servers of two test processes leave plenty of."""
BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""When a test's clock begins, and the city is founded."""
_counter = itertools.count()


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Instead of pytest-flask's: no request stays open around a test, so that each has a ``g`` of its own."""


@pytest.fixture(scope="session", autouse=True)
def _compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every test makes its own application; what templates compile to is kept for the next one."""
    cache = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": cache}


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One throw-away server of this test process, without fsync."""
    home = Path(tempfile.mkdtemp(prefix="sludgetrack-tests-", dir=_fast_place()))
    home.chmod(0o755)  # as root the server runs under an account of its own
    with embedded.ensure_running(home, fast=True) as running:
        _execute(running, f"CREATE DATABASE {TEMPLATE} OWNER sludgetrack_owner TEMPLATE template0")
        owner = tx.make_engine(running.url("sludgetrack_owner", TEMPLATE))
        migrate.upgrade(owner, "sludgetrack_app")
        owner.dispose()
        yield running
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def founders(cluster: Cluster) -> dict[str, Actor]:
    """The people of a city that is founded once, in a database that others are copies of."""
    _execute(cluster, f"CREATE DATABASE {FOUNDED} OWNER sludgetrack_owner TEMPLATE {TEMPLATE}")
    engine = tx.make_engine(cluster.url("sludgetrack_app", FOUNDED))
    people = found_city(engine, Clock(BEGIN)).people
    engine.dispose()
    return people


@pytest.fixture
def template(request: pytest.FixtureRequest) -> str:
    """What a test's database is a copy of: with the city where the test asks for it, else empty."""
    if "city" not in request.fixturenames:
        return TEMPLATE
    request.getfixturevalue("founders")
    return FOUNDED


@pytest.fixture
def database(cluster: Cluster, template: str) -> Iterator[str]:
    """The name of a database of this test's own, migrated."""
    name = f"test_{os.getpid()}_{next(_counter)}"
    _execute(cluster, f"CREATE DATABASE {name} OWNER sludgetrack_owner TEMPLATE {template}")
    yield name
    _execute(cluster, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(cluster: Cluster, database: str) -> Iterator[Engine]:
    """The application's role in this test's database."""
    made = tx.make_engine(cluster.url("sludgetrack_app", database))
    yield made
    made.dispose()


@pytest.fixture
def superuser(cluster: Cluster, database: str) -> Iterator[Engine]:
    """Somebody with every right in this test's database, for tampering."""
    made = tx.make_engine(cluster.url("postgres", database))
    yield made
    made.dispose()


@pytest.fixture
def clock() -> Clock:
    """The server's time, moved by the test."""
    return Clock(BEGIN)


@pytest.fixture
def city(engine: Engine, clock: Clock, founders: dict[str, Actor]) -> City:
    """A plant, a hauler, three sites, an authority and a stranger, with people of each."""
    return City(engine, clock, dict(founders))


@pytest.fixture
def archive(engine: Engine, clock: Clock, tmp_path: Path) -> Archive:
    """Where the sheets of this test's database are kept."""
    return Archive(engine, tmp_path / "blobs", clock)


def _fast_place() -> Path | None:
    """Memory, where the machine has a file system in it with room to spare: every test copies a database."""
    memory = Path("/dev/shm")  # noqa: S108 - a file system, not a file's name
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > ROOM else None


def _execute(running: Cluster, statement: str) -> None:
    engine = sa.create_engine(running.superuser_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()
