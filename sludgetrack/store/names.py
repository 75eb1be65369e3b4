"""The one namespace of manifests, batches, lots, runs and disposals."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, select

from sludgetrack.domain.errors import NameTaken
from sludgetrack.domain.events import Entry, EventType
from sludgetrack.store.rows import copy_rows
from sludgetrack.store.tables.mass import name

_NAMED = {EventType.ISSUED: "name", EventType.PRODUCED: "batch", EventType.DISPOSED: "disposal"}
"""The figure by which an event names something, where it does."""


def take(connection: Connection, entries: Iterable[Entry]) -> None:
    """Enter the names these events give. A name in use is an integrity error: whoever names has checked."""
    rows = [named for entry in entries for named in names_of(entry)]
    if rows:
        copy_rows(connection, name, ("name", "kind"), rows)


def names_of(entry: Entry) -> list[tuple[str, str]]:
    """The names an event gives, each with what kind of thing it names: the type of the event."""
    figure = _NAMED.get(entry.claim.type)
    return [(entry.claim.figures[figure], str(entry.claim.type))] if figure else []


def taken(connection: Connection, names: Collection[str]) -> set[str]:
    """Those of the names that are in use."""
    return set(connection.scalars(select(name.c.name).where(name.c.name.in_(names))))


def require_free(connection: Connection, wanted: str, field: str) -> None:
    """Raises NameTaken, naming the field, where the name is in use."""
    if taken(connection, [wanted]):
        raise NameTaken(field=field, name=wanted)
