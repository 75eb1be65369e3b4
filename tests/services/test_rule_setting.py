"""Rules set by authorities: from which day they hold, for whom, who may set them, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, Engine, func, select

from sludgetrack import tx
from sludgetrack.domain import rule_setting as s
from sludgetrack.domain.commands import RecordDisposal
from sludgetrack.domain.errors import (
    DomainError,
    IdempotencyConflict,
    InvalidFigures,
    NotPermitted,
    OutOfRange,
    PeriodLocked,
    RouteBanned,
    SharedTable,
    StaleState,
)
from sludgetrack.domain.limits import Limit, limit_key, reading_of
from sludgetrack.domain.registrations import LockPeriod, Request
from sludgetrack.services import audit, facility_acts, locking, rule_setting
from sludgetrack.services.administering import Outcome
from sludgetrack.services.context import Context
from sludgetrack.store import rules
from sludgetrack.store.tables import record, registry
from tests.support.city import City, new_id

T = TypeVar("T")
TODAY = date(2026, 3, 2)
SOURCE = "新乡市污泥处置管理办法 第八条"


def ban(**more: Any) -> s.SetPolicy:
    said: dict[str, Any] = {
        "division": "4107",
        "route": "I1",
        "rule": "ban",
        "value": "Y",
        "valid_from": TODAY,
        "source": SOURCE,
    }
    return s.SetPolicy(**{"event_id": new_id(), **said, **more})


def target(**more: Any) -> s.SetTarget:
    said: dict[str, Any] = {"division": "4107", "rate": "harmless_rate", "op": ">=", "value_pct": "98", "year": 2026}
    return s.SetTarget(**{"event_id": new_id(), "valid_from": TODAY, "source": SOURCE, **said, **more})


def limit(**more: Any) -> s.SetLimit:
    said: dict[str, Any] = {
        "standard": "GBT23486-2009",
        "applies_to": "L1",
        "parameter": "Cd",
        "op": "<",
        "value": "3",
        "unit": "mg/kg dry",
        "condition": "acid soil pH<6.5",
    }
    return s.SetLimit(**{"event_id": new_id(), "valid_from": TODAY, "source": SOURCE, **said, **more})


def setting(work: Callable[[Context, Any], Outcome], said: Request, city: City, who: str = "regulator") -> Outcome:
    return city.act(who, lambda ctx: work(ctx, said))


def read(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.connect() as connection:
        return work(connection)


def refusal(work: Callable[[], object]) -> list[DomainError]:
    """The single refusals behind a refused request."""
    with pytest.raises(InvalidFigures) as refused:
        work()
    return list(refused.value.problems)


def cadmium(engine: Engine, day: date = TODAY) -> Limit:
    found = read(engine, rules.tables).limits(day)
    return next(one for one in found if limit_key(one) == "GBT23486-2009|L1|Cd|max|acid soil pH<6.5")


# Policy and clocks


def test_a_ban_refuses_manifests_from_its_day_on_and_quotes_its_source(city: City) -> None:
    city.produce()
    setting(rule_setting.set_policy, ban(valid_from=TODAY + timedelta(days=1)), city)

    city.issue()
    city.clock.forward(days=1)

    with pytest.raises(RouteBanned) as refused:
        city.issue()
    assert refused.value.facts["source"] == SOURCE


def test_a_ban_is_ended_by_a_later_row(city: City) -> None:
    city.produce()
    setting(rule_setting.set_policy, ban(), city)
    setting(rule_setting.set_policy, ban(value="N", valid_from=TODAY + timedelta(days=2)), city)

    with pytest.raises(RouteBanned):
        city.issue()
    city.clock.forward(days=2)
    assert city.issue()


def test_a_clock_of_a_part_of_the_division_is_set_by_the_authority_above_it(city: City, engine: Engine) -> None:
    said = ban(division="410702", route="", rule="issue_to_load_h", value="12")

    assert setting(rule_setting.set_policy, said, city) is Outcome.RECORDED

    policy = read(engine, rules.policy)
    assert [policy.rule(place, "", "issue_to_load_h", TODAY) is not None for place in ("410702", "410721")] == [
        True,
        False,
    ]


def test_an_authority_sets_nothing_outside_its_division(city: City) -> None:
    for division in ("41", "2202", "41070", ""):
        with pytest.raises(OutOfRange) as refused:
            setting(rule_setting.set_policy, ban(division=division), city)
        assert refused.value.field == "division"


@pytest.mark.parametrize("who", ["plant", "site", "driver", "outsider"])
def test_nobody_but_an_authority_sets_rules(city: City, who: str) -> None:
    for work, said in ((rule_setting.set_policy, ban()), (rule_setting.set_limit, limit())):
        with pytest.raises(NotPermitted):
            setting(work, said, city, who)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"route": "L9"}, "route"),
        ({"rule": "bann"}, "rule"),
        ({"value": "yes"}, "value"),
        ({"rule": "moisture_max_pct", "value": "101"}, "value"),
        ({"rule": "moisture_max_pct", "value": "Y"}, "value"),
        ({"route": "", "rule": "ban"}, "rule"),
        ({"route": "", "rule": "transit_factor", "value": "-1"}, "value"),
        ({"route": "", "rule": "transit_factor", "value": "NaN"}, "value"),
    ],
)
def test_a_wrong_rule_is_refused_at_its_field(city: City, more: dict[str, Any], field: str) -> None:
    problems = refusal(lambda: setting(rule_setting.set_policy, ban(**more), city))

    assert [problem.field for problem in problems] == [field]


def test_a_rule_sent_twice_is_set_once(city: City, engine: Engine) -> None:
    said = ban()

    outcomes = [setting(rule_setting.set_policy, said, city) for _ in range(2)]
    outcomes.append(setting(rule_setting.set_policy, ban(), city))

    assert outcomes == [Outcome.RECORDED, Outcome.AGAIN, Outcome.UNCHANGED]
    assert len(read(engine, rules.policy_rows)) == 2
    with pytest.raises(IdempotencyConflict):
        setting(rule_setting.set_policy, ban(event_id=said.event_id, value="N"), city)


def test_nothing_begins_in_a_locked_period(city: City) -> None:
    closed = LockPeriod(event_id=new_id(), division="410702", month="2026-01")
    city.act("regulator", lambda ctx: locking.lock_period(ctx, closed))
    early = ban(valid_from=date(2026, 1, 31))

    problems = refusal(lambda: setting(rule_setting.set_policy, early, city))

    assert [type(problem) for problem in problems] == [PeriodLocked]
    assert problems[0].facts == {"day": "2026-01-31", "first_open": "2026-02-01"}
    assert setting(rule_setting.set_policy, ban(valid_from=date(2026, 2, 1)), city) is Outcome.RECORDED
    elsewhere = ban(division="410721", valid_from=date(2026, 1, 31))
    assert setting(rule_setting.set_policy, elsewhere, city) is Outcome.RECORDED


# At disposal


def test_a_disposal_is_judged_by_the_rules_of_its_day_also_before_it_is_booked(city: City) -> None:
    lot = city.delivered()
    city.clock.forward(days=3)
    setting(rule_setting.set_policy, ban(rule="moisture_max_pct", value="75"), city)
    setting(rule_setting.set_policy, ban(rule="needs_stabilisation", valid_from=TODAY + timedelta(days=1)), city)
    setting(rule_setting.set_policy, ban(rule="needs_lab", valid_from=TODAY + timedelta(days=2)), city)
    setting(rule_setting.set_policy, ban(valid_from=TODAY + timedelta(days=3)), city)

    def breaches(day: date) -> list[str]:
        figures: dict[str, Any] = {"facility": "S-INC", "disposal": "D1", "lot": lot, "route": "I1", "wet_kg": 12_000}
        command = RecordDisposal(event_id=new_id(), day=day, moisture_bp=8000, **figures)
        judged = city.act("site", lambda ctx: facility_acts.preview_disposal(ctx, command))
        return sorted(reason.breach for reason in judged.reasons if reason.source == SOURCE)

    assert breaches(TODAY) == ["moisture_too_high"]
    assert breaches(TODAY + timedelta(days=1)) == ["moisture_too_high", "not_stabilised"]
    assert breaches(TODAY + timedelta(days=3)) == ["moisture_too_high", "not_stabilised", "route_banned"]


# Routes, treatments


def test_a_routes_flag_holds_from_its_day_on(city: City, engine: Engine) -> None:
    said = s.SetRoute(event_id=new_id(), route="F2c", landfill=False, valid_from=TODAY, source=SOURCE)

    assert setting(rule_setting.set_route, said, city) is Outcome.RECORDED

    tables = read(engine, rules.tables)
    assert [tables.routes(TODAY - timedelta(days=n))["F2c"].landfill for n in (1, 0)] == [True, False]
    assert tables.routes(TODAY)["F2c"].needs_lab


def test_what_a_route_says_already_is_not_set_again(city: City) -> None:
    said = s.SetRoute(event_id=new_id(), route="L1", landfill=False, valid_from=TODAY, source=SOURCE)

    assert setting(rule_setting.set_route, said, city) is Outcome.UNCHANGED


def test_a_treatments_band_can_be_widened_but_not_turned_round(city: City, engine: Engine) -> None:
    wide = s.SetTreatment(event_id=new_id(), treatment="T4", kept_min_pct=90, valid_from=TODAY, source=SOURCE)
    round_ = s.SetTreatment(event_id=new_id(), treatment="T4", kept_min_pct=110, valid_from=TODAY, source=SOURCE)

    setting(rule_setting.set_treatment, wide, city)

    drying = read(engine, rules.tables).treatments(TODAY)["T4"]
    assert (drying.kept_min_bp, drying.kept_max_bp, drying.stabilises) == (9000, 10_300, False)
    assert [problem.field for problem in refusal(lambda: setting(rule_setting.set_treatment, round_, city))] == [
        "kept_max_pct"
    ]


def test_the_shared_tables_are_set_by_the_highest_authorities_only(city: City) -> None:
    with tx.unit_of_work(city.engine) as connection:
        where = registry.organisation.c.code == "A-FAR"
        connection.execute(registry.organisation.update().where(where).values(division="22"))

    with pytest.raises(SharedTable) as refused:
        setting(rule_setting.set_limit, limit(), city)
    assert refused.value.facts == {"who": ["吉林市排水管理处"]}
    assert setting(rule_setting.set_limit, limit(), city, "far_regulator") is Outcome.RECORDED
    assert setting(rule_setting.set_policy, ban(), city) is Outcome.RECORDED


# Limits and who checked them


def test_a_limit_is_unverified_until_somebody_has_compared_it(city: City, engine: Engine) -> None:
    before = cadmium(engine)
    line = f"L1|Cd|max|acid soil pH<6.5|{reading_of(before)}"
    checked = s.CheckLimits(
        event_id=new_id(),
        standard=before.standard,
        limits=(line,),
        checked_on=TODAY,
        source="GB/T 23486 纸质版 第 3 页",
    )

    assert setting(rule_setting.check_limits, checked, city) is Outcome.RECORDED

    now = cadmium(engine)
    assert (before.checked_by, now.checked_by, now.checked_on) == ("", "周监管", TODAY)
    assert now.check_source == "GB/T 23486 纸质版 第 3 页"
    assert sum(1 for one in read(engine, rules.tables).limits(TODAY) if one.checked_by) == 1


def test_a_limit_that_changes_has_to_be_checked_again(city: City, engine: Engine) -> None:
    line = f"L1|Cd|max|acid soil pH<6.5|{reading_of(cadmium(engine))}"
    said: dict[str, Any] = {"standard": "GBT23486-2009", "limits": (line,), "checked_on": TODAY, "source": SOURCE}
    setting(rule_setting.check_limits, s.CheckLimits(event_id=new_id(), **said), city)

    setting(rule_setting.set_limit, limit(valid_from=TODAY + timedelta(days=10)), city)

    before, after = cadmium(engine, TODAY + timedelta(days=9)), cadmium(engine, TODAY + timedelta(days=10))
    assert (before.checked_by, before.value) == ("周监管", Decimal(5))
    assert (after.checked_by, after.value) == ("", Decimal(3))


def test_what_reads_otherwise_by_now_cannot_be_confirmed(city: City) -> None:
    said: dict[str, Any] = {"standard": "GBT23486-2009", "checked_on": TODAY, "source": SOURCE}
    stale = s.CheckLimits(event_id=new_id(), limits=("L1|Cd|max|acid soil pH<6.5|< 4 mg/kg dry",), **said)

    with pytest.raises(StaleState):
        setting(rule_setting.check_limits, stale, city)


def test_a_limit_can_be_added_and_given_up(city: City, engine: Engine) -> None:
    new = limit(standard="DB41/T 1-2026", parameter="As", condition="", value="30")
    setting(rule_setting.set_limit, new, city)
    setting(rule_setting.set_limit, limit(used=False, valid_from=TODAY + timedelta(days=5)), city)

    tables = read(engine, rules.tables)
    assert [one.value for one in tables.limits(TODAY) if one.standard == "DB41/T 1-2026"] == [Decimal(30)]
    left = [limit_key(one) for one in tables.limits(TODAY + timedelta(days=5))]
    assert "GBT23486-2009|L1|Cd|max|acid soil pH<6.5" not in left


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"op": "<>"}, "op"),
        ({"value": "many"}, "value"),
        ({"parameter": "Kd"}, "parameter"),
        ({"standard": "X", "applies_to": "L1 L9"}, "applies_to"),
        ({"standard": "X|Y"}, "standard"),
        ({"standard": "X", "used": False}, "standard"),
    ],
)
def test_a_wrong_limit_is_refused_at_its_field(city: City, more: dict[str, Any], field: str) -> None:
    problems = refusal(lambda: setting(rule_setting.set_limit, limit(**more), city))

    assert field in [problem.field for problem in problems]


# Targets


def test_a_divisions_target_is_in_force_from_its_day_and_can_be_given_up(city: City, engine: Engine) -> None:
    setting(rule_setting.set_target, target(), city)
    setting(rule_setting.set_target, target(used=False, valid_from=TODAY + timedelta(days=3)), city)

    tables = read(engine, rules.tables)
    counts = [sum(1 for one in tables.targets(TODAY + timedelta(days=n)) if one.division == "4107") for n in (-1, 0, 3)]
    assert counts == [0, 1, 0]


def test_a_target_without_a_percentage_is_refused(city: City) -> None:
    problems = refusal(lambda: setting(rule_setting.set_target, target(value_pct="much", rate="rate"), city))

    assert [problem.field for problem in problems] == ["rate", "value_pct"]


# The record


def test_what_was_set_is_part_of_the_record_and_audited(city: City, engine: Engine) -> None:
    setting(rule_setting.set_policy, ban(), city)
    setting(rule_setting.set_target, target(), city)

    with engine.connect() as connection:
        wanted = record.entry.c.type.in_(["policy_set", "table_set"])
        actors = connection.scalars(select(record.entry.c.claim["actor"].astext).where(wanted)).all()
    assert actors == [city.people["regulator"].person] * 2
    assert audited(engine) == []


@pytest.mark.parametrize(
    "tampering",
    [
        'UPDATE reference_row SET stated = \'{"op": ">=", "value_pct": "1", "binding": "N", "used": "Y"}\'',
        "UPDATE reference_row SET valid_from = '2020-01-01'",
        "UPDATE policy SET value = 'N'",
        "DELETE FROM reference_row",
    ],
)
def test_a_rule_changed_behind_the_records_back_is_found(city: City, superuser: Engine, tampering: str) -> None:
    setting(rule_setting.set_policy, ban(), city)
    setting(rule_setting.set_target, target(), city)

    with superuser.begin() as connection:
        connection.exec_driver_sql(tampering)

    assert audited(city.engine)


def audited(engine: Engine) -> list[str]:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        report = audit.audit(connection, lambda _digest: b"")
    return [outcome.first.code for outcome in report.outcomes if outcome.first is not None]


def test_setting_a_rule_adds_one_event(city: City, engine: Engine) -> None:
    count = select(func.count()).select_from(record.entry)
    before = read(engine, lambda connection: connection.execute(count).scalar_one())

    setting(rule_setting.set_limit, limit(), city)

    assert read(engine, lambda connection: connection.execute(count).scalar_one()) == before + 1
