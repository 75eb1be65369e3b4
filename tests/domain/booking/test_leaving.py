from dataclasses import replace

from sludgetrack.domain.booking import Named, Received, draws_of, give_back, load_named, load_oldest, lose, receive
from sludgetrack.domain.mass import Account, Cause, imbalance
from tests.domain.making import PLANT, SITE, batch, dry, load, lot, named, on, origin_on, physical_on, tonnes


def test_what_comes_back_goes_to_the_batches_it_came_from() -> None:
    loading = load_oldest("M1", tonnes(9), [batch("B1", 6), batch("B2", 6, day=2)], at=PLANT, stamp=on(3))
    refused = receive(named(loading, "M1"), Received(9_000, 8000, 0), at=SITE, stamp=on(3)).holdings[0]

    booking = give_back(refused, 9_000, loading.holdings[:2], draws=draws_of(loading.postings))

    assert named(booking, "B1").left == {"B1": dry(6)}
    assert named(booking, "B2").left == {"B2": dry(6)}
    assert named(booking, "M1").is_empty
    assert imbalance(booking.postings) == {}


def test_what_does_not_come_back_is_unaccounted_where_it_was_awaited() -> None:
    loading = load_oldest("M1", tonnes(9), [batch("B1", 9)], at=PLANT, stamp=on(3))

    booking = give_back(named(loading, "M1"), 8_000, loading.holdings[:1], draws=draws_of(loading.postings))

    missing = [posting for posting in booking.postings if posting.account is Account.UNACCOUNTED]
    assert [(one.cause, one.facility, one.origin_units) for one in missing] == [(Cause.RETURN, "P1", dry(1))]


def test_a_refused_part_comes_back_at_the_moisture_of_the_receipt() -> None:
    loading = load_oldest("M1", tonnes(10), [batch("B1", 10)], at=PLANT, stamp=on(3))
    rest = receive(named(loading, "M1"), Received(10_000, 7900, 4_000), at=SITE, stamp=on(3)).holdings[0]

    booking = give_back(rest, 6_000, loading.holdings[:1], draws=draws_of(loading.postings))

    assert named(booking, "B1").left == {"B1": 6_000 * 2_100}
    assert origin_on(booking.postings, Account.UNACCOUNTED) == {}


def test_an_unweighed_return_brings_back_all_that_was_held() -> None:
    loading = load_oldest("M1", tonnes(10), [batch("B1", 10)], at=PLANT, stamp=on(3))

    booking = give_back(named(loading, "M1"), None, loading.holdings[:1], draws=draws_of(loading.postings))

    assert named(booking, "B1").left == {"B1": dry(10)}


def test_an_origin_drawn_from_two_lots_goes_back_to_both_in_proportion() -> None:
    lots = [lot("L1", ("B1", 6)), lot("L2", ("B1", 6), ("B2", 4))]
    loading = load_named("M1", tonnes(12), [Named(lots[0], 2_000), Named(lots[1], 10_000)], stamp=on(5))

    booking = give_back(named(loading, "M1"), 6_000, loading.holdings[:2], draws=draws_of(loading.postings))

    assert named(booking, "L1").left == {"B1": dry(5)}
    assert named(booking, "L2").left == {"B1": dry(3), "B2": dry(2)}
    assert imbalance(booking.postings) == {}


def test_dried_sludge_comes_back_in_both_measures() -> None:
    dried = replace(lot("L1", ("B1", 8)), physical_made=dry(4), physical_left=dry(4))
    loading = load_named("M1", tonnes(2), [Named(dried)], stamp=on(5))

    booking = give_back(named(loading, "M1"), 1_000, loading.holdings[:1], draws=draws_of(loading.postings))

    assert named(booking, "L1").physical_left == dry(3)
    assert named(booking, "L1").left == {"B1": dry(6)}
    assert origin_on(booking.postings, Account.UNACCOUNTED) == {"B1": dry(2)}
    assert physical_on(booking.postings, Account.UNACCOUNTED) == dry(1)


def test_a_lost_load_is_unaccounted() -> None:
    booking = lose(load("M1", 10, batch("B1", 20)))

    assert origin_on(booking.postings, Account.UNACCOUNTED, Cause.LOST) == {"B1": dry(10)}
    assert named(booking, "M1").is_empty
    assert imbalance(booking.postings) == {}


def test_a_load_found_dumped_is_disposed_of_and_never_compliant() -> None:
    booking = lose(load("M1", 10, batch("B1", 20)), found_dumped=True)

    dumped = [posting for posting in booking.postings if posting.account is Account.DISPOSED]
    assert [(one.route, one.compliant, one.origin_units) for one in dumped] == [("X9", False, dry(10))]
    assert imbalance(booking.postings) == {}


def test_only_what_the_driver_still_holds_is_lost() -> None:
    rest = receive(load("M1", 10, batch("B1", 20)), Received(10_000, 8000, 7_000), at=SITE, stamp=on(3)).holdings[0]

    assert origin_on(lose(rest).postings, Account.UNACCOUNTED) == {"B1": dry(3)}
