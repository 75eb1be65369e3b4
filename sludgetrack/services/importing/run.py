"""An import from beginning to end."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sludgetrack import tx
from sludgetrack.ledgerfiles.findings import Finding
from sludgetrack.ledgerfiles.folder import Ledger, open_ledger
from sludgetrack.services.importing.checking import Checking
from sludgetrack.services.importing.masters import Masters, read_masters
from sludgetrack.services.importing.outcome import FileCounts, Outcome, Progress, Stage
from sludgetrack.services.importing.places import Places
from sludgetrack.services.importing.reading import STAGED_FILES, Reading
from sludgetrack.services.importing.recording import Pace, Recording
from sludgetrack.services.importing.spool import Spool
from sludgetrack.store import staging

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from sludgetrack.ledgerfiles.findings import Report
    from sludgetrack.services.importing.outcome import Watch


class ImportRunning(Exception):
    """Another import is running on this database; only one may."""


def _unwatched(_progress: Progress) -> None:
    """Nobody looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be imported: the folder, and ``zone``, the legal time of facilities not registered yet.

    ``clock`` gives the server's time. With ``dry_run`` the files are checked only.
    """

    folder: Path
    zone: str
    clock: Callable[[], datetime]
    dry_run: bool = False
    watch: Watch = _unwatched
    pace: Pace = field(default_factory=Pace)


def import_ledger(connection: Connection, order: Order, report: Report) -> Outcome:
    """Import a folder of ledger files on a session of its own (``tx.session``).

    Every finding of every file is reported, file by file and line by line; with any finding nothing is written. Raises
    ImportRunning, and NotAllowedNow where somebody goes on with an imported manifest meanwhile: run again, it finishes
    or says what is wrong.
    """
    if not tx.run_on(connection, staging.prepare):
        raise ImportRunning
    spool = Spool()
    with open_ledger(order.folder, spool.report_of(None)) as ledger:
        masters, files = _read_and_check(connection, order, ledger, spool)
    found = tx.run_on(connection, lambda c: _tell(c, report))
    if found or order.dry_run:
        return Outcome(found, files)
    recording = Recording(connection, order.zone, order.clock, order.watch, order.pace)
    events = recording.masters(masters) + recording.labs()
    return Outcome(0, files, events + recording.steps())


def _read_and_check(
    connection: Connection, order: Order, ledger: Ledger, spool: Spool
) -> tuple[Masters, dict[str, FileCounts]]:
    places = Places(ZoneInfo(order.zone))
    masters = tx.run_on(connection, lambda c: read_masters(c, ledger, places, spool))
    reading = Reading(ledger, places, spool, order.clock(), order.watch)
    for file in STAGED_FILES:
        tx.run_on(connection, partial(reading.stage, file=file))
    order.watch(Progress(Stage.CHECKING))
    tx.run_on(connection, staging.index)
    counts = tx.run_on(connection, lambda c: Checking(c, ledger, places, spool).check())
    own = {"parties": masters.parties.counts, "vehicles": masters.vehicles.counts, "policies": masters.policies.counts}
    return masters, own | counts


def _tell(connection: Connection, report: Report) -> int:
    for file, line, column, code, facts in staging.findings(connection):
        report(Finding(file, line, column, code, facts))
    return staging.count_findings(connection)
