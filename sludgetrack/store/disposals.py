"""Disposals as their events say, for lists and for the sheet."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection

from sludgetrack.domain.events import Entry, EventType
from sludgetrack.store.books import Books
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
            moisture = figures.get("moisture_bp")
            rows.append(
                (
                    entry.claim.event_id,
                    figures["disposal"],
                    site.id,
                    books.id_of(figures["lot"], site.place.account),
                    figures["route"],
                    date.fromisoformat(figures["day"]),
                    figures["wet_kg"],
                    moisture if moisture is not None or lot is None else lot.moisture_bp,
                    figures.get("final", False),
                    figures["compliant"],
                    json.dumps(figures["breaches"], ensure_ascii=False),
                )
            )
    if rows:
        copy_rows(connection, disposal, _COLUMNS, rows)
