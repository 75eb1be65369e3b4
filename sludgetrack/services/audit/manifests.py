"""Manifest rows and party rows, computed anew from the entries of each manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from sludgetrack.domain.errors import DomainError
from sludgetrack.domain.events import Entry, Stream
from sludgetrack.domain.manifest import fold
from sludgetrack.services.audit.areas import Area, Notes, differing
from sludgetrack.store import scan
from sludgetrack.store.directory import Directory
from sludgetrack.store.projection import destinations, manifest_row, party_rows
from sludgetrack.store.tables.manifests import manifest, manifest_party

Party = tuple[int, str, str]
"""Organisation, role and division."""


def expected_rows(
    manifest_id: int, entries: Sequence[Entry], directory: Directory
) -> tuple[dict[str, Any], set[Party]]:
    """What the entries of a manifest give: its row, and who is party to it.

    Raises LookupError, ValueError, KeyError, TypeError or DomainError where they do not make a manifest.
    """
    state = fold(entries)
    row = manifest_row(manifest_id, state, entries, directory)
    parties = party_rows(manifest_id, state, destinations(entries, directory), directory)
    return row, {(party["organisation_id"], party["role"], party["division"]) for party in parties}


class Manifests:
    """The stored rows, read beside the streams, both in the order of the streams' ids."""

    def __init__(self, connection: Connection, notes: Notes) -> None:
        self._notes = notes
        self._directory = Directory(connection)
        self._directory.load_all()
        self._rows = InStep(scan.streamed(connection, select(manifest).order_by(manifest.c.id)))
        parties = select(manifest_party).order_by(manifest_party.c.manifest_id)
        self._parties = InStep(scan.streamed(connection, parties))

    def compare(self, stream_id: int, stream: Stream, entries: Sequence[Entry]) -> None:
        """Hold the stored rows of one manifest against what its entries give."""
        self._extra(self._rows.before(stream_id), self._parties.before(stream_id))
        stored, parties = self._rows.at(stream_id), self._parties.at(stream_id)
        try:
            row, expected = expected_rows(stream_id, entries, self._directory)
        except (LookupError, ValueError, TypeError, AttributeError, DomainError) as error:
            self._notes.disagree(Area.MANIFESTS, "entries_make_no_manifest", str(stream), repr(error))
            return
        self._compare_row(str(stream), stored, row)
        self._compare_parties(str(stream), {(p.organisation_id, p.role, p.division) for p in parties}, expected)

    def finish(self) -> None:
        """What is stored beyond the last stream belongs to none."""
        self._extra(self._rows.rest(), self._parties.rest())

    def _compare_row(self, where: str, stored: Sequence[Row[Any]], expected: Mapping[str, Any]) -> None:
        self._notes.checked(Area.MANIFESTS)
        if not stored:
            self._notes.disagree(Area.MANIFESTS, "row_missing", where, "its row is gone")
            return
        difference = differing(dict(stored[0]._mapping), expected)  # noqa: SLF001 - documented accessor
        if difference:
            self._notes.disagree(Area.MANIFESTS, "row_differs", where, difference)

    def _compare_parties(self, where: str, stored: set[Party], expected: set[Party]) -> None:
        self._notes.checked(Area.PARTIES, len(expected))
        for party in sorted(expected - stored):
            self._notes.disagree(Area.PARTIES, "party_missing", where, _worded(party))
        for party in sorted(stored - expected):
            self._notes.disagree(Area.PARTIES, "party_too_many", where, _worded(party))

    def _extra(self, rows: Iterable[Row[Any]], parties: Iterable[Row[Any]]) -> None:
        for row in rows:
            self._notes.disagree(Area.MANIFESTS, "row_too_many", f"manifest {row.number}", "no stream has this id")
        for party in parties:
            self._notes.disagree(Area.PARTIES, "party_too_many", f"row {party[0]}", "no manifest has this id")


class InStep:
    """Sorted rows read beside something else that is sorted by the same first column."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def before(self, key: Any) -> Iterator[Any]:
        """The rows that come before a key."""
        while self._next is not None and self._next[0] < key:
            yield self._take()

    def at(self, key: Any) -> list[Any]:
        """The rows of a key; those before it must have been taken."""
        found = []
        while self._next is not None and self._next[0] == key:
            found.append(self._take())
        return found

    def rest(self) -> Iterator[Any]:
        """All that is left."""
        while self._next is not None:
            yield self._take()

    def _take(self) -> Any:
        taken = self._next
        assert taken is not None  # noqa: S101 - every caller has looked
        self._next = next(self._rows, None)
        return taken


def _worded(party: Party) -> str:
    organisation, role, division = party
    return f"organisation {organisation} as {role} in {division or 'no division'}"
