"""Databases beside a test's own: a second one to compare with, and one that all tests of a module read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine

from sludgetrack import tx
from sludgetrack.store.embedded import Cluster
from tests.conftest import TEMPLATE, _counter, _execute


@contextmanager
def migrated(cluster: Cluster) -> Iterator[Engine]:
    """The application's role in a database that is migrated and empty."""
    name = f"test_other_{os.getpid()}_{next(_counter)}"
    _execute(cluster, f"CREATE DATABASE {name} OWNER sludgetrack_owner TEMPLATE {TEMPLATE}")
    made = tx.make_engine(cluster.url("sludgetrack_app", name))
    yield made
    made.dispose()
    _execute(cluster, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def other_engine(cluster: Cluster) -> Iterator[Engine]:
    """A second database, to compare with."""
    with migrated(cluster) as made:
        yield made
