from datetime import date

from sludgetrack import reference
from sludgetrack.domain.policy import Policy, PolicyRow, Rule, parse_policies

DAY = date(2025, 6, 1)


def test_the_longest_matching_division_decides() -> None:
    policy = Policy([_row("41", "20"), _row("410702", "60"), _row("4107", "15")])

    assert _value(policy, "410702") == "60"
    assert _value(policy, "410782") == "15"
    assert _value(policy, "410100") == "20"
    assert _value(policy, "220100") is None


def test_a_row_not_yet_in_force_leaves_the_shorter_division_to_decide() -> None:
    policy = Policy([_row("41", "20"), _row("410702", "60", valid_from=date(2025, 6, 2))])

    assert _value(policy, "410702") == "20"


def test_the_newest_row_in_force_counts_from_its_first_day() -> None:
    policy = Policy([_row("41", "30", valid_from=DAY), _row("41", "20", valid_from=date(2020, 1, 1))])

    assert _value(policy, "410702") == "30"


def test_of_rows_of_the_same_division_and_day_the_later_one_counts() -> None:
    assert _value(Policy([_row("41", "20"), _row("41", "30")]), "41") == "30"
    assert _value(Policy([_row("41", "30"), _row("41", "20")]), "41") == "20"


def test_a_row_without_a_division_concerns_every_place() -> None:
    assert _value(Policy([_row("", "20")]), "410702") == "20"


def test_a_ban_can_be_lifted_for_one_district() -> None:
    policy = Policy([_ban("41", "Y"), _ban("410702", "N")])

    assert policy.ban("410781", "F2", DAY) == _ban("41", "Y")
    assert policy.ban("410702", "F2", DAY) is None


def test_bans_at_issue_are_those_of_giver_and_destination() -> None:
    policy = Policy([_ban("4107", "Y"), _ban("2201", "Y")])

    assert policy.bans_at_issue("410702", "220100", "F2", DAY) == [_ban("4107", "Y"), _ban("2201", "Y")]
    assert policy.bans_at_issue("410702", "410702", "F2", DAY) == [_ban("4107", "Y")]
    assert policy.bans_at_issue("110000", "110000", "F2", DAY) == []


def test_jilin_forbids_farm_use_as_shipped() -> None:
    policy = Policy(reference.policies())

    ban = policy.ban("220100", "L3", DAY)

    assert ban is not None
    assert "食物链" in ban.source
    assert policy.ban("220100", "L3", date(2020, 12, 31)) is None


def test_a_table_keeps_its_order_and_its_sources() -> None:
    header = "division,route,rule,value,valid_from,source"
    text = f"{header}\n41,F2,ban,Y,2025-01-01,notice 7\n41,F2,ban,N,2025-01-01,notice 8"

    assert [row.source for row in parse_policies(text)] == ["notice 7", "notice 8"]


def _row(division: str, value: str, *, valid_from: date = date(2024, 1, 1)) -> PolicyRow:
    return PolicyRow(division, "B2", Rule.MOISTURE_MAX_PCT, value, valid_from, "")


def _ban(division: str, value: str) -> PolicyRow:
    return PolicyRow(division, "F2", Rule.BAN, value, date(2024, 1, 1), "notice")


def _value(policy: Policy, division: str) -> str | None:
    row = policy.rule(division, "B2", Rule.MOISTURE_MAX_PCT, DAY)
    return row.value if row else None
