"""The worker's loop: turns at every topic while there is work, and another look a moment later while there is none.

Looking costs one indexed query ten times a second. A notification by the database would come sooner, but every commit
that notifies waits for the one before it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Thread

from sqlalchemy import Engine

from sludgetrack import telemetry
from sludgetrack.store.blobs import BlobStore
from sludgetrack.worker.handlers import handlers
from sludgetrack.worker.turn import Attempt, Desk, described

IDLE_S = 0.1
"""How long the loop waits before it looks again."""
SHORTEST_REST_S, LONGEST_REST_S = 1.0, 30.0
"""How long it waits while the database cannot be reached, doubling from the one to the other."""


def utc_now() -> datetime:
    """The server's time."""
    return datetime.now(UTC)


class Loop:
    """Works off the outbox until it is stopped. Several may run at once, in one process or on several machines."""

    def __init__(
        self, engine: Engine, blobs: BlobStore, public_address: str, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        made = handlers(blobs, public_address)
        self._desks = [Desk(engine, topic, handle) for topic, handle in made.items()]
        self._now = now
        self._stopped = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Run in a thread of its own, which ends with the process at the latest."""
        self._thread = Thread(target=self.run, name="sludgetrack-worker", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 30.0) -> bool:
        """Finish the batch in hand and end. Returns whether the thread, if there is one, ended in time."""
        self._stopped.set()
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def run(self) -> None:
        """Work until stopped. Whatever fails is logged, and tried again after a rest."""
        rest = SHORTEST_REST_S
        while not self._stopped.is_set():
            with Attempt() as attempt:
                wait = 0.0 if self.turn() else IDLE_S
            if attempt.error is None:
                rest = SHORTEST_REST_S
            else:
                telemetry.log().warning(telemetry.OUTBOX_FAILED, error=described(attempt.error))
                wait, rest = rest, min(rest * 2, LONGEST_REST_S)
            self._stopped.wait(wait)

    def turn(self) -> int:
        """One batch of each topic. Returns how much was claimed, done or put off."""
        telemetry.begin_request()
        return sum(desk.turn(self._now()) for desk in self._desks)

    def drain(self) -> int:
        """Do all that is due now and return how much that was."""
        total = 0
        while not self._stopped.is_set() and (count := self.turn()):
            total += count
        return total
