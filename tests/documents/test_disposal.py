from __future__ import annotations

import re
from dataclasses import replace

from sludgetrack.documents import disposal
from sludgetrack.documents.content import Words
from tests.documents import contents, papers, pdf


def test_a_disposal_of_a_few_loads_is_one_page() -> None:
    (page,) = pdf.pages(disposal.render(papers.disposal()))

    assert "CZ-2025-0202-01" in page
    assert "I1 单独焚烧 mono-incineration" in page
    assert "82.140 t" in page
    assert "第 1 页 共 1 页" in page


def test_hundreds_of_manifests_go_on_to_numbered_pages() -> None:
    content = papers.disposal(260)
    pages = pdf.pages(disposal.render(content))

    assert [f"第 {n} 页 共 {len(pages)} 页" in page for n, page in enumerate(pages, start=1)] == [True] * len(pages)
    listed = re.findall(r"^\s*(\d+)\s+(2025[ \d]+-\d)", "".join(pages), re.MULTILINE)
    assert [int(n) for n, _ in listed] == list(range(1, 261))
    assert [number.replace(" ", "").replace("-", "") for _, number in listed] == [
        draw.manifest for draw in content.draws
    ]


def test_every_gate_says_what_was_wanted_found_and_judged() -> None:
    text = pdf.text(disposal.render(papers.disposal()))

    assert re.search(r"含水率 moisture\s+< 60 %\s+39.50 %\s+通过 Passed", text)
    assert re.search(r"稳定化 stabilisation\s+—\s+—\s+—", text)


def test_a_failed_gate_makes_the_disposal_not_compliant_with_its_reason() -> None:
    content = papers.disposal(compliant=False, why=Words("含水率 78 %，填埋须 < 60 %", "too wet"))
    gate = replace(content.gates[0], passed=False)
    text = pdf.text(disposal.render(replace(content, gates=(gate,))))

    assert "不合规 Non-compliant：含水率 78 %，填埋须 < 60 % too wet" in text
    assert "未通过 Failed" in text


def test_what_is_not_known_is_a_dash() -> None:
    content = papers.disposal(0, wet_kg=None, moisture=None, dry_units=None, origin_units=None, final=None, gates=())
    text = pdf.text(disposal.render(content))

    for label in ("湿重 Wet mass", "干固体 Dry solids", "料批用尽 Lot finished", "认定机关 Decided by"):
        assert re.search(rf"{label}\s+—", text), label
    assert "来源联单（0 份）" in text


def test_a_manifest_without_a_20_digit_number_is_listed_as_it_is() -> None:
    content = papers.disposal(1)
    draws = (replace(content.draws[0], manifest="旧-17"),)

    assert "旧-17" in pdf.text(disposal.render(replace(content, draws=draws)))


def test_the_properties_name_the_disposal() -> None:
    info = pdf.info(disposal.render(papers.disposal()))

    assert info["Title"] == "CZ-2025-0202-01"
    assert info["Author"] == contents.SITE.name
