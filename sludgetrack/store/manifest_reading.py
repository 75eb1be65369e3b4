"""Manifests for lists: rows with the names of their parties, filtered, newest first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from sludgetrack.domain.identity import Actor
from sludgetrack.domain.manifest import Status
from sludgetrack.domain.mass import Account
from sludgetrack.domain.numbers import compact
from sludgetrack.domain.times import legal_instant
from sludgetrack.store import scope
from sludgetrack.store.tables.manifests import manifest, sheet
from sludgetrack.store.tables.mass import holding
from sludgetrack.store.tables.registry import facility, organisation, person

OPEN = (Status.ISSUED, Status.IN_TRANSIT, Status.ARRIVED, Status.HOLDING)
"""States in which something is still awaited on the road."""
DERIVED = ("open", "disputed", "closed")
"""What can be asked for beside the states themselves."""


@dataclass(frozen=True, slots=True)
class ManifestFilters:
    """What a list is narrowed to; all given conditions hold. ``states``: states and ``open``, ``disputed``, ``closed``.

    ``giver`` and ``destination`` are facility codes, ``hauler`` a hauler's code. ``from_day`` and ``to_day`` are legal
    days of issue, inclusive. ``text``: the beginning of a number, an external number or a plate.
    """

    states: Collection[str] = ()
    giver: str | None = None
    destination: str | None = None
    hauler: str | None = None
    plate: str | None = None
    driver: str | None = None
    route: str | None = None
    external_number: str | None = None
    from_day: date | None = None
    to_day: date | None = None
    text: str | None = None


_giver, _destination = facility.alias("giver"), facility.alias("destination")


def _in_stock() -> ColumnElement[bool]:
    """Something of what was accepted lies in the lot named as the manifest."""
    h = holding.c
    left = or_(h.physical_left != 0, h.origin_left != 0)
    return select(h.id).where(h.name == manifest.c.name, h.account != str(Account.TRANSIT), left).exists()


def _closed() -> ColumnElement[bool]:
    return and_(manifest.c.status.notin_([str(s) for s in OPEN]), manifest.c.held_kg == 0, ~_in_stock())


def _query() -> Select[Any]:
    return (
        select(
            manifest,
            _giver.c.code.label("giver"),
            _giver.c.name.label("giver_name"),
            _giver.c.division.label("giver_division"),
            _giver.c.zone.label("zone"),
            organisation.c.hauler_code.label("hauler"),
            func.coalesce(organisation.c.hauler_name, organisation.c.name).label("hauler_name"),
            _destination.c.code.label("destination"),
            _destination.c.name.label("destination_name"),
            _destination.c.storage_days,
            person.c.name.label("driver_name"),
            _closed().label("closed"),
        )
        .join(_giver, _giver.c.id == manifest.c.giver_id)
        .join(organisation, organisation.c.id == manifest.c.hauler_id)
        .join(_destination, _destination.c.id == manifest.c.destination_id)
        .outerjoin(person, person.c.id == manifest.c.driver_id)
    )


def list_rows(
    connection: Connection, actor: Actor, filters: ManifestFilters, *, before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Up to ``limit`` manifests the actor may see, newest first, with ids below ``before``."""
    query = _query().where(scope.where(actor), *_conditions(filters)).order_by(manifest.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(manifest.c.id < before)
    return connection.execute(query).all()


def one_row(connection: Connection, manifest_id: int) -> Row[Any]:
    """The row of a manifest that exists and may be seen."""
    return connection.execute(_query().where(manifest.c.id == manifest_id)).one()


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A recorded sheet: which event it is of, its digest, size in bytes and when it was recorded."""

    id: str
    event_id: str
    ordinal: int
    file_digest: bytes
    size: int
    recorded_at: datetime


def sheets_of(connection: Connection, stream_id: int) -> list[SheetRow]:
    """The sheets of a stream, in order."""
    s = sheet.c
    query = select(s.id, s.event_id, s.ordinal, s.file_digest, s.size, s.recorded_at).where(s.stream_id == stream_id)
    return [SheetRow(*row) for row in connection.execute(query.order_by(s.ordinal, s.recorded_at))]


def _conditions(filters: ManifestFilters) -> list[ColumnElement[bool]]:
    given = [
        (filters.giver, _giver.c.code),
        (filters.destination, _destination.c.code),
        (filters.hauler, organisation.c.hauler_code),
        (filters.plate, manifest.c.plate),
        (filters.driver, manifest.c.driver_id),
        (filters.route, manifest.c.route),
        (filters.external_number, manifest.c.external_number),
    ]
    conditions: list[ColumnElement[bool]] = [column == value for value, column in given if value is not None]
    if filters.states:
        conditions.append(or_(*(_in_state(state) for state in sorted(filters.states))))
    if filters.from_day is not None:
        conditions.append(manifest.c.issued_at >= _midnight(filters.from_day))
    if filters.to_day is not None:
        conditions.append(manifest.c.issued_at < _midnight(filters.to_day + timedelta(days=1)))
    if filters.text:
        conditions.append(_begins(filters.text))
    return conditions


def _in_state(state: str) -> ColumnElement[bool]:
    if state == "open":
        return manifest.c.status.in_([str(s) for s in OPEN])
    if state == "disputed":
        return manifest.c.disputed
    return _closed() if state == "closed" else manifest.c.status == state


def _begins(text: str) -> ColumnElement[bool]:
    wanted = compact(text)
    return or_(
        manifest.c.number.startswith(wanted, autoescape=True),
        manifest.c.external_number.startswith(text, autoescape=True),
        manifest.c.plate.startswith(wanted.upper(), autoescape=True),
    )


def _midnight(day: date) -> datetime:
    return legal_instant(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - legal_instant takes local time
