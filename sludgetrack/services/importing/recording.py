"""Clean rows into the record, chunk by chunk, so that live work goes on in between."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, select

from sludgetrack import tx
from sludgetrack.domain.gates import Rulebooks
from sludgetrack.services.importing import registrations
from sludgetrack.services.importing.chunk import Chunk, Desk
from sludgetrack.services.importing.judging import Judge
from sludgetrack.services.importing.lab_reports import record_reports
from sludgetrack.services.importing.outcome import Progress, Stage
from sludgetrack.services.importing.spool import chunked
from sludgetrack.store import rules, staging_labs, staging_order
from sludgetrack.store.directory import Directory
from sludgetrack.store.tables.registry import vehicle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sludgetrack.domain.manifest import ManifestState
    from sludgetrack.services.importing.masters import Masters, Said
    from sludgetrack.services.importing.outcome import Watch

MASTERS_AT_ONCE: Final = 500
REPORTS_AT_ONCE: Final = 500


@dataclass(slots=True)
class Pace:
    """How many steps a chunk has: as many as take the wanted time, in which live work at their facilities waits.

    ``steps`` is the size of the next chunk, kept between ``least`` and ``most``; ``seconds`` None keeps it as it is.
    """

    steps: int = 400
    seconds: float | None = 0.3
    least: int = 100
    most: int = 4000

    def adjust(self, steps: int, seconds: float) -> None:
        """Learn from a chunk that took so long, half-way at most."""
        if self.seconds is not None and seconds > 0:
            fitting = steps * self.seconds / seconds
            self.steps = int(min(max((self.steps + fitting) / 2, self.least), self.most))


@dataclass(slots=True)
class Recording:
    """The recording half of an import, on the session that holds the staged rows."""

    connection: Connection
    zone: str
    clock: Callable[[], datetime]
    watch: Watch
    pace: Pace

    def masters(self, masters: Masters) -> int:
        """Record parties, vehicles and policies; how many events that made."""
        record_parties = partial(registrations.record_parties, zone=self.zone)
        return (
            self._register(record_parties, masters.parties.new)
            + self._register(registrations.record_vehicles, masters.vehicles.new)
            + self._register(registrations.record_policies, masters.policies.new)
        )

    def _register(self, record: Callable[..., int], rows: Sequence[Said]) -> int:
        events = 0
        for some in chunked(rows, MASTERS_AT_ONCE):
            events += tx.run_on(self.connection, partial(record, rows=some, now=self.clock()))
        return events

    def labs(self) -> int:
        """Record the lab reports, before anything that may be judged by them; how many events that made."""
        total = tx.run_on(self.connection, staging_labs.order_reports)
        for done in range(0, total, REPORTS_AT_ONCE):
            tx.run_on(self.connection, partial(record_reports, after=done, count=REPORTS_AT_ONCE, now=self.clock()))
        return total

    def steps(self) -> int:
        """Record production, movements, runs, disposals and counts; how many events that made."""
        total = tx.run_on(self.connection, _plan)
        desk = tx.run_on(self.connection, _open_desk)
        events = done = 0
        self.watch(Progress(Stage.RECORDING, done, total))
        while done < total:
            began = time.perf_counter()
            taken, made = self._chunk(desk, done)
            done += taken
            events += made
            self.pace.adjust(taken, time.perf_counter() - began)
            self.watch(Progress(Stage.RECORDING, done, total))
        return events

    def _chunk(self, desk: Desk, done: int) -> tuple[int, int]:
        def work(connection: Connection) -> tuple[int, int, list[ManifestState]]:
            steps = staging_order.next_steps(connection, done, self.pace.steps)
            events, states = Chunk(connection, desk, steps, self.clock()).record()
            return len(steps), events, states

        taken, events, states = tx.run_on(self.connection, work)
        desk.memory.put(states)
        return taken, events


def _plan(connection: Connection) -> int:
    staging_order.plan_new_rows(connection)
    return staging_order.order_steps(connection)


def _open_desk(connection: Connection) -> Desk:
    directory = Directory(connection)
    directory.load_all()
    rated = select(vehicle.c.plate, vehicle.c.rated_kg).where(vehicle.c.rated_kg.is_not(None))
    rated_kg = {row.plate: row.rated_kg for row in connection.execute(rated)}
    tables = rules.tables(connection)
    return Desk(directory, rated_kg, tables, Judge(Rulebooks(tables, rules.policy(connection))))
