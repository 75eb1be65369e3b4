"""The personal data that stands beside claims, for those who may read the manifest. An erased row gives nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, select

from sludgetrack.store.tables.record import personal


def beside(connection: Connection, event_ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """What stands beside these events, by event id."""
    query = select(personal.c.event_id, personal.c.data).where(personal.c.event_id.in_(list(event_ids)))
    return {row.event_id: row.data for row in connection.execute(query)}
