"""The log: every leaf computed anew from what it commits to, the tree grown over them, and all heads compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row

from sludgetrack.domain.merkle import Frontier
from sludgetrack.services.audit.areas import Area, Notes
from sludgetrack.store import scan
from sludgetrack.store.log import leaf

_HEAD = re.compile(r"([0-9]{1,15}):([0-9a-fA-F]{64})")


@dataclass(frozen=True, slots=True)
class KeptHead:
    """A head of the log kept elsewhere: how many leaves there were, and the root over them."""

    size: int
    root: bytes

    @staticmethod
    def parse(text: str) -> KeptHead:
        """From ``SIZE:ROOT``, the root as 64 hexadecimal digits. Raises ValueError."""
        found = _HEAD.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is not SIZE:ROOT with a root of 64 hexadecimal digits")
        return KeptHead(int(found[1]), bytes.fromhex(found[2]))


@dataclass(frozen=True, slots=True, order=True)
class _Head:
    size: int
    root: bytes
    code: str = field(compare=False)
    where: str = field(compare=False)


def check_log(connection: Connection, kept: Iterable[KeptHead], notes: Notes) -> Frontier:
    """Check leaves, checkpoints and the head; return the tree over the leaves as they are stored."""
    tree = _Tree(_heads(connection, kept), notes)
    position = 0
    for row in scan.leaves(connection):
        _check_leaf(row, position, notes)
        tree.add(row.hash)
        position = row.position + 1
        notes.checked(Area.LOG)
    frontier = tree.finish()
    _check_head(connection, frontier, notes)
    for kind, ref in scan.unlogged(connection):
        notes.disagree(Area.LOG, f"{kind}_unlogged", f"{kind} {ref}", "no leaf stands for it")
    return frontier


class _Tree:
    """The tree as it grows; each head is compared when the tree has its size."""

    def __init__(self, heads: Iterator[_Head], notes: Notes) -> None:
        self._heads = heads
        self._notes = notes
        self._frontier = Frontier()
        self._leaves: list[bytes] = []
        self._next = next(heads, None)
        self._compare()

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return self._frontier.size + len(self._leaves)

    def add(self, digest: bytes) -> None:
        """One more leaf."""
        self._leaves.append(digest)
        if self._next is not None and self._next.size <= self.size:
            self._compare()

    def finish(self) -> Frontier:
        """The whole tree. Heads beyond it say that its end was cut off."""
        self._grow()
        while self._next is not None:
            missing = self._next.size - self.size
            detail = f"{missing} leaves are missing: the log has {self.size}"
            self._notes.disagree(Area.LOG, f"{self._next.code}_cut_off", self._next.where, detail)
            self._next = next(self._heads, None)
        return self._frontier

    def _grow(self) -> None:
        self._frontier = self._frontier.append(self._leaves)
        self._leaves = []

    def _compare(self) -> None:
        self._grow()
        while self._next is not None and self._next.size <= self.size:
            if self._next.root != self._frontier.root():
                detail = f"the first {self.size} leaves have the root {self._frontier.root().hex()}"
                self._notes.disagree(Area.LOG, f"{self._next.code}_differs", self._next.where, detail)
            self._next = next(self._heads, None)


def _heads(connection: Connection, kept: Iterable[KeptHead]) -> Iterator[_Head]:
    """Checkpoints and heads kept elsewhere, by size."""
    given = sorted(_Head(head.size, head.root, "kept_head", f"head {head.size} kept elsewhere") for head in kept)
    for row in scan.checkpoints(connection):
        while given and given[0].size <= row.size:
            yield given.pop(0)
        yield _Head(row.size, row.root, "checkpoint", f"checkpoint {row.size}")
    yield from given


def _check_leaf(row: Row[Any], position: int, notes: Notes) -> None:
    where = f"leaf {row.position}"
    if row.position != position:
        notes.disagree(Area.LOG, "leaf_missing", where, f"leaf {position} should stand here")
    if row.digest is None:
        notes.disagree(Area.LOG, "leaf_of_nothing", where, f"the {row.kind} {row.ref} it stands for is gone")
    elif leaf(row.kind, row.salt, row.digest) != row.hash:
        detail = f"its salt and the digest of the {row.kind} {row.ref} do not give its hash"
        notes.disagree(Area.LOG, "leaf_differs", where, detail)


def _check_head(connection: Connection, frontier: Frontier, notes: Notes) -> None:
    size, peaks = scan.head(connection)
    if (size, peaks) != (frontier.size, frontier.peaks):
        detail = f"it says {size} leaves, there are {frontier.size}, or the peaks differ"
        notes.disagree(Area.LOG, "head_differs", "the log's head", detail)
    if frontier.size and scan.root_at(connection, frontier.size) is None:
        notes.disagree(Area.LOG, "checkpoint_missing", f"checkpoint {frontier.size}", "the newest head has none")
