from dataclasses import replace

from sludgetrack.domain.holdings import Kind, Nature, Share, common_nature, draw, everything_left, without
from tests.domain.making import SEWER, batch, dry, lot


def test_a_lot_knows_made_and_left_of_every_origin() -> None:
    mixed = lot("M1", ("B1", 6), ("B2", 4))
    half = without(mixed, draw(mixed, dry(5)))

    assert half.shares == {"B1": Share(dry(6), dry(3)), "B2": Share(dry(4), dry(2))}
    assert half.origin_made == dry(10)
    assert half.origin_left == half.physical_left == dry(5)


def test_a_draw_stands_for_origin_over_physical_as_made() -> None:
    compost = replace(lot("L1", ("B1", 4)), physical_made=dry(2), physical_left=dry(2))

    amounts = draw(compost, dry(1))

    assert amounts.origin == {"B1": dry(2)}
    assert amounts.physical == {"B1": dry(1)}


def test_a_draw_may_take_a_lot_below_zero() -> None:
    small = lot("M1", ("B1", 1))

    assert without(small, draw(small, dry(3))).left == {"B1": -dry(2)}


def test_a_lot_is_empty_only_when_both_measures_are() -> None:
    whole = lot("M1", ("B1", 1))

    assert not whole.is_empty
    assert not whole.after({"B1": 0}, 1).is_empty
    assert without(whole, everything_left(whole)).is_empty


def test_what_is_drawn_from_different_kinds_is_plant_sludge() -> None:
    assert common_nature([batch("B1", 1, nature=SEWER)]).kind is Kind.SEWER_SLUDGE
    assert common_nature([batch("B1", 1, nature=SEWER), batch("B2", 1)]).kind is Kind.PLANT_SLUDGE


def test_a_truckload_is_stable_only_if_all_it_was_drawn_from_was() -> None:
    stable = batch("B1", 1, nature=Nature(Kind.PLANT_SLUDGE, stabilised=True))

    assert common_nature([stable]).stabilised
    assert not common_nature([stable, batch("B2", 1)]).stabilised
