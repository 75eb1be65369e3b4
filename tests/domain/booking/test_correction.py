from datetime import date

from sludgetrack.domain.booking import (
    Booking,
    Disposal,
    Received,
    booked_on,
    dispose,
    load_oldest,
    receive,
    restate,
    reverse,
    undo,
)
from sludgetrack.domain.holdings import Holding
from sludgetrack.domain.mass import Account, Cause, imbalance
from tests.domain.making import PLANT, SITE, batch, dry, load, named, on, origin_on, tonnes


def test_an_entry_counts_on_its_legal_day_or_on_the_first_open_one() -> None:
    assert booked_on(date(2025, 1, 20), None) == date(2025, 1, 20)
    assert booked_on(date(2025, 1, 20), date(2025, 1, 31)) == date(2025, 2, 1)
    assert booked_on(date(2025, 2, 3), date(2025, 1, 31)) == date(2025, 2, 3)


def test_entries_and_their_reverse_cancel_out_account_by_account() -> None:
    postings = receive(_load(), Received(9_900, 8000, 9_900), at=SITE, stamp=on(3)).postings

    both = [*postings, *reverse(postings)]

    assert all(set(origin_on(both, account).values()) <= {0} for account in Account)


def test_undoing_a_receipt_puts_the_load_back_on_the_road() -> None:
    loaded = _load()
    receipt = receive(loaded, Received(9_900, 8000, 6_000), at=SITE, stamp=on(3))

    on_the_road, lot = undo(receipt.postings, receipt.holdings)

    assert (on_the_road.left, on_the_road.physical_left) == (loaded.left, loaded.physical_left)
    assert lot.is_empty


def test_a_corrected_receipt_changes_its_lot_and_keeps_later_draws() -> None:
    receipt = receive(_load(), Received(10_000, 8000, 10_000), at=SITE, stamp=on(3))
    lot = named(dispose(_lot(receipt), Disposal("I1", 4_000, None)), "M1")

    correction = _receipt_corrected(receipt, lot, net_kg=9_000)

    assert _lot(correction).made == {"B1": dry(9)}
    assert _lot(correction).left == {"B1": dry(5)}
    assert origin_on(correction.postings, Account.UNACCOUNTED, Cause.CORRECTION) == {}
    assert origin_on(correction.postings, Account.UNACCOUNTED, Cause.RECEIPT) == {"B1": dry(1)}
    assert imbalance(correction.postings) == {}


def test_the_rest_of_a_finished_lot_is_unaccounted() -> None:
    receipt = receive(_load(), Received(10_000, 8000, 10_000), at=SITE, stamp=on(3))
    lot = named(dispose(_lot(receipt), Disposal("I1", 10_000, None, final=True)), "M1")

    correction = _receipt_corrected(receipt, lot, net_kg=9_000)

    assert _lot(correction).is_empty
    assert origin_on(correction.postings, Account.UNACCOUNTED, Cause.CORRECTION) == {"B1": -dry(1)}
    assert imbalance(correction.postings) == {}


def test_a_lot_that_no_longer_covers_its_draws_ends_at_nothing() -> None:
    receipt = receive(_load(), Received(10_000, 8000, 10_000), at=SITE, stamp=on(3))
    lot = named(dispose(_lot(receipt), Disposal("I1", 8_000, None)), "M1")

    correction = _receipt_corrected(receipt, lot, net_kg=7_000)

    assert _lot(correction).is_empty
    assert origin_on(correction.postings, Account.UNACCOUNTED, Cause.CORRECTION) == {"B1": -dry(1)}


def test_a_receipt_corrected_to_a_refusal_leaves_no_lot() -> None:
    receipt = receive(_load(), Received(10_000, 8000, 10_000), at=SITE, stamp=on(3))
    lot = named(dispose(_lot(receipt), Disposal("I1", 8_000, None)), "M1")
    road = undo(receipt.postings, receipt.holdings[:1])[0]

    again = receive(road, Received(10_000, 8000, 0), at=SITE, stamp=on(3))
    correction = restate(receipt.postings, [again], [lot])

    assert _lot(correction).is_empty
    assert named(correction, "M1", Account.TRANSIT).left == {"B1": dry(10)}
    assert origin_on(correction.postings, Account.UNACCOUNTED) == {"B1": -dry(8)}


def test_a_corrected_loading_changes_what_its_batches_gave() -> None:
    loading = load_oldest("M1", tonnes(10), [batch("B1", 20)], at=PLANT, stamp=on(2))
    receipt = receive(named(loading, "M1"), Received(10_000, 8000, 10_000), at=SITE, stamp=on(3))
    booked = [*loading.postings, *receipt.postings]

    source = undo(booked, loading.holdings[:1])
    loaded_again = load_oldest("M1", tonnes(11), source, at=PLANT, stamp=on(2))
    received_again = receive(named(loaded_again, "M1"), Received(10_000, 8000, 10_000), at=SITE, stamp=on(3))
    correction = restate(booked, [loaded_again, received_again], [_lot(receipt)])

    assert named(correction, "B1").left == {"B1": dry(9)}
    assert _lot(correction).left == {"B1": dry(10)}
    assert origin_on(correction.postings, Account.UNACCOUNTED) == {"B1": dry(1)}
    assert imbalance(correction.postings) == {}


def test_a_corrected_disposal_of_a_lot_another_one_finished_leaves_nothing_open() -> None:
    lot = _lot(receive(_load(), Received(10_000, 8000, 10_000), at=SITE, stamp=on(3)))
    first = dispose(lot, Disposal("I1", 4_000, None))
    last = dispose(named(first, "M1"), Disposal("I1", 6_000, None, final=True))

    before = undo(first.postings, last.holdings)[0]
    correction = restate(first.postings, [dispose(before, Disposal("I1", 3_000, None))], finished=frozenset({"M1"}))

    assert named(correction, "M1").is_empty
    assert origin_on(correction.postings, Account.DISPOSED) == {"B1": -dry(1)}
    assert origin_on(correction.postings, Account.UNACCOUNTED, Cause.CORRECTION) == {"B1": dry(1)}
    assert imbalance(correction.postings) == {}


def test_a_corrected_disposal_of_an_open_lot_changes_what_is_left() -> None:
    lot = _lot(receive(_load(), Received(10_000, 8000, 10_000), at=SITE, stamp=on(3)))
    first = dispose(lot, Disposal("I1", 4_000, None))

    again = dispose(undo(first.postings, first.holdings)[0], Disposal("I1", 3_000, None))

    assert named(restate(first.postings, [again]), "M1").left == {"B1": dry(7)}


def _load() -> Holding:
    return load("M1", 10, batch("B1", 20))


def _lot(booking: Booking) -> Holding:
    return named(booking, "M1", Account.SITE_STOCK)


def _receipt_corrected(receipt: Booking, lot: Holding, *, net_kg: int) -> Booking:
    road = undo(receipt.postings, receipt.holdings[:1])[0]
    again = receive(road, Received(net_kg, 8000, net_kg), at=SITE, stamp=on(3))
    return restate(receipt.postings, [again], [lot])
