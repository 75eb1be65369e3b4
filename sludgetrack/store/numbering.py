"""Manifest numbers, without gaps for a facility and year: each is issued, void, or in a block handed out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from sludgetrack.domain import numbers
from sludgetrack.domain.errors import NameTaken, NotFound, NumbersExhausted
from sludgetrack.store.directory import Facility
from sludgetrack.store.tables.manifests import manifest
from sludgetrack.store.tables.registry import number_counter, reserved_number


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
    """The facility's next ``count`` numbers of a year."""
    c = number_counter.c
    statement = insert(number_counter).values(facility_id=at.id, year=year, last_serial=count)
    last: int = connection.execute(
        statement.on_conflict_do_update(
            index_elements=[c.facility_id, c.year], set_={"last_serial": c.last_serial + count}
        ).returning(c.last_serial)
    ).scalar_one()
    if last > numbers.MAX_SERIAL:
        raise NumbersExhausted(facility=at.code, year=year)
    serials = range(last - count + 1, last + 1)
    return [str(numbers.ManifestNumber(year, at.division, at.number, serial)) for serial in serials]


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
