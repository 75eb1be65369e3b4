"""A batch from plant to disposal, by the people who do it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import OfferUsed, WrongCode
from sludgetrack.store.tables.manifests import manifest
from sludgetrack.store.tables.mass import posting
from tests.support.city import City, new_id


def test_a_load_is_partly_refused_returned_and_the_rest_disposed_of(city: City, engine: Engine) -> None:
    city.produce(wet_kg=20_000)
    number = city.issue()
    city.load(number)
    city.clock.forward(hours=1)
    city.receive(number, 12_000, accepted_kg=10_000)
    city.take_back(number, 1_950)
    city.dispose(number, 10_000)

    with engine.connect() as connection:
        row = connection.execute(select(manifest).where(manifest.c.number == number)).one()
        left = connection.execute(select(posting.c.origin_units, posting.c.physical_units)).all()
    assert (row.status, row.accepted_kg, row.returned_kg, row.held_kg) == ("delivered", 10_000, 1_950, 0)
    assert (sum(p.origin_units for p in left), sum(p.physical_units for p in left)) == (0, 0)


def test_only_one_driver_confirms_an_offer_and_may_ask_again(city: City) -> None:
    number = city.issue()
    shown = city.offer("plant", number, c.LoadTruck(event_id=new_id(), plate="豫G12345", net_out_kg=12_000))

    first = city.confirm(shown, "driver")

    assert city.confirm(shown, "driver") == first
    with pytest.raises(OfferUsed):
        city.confirm(shown, "second_driver")


def test_a_wrong_code_confirms_nothing(city: City) -> None:
    number = city.issue()
    shown = city.offer("plant", number, c.LoadTruck(event_id=new_id(), plate="豫G12345", net_out_kg=12_000))

    with pytest.raises(WrongCode):
        city.confirm(shown, secret="000000" if shown.code != "000000" else "111111")
