"""Reference tables as they stand on a day: shipped rows, and over them what was set since."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sludgetrack import reference
from sludgetrack.domain.dated import ROUTE_VALUES, TableName, TableRow, Tables
from sludgetrack.domain.gates import Act, Breach, Rulebooks
from sludgetrack.domain.limits import limit_key, reading_of
from sludgetrack.domain.policy import Policy
from sludgetrack.domain.routes import Route
from sludgetrack.domain.targets import matching, target_key

DAY = date(2026, 3, 2)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
CADMIUM = "GBT23485-2009|F1 F2|Cd|max|"


def row(table: TableName, key: str, values: dict[str, str], valid_from: date = DAY, by: str = "") -> TableRow:
    return TableRow(table, key, valid_from, "source", values, by)


def tables(*rows: TableRow) -> Tables:
    return Tables(reference.shipped(), rows)


def test_without_rows_the_tables_are_the_shipped_ones() -> None:
    shipped = tables()

    assert shipped.routes(DAY) is reference.routes()
    assert shipped.treatments(DAY) is reference.treatments()
    assert tuple(shipped.limits(DAY)) == reference.limits()
    assert tuple(shipped.targets(DAY)) == reference.targets()


def test_every_limit_and_target_has_a_key_of_its_own() -> None:
    assert len({limit_key(limit) for limit in reference.limits()}) == len(reference.limits())
    assert len({target_key(target) for target in reference.targets()}) == len(reference.targets())


def test_a_value_holds_from_its_day_on_and_the_others_stay() -> None:
    set_ = tables(row(TableName.ROUTES, "F2", {"moisture_max_pct": "55", "moisture_op": "<="}))

    before, now = set_.routes(BEFORE)["F2"], set_.routes(DAY)["F2"]
    assert (before.moisture_max_bp, before.moisture_op) == (6000, "<")
    assert (now.moisture_max_bp, now.moisture_op, now.landfill, now.zh) == (5500, "<=", True, before.zh)
    assert set_.routes(DAY)["L1"] == reference.routes()["L1"]


def test_of_one_day_the_row_set_later_counts() -> None:
    first, second = (row(TableName.TREATMENTS, "T4", {"kept_min_pct": text}) for text in ("80", "85"))

    assert tables(first, second).treatments(DAY)["T4"].kept_min_bp == 8500
    assert tables(second, first).treatments(DAY)["T4"].kept_min_bp == 8000


def test_a_row_for_a_code_nobody_knows_changes_nothing() -> None:
    assert tables(row(TableName.ROUTES, "Z1", {"landfill": "Y"})).routes(DAY) == reference.routes()


def test_a_limit_is_checked_only_as_long_as_it_reads_as_it_was_compared() -> None:
    key = CADMIUM.partition("|")[2]
    check = row(TableName.CHECKS, "GBT23485-2009", {key: "< 20 mg/kg dry"}, by="周监管")
    other = row(TableName.LIMITS, CADMIUM, {"op": "<", "value": "15", "unit": "mg/kg dry"}, AFTER)

    def cadmium(day: date) -> tuple[str, str]:
        found = {limit_key(limit): limit for limit in tables(check, other).limits(day)}[CADMIUM]
        return reading_of(found), found.checked_by

    assert [cadmium(day) for day in (BEFORE, DAY, AFTER)] == [
        ("< 20 mg/kg dry", ""),
        ("< 20 mg/kg dry", "周监管"),
        ("< 15 mg/kg dry", ""),
    ]


def test_a_limit_given_up_is_gone_from_its_day_on_and_may_come_back() -> None:
    gone = row(TableName.LIMITS, CADMIUM, {"op": "<", "value": "20", "unit": "mg/kg dry", "used": "N"})
    back = row(TableName.LIMITS, CADMIUM, {"op": "<", "value": "10", "unit": "mg/kg dry", "used": "Y"}, AFTER)

    found = [
        [limit.value for limit in tables(gone, back).limits(day) if limit_key(limit) == CADMIUM]
        for day in (BEFORE, DAY, AFTER)
    ]
    assert found == [[Decimal(20)], [], [Decimal(10)]]


def test_a_disposal_is_judged_by_the_tables_of_its_own_day() -> None:
    dry = row(TableName.ROUTES, "B1", {"moisture_max_pct": "70", "moisture_op": "<="})
    books = Rulebooks(tables(dry), Policy([]))

    def breaches(day: date) -> list[Breach]:
        act = Act("B1", "410782", day, 8000, stabilised=False)
        return [reason.breach for reason in books.on(day).judge(act).reasons]

    assert [breaches(day) for day in (BEFORE, DAY)] == [[], [Breach.MOISTURE_TOO_HIGH]]
    assert books.on(DAY) is books.on(AFTER)


def test_of_several_years_the_last_one_due_is_judged_then_the_next_to_come() -> None:
    values = {"op": ">=", "value_pct": "95", "binding": "N"}
    rows = [row(TableName.TARGETS, f"14||harmless_rate|{year}", values) for year in (2020, 2030, 2035)]
    known = tables(*rows).targets(DAY)

    def years(year: int) -> list[int]:
        found = matching(known, "140100", "", "harmless_rate", year)
        return [target.year for target in found if target.division == "14"]

    assert years(2026) == [2025, 2020, 2030, 2035]
    assert years(2019) == [2020, 2025, 2030, 2035]
    assert years(2040) == [2035, 2030, 2025, 2020]


dated_rows = st.lists(
    st.builds(
        row,
        table=st.just(TableName.ROUTES),
        key=st.sampled_from(["L1", "F2", "B1"]),
        values=st.dictionaries(st.sampled_from(["landfill", "needs_lab", "resource_broad"]), st.sampled_from("YN")),
        valid_from=st.integers(0, 5).map(lambda days: DAY + timedelta(days=days)),
    ),
    max_size=8,
)


@given(dated_rows, st.integers(-1, 6).map(lambda days: DAY + timedelta(days=days)))
def test_every_value_is_that_of_the_newest_row_that_names_it(rows: list[TableRow], day: date) -> None:
    found = tables(*rows).routes(day)

    assert found == {code: expected(route, rows, day) for code, route in reference.routes().items()}


def expected(route: Route, rows: list[TableRow], day: date) -> Route:
    """A route value by value: of the rows in force that name it the one with the latest day, of those the last."""
    values: dict[str, Any] = {}
    for name in ROUTE_VALUES:
        naming = [one for one in rows if one.key == route.code and one.valid_from <= day and name in one.values]
        if naming:
            latest = max(one.valid_from for one in naming)
            values[name] = [one for one in naming if one.valid_from == latest][-1].values[name] == "Y"
    return Route(**{field: values.get(field, getattr(route, field)) for field in Route.__slots__})
