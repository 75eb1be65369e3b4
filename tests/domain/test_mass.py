from sludgetrack.domain.mass import Account, Place, Posting, Weighed, imbalance


def test_wet_mass_and_moisture_give_dry_solids_exactly() -> None:
    assert Weighed(16_460, 8013).dry == 32_706_020


def test_a_place_knows_which_account_its_stock_lies_in() -> None:
    assert Place.plant("P1").account is Account.PLANT_STOCK
    assert Place.site("S1").account is Account.SITE_STOCK


def test_postings_that_cancel_out_have_no_imbalance() -> None:
    postings = [
        Posting(Account.PRODUCED, "P1", None, "B1", -5, -5),
        Posting(Account.PLANT_STOCK, "P1", "B1", "B1", 5, 5),
    ]

    assert imbalance(postings) == {}


def test_an_imbalance_is_told_for_each_origin_and_measure() -> None:
    postings = [
        Posting(Account.TRANSIT, None, "M1", "B1", 5, 5),
        Posting(Account.PLANT_STOCK, "P1", "B2", "B2", -5, -5),
    ]

    assert imbalance(postings) == {"B1": (5, 5), "B2": (-5, -5)}
