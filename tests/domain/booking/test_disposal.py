from dataclasses import replace

from sludgetrack.domain.booking import Disposal, dispose
from sludgetrack.domain.mass import Account, Cause, imbalance
from tests.domain.making import dry, lot, named, origin_on, physical_on


def test_a_disposal_takes_its_own_measured_dry_mass() -> None:
    booking = dispose(lot("M1", ("B1", 10)), Disposal("I1", 4_000, 7900))

    assert origin_on(booking.postings, Account.DISPOSED) == {"B1": 4_000 * 2_100}
    assert named(booking, "M1").left == {"B1": dry(10) - 4_000 * 2_100}


def test_missing_moisture_at_disposal_is_the_lots() -> None:
    booking = dispose(lot("M1", ("B1", 10)), Disposal("I1", 4_000, None))

    assert origin_on(booking.postings, Account.DISPOSED) == {"B1": dry(4)}


def test_a_disposal_may_take_a_lot_below_zero() -> None:
    booking = dispose(lot("M1", ("B1", 10)), Disposal("I1", 12_000, None))

    assert named(booking, "M1").left == {"B1": -dry(2)}
    assert booking.overdraft == dry(2)


def test_additives_count_in_the_physical_mass_and_carry_no_origin() -> None:
    compost = replace(lot("L1", ("B1", 20)), physical_made=dry(19), physical_left=dry(19))

    booking = dispose(compost, Disposal("L1", 19_000, 8000))

    assert origin_on(booking.postings, Account.DISPOSED) == {"B1": dry(20)}
    assert physical_on(booking.postings, Account.DISPOSED) == dry(19)


def test_what_a_final_disposal_leaves_is_unaccounted() -> None:
    booking = dispose(lot("M1", ("B1", 10)), Disposal("I1", 9_000, None, final=True))

    assert origin_on(booking.postings, Account.UNACCOUNTED, Cause.FINAL) == {"B1": dry(1)}
    assert named(booking, "M1").is_empty
    assert imbalance(booking.postings) == {}


def test_what_a_final_disposal_takes_beyond_the_lot_is_unaccounted_below_zero() -> None:
    booking = dispose(lot("M1", ("B1", 10)), Disposal("I1", 11_000, None, final=True))

    assert origin_on(booking.postings, Account.UNACCOUNTED) == {"B1": -dry(1)}
    assert named(booking, "M1").is_empty


def test_a_banned_plants_share_alone_is_not_compliant() -> None:
    disposal = Disposal("F2", 10_000, None, banned=frozenset({"B2"}))

    booking = dispose(lot("M1", ("B1", 6), ("B2", 4)), disposal)

    compliant = {one.origin: one.compliant for one in booking.postings if one.account is Account.DISPOSED}
    assert compliant == {"B1": True, "B2": False}


def test_a_disposal_that_breaks_a_gate_is_not_compliant_at_all() -> None:
    booking = dispose(lot("M1", ("B1", 6), ("B2", 4)), Disposal("F2", 10_000, None, compliant=False))

    assert {one.compliant for one in booking.postings if one.account is Account.DISPOSED} == {False}
