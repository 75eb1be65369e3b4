"""A migrated database that lives longer than one test, for tests that leave it as they found it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, text

from sludgetrack import tx
from sludgetrack.store.embedded import Cluster
from tests.conftest import TEMPLATE

_counter = itertools.count()


@dataclass(frozen=True)
class Place:
    """A database for the application's role, and for somebody with every right."""

    engine: Engine
    superuser: Engine


@contextmanager
def place_in(cluster: Cluster) -> Iterator[Place]:
    """A fresh database; it is dropped at the end."""
    name = f"place_{os.getpid()}_{next(_counter)}"
    server = tx.make_engine(cluster.superuser_url).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} OWNER sludgetrack_owner TEMPLATE {TEMPLATE}"))
        place = Place(
            tx.make_engine(cluster.url("sludgetrack_app", name)), tx.make_engine(cluster.url("postgres", name))
        )
        yield place
        place.engine.dispose()
        place.superuser.dispose()
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()
