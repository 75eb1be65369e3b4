"""Disposals as their events say, for lists and for the sheet."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, update

from sludgetrack.domain.events import Entry, EventType
from sludgetrack.domain.holdings import Holding
from sludgetrack.store.books import Books
from sludgetrack.store.corrections import revision
from sludgetrack.store.directory import Directory
from sludgetrack.store.rows import copy_rows
from sludgetrack.store.tables.mass import disposal

_COLUMNS = (
    "event_id",
    "name",
    "facility_id",
    "holding_id",
    "route",
    "day",
    "wet_kg",
    "moisture_bp",
    "final",
    "compliant",
    "reasons",
)


def project_disposals(connection: Connection, directory: Directory, entries: Iterable[Entry], books: Books) -> None:
    """Add a row for each disposal among these new entries."""
    rows = []
    for entry in entries:
        if entry.claim.type is EventType.DISPOSED:
            figures = entry.claim.figures
            site = directory.facility(figures["facility"])
            lot = books.holding(figures["lot"], site.place.account)
            row = disposal_row(entry, site.id, lot) | {"holding_id": books.id_of(figures["lot"], site.place.account)}
            rows.append((*(row[column] for column in _COLUMNS[:-1]), json.dumps(row["reasons"], ensure_ascii=False)))
    if rows:
        copy_rows(connection, disposal, _COLUMNS, rows)
    for entry in entries:
        if entry.claim.type is EventType.CORRECTED and entry.claim.figures["of"] == EventType.DISPOSED:
            _correct(connection, entry.claim.figures["corrects"])


def _correct(connection: Connection, event_id: str) -> None:
    """State a disposal's row anew, as it counts after its corrections."""
    found = revision(connection, event_id)
    if found is not None:
        values = corrected_values(found.present)
        connection.execute(update(disposal).where(disposal.c.event_id == event_id).values(values))


def corrected_values(present: Entry) -> dict[str, Any]:
    """What a disposal as it counts after corrections states in its row; an unmeasured moisture stays the lot's."""
    figures = present.claim.figures
    moisture = figures.get("moisture_bp")
    return {
        "route": figures["route"],
        "day": date.fromisoformat(figures["day"]),
        "wet_kg": figures["wet_kg"],
        "final": figures.get("final", False),
        "compliant": figures["compliant"],
        "reasons": figures["breaches"],
        **({} if moisture is None else {"moisture_bp": moisture}),
    }


def disposal_row(entry: Entry, site_id: int, lot: Holding | None) -> dict[str, Any]:
    """The row a disposal gives, but for its lot's row. Its moisture, where none was measured, is the lot's."""
    figures = entry.claim.figures
    moisture = figures.get("moisture_bp")
    return {
        "event_id": entry.claim.event_id,
        "name": figures["disposal"],
        "facility_id": site_id,
        "route": figures["route"],
        "day": date.fromisoformat(figures["day"]),
        "wet_kg": figures["wet_kg"],
        "moisture_bp": moisture if moisture is not None or lot is None else lot.moisture_bp,
        "final": figures.get("final", False),
        "compliant": figures["compliant"],
        "reasons": figures["breaches"],
    }
