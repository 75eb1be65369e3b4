"""What a request reaches: database, blobs, clock and key of the application that serves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

from flask import current_app
from sqlalchemy import Engine

from sludgetrack import tx
from sludgetrack.domain.identity import Actor
from sludgetrack.services.context import Context
from sludgetrack.settings import Settings
from sludgetrack.store.blobs import BlobStore

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Runtime:
    """One application's parts. ``now`` gives the server's time in UTC."""

    settings: Settings
    engine: Engine
    blobs: BlobStore
    now: Callable[[], datetime]
    key: str


def runtime() -> Runtime:
    """The parts of the application that serves this request."""
    return cast("Runtime", current_app.extensions["sludgetrack"])


def run_as(actor: Actor, work: Callable[[Context], T]) -> T:
    """One unit of work on somebody's behalf, committed at the end, tried again where that may help."""
    parts = runtime()
    return tx.run(parts.engine, lambda connection: work(Context(connection, actor, parts.now())), actor)
