from decimal import Decimal

from sludgetrack import reference
from sludgetrack.domain.targets import matching


def test_every_matching_target_is_shown_the_most_specific_first() -> None:
    sources = [target.source for target in matching(reference.targets(), "140100", "prefecture", "harmless_rate")]

    assert sources == ["Shanxi plan box 1", "national plan (prefecture-level and above)", "national plan (city)"]


def test_a_target_of_a_city_class_concerns_no_other_class() -> None:
    assert matching(reference.targets(), "140121", "county", "landfill_rate") == []
    assert len(matching(reference.targets(), "140100", "prefecture", "landfill_rate")) == 1


def test_a_target_says_whether_a_rate_reaches_it() -> None:
    harmless = matching(reference.targets(), "220100", "county", "harmless_rate")[0]
    landfill = matching(reference.targets(), "140100", "prefecture", "landfill_rate")[0]

    assert (harmless.is_met_by(Decimal("90.00")), harmless.is_met_by(Decimal("89.99"))) == (True, False)
    assert (landfill.is_met_by(Decimal("0.00")), landfill.is_met_by(Decimal("0.01"))) == (True, False)
    assert harmless.binding


def test_baselines_are_read_with_their_source() -> None:
    shanxi = [baseline for baseline in reference.baselines() if baseline.division == "14"]

    assert [(one.year, one.value_pct, one.source) for one in shanxi] == [(2020, Decimal("99.84"), "Shanxi plan")]
