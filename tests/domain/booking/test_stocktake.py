from dataclasses import replace

from sludgetrack.domain.booking import count
from sludgetrack.domain.mass import Account, Cause, Place, imbalance
from tests.domain.making import PLANT, SEWER, SITE, batch, dry, lot, named, on, origin_on, tonnes


def test_what_is_missing_is_spread_over_positive_stock_in_proportion() -> None:
    booking = count([batch("B1", 6), batch("B2", 4, day=2)], tonnes(9), at=PLANT, stamp=on(5))

    assert origin_on(booking.postings, Account.UNACCOUNTED, Cause.COUNT) == {"B1": dry(0.6), "B2": dry(0.4)}
    assert named(booking, "B1").left == {"B1": dry(5.4)}
    assert imbalance(booking.postings) == {}


def test_more_than_was_booked_is_unaccounted_below_zero() -> None:
    booking = count([batch("B1", 6)], tonnes(7), at=PLANT, stamp=on(5))

    assert origin_on(booking.postings, Account.UNACCOUNTED) == {"B1": -dry(1)}


def test_overdrawn_batches_are_not_held_against_the_scales() -> None:
    overdrawn = batch("B1", 6).after({"B1": -dry(2)}, -dry(2))

    booking = count([overdrawn, batch("B2", 4)], tonnes(3), at=PLANT, stamp=on(5))

    assert origin_on(booking.postings, Account.UNACCOUNTED) == {"B2": dry(1)}
    assert [holding.id for holding in booking.holdings] == ["B2"]


def test_with_no_positive_stock_the_newest_batch_takes_the_difference() -> None:
    spent = [batch("B1", 1, day=1).after({"B1": 0}, 0), batch("B2", 1, day=2).after({"B2": 0}, 0)]

    booking = count(spent, tonnes(3), at=PLANT, stamp=on(5))

    assert named(booking, "B2").left == {"B2": dry(3)}


def test_sewer_cleaning_sludge_is_not_counted_with_a_plants_stock() -> None:
    booking = count([batch("TG", 5, nature=SEWER), batch("B1", 4)], tonnes(3), at=PLANT, stamp=on(5))

    assert origin_on(booking.postings, Account.UNACCOUNTED) == {"B1": dry(1)}


def test_a_lot_is_counted_physically_and_corrected_in_its_origins() -> None:
    dried = replace(lot("L1", ("B1", 6), ("B2", 2)), physical_made=dry(4), physical_left=dry(4))

    booking = count([dried], tonnes(3), at=SITE, stamp=on(5))

    assert origin_on(booking.postings, Account.UNACCOUNTED) == {"B1": dry(1.5), "B2": dry(0.5)}
    assert named(booking, "L1").physical_left == dry(3)


def test_a_count_where_nothing_is_booked_opens_the_stock() -> None:
    booking = count([], tonnes(50), at=Place.plant("P2"), stamp=on(5))

    opening = named(booking, "P2-opening")
    assert opening.left == {"P2-opening": dry(50)}
    assert opening.facility == "P2"
    assert origin_on(booking.postings, Account.UNACCOUNTED, Cause.COUNT) == {"P2-opening": -dry(50)}
    assert imbalance(booking.postings) == {}


def test_a_count_that_agrees_books_nothing() -> None:
    booking = count([batch("B1", 6)], tonnes(6), at=PLANT, stamp=on(5))

    assert booking.postings == []
    assert booking.holdings == []
