"""Stored holdings and their shares, held against the replay's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, tuple_

from sludgetrack.domain.holdings import Holding
from sludgetrack.domain.mass import Account
from sludgetrack.services.audit.areas import Area, Notes
from sludgetrack.services.audit.books import Key, ReplayedBooks
from sludgetrack.services.audit.keyed import Keys
from sludgetrack.store import holdings as store
from sludgetrack.store import scan
from sludgetrack.store.rows import as_table
from sludgetrack.store.tables.mass import holding as table
from sludgetrack.store.tables.mass import share

_AT_ONCE = 1000
_FIELDS = (
    "facility",
    "kind",
    "day",
    "wet_kg",
    "moisture_bp",
    "estimated",
    "stabilised",
    "physical_made",
    "physical_left",
)


class HoldingCheck:
    """Compares holdings when nothing is left of them, which lets the replay forget them, and the others at the end."""

    def __init__(self, connection: Connection, books: ReplayedBooks, notes: Notes) -> None:
        self._connection = connection
        self._books = books
        self._notes = notes
        self._keys = Keys()
        self._last_order: dict[str, int] = {}
        self._missing = 0

    def settle(self) -> None:
        """After a chunk: check the order of what it made, and let go what is over and as the record says."""
        self._check_order(self._books.created)
        for key in self._books.created:
            self._keys.add(_text(key))
        for keys in _parts(key for key in self._books.touched if self._books.may_go(key)):
            for key, row in self._stored(keys).items():
                if not self._difference(self._books.present(key), row):
                    self._books.forget(key)
                    self._notes.checked(Area.HOLDINGS)
        self._books.created, self._books.touched = [], {}
        self._books.forget_origins()

    def finish(self) -> None:
        """Compare what was never let go, and look for holdings and shares that nothing made."""
        for keys in _parts(list(self._books.kept())):
            stored = self._stored(keys)
            for key in keys:
                self._compare(key, stored.get(key))
        count = select(func.count()).select_from(table)
        if self._connection.execute(count).scalar_one() > len(self._keys) - self._missing:
            self._look_for_strangers()
        self._look_for_shares_of_nothing()

    def _compare(self, key: Key, row: Row[Any] | None) -> None:
        self._notes.checked(Area.HOLDINGS)
        if row is None:
            self._missing += 1
            self._notes.disagree(Area.HOLDINGS, "holding_missing", _text(key), "it, or every share in it, is gone")
            return
        difference = self._difference(self._books.present(key), row)
        if difference:
            self._notes.disagree(Area.HOLDINGS, "holding_differs", _text(key), difference)

    def _difference(self, expected: Holding, row: Row[Any]) -> str:
        """What a row and its shares say otherwise, in words."""
        try:
            stored = self._books.stored(row)
        except ValueError as error:
            return str(error)
        words = [
            f"{name} is {getattr(stored, name)!r} instead of {getattr(expected, name)!r}"
            for name in _FIELDS
            if getattr(stored, name) != getattr(expected, name)
        ]
        if row.origin_left != expected.origin_left:
            words.append(f"origin_left is {row.origin_left} instead of {expected.origin_left}")
        words += _shares_differing("made", stored.made, expected.made)
        words += _shares_differing("left", stored.left, expected.left)
        return "; ".join(words)

    def _stored(self, keys: Sequence[Key]) -> dict[Key, Row[Any]]:
        query = store.with_shares(_among(keys))
        return {(row.name, Account(row.account)): row for row in self._connection.execute(query).all()}

    def _check_order(self, made: Iterable[Key]) -> None:
        """Within a facility what is made later in the log is younger: oldest first goes by it."""
        for keys in _parts(key for key in made if key[1] is not Account.TRANSIT):
            query = select(table.c.name, table.c.account, table.c.ord).where(_among(keys))
            rows = self._connection.execute(query).all()
            orders = {(row.name, Account(row.account)): row.ord for row in rows}
            for key in keys:
                facility = self._books.present(key).facility or ""
                order, last = orders.get(key), self._last_order.get(facility, 0)
                if order is not None and order < last:
                    detail = f"its place in age is {order}, something older at {facility} has {last}"
                    self._notes.disagree(Area.HOLDINGS, "order_differs", _text(key), detail)
                elif order is not None:
                    self._last_order[facility] = order

    def _look_for_strangers(self) -> None:
        for row in scan.streamed(self._connection, select(table.c.id, table.c.name, table.c.account)):
            if f"{row.account} {row.name}" not in self._keys:
                detail = "no event made it"
                self._notes.disagree(Area.HOLDINGS, "holding_too_many", f"{row.account} {row.name}", detail)

    def _look_for_shares_of_nothing(self) -> None:
        query = (
            select(share.c.holding_id, share.c.origin_id)
            .outerjoin(table, table.c.id == share.c.holding_id)
            .where(table.c.id.is_(None))
        )
        for row in scan.streamed(self._connection, query):
            where = f"share {row.holding_id}/{row.origin_id}"
            self._notes.disagree(Area.HOLDINGS, "share_adrift", where, "its holding is gone")


def _shares_differing(what: str, stored: Any, expected: Any) -> Iterator[str]:
    for origin in sorted({*stored, *expected}):
        if stored.get(origin) != expected.get(origin):
            yield f"{what} of {origin} is {stored.get(origin)} instead of {expected.get(origin)}"


def _among(keys: Sequence[Key]) -> ColumnElement[bool]:
    """Whether a holding is one of these."""
    names, accounts = [name for name, _ in keys], [str(account) for _, account in keys]
    wanted = as_table("wanted", [(table.c.name, names), (table.c.account, accounts)])
    return tuple_(table.c.name, table.c.account).in_(select(wanted.c.name, wanted.c.account))


def _parts(keys: Iterable[Key]) -> Iterator[list[Key]]:
    rest = iter(keys)
    while part := list(islice(rest, _AT_ONCE)):
        yield part


def _text(key: Key) -> str:
    return f"{key[1]} {key[0]}"
