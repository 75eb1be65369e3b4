"""The manifests as their entries say: rows and parties, brought up to date with every entry."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, Row, select

from sludgetrack import tx
from sludgetrack.domain import commands as c
from sludgetrack.domain.events import StreamKind
from sludgetrack.domain.manifest import fold
from sludgetrack.services import manifests
from sludgetrack.store import streams
from sludgetrack.store.directory import Directory
from sludgetrack.store.parties import parties_of
from sludgetrack.store.projection import manifest_row
from sludgetrack.store.tables.manifests import manifest, manifest_party
from sludgetrack.store.tables.record import stream
from sludgetrack.store.tables.registry import organisation
from tests.support.city import City, new_id


def row_of(engine: Engine, number: str) -> Row[Any]:
    with engine.connect() as connection:
        return connection.execute(select(manifest).where(manifest.c.number == number)).one()


def parties(engine: Engine, number: str) -> set[tuple[str, str, str]]:
    p = manifest_party.c
    query = select(organisation.c.code, p.role, p.division).join(organisation, organisation.c.id == p.organisation_id)
    with engine.connect() as connection:
        rows = connection.execute(query.where(p.manifest_id == row_of(engine, number).id)).all()
    return {(row.code, row.role, row.division) for row in rows}


def redirect(city: City, number: str, destination: str, route: str) -> None:
    command = c.RedirectLoad(event_id=new_id(), destination=destination, route=route, reason="检修")
    city.act("plant", lambda ctx: manifests.act(ctx, number, command))


def test_every_row_is_what_its_entries_give(city: City, engine: Engine) -> None:
    city.produce()
    city.issue(external_number="XX-7", planned_minutes=45)
    city.delivered()
    refused = city.issue()
    city.load(refused)
    city.receive(refused, 11_900, accepted_kg=9_000)
    city.take_back(refused, 2_800)

    with tx.unit_of_work(engine) as connection:
        ids = connection.scalars(select(stream.c.id).where(stream.c.kind == str(StreamKind.MANIFEST))).all()
        histories = streams.entries(connection, ids)
        rows = {row.id: dict(row._mapping) for row in connection.execute(select(manifest))}
        directory = Directory(connection)
        expected = {i: manifest_row(i, fold(entries), entries, directory) for i, entries in histories.items()}

    assert rows == expected
    assert len(rows) == 3


def test_a_row_says_who_holds_how_much_and_what_was_weighed(city: City, engine: Engine) -> None:
    city.produce()
    number = city.issue()
    city.load(number)
    city.receive(number, 11_900, accepted_kg=9_000)

    row = row_of(engine, number)

    assert (row.status, row.held_kg, row.accepted_kg) == ("holding", 2_900, 9_000)
    assert (row.net_out_kg, row.net_in_kg, row.returned_kg) == (12_000, 11_900, None)
    assert (row.plate, row.driver_id) == ("豫G12345", city.people["driver"].person)


def test_marks_and_grades_gather_as_a_life_goes_on(city: City, engine: Engine) -> None:
    number = city.issue()
    city.load(number, 20_000)
    city.receive(number, 20_000)

    row = row_of(engine, number)

    assert row.grades == ["typed", "typed"]
    assert row.marks == ["overload", "overdraft"]


def test_giver_hauler_and_destination_are_party_with_the_divisions_of_their_facilities(
    city: City, engine: Engine
) -> None:
    assert parties(engine, city.issue()) == {
        ("O-PLANT", "giver", "410702"),
        ("H1", "hauler", ""),
        ("O-SITE", "destination", "410702"),
    }


def test_a_former_destination_stays_a_party(city: City, engine: Engine) -> None:
    city.produce()
    number = city.issue()
    city.load(number)

    redirect(city, number, "P-FAR", "I1")

    assert parties(engine, number) == {
        ("O-PLANT", "giver", "410702"),
        ("H1", "hauler", ""),
        ("O-STRANGER", "destination", "220202"),
        ("O-SITE", "former", "410702"),
    }


def test_every_division_a_load_was_meant_for_keeps_sight_of_it(city: City, engine: Engine) -> None:
    city.produce()
    number = city.issue()
    city.load(number)

    redirect(city, number, "S-CEM", "B1")
    redirect(city, number, "S-FILL", "F2")

    former = {party for party in parties(engine, number) if party[1] == "former"}
    assert former == {("O-SITE", "former", "410702"), ("O-SITE", "former", "410782")}


def test_parties_are_read_as_permission_needs_them(city: City, engine: Engine) -> None:
    city.produce()
    number = city.issue()
    city.load(number)
    redirect(city, number, "P-FAR", "I1")

    with engine.connect() as connection:
        found = parties_of(connection, row_of(engine, number).id, "somebody")

    assert (found.giver, found.hauler, found.destination) == ("O-PLANT", "H1", "O-STRANGER")
    assert (found.former_destinations, found.driver) == (frozenset({"O-SITE"}), "somebody")
    assert sorted(found.divisions) == ["220202", "410702", "410702"]
