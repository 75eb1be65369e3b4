"""Manifest numbers, without gaps for a facility and year: each is issued, void, or in a block handed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select

from sludgetrack.domain import numbers
from sludgetrack.domain.errors import NameTaken, NotFound, NumbersExhausted
from sludgetrack.store.directory import Facility
from sludgetrack.store.rows import execute
from sludgetrack.store.tables.manifests import manifest
from sludgetrack.store.tables.registry import reserved_number


@dataclass(frozen=True, slots=True)
class Taken:
    """A number that is the caller's now; a pre-printed one brings the six characters printed beside it."""

    number: str
    public_code: str | None


def take(connection: Connection, at: Facility, issued_at: datetime, preprinted: str | None = None) -> Taken:
    """The facility's next number for the legal year of issue, or one of its pre-printed ones.

    The counter's row is locked until the commit, so a rollback gives the number back and none is skipped. Raises
    NumbersExhausted, and NotFound for a number that is not in a block of this facility or is used up.
    """
    if preprinted is not None:
        return _preprinted(connection, at, str(numbers.parse(preprinted)))
    year = issued_at.astimezone(ZoneInfo(at.zone)).year
    return Taken(next_numbers(connection, at, year, 1)[0], None)


def next_numbers(connection: Connection, at: Facility, year: int, count: int) -> list[str]:
    """The facility's next ``count`` numbers of a year. Raises NumbersExhausted."""
    return next_blocks(connection, {(at.id, year): count}, {at.id: at})[at.id, year]


Series = tuple[int, int]
"""A facility (its row) and a year."""


def next_blocks(
    connection: Connection, counts: Mapping[Series, int], facilities: Mapping[int, Facility]
) -> dict[Series, list[str]]:
    """So many next numbers of each series at once. All writers take counters in one order. Raises NumbersExhausted."""
    wanted = sorted(counts)
    values = {
        "facilities": [facility_id for facility_id, _ in wanted],
        "years": [year for _, year in wanted],
        "counts": [counts[series] for series in wanted],
        "most": numbers.MAX_SERIAL,
    }
    blocks = {}
    for facility_id, year, last in execute(connection, _TAKE, values):
        at = facilities[facility_id]
        serials = range(last - counts[facility_id, year] + 1, last + 1)
        series = [str(numbers.ManifestNumber(year, at.division, at.number, serial)) for serial in serials]
        blocks[facility_id, year] = series
    for facility_id, year in counts.keys() - blocks.keys():
        raise NumbersExhausted(facility=facilities[facility_id].code, year=year)
    return blocks


_TAKE: LiteralString = """
INSERT INTO number_counter (facility_id, year, last_serial)
SELECT * FROM unnest(%(facilities)s::bigint[], %(years)s::smallint[], %(counts)s::int[]) AS wanted (facility, year, n)
WHERE n <= %(most)s
ON CONFLICT (facility_id, year) DO UPDATE SET last_serial = number_counter.last_serial + excluded.last_serial
    WHERE number_counter.last_serial + excluded.last_serial <= %(most)s
RETURNING facility_id, year, last_serial
"""
"""A series without so many numbers left gives no row."""


def require_external_free(connection: Connection, at: Facility, external_number: str | None) -> None:
    """Raises NameTaken where a facility has given a manifest this external number already."""
    m = manifest.c
    if external_number is None:
        return
    query = select(m.id).where(m.giver_id == at.id, m.external_number == external_number)
    if connection.execute(query).one_or_none() is not None:
        raise NameTaken(field="external_number", name=external_number)


def _preprinted(connection: Connection, at: Facility, number: str) -> Taken:
    r = reserved_number.c
    query = delete(reserved_number).where(r.number == number, r.facility_id == at.id).returning(r.public_code)
    code = connection.execute(query).scalar_one_or_none()
    if code is None:
        raise NotFound(field="number", kind="reserved_number", name=numbers.grouped(number))
    return Taken(number, code)
