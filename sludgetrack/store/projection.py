"""The manifests as their entries say, for lists and filters: one row each, and one for every party.

Nothing decides by these rows; they can be built anew from the entries at any time (``audit`` does, and compares).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from sludgetrack.domain.events import Entry, EventType, Stream, StreamKind
from sludgetrack.domain.manifest import REWRITES, ManifestState
from sludgetrack.store.directory import Directory
from sludgetrack.store.rows import copy_rows, execute, words_array
from sludgetrack.store.streams import StreamHead
from sludgetrack.store.tables.manifests import manifest, manifest_party

PARTY_EVENTS = frozenset((EventType.ISSUED, EventType.REDIRECTED, EventType.RESOLVED))
"""The events that can change who is party to a manifest."""


def project_manifests(
    connection: Connection,
    directory: Directory,
    entries: Iterable[Entry],
    heads: Mapping[Stream, StreamHead],
    states: Mapping[Stream, ManifestState],
) -> None:
    """Bring the rows of the manifests among these new entries up to date."""
    touched: dict[Stream, list[Entry]] = {}
    for entry in entries:
        if entry.stream.kind is StreamKind.MANIFEST:
            touched.setdefault(entry.stream, []).append(entry)
    new = [s for s in touched if heads[s].seq == 0]
    old = [s for s in touched if heads[s].seq > 0]
    if new:
        rows = [manifest_row(heads[s].id, states[s], touched[s], directory) for s in new]
        copy_rows(connection, manifest, tuple(rows[0]), map(_copied, rows))
        parties = [
            party
            for s in new
            for party in party_rows(heads[s].id, states[s], destinations(touched[s], directory), directory)
        ]
        copy_rows(connection, manifest_party, tuple(parties[0]), (tuple(party.values()) for party in parties))
    if old:
        rows = [{"id": heads[s].id, **_changing(states[s], touched[s], directory)} for s in old]
        _update(connection, rows)
    for s in old:
        if any(entry.claim.type in PARTY_EVENTS for entry in touched[s]):
            write_parties(connection, directory, heads[s].id, states[s], destinations(touched[s], directory))


def _copied(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """A row as COPY takes it, its lists (marks and grades) as plain words."""
    return tuple([words_array(value) if type(value) is list else value for value in row.values()])


def _update(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change many rows at once; grades and marks are added to those a row has."""
    values = {name: [row[name] for row in rows] for name in _CHANGING}
    values["marks"] = [words_array(row["marks"]) for row in rows]
    values["grades"] = [words_array(row["grades"]) for row in rows]
    execute(connection, _UPDATE, values)


_CHANGING: Mapping[LiteralString, LiteralString] = {
    "id": "bigint",
    "destination_id": "bigint",
    "route": "text",
    "planned_kg": "int",
    "planned_minutes": "int",
    "status": "text",
    "disputed": "boolean",
    "plate": "text",
    "driver_id": "uuid",
    "net_out_kg": "int",
    "moisture_out_bp": "smallint",
    "net_in_kg": "int",
    "moisture_in_bp": "smallint",
    "accepted_kg": "int",
    "held_kg": "int",
    "returned_kg": "int",
    "loaded_at": "timestamptz",
    "arrived_at": "timestamptz",
    "received_at": "timestamptz",
    "returned_at": "timestamptz",
    "seq": "int",
}
"""The columns that events after the issue can change, with their types."""

_UPDATE: LiteralString = (
    "UPDATE manifest SET "
    + ", ".join(f"{name} = now.{name}" for name in _CHANGING if name != "id")
    + ", marks = manifest.marks || now.marks::text[], grades = manifest.grades || now.grades::text[] FROM unnest("
    + ", ".join(f"%({name})s::{kind}[]" for name, kind in _CHANGING.items())
    + ", %(marks)s::text[], %(grades)s::text[]) AS now ("
    + ", ".join(_CHANGING)
    + ", marks, grades) WHERE manifest.id = now.id"
)


Place = tuple[int, str]
"""An organisation and the division of its facility."""


