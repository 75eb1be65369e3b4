"""The report: what stands on paper is what the record says, in both languages, the same bytes every time."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from sludgetrack.documents import period as document
from sludgetrack.documents.period_content import PeriodContent
from sludgetrack.services import period_report, reporting
from sludgetrack.services.period_report import Ordered
from sludgetrack.services.reporting import Grouping, Period
from sludgetrack.store.embedded import Cluster
from tests.documents import pdf
from tests.support.city import City
from tests.support.place import Place, place_in
from tests.support.worked_example import book_worked_example

QUARTER = Period(date(2025, 1, 1), date(2025, 3, 31))
ASKED = Ordered(QUARTER, "14", datetime(2025, 4, 2, 1, 30, tzinfo=UTC), "https://ludan.example.cn")


@pytest.fixture(scope="module")
def place(cluster: Cluster) -> Iterator[Place]:
    with place_in(cluster) as place:
        book_worked_example(place.engine)
        yield place


@pytest.fixture(scope="module")
def content(place: Place) -> PeriodContent:
    with place.engine.connect() as connection:
        return period_report.content(connection, ASKED)


@pytest.fixture(scope="module")
def text(content: PeriodContent) -> str:
    return pdf.solid(pdf.text(document.render(content), layout=False))


def test_the_balance_is_written_out_with_its_numbers(text: str) -> None:
    assert (
        "产生producedP2,675.000+期初存量openingstockK0250.000=无害化harmlessH2,500.000+不合规non-compliantN100.000+"
        "去向不明unaccountedforU50.000+期末存量closingstockK1275.000"
    ) in text
    assert "2,925.000=2,925.000t差difference0.0000000t" in text


def test_every_rate_stands_there_with_target_and_baseline(text: str) -> None:
    for figure in ("93.46", "94.34", "84.11*", "11.21", "11.54", "33.64", "85.98"):
        assert figure in text
    assert "≥95%(2025)未达标notmet2020:99.84%" in text


def test_the_flow_adds_up_on_paper(content: PeriodContent, text: str) -> None:
    came, went = content.flow_sums

    assert sum(amount.units for amount in came) == sum(amount.units for amount in went)
    assert sum(node.value for node in content.charts.flow.columns[0]) == sum(amount.units for amount in went)
    assert "单独焚烧I1mono-incineration1,400.000" in text


def test_the_tables_are_those_of_the_rates(place: Place, content: PeriodContent) -> None:
    by = {table.group.en: table for table in content.tables}
    with place.engine.connect() as connection:
        for name, grouping in (("Division", Grouping.DIVISION), ("Plant", Grouping.PLANT), ("Month", Grouping.MONTH)):
            report = reporting.rates(connection, QUARTER, grouping, division_prefix="14", now=ASKED.now)
            figures = [(row["produced"], row["harmless"], row["harmless_rate"]) for row in (*report.rows, report.total)]
            assert [(line.produced, line.harmless, line.harmless_rate) for line in by[name].lines] == figures


def test_targets_of_every_class_stand_beside_their_rates(content: PeriodContent) -> None:
    assert {(line.place.en, line.rate.zh, line.target) for line in content.targets} >= {
        ("whole division", "无害化处置率", "≥ 95 %"),
        ("prefecture-level cities", "填埋率", "0 %"),
    }


def test_what_may_still_change_is_said(text: str) -> None:
    assert "*暂定：按批次的无害化处置率在2025-04-30之前还会变。" in text
    assert "Unverified:" in text
    assert "Notlocked:" in text
    assert "Allproductioncomesfrommeasuredmoisture." in text


def test_the_record_it_was_made_from_is_named(content: PeriodContent, text: str) -> None:
    assert f"日志条数Logsize{content.log.size}" in text
    assert content.log.root in text
    assert "2025-04-0209:30:00UTC+08:00" in text


def test_every_page_is_numbered_and_names_the_period(content: PeriodContent) -> None:
    pages = pdf.pages(document.render(content))

    for n, page in enumerate(pages, start=1):
        assert f"第{n}页共{len(pages)}页Page{n}of{len(pages)}" in pdf.solid(page)
        assert "142025-01-01—2025-03-31" in pdf.solid(page)


def test_the_same_content_gives_the_same_bytes(content: PeriodContent) -> None:
    assert document.render(content) == document.render(content)


def test_everything_is_set_in_the_embedded_fonts(content: PeriodContent) -> None:
    assert {row[0].partition("+")[2] for row in pdf.fonts(document.render(content))} == {
        "NotoSansSC-Regular",
        "NotoSansSC-Bold",
    }
    assert "[U+" not in pdf.text(document.render(content))


def test_a_country_of_nothing_still_makes_a_report(content: PeriodContent) -> None:
    empty = dataclasses.replace(content, routes=(), targets=(), tables=(), apart=(), division="")

    assert "全国" in pdf.text(document.render(empty))


def test_an_empty_period_makes_a_report(city: City) -> None:
    ordered = Ordered(Period(date(2020, 1, 1), date(2020, 1, 31)), "4107", city.clock(), "https://ludan.example.cn")
    with city.engine.connect() as connection:
        made = period_report.period_report(connection, ordered)

    assert "0.000 = 0.000 t" in pdf.text(made)


def test_estimated_moisture_and_sludge_kept_apart_are_told(city: City) -> None:
    city.produce(moisture_bp=None)
    city.produce("SEWER", 10_000, kind="sewer_sludge")
    today = city.clock().date()
    ordered = Ordered(Period(today.replace(day=1), today), "4107", city.clock(), "https://ludan.example.cn")
    with city.engine.connect() as connection:
        text = pdf.solid(pdf.text(period_report.period_report(connection, ordered), layout=False))

    assert "产量的100.00%由估计的含水率算出" in text
    assert "通沟污泥：产生Sewer-cleaningsludge:produced2.000t" in text
    assert "通沟污泥：期末存于产生单位Sewer-cleaningsludge:instockatproducers2.000t" in text
    assert "产生producedP20.000" in text
