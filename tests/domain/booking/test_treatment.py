from dataclasses import replace

import pytest

from sludgetrack.domain.booking import Input, Output, Run, kept_share, treat
from sludgetrack.domain.holdings import Kind
from sludgetrack.domain.mass import Account, Weighed, imbalance
from tests.domain.making import SITE, dry, lot, named, on, origin_on, physical_on, tonnes


def test_all_origin_of_the_inputs_passes_to_the_outputs_by_their_dry_mass() -> None:
    inputs = [Input(lot("M1", ("B1", 6))), Input(lot("M2", ("B2", 4)))]
    run = Run(inputs, [Output("O1", tonnes(6)), Output("O2", tonnes(2))])

    booking = treat(run, at=SITE, stamp=on(5))

    assert named(booking, "O1").made == {"B1": dry(4.5), "B2": dry(3)}
    assert named(booking, "O2").made == {"B1": dry(1.5), "B2": dry(1)}
    assert named(booking, "M1").is_empty
    assert imbalance(booking.postings) == {}


def test_what_the_process_loses_is_physical_only() -> None:
    booking = treat(Run([Input(lot("M1", ("B1", 10)))], [Output("O1", tonnes(7))]), at=SITE, stamp=on(5))

    assert physical_on(booking.postings, Account.PROCESS_LOSS) == dry(3)
    assert origin_on(booking.postings, Account.PROCESS_LOSS) == {"B1": 0}
    assert named(booking, "O1").origin_made == dry(10)


def test_additives_are_booked_apart_and_carry_no_origin() -> None:
    run = Run([Input(lot("M1", ("B1", 10)))], [Output("O1", tonnes(9))], additives=dry(2))

    booking = treat(run, at=SITE, stamp=on(5))

    assert physical_on(booking.postings, Account.ADDITIVES) == -dry(2)
    assert physical_on(booking.postings, Account.PROCESS_LOSS) == dry(3)
    assert named(booking, "O1").physical_made == dry(9)
    assert imbalance(booking.postings) == {}


def test_an_input_with_a_mass_takes_that_share_of_the_lot() -> None:
    run = Run([Input(lot("M1", ("B1", 6), ("B2", 4)), 5_000)], [Output("O1", tonnes(5))])

    booking = treat(run, at=SITE, stamp=on(5))

    assert named(booking, "O1").made == {"B1": dry(3), "B2": dry(2)}
    assert named(booking, "M1").left == {"B1": dry(3), "B2": dry(2)}


def test_a_lot_named_twice_gives_what_is_left_the_second_time() -> None:
    source = lot("M1", ("B1", 10))

    booking = treat(Run([Input(source, 4_000), Input(source)], [Output("O1", tonnes(10))]), at=SITE, stamp=on(5))

    assert named(booking, "O1").made == {"B1": dry(10)}
    assert named(booking, "M1").is_empty


def test_an_overdrawn_lot_passes_its_negative_origin_on() -> None:
    overdrawn = lot("M1", ("B1", 4)).after({"B1": -dry(1)}, -dry(1))

    run = Run([Input(overdrawn), Input(lot("M2", ("B2", 5)))], [Output("O1", tonnes(4))])
    booking = treat(run, at=SITE, stamp=on(5))

    assert named(booking, "O1").made == {"B1": -dry(1), "B2": dry(5)}
    assert imbalance(booking.postings) == {}


def test_outputs_without_dry_solids_share_the_origin_equally() -> None:
    run = Run([Input(lot("M1", ("B1", 10)))], [Output("O1", Weighed(1, 10_000)), Output("O2", Weighed(1, 10_000))])

    assert named(treat(run, at=SITE, stamp=on(5)), "O1").made == {"B1": dry(5)}


def test_a_run_without_outputs_is_an_error() -> None:
    with pytest.raises(ValueError, match="needs an output"):
        treat(Run([Input(lot("M1", ("B1", 10)))], []), at=SITE, stamp=on(5))


def test_a_process_that_stabilises_makes_stable_lots() -> None:
    run = Run([Input(lot("M1", ("B1", 10)))], [Output("O1", tonnes(8))], stabilises=True)

    assert named(treat(run, at=SITE, stamp=on(5)), "O1").stabilised


def test_a_run_of_stable_lots_only_makes_stable_lots() -> None:
    stable, raw = replace(lot("M1", ("B1", 1)), stabilised=True), lot("M2", ("B2", 1))

    assert named(treat(Run([Input(stable)], [Output("O1", tonnes(1))]), at=SITE, stamp=on(5)), "O1").stabilised
    mixed = treat(Run([Input(stable), Input(raw)], [Output("O1", tonnes(2))]), at=SITE, stamp=on(5))
    assert not named(mixed, "O1").stabilised


def test_sewer_cleaning_sludge_stays_what_it_is_when_nothing_else_goes_in() -> None:
    sewer = replace(lot("M1", ("TG", 1)), kind=Kind.SEWER_SLUDGE)

    alone = treat(Run([Input(sewer)], [Output("O1", tonnes(1))]), at=SITE, stamp=on(5))
    assert named(alone, "O1").kind is Kind.SEWER_SLUDGE
    mixed = treat(Run([Input(sewer), Input(lot("M2", ("B1", 1)))], [Output("O1", tonnes(2))]), at=SITE, stamp=on(5))
    assert named(mixed, "O1").kind is Kind.PRODUCT


def test_dry_solids_kept_leave_the_additives_out() -> None:
    source = lot("M1", ("B1", 20))
    run = Run([Input(source, 5_000), Input(lot("M2", ("B2", 5)))], [Output("O1", tonnes(9))], additives=dry(2))

    assert kept_share(run) == (dry(7), dry(10))
