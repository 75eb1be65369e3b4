"""What a request reaches of the application that serves it, and units of work on somebody's behalf."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar, cast

from flask import current_app
from sqlalchemy import Connection, Engine

from sludgetrack import tx
from sludgetrack.domain.identity import Actor
from sludgetrack.services.context import Context
from sludgetrack.settings import Settings
from sludgetrack.store.blobs import BlobStore

T = TypeVar("T")


class Parts(Protocol):
    """One application's parts. ``now`` gives the server's time in UTC, ``key`` signs what is shown and not stored."""

    @property
    def settings(self) -> Settings:
        """What the installation has set."""

    @property
    def engine(self) -> Engine:
        """The database."""

    @property
    def blobs(self) -> BlobStore:
        """Sheets and photos."""

    @property
    def now(self) -> Callable[[], datetime]:
        """The clock."""

    @property
    def key(self) -> str:
        """The installation's key."""


def parts() -> Parts:
    """The parts of the application that serves this request."""
    return cast("Parts", current_app.extensions["sludgetrack"])


def run(work: Callable[[Connection], T]) -> T:
    """One unit of work of nobody's, committed at the end."""
    return tx.run(parts().engine, work)


def run_for(actor: Actor, work: Callable[[Context], T]) -> T:
    """One unit of work on somebody's behalf, committed at the end, tried again where that may help."""
    here = parts()
    return tx.run(here.engine, lambda connection: work(Context(connection, actor, here.now())), actor)
