"""Projections written anew from the entries and the postings: manifests, their parties, names, running sums.

The same functions say what the audit expects, so that an audit finds nothing there afterwards. Registers, holdings and
disposals are left alone: other rows hang on theirs, and what is wrong with them needs to be understood first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, LiteralString

from sqlalchemy import Connection, Date, Table, cast, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from sludgetrack.domain.events import Entry, StreamKind
from sludgetrack.services.audit.batch_sums import BOOKED, COHORTS
from sludgetrack.services.audit.manifests import Party, expected_rows
from sludgetrack.services.audit.sums import booked_by
from sludgetrack.store import names, scan
from sludgetrack.store.directory import Directory
from sludgetrack.store.streams import to_entry
from sludgetrack.store.tables.manifests import manifest, manifest_party
from sludgetrack.store.tables.mass import batch_sum, cohort_sum, day_sum, month_sum, name, posting, year_sum

_AT_ONCE = 500

Rebuilt = tuple[int, dict[str, Any], set[Party]]
"""A manifest's id, its row and its parties."""


def rebuild(connection: Connection) -> Mapping[str, int]:
    """Write the projections anew; how many rows each has now. Every writer waits until the transaction ends.

    Raises what folding raises where the entries of a manifest make none: the audit then names it.
    """
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("LOCK TABLE stream IN EXCLUSIVE MODE"))
    return {
        "manifests": _manifests(connection),
        "names": _names(connection),
        "day sums": _sums(connection, day_sum, "day", posting.c.booked_on),
        "month sums": _sums(connection, month_sum, "month", cast(func.date_trunc("month", posting.c.booked_on), Date)),
        "year sums": _sums(connection, year_sum, "year", cast(func.date_trunc("year", posting.c.booked_on), Date)),
        "batch sums": _batch_sums(connection),
        "cohort sums": _cohort_sums(connection),
    }


def _manifests(connection: Connection) -> int:
    directory = Directory(connection)
    directory.load_all()
    rebuilt = _rebuilt(connection, directory)
    count = 0
    while part := list(islice(rebuilt, _AT_ONCE)):
        _write(connection, part)
        count += len(part)
    return count


def _rebuilt(connection: Connection, directory: Directory) -> Iterator[Rebuilt]:
    for stream_id, rows in groupby(scan.by_stream(connection), key=lambda row: row.id):
        entries: list[Entry] = [to_entry(row) for row in rows if row.kind == StreamKind.MANIFEST and row.event_id]
        if entries:
            yield (stream_id, *expected_rows(stream_id, entries, directory))


def _write(connection: Connection, part: Sequence[Rebuilt]) -> None:
    statement = insert(manifest).values([row for _, row, _ in part])
    changed = {column.name: statement.excluded[column.name] for column in manifest.c if column.name != "id"}
    connection.execute(statement.on_conflict_do_update(index_elements=[manifest.c.id], set_=changed))
    ids = [manifest_id for manifest_id, _, _ in part]
    connection.execute(delete(manifest_party).where(scan.among(manifest_party.c.manifest_id, ids)))
    keys = ("organisation_id", "role", "division")
    connection.execute(
        insert(manifest_party),
        [
            {"manifest_id": manifest_id, **dict(zip(keys, party, strict=True))}
            for manifest_id, _, parties in part
            for party in sorted(parties)
        ],
    )


def _names(connection: Connection) -> int:
    connection.execute(delete(name))
    entries = (to_entry(row) for row in scan.in_log_order(connection))
    while part := list(islice(entries, _AT_ONCE)):
        names.take(connection, part)
    return connection.execute(select(func.count()).select_from(name)).scalar_one()


def _sums(connection: Connection, table: Table, period: str, day: Any) -> int:
    connection.execute(delete(table))
    booked = booked_by(period, day)
    columns: Iterable[str] = [column.name for column in table.c if column.name != "origin_units"]
    rows = select(*(booked.c[column] for column in columns), booked.c.units)
    return connection.execute(insert(table).from_select([*columns, "origin_units"], rows)).rowcount


def _batch_sums(connection: Connection) -> int:
    connection.execute(delete(batch_sum))
    return connection.execute(text(_BATCH_SUMS)).rowcount


def _cohort_sums(connection: Connection) -> int:
    connection.execute(delete(cohort_sum))
    return connection.execute(text(_COHORT_SUMS)).rowcount


_BATCH_SUMS: LiteralString = (
    """
INSERT INTO batch_sum (
    origin_id, plant_id, produced_on, first_on, last_on, produced, harmless, gross, stock, spread, beyond)
SELECT origin_id, plant_id, days[1], first_on, last_on, produced, harmless, gross, stock, spread,
    spread OR gross > produced
FROM ("""
    + BOOKED
    + ") AS booked"
)
_COHORT_SUMS: LiteralString = "INSERT INTO cohort_sum (plant_id, produced_month, counted_from, origin_units)" + COHORTS
