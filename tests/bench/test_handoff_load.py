"""Handoffs at a pace, through the real server and worker: how long a confirmation takes, and when its sheet is there.

``make bench`` prints the figures. They are figures of the machine that ran them, so nothing here fails for being slow;
what fails is a lost handoff, an error, or a backlog that stays.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from sludgetrack import tx
from sludgetrack.access import tokens
from sludgetrack.access.tokens import Scope, Wanted
from sludgetrack.store import embedded, migrate
from tests.support.city import City, found_city, new_id
from tests.support.clock import Clock

pytestmark = pytest.mark.bench

CLIENTS = int(os.environ.get("BENCH_CLIENTS", "8"))
PER_SECOND = float(os.environ.get("BENCH_HANDOFFS_PER_SECOND", "20"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "180"))


@dataclass
class Running:
    """A server and a worker of their own on a fresh home."""

    engine: Engine
    port: int
    tokens: dict[str, str]
    city: City


@dataclass
class Figures:
    """What the clients saw, in seconds."""

    confirming: list[float] = field(default_factory=list)
    offering: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture
def running() -> Iterator[Running]:
    home = Path(tempfile.mkdtemp(prefix="sludgetrack-bench-"))
    home.chmod(0o755)
    with embedded.ensure_running(home) as cluster:
        owner = tx.make_engine(cluster.owner_url)
        migrate.upgrade(owner, embedded.APP)
        owner.dispose()
        engine = tx.make_engine(cluster.app_url)
        city = found_city(engine, Clock(datetime.now(UTC)))
        city.produce(wet_kg=99_000_000)
        port = _free_port()
        command = [str(Path(sys.executable).parent / "sludgetrack")]
        environment = {**os.environ, "SLUDGETRACK_HOME": str(home)}
        serving = [*command, "serve", "--port", str(port), "--no-worker"]
        with subprocess.Popen(serving, env=environment) as server:
            with subprocess.Popen([*command, "worker"], env=environment, stderr=subprocess.DEVNULL) as worker:
                _wait_for(port)
                yield Running(engine, port, _tokens(engine, city), city)
                worker.terminate()
            server.terminate()
        engine.dispose()
    shutil.rmtree(home)


def test_handoffs_at_a_pace(running: Running, capsys: pytest.CaptureFixture[str]) -> None:
    """8 clients paced to 20 handoffs a second for three minutes, unless the environment says otherwise."""
    count = int(PER_SECOND * SECONDS)
    numbers = [running.city.issue() for _ in range(count)]
    _wait_for_empty_outbox(running.engine, 600)
    figures, ended_at = _drive(running, numbers, PER_SECOND)
    backlog = [_backlog(running.engine)]
    time.sleep(1)
    backlog.append(_backlog(running.engine))
    _wait_for_empty_outbox(running.engine, 60)
    delays = _sheet_delays(running.engine)

    with capsys.disabled():
        print(f"\n{len(figures.confirming)} handoffs in {ended_at:.1f} s by {CLIENTS} clients")
        print(f"confirming request: {_spread(figures.confirming)}")
        print(f"offering request:   {_spread(figures.offering)}")
        print(f"sheet ready after:  {_spread(delays)}")
        print(f"sheets waiting with the last confirmation, and a second later: {backlog[0]}, {backlog[1]}")
    assert figures.errors == []
    assert len(figures.confirming) == count


def test_handoffs_as_fast_as_they_go(running: Running, capsys: pytest.CaptureFixture[str]) -> None:
    """The unpaced maximum of offer and confirmation together."""
    numbers = [running.city.issue() for _ in range(600)]
    _wait_for_empty_outbox(running.engine, 600)
    figures, seconds = _drive(running, numbers, None)

    with capsys.disabled():
        print(f"\nunpaced: {len(figures.confirming) / seconds:.1f} handoffs/s, {_spread(figures.confirming)}")
    assert figures.errors == []


def _drive(running: Running, numbers: list[str], per_second: float | None) -> tuple[Figures, float]:
    figures, begin = Figures(), time.monotonic()
    clients = [
        threading.Thread(target=_client, args=(running, numbers[i::CLIENTS], figures, i, per_second))
        for i in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return figures, time.monotonic() - begin


def _client(running: Running, numbers: list[str], figures: Figures, index: int, per_second: float | None) -> None:
    connection = HTTPConnection("127.0.0.1", running.port, timeout=60)
    pause = CLIENTS / per_second if per_second else 0.0
    begin = time.monotonic() + index * pause / CLIENTS
    for turn, number in enumerate(numbers):
        time.sleep(max(0.0, begin + turn * pause - time.monotonic()))
        try:
            _hand_over(connection, running, number, figures)
        except (OSError, KeyError) as error:
            figures.errors.append(repr(error))
            connection.close()
    connection.close()


def _hand_over(connection: HTTPConnection, running: Running, number: str, figures: Figures) -> None:
    body: dict[str, object] = {
        "event": "loaded",
        "event_id": new_id(),
        "plate": "豫G12345",
        "gross_out_t": "24.000",
        "tare_out_t": "12.000",
        "net_out_t": "12.000",
        "moisture_out_pct": "80.00",
        "ticket_out": "A-0001",
    }
    shown, took = _post(connection, f"/api/v1/manifests/{number}/offers", running.tokens["plant"], body)
    figures.offering.append(took)
    path = f"/api/v1/offers/{shown['id']}/confirmation"
    receipt, took = _post(connection, path, running.tokens["driver"], {"code": shown["code"]})
    figures.confirming.append(took)
    if "seq" not in receipt:
        figures.errors.append(json.dumps(receipt, ensure_ascii=False))


def _post(connection: HTTPConnection, path: str, token: str, body: dict[str, object]) -> tuple[dict[str, str], float]:
    begin = time.monotonic()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body).encode(), headers)
    answer = connection.getresponse().read()
    return json.loads(answer), time.monotonic() - begin


def _tokens(engine: Engine, city: City) -> dict[str, str]:
    with tx.unit_of_work(engine) as connection:
        scopes = frozenset((Scope.READ, Scope.WRITE))
        return {
            who: tokens.create(
                connection,
                Wanted(new_id(), city.people[who].person, "bench", scopes, timedelta(days=1)),
                datetime.now(UTC),
            )
            for who in ("plant", "driver")
        }


def _backlog(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM outbox")).scalar_one())


def _wait_for_empty_outbox(engine: Engine, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while _backlog(engine):
        assert time.monotonic() < deadline, "the worker does not keep up"
        time.sleep(0.2)


def _sheet_delays(engine: Engine) -> list[float]:
    query = sa.text(
        "SELECT extract(epoch FROM sheet.recorded_at - entry.recorded_at) FROM sheet"
        " JOIN entry USING (event_id) WHERE entry.type = 'loaded'"
    )
    with engine.connect() as connection:
        return [float(delay) for delay in connection.scalars(query)]


def _spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    at = {p: ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))] * 1000 for p in (50, 95, 99)}
    mean = statistics.fmean(ordered) * 1000
    return f"mean {mean:.1f} p50 {at[50]:.1f} p95 {at[95]:.1f} p99 {at[99]:.1f} max {ordered[-1] * 1000:.1f} ms"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on {port}")
