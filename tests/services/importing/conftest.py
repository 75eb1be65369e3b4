"""A second database, to compare with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from sludgetrack import tx
from sludgetrack.store.embedded import Cluster
from tests.conftest import TEMPLATE, _counter, _execute


@pytest.fixture
def other_engine(cluster: Cluster) -> Iterator[Engine]:
    """The application's role in another database of this test's own, migrated and empty."""
    name = f"test_other_{next(_counter)}"
    _execute(cluster, f"CREATE DATABASE {name} OWNER sludgetrack_owner TEMPLATE {TEMPLATE}")
    made = tx.make_engine(cluster.url("sludgetrack_app", name))
    yield made
    made.dispose()
    _execute(cluster, f"DROP DATABASE {name} WITH (FORCE)")