def destinations(entries: Iterable[Entry], directory: Directory) -> list[Place]:
    """Every destination these events name, whether they count or not: it was told of the load."""
    named = (entry.claim.figures.get("destination") for entry in entries if entry.claim.type in PARTY_EVENTS)
    sites = [directory.facility(code) for code in dict.fromkeys(named) if code is not None]
    return [(site.organisation_id, site.division) for site in sites]


def write_parties(
    connection: Connection, directory: Directory, manifest_id: int, state: ManifestState, told: Iterable[Place]
) -> None:
    """Bring the party rows up to date; whoever was a destination, or is told of it now, stays a former one."""
    p = manifest_party.c
    before = connection.execute(select(p.organisation_id, p.role, p.division).where(p.manifest_id == manifest_id)).all()
    former = [(b.organisation_id, b.division) for b in before if b.role in ("destination", "former")]
    connection.execute(delete(manifest_party).where(p.manifest_id == manifest_id))
    rows = party_rows(manifest_id, state, [*former, *told], directory)
    connection.execute(insert(manifest_party).on_conflict_do_nothing(), rows)


def party_rows(
    manifest_id: int, state: ManifestState, told: Iterable[Place], directory: Directory
) -> list[dict[str, Any]]:
    """Who may see a manifest: giver, hauler, destination and, of all ever ``told``, the former destinations."""
    giver = directory.facility(state.figures["giver"])
    destination = directory.facility(state.figures["destination"])
    hauler = directory.hauler(state.figures["hauler"])
    named = [
        (giver.organisation_id, "giver", giver.division),
        (hauler.id, "hauler", ""),
        (destination.organisation_id, "destination", destination.division),
    ]
    present = (destination.organisation_id, destination.division)
    named += [(place[0], "former", place[1]) for place in dict.fromkeys(told) if place != present]
    keys = ("manifest_id", "organisation_id", "role", "division")
    return [dict(zip(keys, (manifest_id, *party), strict=True)) for party in named]


def manifest_row(
    manifest_id: int, state: ManifestState, entries: Iterable[Entry], directory: Directory
) -> dict[str, Any]:
    """The row a state gives. ``grades`` (of handoffs, not of agreements about them) and ``marks`` are the entries'."""
    figures = state.figures
    return {
        "id": manifest_id,
        "number": state.number,
        "name": figures["name"],
        "public_code": figures["public_code"],
        "external_number": figures.get("external_number"),
        "giver_id": directory.facility(figures["giver"]).id,
        "hauler_id": directory.hauler(figures["hauler"]).id,
        "issued_at": state.times[EventType.ISSUED],
        **_changing(state, entries, directory),
    }


def _changing(state: ManifestState, entries: Iterable[Entry], directory: Directory) -> dict[str, Any]:
    """The part of a row that events after the issue can change."""
    figures, times = state.figures, state.times
    receipt = state.receipts[-1] if state.receipts else None
    fresh = list(entries)
    return {
        "destination_id": directory.facility(figures["destination"]).id,
        "route": figures["route"],
        "planned_kg": figures["planned_kg"],
        "planned_minutes": figures.get("planned_minutes"),
        "status": str(state.status),
        "disputed": state.disputed,
        "plate": figures.get("plate"),
        "driver_id": state.driver,
        "net_out_kg": state.loaded.net_kg if state.loaded else None,
        "moisture_out_bp": state.loaded.moisture_bp if state.loaded else None,
        "net_in_kg": receipt.weighing.net_kg if receipt else None,
        "moisture_in_bp": receipt.weighing.moisture_bp if receipt else None,
        "accepted_kg": state.accepted_kg,
        "held_kg": state.held_kg,
        "returned_kg": state.returned.net_kg if state.returned else None,
        "loaded_at": times.get(EventType.LOADED),
        "arrived_at": times.get(EventType.ARRIVED),
        "received_at": times.get(EventType.RECEIVED),
        "returned_at": times.get(EventType.RETURNED),
        "marks": [str(mark) for entry in fresh for mark in entry.marks],
        "grades": [str(entry.grade) for entry in fresh if entry.grade and entry.claim.type not in REWRITES],
        "seq": state.seq,
    }
