from dataclasses import replace

import pytest

from sludgetrack.domain.booking import Draw, Named, draws_of, load_named, load_oldest
from sludgetrack.domain.mass import Account, imbalance
from tests.domain.making import PLANT, SEWER, SITE, batch, dry, lot, named, on, origin_on, tonnes


def test_the_oldest_batches_are_drawn_first() -> None:
    old, new = batch("B9", 10, day=1), batch("B1", 10, day=2)

    booking = load_oldest("M1", tonnes(14), [new, old], at=PLANT, stamp=on(3))

    assert named(booking, "M1").made == {"B9": dry(10), "B1": dry(4)}
    assert named(booking, "B9").left == {"B9": 0}
    assert named(booking, "B1").left == {"B1": dry(6)}
    assert imbalance(booking.postings) == {}


def test_of_one_day_the_earlier_in_the_record_is_older() -> None:
    batches = [batch("A", 1, order=2), batch("B", 1, order=1)]

    booking = load_oldest("M1", tonnes(1), batches, at=PLANT, stamp=on(3))

    assert named(booking, "M1").made == {"B": dry(1)}


def test_batches_at_or_below_zero_are_skipped() -> None:
    spent = batch("B1", 10, day=1).after({"B1": -dry(1)}, -dry(1))

    booking = load_oldest("M1", tonnes(1), [spent, batch("B2", 10, day=2)], at=PLANT, stamp=on(3))

    assert named(booking, "M1").made == {"B2": dry(1)}


def test_what_exceeds_all_batches_overdraws_the_newest() -> None:
    booking = load_oldest("M1", tonnes(15), [batch("B1", 10, day=1), batch("B2", 3, day=2)], at=PLANT, stamp=on(3))

    assert named(booking, "B2").left == {"B2": -dry(2)}
    assert booking.overdraft == dry(2)
    assert imbalance(booking.postings) == {}


def test_an_emptied_newest_batch_is_still_the_one_overdrawn() -> None:
    empty = batch("B2", 3, day=2).after({"B2": 0}, 0)

    booking = load_oldest("M1", tonnes(12), [batch("B1", 10, day=1), empty], at=PLANT, stamp=on(3))

    assert named(booking, "B2").left == {"B2": -dry(2)}


def test_a_plant_without_batches_overdraws_its_undeclared_one() -> None:
    booking = load_oldest("M1", tonnes(5), [], at=PLANT, stamp=on(3))

    undeclared = named(booking, "P1-undeclared")
    assert undeclared.left == {"P1-undeclared": -dry(5)}
    assert undeclared.made == {"P1-undeclared": 0}
    assert booking.overdraft == dry(5)


def test_the_undeclared_batch_is_not_the_newest_where_another_is_declared() -> None:
    undeclared = named(load_oldest("M1", tonnes(5), [], at=PLANT, stamp=on(9)), "P1-undeclared")

    booking = load_oldest("M2", tonnes(2), [undeclared, batch("B1", 1, day=1)], at=PLANT, stamp=on(9))

    assert named(booking, "B1").left == {"B1": -dry(1)}


def test_the_undeclared_batch_is_overdrawn_again_while_it_is_the_only_one() -> None:
    undeclared = named(load_oldest("M1", tonnes(5), [], at=PLANT, stamp=on(9)), "P1-undeclared")

    booking = load_oldest("M2", tonnes(2), [undeclared], at=PLANT, stamp=on(9))

    assert named(booking, "P1-undeclared").left == {"P1-undeclared": -dry(7)}


def test_sewer_cleaning_sludge_moves_only_when_it_is_named() -> None:
    sewer, plain = batch("TG", 10, day=1, nature=SEWER), batch("B1", 10, day=2)

    oldest = load_oldest("M1", tonnes(1), [sewer, plain], at=PLANT, stamp=on(3))
    by_name = load_named("M2", tonnes(1), [Named(sewer)], stamp=on(3))

    assert named(oldest, "M1").made == {"B1": dry(1)}
    assert named(by_name, "M2").made == {"TG": dry(1)}


def test_a_single_name_takes_all_and_may_go_below_zero() -> None:
    booking = load_named("M1", tonnes(12), [Named(batch("B1", 10), 3_000)], stamp=on(3))

    assert named(booking, "B1").left == {"B1": -dry(2)}
    assert booking.overdraft == dry(2)


def test_names_with_masses_share_the_measured_dry_mass_in_proportion() -> None:
    lines = [Named(batch("B1", 10), 1_000), Named(batch("B2", 10), 3_000)]

    booking = load_named("M1", tonnes(8), lines, stamp=on(3))

    assert named(booking, "M1").made == {"B1": dry(2), "B2": dry(6)}


def test_names_without_masses_are_emptied_in_their_order() -> None:
    lines = [Named(batch("B2", 2)), Named(batch("B1", 10))]

    booking = load_named("M1", tonnes(5), lines, stamp=on(3))

    assert named(booking, "M1").made == {"B2": dry(2), "B1": dry(3)}


@pytest.mark.parametrize("masses", [(None, 5), (5, None)])
def test_masses_on_some_names_only_are_an_error(masses: tuple[int | None, int | None]) -> None:
    lines = [Named(batch("B1", 1), masses[0]), Named(batch("B2", 1), masses[1])]

    with pytest.raises(ValueError, match="every named batch"):
        load_named("M1", tonnes(1), lines, stamp=on(3))


def test_a_batch_named_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="named once"):
        load_named("M1", tonnes(1), [Named(batch("B1", 1)), Named(batch("B1", 1))], stamp=on(3))


def test_a_load_of_no_name_is_an_error() -> None:
    with pytest.raises(ValueError, match="needs a name"):
        load_named("M1", tonnes(1), [], stamp=on(3))


def test_a_lot_at_a_site_gives_origin_by_its_proportion_as_made() -> None:
    dried = replace(lot("L1", ("B1", 6), ("B2", 2)), physical_made=dry(4), physical_left=dry(4))

    booking = load_oldest("M1", tonnes(1), [dried], at=SITE, stamp=on(5))

    load = named(booking, "M1")
    assert load.made == {"B1": dry(1.5), "B2": dry(0.5)}
    assert load.physical_made == dry(1)
    assert imbalance(booking.postings) == {}


def test_lots_with_an_origin_in_common_are_one_share_of_the_load() -> None:
    lots = [lot("L1", ("B1", 2)), replace(lot("L2", ("B1", 2)), day=on(4).day)]

    booking = load_oldest("M1", tonnes(3), lots, at=SITE, stamp=on(5))

    assert named(booking, "M1").made == {"B1": dry(3)}
    assert origin_on(booking.postings, Account.TRANSIT) == {"B1": dry(3)}


def test_the_postings_of_a_loading_say_where_the_load_came_from() -> None:
    booking = load_oldest("M1", tonnes(3), [batch("B1", 2), batch("B2", 2, day=2)], at=PLANT, stamp=on(3))

    assert draws_of(booking.postings) == [Draw("B1", "B1", dry(2), dry(2)), Draw("B2", "B2", dry(1), dry(1))]


def test_a_load_without_dry_solids_still_knows_where_it_came_from() -> None:
    booking = load_oldest("M1", tonnes(1, 10_000), [batch("B1", 5)], at=PLANT, stamp=on(3))
    by_name = load_named("M2", tonnes(1, 10_000), [Named(batch("B1", 5))], stamp=on(3))

    assert named(booking, "M1").made == {"B1": 0}
    assert named(by_name, "M2").made == {"B1": 0}
    assert booking.postings == []
