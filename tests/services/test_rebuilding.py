"""Projections that were tampered with or lost are as they were after a rebuild."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text

from sludgetrack.services.audit import Area, audit
from sludgetrack.services.rebuilding import rebuild
from sludgetrack.store.embedded import Cluster
from tests.services.tamperings import TAMPERINGS
from tests.support.busy import make_busy
from tests.support.city import found_city
from tests.support.clock import Clock
from tests.support.place import Place, place_in

REBUILT = (Area.MANIFESTS, Area.PARTIES, Area.NAMES, Area.SUMS)
BEYOND_REPAIR = {"a manifest nobody issued"}
"""A row of no stream is somebody's work: it stays for the audit to name."""


@pytest.fixture(scope="module")
def place(cluster: Cluster) -> Iterator[Place]:
    with place_in(cluster) as place:
        make_busy(found_city(place.engine, Clock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))))
        yield place


@pytest.fixture
def tampering(place: Place) -> Iterator[Connection]:
    with place.superuser.connect() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
        connection.rollback()


@pytest.mark.parametrize(
    "what", [what for what, t in TAMPERINGS.items() if t.area in REBUILT and what not in BEYOND_REPAIR]
)
def test_what_was_tampered_with_is_as_it_was(tampering: Connection, what: str) -> None:
    tampering.execute(text(TAMPERINGS[what].statement()))
    assert not audit(tampering, nothing).agrees

    rebuild(tampering)

    assert audit(tampering, nothing).agrees


def test_everything_lost_comes_back(tampering: Connection) -> None:
    for table in ("manifest_party", "manifest", "name", "day_sum", "month_sum", "year_sum", "batch_sum", "cohort_sum"):
        tampering.execute(text("DELETE FROM TABLE_NAME".replace("TABLE_NAME", table)))

    counts = rebuild(tampering)

    assert audit(tampering, nothing).agrees
    assert all(counts.values())


def test_the_application_may_rebuild_and_nothing_changes(place: Place) -> None:
    with place.engine.connect() as connection:
        before = _everything(connection)
        rebuild(connection)
        assert _everything(connection) == before
        connection.rollback()


def _everything(connection: Connection) -> list[object]:
    queries = (
        "SELECT * FROM manifest ORDER BY id",
        "SELECT * FROM manifest_party ORDER BY 1, 2, 3",
        "SELECT * FROM name ORDER BY name",
        "SELECT * FROM day_sum WHERE origin_units <> 0 ORDER BY 1, 2, 3, 4, 5, 6",
        "SELECT * FROM month_sum WHERE origin_units <> 0 ORDER BY 1, 2, 3, 4, 5, 6",
        "SELECT * FROM year_sum WHERE origin_units <> 0 ORDER BY 1, 2, 3, 4, 5, 6",
        "SELECT * FROM batch_sum ORDER BY origin_id",
        "SELECT * FROM cohort_sum WHERE origin_units <> 0 ORDER BY 1, 2, 3",
    )
    return [tuple(row) for query in queries for row in connection.execute(text(query)) if row]


def nothing(_digest: bytes) -> None:
    """A place without files."""
