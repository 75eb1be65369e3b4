from sludgetrack.domain.booking import produce
from sludgetrack.domain.holdings import Kind
from sludgetrack.domain.mass import Account, Weighed, imbalance
from tests.domain.making import PLANT, SEWER, dry, on, origin_on, tonnes


def test_a_batch_enters_plant_stock_with_its_dry_solids() -> None:
    booking = produce("B1", tonnes(10), PLANT, stamp=on(1))

    assert origin_on(booking.postings, Account.PRODUCED) == {"B1": -dry(10)}
    assert origin_on(booking.postings, Account.PLANT_STOCK) == {"B1": dry(10)}
    assert imbalance(booking.postings) == {}


def test_a_batch_stands_for_itself() -> None:
    batch = produce("B1", Weighed(10_000, 8000, estimated=True), PLANT, stamp=on(1, 7)).holdings[0]

    assert batch.made == batch.left == {"B1": dry(10)}
    assert (batch.facility, batch.kind, batch.age) == ("P1", Kind.PLANT_SLUDGE, on(1, 7))
    assert batch.estimated
    assert not batch.stabilised


def test_sewer_cleaning_sludge_keeps_its_kind() -> None:
    assert produce("B1", tonnes(1), PLANT, stamp=on(1), nature=SEWER).holdings[0].kind is Kind.SEWER_SLUDGE
