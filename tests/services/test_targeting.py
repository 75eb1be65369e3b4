"""Rates beside targets, and the flags of routes they are counted by, both as on a period's last day."""

from __future__ import annotations

from datetime import date
from functools import partial

from sludgetrack.domain import rule_setting as s
from sludgetrack.domain.targets import Target
from sludgetrack.services import figures, reporting, rule_setting, targeting
from sludgetrack.services.context import Context
from sludgetrack.services.figures import Asked, Figure
from sludgetrack.services.reporting import Grouping, Period
from sludgetrack.services.targeting import Place, Targeting
from sludgetrack.store import registry_reading, rules
from tests.support.city import City, new_id

DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3)
TODAY, LONGER = Period(DAY, DAY), Period(DAY, NEXT)


def burned(city: City) -> None:
    """12 t of 100 t burned today; from tomorrow on burning counts as landfill."""
    city.produce()
    city.dispose(city.delivered(), 12_000)
    said = s.SetRoute(event_id=new_id(), route="I1", landfill=True, valid_from=NEXT, source="test")
    city.act("regulator", lambda ctx: rule_setting.set_route(ctx, said))


def aim(city: City, value: str, **more: object) -> None:
    said = s.SetTarget(
        **{  # type: ignore[arg-type]
            "event_id": new_id(),
            "division": "4107",
            "rate": "harmless_rate",
            "op": ">=",
            "value_pct": value,
            "year": 2026,
            "valid_from": DAY,
            "source": value,
            **more,
        }
    )
    city.act("regulator", lambda ctx: rule_setting.set_target(ctx, said))


def targeting_of(city: City, period: Period) -> Targeting:
    return city.act("regulator", lambda ctx: Targeting(rules.tables(ctx.connection), period))


def test_a_route_counts_in_rates_as_it_does_on_the_last_day_of_the_period(city: City) -> None:
    burned(city)

    def landfill(ctx: Context, period: Period) -> str | None:
        report = reporting.rates(ctx.connection, period, Grouping.TOTAL, division_prefix="4107", now=ctx.now)
        return report.total["landfill_rate"]

    assert [city.act("regulator", partial(landfill, period=p)) for p in (TODAY, LONGER)] == ["0.00", "12.00"]


def test_what_opens_behind_a_figure_is_what_was_counted_in_it(city: City) -> None:
    burned(city)

    def behind(ctx: Context, period: Period) -> int:
        asked = Asked(Figure.LANDFILLED, period, division_prefix="4107")
        return len(figures.open_events(ctx.connection, asked).lines)

    assert [city.act("regulator", partial(behind, period=p)) for p in (TODAY, LONGER)] == [0, 1]


def test_every_target_is_held_against_a_rate_and_the_most_specific_is_judged(city: City) -> None:
    aim(city, "50")
    aim(city, "60", city_class="prefecture")
    aim(city, "70", division="410702")

    standing = targeting_of(city, TODAY).standing(Place("410702", "prefecture"), "harmless_rate", "65.00")

    assert [(one.target.source, one.met, one.judged) for one in standing.held] == [
        ("70", False, True),
        ("60", True, False),
        ("50", True, False),
        ("national plan (prefecture-level and above)", False, False),
        ("national plan (city)", False, False),
    ]
    assert standing.judged == standing.held[0]


def test_a_rate_that_is_not_defined_meets_nothing_and_misses_nothing(city: City) -> None:
    standing = targeting_of(city, TODAY).standing(Place("410702"), "harmless_rate", None)

    assert [one.met for one in standing.held] == [None]


def test_a_target_set_later_does_not_judge_a_period_that_ended_before(city: City) -> None:
    aim(city, "99", valid_from=NEXT)

    def judged(period: Period) -> Target | None:
        held = targeting_of(city, period).standing(Place("4107"), "harmless_rate", "95.00").judged
        return held.target if held else None

    assert [target.source if target else None for target in (judged(TODAY), judged(LONGER))] == [
        "national plan (city)",
        "99",
    ]


def test_baselines_stand_beside_the_rates_of_their_class(city: City) -> None:
    known = targeting_of(city, TODAY)

    jilin = known.standing(Place("220200", "prefecture"), "harmless_rate", None).baselines
    assert [(one.year, f"{one.value_pct:f}") for one in jilin] == [(2020, "98.36"), (2015, "53.82")]
    assert known.standing(Place("410700", "prefecture"), "harmless_rate", None).baselines == ()


def test_a_group_of_a_report_is_judged_where_its_plants_lie(city: City) -> None:
    facilities = city.act("regulator", lambda ctx: registry_reading.facilities_under(ctx.connection, "4107"))

    by = {group: targeting.places(group, "4107", facilities) for group in Grouping}

    assert by[Grouping.PLANT] == {"P01": Place("410702", "prefecture"), "P02": Place("410721", "county")}
    assert by[Grouping.DIVISION] == {"410702": Place("410702", "prefecture"), "410721": Place("410721", "county")}
    assert by[Grouping.CITY_CLASS] == {"prefecture": Place("4107", "prefecture"), "county": Place("4107", "county")}
    assert by[Grouping.MONTH] == by[Grouping.TOTAL] == {}
