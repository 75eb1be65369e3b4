from __future__ import annotations

from dataclasses import replace

import pytest

from sludgetrack.documents import blank
from tests.documents import contents, papers, pdf


def test_a_form_is_one_page_with_its_number_and_its_plant() -> None:
    (page,) = pdf.pages(blank.render([papers.blank()]))

    assert "2025 4107 2100 1000 012-9" in page
    assert contents.PLANT.name in page
    assert "门岗平板 2" in page


def test_the_form_says_how_it_is_entered_afterwards() -> None:
    text = pdf.text(blank.render([papers.blank(back_entry_days=7)]))

    assert "补录 系统恢复后 7 个工作日内按本表编号补录" in text
    assert "within 7 working days" in text


def test_the_form_has_three_boxes_to_sign_in() -> None:
    text = pdf.text(blank.render([papers.blank()]))

    (row,) = [row for row in text.splitlines() if "签字）" in row]
    assert [name in row for name in ("产生单位经办人", "驾驶员", "接收单位签收人")] == [True] * 3


@pytest.mark.parametrize(
    "label",
    [
        "批次 Batch",
        "出厂净重 Net out, t",
        "车牌号 Plate",
        "驾驶员 Driver",
        "进厂净重 Net in, t",
        "拒收原因 Why refused",
    ],
)
def test_the_form_has_room_for_what_a_manifest_needs(label: str) -> None:
    text = " ".join(pdf.text(blank.render([papers.blank()])).split())

    assert label in text


def test_the_decision_is_ticked() -> None:
    text = pdf.text(blank.render([papers.blank()]))

    assert "□ 接收 Accepted" in text
    assert "□ 部分接收 Partly" in text
    assert "□ 拒收 Refused" in text


def test_a_block_of_numbers_is_printed_a_page_each() -> None:
    other = replace(papers.blank(), number="20254107210010000137", held_by=None)
    pages = pdf.pages(blank.render([papers.blank(), other]))

    assert ["012-9" in page for page in pages] == [True, False]
    assert ["013-7" in page for page in pages] == [False, True]


def test_boxes_to_write_in_are_at_least_11_mm_high() -> None:
    assert blank.WRITING / 72 * 25.4 >= 11
    assert blank.SIGNING / 72 * 25.4 >= 20
