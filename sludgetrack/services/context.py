"""What every service function is given: the unit of work's connection, who acts, and the time by the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from sludgetrack.domain.identity import Actor
from sludgetrack.store.directory import Directory


@dataclass(slots=True)
class Context:
    """One unit of work on somebody's behalf. ``now`` is aware UTC and stays the same throughout."""

    connection: Connection
    actor: Actor
    now: datetime
    directory: Directory = field(init=False)

    def __post_init__(self) -> None:
        """The directory reads through the same connection."""
        self.directory = Directory(self.connection)
