"""One turn of the worker: a batch of one topic, claimed, done and taken off the outbox in one transaction.

Where a batch fails, its pieces are done one by one, so that one that cannot be done keeps none of the others waiting;
that one is put off, for longer each time.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

from sqlalchemy import Engine

from sludgetrack import telemetry, tx
from sludgetrack.store import outbox
from sludgetrack.store.outbox import Item, Topic
from sludgetrack.worker.handlers import Handler

BATCH = 8
"""Pieces of work in a transaction at most: enough that a backlog shares the log's lock and the reading, few enough that
the first of them is not kept long by the last."""


class Attempt:
    """Keeps what went wrong in its block, whatever it was: nothing that one piece of work does may end the worker."""

    error: Exception | None = None

    def __enter__(self) -> Attempt:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Keep an error; what ends the process goes on."""
        self.error = error if isinstance(error, Exception) else None
        return self.error is not None


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one topic is worked on, and how."""

    engine: Engine
    topic: Topic
    handle: Handler

    def turn(self, now: datetime, limit: int = BATCH) -> int:
        """Do up to ``limit`` pieces of work that are due. Returns how many were claimed.

        Raises what the database raises where it cannot even be asked.
        """
        claimed: list[Item] = []
        began = time.monotonic()
        with Attempt() as attempt:
            self._together(claimed, now, limit)
        if attempt.error is None:
            self._tell(claimed, began, now)
        elif not claimed:
            raise attempt.error
        elif len(claimed) == 1:
            self._put_off(claimed[0], attempt.error, now)
        else:
            for item in claimed:
                self._alone(item, now)
        return len(claimed)

    def _together(self, claimed: list[Item], now: datetime, limit: int) -> None:
        with tx.unit_of_work(self.engine) as connection:
            claimed.extend(outbox.claim(connection, self.topic, now, limit))
            if claimed:
                self.handle(connection, [item.ref for item in claimed], now)
                outbox.done(connection, claimed)

    def _alone(self, item: Item, now: datetime) -> None:
        began = time.monotonic()
        with Attempt() as attempt, tx.unit_of_work(self.engine) as connection:
            if not outbox.claim_again(connection, item):
                return
            self.handle(connection, [item.ref], now)
            outbox.done(connection, [item])
        if attempt.error is None:
            self._tell([item], began, now)
        else:
            self._put_off(item, attempt.error, now)

    def _put_off(self, item: Item, error: Exception, now: datetime) -> None:
        with tx.unit_of_work(self.engine) as connection:
            outbox.postpone(connection, item, described(error), now)
        telemetry.log().warning(
            telemetry.OUTBOX_FAILED, topic=self.topic, ref=item.ref, tries=item.tries + 1, error=described(error)
        )

    def _tell(self, items: Sequence[Item], began: float, now: datetime) -> None:
        if items:
            waited = now - min(item.created_at for item in items)
            telemetry.log().info(
                telemetry.OUTBOX_DONE,
                topic=self.topic,
                count=len(items),
                ms=round((time.monotonic() - began) * 1000),
                waited_ms=round(waited.total_seconds() * 1000),
            )


def described(error: Exception) -> str:
    """What kind of error it was and where it arose. Its text is left out: it may hold names of people."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    state = tx.sqlstate(error)
    return f"{type(error).__name__}{where}{f' ({state})' if state else ''}"
