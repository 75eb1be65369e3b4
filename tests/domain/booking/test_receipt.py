from dataclasses import replace

from sludgetrack.domain.booking import Received, receive
from sludgetrack.domain.mass import Account, Cause, Place, imbalance
from tests.domain.making import SITE, batch, dry, load, named, on, origin_on


def test_an_accepted_load_becomes_a_lot_named_as_the_manifest() -> None:
    booking = receive(load("M1", 10, batch("B1", 20)), Received(10_000, 8000, 10_000), at=SITE, stamp=on(3, 4))

    lot = named(booking, "M1", Account.SITE_STOCK)
    assert lot.left == {"B1": dry(10)}
    assert (lot.facility, lot.wet_kg, lot.moisture_bp, lot.age) == ("S1", 10_000, 8000, on(3, 4))
    assert named(booking, "M1", Account.TRANSIT).is_empty


def test_the_gap_between_out_and_in_is_unaccounted() -> None:
    booking = receive(load("M1", 10, batch("B1", 20)), Received(9_500, 8000, 9_500), at=SITE, stamp=on(3))

    assert origin_on(booking.postings, Account.UNACCOUNTED, Cause.RECEIPT) == {"B1": dry(0.5)}
    assert imbalance(booking.postings) == {}


def test_more_in_than_out_is_unaccounted_below_zero() -> None:
    booking = receive(load("M1", 10, batch("B1", 20)), Received(10_000, 7900, 10_000), at=SITE, stamp=on(3))

    assert origin_on(booking.postings, Account.UNACCOUNTED) == {"B1": -dry(0.5)}


def test_the_refused_part_stays_on_the_road_as_the_difference_origin_by_origin() -> None:
    mixed = load("M1", 10, batch("B1", 7), batch("B2", 20, day=2))

    booking = receive(mixed, Received(9_999, 8011, 3_333), at=SITE, stamp=on(3))

    rest, lot = named(booking, "M1", Account.TRANSIT), named(booking, "M1", Account.SITE_STOCK)
    gap = origin_on(booking.postings, Account.UNACCOUNTED)
    assert all(mixed.made[origin] == rest.left[origin] + lot.made[origin] + gap[origin] for origin in mixed.made)
    assert (rest.wet_kg, rest.moisture_bp, rest.physical_left) == (6_666, 8011, 6_666 * 1_989)
    assert imbalance(booking.postings) == {}


def test_missing_moisture_at_receipt_is_that_of_the_loading() -> None:
    estimated = replace(load("M1", 10, batch("B1", 20)), moisture_bp=7950, estimated=True)

    lot = named(receive(estimated, Received(10_000, None, 10_000), at=SITE, stamp=on(3)), "M1", Account.SITE_STOCK)

    assert lot.moisture_bp == 7950
    assert lot.estimated


def test_a_load_refused_unweighed_is_all_still_on_the_road() -> None:
    booking = receive(load("M1", 10, batch("B1", 20)), Received(None, None, 0), at=SITE, stamp=on(3))

    assert booking.postings == []
    assert [holding.left for holding in booking.holdings] == [{"B1": dry(10)}]


def test_a_refused_load_can_be_taken_in_somewhere_else() -> None:
    refused = receive(load("M1", 10, batch("B1", 20)), Received(10_000, 8000, 4_000), at=SITE, stamp=on(3))

    rest = named(refused, "M1", Account.TRANSIT)
    booking = receive(rest, Received(5_000, 8000, 5_000), at=Place.site("S2"), stamp=on(3), lot="M1/2")

    assert named(booking, "M1/2").made == {"B1": dry(5)}
    assert origin_on(booking.postings, Account.UNACCOUNTED) == {"B1": dry(1)}
    assert imbalance(booking.postings) == {}


def test_a_lot_received_at_a_plant_lies_in_plant_stock() -> None:
    hub = Place.plant("P2")

    booking = receive(load("M1", 10, batch("B1", 20)), Received(10_000, 8000, 10_000), at=hub, stamp=on(3))

    assert named(booking, "M1", Account.PLANT_STOCK).facility == "P2"


def test_a_load_without_dry_solids_stands_for_nothing_whatever_is_measured_later() -> None:
    water = replace(load("M1", 10, batch("B1", 20)), made={"B1": 0}, left={"B1": 0}, physical_made=0, physical_left=0)

    booking = receive(water, Received(10_000, 9900, 10_000), at=SITE, stamp=on(3))

    assert named(booking, "M1", Account.SITE_STOCK).origin_made == 0
    assert imbalance(booking.postings) == {}
