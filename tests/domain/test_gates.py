from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sludgetrack import reference
from sludgetrack.domain.gates import Act, Breach, Judgement, Reason, Rulebook
from sludgetrack.domain.labs import Reading, Report
from sludgetrack.domain.limits import Limits
from sludgetrack.domain.policy import Policy, PolicyRow, Rule

DAY = date(2025, 6, 1)
LANDFILL = Act("F2", "410702", DAY, 5500, stabilised=False)
LANDSCAPING = Act("L1", "410702", DAY, 3500, stabilised=True)


def test_incineration_of_wet_sludge_breaks_nothing() -> None:
    assert _rules().judge(Act("I1", "410702", DAY, 8200, stabilised=False)) == Judgement([], {})


def test_wet_sludge_in_a_landfill_is_not_compliant_and_the_reason_says_why() -> None:
    judgement = _rules().judge(replace(LANDFILL, moisture_bp=7800), [_metals("1")])

    assert not judgement.compliant
    assert judgement.reasons == [
        Reason(Breach.MOISTURE_TOO_HIGH, "GB/T 23485-2009; GB 16889", "moisture", "78.00", "< 60")
    ]


@pytest.mark.parametrize(
    ("route", "moisture_bp", "compliant"), [("F2", 6000, False), ("F2", 5999, True), ("B2", 4000, True)]
)
def test_moisture_is_compared_with_the_routes_own_operator(route: str, moisture_bp: int, compliant: bool) -> None:
    rules = _rules(_policy(route, Rule.NEEDS_LAB, "N"))

    assert rules.judge(Act(route, "410702", DAY, moisture_bp, stabilised=False)).compliant is compliant


def test_a_policys_moisture_overrides_the_routes_and_keeps_its_operator() -> None:
    rules = _rules(_policy("F2", Rule.MOISTURE_MAX_PCT, "70"), _policy("F2", Rule.NEEDS_LAB, "N"))

    assert rules.judge(replace(LANDFILL, moisture_bp=6999)).compliant
    assert rules.judge(replace(LANDFILL, moisture_bp=7000)).reasons[0].limit == "< 70"


def test_a_policys_moisture_on_a_route_without_one_means_at_most() -> None:
    rules = _rules(_policy("I1", Rule.MOISTURE_MAX_PCT, "80"))

    assert rules.judge(Act("I1", "410702", DAY, 8000, stabilised=False)).compliant
    assert not rules.judge(Act("I1", "410702", DAY, 8001, stabilised=False)).compliant


def test_a_route_that_needs_a_lab_report_is_not_compliant_without_one() -> None:
    assert _breaches(_rules().judge(LANDFILL)) == [Breach.NO_LAB_REPORT]


def test_a_failing_lab_report_is_named_limit_by_limit() -> None:
    judgement = _rules().judge(LANDFILL, [_metals("25")])

    assert Reason(Breach.LAB_REPORT_FAILS, "GBT23485-2009", "Cd", "25", "< 20 mg/kg dry") in judgement.reasons


def test_a_policy_can_waive_the_lab_report() -> None:
    assert _rules(_policy("F2", Rule.NEEDS_LAB, "N")).judge(LANDFILL).compliant


def test_a_policy_can_ask_for_a_lab_report_where_the_route_does_not() -> None:
    rules = _rules(_policy("F2", Rule.NEEDS_LAB, "Y"))

    assert rules.needs_lab(LANDFILL)
    assert not rules.needs_lab(Act("B3", "410702", DAY, 8000, stabilised=False))


def test_land_use_needs_a_stabilised_lot() -> None:
    rules = _rules(_policy("L1", Rule.NEEDS_LAB, "N"))

    assert rules.judge(LANDSCAPING).compliant
    assert _breaches(rules.judge(replace(LANDSCAPING, stabilised=False))) == [Breach.NOT_STABILISED]


def test_a_policy_can_ask_for_stabilisation_and_is_then_its_source() -> None:
    rules = _rules(_policy("I1", Rule.NEEDS_STABILISATION, "Y"))

    judgement = rules.judge(Act("I1", "410702", DAY, 8000, stabilised=False))

    assert judgement.reasons == [Reason(Breach.NOT_STABILISED, "notice")]


def test_a_ban_of_the_sites_division_makes_the_whole_disposal_not_compliant() -> None:
    judgement = _rules(_policy("I1", Rule.BAN, "Y")).judge(Act("I1", "410702", DAY, 8000, stabilised=False))

    assert judgement.reasons == [Reason(Breach.ROUTE_BANNED, "notice", "4107")]


def test_a_ban_of_a_producing_plants_division_concerns_its_share_only() -> None:
    rules = _rules(_policy("I1", Rule.BAN, "Y"))

    judgement = rules.judge(Act("I1", "110000", DAY, 8000, stabilised=False), producers=["110000", "410702"])

    assert judgement.compliant
    assert judgement.by_division == {"410702": Reason(Breach.ORIGIN_BANNED, "notice", "4107")}


def test_other_disposal_needs_a_named_deciding_authority() -> None:
    undecided = Act("X2", "410702", DAY, 8000, stabilised=False)

    assert _breaches(_rules().judge(undecided)) == [Breach.UNDECIDED]
    assert _rules().judge(replace(undecided, decided_by="新乡市城市管理局")).compliant


def test_dumped_sludge_is_never_harmless_whoever_decides() -> None:
    dumped = Act("X9", "410702", DAY, 8000, stabilised=True, decided_by="新乡市城市管理局")

    assert _breaches(_rules().judge(dumped)) == [Breach.NEVER_HARMLESS]


def test_every_gate_that_is_broken_is_told() -> None:
    judgement = _rules().judge(Act("L1", "410702", DAY, 8000, stabilised=False))

    assert _breaches(judgement) == [Breach.MOISTURE_TOO_HIGH, Breach.NOT_STABILISED, Breach.NO_LAB_REPORT]


def _rules(*rows: PolicyRow) -> Rulebook:
    return Rulebook(reference.routes(), Limits(reference.limits()), Policy(rows))


def _policy(route: str, rule: Rule, value: str) -> PolicyRow:
    return PolicyRow("4107", route, rule, value, date(2025, 1, 1), "notice")


def _metals(cadmium: str) -> Report:
    """A report that states everything a landfill asks for, harmless but for cadmium."""
    limits = Limits(reference.limits()).of("F2")
    readings = {limit.parameter: Reading(Decimal(1)) for limit in limits}
    return Report("R1", "S1", DAY, 0, {**readings, "Cd": Reading(Decimal(cadmium))})


def _breaches(judgement: Judgement) -> list[Breach]:
    return [reason.breach for reason in judgement.reasons]
