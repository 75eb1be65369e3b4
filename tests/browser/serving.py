"""The real application behind a real socket, with its worker beside it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sludgetrack.app import create_app
from sludgetrack.settings import Settings
from sludgetrack.store.blobs import open_blobs
from sludgetrack.worker import Loop
from tests.support.city import KEY


@dataclass(frozen=True)
class Served:
    """Where the application answers; its time is the machine's, as in production."""

    address: str
    app: Flask
    engine: Engine


class _Handler(WSGIRequestHandler):
    """One connection for many requests, and no word about any of them."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_about: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(engine: Engine, home: Path) -> Iterator[Served]:
    """The application on a migrated database, on a port of its own, until the block ends."""
    server = _server()
    address = f"http://{server.host}:{server.port}"
    settings = Settings(home=home, blobs=str(home / "blobs"), given_secret=KEY, public_address=address)
    server.app = create_app(settings, engine)
    worker = Loop(engine, open_blobs(settings.blobs), address)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="tests-web")
    thread.start()
    worker.start()
    try:
        yield Served(address, server.app, engine)
    finally:
        assert worker.stop()
        server.shutdown()
        thread.join()
        server.server_close()


def _server() -> BaseWSGIServer:
    """Bound first, since the application has to know its own address."""
    server = make_server("127.0.0.1", 0, Flask("waiting"), threaded=True, request_handler=_Handler)
    server.daemon_threads = True  # type: ignore[attr-defined]
    server.block_on_close = False  # type: ignore[attr-defined]
    return server
