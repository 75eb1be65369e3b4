"""Manifests on record that a chunk goes on with, and those of earlier chunks that are still in memory."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, LiteralString

from sludgetrack.domain.events import Stream, StreamKind
from sludgetrack.domain.manifest import ManifestState, Status, fold
from sludgetrack.store import streams
from sludgetrack.store.rows import execute

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlalchemy import Connection

    from sludgetrack.store.streams import StreamHead

MOST_REMEMBERED = 20_000
_OVER = frozenset((Status.DELIVERED, Status.RETURNED, Status.LOST, Status.VOID))


class Memory:
    """States of manifests by name, as a commit left them. One that is out of date shows by the head of its chain."""

    def __init__(self) -> None:
        self._states: OrderedDict[str, ManifestState] = OrderedDict()

    def get(self, name: str) -> ManifestState | None:
        """What is remembered of a manifest."""
        return self._states.get(name)

    def put(self, states: Iterable[ManifestState]) -> None:
        """Remember manifests that may go on, the newest of them."""
        for state in states:
            name = state.figures["name"]
            self._states.pop(name, None)
            if state.status not in _OVER:
                self._states[name] = state
        while len(self._states) > MOST_REMEMBERED:
            self._states.popitem(last=False)


def find_streams(connection: Connection, memory: Memory, names: Collection[str]) -> dict[str, Stream]:
    """The streams of manifests by name, which must be on record."""
    found: dict[str, Stream] = {}
    unknown = []
    for name in names:
        state = memory.get(name)
        if state is None:
            unknown.append(name)
        else:
            found[name] = Stream(StreamKind.MANIFEST, state.number)
    if unknown:
        for name, number in execute(connection, _NUMBERS, {"names": unknown}):
            found[name] = Stream(StreamKind.MANIFEST, number)
    return found


_NUMBERS: LiteralString = "SELECT name, number FROM manifest WHERE name = ANY(%(names)s::text[])"


def states_of(
    connection: Connection, memory: Memory, named: Mapping[str, Stream], heads: Mapping[Stream, StreamHead]
) -> dict[Stream, ManifestState]:
    """The states of locked manifests: what is remembered, as far as it is still right, else folded from the record."""
    states: dict[Stream, ManifestState] = {}
    for name, stream in named.items():
        state = memory.get(name)
        if state is not None and state.head == heads[stream].hash:
            states[stream] = state
    missing = {heads[stream].id: stream for stream in named.values() if stream not in states}
    if missing:
        for stream_id, entries in streams.entries(connection, missing).items():
            states[missing[stream_id]] = fold(entries)
    return states
