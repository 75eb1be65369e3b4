"""The lab reports the steps of a chunk go by: disposals are judged by them, and missing moistures come from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sludgetrack.domain.identity import FacilityKind
from sludgetrack.store.labs import Reports, for_disposal, plants_behind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from sludgetrack.domain.labs import Report
    from sludgetrack.ledgerfiles.rows import Disposal
    from sludgetrack.services.importing.judging import Judge
    from sludgetrack.services.importing.rows import Rows
    from sludgetrack.store.directory import Directory
    from sludgetrack.store.labs import About


class Evidence:
    """Reports read for a chunk, in a query or two: only those something may depend on."""

    def __init__(self, connection: Connection, directory: Directory, judge: Judge, rows: Rows) -> None:
        self._connection = connection
        self._directory = directory
        self._reports = Reports()
        asking = [row for row in rows.disposals.values() if judge.needs_lab(directory.facility(row.site), row)]
        self._plants = self._plants_behind({row.lot for row in asking}, rows)
        self._asking = {row.line for row in asking}
        wanted = {about for row in asking for about in self._about(row)}
        self._reports.read(connection, wanted | _untested(rows))

    def for_disposal(self, row: Disposal) -> Sequence[Report]:
        """What a disposal is judged by, nothing where no report is asked for."""
        if row.line not in self._asking:
            return ()
        return self._reports.for_disposal(row.site, row.lot, self._plants.get(row.lot))

    def assumed_bp(self, at: str, day: date) -> int:
        """The moisture of sludge nobody tested at a facility on a day."""
        return self._reports.assumed_bp(at, day)

    def _about(self, row: Disposal) -> list[About]:
        return for_disposal(row.site, row.lot, self._plants.get(row.lot))

    def _plants_behind(self, lots: set[str], rows: Rows) -> dict[str, str]:
        """The plant each lot comes from straight, of this chunk's movements or of the record."""
        givers = {row.manifest: row.giver for row in rows.movements.values() if row.manifest in lots}
        here = {lot: code for lot, code in givers.items() if self._directory.facility(code).kind is FacilityKind.PLANT}
        return plants_behind(self._connection, lots - givers.keys()) | here


def _untested(rows: Rows) -> set[About]:
    """Facilities whose own reports may state a missing moisture."""
    plants = {row.plant for row in rows.productions.values() if row.moisture_bp is None}
    givers = {row.giver for row in rows.movements.values() if row.loaded_at and row.moisture_out_bp is None}
    return {(code, code) for code in plants | givers}
