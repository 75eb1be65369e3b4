"""The registers as their events say, and what personal data beside an event may and may not tell them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, Table, select

from sludgetrack import tx
from sludgetrack.domain.events import Claim, EventType, Stream, StreamKind
from sludgetrack.services import audit
from sludgetrack.store import streams
from sludgetrack.store.append import Appending, Draft, append
from sludgetrack.store.directory import Directory
from sludgetrack.store.registers import Register
from sludgetrack.store.tables import registry
from tests.support.city import City, new_id

PLANT = Stream(StreamKind.ORGANISATION, "O-PLANT")
CLERK = {
    "name": "李会计",
    "login": "intruder",
    "phone": "13900000000",
    "licence": "410700",
    "code": "P99",
    "roles": ["x"],
}
"""What might stand beside an event about whoever made it."""


def record(city: City, event: EventType, figures: dict[str, Any], beside: dict[str, Any]) -> None:
    """A registering event with personal data beside it, written below the services."""
    claim = Claim(new_id(), event, PLANT, city.clock(), None, "O-PLANT", figures)
    with tx.unit_of_work(city.engine) as connection:
        work = Appending([Draft(claim, personal=beside)], streams.ensure(connection, [PLANT]), {})
        append(connection, Directory(connection), work, city.clock())


def rows(engine: Engine, table: Table) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(select(table).order_by(table.c.id))]


def findings(engine: Engine) -> list[str]:
    """What an audit finds, which replays every event with what stands beside it."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        report = audit.audit(connection, lambda _digest: b"")
    return [outcome.first.code for outcome in report.outcomes if outcome.first is not None]


@pytest.mark.parametrize(
    ("what", "table", "named", "stated"),
    [
        (Register.ORGANISATION, registry.organisation, {"code": "O-PLANT"}, {"address": "红旗区1号"}),
        (Register.FACILITY, registry.facility, {"code": "P01"}, {"storage_days": 20}),
        (Register.VEHICLE, registry.vehicle, {"plate": "豫G12345"}, {"tare_kg": 11_900}),
    ],
)
def test_personal_data_beside_a_change_changes_nothing(
    city: City, engine: Engine, what: Register, table: Table, named: dict[str, Any], stated: dict[str, Any]
) -> None:
    key, value = next(iter(named.items()))
    before = rows(engine, table)

    record(city, EventType.CHANGED, {"what": str(what), **named, **stated}, CLERK)

    expected = [{**row, **(stated if row[key] == value else {})} for row in before]
    assert rows(engine, table) == expected
    assert findings(engine) == []


def test_personal_data_beside_a_new_permit_gives_it_no_number(city: City, engine: Engine) -> None:
    figures = {"what": "permit", "id": new_id(), "kind": "discharge", "number": "XK-1"}

    record(city, EventType.REGISTERED, figures, {"number": "XK-9", "kind": "other"})

    assert [(row["kind"], row["number"]) for row in rows(engine, registry.permit)] == [("discharge", "XK-1")]
    assert findings(engine) == []


def test_a_person_is_who_the_personal_data_says_and_may_do_what_the_claim_says(city: City, engine: Engine) -> None:
    person = city.people["plant"].person

    record(city, EventType.CHANGED, {"what": "person", "id": person}, CLERK)

    found = next(row for row in rows(engine, registry.person) if row["id"] == person)
    assert {name: found[name] for name in ("name", "login", "phone", "licence")} == {
        name: CLERK[name] for name in ("name", "login", "phone", "licence")
    }
    assert found["roles"] == ["clerk"]
    assert findings(engine) == []
