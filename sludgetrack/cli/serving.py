"""``sludgetrack serve``: the web server and, with the embedded database, the worker beside it."""

from __future__ import annotations

import sys
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from sludgetrack import telemetry
from sludgetrack.app import create_app
from sludgetrack.cli.common import open_engine, open_store, settings
from sludgetrack.worker import Loop

SWITCH_S = 0.0005
"""How long a thread may compute before another that has its answer from the database goes on: a request asks it some
twenty times, and would wait Python's usual 5 ms each time."""


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn, told everything from here."""

    def __init__(self, application: Any, options: dict[str, Any]) -> None:
        self._application, self._options = application, options
        super().__init__()

    def load_config(self) -> None:
        """gunicorn asks for its configuration."""
        for key, value in self._options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        """gunicorn asks for the application."""
        return self._application


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes that serve.")
@click.option(
    "--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Requests each process serves at once."
)
@click.option(
    "--worker/--no-worker", default=None, help="Run the sheet worker too (default: with the embedded database)."
)
def serve(*, host: str, port: int, processes: int, threads: int, worker: bool | None) -> None:
    """Serve the pages and the API."""
    telemetry.configure()
    given, blobs = settings(), open_store()
    engine = open_engine(pool_size=threads + 4)
    application = create_app(given, engine)
    with_worker = given.database_url is None if worker is None else worker
    loop = Loop(engine, blobs, given.public_address) if with_worker else None

    def forked(_server: Any, _worker: Any) -> None:
        # the parent's connections must not be shared with the process that serves
        engine.dispose(close=False)
        sys.setswitchinterval(SWITCH_S)

    def begin(_server: Any) -> None:
        if loop is not None:
            loop.start()

    def end(_server: Any, _worker: Any) -> None:
        if loop is not None:
            loop.stop()

    def ready(_server: Any) -> None:
        click.echo(f"\nsludgetrack: {given.public_address}  (listening on {host}:{port})", err=True)

    options = {
        "bind": f"{host}:{port}",
        "workers": processes,
        "threads": threads,
        "worker_class": "gthread",
        "post_fork": forked,
        "post_worker_init": begin,
        "worker_exit": end,
        "when_ready": ready,
        "accesslog": None,
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    _Server(application, options).run()
