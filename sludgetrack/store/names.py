"""The one namespace of manifests, batches, lots, runs and disposals."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, select

from sludgetrack.domain.errors import NameTaken
from sludgetrack.domain.events import Entry, EventType
from sludgetrack.domain.holdings import OPENING, UNDECLARED
from sludgetrack.store.rows import copy_rows
from sludgetrack.store.tables.mass import name

_NAMED = {
    EventType.ISSUED: "name",
    EventType.PRODUCED: "batch",
    EventType.TREATED: "run",
    EventType.DISPOSED: "disposal",
}
"""The figure by which an event names something, where it does."""


def take(connection: Connection, entries: Iterable[Entry]) -> None:
    """Enter the names these events give. A name in use is an integrity error: whoever names has checked."""
    rows = [named for entry in entries for named in names_of(entry)]
    if rows:
        copy_rows(connection, name, ("name", "kind"), rows)


def names_of(entry: Entry) -> list[tuple[str, str]]:
    """The names an event gives, each with what kind of thing it names: the type of the event."""
    figure = _NAMED.get(entry.claim.type)
    if figure is None:
        return []
    names = [entry.claim.figures[figure], *(line["lot"] for line in entry.claim.figures.get("outputs", ()))]
    return [(name, str(entry.claim.type)) for name in names]


def taken(connection: Connection, names: Collection[str]) -> set[str]:
    """Those of the names that are in use."""
    return set(connection.scalars(select(name.c.name).where(name.c.name.in_(names))))


def require_free(connection: Connection, wanted: str, field: str) -> None:
    """Raises NameTaken, naming the field, where the name is in use or kept for a manifest or the system's own."""
    require_all_free(connection, [wanted], field)


def require_all_free(connection: Connection, wanted: Collection[str], field: str) -> None:
    """Raises NameTaken, naming the field, for the first of several names that cannot be given, or stands twice."""
    used = taken(connection, wanted)
    seen: set[str] = set()
    for one in wanted:
        if one in used or one in seen or is_reserved(one):
            raise NameTaken(field=field, name=one)
        seen.add(one)


def is_reserved(wanted: str) -> bool:
    """Whether a name is one that a manifest or the system itself would give: nobody may take it before them."""
    return re.fullmatch(r"[0-9]{20}", wanted) is not None or wanted.endswith((UNDECLARED, OPENING))
