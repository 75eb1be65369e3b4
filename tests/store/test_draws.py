"""What stands behind a load or a disposal, read from postings that never change."""

from __future__ import annotations

from sqlalchemy import Engine

from sludgetrack import tx
from sludgetrack.domain import booking
from sludgetrack.domain import commands as c
from sludgetrack.domain.booking import Input, Output, Run
from sludgetrack.domain.events import Claim, Confirmation, EventType, Method, Stream, StreamKind
from sludgetrack.domain.mass import Account, Place, Weighed
from sludgetrack.services import facility_acts
from sludgetrack.store import draws, streams
from sludgetrack.store.append import Appending, Draft, append
from sludgetrack.store.books import Books
from sludgetrack.store.directory import Directory
from sludgetrack.store.draws import Drawn
from tests.support.city import City, new_id
from tests.support.sheets import disposal, history

SITE = Stream(StreamKind.FACILITY, "S-INC")


def treat(city: City, inputs: list[str], *outputs: Output) -> None:
    """The incinerator dries lots; the run is booked under an event of its history."""
    with tx.unit_of_work(city.engine) as connection:
        directory = Directory(connection)
        books = Books(connection, directory)
        lots = [books.holding(name, Account.SITE_STOCK) for name in inputs]
        run = Run([Input(lot) for lot in lots if lot], outputs)
        day = city.clock().date()
        booked = booking.treat(run, at=Place.site("S-INC"), stamp=books.stamp(day))
        claim = Claim(new_id(), EventType.TURNED_AWAY, SITE, city.clock(), None, "O-SITE", {})
        books.put(claim.event_id, booked, day=day)
        word = Confirmation("O-SITE", None, Method.TYPED, city.clock())
        work = Appending([Draft(claim, (word,))], streams.lock(connection, [SITE]), {}, books)
        append(connection, directory, work, city.clock())


def behind(engine: Engine, event_id: str) -> dict[str, int]:
    """Origin units by the manifest that brought them."""
    return {draw.manifest: draw.origin_units or 0 for draw in disposal(engine, event_id).draws}


def test_a_load_is_drawn_from_the_oldest_batches_in_their_order(city: City, engine: Engine) -> None:
    city.produce("B-old", wet_kg=5_000)
    city.produce("B-new", wet_kg=50_000)
    number = city.issue()
    loaded = city.load(number).event_id

    with engine.connect() as connection:
        found = draws.batches(connection, [loaded, history(engine, number)[0].claim.event_id])

    assert found == {loaded: [Drawn("B-old", "plant_sludge"), Drawn("B-new", "plant_sludge")]}


def test_a_received_lot_goes_back_to_its_manifest(city: City, engine: Engine) -> None:
    city.produce()
    number = city.delivered(12_000)
    event = city.dispose(number, 3_000, final=False).event_id

    assert behind(engine, event) == {number: 3_000 * 2000}


def test_a_dried_lot_goes_back_to_every_manifest_that_fed_the_dryer(city: City, engine: Engine) -> None:
    city.produce()
    first, second = city.delivered(12_000), city.delivered(6_000)
    treat(city, [first, second], Output("DRY", Weighed(6_000, 4000)))
    event = city.dispose("DRY", 2_000, moisture_bp=4000, final=False).event_id

    assert behind(engine, event) == {first: 8_000_000, second: 4_000_000}


def test_lots_dried_twice_go_back_through_both_runs_without_losing_a_unit(city: City, engine: Engine) -> None:
    city.produce()
    first, second, third = (city.delivered(kg) for kg in (12_000, 6_001, 7_003))
    treat(city, [first, second], Output("DRY-1", Weighed(3_000, 4000)), Output("DRY-2", Weighed(3_001, 4000)))
    treat(city, ["DRY-2", third], Output("ASH", Weighed(2_900, 1000)))
    sheet = disposal(engine, city.dispose("ASH", 1_777, moisture_bp=1000, final=False).event_id)

    assert {draw.manifest for draw in sheet.draws} == {first, second, third}
    assert sum(draw.origin_units or 0 for draw in sheet.draws) == sheet.origin_units


def test_sludge_disposed_of_where_it_was_produced_came_by_no_manifest(city: City, engine: Engine) -> None:
    produced = c.DeclareProduction(
        event_id=new_id(), facility="P-FAR", batch="OWN", day=city.clock().date(), wet_kg=9_000, moisture_bp=8000
    )
    city.act("outsider", lambda ctx: facility_acts.declare_production(ctx, produced))
    disposed = c.RecordDisposal(
        event_id=new_id(),
        facility="P-FAR",
        disposal="D-OWN",
        lot="OWN",
        route="I1",
        day=city.clock().date(),
        wet_kg=4_000,
    )
    event = city.act("outsider", lambda ctx: facility_acts.record_disposal(ctx, disposed)).event_id

    assert behind(engine, event) == {}
